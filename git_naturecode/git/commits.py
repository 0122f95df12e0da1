"""Commits of the user's branches: what many of them say, what they change, who comes after whom."""

import os
import re
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Mapping

from git_naturecode import trace
from git_naturecode.errors import Usage
from git_naturecode.git import refs
from git_naturecode.git.objects import (
    AUTHOR,
    CommitInfo,
    Objects,
    TreeEntry,
    parse_commit,
    parse_tree,
)
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import Program

MAX_COMMIT = 1 << 20  # bytes; a message that is longer was made to hurt
MAX_TREE = 16 << 20
# Whatever a user has set: the same commit has the same patch id in every clone.
_PATCH = (
    "-c", "core.bigFileThreshold=16m", "-c", "core.quotePath=true", "diff-tree", "--stdin", "-p",
    "-r", "--root", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color",
    "--diff-algorithm=myers", "--indent-heuristic", "-U3", "--ignore-submodules=none",
)  # fmt: skip
_SECONDS = 120
_NO_TEXT = 1_000  # lines

_HEX = re.compile(r"[0-9a-f]{4,64}")


def infos(objects: Objects, commits: Iterable[str]) -> dict[str, CommitInfo]:
    """What those of `commits` say that are here, by their ids; read with one request in all."""
    heads = objects.headers(dict.fromkeys(commits))
    good = [oid for oid, (kind, size) in heads.items() if kind == "commit" and size <= MAX_COMMIT]
    return {oid: parse_commit(data) for oid, data in objects.read_many(good)}


def here(repo: Repo, objects: Objects, commits: Iterable[str]) -> set[str]:
    """Those of `commits` that are in this clone, found out without a request to any remote."""
    wanted = list(dict.fromkeys(commits))
    if not repo.is_partial:
        return {oid for oid, (kind, _) in objects.headers(wanted).items() if kind == "commit"}
    args = ("rev-list", "--no-walk", "--missing=print", "--end-of-options")
    return {oid for oid in wanted if repo.program.run(*args, oid, check=False)[0] == 0}


def are_here(repo: Repo, objects: Objects, commits: Iterable[str]) -> bool:
    """True when all of `commits` are in this clone, found out as `here` does."""
    wanted = set(commits)
    return wanted <= here(repo, objects, wanted)


def trees(objects: Objects, wanted: Iterable[str]) -> dict[str, dict[bytes, TreeEntry]]:
    """The lines of those of the trees `wanted` that are here, by their names."""
    heads = objects.headers(dict.fromkeys(wanted))
    good = [oid for oid, (kind, size) in heads.items() if kind == "tree" and size <= MAX_TREE]
    return {
        oid: {entry.name: entry for entry in parse_tree(data, objects.hexsz)}
        for oid, data in objects.read_many(good)
    }


def patch_ids(repo: Repo, commits: Mapping[str, str]) -> dict[str, str]:
    """The id of what each commit changes against its base ("": its parent), as git patch-id says.

    Two processes in all. Merges without a base and what changes nothing have none.
    """
    if not commits:
        return {}
    lines = [f"{oid} {base}".strip() + "\n" for oid, base in commits.items()]
    out = _piped(repo.program, _PATCH, ("patch-id", "--stable"), "".join(lines).encode())
    pairs = (line.split(" ") for line in out.decode("ascii", "replace").split("\n"))
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2 and pair[1] in commits}


def _piped(program: Program, first: Iterable[str], second: Iterable[str], data: bytes) -> bytes:
    """What `git SECOND` says about what `git FIRST` says about `data`."""
    trace.note("git", " ".join([*first, "|", *second]))
    env = program.env()
    with tempfile.TemporaryFile() as given:
        given.write(data)
        given.seek(0)
        speaking = subprocess.Popen(
            program.argv(*first), cwd=program.cwd, env=env, stdin=given, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            hearing = subprocess.Popen(
                program.argv(*second), cwd=program.cwd, env=env, stdin=speaking.stdout,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            assert speaking.stdout is not None
            speaking.stdout.close()  # so that the one ends when the other does
            try:
                return hearing.communicate(timeout=_SECONDS)[0]
            except subprocess.TimeoutExpired:
                hearing.kill()
                return hearing.communicate()[0]
        finally:
            speaking.kill()
            speaking.wait()


def changed(repo: Repo, commits: Iterable[str]) -> dict[str, frozenset[bytes]]:
    """The paths that each commit changes against its parent; without those that change none, such
    as merges."""
    wanted = list(dict.fromkeys(commits))
    if not wanted:
        return {}
    out = repo.program.run(
        "diff-tree", "--stdin", "-r", "--root", "--name-only", "--no-renames", "-z",
        data="".join(f"{oid}\n" for oid in wanted).encode(),
    )[1]  # fmt: skip
    found: dict[str, set[bytes]] = {}
    paths: set[bytes] = set()
    names = {oid.encode() for oid in wanted}
    for word in out.split(b"\0"):
        if word in names:
            paths = found.setdefault(word.decode(), set())
        elif word:
            paths.add(word)
    return {oid: frozenset(paths) for oid, paths in found.items()}


def sizes(repo: Repo, commits: Iterable[str]) -> dict[str, int]:
    """How many lines each commit adds and removes; a file that is no text counts as many."""
    wanted = list(dict.fromkeys(commits))
    if not wanted:
        return {}
    out = repo.program.run(
        "diff-tree", "--stdin", "-r", "--root", "--numstat", "--no-renames", "--no-ext-diff",
        "--no-textconv", data="".join(f"{oid}\n" for oid in wanted).encode(),
    )[1]  # fmt: skip
    found: dict[str, int] = {}
    here = ""
    for line in out.decode("ascii", "replace").split("\n"):
        words = line.split("\t")
        if len(words) >= 3 and here:
            found[here] += sum(int(one) if one.isdigit() else _NO_TEXT for one in words[:2])
        elif len(words) == 1 and line:
            here = line
            found[here] = 0
    return found


def changed_between(repo: Repo, base: str, tip: str) -> frozenset[bytes]:
    """The paths that differ between two commits."""
    args = ("diff-tree", "-r", "--name-only", "--no-renames", "-z", base, tip, "--")
    return frozenset(filter(None, repo.program.run(*args, check=False)[1].split(b"\0")))


def new(repo: Repo, tips: Iterable[str], seen: Iterable[str], most: int) -> list[str]:
    """The commits of `tips` that none of `seen` has, the newest first, at most `most`."""
    lines = "".join(f"{oid}\n" for oid in (*tips, *(f"^{one}" for one in seen)))
    args = ("rev-list", "--ignore-missing", f"--max-count={most}", "--stdin")
    return repo.program.run(*args, data=lines.encode(), check=False)[1].decode().split()


def since(repo: Repo, ours: str, seconds: int, most: int) -> list[str]:
    """The commits of all branches since then, the newest first, at most `most`.

    `ours` is the data branch, which holds no code, nor do the remotes' copies of it.
    """
    theirs = ours.replace("refs/heads/", "refs/remotes/*/", 1)
    args = (
        "rev-list", f"--since={seconds}", f"--max-count={most}", f"--exclude={ours}",
        f"--exclude={theirs}", "--exclude=refs/notes/*", "--exclude=refs/naturecode/*", "--all",
    )  # fmt: skip
    return repo.program.run(*args, check=False)[1].decode("ascii", "replace").split()


def dated(repo: Repo, tip: str, most: int) -> list[tuple[int, str]]:
    """(seconds, id) of `tip` and its first parents, the newest first, at most `most`."""
    args = ("rev-list", "--first-parent", "--timestamp", f"--max-count={most}", tip, "--")
    lines = repo.program.run(*args, check=False)[1].decode().splitlines()
    return [(int(seconds), oid) for seconds, oid in (line.split() for line in lines)]


def plain(repo: Repo, tips: Iterable[str], seen: Iterable[str], most: int) -> list[str]:
    """The commits of `tips` that none of `seen` has, that are no merges, and that another
    committer than this program made: the oldest first, of the newest `most` of all."""
    lines = "".join(f"{oid}\n" for oid in (*tips, *(f"^{one}" for one in seen)))
    args = (
        "rev-list", "--ignore-missing", "--no-merges", "--topo-order", "--reverse",
        f"--max-count={most}", "--no-commit-header", "--format=%H %cn <%ce>", "--stdin",
    )  # fmt: skip
    out = repo.program.run(*args, data=lines.encode(), check=False)[1]
    ours = AUTHOR.encode()
    found = (line.partition(b" ") for line in out.split(b"\n") if line)
    return [oid.decode() for oid, _, committer in found if committer != ours]


def children(repo: Repo, parents: Collection[str], ours: str) -> dict[str, list[str]]:
    """The commits whose only parent each of `parents` is, of all that branches have or had.

    `ours` is the data branch, which holds no code.
    """
    if not parents:
        return {}
    out = repo.program.run(
        "rev-list", "--parents", "--topo-order", "--reverse", f"--exclude={ours}",
        "--exclude=refs/notes/*", "--exclude=refs/naturecode/*", "--all", "--reflog", "--stdin",
        data="".join(f"^{oid}^@\n" for oid in parents).encode(), check=False,
    )[1]  # fmt: skip
    found: dict[str, list[str]] = {}
    for line in out.decode("ascii", "replace").split("\n"):
        oid, *above = line.split(" ")
        if len(above) == 1 and above[0] in parents:
            found.setdefault(above[0], []).append(oid)
    return found


def named(repo: Repo, wanted: str, most: int) -> list[str]:
    """The commits that `wanted` means, a name or a range `a..b`, the newest first, at most `most`.

    Raises Usage when it means none.
    """
    is_range = ".." in wanted
    shape = f"--max-count={most}" if is_range else "--no-walk"
    status, out, _ = repo.program.run(
        "rev-list", shape, "--end-of-options",
        wanted if is_range else f"{wanted}^{{commit}}", "--", check=False,
    )  # fmt: skip
    if status:
        raise Usage(f"{wanted!r} is no commit of this repository", "see `git log`")
    return out.decode("ascii", "replace").split()


def completed(repo: Repo, names: Iterable[str]) -> dict[str, str]:
    """The full id of each commit that one of `names`, ids or beginnings of such, alone means."""
    wanted = [name for name in dict.fromkeys(names) if _HEX.fullmatch(name)]
    if not wanted:
        return {}
    data = "".join(f"{name}^{{commit}}\n" for name in wanted).encode()
    out = repo.program.run("cat-file", "--batch-check=%(objectname)", data=data, check=False)[1]
    lines = out.decode("ascii", "replace").split("\n")
    return {name: oid for name, oid in zip(wanted, lines, strict=False) if _HEX.fullmatch(oid)}


def between(repo: Repo, base: str, tip: str, most: int) -> list[str]:
    """The commits of `tip` that `base` ("": nothing) has not, the newest first, at most `most`."""
    args = ["rev-list", f"--max-count={most}", tip, *([f"^{base}"] if base else []), "--"]
    out = repo.program.run(*args, check=False)[1]
    return out.decode("ascii", "replace").split()


def files(repo: Repo, commit: str) -> frozenset[bytes]:
    """The paths of all files of a commit; none where it cannot be read."""
    args = ("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit)
    return frozenset(repo.program.run(*args, check=False)[1].split(b"\0")) - {b""}


def messages(repo: Repo, base: str, tip: str, most: int) -> list[str]:
    """The messages of the commits of `tip` that `base` ("": nothing) has not, the newest first, at
    most `most`; merges are left out."""
    args = ["log", "-z", "--format=%B", "--no-merges", "--no-show-signature", f"--max-count={most}"]
    args += [tip, *([f"^{base}"] if base else []), "--"]
    out = repo.program.run(*args, check=False)[1].decode("utf-8", "surrogateescape")
    return [one.strip() for one in out.split("\0") if one.strip()]


def first_parents(repo: Repo, tip: str, most: int) -> list[str]:
    """`tip` and its first parent, the first parent of that, and so on, at most `most`."""
    args = ("rev-list", "--first-parent", f"--max-count={most}", tip, "--")
    return repo.program.run(*args, check=False)[1].decode("ascii", "replace").split()


def within(repo: Repo, some: Collection[str], tip: str) -> set[str]:
    """Those of the commits `some`, all of them here, that are `tip` or in its history; found out
    with one request. Raises GitFailed."""
    lines = "".join(f"{oid}\n" for oid in (*some, f"^{tip}"))
    out = repo.program.run("rev-list", "--stdin", data=lines.encode())[1]
    return set(some).difference(out.decode("ascii", "replace").split())


def unused(repo: Repo, some: Collection[str]) -> set[str]:
    """Those of the commits `some`, all of them here, that no ref and no HEAD reaches; found out
    with one request. Raises GitFailed."""
    if not some:
        return set()
    lines = "".join(f"{oid}\n" for oid in some)
    args = ("rev-list", "--ignore-missing", "--stdin", "--not", "--all")
    out = repo.program.run(*args, data=lines.encode())[1]
    return set(some).intersection(out.decode("ascii", "replace").split())


def graph(repo: Repo, tips: Iterable[str], most: int) -> dict[str, list[str]]:
    """The commits that `tips` and all before them are, with their parents; the newest `most`."""
    args = ("rev-list", "--parents", "--ignore-missing", f"--max-count={most}", "--stdin")
    lines = "".join(f"{oid}\n" for oid in tips)
    out = repo.program.run(*args, data=lines.encode(), check=False)[1].decode("ascii", "replace")
    return {words[0]: words[1:] for line in out.split("\n") if (words := line.split())}


def resolve(repo: Repo, name: str) -> str:
    """The commit that `name` means; "" where it means none."""
    if name.startswith("refs/"):
        found = refs.resolve(repo, name, 64 if repo.object_format == "sha256" else 40)
        if found == "":
            return ""
    args = ("rev-parse", "-q", "--verify", "--end-of-options", f"{name}^{{commit}}")
    status, out, _ = repo.program.run(*args, check=False)
    # `^x` is a commit to be left out, and no commit.
    return "" if status or name.startswith("^") else out.decode("ascii", "replace").strip()


def parents(repo: Repo, commit: str) -> list[str]:
    """The parents of a commit."""
    args = ("rev-list", "--parents", "--max-count=1", commit, "--")
    return repo.program.run(*args)[1].decode("ascii", "replace").split()[1:]


def merge_base(repo: Repo, one: str, other: str) -> str:
    """The commit where both histories part; "" where they have none in common."""
    out = repo.program.run("merge-base", one, other, "--", check=False)[1]
    return out.decode("ascii", "replace").strip()


def is_rebasing(repo: Repo) -> bool:
    """True while a rebase stands still in any work tree of the repository."""
    linked = os.path.join(repo.common_dir, "worktrees")
    try:
        dirs = [os.path.join(linked, name) for name in os.listdir(linked)]
    except FileNotFoundError:
        dirs = []
    return any(
        os.path.isdir(os.path.join(git_dir, name))
        for git_dir in (repo.common_dir, *dirs)
        for name in ("rebase-merge", "rebase-apply")
    )


def at(repo: Repo, git_dir: str) -> Repo | None:
    """The same repository as seen from the work tree of `git_dir`; None where that is gone."""
    if not os.path.isdir(git_dir):
        return None
    return repo._replace(program=repo.program._replace(git_dir=git_dir), git_dir=git_dir)
