"""Commits by what their messages say, found by git in one go."""

from collections.abc import Iterator

from git_naturecode.git.repo import Repo

_WHERE = ("--branches", "--tags", "--remotes")


def commits_saying(repo: Repo, words: str) -> Iterator[tuple[str, str]]:
    """Id and message of each commit of a branch, tag or remote branch with `words` in it."""
    out = repo.program.run(
        "rev-list", "--fixed-strings", f"--grep={words}", "--encoding=UTF-8", "--no-commit-header",
        "--format=%H%n%B%x00", *_WHERE, "--",
    )[1]  # fmt: skip
    for one in out.decode("utf-8", "replace").split("\0"):
        name, _, message = one.strip("\n").partition("\n")
        if name:
            yield name, message
