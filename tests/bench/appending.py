"""Appending: one entry in an open process, its flatness, and many writers in one clone."""

import importlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pygit2

from git_naturecode.store import paths
from git_naturecode.store.store import TEAM, Store

from . import made
from .measure import Line, against, figure, interleave
from .stage import Stage

REF = "refs/heads/naturecode"
WRITERS = 8
FLAT = 1.3


def append(stage: Stage) -> Iterator[Line]:
    """An append in an open process against raw pygit2, in small and large stores."""
    shapes = ((100, 10), (stage.entities, 10), (100, stage.entities))
    clones = [stage.filled(*shape) for shape in shapes]
    with ExitStack() as stack:
        actions = [_ours(stack.enter_context(stage.store(clone))) for clone in clones]
        actions += [_raw(_copied(stage, clone)) for clone in clones[:2]]
        found = interleave(stage.rounds(30), *actions, warm=3)
    label = "append in an open process, {:,} sessions"
    yield against(label.format(100), found[0], found[3], "raw pygit2", 2)
    yield against(label.format(stage.entities), found[1], found[4], "raw pygit2", 2)
    yield against(
        f"flat: {stage.entities:,} sessions against 100", found[1], found[0], "100 sessions", FLAT
    )
    yield against(
        f"flat: {shapes[2][1]:,} entries in a session against 10", found[2], found[0],
        "10 entries", FLAT,
    )  # fmt: skip


def many(stage: Stage) -> Iterator[Line]:
    """Eight processes that each append 200 entries in one clone, measured as tests/faults does."""
    count = 50 if stage.quick else 200
    measured = importlib.import_module("tests.appending")
    got = measured.append_many(stage.path("many"), WRITERS, count)
    budget = f"append, {WRITERS} processes x {count} in one clone"
    yield figure(f"{budget}: lost or doubled", got.lost + got.doubled, "entries", 0)
    yield figure(budget, got.per_second, "entries/s", 250, least=True)


def _copied(stage: Stage, clone: Path) -> Path:
    copy = stage.path("raw")
    shutil.copytree(clone, copy, symlinks=True)
    return copy


def _ours(store: Store) -> Callable[[], object]:
    numbers = iter(range(1_000_000))

    def one() -> None:
        store.write(TEAM, made.entity(0), [made.said(next(numbers))])
        store.settle()

    return one


def _raw(clone: Path) -> Callable[[], object]:
    """The same blob, trees, commit and ref by pygit2 alone: no lock, no fsync, no reading back."""
    repo = pygit2.Repository(str(clone))
    path = paths.segment_path(made.entity(0), _device(repo), 1).split("/")
    who = pygit2.Signature("Ada", "ada@example.com", 1_790_000_000, 0)
    numbers = iter(range(1_000_000))

    def one() -> None:
        head = repo.references[REF].target
        tree = _grown(repo, repo[head].peel(pygit2.Tree), path, made.text(next(numbers)).encode())
        new = repo.create_commit(None, who, who, "Add", tree, [head])
        repo.references[REF].set_target(new)

    return one


def _grown(
    repo: "pygit2.Repository", tree: "pygit2.Tree", path: list[str], text: bytes
) -> "pygit2.Oid":
    builder = repo.TreeBuilder(tree)
    old = tree[path[0]]
    if isinstance(old, pygit2.Tree):
        builder.insert(path[0], _grown(repo, old, path[1:], text), pygit2.enums.FileMode.TREE)
    else:
        assert isinstance(old, pygit2.Blob)
        new = repo.create_blob(old.data + text)
        builder.insert(path[0], new, pygit2.enums.FileMode.BLOB)
    return builder.write()


def _device(repo: "pygit2.Repository") -> str:
    tree = repo.references[REF].peel(pygit2.Tree)
    found = tree[paths.entity_folder(made.entity(0))]
    assert isinstance(found, pygit2.Tree)
    return str(next(iter(found)).name).split(".")[0]
