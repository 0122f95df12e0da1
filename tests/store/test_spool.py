"""What the spool has acknowledged is there after a kill, and after a power cut at any moment."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from git_naturecode.store import spool as spools
from git_naturecode.store.spool import AGAIN, JOURNAL_MS, Spool

DAY = JOURNAL_MS
HOUR = 3_600_000


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(str(tmp_path / "state/spool/team"))


def files(folder: str) -> dict[str, bytes]:
    """Name and content of every file below `folder`."""
    return {one.name: one.read_bytes() for one in Path(folder).rglob("*") if one.is_file()}


def test_texts_come_back_in_the_order_of_their_names(spool: Spool) -> None:
    assert spool.waiting() == []
    for name in ("b", "c", "a"):
        spool.put(name, name.encode() * 3)
    assert spool.waiting() == ["a", "b", "c"]
    assert spool.read("b") == b"bbb"


def test_only_the_owner_can_read_it(spool: Spool) -> None:
    spool.put("a", b"x")
    assert os.stat(spool.folder).st_mode & 0o77 == 0
    assert os.stat(os.path.join(spool.folder, "a")).st_mode & 0o77 == 0


def test_drained_texts_stay_a_day_in_the_journal(spool: Spool) -> None:
    spool.put("old", b"1")
    os.utime(os.path.join(spool.folder, "old"), (0, 0))  # it waited long
    spool.drained(["old"], 10 * DAY)
    assert spool.waiting() == []
    spool.sweep(10 * DAY)
    spool.sweep(11 * DAY)
    assert files(spool.journal) == {"old": b"1"}
    spool.sweep(11 * DAY + 2 * HOUR)
    assert files(spool.journal) == {}


def test_the_journal_can_be_drained_again(spool: Spool) -> None:
    for number, name in enumerate("abc"):
        spool.put(name, name.encode())
        spool.drained([name], number * HOUR)
    assert spool.undrain() == 3
    assert spool.waiting() == [name + AGAIN for name in "abc"]
    spool.drained(spool.waiting(), 5 * HOUR)
    assert set(files(spool.journal)) == set("abc")
    assert spool.undrain() == 3


def test_half_written_texts_are_swept_after_an_hour(spool: Spool) -> None:
    spool.put("a", b"x")
    hidden = Path(spool.folder, ".half")
    hidden.write_bytes(b"ha")
    os.utime(hidden, (1000, 1000))
    spool.sweep(1_000_000 + HOUR - 1)
    assert hidden.exists()
    assert spool.waiting() == ["a"]
    spool.sweep(1_000_000 + HOUR + 1)
    assert not hidden.exists()
    assert spool.waiting() == ["a"]


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_leaves_nothing_behind(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    spool.put("a", b"x")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        with pytest.raises(OSError, match="No space"):
            spool.put("b", b"y")
    assert os.listdir(spool.folder) == ["a"]


def test_short_writes_are_continued(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:3]))
    spool.put("a", b"0123456789")
    assert spool.read("a") == b"0123456789"


# -- a power cut, simulated ----------------------------------------------------------------------


class Disk:
    """The calls of `os` that the spool makes, and which of their effects a power cut may undo.

    Bytes are safe once their file was fsynced; a name, or its loss, once its folder was. A rename
    is one change (every journalling file system sees to that), which either folder's fsync makes
    safe. Of what is not safe any part may be lost, in any combination.
    """

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.paths: dict[int, str] = {}
        self.numbers: dict[str, int] = {self.root: 0}
        self.written: dict[int, bytes] = {}
        self.safe: dict[int, bytes] = {}
        self.loose: list[dict[str, int | None]] = []
        self.names: dict[str, int] = {}
        self.checks: list[Callable[[], None]] = []

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        fd = os.open(path, flags, mode)
        self.paths[fd] = path
        if flags & os.O_CREAT:
            self._name({path: self._new(path)})
        return fd

    def mkdir(self, path: str, mode: int) -> None:
        os.mkdir(path, mode)
        self._name({path: self._new(path)})

    def makedirs(self, path: str, mode: int, exist_ok: bool) -> None:
        above = os.path.dirname(path)
        if not os.path.isdir(above):
            self.makedirs(above, mode, exist_ok)
        if not os.path.isdir(path):
            self.mkdir(path, mode)

    def write(self, fd: int, data: bytes) -> int:
        self.written[self.numbers[self.paths[fd]]] += bytes(data)
        return self._done(os.write(fd, data))

    def fsync(self, fd: int) -> None:
        path = self.paths[fd]
        if os.path.isdir(path):
            for change in [c for c in self.loose if any(_in(path, name) for name in c)]:
                self.loose.remove(change)
                _apply(self.names, change)
        else:
            self.safe[self.numbers[path]] = self.written[self.numbers[path]]
        self._done(0)

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new)
        self.numbers[new] = self.numbers.pop(old)
        self._name({old: None, new: self.numbers[new]})

    def unlink(self, path: str) -> None:
        os.unlink(path)
        self._name({path: None})

    def after_a_cut(self, keep: Callable[[], bool]) -> dict[str, bytes]:
        """Path and content of all that is there after a cut at this moment."""
        names = dict(self.names)
        for change in self.loose:
            if keep():
                _apply(names, change)
        whole = {path: self.safe.get(number, b"") for path, number in names.items()}
        return {path: data for path, data in whole.items() if self._reachable(path, names)}

    def _reachable(self, path: str, names: dict[str, int]) -> bool:
        above = os.path.dirname(path)
        return above == self.root or (above in names and self._reachable(above, names))

    def _new(self, path: str) -> int:
        number = len(self.written) + 1
        self.written[number] = b""
        self.numbers[path] = number
        return number

    def _name(self, change: dict[str, int | None]) -> None:
        self.loose.append(change)
        self._done(0)

    def _done(self, result: int) -> int:
        for check in self.checks:
            check()
        return result


def _in(folder: str, path: str) -> bool:
    return os.path.dirname(path) == folder


def _apply(names: dict[str, int], change: dict[str, int | None]) -> None:
    for path, number in change.items():
        if number is None:
            names.pop(path, None)
        else:
            names[path] = number


def cut_everywhere(root: Path, patched: pytest.MonkeyPatch) -> int:
    """Cut the power after each call of two rounds of put and drain; how many cuts that were."""
    disk, acknowledged = Disk(root), dict[str, bytes]()
    own = {name: getattr(disk, name) for name in
           ("open", "mkdir", "makedirs", "write", "fsync", "rename", "unlink")}  # fmt: skip
    patched.setattr(spools, "os", SimpleNamespace(**{**vars(os), **own}))
    chance, cuts = random.Random(7), 0
    keeps: list[Callable[[], bool]] = [lambda: False, lambda: True]
    keeps += [lambda: chance.random() < 0.5] * 20

    def check() -> None:
        nonlocal cuts
        cuts += 1
        for keep in keeps:
            left = disk.after_a_cut(keep)
            there = {os.path.basename(path): data for path, data in left.items()}
            assert {name: there.get(name) for name in acknowledged} == acknowledged

    disk.checks.append(check)
    spool = Spool(str(root / "naturecode/spool/team"))
    for number in range(2):
        for name in (f"a{number}", f"b{number}"):
            spool.put(name, name.encode() * 100)
            acknowledged[name] = name.encode() * 100
            check()
        spool.drained(spool.waiting(), 5 * HOUR)
    return cuts


def test_a_power_cut_at_any_moment_keeps_what_was_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        assert cut_everywhere(tmp_path, patched) > 30


def _only_folders(self: Disk, fd: int) -> None:
    if os.path.isdir(self.paths[fd]):
        _FSYNC(self, fd)


def _without_fsync(folder: str) -> None:
    vars(spools)["os"].makedirs(folder, 0o700, True)


def _renamed_too_early(self: Spool, name: str, data: bytes) -> None:
    if not os.path.isdir(self.folder):
        spools._make_folder(self.folder)
    path = os.path.join(self.folder, name)
    fd = spools._create(path)
    spools._write_all(fd, data)
    os.close(fd)
    spools._sync_folder(self.folder)


_FSYNC = Disk.fsync
MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the folder is not fsynced": lambda patched: patched.setattr(
        spools, "_sync_folder", lambda folder: None
    ),
    "the folders above are not fsynced": lambda patched: patched.setattr(
        spools, "_make_folder", _without_fsync
    ),
    "the file is not fsynced": lambda patched: patched.setattr(Disk, "fsync", _only_folders),
    "acknowledged before its bytes are safe": lambda patched: patched.setattr(
        Spool, "put", _renamed_too_early
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_does_not_survive_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with monkeypatch.context() as patched:
        MUTANTS[name](patched)
        with pytest.raises(AssertionError):
            cut_everywhere(tmp_path, patched)


def test_of_several_texts_all_are_kept_or_none(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.put_all({"b": b"2", "a": b"1"})
    assert spool.waiting() == ["a", "b"]
    fsync, left = os.fsync, [1]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError("full")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        spool.put_all({"d": b"4", "c": b"3"})
    assert files(spool.folder) == {"a": b"1", "b": b"2"}
