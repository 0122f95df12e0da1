"""kb extract as a person uses it: see, keep, run again, with a model and without."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from answering import model
from box import Box, Clone
from cli.editing import at_terminal
from cli.written import add, text_of
from git_naturecode.domain.drafts import element
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import PRIVATE, TEAM
from kb.articles import opened

TALK = (
    ("user", "Postgres or SQLite for the queue?"),
    ("assistant", "**Storage of the queue**\n\nI'd recommend SQLite rather than Postgres, because "
     "the queue lives on one machine, and a server would be one more thing to run."),
    ("user", "yes, do it"),
    ("assistant", "Done."),
    ("user", "Always use the pagination of our own client when you list orders."),
)  # fmt: skip
DECISION = "Storage of the queue"
PRACTICE = "Always use the pagination of our own client"


@pytest.fixture
def clone(box: Box) -> Clone:
    return box.ready()


def talk(clone: Clone, *turns: tuple[str, str], visibility: str = "team") -> str:
    session = clone.start("Queue", visibility)
    for role, text in turns or TALK:
        clone.nc("session", "say", session, text, "--role", role)
    return session


def extracted(clone: Clone, session: str, *options: str, code: int = 0) -> Any:
    return clone.nc("kb", "extract", "--session", session, *options, "--json", code=code).json


def articles(clone: Clone) -> list[dict[str, Any]]:
    return list(clone.nc("kb", "list", "--json").json["items"])


def test_in_a_pipe_it_shows_and_says_how_to_keep(clone: Clone) -> None:
    session = talk(clone)
    told = clone.nc("kb", "extract", "--session", session)
    assert told.out.startswith(f"1. {DECISION}")
    assert f"\n2. {PRACTICE}" in told.out
    assert f"Source: [{session}#2]({session}#2)" in told.out
    assert "--save keeps all, --pick 1,3" in told.err
    assert articles(clone) == []


def test_each_link_opens_its_message(clone: Clone) -> None:
    session = talk(clone)
    messages = clone.nc("session", "show", session, "--json").json["messages"]
    for item in extracted(clone, session)["items"]:
        for source in item["sources"]:
            link = f"{session}#{source['number']}"
            assert f"]({link})" in item["content"]
            opened = clone.nc("session", "show", link, "--json").json
            assert opened["messageId"] == source["messageId"]
            assert opened["content"] == messages[source["number"] - 1]["content"]
            assert opened["content"].splitlines()[0] in clone.nc("session", "show", link).out


def test_kept_with_where_it_comes_from_and_not_proposed_again(clone: Clone) -> None:
    session = talk(clone)
    told = extracted(clone, session, "--save")
    kept = [item["saved"] for item in told["items"]]
    assert len(set(kept)) == 2
    for item in told["items"]:
        shown = clone.nc("kb", "show", item["saved"], "--json").json
        assert (shown["title"], shown["content"]) == (item["title"], item["content"])
        assert shown["type"] == {"practice": "practice", "decision": "article"}[item["kind"]]
        assert [link["to"] for link in shown["links"]] == [session]
    assert sorted(one["id"] for one in articles(clone)) == sorted(kept)
    again = extracted(clone, session, "--save")
    assert (again["proposed"], again["items"]) == (2, [])
    assert "nothing new" in clone.nc("kb", "extract", "--session", session).err
    clone.nc("session", "say", session, "Never retry a payment without its token.")
    (new,) = extracted(clone, session)["items"]
    assert new["title"].startswith("Never retry a payment")
    clone.nc("kb", "rm", kept[0])
    assert [one["title"] for one in extracted(clone, session)["items"]] == [new["title"]]


def test_some_of_it_by_number_and_by_type(clone: Clone) -> None:
    session = talk(clone)
    clone.nc("kb", "extract", "--session", session, "--pick", "2")
    assert [one["title"].startswith(PRACTICE) for one in articles(clone)] == [True]
    (left,) = extracted(clone, session)["items"]
    assert left["number"] == 1
    assert extracted(clone, session, "--type", "practice")["items"] == []
    assert "no number 2" in clone.nc(
        "kb", "extract", "--session", session, "--pick", "2", code=1
    ).err  # fmt: skip
    clone.nc("kb", "extract", "--session", session, "--pick", "1")
    assert len(articles(clone)) == 2


def test_what_an_article_nearly_says_is_offered_as_an_edit_of_it(clone: Clone) -> None:
    text = (
        "We keep the queue in SQLite rather than Postgres: it lives on one machine, a server would "
        "be one more thing to run.\n"
    )
    article = add(clone, text, "--title", "Storage of the queue")
    session = talk(clone)
    told = clone.nc("kb", "extract", "--session", session)
    assert "as an edit of storage-of-the-queue:" in told.out
    assert "+ ## Storage of the queue" in told.out or "+## Storage of the queue" in told.out
    item = next(one for one in extracted(clone, session)["items"] if one["kind"] == "decision")
    assert (item["edits"], item["near"][0]["id"]) == (article, article)
    told = extracted(clone, session, "--pick", str(item["number"]))
    after = text_of(clone, article)
    assert after.startswith(text)
    assert f"]({session}#2)" in after
    assert len(articles(clone)) == 1
    left = [one["kind"] for one in extracted(clone, session)["items"]]
    assert left == ["practice"]


@pytest.mark.parametrize("visibility", ["private", "encrypted"])
def test_words_of_a_session_that_not_all_may_read(clone: Clone, visibility: str) -> None:
    if visibility == "encrypted":
        clone.nc("team", "create", "Core")
    session = talk(clone, visibility="private" if visibility == "private" else "team")
    if visibility == "encrypted":
        clone.nc("session", "encrypt", session)
        clone.nc("session", "say", session, "Always seal the letters of our own customers.")
    assert PRACTICE in clone.nc("kb", "extract", "--session", session).out
    said = clone.nc("kb", "extract", "--session", session, "--save", code=3)
    assert f"is {visibility}, and" in said.err
    assert articles(clone) == []
    clone.nc("kb", "extract", "--session", session, "--save", "--yes")
    assert len(articles(clone)) >= 2


def test_words_that_were_not_shared_with_the_rest_of_their_session(clone: Clone) -> None:
    session = talk(clone)
    with opened(clone) as store:  # as a capture does, until the next share
        store.write(PRIVATE, session, [Draft("message", {"role": "user"}, f"{PRACTICE}, always.")])
        store.settle(5.0)
    said = clone.nc("kb", "extract", "--session", session, "--save", code=3)
    assert "not shared as a whole, and" in said.err
    assert articles(clone) == []


def test_what_a_session_is_tagged_with_commands_no_terminal(clone: Clone) -> None:
    session = talk(clone)
    with opened(clone) as store:
        store.write(TEAM, session, [element([], "tags", "a\x1b]0;b\x07c", there=True)])
        store.settle(5.0)
    assert "\x1b" not in clone.nc("kb", "extract", "--session", session).out
    clone.nc("kb", "extract", "--session", session, "--save")
    assert [one["tags"] for one in articles(clone)] != [[], []]
    assert all("\x1b" not in tag for one in articles(clone) for tag in one["tags"])


def test_a_purge_takes_what_a_model_made_of_the_text_along(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone)
    model(clone, tmp_path, ANSWER)
    clone.nc("kb", "extract", "--session", session)
    kept = clone.path / ".git/naturecode/ai"
    assert "SQLite holds" in "".join(one.read_text() for one in kept.glob("proposed-*"))
    message = clone.nc("session", "show", session, "--json").json["messages"][1]["messageId"]
    clone.nc("redact", session, message, "--rewrite", "--yes")
    assert list(kept.glob("proposed-*")) == []


def test_a_session_with_nothing_to_keep_says_so(clone: Clone) -> None:
    session = talk(clone, ("user", "hi"), ("assistant", "Hello!"))
    told = clone.nc("kb", "extract", "--session", session, "--save")
    assert (told.out, told.err.strip()) == ("", "nothing in it is worth an article")
    assert extracted(clone, session)["items"] == []


def test_several_sessions_and_what_they_both_say(clone: Clone) -> None:
    one, other = talk(clone), talk(clone, *TALK[:3], ("user", "Never log the body of a request."))
    told = clone.nc("kb", "extract", "--session", one, "--session", other, "--json").json
    assert {item["origin"]["session"] for item in told["items"]} == {one, other}


def at_the_terminal(clone: Clone, session: str, *answers: str, editor: str = "false") -> str:
    """What is shown where a person gives these answers."""
    typed = "\n".join(answers) + "\n"
    code, out = at_terminal(
        clone, "kb", "extract", "--session", session, editor=editor, typed=typed
    )
    assert code == 0, out
    return out


def test_at_a_terminal_each_is_asked_for(clone: Clone) -> None:
    session = talk(clone)
    out = at_the_terminal(clone, session, "n", "y")
    asked = [f"{number} of 2: keep it? [y]es, [n]o, [e]dit, [q]uit" for number in (1, 2)]
    assert [out.count(one) for one in asked] == [1, 1]
    assert [one["title"].startswith(PRACTICE) for one in articles(clone)] == [True]
    out = at_the_terminal(clone, session, "q")
    assert out.count("keep it?") == 1
    assert "1 of 1: keep it?" in out
    assert "1 proposal not decided: the same command asks about it again" in out
    out = at_the_terminal(clone, session, "?", "n")
    assert "e opens it in your editor" in out
    assert "nothing was kept" in out
    assert len(articles(clone)) == 1


def test_at_a_terminal_it_can_be_changed_first(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone)
    (tmp_path / "new.md").write_text("# Lists are paged by the client\n\nNever by hand.\n")
    out = at_the_terminal(clone, session, "e", "q", editor=f"cp {tmp_path}/new.md")
    assert "added lists-are-paged-by-the-client" in out
    (article,) = articles(clone)
    assert article["title"] == "Lists are paged by the client"
    assert text_of(clone, str(article["id"])) == "Never by hand.\n"


ANSWER = {
    "decisions": [{"title": "SQLite holds the queue", "text": "One machine.", "messages": [2]}],
    "problems": [], "patterns": [], "lessons": [], "practices": [],
}  # fmt: skip


def test_a_model_proposes_and_its_numbers_stay(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone)
    folder = model(clone, tmp_path, ANSWER)
    told = clone.nc("kb", "extract", "--session", session)
    assert told.out.startswith("1. SQLite holds the queue")
    clone.nc("kb", "extract", "--session", session, "--pick", "1")
    assert len(list(folder.glob("*.question"))) == 1
    assert [one["title"] for one in articles(clone)] == ["SQLite holds the queue"]
    builtin = clone.nc("kb", "extract", "--session", session, "--provider", "builtin").out
    assert PRACTICE in builtin


def test_a_model_that_cites_what_is_not_there_is_inconclusive(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone)
    bad = json.loads(json.dumps(ANSWER))
    bad["decisions"][0]["messages"] = [77]
    model(clone, tmp_path, bad, bad)
    said = clone.nc("kb", "extract", "--session", session, "--save", code=6)
    assert "cites message 77" in said.err
    assert articles(clone) == []


def test_what_a_model_would_cost_is_told_and_the_budget_holds(clone: Clone, tmp_path: Path) -> None:
    session = talk(clone)
    told = clone.nc("kb", "extract", "--session", session, "--dry-run").out
    assert "nothing is sent" in told
    folder = model(clone, tmp_path, ANSWER)
    cost = clone.nc("kb", "extract", "--session", session, "--dry-run", "--json").json
    assert (cost["questions"], cost["tokensIn"] > 300, cost["cost"]) == (1, True, "unknown")
    clone.git("config", "naturecode.ai.maxTokens", "100")
    said = clone.nc("kb", "extract", "--session", session, code=6)
    assert "100 that are allowed" in said.err
    assert not list(folder.glob("*.question"))


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        ([], 2, "what should it be taken from?"),
        (["--session", "nope"], 1, "there is no session nope"),
        (["--session", "SESSION", "--pick", "x"], 2, "no number of a proposal"),
        (["--session", "SESSION", "--pick", ","], 2, "--pick needs numbers"),
        (["--session", "SESSION", "--pick", "9"], 1, "no number 9"),
        (["--session", "SESSION", "--type", "poem"], 2, "is no type"),
        (["--session", "SESSION", "--dry-run", "--save"], 2, "keeps nothing"),
        (["--session", "SESSION", "--code", "src"], 2, "not from both at once"),
        (["--code", "nowhere"], 1, "nowhere"),
        (["--session", "SESSION", "--model", "m", "--provider", "builtin"], 2, "have no models"),
    ],
)  # fmt: skip
def test_wrong_words(clone: Clone, args: list[str], code: int, told: str) -> None:
    session = talk(clone)
    words = [session if one == "SESSION" else one for one in args]
    said = clone.nc("kb", "extract", *words, code=code)
    assert told in said.err
    assert articles(clone) == []


def test_a_deleted_session_brings_nothing(clone: Clone) -> None:
    session = talk(clone)
    clone.nc("session", "delete", session, "--yes")
    assert "was deleted" in clone.nc("kb", "extract", "--session", session, code=1).err


def test_out_of_code_and_again_only_what_changed(clone: Clone) -> None:
    (clone.path / "pyproject.toml").write_text('[project]\nname = "mill"\nversion = "1"\n')
    (clone.path / "mill.py").write_text('"""Grinds corn between stones."""\n\nSPEED = 3\n')
    clone.git("add", ".")
    told = clone.nc("kb", "extract", "--code", ".", "--save", "--json").json
    item = next(one for one in told["items"] if one["kind"] == "architecture")
    assert "Grinds corn between stones" in item["content"]
    assert text_of(clone, item["saved"]) == item["content"]
    assert clone.nc("kb", "extract", ".", "--json").json["items"] == []
    (clone.path / "mill.py").write_text('"""Grinds corn by steel rollers."""\n\nSPEED = 3\n')
    shown = clone.nc("kb", "extract", ".").out
    assert "as an edit of" in shown
    assert "stones" in shown
    again = clone.nc("kb", "extract", ".", "--save", "--json").json["items"]
    assert [one["edits"] for one in again if one["kind"] == "architecture"] == [item["saved"]]
    assert "by steel rollers" in text_of(clone, item["saved"])


def test_an_article_that_somebody_changed_meanwhile_is_not_overwritten(clone: Clone) -> None:
    text = "We keep the queue in SQLite rather than Postgres: it lives on one machine.\n"
    article = add(clone, text, "--title", "Storage of the queue")
    session = talk(clone, *TALK[:3])
    (clone.path / "other.md").write_text("Somebody else's words.\n")
    edit = f"{sys.executable} -m git_naturecode kb edit {article} --file other.md; true"
    code, out = at_terminal(
        clone, "kb", "extract", "--session", session, editor=edit, typed="e\n"
    )  # fmt: skip
    assert (code, "was changed meanwhile" in out) == (1, True), out
    assert text_of(clone, article) == "Somebody else's words.\n"
