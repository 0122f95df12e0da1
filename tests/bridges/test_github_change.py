"""Findings on a pull request of GitHub: posted once, on lines that it shows, never twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridges.http import served
from bridges.hub import ME, OTHER, Hub, Thread
from git_naturecode.bridges import marks
from git_naturecode.bridges.forge import Note
from git_naturecode.bridges.github_change import GithubChange
from git_naturecode.ci import posting
from git_naturecode.ci.posting import Done
from git_naturecode.domain.findings import result
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.findings.result import Result
from git_naturecode.errors import NaturecodeError, NotPermitted
from render.reports.made import finding

PATCH = "@@ -1,3 +1,4 @@\n one\n-two\n+2\n+2b\n three\n@@ -20,2 +21,3 @@ def f():\n x\n+y\n z"
FILES: dict[str, str | None] = {"src/app.py": PATCH, "logo.png": None}


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A GitHub with a pull request of two files."""
    made = Hub(dict(FILES))
    described = Path(__file__).parents[3] / "shared" / "data" / "github-openapi-slim.json"
    if described.exists():
        made.spec = json.loads(described.read_text())
    with served(made.answer) as address:
        made.address = address
        yield made


def post(hub: Hub, *findings: Finding, most: int = 30, **more: Any) -> Done:
    """Post the findings of an analysis of the present head, as a job would."""
    change = GithubChange(hub.address, "acme/shop", 7, "secret-token")
    covered = frozenset(hub.files)
    found = Result("b" * 40, hub.head, findings, covered=covered)
    return posting.post(change, found._replace(**more), most)


def one(number: int, line: int = 2, end: int = 0, path: str = "src/app.py", **more: Any) -> Finding:
    """Finding `number`, on new lines."""
    return finding("Bad.", path, line, end or line, fingerprint=f"{number:032x}", **more)


def test_findings_are_posted_once_over_many_runs(hub: Hub) -> None:
    done = post(hub, one(1), one(2, 2, 3), one(3, 22))
    assert (done.posted, done.kept, done.listed) == (3, 0, 0)
    (review,) = hub.reviews
    assert review["event"] == "COMMENT"
    assert review["commit_id"] == hub.head
    places = [(c["path"], c.get("start_line"), c["line"], c["side"]) for c in review["comments"]]
    assert places == [
        ("src/app.py", None, 2, "RIGHT"), ("src/app.py", 2, 3, "RIGHT"),
        ("src/app.py", None, 22, "RIGHT"),
    ]  # fmt: skip
    for head in "def":  # pushes that move everything
        hub.head = head * 40
        done = post(hub, one(1, 3), one(2, 2, 3), one(3, 23))
        assert (done.posted, done.kept) == (0, 3)
    assert len(hub.threads) == 3
    assert len(hub.comments) == 1  # the one about the whole is edited
    assert "`eeeeeeeeeeee`" not in hub.comments[0][1]
    assert "`ffffffffffff`" in hub.comments[0][1]


def test_only_what_was_looked_for_and_is_gone_is_resolved(hub: Hub) -> None:
    post(hub, one(1), one(2, 3), one(3, 22))
    hub.head = "d" * 40
    assert post(hub, one(2, 3), covered=frozenset()).resolved == 0
    assert post(hub, one(2, 3), inconclusive="no answer").resolved == 0
    assert post(hub, one(2, 3), dismissed={f"{2:032x}": "x"}).resolved == 3
    assert post(hub, one(2, 3), dismissed={f"{2:032x}": "x"}).resolved == 0
    assert [bool(one.resolved_by) for one in hub.threads] == [True, True, True]
    done = post(hub, one(1))  # it is back
    assert [one.resolved_by for one in hub.threads] == ["", ME, ME]
    assert done.posted == 0


def test_who_may_not_resolve_says_the_rest_all_the_same(hub: Hub) -> None:
    post(hub, one(1), one(2, 3))
    hub.bound = True
    done = post(hub, one(2, 3), one(3, 22))
    assert (done.posted, done.resolved, done.refused) == (1, 0, 1)
    assert not hub.threads[0].resolved_by
    assert "0 resolved" in hub.comments[0][1]
    assert "1 of them should be resolved" in hub.comments[0][1]


def test_nothing_is_resolved_that_another_has_looked_for(hub: Hub) -> None:
    post(hub, one(1, source="bandit 1.9.4"), one(2, 3))
    here: dict[str, Any] = {"sources": ("builtin",), "aspects": ("security",)}
    assert post(hub, one(2, 3), **here).resolved == 0
    assert post(hub, one(2, 3), **here | {"sources": ("builtin", "ruff 1")}).resolved == 0
    both: dict[str, Any] = {"sources": ("builtin", "bandit 2.0")}
    assert post(hub, one(2, 3), **both, aspects=("performance",)).resolved == 0
    assert post(hub, one(2, 3), **both, aspects=("security",)).resolved == 1
    assert [bool(thread.resolved_by) for thread in hub.threads] == [True, False]


def test_what_the_change_has_nothing_to_do_with_any_more_is_resolved(hub: Hub) -> None:
    post(hub, one(1, source="bandit 1.9.4"))
    files = frozenset({"other.py"})
    here: dict[str, Any] = {"sources": ("builtin",), "covered": files, "files": files}
    assert post(hub, inconclusive="no answer", **here).resolved == 0
    assert post(hub, **here | {"files": files | {"src/app.py"}}).resolved == 0
    assert post(hub, **here).resolved == 1


@pytest.mark.parametrize("said", ["--> x", "a b\n", "", "-----", "é:/", "openai:deepseek-chat"])
def test_no_name_of_who_found_it_breaks_the_mark(said: str) -> None:
    by = result.looker(one(1, source=said, aspect=said))
    text = marks.finding("x", f"{1:032x}", by)
    assert (marks.fingerprint(text), marks.by(text)) == (f"{1:032x}", by)
    assert text.count("--") == 2


def test_what_a_person_has_resolved_stays_resolved(hub: Hub) -> None:
    post(hub, one(1))
    hub.threads[0].resolved_by = "ada"
    post(hub, one(1))
    assert hub.threads[0].resolved_by == "ada"


def test_a_mark_that_somebody_else_wrote_says_nothing(hub: Hub) -> None:
    forged = marks.finding("nothing to see", f"{1:032x}")
    hub.threads.append(Thread("T-forged", "src/app.py", forged, author=OTHER))
    hub.comments.append((OTHER, marks.summary("all is well")))
    assert post(hub, one(1)).posted == 1
    assert hub.comments[0] == (OTHER, marks.summary("all is well"))
    assert len(hub.comments) == 2


def test_every_page_of_threads_and_files_is_read(hub: Hub) -> None:
    hub.page = 2
    hub.files |= {f"f{number}.py": PATCH for number in range(5)}
    some = [one(number, 2, path=f"f{number}.py") for number in range(5)]
    assert post(hub, *some).posted == 5
    assert post(hub, *some) == Done(0, 5, 0, 0, "https://forge.example/c/0")


def test_lines_that_are_not_shown_are_listed_and_lose_nobody_else(hub: Hub) -> None:
    done = post(
        hub, one(1), one(2, 900), one(3, 2, path="elsewhere.py"), one(4, 3, 22),
        one(5, 1, path="logo.png"),
    )  # fmt: skip
    assert (done.posted, done.listed) == (2, 3)
    assert {thread.path for thread in hub.threads} == {"src/app.py", "logo.png"}
    assert hub.threads[-1].comment["subject_type"] == "file"
    said = hub.comments[0][1]
    assert "`src/app.py:900`" in said
    assert "`elsewhere.py:2`" in said
    assert "`src/app.py:3`" in said


def test_comments_that_the_forge_refuses_all_the_same_are_found_one_by_one(hub: Hub) -> None:
    some = [one(number, 2) for number in range(6)]
    # It has another idea of the patch than it shows.
    hub.files["src/app.py"] = "@@ -1,1 +1,2 @@\n one\n+2"
    change = GithubChange(hub.address, "acme/shop", 7, "secret-token")
    notes = [
        Note(o.fingerprint, "x", "src/app.py", "new", o.anchor.line, o.anchor.line) for o in some
    ]
    notes[3] = notes[3]._replace(line=4, end=4)
    refused = change.post(notes, hub.head)
    assert refused == [notes[3]]
    assert len(hub.threads) == 5


def test_an_answer_that_got_lost_makes_no_second_comment(hub: Hub) -> None:
    hub.cut = 1
    assert post(hub, one(1), one(2, 3)).posted == 2
    assert len(hub.threads) == 2
    assert len(hub.reviews) == 1


def test_what_the_forge_takes_and_does_not_show_is_listed(hub: Hub) -> None:
    hub.swallow = "src/app.py"
    done = post(hub, one(1))
    assert (done.posted, done.listed) == (0, 1)
    assert "`src/app.py:2`" in hub.comments[0][1]


def test_at_most_so_many_are_posted_the_worst_first(hub: Hub) -> None:
    some = [one(number, 2, severity="low") for number in range(4)]
    done = post(hub, *some, one(9, 3, severity="critical"), most=2)
    assert (done.posted, done.listed) == (2, 3)
    assert "critical" in hub.threads[0].body


def test_nothing_is_posted_on_a_state_that_nobody_looked_at(hub: Hub) -> None:
    hub.head = "d" * 40
    change = GithubChange(hub.address, "acme/shop", 7, "secret-token")
    done = posting.post(change, Result("b" * 40, "c" * 40, (one(1),)), 30)
    assert done.moved == "d" * 40
    assert not hub.threads
    assert not hub.comments


def test_a_limit_of_requests_is_waited_for(hub: Hub) -> None:
    hub.busy = 1
    assert post(hub, one(1)).posted == 1


def test_a_token_that_may_not_write_is_told(hub: Hub) -> None:
    hub.denied = True
    with pytest.raises(NotPermitted) as refused:
        post(hub, one(1))
    assert "Resource not accessible" in refused.value.message
    assert "secret-token" not in refused.value.message + refused.value.hint


def test_a_wrong_token_and_no_server_are_told(hub: Hub) -> None:
    change = GithubChange(hub.address, "acme/shop", 7, "another")
    with pytest.raises(NaturecodeError, match="does not accept the token"):
        change.change()
    nowhere = GithubChange("http://127.0.0.1:9", "acme/shop", 7, "secret-token")
    with pytest.raises(NaturecodeError, match="could not be reached"):
        nowhere.change()


def test_no_text_of_a_model_does_anything_on_the_page(hub: Hub) -> None:
    bad = (
        "Bad. @ada see https://evil.example ![x](https://evil.example/x.png) <img src=x>\n/approve"
    )
    post(hub, finding(bad, "src/app.py", 2, 2), finding(bad, "src/app.py", 900, 900,
         fingerprint="a" * 32))  # fmt: skip
    for text in (hub.threads[0].body, hub.comments[0][1]):
        assert "![" not in text
        assert "<img" not in text.replace("`<img src=x>`", "")
        assert "\n/approve" not in text
