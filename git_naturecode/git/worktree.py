"""What git thinks of one folder of a work tree: what it tracks there, and whether it ignores it."""

import os
import time
from collections.abc import Iterator

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import refs
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed, Program

PATIENCE = 5.0  # seconds for another git process that holds the index
_PAUSE = 0.05


class GitAtWork(NaturecodeError):
    """Another git process is changing this work tree."""


def prefix(repo: Repo, cwd: str) -> str:
    """The folder `cwd` as it is called from the top of the work tree, with slashes; "" for the top
    and for what is outside."""
    if not repo.work_tree:
        return ""
    inside = os.path.relpath(os.path.realpath(cwd), os.path.realpath(repo.work_tree))
    is_outside = inside == os.curdir or inside.split(os.sep)[0] == os.pardir
    return "" if is_outside else inside.replace(os.sep, "/")


def ignores(repo: Repo, folder: str) -> bool:
    """True when git ignores what is in the folder `folder` of the work tree, whatever is there."""
    program, where = _at_top(repo)
    status, _, err = program.run(
        "check-ignore", "-q", "--no-index", "--", folder + "/", check=False, extra=where
    )
    if status > 1:
        raise GitFailed(("check-ignore",), status, err)
    return status == 0


def is_ignored(repo: Repo, path: str) -> bool:
    """True when git ignores the file `path`, relative to the top of the work tree."""
    program, where = _at_top(repo)
    return program.run("check-ignore", "-q", "--", path, check=False, extra=where)[0] == 0


def tracked(repo: Repo, folder: str) -> list[str]:
    """The paths at and below `folder`, in any case of its letters, that HEAD or the index names."""
    program, where = _at_top(repo)
    command = ("ls-files", "-z", "--full-name")
    names = ("--", f":(top,icase){folder}")
    status, out, _ = program.run(*command, "--with-tree=HEAD", *names, check=False, extra=where)
    if status:  # no HEAD yet
        out = program.run(*command, *names, extra=where)[1]
    return [name for name in out.decode("utf-8", "surrogateescape").split("\0") if name]


def head(repo: Repo) -> str:
    """What changes whenever HEAD of this work tree names another commit; starts no process."""
    with open(os.path.join(repo.git_dir, "HEAD"), encoding="utf-8", errors="replace") as file:
        text = file.read().strip()
    ref = text.removeprefix("ref: ")
    hexsz = 64 if repo.object_format == "sha256" else 40
    return text if ref == text else f"{text} {refs.resolve(repo, ref, hexsz)}"


def _position(repo: Repo) -> str:
    """What changes whenever git may track other paths than before."""
    try:
        found = os.stat(os.path.join(repo.git_dir, "index"))
        index = f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"
    except FileNotFoundError:
        index = "none"
    return f"{index} {head(repo)}"


class Tracked:
    """What git tracks in `folder`, for one who is about to write there.

    It is asked again as soon as git has moved in the meantime, and no answer is given while a git
    process holds the index, since that one may be writing the very file. `head` is where HEAD was
    at the last look if anything is tracked there, else "".
    """

    def __init__(self, repo: Repo, folder: str) -> None:
        self._repo = repo
        self._folder = folder
        self._seen = self.head = ""
        self._moved = False
        self._names: set[str] = set()
        self._above: set[str] = set()

    def covers(self, path: str) -> bool:
        """True when git tracks `path`, a file below it, or something that it would lie in.

        The case of letters is not looked at, since a file system may not either. Raises GitAtWork
        when the index stays locked.
        """
        return self.holds(path) or path.casefold() in self._above

    def holds(self, path: str) -> bool:
        """True when git tracks `path`, or as a file or submodule something that it would lie in."""
        self._look()
        return any(one in self._names for one in _line(path.casefold()))

    def moved(self) -> bool:
        """True when git tracked something else there at any time since this was last asked."""
        self._look()
        moved, self._moved = self._moved, False
        return moved

    def _look(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while os.path.exists(os.path.join(self._repo.git_dir, "index.lock")):
            if time.monotonic() >= deadline:
                raise GitAtWork(
                    "another git process is at work in this work tree",
                    "run it again when that one has ended; if none is, delete "
                    + os.path.join(self._repo.git_dir, "index.lock"),
                )
            time.sleep(_PAUSE)
        now = _position(self._repo)
        if now != self._seen:
            names = {name.casefold() for name in tracked(self._repo, self._folder)}
            self._moved |= bool(self._seen) and names != self._names
            self._names = names
            self._above = {one for name in self._names for one in _line(name) if one != name}
            self._seen, self.head = now, head(self._repo) if self._names else ""


def _line(path: str) -> Iterator[str]:
    """`path` and each folder above it."""
    yield path
    while "/" in path:
        path = path.rsplit("/", 1)[0]
        yield path


def _at_top(repo: Repo) -> tuple[Program, dict[str, str]]:
    """The git program at the top of the work tree of `repo`, and what it has to be told for it."""
    assert repo.work_tree is not None
    return repo.program._replace(cwd=repo.work_tree), {"GIT_WORK_TREE": repo.work_tree}
