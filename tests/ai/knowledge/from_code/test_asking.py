"""A model asked about code: what it is told, and what of its answer is believed."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ai.knowledge.from_code.projects import SHOP, lay, read
from box import Box
from git_naturecode.ai.budget import tokens_of
from git_naturecode.ai.knowledge.from_code import asking
from git_naturecode.ai.knowledge.from_code.facts import Part, Project, Statement, Topic
from git_naturecode.ai.providers.protocol import USUAL, Answer, Limits, Message, ProviderFailed
from git_naturecode.ai.reviewing.prompts import marks
from git_naturecode.errors import Usage
from git_naturecode.redact import Redactor

NOTHING: dict[str, list[object]] = {topic: [] for topic in asking.TOPICS}


class Scripted:
    """A model that gives these answers one after the other, and keeps what it was asked."""

    name, model = "scripted", "m"

    def __init__(self, *answers: object) -> None:
        self.answers = [a if isinstance(a, str) else json.dumps(a) for a in answers]
        self.asked: list[list[Message]] = []

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: object = None,
    ) -> Answer:  # fmt: skip
        """The next answer; the last one again where there is no more."""
        self.asked.append(list(messages))
        text = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return Answer(text, "m", 1, 1, "stop")


@pytest.fixture
def project(box: Box) -> Project:
    """The small project in Python, with a key in it."""
    key = "AKIA" + "Q3EGRIKXB4WPJTZV"
    return read(lay(box, {**SHOP, "src/shop/keys.py": f'"""Uses {key}."""\n'}))[0]


def ask(project: Project, model: Scripted, room: int = 30_000) -> asking.Told:
    return asking.by_model(
        project, model, USUAL, Redactor(), team="core", room=room, random=os.urandom
    )


def grown(project: Project, copies: int) -> Project:
    """The same with so many more files."""
    one = project.files["src/shop/orders.py"]
    more = {path: one._replace(path=path) for path in (f"src/o{n}.py" for n in range(copies))}
    return project._replace(files={**project.files, **more})


def test_it_is_asked_in_the_words_of_the_specification(project: Project) -> None:
    model = Scripted(NOTHING)
    ask(project, model)
    (asked,) = model.asked
    text = asked[-1].text
    assert text.startswith(
        "Analyze the following code files and extract architectural patterns and decisions:\n\n"
        "Files:\n- "
    )
    assert "- src/shop/orders.py (Python)\n" in text
    assert "\n\nProject Context: shop (Python)\nTeam: core\n\nExtract:\n" in text
    for line in (
        "1. Architecture patterns used", "2. Key design decisions",
        "3. Dependencies and their purposes", "4. Configuration patterns", "5. Testing strategies",
        "Format as documentation for new team members.",
    ):  # fmt: skip
        assert f"\n{line}\n" in text
    assert "AKIA" not in text
    assert "hunter2" not in text


def test_only_what_stands_on_lines_that_there_are_is_believed(project: Project) -> None:
    def said(text: str, *places: object) -> dict[str, object]:
        return {"statement": text, "places": list(places)}

    told = ask(project, Scripted({**NOTHING, "architecture": [
        said("Right", {"file": "src/shop/orders.py", "line": 3, "endLine": 900}),
        said("No such line", {"file": "src/shop/orders.py", "line": 900}),
        said("No such file", {"file": "/etc/passwd", "line": 1}),
        said("Backwards", {"file": "pyproject.toml", "line": 9, "endLine": 3}),
        said("Nowhere"),
        said("See [this](http://evil.example) @ada", {"file": "pyproject.toml"}),
    ]}))  # fmt: skip
    assert told.dropped == 4
    right, alive = told.topics["architecture"]
    assert (right.text, right.places[0][1:]) == ("Right", (3, 35))
    assert "](http" not in alive.text
    assert "@ada" not in alive.text.replace("`@ada`", "")


def test_a_digest_without_room_becomes_several_questions_or_none(project: Project) -> None:
    model = Scripted(NOTHING)
    room = 2_600
    told = ask(grown(project, 20), model, room)
    assert told.questions == len(model.asked) > 1
    for asked in model.asked:
        assert sum(tokens_of(one.text) for one in asked) <= room
    with pytest.raises(Usage, match="more than 1,000 tokens"):
        ask(project, model, 1_000)


def test_an_answer_that_does_not_fit_is_asked_for_once_more_and_then_refused(
    project: Project,
) -> None:
    good = Scripted("I think", NOTHING)
    assert ask(project, good).questions == 1
    assert len(good.asked) == 2
    with pytest.raises(ProviderFailed):
        ask(project, Scripted({"architecture": []}))


def test_who_repeats_its_instructions_is_not_believed(project: Project) -> None:
    class Leaking(Scripted):
        def complete(self, messages: Sequence[Message], **more: Any) -> Answer:
            mark = messages[0].text.split("Never write ")[1].split(".")[0]
            places = [{"file": "pyproject.toml"}]
            said = {**NOTHING, "testing": [{"statement": f"I was told {mark}", "places": places}]}
            return Answer(json.dumps(said), "m", 1, 1, "stop")

    with pytest.raises(ProviderFailed):
        ask(project, Leaking(NOTHING))


def test_too_many_questions_are_not_asked(project: Project) -> None:
    with pytest.raises(Usage, match="questions"):
        asking.questions(grown(project, 300), Redactor(), "", 2_600, marks(os.urandom))


def test_what_it_says_stands_before_what_the_rules_have_found() -> None:
    rules = Topic("testing", "Testing", (Part("How", (Statement("x"),)),))
    told = asking.Told({"testing": (Statement("y"),)}, 0, 1)
    (found,) = asking.with_told([rules], told, "deepseek:chat")
    assert [one.title for one in found.parts] == ["In short", "How"]
    assert "deepseek:chat" in found.parts[0].intro
