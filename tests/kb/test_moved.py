"""Links of articles to commits that are made anew, where git says less of them than usual."""

from pathlib import Path

import pytest

from box import Clone
from git_naturecode.kb import moved, noted
from git_naturecode.store.store import Store
from kb.test_links import LINES, add, commit, linked, note, rewrite


def early(clone: Clone) -> Clone:
    """The same clone for somebody who wrote his commits long ago."""
    return Clone(clone.path, clone.way, {**clone.env, "GIT_AUTHOR_DATE": "@1700000000 +0000"})


def anew(clone: Clone, *args: str) -> None:
    """Rewrite the last two commits; nothing says any more when they were written."""
    rewrite(clone, "rebase", "-q", "--force-rebase", "--reset-author-date", *args, "HEAD~2")


def test_an_empty_commit_that_is_made_anew_stops_nothing(clone: Clone) -> None:
    commit(clone, a__py=LINES)
    article = add(clone, "Lines", "# Lines\n")
    one = commit(early(clone), b__py=LINES)
    early(clone).git("commit", "-q", "--allow-empty", "-m", "nothing")
    for target in (one, "HEAD"):
        clone.nc("kb", "link", article, target)
    empty = clone.git("rev-parse", "HEAD").strip()
    anew(clone)
    clone.nc("kb", "tag", article, "--add", "moved")
    now = clone.git("rev-parse", "HEAD~1").strip()
    assert linked(clone, article) == sorted([now, empty])
    assert note(clone, now)


def test_a_merge_that_is_made_anew_stops_nothing(clone: Clone) -> None:
    commit(clone, a__py=LINES)
    article = add(clone, "Lines", "# Lines\n")
    clone.git("checkout", "-q", "-b", "side")
    one = commit(early(clone), b__py=LINES)
    clone.git("checkout", "-q", "-")
    commit(clone, c__py=LINES)
    early(clone).git("merge", "-q", "--no-edit", "side")
    clone.git("branch", "-q", "-D", "side")
    merge = clone.git("rev-parse", "HEAD").strip()
    for target in (one, merge):
        clone.nc("kb", "link", article, target)
    anew(clone, "--rebase-merges")
    clone.nc("kb", "tag", article, "--add", "moved")
    now = clone.git("rev-parse", "HEAD^2").strip()
    assert linked(clone, article) == sorted([now, merge])


def test_a_fault_in_following_keeps_nobody_from_his_work(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(clone, a__py=LINES)
    article = add(clone, "Lines", "# Lines\n")

    def fault(store: Store) -> int:
        raise KeyError(store.state_dir)

    monkeypatch.setattr(moved, "follow", fault)
    clone.nc("kb", "link", article, "HEAD")
    assert note(clone)
    with clone.store() as store:
        assert not noted.STATE.is_behind(store)


def test_following_starts_no_process_for_each_link(clone: Clone, tmp_path: Path) -> None:
    commit(clone, a__py=LINES)
    article = add(clone, "Lines", "# Lines\n")
    for number in range(8):  # two and two say the same, within one second
        (clone.path / f"f{number}.py").write_text(LINES)
        clone.git("add", f"f{number}.py")
        early(clone).git("commit", "-q", "-m", f"change {number % 4}")
        clone.nc("kb", "link", article, "HEAD")
    rewrite(clone, "rebase", "-q", "--force-rebase", "HEAD~8")
    clone.env["GIT_NATURECODE_TRACE"] = str(tmp_path / "trace")
    clone.process("kb", "tag", article, "--add", "moved")
    started = [one.split()[2] for one in (tmp_path / "trace").read_text().splitlines()]
    assert len(started) <= 12, started  # about three for each link before
    del clone.env["GIT_NATURECODE_TRACE"]
    assert linked(clone, article) == sorted(clone.git("rev-list", "-8", "HEAD").split())


def test_a_commit_that_another_work_tree_stands_on_is_not_gone(clone: Clone) -> None:
    commit(clone, a__py=LINES)
    article = add(clone, "Lines", "# Lines\n")
    clone.git("worktree", "add", "-q", "--detach", "../beside")
    beside = Clone(clone.path.parent / "beside", clone.way, clone.env)
    old = commit(beside, b__py=LINES)
    clone.nc("kb", "link", article, old)
    clone.git("merge", "-q", "--ff-only", old)
    new = rewrite(clone, "commit", "-q", "--amend", "-m", "another message")
    clone.nc("kb", "tag", article, "--add", "moved")
    assert linked(clone, article) == sorted([old, new])
