"""What people do to the data branch with plain git: commits from an old index, reverts, merges."""

from pathlib import Path

from box import Clone

HOW = ("index", "index", "revert", "squash", "pick", "amend")
PLACE = "hand"  # of the work tree, in the clone


def commit(clone: Clone, how: str, other: Path, back: int) -> None:
    """A commit on top of the branch, made in a work tree that was last up to date long ago.

    The first time there only is one made. `other` is a repository whose branch may be old, too;
    `back` says which commit is reverted.
    """
    work = _work_tree(clone)
    if not work.path.exists():
        renew(clone)
        return
    if how == "index":
        work.git("commit", "-q", "--allow-empty", "-m", "By hand")
    elif how == "amend":
        work.git("commit", "-q", "--amend", "--no-edit", "--allow-empty")
    else:  # from what is there now; else the index stays as old as it is
        work.git("reset", "-q", "--hard")
        if how == "revert":
            work.git("revert", "--no-edit", "-X", "theirs", f"HEAD~{back}", check=False)
        else:
            _bring(work, how, other)
        for one in ("revert", "cherry-pick", "merge"):
            work.git(one, "--abort", check=False)
        work.git("reset", "-q", "--hard")


def renew(clone: Clone) -> None:
    """The work tree is brought up to date."""
    work = _work_tree(clone)
    if work.path.exists():
        work.git("reset", "-q", "--hard")
    else:
        clone.git("worktree", "prune")
        clone.git("worktree", "add", "-q", str(work.path), "naturecode", check=False)


def _work_tree(clone: Clone) -> Clone:
    return Clone(clone.path / PLACE, clone.way, clone.env)


def _bring(work: Clone, how: str, other: Path) -> None:
    work.git("fetch", "-q", str(other), "naturecode", check=False)
    if how == "pick":
        work.git("cherry-pick", "-X", "theirs", "FETCH_HEAD", check=False)
    else:
        merge = ("merge", "-q", "--squash", "--allow-unrelated-histories", "FETCH_HEAD")
        work.git(*merge, check=False)
        work.git("commit", "-q", "-m", "Squashed", check=False)


def forget(clone: Clone) -> None:
    """The copy of a clone has no work tree: the one that it names is that of the original."""
    import shutil

    for folder in (clone.path / PLACE, clone.path / ".git/worktrees"):
        shutil.rmtree(folder, ignore_errors=True)
