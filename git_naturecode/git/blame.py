"""Asking git blame who changed which line of a file last, and where the line stood then."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from git_naturecode.errors import Negative, Usage
from git_naturecode.git.quoted import unquoted
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed, Program

_HEAD = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)(?: \d+)?")
_TOO_SHORT = re.compile(r"has only (\d+) lines?")


@dataclass(frozen=True)
class Commit:
    """What git blame says of a commit; `oid` is empty for what is not committed yet."""

    oid: str
    author: str = ""
    mail: str = ""
    seconds: int = 0
    zone: str = "+0000"
    subject: str = ""


@dataclass(frozen=True)
class Blamed:
    """One line of a file: its number and text, the commit that changed it last, and its path and
    number there."""

    number: int
    text: str
    commit: Commit
    path: str
    original: int


@dataclass(frozen=True)
class Asked:
    """A file (its path inside the repository), the commit to look from ("": the file as it lies
    in the work tree), ranges as git's -L takes them, and more options of git blame."""

    path: str
    rev: str = ""
    ranges: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def inside(repo: Repo, cwd: str, path: str) -> str:
    """The path in the repository of `path`, as the user typed it in the folder `cwd`.

    In a bare repository that is `path` itself. Raises Negative when it lies outside.
    """
    if repo.work_tree is None:
        return os.path.normpath(path)
    top = os.path.realpath(repo.work_tree)
    whole = os.path.join(cwd, path)
    # The last part may be a link that git tracks; what is above may be one to the work tree.
    folder, name = os.path.split(os.path.normpath(whole))
    found = os.path.relpath(os.path.join(os.path.realpath(folder), name), top)
    if found.split(os.sep)[0] == os.pardir:
        raise Negative(f"{path} is not in this repository")
    return found


def commit_of(repo: Repo, name: str) -> str:
    """The full id of the commit that `name` means; raises Usage when there is none."""
    args = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    status, out, _ = repo.program.run(*args, check=False)
    if status:
        raise Usage(f"{name!r} is no commit of this repository", "see `git log`")
    return out.decode("ascii", "replace").strip()


def blame(repo: Repo, asked: Asked) -> list[Blamed]:
    """The lines asked for, as git blame sees them: it honours blame.ignoreRevsFile and follows
    renames. Raises Negative when there is no such file or line, GitFailed."""
    program, extra = _where(repo)
    rev = asked.rev or ("HEAD" if repo.work_tree is None else "")
    args = [
        "blame", "--porcelain", "--root", *asked.options, *(f"-L{one}" for one in asked.ranges),
        *([rev] if rev else []), "--", asked.path,
    ]  # fmt: skip
    status, out, err = program.run(*args, check=False, extra=extra)
    if status:
        raise _failure(asked, args, status, err)
    return list(_parsed(out))


def _where(repo: Repo) -> tuple[Program, dict[str, str]]:
    if repo.work_tree is None:
        return repo.program, {}
    return repo.program._replace(cwd=repo.work_tree), {"GIT_WORK_TREE": repo.work_tree}


def _failure(asked: Asked, args: Sequence[str], status: int, err: str) -> Exception:
    if short := _TOO_SHORT.search(err):
        count = int(short[1])
        lines = f"{count} line{'' if count == 1 else 's'}"
        return Negative(f"{asked.path} has only {lines}")
    if "no such ref" in err:
        return Negative("nothing is committed on this branch yet")
    if "unsupported file type" in err:
        return Negative(f"{asked.path} is a submodule, not a file", f"ask within {asked.path}")
    if "no such path" in err or "cannot stat path" in err:
        where = f" in {asked.rev[:12]}" if asked.rev else ""
        return Negative(f"git knows no file {asked.path}{where}", "see `git ls-files`")
    if "-L" in err or status == 129:  # which git says with all of its usage
        said = err.strip().split("\n")[0].removeprefix("fatal: ").removeprefix("usage: git blame")
        if status == 129:
            said = f"{', '.join(asked.ranges)} is no range of lines"
        return Usage(said, "ranges are written as for git blame -L: 10,20 or 10,+5 or :function")
    return GitFailed(args, status, err)


def _parsed(out: bytes) -> Iterator[Blamed]:
    """The lines in what `git blame --porcelain` says: each commit is described once."""
    known: dict[str, dict[bytes, bytes]] = {}
    commits: dict[str, Commit] = {}
    position, fields, head = 0, dict[bytes, bytes](), None
    while position < len(out):
        end = out.find(b"\n", position)
        end = len(out) if end < 0 else end
        line, position = out[position:end], end + 1
        if line.startswith(b"\t") and head is not None:
            oid = head[1].decode()
            known.setdefault(oid, {}).update(fields)
            told = known[oid]
            if oid not in commits:
                commits[oid] = _commit(oid, told)
            path = unquoted(told.get(b"filename", b""))
            yield Blamed(
                int(head[3]), line[1:].decode("utf-8", "surrogateescape"), commits[oid], path,
                int(head[2]),
            )  # fmt: skip
            fields, head = {}, None
        elif head is None:
            head = _HEAD.fullmatch(line)
        else:
            key, _, value = line.partition(b" ")
            fields[key] = value


def _commit(oid: str, told: dict[bytes, bytes]) -> Commit:
    def text(key: bytes) -> str:
        return told.get(key, b"").decode("utf-8", "replace")

    seconds = text(b"author-time")
    return Commit(
        "" if not oid.strip("0") else oid, text(b"author"), text(b"author-mail").strip("<>"),
        int(seconds) if seconds.isdigit() else 0, text(b"author-tz"), text(b"summary"),
    )  # fmt: skip
