"""Agents: AI tools at work in a work tree, whose sessions are taken in as they go on."""

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:  # a hook loads this package; what it does not need is loaded where it is used
    from git_naturecode.git.repo import Repo
    from git_naturecode.store.store import Store


def touching(store: "Store", repo: "Repo", commit: str) -> list[str]:
    """The sessions whose agents wrote files of `commit`, imported first; see `written`."""
    from git_naturecode.agents import written

    return written.touching(store, repo, commit)


def committed(store: "Store", git_dir: str, commits: Sequence[str]) -> None:
    """Take what `commits` hold off what is noted of agents at work there; see `written`.

    `git_dir` is that of a work tree: absolute, or from the one that all share.
    """
    import os

    from git_naturecode.agents import written

    written.committed(store, os.path.join(store.repo.common_dir, git_dir), commits)
