"""What a range changes, file by file, each with the id of its own diff: kept over a rebase.

The id of a file is the first 40 hex digits of the SHA-256 of its diff with three lines of context,
to the byte, without what a rebase changes and the change itself does not: line numbers, ids of
blobs, names of functions, similarities. docs/design/merge-rules.md has the rules.
"""

import hashlib
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import NamedTuple

from git_naturecode.git.apart import apart
from git_naturecode.git.quoted import quoted
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

ID = 40  # hex digits; nobody can look for two diffs with the same 160 bits
_BLOCK = 1 << 18
# Whatever a user has set: the same range has the same ids in every clone.
_DIFF = (
    "-c", "core.bigFileThreshold=16m", "-c", "core.attributesFile=/dev/null",
    "-c", "core.quotePath=true", "-c", "diff.suppressBlankEmpty=false", "-c", "core.bare=true",
    "diff-tree", "-r", "--raw", "-z", "-p", "--no-abbrev", "--full-index", "-M50%", "-l1000",
    "--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=myers", "--indent-heuristic",
    "-U3", "--inter-hunk-context=0", "--ignore-submodules=none", "--submodule=short",
    "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
_FILE = b"\ndiff --git "
_HUNK = re.compile(rb"\n@@ [^\n]*")
_BINARY = b"\nBinary files "


class Patch(NamedTuple):
    """What happens to one file: its id, the letter of its status (AMDRT), its path, and the path
    that it had before ("" unless it is renamed)."""

    id: str
    status: str
    path: str
    old: str = ""

    @property
    def line(self) -> str:
        """The line of the file table that says it."""
        more = f"\t{quoted(self.old)}" if self.old else ""
        return f"{self.id} {self.status} {quoted(self.path)}{more}"


@dataclass(frozen=True)
class Table:
    """The file table of a revision: its text, a line for each file in the order of the bytes of
    their paths (no line break at the end), and how many files it has."""

    text: str
    count: int

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hex."""
        return hashlib.sha256(self.text.encode("ascii")).hexdigest()


def table(repo: Repo, base: str, head: str) -> Table:
    """The file table of what `head` changes against `base`, full ids ("": against nothing).

    Raises GitFailed, also where one of them is not in this clone.
    """
    found = sorted(patches(repo, base, head), key=lambda one: _bytes(one.path))
    return Table("\n".join(one.line for one in found), len(found))


def patches(repo: Repo, base: str, head: str) -> Iterator[Patch]:
    """What `head` changes against `base` ("": against nothing), in git's order; raises GitFailed.

    One process; the memory that it takes is bounded by the longest line and the number of files.
    """
    with apart(repo) as program:
        process = program.open(*_DIFF, base or _nothing(repo), head, "--")
        try:
            assert process.stdin is not None
            process.stdin.close()
            yield from _read(process)
            if process.wait():
                raise GitFailed(("diff-tree",), process.returncode, "it could not read the range")
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _nothing(repo: Repo) -> str:
    """The id of the empty tree, which git knows without having it."""
    return hashlib.new(repo.object_format, b"tree 0\0").hexdigest()


class _Raw(NamedTuple):
    """A file as `git diff --raw` has it."""

    modes: tuple[str, str]
    blobs: tuple[str, str]
    status: str
    path: str
    old: str


def _read(process: "subprocess.Popen[bytes]") -> Iterator[Patch]:
    assert process.stdout is not None
    blocks = iter(partial(process.stdout.read1, _BLOCK), b"")  # type: ignore[attr-defined]
    head, rest = b"", b""
    for block in blocks:
        seen = len(head)
        head += block
        cut = head.find(b"\0\0", max(0, seen - 1))  # no name is empty
        if cut >= 0:
            head, rest = head[:cut], head[cut + 2 :]
            break
    yield from _told(list(_raw(head)), _whole_lines(chain([rest], blocks)))


def _raw(text: bytes) -> Iterator[_Raw]:
    words = iter(text.decode("utf-8", "surrogateescape").split("\0"))
    for word in words:
        if word.startswith(":"):
            old_mode, new_mode, old, new, status = word[1:].split(" ")
            before = next(words) if status[0] in "RC" else ""
            yield _Raw((old_mode, new_mode), (old, new), status[0], next(words), before)


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The text of `blocks` cut between lines: a piece begins with a line break and ends without."""
    pieces = [b"\n"]
    for block in blocks:
        cut = block.rfind(b"\n")
        if cut >= 0:
            yield b"".join([*pieces, block[:cut]])
            pieces = []
        pieces.append(block[max(cut, 0) :])


def _told(raw: list[_Raw], pieces: Iterable[bytes]) -> Iterator[Patch]:
    """The files `raw` with the ids of their diffs, which `pieces` hold in the same order."""
    # What was a file and is a link now is told as two diffs.
    owners = iter([one for one in raw for _ in range(2 if one.status == "T" else 1)])
    current: _Diff | None = None
    for text in pieces:
        more, *begins = text.split(_FILE)
        if current is not None:
            current.take(more)
        for section in begins:
            owner = next(owners, None)
            if owner is None:
                raise GitFailed(("diff-tree",), 0, "it told more than it had announced")
            if current is None or owner is not current.raw:
                if current is not None:
                    yield current.end()
                current = _Diff(owner)
            else:
                current.close()
            current.take(b"\n" + section)
    if current is not None:
        yield current.end()
    if next(owners, None) is not None:
        raise GitFailed(("diff-tree",), 0, "it ended too early")


class _Diff:
    """The id of one file, in the making."""

    def __init__(self, raw: _Raw) -> None:
        self.raw = raw
        modes = " ".join(raw.modes) if raw.modes[0] != raw.modes[1] else ""
        self._sha = hashlib.sha256(_bytes(f"{raw.status} {modes}\t{raw.old}\0"))
        self._in_hunks = self._is_binary = False

    def take(self, text: bytes) -> None:
        """More of the diff: whole lines, each after a line break."""
        if not self._in_hunks:
            at = text.find(b"\n@@ ")
            if at < 0:
                self._is_binary |= _BINARY in text
                return
            text, self._in_hunks = text[at:], True
        self._sha.update(_HUNK.sub(b"\n@@", text))

    def close(self) -> None:
        """The diff has ended; another one of the same file may follow."""
        if self._is_binary:
            self._sha.update(" ".join(self.raw.blobs).encode())
        self._sha.update(b"\0")
        self._in_hunks = self._is_binary = False

    def end(self) -> Patch:
        """The file with its id."""
        self.close()
        return Patch(self._sha.hexdigest()[:ID], self.raw.status, self.raw.path, self.raw.old)
