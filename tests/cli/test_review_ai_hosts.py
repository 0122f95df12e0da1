"""review ai with a host of models over a real socket, which answers well, badly or never."""

import json
from pathlib import Path
from typing import Any

import pytest

from ai.providers import server as acts
from ai.providers.server import Act, ModelServer
from ai.reviewing.scripted import issue, review, sure
from box import Box, Clone
from reviewed import begun, write

KEY = "sk-" + "Zq7LmN2vXc9RtY4wPs8KdF3h"
FOUND = review(issue("a.py", 3, "A shell runs what is typed."))


@pytest.fixture
def ann(box: Box, server: ModelServer) -> Clone:
    """A clone with a change to review, and the server as its model."""
    clone = box.clone(box.remote(), "ann")
    clone.git("checkout", "-q", "-b", "feature")
    write(clone, "a.py", "import os\n\nos.system(input())\n")
    clone.git("commit", "-q", "-m", "Run it")
    for name, value in {
        "provider": "openai", "model": "m-1", "endpoint": server.url + "/v1", "timeout": "250",
    }.items():  # fmt: skip
        clone.git("config", f"naturecode.ai.{name}", value)
    clone.env["NATURECODE_AI_KEY"] = KEY
    return clone


def shown(clone: Clone, name: str) -> Any:
    return clone.nc("review", "show", name, "--json").json


GOOD: dict[str, tuple[Act, ...]] = {
    "well": (acts.says(FOUND), acts.says(sure(0.9))),
    "in pieces": (acts.says(*FOUND), acts.says(sure(0.9))),
    "too many requests, then well": (
        acts.status(429, "slow down", retry_after="0"), acts.says(FOUND), acts.says(sure(0.9)),
    ),
    "an error, then well": (acts.status(500, "oops"), acts.says(FOUND), acts.says(sure(0.9))),
    "no JSON, then well": (acts.says("Fine."), acts.says(FOUND), acts.says(sure(0.9))),
    "cut short, then well": (
        acts.says(FOUND[:90], finish="length"), acts.says(FOUND), acts.says(sure(0.9)),
    ),
    "a wrong line that its text puts right": (
        acts.says(review(issue("a.py", 1, "A shell.", code="os.system(input())"))),
        acts.says(sure(0.9)),
    ),
}  # fmt: skip
BAD: dict[str, tuple[Act, ...]] = {
    "an error": (acts.status(500, f"your key {KEY} is odd"),),
    "a wrong key": (acts.status(401, f"{KEY} is wrong"),),
    "too many requests for long": (acts.status(429, "slow", retry_after="3600"),),
    "a connection that breaks": (acts.reset,),
    "half of an answer": (acts.cut(FOUND[:40]),),
    "no JSON, twice": (acts.says("Fine."), acts.says("I approve.")),
    "cut short, twice": (acts.says(FOUND[:50], finish="length"),),
    "a refusal": (acts.says("", finish="content_filter"),),
    "nothing": (acts.says(""),),
    "ten megabytes": (acts.says("x" * (10 << 20)),),
    "more and more": (acts.endless,),
    "no answer": (acts.never,),
    "signs of life": (acts.drips_pings,),
    "a failure at the second look": (acts.says(FOUND), acts.status(500)),
}


@pytest.mark.parametrize("how", GOOD)
def test_an_answer_in_the_end(ann: Clone, server: ModelServer, how: str) -> None:
    name = begun(ann.nc("review", "start"))
    server.plays(*GOOD[how])
    said = ann.nc("review", "ai", name)
    assert "a.py:3 · high · ai/security by openai:m-1 · new" in said.out
    found = shown(ann, name)
    assert [one["state"] for one in found["findings"]] == ["new"]
    assert found["analyses"][-1]["tokens"]["in"] >= acts.USAGE[0]


@pytest.mark.parametrize("how", BAD)
def test_never_a_pass(ann: Clone, server: ModelServer, how: str) -> None:
    name = begun(ann.nc("review", "start"))
    ann.git("config", "naturecode.ai.timeout", "1")
    server.plays(*BAD[how])
    said = ann.nc("review", "ai", name, "--fail-on", "low", code=6)
    assert "error: inconclusive: " in said.err
    found = shown(ann, name)
    assert not found["findings"]
    assert found["aiAnalysis"] is None
    assert [one["state"] for one in found["analyses"]] == ["inconclusive"]
    assert found["analyses"][0]["skipped"]
    told = said.out + said.err + json.dumps(found) + ann.git("grep", "-h", "", "naturecode")
    assert KEY not in told
    assert KEY not in "".join(
        path.read_text(errors="replace") for path in Path(ann.path, ".git/naturecode").rglob("*")
        if path.is_file()
    )  # fmt: skip


def test_what_is_out_of_budget_is_not_asked(ann: Clone, server: ModelServer) -> None:
    name = begun(ann.nc("review", "start"))
    ann.git("config", "naturecode.ai.maxTokens", "100")
    assert "tokens" in ann.nc("review", "ai", name, code=6).err
    assert not server.asked


def test_the_question_carries_the_key_in_its_head_alone(ann: Clone, server: ModelServer) -> None:
    name = begun(ann.nc("review", "start"))
    server.plays(acts.says(FOUND), acts.says(sure(0.9)))
    ann.nc("review", "ai", name)
    assert len(server.asked) == 2
    for asked in server.asked:
        assert KEY in asked.headers["authorization"]
        assert KEY not in json.dumps(asked.body)
        assert (asked.body["temperature"], asked.body["max_tokens"]) == (0.3, 2000)
