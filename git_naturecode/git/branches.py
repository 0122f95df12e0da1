"""Branches of the user's own: where they are checked out, and a commit with one file more."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from git_naturecode.errors import Negative, Usage
from git_naturecode.git import tree
from git_naturecode.git.committing import Wanted, commit
from git_naturecode.git.objects import FILE_MODE, TREE_MODE, Objects, TreeEntry
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import Program, foreign_environment

HEADS = "refs/heads/"
_SUBMODULE = 0o160000
# The last ones are no bytes of a file's name, however they came into a text.
_NO_NAME = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|^-|//|/$|^/|[\ud800-\udc7f\udd00-\udfff]")
# What git leaves in the folder of a work tree while something is half done there.
_HALF_DONE = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
}


def current(repo: Repo) -> str:
    """The branch that this work tree is on, without `refs/heads/`; "" when on none."""
    try:
        with open(os.path.join(repo.git_dir, "HEAD"), encoding="utf-8", errors="replace") as file:
            text = file.read().strip()
    except OSError:
        return ""
    ref = text.removeprefix("ref: ")
    return ref.removeprefix(HEADS) if ref != text and ref.startswith(HEADS) else ""


def is_name(name: str) -> bool:
    """False for what no branch is called: a name that was fetched is no expression to work out."""
    return bool(name) and not _NO_NAME.search(name)


def named(repo: Repo, name: str) -> str:
    """The branch that `name` means; raises Usage when no branch can be called so."""
    status, out, _ = repo.program.run(
        "check-ref-format", "--branch", name.removeprefix(HEADS), check=False
    )
    found = out.decode("utf-8", "surrogateescape").rstrip("\n")
    if status or not found or found == "HEAD":
        raise Usage(f"{name!r} is not the name of a branch")
    if repo.program.run("symbolic-ref", "-q", HEADS + found, check=False)[0] == 0:
        raise Negative(f"{found} stands for another branch", "name that one")
    return found


@dataclass(frozen=True)
class Checkout:
    """A work tree in which a branch is checked out."""

    path: str
    git_dir: str
    program: Program

    def half_done(self) -> str:
        """What git has begun here and not ended; "" for nothing."""
        return next(
            (
                what
                for name, what in _HALF_DONE.items()
                if os.path.lexists(os.path.join(self.git_dir, name))
            ),
            "",
        )

    def indexed(self, path: str) -> list[tuple[str, str]]:
        """Blob and stage of each line of the index about `path`."""
        out = self.program.run("ls-files", "-s", "-z", "--", f":(top,literal){path}")[1]
        lines = out.decode("utf-8", "surrogateescape").split("\0")
        return [(line.split()[1], line.split()[2]) for line in lines if line]

    def content(self, path: str) -> str | None:
        """The blob that the file `path` would be if it were added; None where there is none."""
        if not os.path.lexists(os.path.join(self.path, path)):
            return None
        return self.program.text("hash-object", "--", path)

    def add(self, path: str) -> None:
        """Put the file `path`, as it is, into the index; raises GitFailed."""
        self.program.run("update-index", "--add", "--", path)

    def restore(self, path: str, blob: str | None) -> None:
        """Put `blob` back into the index, or take `path` out of it."""
        if blob is None:
            self.program.run("update-index", "--force-remove", "--", path)
        else:
            self.program.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")


def checkouts(repo: Repo, branch: str, environ: Mapping[str, str]) -> list[Checkout]:
    """The work trees in which `branch` is checked out.

    Raises Negative where one of them is gone, or where `branch` is being rebased.
    """
    for folder in _git_dirs(repo):
        for name in ("rebase-merge", "rebase-apply"):
            if _says(os.path.join(folder, name, "head-name")) == HEADS + branch:
                raise Negative(
                    f"{branch} is being rebased", "end that first: git rebase --continue"
                )
    found = []
    out = repo.program.run("worktree", "list", "--porcelain", "-z")[1]
    for block in out.decode("utf-8", "surrogateescape").split("\0\0"):
        facts = dict(line.partition(" ")[::2] for line in block.split("\0") if line)
        if facts.get("branch") != HEADS + branch:
            continue
        path = facts["worktree"]
        if not os.path.isdir(path):
            raise Negative(
                f"{branch} is checked out in {path}, which is gone", "git worktree prune"
            )
        program = Program(path, None, foreign_environment(environ))
        found.append(Checkout(path, program.text("rev-parse", "--absolute-git-dir"), program))
    return found


def _git_dirs(repo: Repo) -> Iterator[str]:
    yield repo.common_dir
    linked = os.path.join(repo.common_dir, "worktrees")
    for name in sorted(os.listdir(linked)) if os.path.isdir(linked) else ():
        yield os.path.join(linked, name)


def _says(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(4096).strip()
    except OSError:
        return ""


def is_on_remote(repo: Repo, commit: str) -> bool:
    """True when a branch of a remote, as it was fetched or pushed last, holds `commit`."""
    args = ("for-each-ref", "--count=1", f"--contains={commit}", "--format=1", "refs/remotes/")
    return bool(repo.program.run(*args, check=False)[1].strip())


def ahead(repo: Repo, old: str, new: str) -> int:
    """How many commits `new` has that `old` has not."""
    return int(repo.program.text("rev-list", "--count", f"^{old}", new, "--"))


def commit_file(
    repo: Repo, objects: Objects, parent: str, path: str, data: bytes, message: str, sign: bool
) -> str:
    """The id of a new commit on `parent`, by the user, in which the file `path` holds `data`.

    Made without work tree and index; no ref moves. Raises Negative when something else stands in
    the way of `path`, and as `committing.commit` does.
    """
    blob = blob_of(repo, data, write=True)
    root = tree.tree_of(objects, parent)
    new = _with(repo, objects, root, path.encode().split(b"/"), blob)
    return commit(repo, Wanted(new, (parent,), message), sign=sign)


def blob_of(repo: Repo, data: bytes, *, write: bool = False) -> str:
    """The id of a blob that holds `data`."""
    options = ("-w",) if write else ()
    out = repo.program.run("hash-object", *options, "-t", "blob", "--stdin", data=data)[1]
    return out.decode().strip()


def _with(repo: Repo, objects: Objects, folder: str | None, path: list[bytes], blob: str) -> str:
    """The tree `folder` (None: an empty one) with `blob` at `path`."""
    name, *below = path
    lines = {one.name: one for one in tree.entries(objects, folder)} if folder else {}
    there = lines.get(name)
    if there and there.is_tree != bool(below):
        what = "a folder" if there.is_tree else "no folder"
        raise Negative(
            f"{name.decode()} is {what} on that branch", "choose another branch, or rename it there"
        )
    if below:
        inner = _with(repo, objects, there.oid if there else None, below, blob)
        lines[name] = TreeEntry(TREE_MODE, name, inner)
    else:
        lines[name] = TreeEntry(FILE_MODE, name, blob)
    text = b"".join(
        b"%06o %s %s\t%s\0" % (one.mode, _kind(one), one.oid.encode(), one.name)
        for one in lines.values()
    )
    return repo.program.run("mktree", "-z", "--missing", data=text)[1].decode().strip()


def _kind(line: TreeEntry) -> bytes:
    if line.is_tree:
        return b"tree"
    return b"commit" if line.mode == _SUBMODULE else b"blob"


def as_the_user(repo: Repo) -> Program:
    """The git program at the top of the work tree as the user starts it: with his hooks."""
    return repo.program._replace(cwd=repo.work_tree or repo.git_dir, git_dir=None, as_the_user=True)
