"""What two processes let in is what one lets in, whatever was fetched and whichever dies."""

import os
import random
from collections.abc import Iterator
from contextlib import closing

import pytest

import splinters
from box import Box
from git_naturecode.errors import Unsafe
from git_naturecode.git import beside, tree
from git_naturecode.git import repo as repos
from git_naturecode.git.objects import Change, Objects
from git_naturecode.git.program import ProgramObjects
from git_naturecode.git.repo import Repo
from git_naturecode.store import ahead, format, join, judging, laying, paths, reconcile, sound
from git_naturecode.store.hygiene import Bounds, Gate, horizon

NOW = 1_790_000_000_000
DEVICE = "0" * 16
FUTURE = "2126-01-01T00:00:00.000Z/0000"
NONE = Bounds()


@pytest.fixture
def repo(box: Box) -> Repo:
    clone = box.repo()
    return repos.find(str(clone.path), {**os.environ, **clone.env})


@pytest.fixture
def objects(repo: Repo) -> Iterator[ProgramObjects]:
    with closing(ProgramObjects(repo)) as found:
        yield found


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with many files, though there are few."""
    monkeypatch.setattr(ahead, "_FILES", 3)
    monkeypatch.setattr(beside, "is_worth_it", lambda _: True)


def segment(entity: str, number: int, at: str = "") -> bytes:
    header = {
        "id": f"e{number}-{DEVICE}", "kind": "message",
        "at": at or f"2026-01-01T00:00:00.{number:03d}Z/0000",
    }  # fmt: skip
    made = format.make(header, f"text {number}")
    return format.render(format.Segment(entity, DEVICE, 1, (made,)))


def files(rng: random.Random) -> dict[str, bytes]:
    """Many logs, most of them sound; the others damaged, of another place, future or newer."""
    found = {}
    for number in range(60):
        entity = f"session-20260101-{number:08}"
        data = segment(entity, number, FUTURE if rng.random() < 0.05 else "")
        change = rng.random()
        if change < 0.1:
            data = splinters.damaged(rng, data)
        elif change < 0.15:
            data = data.replace(b"text", b"test")
        elif change < 0.2:
            data = segment("session-20260101-zzzzzzzz", number)
        elif change < 0.25:
            data = data.replace(b"log/1", b"log/2", 1)
        elif change < 0.3:
            data = b"rubbish"
        found[paths.segment_path(entity, DEVICE, 1)] = data
    found["kb/articles/one.md"] = b"# One\n"
    return found


def take_in(
    objects: Objects, repo: Repo, theirs: str, bounds: Bounds = NONE, *, two: bool
) -> reconcile.Reconciled:
    with closing(judging.Judging(repo, horizon(NOW), bounds.total)) as judged:
        seen = ahead.Ahead(objects, judged if two else None)
        seen.look(tree.tree_of(objects, theirs) or "", None)
        get = judged.get if two else lambda _: None
        return reconcile.reconcile(seen, None, theirs, [], NOW, bounds, judged=get)


@pytest.mark.parametrize("seed", range(8))
def test_the_same_is_let_in_and_said(
    objects: ProgramObjects, repo: Repo, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    theirs = objects.commit(Change(None, files(random.Random(seed)), (), 1, "theirs"))
    alone = take_in(objects, repo, theirs, two=False)
    read, real = [], sound.sound

    def noted(data: bytes) -> object:
        read.append(data)
        return real(data)

    monkeypatch.setattr(sound, "sound", noted)
    assert take_in(objects, repo, theirs, two=True) == alone
    assert len(read) < 45  # of 60: the others are judged beside
    assert alone.problems


def test_one_that_dies_changes_nothing(
    objects: ProgramObjects, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = objects.commit(Change(None, files(random.Random(1)), (), 1, "theirs"))
    alone = take_in(objects, repo, theirs, two=False)
    first, real = os.getpid(), sound.judged

    def dying(data: bytes, border: str) -> sound.Judged | None:
        if b"text 3" in data and os.getpid() != first:
            os._exit(1)
        return real(data, border)

    monkeypatch.setattr(sound, "judged", dying)
    assert take_in(objects, repo, theirs, two=True) == alone


def test_what_is_too_much_is_refused_all_the_same(objects: ProgramObjects, repo: Repo) -> None:
    theirs = objects.commit(Change(None, files(random.Random(2)), (), 1, "theirs"))
    for bounds in (Bounds(total=5_000), Bounds(entries=50)):
        with pytest.raises(Unsafe, match="more than"):
            take_in(objects, repo, theirs, bounds, two=True)


def test_the_second_process_reads_no_more_than_may_come_in(
    objects: ProgramObjects, repo: Repo
) -> None:
    whole = {f"{n}": segment(f"session-20260101-{n:08}", n) for n in range(20)}
    made = objects.commit(Change(None, whole, (), 1, "x"))
    lot = list(tree.files(objects, tree.tree_of(objects, made)).values())
    size = len(whole["0"])
    judge = judging._work(horizon(NOW), size * 7 + size // 2)
    assert len(judge(objects, lot)) == 7
    assert judge(objects, lot) == {}


def test_a_text_that_was_purged_does_not_come_in_again(objects: ProgramObjects) -> None:
    entity = "session-20260101-00000000"
    data, path = segment(entity, 1), paths.segment_path(entity, DEVICE, 1)
    theirs = tree.tree_of(objects, objects.commit(Change(None, {path: data}, (), 1, "theirs")))
    assert theirs is not None
    entry = format.parse(data).entries[0]
    known = sound.judged(data, FUTURE)
    gate = Gate(objects, NOW, judged=lambda _: known)
    for purged, stays in ((join.NOTHING, True), (frozenset({(*entry.key, DEVICE)}), False)):
        laid = laying.Laying(gate, None, purged)
        assert laid.lay(theirs) == stays
        assert (b"text 1" in tree_bytes(objects, laid, path)) == stays


def tree_bytes(objects: Objects, laid: laying.Laying, path: str) -> bytes:
    """What was laid at `path`, by itself or in a folder."""
    commit = objects.commit(Change(laid.base, laid.files, (), 1, "laid"))
    return tree.read_path(objects, tree.tree_of(objects, commit), path) or b""


@pytest.mark.parametrize(
    ("stamps", "kept"),
    [
        (["b"], ["b"]),
        (["a", "b"], ["b"]),
        (["a", "b", "m", "x"], ["b", "x"]),
        (["y", "x"], ["y"]),
        (["b", "m"], ["b", "m"]),
    ],
)
def test_the_stamps_on_both_sides_of_the_border_are_kept(
    stamps: list[str], kept: list[str]
) -> None:
    days = {"a": "2026-01-01", "b": "2026-01-02", "m": "2026-06-01", "x": "2027-01-01",
            "y": "2027-02-01"}  # fmt: skip
    times = {letter: f"{day}T00:00:00.000Z/0000" for letter, day in days.items()}
    entries = [
        format.make({"id": f"e{n}", "at": times[at], "kind": "message"}, "x")
        for n, at in enumerate(stamps)
    ]
    whole = format.Segment("session-20260101-00000000", DEVICE, 1, tuple(entries))
    found = sound.judged(format.render(whole), times["m"])
    assert found is not None
    assert found.stamps == [times[at] for at in kept]
