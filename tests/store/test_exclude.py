"""The line in .git/info/exclude: added once, never twice, the user's own left as they are."""

import os
import threading

import pytest

from box import Box
from git_naturecode.git import repo as repos
from git_naturecode.store import exclude


def test_it_is_added_once_for_all_work_trees(box: Box) -> None:
    clone = box.repo()
    clone.git("worktree", "add", "-q", "../linked")
    linked = repos.find(str(box.path / "linked"), os.environ)
    before = (clone.path / ".git/info/exclude").read_text()
    assert exclude.ensure(linked)
    assert not exclude.ensure(repos.find(str(clone.path), os.environ))
    assert (clone.path / ".git/info/exclude").read_text() == before + "/.naturecode/\n"
    for where in (clone.path, box.path / "linked"):
        (where / ".naturecode").mkdir()
        (where / ".naturecode/x").touch()
    assert clone.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "own", [".naturecode", "  /.naturecode/", "!.naturecode/\n", ".naturecode/\r\n"]
)
def test_what_the_user_wrote_counts(box: Box, own: str) -> None:
    clone = box.repo()
    (clone.path / ".git/info/exclude").write_text(own)
    assert not exclude.ensure(repos.find(str(clone.path), os.environ))
    with open(clone.path / ".git/info/exclude", newline="") as file:
        assert file.read() == own


def test_files_of_any_shape(box: Box) -> None:
    clone = box.repo()
    repo = repos.find(str(clone.path), os.environ)
    path = clone.path / ".git/info/exclude"
    for before, after in (
        (None, "/.naturecode/\n"),
        ("", "/.naturecode/\n"),
        ("*.log", "*.log\n/.naturecode/\n"),
        ("*.log\n", "*.log\n/.naturecode/\n"),
        ("\udcff\n", "\udcff\n/.naturecode/\n"),
        ("# /.naturecode/ not\n", "# /.naturecode/ not\n/.naturecode/\n"),
    ):
        path.unlink(missing_ok=True)
        if before is None:
            path.parent.rmdir()
        else:
            path.write_bytes(before.encode("utf-8", "surrogateescape"))
        assert exclude.ensure(repo)
        assert path.read_bytes() == after.encode("utf-8", "surrogateescape")


def test_a_link_to_the_users_own_file_stays_one(box: Box) -> None:
    clone = box.repo()
    path, own = clone.path / ".git/info/exclude", box.path / "mine"
    own.write_text("*.log\n")
    path.unlink()
    path.symlink_to(own)
    exclude.ensure(repos.find(str(clone.path), os.environ))
    assert path.is_symlink()
    assert own.read_text() == "*.log\n/.naturecode/\n"


def test_many_at_once_add_one_line(box: Box) -> None:
    clone = box.repo()
    repo = repos.find(str(clone.path), os.environ)
    threads = [threading.Thread(target=exclude.ensure, args=(repo,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (clone.path / ".git/info/exclude").read_text().count("/.naturecode/") == 1
