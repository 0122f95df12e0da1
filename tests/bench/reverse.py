"""What became of lines, as `git blame --reverse` tells it commit by commit: an oracle of ours.

It shares nothing with the program: it walks the history one commit at a time, while the program
compares the two ends; and it starts git by itself.
"""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_HEAD = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)(?: \d+)?")


class Fate(NamedTuple):
    """The last commit that has a line, and its path and number there."""

    commit: str
    path: str
    line: int


class History:
    """A repository in which comments are moved to later commits of its branch `head`."""

    def __init__(self, path: Path, head: str = "HEAD") -> None:
        self.path, self.head = path, head
        self.chain = self.git("rev-list", "--first-parent", "--reverse", head).split()
        self.number = {oid: n for n, oid in enumerate(self.chain)}

    def git(self, *args: str) -> str:
        """What plain git says."""
        return self.raw(*args).decode("utf-8", "surrogateescape")

    def raw(self, *args: str) -> bytes:
        """The same as bytes."""
        done = subprocess.run(["git", *args], cwd=self.path, capture_output=True, check=True)
        return done.stdout

    @cache  # noqa: B019
    def followed(self, commit: str) -> list[str]:
        """The commits after `commit`, those of its branch before the merge too, in order."""
        if commit in self.number:
            return self.chain[self.number[commit] + 1 :]
        span = f"{commit}..{self.head}"
        return self.git("rev-list", "--ancestry-path", "--topo-order", "--reverse", span).split()

    def after(self, commit: str, steps: int) -> str | None:
        """The commit so many steps later; None where the history is shorter."""
        later = self.followed(commit)
        return later[steps - 1] if steps <= len(later) else None

    def fates(self, old: str, new: str, path: str) -> dict[int, Fate]:
        """What became of each line of `path` in `old`, on the way to `new`."""
        straight = ("--first-parent",) if old in self.number and new in self.number else ()
        out = self.raw("blame", "--reverse", *straight, "--porcelain", f"{old}..{new}", "--", path)
        return dict(_fates(out))

    def lines(self, commit: str, path: str) -> list[str]:
        """The lines of a file, without their ends."""
        text = self.raw("cat-file", "blob", f"{commit}:{path}").decode("utf-8", "surrogateescape")
        lines = text.split("\n")
        return [line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])]

    def touched(self, commit: str) -> dict[str, list[int]]:
        """The lines that `commit` adds to each file, against its first parent."""
        found: dict[str, list[int]] = {}
        path = ""
        out = self.raw("diff-tree", "-p", "-U0", "--no-renames", f"{commit}~1", commit)
        for line in out.split(b"\n"):
            if line.startswith(b"+++ b/"):
                path = line[6:].decode("utf-8", "surrogateescape")
            elif hunk := re.match(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
                first, count = int(hunk[1]), int(hunk[2] or 1)
                found.setdefault(path, []).extend(range(first, first + count))
        return found


def _fates(out: bytes) -> Iterator[tuple[int, Fate]]:
    paths: dict[str, str] = {}
    head = None
    for line in out.split(b"\n"):
        if line.startswith(b"\t"):
            if head is not None:
                commit = head[1].decode()
                yield int(head[3]), Fate(commit, paths[commit], int(head[2]))
            head = None
        elif head is None:
            head = _HEAD.fullmatch(line)
        elif line.startswith(b"filename "):
            paths[head[1].decode()] = line[9:].decode("utf-8", "surrogateescape")
