"""What is still reachable in a repository, and letting go of it: roots, reflogs, refs."""

import os
from collections.abc import Iterable, Sequence

from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed


def roots(repo: Repo) -> list[str]:
    """The parentless commits that any ref or reflog entry still reaches."""
    out = repo.program.text("rev-list", "--max-parents=0", "--all", "--reflog")
    return out.split()


def beside(repo: Repo, head: str, roots: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each commit, with its parents, that builds on `roots` and that `head` does not reach.

    Only what a ref or a reflog entry still reaches, parents first.
    """
    if not roots:
        return []
    bottoms = [f"^{root}" for root in roots]
    args = ("rev-list", "--ancestry-path", "--topo-order", "--reverse", "--parents")
    out = repo.program.text(*args, "--all", "--reflog", *bottoms)
    lines = [line.split() for line in out.split("\n") if line]
    known = set(repo.program.text("rev-list", head).split()) if lines else set()
    return [(line[0], line[1:]) for line in lines if line[0] not in known]


def refs_with(repo: Repo, commit: str) -> dict[str, str]:
    """Full name -> id of the refs whose history holds `commit`."""
    out = repo.program.text(
        "for-each-ref", f"--contains={commit}", "--format=%(objectname) %(refname)"
    )
    return {name: oid for oid, name in (line.split(" ", 1) for line in out.split("\n") if line)}


def expire_reflogs(repo: Repo, refs: Sequence[str]) -> None:
    """Empty the reflogs of `refs`; one that is gone by now has none. Raises GitFailed."""
    if not refs:
        return
    args = ("reflog", "expire", "--expire=all", "--expire-unreachable=all", *refs)
    status, _, err = repo.program.run(*args, check=False)
    # git goes on with the others, and another process may just have deleted what it had fetched.
    if status and not all("points nowhere" in line for line in err.strip().split("\n")):
        raise GitFailed(args, status, err)


def reflog(repo: Repo, ref: str) -> list[str]:
    """The commits that the full name `ref` was moved to, the oldest first."""
    if repo.ref_format == "files":
        try:
            with open(os.path.join(repo.common_dir, "logs", ref), "rb") as file:
                lines = file.read().decode("ascii", "replace").split("\n")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return []
        return [words[1] for line in lines if len(words := line.split(" ", 2)) == 3]
    args = ("rev-list", "--walk-reflogs", "--end-of-options", ref)
    status, out, _ = repo.program.run(*args, check=False)
    return out.decode().split()[::-1] if status == 0 else []


def forget_in_heads(repo: Repo, commits: Iterable[str]) -> int:
    """Take what builds on any of `commits` out of the reflogs of all HEADs; how many lines."""
    gone = set(commits)
    # One by one: of two of which one builds on the other, git would leave out what is between them.
    for commit in tuple(gone):
        found = repo.program.text("rev-list", "--ancestry-path", "--all", "--reflog", f"^{commit}")
        gone.update(found.split())
    return sum(_forget_in(repo, head, gone) for head in _heads(repo))


def _forget_in(repo: Repo, head: str, gone: set[str]) -> int:
    status, out, _ = repo.program.run(
        "rev-list", "--walk-reflogs", "--end-of-options", head, check=False
    )
    lines = out.decode().split() if status == 0 else []
    numbers = [number for number, oid in enumerate(lines) if oid in gone]
    if numbers:
        # From the end, since the numbers count from the newest line.
        names = [f"{head}@{{{number}}}" for number in reversed(numbers)]
        repo.program.run("reflog", "delete", "--rewrite", *names)
    return len(numbers)


def _heads(repo: Repo) -> list[str]:
    """HEAD of every work tree, as git names them from anywhere."""
    try:
        linked = sorted(os.listdir(os.path.join(repo.common_dir, "worktrees")))
    except FileNotFoundError:
        linked = []
    return ["main-worktree/HEAD", *(f"worktrees/{name}/HEAD" for name in linked)]


def checked_out(repo: Repo) -> list[tuple[str, str, str]]:
    """Folder, full name of the branch ("": none) and commit of each work tree."""
    out = repo.program.run("worktree", "list", "--porcelain", "-z")[1]
    found = []
    for part in out.decode("utf-8", "surrogateescape").split("\0\0"):
        said = dict(line.partition(" ")[::2] for line in part.split("\0"))
        if "HEAD" in said:
            found.append((said["worktree"], said.get("branch", ""), said["HEAD"]))
    return found


def is_in(repo: Repo, old: str, new: str) -> bool:
    """True when `old` is `new` or in its history."""
    return repo.program.run("merge-base", "--is-ancestor", old, new, check=False)[0] == 0


def collect_garbage(repo: Repo) -> None:
    """Take every unreachable object off the disk; only for a repository that is ours alone."""
    repo.program.run("gc", "--prune=now", "--quiet")
