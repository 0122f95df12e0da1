"""Branches that track files in `.naturecode/`: git is never held up, and nothing is lost."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from box import Box, Clone
from folder.shown import edit, files, page, pages
from git_naturecode.folder import update
from git_naturecode.store import place
from git_naturecode.store.folder import Folder

DIR = ".naturecode"


def branch(clone: Clone, name: str, make: Callable[[], None]) -> None:
    """A branch off main on which what `make` lays into the work tree is tracked; main again."""
    clone.git("checkout", "-q", "-b", name, "main")
    clone.git("clean", "-fdxq")
    make()
    clone.git("add", "-A", "-f")
    clone.git("commit", "-q", "-m", name)
    clone.git("checkout", "-q", "main")


def tracked_file(clone: Clone, path: str, text: str = "tracked\n") -> Callable[[], None]:
    def make() -> None:
        (clone.path / path).parent.mkdir(parents=True, exist_ok=True)
        (clone.path / path).write_text(text)

    return make


def around(clone: Clone, other: str) -> None:
    """Switch to `other` and back, with and without our writing there; git never complains."""
    for writing in (True, False):
        clone.git("checkout", "-q", other)
        assert clone.git("status", "--porcelain") == ""
        if writing:
            clone.nc("folder")
            assert clone.git("status", "--porcelain") == ""
        clone.git("checkout", "-q", "main")
        assert clone.git("status", "--porcelain") == ""
        clone.nc("folder")
        assert clone.git("status", "--porcelain") == ""


def test_a_branch_tracks_a_file_of_another_name(clone: Clone) -> None:
    session = clone.start()
    branch(clone, "A", tracked_file(clone, f"{DIR}/sessions/x.md"))
    clone.nc("folder")
    before = files(clone)
    around(clone, "A")
    assert files(clone) == before
    clone.git("checkout", "-q", "A")
    clone.nc("folder")
    assert files(clone) == {**before, "sessions/x.md": "tracked\n"}
    assert pages_of_ours(clone) == {session}


def pages_of_ours(clone: Clone) -> set[str]:
    (clone.path / f"{DIR}/sessions/x.md").unlink()
    return pages(clone)


def test_a_branch_tracks_the_very_file_that_we_write(clone: Clone) -> None:
    session = clone.start()
    clone.nc("folder")
    path = page(clone, session)
    name = str(path.relative_to(clone.path))
    view = path.read_text()
    branch(clone, "A", tracked_file(clone, name))
    clone.nc("folder")
    clone.git("checkout", "-q", "A")
    assert path.read_text() == "tracked\n"
    clone.nc("session", "say", session, "more")
    said = clone.nc("folder")
    assert said.err == ""  # nothing has to be told: git has the file
    assert path.read_text() == "tracked\n"
    assert clone.git("status", "--porcelain") == ""
    clone.git("checkout", "-q", "main")
    assert not path.exists()
    with clone.store() as store:
        assert place.is_stale(store)  # git has moved since we had to leave a file out
    clone.nc("folder")
    assert "more" in path.read_text() != view
    around(clone, "A")


def test_git_tracks_what_we_wrote(clone: Clone) -> None:
    session = clone.start()
    clone.nc("folder")
    path = page(clone, session)
    clone.git("add", "-f", str(path))  # in the index only
    before = path.read_text()
    clone.nc("session", "say", session, "more")
    clone.nc("folder")
    assert path.read_text() == before
    clone.git("commit", "-q", "-m", "keep it")
    clone.git("rm", "-q", "--cached", str(path))  # in HEAD only
    clone.nc("folder")
    assert path.read_text() == before
    clone.git("config", "naturecode.folderDays", "0")
    clone.nc("folder")
    clone.nc("folder", "--off")
    assert path.read_text() == before  # nor removed
    clone.git("reset", "-q", "--hard")
    assert clone.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "kind", ["link to a folder", "link to nothing", "file", "sessions link", "sessions file"]
)
def test_something_else_than_a_folder_is_tracked(clone: Clone, box: Box, kind: str) -> None:
    outside = box.path / "outside"
    outside.mkdir()
    session = clone.start()
    is_link = "link" in kind
    name = f"{DIR}/sessions" if kind.startswith("sessions") else DIR

    def make() -> None:
        place_of = clone.path / name
        place_of.parent.mkdir(exist_ok=True)
        if is_link:
            place_of.symlink_to(outside if kind != "link to nothing" else "nowhere")
        else:
            place_of.write_text("a file\n")

    branch(clone, "A", make)
    clone.nc("folder")
    before = files(clone)
    around(clone, "A")
    assert files(clone) == before
    clone.git("checkout", "-q", "A")
    clone.nc("session", "say", session, "more")
    clone.nc("folder")
    assert os.listdir(outside) == []
    assert clone.git("status", "--porcelain") == ""
    with clone.store() as store:
        assert not place.is_stale(store)


@pytest.mark.parametrize("where", [DIR, f"{DIR}/kb"])
def test_a_submodule_is_left_to_itself(clone: Clone, box: Box, where: str) -> None:
    clone.start()
    library = box.repo("library")
    clone.git("checkout", "-q", "-b", "A")
    clone.git(
        "-c", "protocol.file.allow=always", "submodule", "-q", "add", "-f", str(library.path), where
    )
    clone.git("commit", "-q", "-m", "submodule")
    inside = sorted(os.listdir(clone.path / where))
    clone.nc("folder")
    assert sorted(os.listdir(clone.path / where)) == inside
    clone.git("checkout", "-q", "main")  # git leaves the folder of the submodule where it is
    clone.nc("folder")
    assert sorted(os.listdir(clone.path / where)) == inside
    clone.git("checkout", "-q", "A")
    assert clone.git("status", "--porcelain") == ""


def test_a_folder_is_tracked_where_we_have_a_file(clone: Clone) -> None:
    clone.start()
    branch(clone, "A", tracked_file(clone, f"{DIR}/README.md/inner.txt"))
    clone.nc("folder")
    before = files(clone)
    around(clone, "A")
    assert files(clone) == before


def test_a_name_in_other_letters_counts_as_the_same(clone: Clone) -> None:
    clone.start()
    branch(clone, "A", tracked_file(clone, ".NatureCode/readme.MD"))
    clone.nc("folder")
    assert "README.md" in files(clone)
    clone.nc("folder", "--off")
    clone.git("checkout", "-q", "A")
    clone.nc("folder", "--on")
    assert "README.md" not in files(clone)  # on other file systems it would be theirs


def test_sparse_checkouts(clone: Clone) -> None:
    session = clone.start()
    branch(clone, "A", tracked_file(clone, f"{DIR}/README.md"))
    clone.git("checkout", "-q", "A")
    clone.git("sparse-checkout", "set", "--cone", "--sparse-index", "src")
    assert not (clone.path / f"{DIR}/README.md").exists()
    clone.nc("folder")
    assert "README.md" not in files(clone)  # HEAD has it, although it is not here
    assert pages(clone) == {session}
    assert clone.git("status", "--porcelain") == ""
    clone.git("sparse-checkout", "reapply")
    clone.git("sparse-checkout", "disable")
    assert files(clone)["README.md"] == "tracked\n"
    clone.nc("folder")
    assert files(clone)["README.md"] == "tracked\n"
    assert clone.git("status", "--porcelain") == ""


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick", "reset --hard", "pull . "])
def test_other_ways_to_get_the_file(clone: Clone, how: str) -> None:
    session = clone.start()
    clone.nc("folder")
    name = str(page(clone, session).relative_to(clone.path))
    branch(clone, "A", tracked_file(clone, name))
    clone.git("commit", "-q", "--allow-empty", "-m", "so that it is no fast-forward")
    clone.nc("folder")
    clone.git("config", "pull.rebase", "false")
    clone.git(*how.split(), "A")
    assert page(clone, session).read_text() == "tracked\n"
    clone.nc("folder")
    assert page(clone, session).read_text() == "tracked\n"
    assert clone.git("status", "--porcelain") == ""


def test_where_git_does_not_ignore_the_folder_nothing_is_written(clone: Clone) -> None:
    clone.start()
    exclude = clone.path / ".git/info/exclude"
    mine = exclude.read_text()
    exclude.write_text(mine.replace("/.naturecode/\n", ""))
    clone.nc("folder")  # the first time in this work tree: the line comes back
    assert exclude.read_text() == mine
    exclude.write_text(mine.replace("/.naturecode/\n", ""))
    clone.git("clean", "-fdxq")
    said = clone.nc("folder", code=1)
    assert "git does not ignore .naturecode/" in said.err
    assert not (clone.path / DIR).exists()
    assert "git does not ignore" in clone.nc("status").out
    with clone.store() as store:
        assert not place.is_stale(store)
    clone.nc("init")
    clone.nc("folder")
    assert "git does not ignore" not in clone.nc("status").out
    (clone.path / ".gitignore").write_text("!/.naturecode/\n")
    assert "git does not ignore" in clone.nc("folder", code=1).err


def test_while_git_is_at_work_nothing_is_written(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = clone.start()
    lock = clone.path / ".git/index.lock"
    lock.touch()
    monkeypatch.setattr("git_naturecode.git.worktree.PATIENCE", 0.0)
    monkeypatch.setattr("git_naturecode.git.worktree._PAUSE", 0.01)
    said = clone.nc("folder", code=1)
    assert "another git process is at work" in said.err
    assert str(lock) in said.err
    assert pages(clone) == set() if (clone.path / DIR).exists() else True
    lock.unlink()
    clone.nc("folder")
    assert pages(clone) == {session}


def test_a_branch_that_is_switched_while_we_write(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = clone.start()
    clone.nc("folder")
    path = page(clone, session)
    branch(clone, "A", tracked_file(clone, str(path.relative_to(clone.path))))
    clone.nc("folder")
    clone.nc("session", "say", session, "more")
    put = Folder.put
    goals = ["A"]

    def late(self: Folder, *args: Any, edited: bool) -> Any:
        if goals:
            clone.git("checkout", "-q", goals.pop(0))
        return put(self, *args, edited=edited)

    monkeypatch.setattr(Folder, "put", late)
    with clone.store() as store:
        assert update.update(store).kept == {}
        assert path.read_text() == "tracked\n"
        assert clone.git("status", "--porcelain") == ""
        clone.git("checkout", "-q", "main")
        assert place.is_stale(store)
        assert update.update(store).kept == {}
    assert not goals
    assert "more" in path.read_text()


def test_an_edit_survives_a_branch_that_tracks_other_files(clone: Clone) -> None:
    session = clone.start()
    branch(clone, "A", tracked_file(clone, f"{DIR}/sessions/x.md"))
    clone.nc("folder")
    edit(page(clone, session), "mine\n")
    around(clone, "A")
    assert page(clone, session).read_text() == "mine\n"
