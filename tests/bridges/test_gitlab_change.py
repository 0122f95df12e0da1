"""Findings on a merge request of GitLab: at right positions, in one go, never twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from bridges.http import served
from bridges.lab import ME, Lab
from git_naturecode.bridges import marks
from git_naturecode.bridges.forge import Note
from git_naturecode.bridges.gitlab_change import GitlabChange
from git_naturecode.ci import posting
from git_naturecode.ci.posting import Done
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.findings.result import Result
from git_naturecode.errors import NaturecodeError, NotPermitted
from render.reports.made import finding

PATCH = "@@ -1,3 +1,4 @@\n one\n-two\n+2\n+2b\n three\n@@ -20,2 +21,3 @@ def f():\n x\n+y\n z\n"


@pytest.fixture
def lab() -> Iterator[tuple[Lab, str]]:
    """A GitLab with a merge request, and its address."""
    made = Lab({"src/app.py": PATCH, "logo.png": ""})
    with served(made.answer) as address:
        yield made, address


def change(at: tuple[Lab, str], token: str = "secret-token") -> GitlabChange:
    return GitlabChange(at[1], "acme/shop", 3, token)


def post(at: tuple[Lab, str], *findings: Finding, **more: Any) -> Done:
    result = Result("b" * 40, at[0].head, findings, covered=frozenset(at[0].files))
    return posting.post(change(at), result._replace(**more), 30)


def one(number: int, line: int = 2, end: int = 0, **more: Any) -> Finding:
    return finding("Bad.", "src/app.py", line, end or line, **more, fingerprint=f"{number:032x}")


def test_findings_are_posted_together_and_once_over_many_runs(lab: tuple[Lab, str]) -> None:
    assert post(lab, one(1), one(2, 2, 3), one(3, 21)).posted == 3
    assert lab[0].published == 1
    for head in "def":
        lab[0].head = head * 40
        assert (post(lab, one(1), one(2, 2, 3), one(3, 21)).posted) == 0
    assert len(lab[0].discussions) == 3
    assert len(lab[0].notes) == 1


def test_an_unchanged_line_is_named_on_both_sides_and_a_range_by_its_ends(
    lab: tuple[Lab, str],
) -> None:
    notes = [
        Note("1" * 32, "added", "src/app.py", "new", 2, 3),
        Note("2" * 32, "kept", "src/app.py", "new", 21, 21),
        Note("3" * 32, "gone", "src/app.py", "old", 2, 2),
        Note("4" * 32, "file", "src/app.py", "new", 0, 0),
        Note("5" * 32, "nowhere", "src/app.py", "new", 400, 400),
    ]
    assert change(lab).post(notes, lab[0].head) == [notes[4]]
    places = [thread["notes"][0]["position"] for thread in lab[0].discussions]
    numbers = [(p.get("old_line"), p.get("new_line"), p["position_type"]) for p in places]
    assert numbers == [
        (None, 3, "text"), (20, 21, "text"), (2, None, "text"), (None, None, "file"),
    ]  # fmt: skip
    ends = places[0]["line_range"]
    assert (ends["start"]["new_line"], ends["end"]["new_line"]) == (2, 3)
    assert ends["start"]["line_code"].endswith("_0_2")


def test_a_suggestion_says_how_many_lines_it_replaces(lab: tuple[Lab, str]) -> None:
    post(lab, one(1, 2, 3, suggestion="x = 1"))
    (thread,) = lab[0].discussions
    assert "```suggestion:-1+0\nx = 1\n```" in thread["notes"][0]["body"]


def test_what_is_gone_is_resolved_and_opened_again_when_it_is_back(lab: tuple[Lab, str]) -> None:
    post(lab, one(1), one(2, 3))
    assert post(lab, one(2, 3)).resolved == 1
    assert [thread["notes"][0]["resolved"] for thread in lab[0].discussions] == [True, False]
    post(lab, one(1), one(2, 3))
    assert [thread["notes"][0]["resolved"] for thread in lab[0].discussions] == [False, False]
    lab[0].discussions[0]["notes"][0] |= {"resolved": True, "resolved_by": {"username": "ada"}}
    post(lab, one(1), one(2, 3))
    assert lab[0].discussions[0]["notes"][0]["resolved"] is True


def test_a_mark_of_somebody_else_says_nothing_and_every_page_is_read(lab: tuple[Lab, str]) -> None:
    lab[0].page = 1
    forged = {"author": {"username": "mallory"}, "body": marks.finding("x", f"{1:032x}")}
    lab[0].discussions.append({"id": "forged", "notes": [forged]})
    lab[0].notes.append({"id": 0, "author": {"username": "mallory"}, "body": marks.summary("ok")})
    assert post(lab, one(1), one(2, 3)).posted == 2
    assert post(lab, one(1), one(2, 3)).kept == 2
    assert [note["author"]["username"] for note in lab[0].notes] == ["mallory", ME]


def test_an_answer_that_got_lost_makes_no_second_comment(lab: tuple[Lab, str]) -> None:
    lab[0].cut = 1
    assert post(lab, one(1), one(2, 3)).posted == 2
    assert len(lab[0].discussions) == 2


def test_failures_are_told_without_the_token(lab: tuple[Lab, str]) -> None:
    lab[0].denied = True
    with pytest.raises(NotPermitted) as refused:
        post(lab, one(1))
    assert "secret-token" not in refused.value.message + refused.value.hint
    with pytest.raises(NaturecodeError, match="does not accept the token"):
        change(lab, "another").change()
    with pytest.raises(NaturecodeError, match="could not be reached"):
        GitlabChange("http://127.0.0.1:9", "acme/shop", 3, "secret-token").change()
