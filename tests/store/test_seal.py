"""The seal of a commit: read from it, or from what it stands on."""

import os
from collections.abc import Iterator

import pytest

from box import Box
from git_naturecode.git import repo as repos
from git_naturecode.git.library import LibraryObjects
from git_naturecode.git.objects import Change
from git_naturecode.store import seal


@pytest.fixture
def objects(box: Box) -> Iterator[LibraryObjects]:
    found = LibraryObjects(repos.find(str(box.repo().path), dict(os.environ)))
    yield found
    found.close()


def made(objects: LibraryObjects, text: str, *parents: str) -> str:
    return objects.commit(Change(None, {"README.md": b"x\n"}, parents, 1, text))


def ours(objects: LibraryObjects, records: set[str], *parents: str) -> str:
    return made(objects, seal.message("Add", frozenset(records)), *parents)


def test_what_is_written_is_read(objects: LibraryObjects) -> None:
    assert seal.of(objects, ours(objects, {"a:1", "b:2"})) == {"a:1", "b:2"}
    assert seal.of(objects, ours(objects, set())) == frozenset()
    assert seal.of(objects, None) == frozenset()


def test_a_commit_without_the_line_has_what_all_its_parents_have(objects: LibraryObjects) -> None:
    one, two = ours(objects, {"a", "b"}), ours(objects, {"b", "c"})
    assert seal.of(objects, made(objects, "plain", one)) == {"a", "b"}
    merge = made(objects, "plain merge", one, two)
    assert seal.of(objects, merge) == {"b"}
    assert seal.of(objects, made(objects, "on it", merge)) == {"b"}
    root = made(objects, "plain root")
    assert seal.of(objects, root) == frozenset()
    assert seal.of(objects, made(objects, "m", one, root)) == frozenset()


def test_a_hostile_history_costs_little_and_gives_none(objects: LibraryObjects) -> None:
    tip = ours(objects, {"a"})
    for number in range(60):  # 2 ** 60 ways down
        tip = made(objects, "m", made(objects, f"l{number}", tip), made(objects, f"r{number}", tip))
    assert seal.of(objects, tip) == {"a"}
    assert seal.of(objects, made(objects, "cut off", "0" * 40)) == frozenset()
    assert seal.of(objects, made(objects, "Seal: " + "x " * 2_000)) == frozenset()
    assert seal.of(objects, made(objects, "Seal: $(rm)")) == frozenset()
    assert seal.of(objects, made(objects, "Seal: a\n" + "x" * (2 << 20))) == frozenset()
