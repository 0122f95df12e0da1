"""Others write, collect garbage or fail at the worst moment; each guard is needed for it."""

import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

import crash
from appending import append_many
from box import Box, Clone, Way
from git_naturecode.errors import NaturecodeError
from git_naturecode.git.bulk import BulkCommit
from git_naturecode.git.objects import Change, Objects
from git_naturecode.store import bulk, drain, paths
from git_naturecode.store.log import Log

# The reflog goes on naming what was lost.
LOST = ("team", "--no-reflogs")
REF = "refs/heads/naturecode"
OTHER = "session-20261122-k3v9q2m7"
DEVICE = "7f3kq0abx2m4c9vd"


def plain_write(clone: Clone, number: int) -> str:
    """Plain git adds a file to the data branch, as a merge or a fetch would; its path."""
    path = paths.segment_path(OTHER, DEVICE, number)
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=clone.path, check=True,
        input=f"commit {REF}\ncommitter x <x> 1 +0000\ndata 1\nx\nfrom {REF}^0\n"
              f"M 100644 inline {path}\ndata 1\n{number}\n".encode(),
    )  # fmt: skip
    return path


def naive(objects: Objects, patched: pytest.MonkeyPatch) -> None:
    """Set the ref from whatever it is now, not from what the commit was built on."""

    def advance(ref: str, old: str | None, change: Change) -> str | None:
        new = objects.commit(change)
        return new if objects.move(ref, new, objects.resolve(ref)) else None

    patched.setattr(objects, "advance", advance)


def others_write_too(clone: Clone, patched: pytest.MonkeyPatch, *, compare: bool) -> None:
    """Drain while plain git moves the branch three times at the worst moment."""
    library = clone.way.name == "library"
    written: list[str] = []

    def act() -> None:
        if len(written) < 3:
            written.append(plain_write(clone, len(written) + 1))

    with clone.store(many=library) as store:
        objects = store.team.objects
        if not compare:
            naive(objects, patched)
        # The git program builds and moves in one go, pygit2 in two: between them it is worst.
        name = "commit" if library or not compare else "advance"
        real = getattr(objects, name)

        def disturbed(*args: object) -> object:
            if name == "advance":
                act()
            done = real(*args)
            if name == "commit":
                act()
            return done

        patched.setattr(objects, name, disturbed)
        said = crash.say(store, crash.new_session(), "ours")
        store.settle(5.0)
    assert written
    assert set(written) <= set(clone.git("ls-tree", "-r", "--name-only", REF).split())
    assert crash.in_log(clone)[said[0]] == 1
    assert crash.fsck(clone) == ""


@pytest.mark.parametrize("way", [Way("program"), Way("library")], ids=str)
def test_plain_git_writes_between_building_and_moving(
    box: Box, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    others_write_too(crash.set_up(box, way=way), monkeypatch, compare=True)


@pytest.mark.parametrize("way", [Way("program"), Way("library")], ids=str)
def test_without_the_comparison_the_others_lose(
    box: Box, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError):
        others_write_too(crash.set_up(box, way=way), monkeypatch, compare=False)


def prune_after(clone: Clone, log: Log, patched: pytest.MonkeyPatch) -> list[str]:
    """Let `git gc --prune=now` have looked for what is in use just before the ref moved."""
    real, gone = log.objects.advance, list[str]()
    before = set(objects_of(clone))

    def advance(ref: str, old: str | None, change: Change) -> str | None:
        new = real(ref, old, change)
        if not gone:
            for oid in set(objects_of(clone)) - before:
                os.unlink(clone.path / ".git/objects" / oid[:2] / oid[2:])
                gone.append(oid)
        return new

    patched.setattr(log.objects, "advance", advance)
    return gone


def objects_of(clone: Clone) -> list[str]:
    """The ids of all loose objects."""
    top = clone.path / ".git/objects"
    return [a.name + b.name for a in top.iterdir() if len(a.name) == 2 for b in a.iterdir()]


def pruned(clone: Clone, patched: pytest.MonkeyPatch) -> None:
    """A drain whose objects go away; the user is told, and the next command puts it right."""
    with clone.store(many=clone.way.name == "library") as store:
        said = crash.say(store, crash.new_session(), "first")
        store.settle()
        with patched.context() as more:
            gone = prune_after(clone, store.team, more)
            said += crash.say(store, crash.new_session(), "at the wrong moment")
            with pytest.raises(NaturecodeError, match="cannot be read back") as told:
                store.settle()
            assert gone
        assert "git gc --prune=now" in told.value.hint
    crash.check(clone, said, *LOST)


@pytest.mark.parametrize("way", [Way("program"), Way("library")], ids=str)
def test_what_gc_took_away_is_noticed(box: Box, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    pruned(crash.set_up(box, way=way), monkeypatch)


@pytest.mark.parametrize("way", [Way("program"), Way("library")], ids=str)
def test_without_reading_back_nobody_notices(
    box: Box, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "verify", lambda *_: None)
    with pytest.raises((pytest.fail.Exception, NaturecodeError)):
        pruned(crash.set_up(box, way=way), monkeypatch)


@pytest.mark.parametrize("way", [Way("program"), Way("library")], ids=str)
@pytest.mark.parametrize("damage", ["commit", "tree", "empty ref"])
def test_what_is_lost_later_comes_back_from_the_journal(box: Box, way: Way, damage: str) -> None:
    """A power cut, or a gc that looked before the drain and pruned after it."""
    clone = crash.set_up(box, way=way)
    entity, said = crash.new_session(), list[str]()
    with clone.store(many=way.name == "library") as store:
        for text in ("one", "two", "three"):
            said += crash.say(store, entity, text)
            store.settle()
    head = clone.git("rev-parse", REF).strip()
    lost = clone.git("rev-parse", f"{REF}^{{tree}}").strip() if damage == "tree" else head
    os.unlink(clone.path / ".git/objects" / lost[:2] / lost[2:])
    if damage == "empty ref":
        (clone.path / ".git" / REF).write_text("")
    with clone.store(many=way.name == "library") as store:
        said += crash.say(store, entity, "four")
        with pytest.raises(NaturecodeError, match="is missing") as told:
            store.settle()
    follow(clone, told.value.hint)
    crash.check(clone, said, *LOST)


def follow(clone: Clone, hint: str) -> None:
    """Do what the hint says."""
    words = hint.replace("`", " ").replace(";", " ").replace(",", " ").split()
    if "delete" in words:
        os.unlink(words[words.index("delete") + 1])
    start = words.index("update-ref")
    clone.git(*words[start : start + 3])


@pytest.mark.parametrize("way", [Way("program"), Way("library")], ids=str)
def test_gc_at_the_same_time_loses_nothing(box: Box, way: Way) -> None:
    clone = crash.set_up(box, way=way)
    entity, said, over = crash.new_session(), list[str](), threading.Event()

    def collect() -> None:
        while not over.is_set():
            subprocess.run(["git", "gc", "-q"], cwd=clone.path, capture_output=True, check=False)

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        with clone.store(many=way.name == "library") as store:
            for number in range(40):
                said += crash.say(store, entity, f"text {number}")
                store.settle()
    finally:
        over.set()
        thread.join()
    crash.check(clone, said)


class Sweeping:
    """The object store of pygit2, while `git gc` takes away folders that are empty."""

    def __init__(self, odb: Any) -> None:
        self._odb, self._named = odb, set[bytes]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._odb, name)

    def write(self, kind: int, data: bytes) -> Any:
        """Fail the first time for each object, in the words of libgit2."""
        if data not in self._named:
            self._named.add(data)
            raise OSError("failed to rename lockfile to '.git/objects/2b/14': No such file")
        return self._odb.write(kind, data)


def test_a_folder_that_gc_takes_away_is_made_again(box: Box) -> None:
    clone = crash.set_up(box, way=Way("library"))
    with clone.store() as store:
        objects: Any = store.team.objects
        objects._odb = Sweeping(objects._odb)
        said = crash.say(store, crash.new_session(), "ours")
        store.settle()
    crash.check(clone, said)


def test_eight_processes_append_at_once(box: Box) -> None:
    figures = append_many(box.path / "many", 8, 80)
    assert (figures.lost, figures.doubled) == (0, 0)
    clone = Clone(box.path / "many", Way("library"))
    assert sum(crash.in_log(clone).values()) == 640
    assert in_order_of_stamps(clone)
    assert crash.fsck(clone) == ""


def in_order_of_stamps(clone: Clone) -> bool:
    """Each segment has the stamps of its entries in strictly rising order, and none twice."""
    from git_naturecode.store import format

    every: list[str] = []
    for oid in clone.git("ls-tree", "-r", "--format=%(objectname)", REF, "log/").split():
        segment = format.parse(clone.git("cat-file", "blob", oid).encode())
        stamps = [entry.at for entry in segment.entries]
        assert stamps == sorted(stamps)
        every += stamps
    return len(set(every)) == len(every)


# -- bulk ----------------------------------------------------------------------------------------


def test_bulk_builds_on_the_head_that_it_found(box: Box) -> None:
    clone = crash.set_up(box)
    before = clone.git("rev-parse", REF)

    def write(*, disturbed: bool) -> None:
        with clone.store() as store, bulk.bulk(store, "team") as writer:
            writer.write(crash.new_session(), [crash.message("a")])
            if disturbed:
                plain_write(clone, 1)

    with pytest.raises(NaturecodeError, match="meanwhile") as told:
        write(disturbed=True)
    assert "again" in told.value.hint
    assert clone.git("rev-parse", f"{REF}^") == before
    write(disturbed=False)
    path = paths.segment_path(OTHER, DEVICE, 1)
    assert path in clone.git("ls-tree", "-r", "--name-only", REF).split()
    assert crash.fsck(clone) == ""


def test_bulk_reads_back_what_it_wrote(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = crash.set_up(box)
    before = clone.git("rev-parse", REF)
    real = BulkCommit.finish

    def finish(self: BulkCommit) -> str:
        known = set(objects_of(clone))
        new = real(self)
        for oid in set(objects_of(clone)) - known:
            os.unlink(clone.path / ".git/objects" / oid[:2] / oid[2:])
        return new

    with clone.store() as store:
        with monkeypatch.context() as patched:
            patched.setattr(BulkCommit, "finish", finish)
            with pytest.raises(NaturecodeError, match="read back"), bulk.bulk(store, "team") as w:
                w.write(crash.new_session(), [crash.message("a")])
        assert clone.git("rev-parse", REF) == before
    crash.check(clone, [], *LOST)


def test_a_killed_bulk_writer_leaves_nothing_or_all(box: Box) -> None:
    clone = crash.set_up(box)
    script = Path(__file__).parent / "bulk_writer.py"
    ends = []
    for checks, sessions in enumerate((0, 1, 12, 29, 30, 31)):
        process = subprocess.Popen(
            [*crash.command(clone, "")[:2], str(script), str(clone.path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=crash.environment(),
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        # It goes on only when told to, else it may have ended before it is killed; but at 30 it is
        # killed somewhere on the way to its end.
        process.stdin.write(b"go on\n" * (sessions if sessions == 30 else sessions - 1))
        process.stdin.flush()
        for _ in range(sessions):
            assert process.stdout.readline()
        process.kill()
        process.communicate()
        crash.wait_for_orphans(clone)
        found = sum(crash.in_log(clone).values()) - checks
        assert found % 3000 == 0
        ends.append(found)
        crash.check(clone, [])
    assert ends[3] == 0
    assert ends[5] >= 3000  # after the last line it says goodbye only when all is done
