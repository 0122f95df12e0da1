"""What each commit on the way to a later one changes in some files, one after the other."""

from collections.abc import Iterable, Iterator, Sequence

from git_naturecode.git.apart import apart
from git_naturecode.git.changes import DIFF, FileChange, patched, raw
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import Limits

_OUTPUT = 64 << 20  # bytes of all the differences
MOST_NAMED = 500  # paths on a command line


def way(repo: Repo, old: str, new: str, most: int) -> list[tuple[str, str]]:
    """The commits that lead from `old` to `new`, the earliest first, each with the one before it.

    Where several ways do, the one along first parents. Nothing where none does, or where `new` has
    more than `most` commits that `old` has not. Raises GitFailed.
    """
    span = ("--end-of-options", f"{old}..{new}", "--")
    if int(repo.program.text("rev-list", "--count", *span)) > most:
        return []
    out = repo.program.text("rev-list", "--ancestry-path", "--parents", *span)
    parents = {oid: above for oid, *above in (line.split(" ") for line in out.split("\n"))}
    found, at = [], new
    while at != old:
        before = next((one for one in parents.get(at, ()) if one == old or one in parents), None)
        if before is None:
            return []
        found.append((at, before))
        at = before
    return found[::-1]


def renames(repo: Repo, commits: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Path before and after of each file that one of `commits` moved, in their order."""
    found = _compared(repo, commits, ("--diff-filter=R",), ())
    return [(one.old_path, one.path) for files in found for one in files]


def steps(
    repo: Repo, commits: Iterable[tuple[str, str]], paths: Sequence[str], *, back: bool = False
) -> list[list[FileChange]]:
    """What each of `commits` changes in `paths`, without context, in their order.

    `back`: what taking it back changes, old and new exchanged. A difference that is made in the
    other direction may keep other lines, where several would do.
    At most MOST_NAMED paths. Raises GitFailed, also where that is more than git may say.
    """
    direction = ("-R",) if back else ()
    return list(_compared(repo, commits, ("-p", "-U0", *direction), paths))


def _compared(
    repo: Repo, commits: Iterable[tuple[str, str]], options: Sequence[str], paths: Sequence[str]
) -> Iterator[list[FileChange]]:
    pairs = list(commits)
    if not pairs:
        return
    with apart(repo) as program:
        out = program.run(
            *DIFF, "--stdin", *options, "--", *(f":(top,literal){path}" for path in paths),
            data="".join(f"{commit} {before}\n" for commit, before in pairs).encode(),
            limits=Limits(output=_OUTPUT),
        )[1]  # fmt: skip
    for part in _parts(out, {commit.encode() for commit, _ in pairs}):
        lines = iter(part)
        yield list(patched(lines, raw(lines))) if "-p" in options else raw(lines)


def _parts(out: bytes, names: set[bytes]) -> Iterator[list[bytes]]:
    """The lines about each commit; its name stands alone on a line before them."""
    part: list[bytes] | None = None
    for line in out.split(b"\n"):
        if line in names:
            if part:
                yield part
            part = []
        elif part is not None:
            part.append(line)
    if part:
        yield part
