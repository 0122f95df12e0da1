"""What differs between two commits, as git tells it: files, hunks, lines with their numbers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import IO, NamedTuple

from git_naturecode.git.apart import apart
from git_naturecode.git.quoted import unquoted
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

KEPT, REMOVED, ADDED = " ", "-", "+"
LINK_MODE, SUBMODULE_MODE = 0o120000, 0o160000
CONTEXT = 3
_TYPE = 0o170000
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)", re.S)
_SECTION, _BINARY, _UNENDED = b"diff --git ", b"Binary files ", b"\\ "
_MOST_LINE = 1 << 20  # bytes of one line; what is longer is cut there
_MOST_FILE = 64 << 20  # bytes of one file's difference
_MOST_NAMED = 500  # paths on a command line
# The same difference of the same commits for everybody: nothing of it is left to a configuration.
DIFF = (
    "-c", "core.quotePath=false", "-c", "diff.suppressBlankEmpty=false", "-c",
    "core.attributesFile=/dev/null", "-c", "core.bigFileThreshold=16m", "diff-tree", "-r", "--raw",
    "--no-abbrev", "--full-index", "-M50%", "-l1000", "--diff-algorithm=myers",
    "--indent-heuristic", "--inter-hunk-context=0", "--no-ext-diff", "--no-textconv", "--no-color",
    "--no-relative", "--submodule=short", "--ignore-submodules=none", "--src-prefix=a/",
    "--dst-prefix=b/",
)  # fmt: skip

# The id of a tree with nothing in it, which git knows without having it (gitglossary).
_EMPTY = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class Line(NamedTuple):
    """One line of a hunk: KEPT, REMOVED or ADDED, its numbers (from 1; None where it is not).

    `text` is without the line feed, but with a carriage return that stands before it; `ended` is
    False for the last line of a file that does not end with a line feed.
    """

    kind: str
    old: int | None
    new: int | None
    text: str
    ended: bool = True


class Hunk(NamedTuple):
    """Lines in place of others: first line and number of lines, before and after.

    Where there are none, the first is the line above, as git counts. `heading` is the line that
    git takes for the beginning of the function.
    """

    old: int
    old_count: int
    new: int
    new_count: int
    heading: str
    raw: tuple[bytes, ...]

    def lines(self) -> Iterator[Line]:
        """The lines, in the order of the difference."""
        old, new = self.old, self.new
        for line, after in zip(self.raw, chain(self.raw[1:], (b"",)), strict=True):
            kind = line[:1].decode("ascii", "replace")
            if kind == _UNENDED[:1].decode():
                continue
            text = line[1:].decode("utf-8", "surrogateescape")
            in_old, in_new = kind != ADDED, kind != REMOVED
            yield Line(
                kind, old if in_old else None, new if in_new else None, text,
                not after.startswith(_UNENDED),
            )  # fmt: skip
            old, new = old + in_old, new + in_new


class FileChange(NamedTuple):
    """One file that differs.

    `status` is A added, D deleted, M modified, R renamed, T of another type. `path` is its path
    now (of a deleted file the one that it had), `old_path` the one before ("" for an added one).
    Modes are 0 and blobs "" where it is not; `similarity` is the percentage of a renamed one.
    `binary` files have no hunks; of one that is `cut` only the first hunks are here, since there
    are more than anybody could read. `added` and `removed` count lines.
    """

    status: str
    path: str
    old_path: str
    old_mode: int
    new_mode: int
    old_blob: str
    new_blob: str
    similarity: int = 0
    binary: bool = False
    cut: bool = False
    added: int = 0
    removed: int = 0
    hunks: tuple[Hunk, ...] = ()

    @property
    def submodule(self) -> bool:
        """True when it is a submodule, before or after: its line names a commit."""
        return SUBMODULE_MODE in (self.old_mode, self.new_mode)

    def shows(self, side: str, line: int, end: int | None = None) -> bool:
        """True when one of the hunks holds all lines from `line` to `end` of "old" or "new"."""
        last = line if end is None else end
        for hunk in self.hunks:
            first = hunk.old if side == "old" else hunk.new
            count = hunk.old_count if side == "old" else hunk.new_count
            if first <= line <= last < first + count:
                return True
        return False


def changes(
    repo: Repo, base: str, head: str, *, context: int = CONTEXT, paths: Sequence[str] = ()
) -> Iterator[FileChange]:
    """The files that differ between the commits `base` ("": nothing) and `head`, in git's order.

    One process; one file at a time is in memory, at most 64 MiB of it. `context` lines are kept
    around what changed; `paths` chooses files by their paths, before or after. Raises GitFailed.
    """
    with _saying(repo, ("-p", f"-U{context}"), base, head, paths) as lines:
        files = raw(lines)
        yield from patched(lines, files)


def summary(repo: Repo, base: str, head: str, *, paths: Sequence[str] = ()) -> list[FileChange]:
    """The same files with the numbers of their lines, but without hunks; raises GitFailed."""
    with _saying(repo, ("--numstat",), base, head, paths) as lines:
        files, counts = [], []
        for line in lines:
            if line.startswith(b":"):
                files.append(_file(line))
            else:
                counts.append(line.split(b"\t")[:2])
    return [_counted(file, *told) for file, told in zip(files, counts, strict=True)]


def listed(repo: Repo, base: str, head: str) -> list[FileChange]:
    """The same files, without hunks and numbers: the contents are read for renames only."""
    with _saying(repo, (), base, head, ()) as lines:
        return [_file(line) for line in lines]


@contextmanager
def _saying(
    repo: Repo, options: Iterable[str], base: str, head: str, paths: Sequence[str]
) -> Iterator[Iterator[bytes]]:
    """The lines of one `git diff-tree`, which ends with the block."""
    wanted = [f":(top,literal){path}" for path in paths] if len(paths) <= _MOST_NAMED else []
    base = base or _EMPTY[repo.object_format]
    args = (*DIFF, *options, "--end-of-options", base, head, "--", *wanted)
    with apart(repo) as program:
        process = program.open(*args)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        whole = False
        try:
            yield _lines(process.stdout)
            whole = not process.stdout.read(1)
        finally:
            if not whole:
                process.kill()
            process.stdout.close()
            status = process.wait()
        if whole and status:
            raise GitFailed(("diff-tree",), status, f"fatal: cannot compare {base} and {head}")


def _lines(out: IO[bytes]) -> Iterator[bytes]:
    """The lines of `out` without their line feed."""
    while line := out.readline(_MOST_LINE):
        if line.endswith(b"\n"):
            yield line[:-1]
            continue
        yield line
        while (rest := out.readline(_MOST_LINE)) and not rest.endswith(b"\n"):
            pass


def raw(lines: Iterator[bytes]) -> list[FileChange]:
    """The part of the output that lists the files, which an empty line ends."""
    files = []
    for line in lines:
        if not line:
            break
        files.append(_file(line))
    return files


def _file(line: bytes) -> FileChange:
    """One line of git's raw output (git-diff-tree, "Raw output format")."""
    told, *names = line[1:].split(b"\t")
    old_mode, new_mode, old_blob, new_blob, status = told.decode("ascii").split(" ")
    kind, paths = status[:1], [unquoted(name) for name in names]
    return FileChange(
        kind, paths[-1], "" if kind == "A" else paths[0], int(old_mode, 8), int(new_mode, 8),
        _oid(old_blob), _oid(new_blob), int(status[1:] or 0) if kind == "R" else 0,
    )  # fmt: skip


def _oid(told: str) -> str:
    return told if told.strip("0") else ""


def _counted(file: FileChange, added: bytes, removed: bytes) -> FileChange:
    if added == b"-":
        return file._replace(binary=True)
    return file._replace(added=int(added), removed=int(removed))


def patched(lines: Iterator[bytes], files: Iterable[FileChange]) -> Iterator[FileChange]:
    """`files` with the hunks that follow in `lines`, in the same order."""
    line = next(lines, b"") if files else b""
    for file in files:
        patch = _Patch()
        for _ in range(_sections(file)):
            if not line.startswith(_SECTION):
                raise GitFailed(("diff-tree",), -1, f"fatal: no difference of {file.path!r} came")
            line = patch.take(lines)
        yield patch.of(file)


def _sections(file: FileChange) -> int:
    """How many patches git makes of `file`: one that changes its type goes and comes again."""
    both = file.old_mode and file.new_mode
    return 2 if both and file.old_mode & _TYPE != file.new_mode & _TYPE else 1


class _Patch:
    """The hunks of one file, while they are read."""

    def __init__(self) -> None:
        self.hunks: list[Hunk] = []
        self.binary = self.cut = False
        self.added = self.removed = self.size = 0

    def take(self, lines: Iterator[bytes]) -> bytes:
        """Read one section, up to the first line of the next, which is given."""
        for line in lines:
            if line.startswith(_SECTION):
                return line
            if found := _HUNK.match(line):
                self._hunk(found, lines)
            elif line.startswith(_UNENDED) and self.hunks and not self.cut:
                self.hunks[-1] = self.hunks[-1]._replace(raw=(*self.hunks[-1].raw, line))
            elif line.startswith(_BINARY):
                self.binary = True
        return b""

    def of(self, file: FileChange) -> FileChange:
        """`file` with what was read."""
        return file._replace(
            binary=self.binary, cut=self.cut, added=self.added, removed=self.removed,
            hunks=tuple(self.hunks),
        )  # fmt: skip

    def _hunk(self, found: re.Match[bytes], lines: Iterator[bytes]) -> None:
        old, new = int(found[1]), int(found[3])
        counts = old_left, new_left = int(found[2] or 1), int(found[4] or 1)
        raw: list[bytes] = []
        while old_left or new_left:
            line = next(lines)
            kind = line[:1]
            old_left -= kind in b" -"
            new_left -= kind in b" +"
            self.added += kind == b"+"
            self.removed += kind == b"-"
            self.size += len(line)
            self.cut = self.cut or self.size > _MOST_FILE
            if not self.cut:
                raw.append(line)
        if not self.cut:
            heading = found[5].decode("utf-8", "replace").strip()
            self.hunks.append(Hunk(old, counts[0], new, counts[1], heading, tuple(raw)))
