"""Making what a merge makes, commits and trees, without a work tree; no branch moves here.

Everything goes through `git merge-tree`, so that what a person's own `git merge` and `git rebase`
would do, with renames and with his merge drivers, is what happens.
"""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.errors import NOT_PERMITTED, Negative
from git_naturecode.git import committing
from git_naturecode.git.committing import Author
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

MOST = 1_000  # commits of one rebase
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "git naturecode"), ("EMAIL", "naturecode@localhost"),
                        ("DATE", "@0 +0000"))
}  # fmt: skip
_FIELDS = "%H%x00%T%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%B%x00"


class Unwritable(GitFailed):
    """Git has to write what it tries, and may not."""

    code = NOT_PERMITTED

    def __init__(self, repo: Repo, args: Sequence[str], status: int, stderr: str) -> None:
        super().__init__(args, status, stderr)
        self.message = f"a merge cannot be tried where nothing can be written: {repo.common_dir}"
        self.hint = "check who owns it and whether it is writable"


class Conflict(NamedTuple):
    """A file that cannot be merged, and what git says of it."""

    path: str
    what: str


class Tried(NamedTuple):
    """A merge that was tried: its tree, and the files that somebody has to look at."""

    tree: str
    conflicts: tuple[Conflict, ...] = ()


class Told(NamedTuple):
    """What a commit says; `date` is seconds and zone, as git takes them."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    name: str
    mail: str
    date: str
    committer: str
    committer_mail: str
    message: str

    @property
    def author(self) -> Author:
        """Who wrote it, and when."""
        return Author(self.name, self.mail, self.date)

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.split("\n", 1)[0]


def told(repo: Repo, commits: Sequence[str]) -> list[Told]:
    """What each of `commits` says, in their order; raises GitFailed where one is not here."""
    if not commits:
        return []
    out = repo.program.run(
        "-c", "log.showSignature=false", "rev-list", "--no-walk=unsorted", "--no-commit-header",
        "--date=raw", "--encoding=UTF-8", f"--format={_FIELDS}", "--stdin",
        data="".join(f"{oid}\n" for oid in commits).encode(),
    )[1]  # fmt: skip
    words = out.decode("utf-8", "surrogateescape").split("\0")
    found = []
    for at in range(0, len(words) - 9, 9):
        oid, tree, parents, name, mail, date, other, other_mail, message = words[at : at + 9]
        above = tuple(parents.split())
        text = message.rstrip("\n")
        found.append(Told(oid.strip(), tree, above, name, mail, date, other, other_mail, text))
    return found


def between(repo: Repo, onto: str, head: str) -> list[Told]:
    """The commits of `head` that `onto` has not, neither the same nor one that changes the same,
    in the order in which they would be applied; no merges.

    Raises Negative where they are more than MOST.
    """
    out = repo.program.text(
        "rev-list", "--reverse", "--topo-order", "--no-merges", "--cherry-pick", "--right-only",
        f"--max-count={MOST + 1}", f"{onto}...{head}", "--",
    )  # fmt: skip
    commits = out.split()
    if len(commits) > MOST:
        raise Negative(
            f"these are more than {MOST} commits to make anew", "merge it with --strategy merge"
        )
    return told(repo, commits)


def commits(repo: Repo, onto: str, head: str) -> list[str]:
    """The commits of `head` that `onto` has not, the oldest first, the newest MOST of them."""
    args = ("rev-list", "--topo-order", f"--max-count={MOST}", f"^{onto}", head, "--")
    return repo.program.text(*args).split()[::-1]


def bringing(repo: Repo, head: str, tip: str) -> str:
    """The commit that brought `head` into the branch with the tip `tip`, which has it: the merge
    on the branch's own line, else `head` itself."""
    line = set(repo.program.text("rev-list", "--first-parent", f"^{head}", tip, "--").split())
    args = ("rev-list", "--reverse", "--topo-order", "--ancestry-path", f"{head}..{tip}", "--")
    first = next((one for one in repo.program.text(*args).split() if one in line), "")
    told_ = told(repo, [first])[0] if first else None
    return first if told_ and head not in told_.parents[:1] else head


def saying(repo: Repo, words: str, old: str, tip: str) -> list[str]:
    """The commits that `tip` has and `old` has not with the line `words` in their message, the
    newest first."""
    out = repo.program.run(
        "rev-list", "--fixed-strings", f"--grep={words}", "--no-commit-header",
        "--format=%H%n%B%x00", tip, *([f"^{old}"] if old else []), "--",
    )[1]  # fmt: skip
    found = []
    for one in out.decode("utf-8", "replace").split("\0"):
        oid, _, text = one.strip("\n").partition("\n")
        if words in text.split("\n"):
            found.append(oid)
    return found


def parent(repo: Repo, commit: str) -> str:
    """The first parent of `commit`; "" for a root."""
    return next(iter(told(repo, [commit])[0].parents), "")


def merges(repo: Repo, onto: str, head: str) -> int:
    """How many of the commits that `head` has and `onto` has not are merges."""
    return int(repo.program.text("rev-list", "--count", "--merges", f"^{onto}", head, "--"))


def authors(repo: Repo, onto: str, head: str) -> list[tuple[str, str]]:
    """Name and address of who wrote the commits that `head` has and `onto` has not, each once, the
    first one first."""
    out = repo.program.run(
        "rev-list", "--reverse", "--topo-order", "--no-merges", "--no-commit-header",
        "--format=%an%x00%ae", f"^{onto}", head, "--",
    )[1]  # fmt: skip
    found: dict[str, tuple[str, str]] = {}
    for line in out.decode("utf-8", "replace").split("\n"):
        name, _, mail = line.partition("\0")
        if mail:
            found.setdefault(mail.casefold(), (name, mail))
    return list(found.values())


def tried(repo: Repo, ours: str, theirs: str) -> Tried:
    """What merging commit `theirs` into commit `ours` gives.

    Raises Negative where the two have no history in common, GitFailed.
    """
    args = ("merge-tree", "--write-tree", "-z", "--messages", "--end-of-options", ours, theirs)
    status, out, err = repo.program.run(*args, check=False)
    if status not in (0, 1):
        if "unrelated histories" in err:
            raise Negative(
                "the two branches have no history in common", "nobody can tell what it changes"
            )
        if not os.access(os.path.join(repo.common_dir, "objects"), os.W_OK):
            raise Unwritable(repo, args, status, err)
        raise GitFailed(args, status, err)
    words = out.decode("utf-8", "surrogateescape").split("\0")
    tree = words[0]
    return Tried(tree, tuple(_conflicts(words[1:])) if status else ())


def _conflicts(words: Sequence[str]) -> list[Conflict]:
    """The files in what `git merge-tree -z` says after the tree (its manual: OUTPUT)."""
    end = words.index("")  # what conflicts ends, what is said of it begins
    paths = dict.fromkeys(one.partition("\t")[2] for one in words[:end])
    said: dict[str, str] = {}
    rest = iter(words[end + 1 :])
    for count in rest:
        if not count.strip():
            break
        about = [next(rest, "") for _ in range(int(count))]
        kind, message = next(rest, ""), next(rest, "").strip()
        for path in about if kind.startswith("CONFLICT") else ():
            said.setdefault(path, message)
    return [Conflict(path, said.get(path, "")) for path in sorted(paths | said.keys())]


def applied(repo: Repo, commit: Told, onto: str) -> Tried:
    """What applying the change of `commit` on top of commit `onto` gives; a root adds its files."""
    before = told(repo, [commit.parents[0]])[0].tree if commit.parents else _empty(repo)
    here = told(repo, [onto])[0].tree
    if before == here:
        return Tried(commit.tree)
    # Commits of nobody, so that git takes the state before the change for what both began with.
    root = committing.write(repo, before, (), "before", _NOBODY)
    mine = committing.write(repo, here, (root,), "onto", _NOBODY)
    theirs = committing.write(repo, commit.tree, (root,), "change", _NOBODY)
    return tried(repo, mine, theirs)


def _empty(repo: Repo) -> str:
    return repo.program.run("mktree", data=b"")[1].decode().strip()


def copy_notes(repo: Repo, pairs: Mapping[str, str]) -> None:
    """Let the notes that the user wants to follow a rebase follow this one; raises GitFailed."""
    lines = "".join(f"{old} {new}\n" for old, new in pairs.items())
    repo.program.run("notes", "copy", "--for-rewrite=rebase", "--stdin", data=lines.encode())
