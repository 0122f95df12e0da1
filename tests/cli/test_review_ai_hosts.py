"""review ai with a model behind a real socket: findings, or inconclusive; no pass, no key."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ai.providers import server as acts
from ai.providers.server import ModelServer, serving
from box import Box, Clone
from reviewed import begun, write

KEY = "sk-" + "Vb8KqT3nWz6LmXr1YpDc5Hf9Gj"
ISSUE = {
    "file": "shop.py", "line": 2, "message": "The name is not checked.", "confidence": 0.9,
    "aspect": "security",
}  # fmt: skip


def told(*issues: dict[str, Any]) -> str:
    """The answer of a model that does as it is asked."""
    return json.dumps({
        "summary": "Looked.", "criticalIssues": list(issues), "importantSuggestions": [],
        "minorSuggestions": [], "overallAssessment": "comment", "confidence": 0.7,
    })  # fmt: skip


SURE = json.dumps({"remarks": [{"number": 1, "real": 0.9}]})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A server of models."""
    with serving() as made:
        yield made


BOTH = pytest.mark.parametrize("ann", ["openai", "anthropic"], indirect=True)


@pytest.fixture
def ann(request: pytest.FixtureRequest, box: Box, server: ModelServer) -> Clone:
    """Somebody with a review, whose model is at the server."""

    def make() -> Clone:
        clone = box.clone(box.remote(), "ann")
        write(clone, "shop.py", "def f():\n    return 1\n")
        clone.git("commit", "-q", "-m", "Shop")
        clone.git("push", "-q", "origin", "main")
        clone.git("checkout", "-q", "-b", "feature")
        write(clone, "shop.py", "def f(name):\n    print(name)\n    return 1\n")
        clone.git("commit", "-q", "-m", "Print it")
        begun(clone.nc("review", "start"))
        return clone

    clone = box.scene("a review of a print", make)
    form = getattr(request, "param", "openai")
    path = "/v1" if form == "openai" else ""
    with open(Path(os.environ["HOME"]) / ".gitconfig", "a") as file:
        file.write(
            f'[naturecode "ai"]\n\tprovider = {form}\n\tmodel = m-1\n'
            f"\tendpoint = {server.url}{path}\n\ttimeout = 250\n"
        )
    clone.env["NATURECODE_AI_KEY"] = KEY
    return clone


def review_of(clone: Clone) -> str:
    """Its review."""
    (found,) = clone.nc("review", "list", "--json").json["items"]
    return str(found["id"])


def answers(talk: acts.Talk) -> None:
    """Finds one thing, and is sure of it when it is asked again."""
    asked = json.dumps(talk.asked.body)
    talk.begin()
    talk.text(SURE if "The remarks:" in asked else told(ISSUE))
    talk.end("stop")


@BOTH
def test_what_a_model_finds_is_kept(ann: Clone, server: ModelServer) -> None:
    server.plays(answers)
    found = ann.nc("review", "ai", review_of(ann), "--json").json
    assert [one["line"] for one in found["aiAnalysis"]["criticalIssues"]] == [2]
    assert found["state"] == "done"
    ann.nc("review", "ai", review_of(ann), "--fail-on", "high", code=1)


def test_an_answer_that_is_no_json_is_mended_once(ann: Clone, server: ModelServer) -> None:
    server.plays(acts.says("Well, I think it is fine."), answers)
    found = ann.nc("review", "ai", review_of(ann), "--json").json
    assert len(found["aiAnalysis"]["criticalIssues"]) == 1


@pytest.mark.parametrize(
    "act",
    [
        acts.status(401, f"bad key {KEY}"), acts.status(429, "slow", retry_after="9999"),
        acts.status(500), acts.cut('{"summary": "no'), acts.reset, acts.raw(b"data: {{\n\n"),
        acts.says("no JSON at all"), acts.says(told()[:40], finish="length"),
        acts.says("I will not.", finish="content_filter"), acts.endless, acts.says(" "),
        acts.redirect("http://127.0.0.1:9/"), acts.raw(b"<p>", "text/html"), acts.bomb,
    ],
)  # fmt: skip
def test_whatever_else_comes_is_inconclusive(
    ann: Clone, server: ModelServer, act: acts.Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.ai.providers.asking._FIRST_PAUSE", 0.001)
    server.plays(act)
    said = ann.nc("review", "ai", review_of(ann), "--fail-on", "low", code=6)
    assert "inconclusive" in said.err
    assert KEY not in said.out + said.err
    shown = ann.nc("review", "show", review_of(ann), "--json").json
    assert shown["status"] == "open"
    assert [one["state"] for one in shown["analyses"]] == ["inconclusive"]
    assert KEY not in json.dumps(shown)


@BOTH
@pytest.mark.parametrize("act", [acts.never, acts.drips_head, acts.drips_pings])
def test_a_model_that_never_answers(ann: Clone, server: ModelServer, act: acts.Act) -> None:
    ann.git("config", "naturecode.ai.timeout", "0.5")
    server.plays(act)
    said = ann.nc("review", "ai", review_of(ann), code=6)
    assert "within 0.5 seconds" in said.err or "said nothing for" in said.err
