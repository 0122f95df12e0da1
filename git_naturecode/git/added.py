"""What one commit changes: the files with their contents before and after, and the added lines."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.git.quoted import unquoted
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import Limits

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_REGULAR = ("100644", "100755", "100664")
_OUTPUT = 64 << 20
# As git blame sees a commit, whatever a user has set.
_DIFF = (
    "-c", "core.quotePath=false", "diff-tree", "-r", "--root", "-M", "--no-commit-id",
    "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all",
)  # fmt: skip


class Changed(NamedTuple):
    """One regular file that a commit adds or changes: its path and content (the blob's id), and
    those that it had in the first parent ("" where it is new)."""

    path: str
    blob: str
    path_before: str
    blob_before: str


def changed_files(repo: Repo, commit: str) -> list[Changed]:
    """The files that `commit` changes against its parent; of a merge, against every parent."""
    out = repo.program.run(*_DIFF, "-c", "--raw", "-z", "--no-abbrev", commit)[1]
    words = iter(out.decode("utf-8", "surrogateescape").split("\0"))
    found = []
    for word in words:
        if not word.startswith(":"):
            continue
        parents = len(word) - len(word.lstrip(":"))
        *modes, new = word.lstrip(":").split(" ")[: parents + 1]
        blobs = word.split(" ")[parents + 1 : 2 * parents + 2]
        status = word.split(" ")[-1]
        # Only the diff against one parent tells both names of a file that was moved.
        before = next(words) if parents == 1 and status[:1] in "RC" else ""
        path = next(words)
        if new in _REGULAR:
            was = blobs[0] if modes[0] in _REGULAR and status[:1] != "C" else ""
            found.append(Changed(path, blobs[-1], (before or path) if was else "", was))
    return found


def added_lines(repo: Repo, commit: str, files: Iterable[Changed]) -> dict[str, set[int]]:
    """The numbers (from 1) of the lines of each of `files` that `commit` adds, by its path.

    A merge adds what stands in none of its parents. Raises GitFailed where that is more than git
    may say.
    """
    names = {name for one in files for name in (one.path, one.path_before) if name}
    wanted = [f":(top,literal){name}" for name in sorted(names)]
    out = repo.program.run(
        *_DIFF, "-m", "-p", "-U0", "--src-prefix=a/", "--dst-prefix=b/", commit, "--", *wanted,
        limits=Limits(output=_OUTPUT),
    )[1]  # fmt: skip
    found: dict[str, list[set[int]]] = {}
    added: set[int] = set()
    lines = iter(out.split(b"\n"))
    for line in lines:
        if line.startswith(b"+++ "):
            added = set()
            found.setdefault(_name(line[4:]), []).append(added)
        elif hunk := _HUNK.match(line):
            start, count = int(hunk[3]), int(hunk[4] or 1)
            added.update(range(start, start + count))
            for _ in range(int(hunk[2] or 1) + count):
                next(lines, None)
    return {path: set.intersection(*each) for path, each in found.items()}


def removed_lines(repo: Repo, commit: str, path: str) -> list[tuple[int, int]]:
    """First and last of each run of lines that `commit` takes from the file that is `path` in it,
    as its first parent numbers them. Raises GitFailed."""
    files = [one for one in changed_files(repo, commit) if one.path == path and one.blob_before]
    if not files:
        return []
    out = repo.program.run(
        "diff", "-U0", "--no-ext-diff", "--no-textconv", "--no-color", files[0].blob_before,
        files[0].blob, limits=Limits(output=_OUTPUT),
    )[1]  # fmt: skip
    found = []
    lines = iter(out.split(b"\n"))
    for line in lines:
        if hunk := _HUNK.match(line):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            if count:
                found.append((start, start + count - 1))
            for _ in range(count + int(hunk[4] or 1)):
                next(lines, None)
    return found


def _name(quoted: bytes) -> str:
    """The path in a line of a patch, without its prefix."""
    return unquoted(quoted.rstrip(b"\t"))[2:]
