"""The writer of the folder: follows no link, overwrites nothing foreign, leaves nothing half."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from git_naturecode.store.folder import NOTHING, Blocked, Folder, Known, TrackedByGit

PATH = "sessions/2026-11/a.md"
Steps = ("", "sessions", "sessions/2026-11", PATH)


class Scene:
    """A work tree, what lies outside of it, and a writer for it."""

    def __init__(self, path: Path) -> None:
        self.top, self.outside = path / "tree", path / "outside"
        self.top.mkdir()
        self.outside.mkdir()
        (self.outside / "a.md").write_text("outside\n")
        self.tracked: set[str] = set()
        self.opened: list[Folder] = []

    def folder(self) -> Folder:
        """A writer as a new process has it."""
        made = Folder(str(self.top), self.tracked.__contains__, os.urandom, ["sessions"])
        self.opened.append(made)
        return made

    def path(self, below: str) -> Path:
        """A place in the folder."""
        return self.top / ".naturecode" / below if below else self.top / ".naturecode"

    def is_whole(self) -> bool:
        """Nothing outside was touched, and no half-written file is left."""
        left = [p.name for p in self.top.rglob(".writing-*") if not p.is_symlink()]
        return not left and {
            p.name: p.read_text() for p in self.outside.iterdir()
        } == {"a.md": "outside\n"}  # fmt: skip


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    for folder in made.opened:
        folder.close()


def known(data: bytes) -> Known:
    return Known(None, frozenset({hashlib.sha256(data).hexdigest()}))


def test_a_file_is_written_replaced_and_removed(scene: Scene) -> None:
    folder = scene.folder()
    seen, new = folder.put(PATH, b"one", 0o444, NOTHING)
    assert new
    assert scene.path(PATH).read_bytes() == b"one"
    assert scene.path(PATH).stat().st_mode & 0o777 == 0o444
    assert folder.state(PATH, Known(seen, frozenset())) == seen
    assert folder.put(PATH, b"one", 0o444, NOTHING) == (seen, False)
    seen, _ = folder.put(PATH, b"two", 0o444, known(b"one"))
    assert scene.path(PATH).read_bytes() == b"two"
    assert folder.remove(PATH, Known(seen, frozenset()))
    assert not folder.remove(PATH, NOTHING)
    folder.prune(PATH)
    folder.end()
    assert os.listdir(scene.top) == []


@pytest.mark.parametrize("step", Steps)
@pytest.mark.parametrize("target", ["folder", "file", "nothing"])
def test_a_link_at_any_level_is_not_followed(scene: Scene, step: str, target: str) -> None:
    place = scene.path(step)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to({"folder": scene.outside, "file": scene.outside / "a.md"}.get(
        target, scene.outside / "new.md"))  # fmt: skip
    folder = scene.folder()
    for _ in range(2):
        with pytest.raises(Blocked):
            folder.put(PATH, b"ours", 0o444, known(b"outside\n"))
        if step:
            with pytest.raises(Blocked):
                folder.state(PATH, known(b"outside\n"))
        with pytest.raises(Blocked):
            folder.remove(PATH, known(b"outside\n"))
        folder.prune(PATH)
        folder.sweep()
    folder.end()
    assert place.is_symlink()
    assert scene.is_whole()


@pytest.mark.parametrize("step", ["", "sessions", "sessions/2026-11"])
def test_a_folder_that_becomes_a_link_while_we_write(scene: Scene, step: str) -> None:
    folder = scene.folder()
    folder.put(PATH, b"one", 0o444, NOTHING)
    aside = scene.top / "aside"
    scene.path(step).rename(aside)
    scene.path(step).symlink_to(scene.outside)
    folder.put(PATH, b"two", 0o444, known(b"one"))  # into what it had opened before
    folder.put("sessions/2026-11/b.md", b"b", 0o444, NOTHING)
    assert scene.is_whole()
    with pytest.raises(Blocked):
        scene.folder().put(PATH, b"three", 0o444, known(b"two"))
    assert scene.is_whole()


@pytest.mark.parametrize("step", ["sessions", "sessions/2026-11"])
def test_another_repository_is_left_to_itself(scene: Scene, step: str) -> None:
    (scene.path(step) / ".git").mkdir(parents=True)
    with pytest.raises(Blocked, match="another repository"):
        scene.folder().put(PATH, b"ours", 0o444, NOTHING)
    assert not scene.path(PATH).exists()


def test_a_foreign_file_stays(scene: Scene) -> None:
    folder = scene.folder()
    folder.put(PATH, b"ours", 0o444, NOTHING)
    other = "sessions/2026-11/b.md"
    scene.path(other).write_bytes(b"mine")
    for attempt in (NOTHING, known(b"ours")):
        with pytest.raises(Blocked):
            folder.put(other, b"ours", 0o444, attempt)
        with pytest.raises(Blocked):
            folder.remove(other, attempt)
    assert scene.path(other).read_bytes() == b"mine"
    assert scene.is_whole()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_something_else_than_a_file_stays(scene: Scene, make: Callable[[Path], None]) -> None:
    folder = scene.folder()
    folder.put("sessions/2026-11/b.md", b"x", 0o444, NOTHING)
    make(scene.path(PATH))
    for step in (
        lambda: folder.put(PATH, b"ours", 0o444, known(b"")),
        lambda: folder.remove(PATH, known(b"")),
        lambda: folder.state(PATH, known(b"")),
    ):
        with pytest.raises(Blocked):
            step()
    assert scene.is_whole()


@pytest.mark.parametrize("first", [True, False], ids=["new", "replaced"])
def test_what_appears_at_the_last_moment_is_not_overwritten(
    scene: Scene, first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = scene.folder()
    folder.put("sessions/2026-11/b.md", b"x", 0o444, NOTHING)
    if not first:
        folder.put(PATH, b"one", 0o444, NOTHING)
    written = Folder._written

    def late(self: Folder, data: bytes, mode: int) -> str:
        name = written(self, data, mode)
        if first:
            scene.path(PATH).write_bytes(b"git's")
        scene.tracked.add(f".naturecode/{PATH}")  # a checkout has just ended
        return name

    monkeypatch.setattr(Folder, "_written", late)
    with pytest.raises(TrackedByGit):
        folder.put(PATH, b"two", 0o444, known(b"one"))
    scene.tracked.clear()
    monkeypatch.setattr(Folder, "_may", lambda self, path: None)
    if first:
        scene.path(PATH).unlink()
        with pytest.raises(Blocked, match="before"):
            folder.put(PATH, b"two", 0o444, NOTHING)
        assert scene.path(PATH).read_bytes() == b"git's"
    assert scene.is_whole()


def test_another_name_of_a_view_keeps_its_text(scene: Scene) -> None:
    folder = scene.folder()
    folder.put(PATH, b"one", 0o444, NOTHING)
    os.link(scene.path(PATH), scene.top / "mine.md")
    folder.put(PATH, b"two", 0o444, known(b"one"))
    assert (scene.top / "mine.md").read_bytes() == b"one"


def test_where_there_are_no_hard_links(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    folder = scene.folder()
    folder.put(PATH, b"one", 0o444, NOTHING)
    folder.put(PATH, b"two", 0o444, known(b"one"))
    assert scene.path(PATH).read_bytes() == b"two"
    assert scene.is_whole()


def test_half_written_files_of_a_killed_one_are_swept(scene: Scene) -> None:
    scene.folder().put(PATH, b"one", 0o444, NOTHING)
    left = scene.path(".writing-0123abcd")
    left.write_bytes(b"half")
    mine = [scene.path(".writing-mine"), scene.path(".writing-00000000")]
    for path in mine:
        path.write_bytes(b"not yours")
    scene.tracked.add(".naturecode/.writing-00000000")
    scene.folder().sweep()
    assert not left.exists()
    assert all(path.exists() for path in mine)


def test_a_full_disk_leaves_nothing_half(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    folder = scene.folder()
    folder.put(PATH, b"one", 0o444, NOTHING)

    class Full:
        def __init__(self, descriptor: int, mode: str) -> None:
            self.real = real(descriptor, mode)

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *about: object) -> None:
            self.real.close()

        def write(self, data: bytes) -> int:
            self.real.write(data[:1])
            raise OSError(28, "No space left on device")

    real = builtins.open
    monkeypatch.setattr("git_naturecode.store.folder.open", Full, raising=False)
    with pytest.raises(OSError, match="No space"):
        folder._written(b"two", 0o444)
    monkeypatch.undo()
    assert scene.path(PATH).read_bytes() == b"one"
    assert scene.is_whole()


def test_many_folders_do_not_use_up_the_descriptors(scene: Scene) -> None:
    folder = scene.folder()
    before = len(os.listdir("/proc/self/fd"))
    for number in range(256):
        folder.put(f"files/{number:02x}/x", b"x", 0o444, NOTHING)
    assert len(os.listdir("/proc/self/fd")) - before < 120
    assert len(list(scene.path("files").iterdir())) == 256
