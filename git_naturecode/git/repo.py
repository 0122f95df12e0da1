"""Finding the repository as git does, and what it can do."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode import config
from git_naturecode.errors import NaturecodeError, Negative, Unsupported
from git_naturecode.git.run import GitFailed, Program, foreign_environment

_LISTING = ("config", "--list", "-z", "--show-scope")


class Repo(NamedTuple):
    """One repository.

    `git_dir` is of this work tree, `common_dir` is shared by all its work trees; `work_tree` is
    None in a bare one. `object_format` is sha1 or sha256, `ref_format` files or reftable.
    """

    program: Program
    git_dir: str
    common_dir: str
    work_tree: str | None
    object_format: str
    ref_format: str

    @property
    def state_dir(self) -> str:
        """Where our own files of this clone live (spool, index, locks); shared by work trees."""
        return os.path.join(self.common_dir, "naturecode")

    def work_trees(self) -> list[str]:
        """The folders of all work trees of this repository."""
        out = self.program.run("worktree", "list", "--porcelain", "-z")[1]
        lines = out.decode("utf-8", "surrogateescape").split("\0")
        return [line[9:] for line in lines if line.startswith("worktree ")]

    def tracked(self, cwd: str, path: str) -> tuple[str, str]:
        """The path inside the repository of the file `path`, and the id of its present content.

        Raises Negative when it is no file of this work tree that git knows.
        """
        top = os.path.realpath(self.work_tree or self.common_dir)
        inside = os.path.relpath(os.path.realpath(os.path.join(cwd, path)), top)
        where = ("-C", top)
        known = (
            inside.split(os.sep)[0] != os.pardir
            and not self.program.run(
                *where, "ls-files", "--error-unmatch", "--", f":(top,literal){inside}", check=False
            )[0]
        )
        if os.path.isdir(os.path.join(top, inside)):
            raise Negative(f"{path or repr(path)} is no file", "name a file of this repository")
        if not known or not os.path.isfile(os.path.join(top, inside)):
            raise Negative(f"{path} is no file of this repository", "add it to git first")
        return inside, self.program.text(*where, "hash-object", "--", inside)

    def shallow(self) -> frozenset[str]:
        """The commits whose parents were left out of a shallow clone."""
        try:
            with open(os.path.join(self.common_dir, "shallow"), encoding="ascii") as file:
                return frozenset(file.read().split())
        except FileNotFoundError:
            return frozenset()

    @property
    def is_partial(self) -> bool:
        """True when some objects are still at the remote (a partial clone)."""
        folder = os.path.join(self.common_dir, "objects", "pack")
        try:
            return any(name.endswith(".promisor") for name in os.listdir(folder))
        except FileNotFoundError:
            return False


def find(cwd: str, environ: Mapping[str, str]) -> Repo:
    """The repository that `cwd` and the environment (GIT_DIR ...) lead to.

    Raises NaturecodeError where there is none, with git's own words (also about safe.directory).
    """
    program = Program(cwd, None, environ)
    status, out, err = program.run(
        "rev-parse", "--absolute-git-dir", "--git-common-dir", "--show-object-format",
        "--show-ref-format", "--is-inside-work-tree", "--show-toplevel", check=False,
    )  # fmt: skip
    lines = out.decode("utf-8", "surrogateescape").split("\n")
    if len(lines) < 6:
        raise _not_found(status, err)
    if len(lines) > 7:  # a line break in a path
        asked = ("--absolute-git-dir", "--git-common-dir", "--show-object-format",
                 "--show-ref-format", "--is-inside-work-tree", "--show-toplevel")  # fmt: skip
        lines = [program.text("rev-parse", one) for one in asked]
    git_dir, common, objects, refs = lines[0], lines[1], lines[2], lines[3]
    top = lines[5] if lines[4] == "true" and lines[5] else None
    common_dir = os.path.realpath(os.path.join(cwd, common))
    return Repo(
        program._replace(git_dir=git_dir), git_dir, common_dir, top, objects,
        "files" if refs.startswith("--") else refs,
    )  # fmt: skip


def open_private(path: str, environ: Mapping[str, str], like: Repo) -> Repo:
    """The bare repository at `path`, made (readable by its owner only) where it is not there."""
    clean = foreign_environment(environ)
    program = Program(path, path, clean)
    if not os.path.exists(os.path.join(path, "HEAD")):
        os.makedirs(path, mode=0o700, exist_ok=True)
        os.chmod(path, 0o700)
        Program(path, None, clean).run(
            "init", "-q", "--bare", "--template=", f"--object-format={like.object_format}", "."
        )
    return Repo(program, path, path, None, like.object_format, "files")


def find_with_config(cwd: str, environ: Mapping[str, str]) -> tuple[Repo, config.Config]:
    """`find` and `read_config` at once: the two processes run side by side."""
    listing = Program(cwd, None, environ).open(*_LISTING)
    try:
        repo = find(cwd, environ)
    finally:
        out = listing.communicate()[0]
    return repo, read_config(repo) if listing.returncode else config.parse(out)


def read_config(repo: Repo) -> config.Config:
    """All of git's configuration as it holds in `repo`, read with one process."""
    return config.parse(repo.program.run(*_LISTING)[1])


def _not_found(status: int, err: str) -> NaturecodeError:
    text = err.strip()
    if "dubious ownership" in text:
        return Unsupported("this repository belongs to somebody else", text.split("\n")[-1].strip())
    if "not a git repository" in text:
        return NaturecodeError(
            "this is not a git repository", "go to one, or make one with `git init`"
        )
    return NaturecodeError(str(GitFailed(("rev-parse",), status, text)))
