"""What is being worked on in a work tree: files that differ, the lines they gain, last commits."""

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.git import worktree
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed, Limits

_MOST_DIFF = 1 << 20  # bytes of the difference that are read, whatever its size
_MOST_STATUS = 4 << 20
_MOST_PATHS = 500
_PATIENCE = 20  # seconds
_DIFF = (
    "-c", "core.quotePath=false", "diff", "--no-ext-diff", "--no-textconv", "--no-color", "-U0",
    "--no-renames", "--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip


_MAIN = ("main", "master", "trunk", "develop")


class Commit(NamedTuple):
    """A commit: its id, its first line, the paths that it changes."""

    id: str
    subject: str
    paths: tuple[str, ...]


class Underway(NamedTuple):
    """`branch` is "" for a detached head; `changed` are paths that differ from HEAD, staged or not,
    and new ones, which are also in `new`; `added` are the lines that tracked files gain, as far as
    they were read. `recent` are the last commits: of a branch only its own (`is_own`), which the
    main branch has not, and `added` holds their lines, too."""

    branch: str = ""
    changed: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    recent: tuple[Commit, ...] = ()
    is_own: bool = False


def underway(repo: Repo, *, commits: int = 10) -> Underway:
    """What is being worked on; of a bare repository only its branch and last commits.

    Nothing here fails for a state that the work tree may be in: no commit yet, a merge with
    conflicts, a detached head.
    """
    try:
        head = worktree.head(repo)
    except (OSError, UnicodeDecodeError):
        head = ""
    branch = head.partition(" ")[0] if not head.startswith("ref: ") else head.split(" ")[1]
    branch = branch.removeprefix("refs/heads/") if branch.startswith("refs/heads/") else ""
    last = head.rpartition(" ")[2]
    is_born = len(last) in (40, 64) and all(one in "0123456789abcdef" for one in last)
    mains = _mains(repo, branch) if is_born else []
    recent = _recent(repo, commits, mains) if is_born else ()
    is_own = bool(mains and recent)
    if repo.work_tree is None:
        return Underway(branch, recent=recent, is_own=is_own)
    changed, new = _changed(repo)
    against = (_parted(repo, mains) if is_own else "") or ("HEAD" if is_born else "--cached")
    return Underway(branch, changed, new, _added(repo, against), recent, is_own)


def _mains(repo: Repo, branch: str) -> list[str]:
    """The commits of the branches that changes usually go into; none while on one of these."""
    if branch in _MAIN:
        return []
    asked = [
        *(f"refs/heads/{one}" for one in _MAIN), "refs/remotes/*/HEAD",
        *(f"refs/remotes/*/{one}" for one in _MAIN),
    ]  # fmt: skip
    try:
        status, out, _ = repo.program.run(
            "for-each-ref", "--count=20", "--format=%(objectname) %(symref)", *asked, check=False,
            limits=Limits(wall=_PATIENCE, output=_MOST_STATUS),
        )  # fmt: skip
    except GitFailed:
        return []
    found: dict[str, None] = {}
    for row in out.decode("utf-8", "replace").splitlines() if not status else ():
        name, _, leads_to = row.partition(" ")
        if branch and leads_to.split("/", 3)[3:] == [branch]:  # this is the main one
            return []
        found[name] = None
    return list(found)


def _parted(repo: Repo, mains: Sequence[str]) -> str:
    """The commit where the branch left the first of `mains` that it has one with; "" for none."""
    for one in mains:
        status, out, _ = repo.program.run("merge-base", "HEAD", one, check=False)
        if not status and out.strip():
            return out.decode("ascii", "replace").split()[0]
    return ""


def _changed(repo: Repo) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for untracked in ("all", "normal", "no"):  # a folder of a million new files is a folder
        try:
            out = repo.program._replace(cwd=repo.work_tree or "").run(
                f"--work-tree={repo.work_tree}", "status", "--porcelain=v1", "-z", "--no-renames",
                f"--untracked-files={untracked}", "--ignore-submodules=all", check=False,
                limits=Limits(wall=_PATIENCE, output=_MOST_STATUS),
            )[1]  # fmt: skip
            break
        except GitFailed:
            continue
    else:
        return (), ()
    rows = [os.fsdecode(one) for one in out.split(b"\0") if len(one) > 3]
    # What git tracks first: somebody may have a thousand files that he forgot to ignore.
    rows.sort(key=lambda row: row.startswith("??"))
    changed = tuple(dict.fromkeys(row[3:] for row in rows))[:_MOST_PATHS]
    return changed, tuple(row[3:] for row in rows if row.startswith("??"))[:_MOST_PATHS]


def _added(repo: Repo, against: str) -> tuple[str, ...]:
    """The lines that tracked files gain, staged or not: the first that have room."""
    program = repo.program._replace(cwd=repo.work_tree or "")
    process = program.open(f"--work-tree={repo.work_tree}", *_DIFF, against, "--")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        data = process.stdout.read(_MOST_DIFF)
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
    rows = data.decode("utf-8", "replace").split("\n")
    return tuple(row[1:] for row in rows if row[:1] == "+" and not row.startswith("+++ "))


def _recent(repo: Repo, most: int, without: Sequence[str] = ()) -> tuple[Commit, ...]:
    try:
        out = repo.program.run(
            "log", "-z", f"--max-count={most}", "--name-only", "--no-renames",
            "--no-show-signature",
            "--format=%x01%H%x02%s%x02", "--end-of-options", "HEAD",
            *(f"^{one}" for one in without), "--", check=False,
            limits=Limits(wall=_PATIENCE, output=_MOST_STATUS),
        )[1]  # fmt: skip
    except GitFailed:
        return ()
    found = []
    for part in out.split(b"\x01")[1:]:
        name, _, rest = part.partition(b"\x02")
        subject, _, paths = rest.partition(b"\x02")
        names = [os.fsdecode(one).lstrip("\n") for one in paths.split(b"\0")]
        found.append(Commit(
            name.decode("ascii", "replace"), subject.decode("utf-8", "replace"),
            tuple(one for one in names if one)[:50],
        ))  # fmt: skip
    return tuple(found)


def texts(repo: Repo, paths: Sequence[str], most: int = 64 << 10) -> list[str]:
    """The beginnings of the plain text files of the work tree among `paths`; links are not
    followed, and what is none is passed over."""
    found = []
    for path in paths:
        where = os.path.join(repo.work_tree or "", path)
        try:
            opened = os.open(where, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError):
            continue
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            continue
        with open(opened, "rb") as file:
            data = file.read(most)
        if b"\0" not in data[:8000]:
            found.append(data.decode("utf-8", "replace"))
    return found
