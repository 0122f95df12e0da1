"""What `--target` means: a branch, a commit, a range or a pull request, and where it stands now."""

import re
from typing import NamedTuple

from git_naturecode.config import Config
from git_naturecode.domain.review.model import Review, Target
from git_naturecode.errors import Negative, Usage
from git_naturecode.git import branches, commits
from git_naturecode.git.repo import Repo
from git_naturecode.reviewing import tips

BRANCH, COMMIT, RANGE, PULL = "branch", "commit", "range", "pr"
_PULL = re.compile(r"(?:#|!|pr/|mr/)?([1-9][0-9]{0,9})")
_OIDS = re.compile(r"([0-9a-f]{40,64})\.{2,3}([0-9a-f]{40,64})")
_USUAL = ("main", "master", "trunk", "develop")


class State(NamedTuple):
    """Where a target stands: commits `base`..`head` ("" for base: from nothing); `tip` is where
    the base branch stands ("" where there is none)."""

    head: str
    base: str
    tip: str


class Found(NamedTuple):
    """A target with the branch that it is to be merged into ("" for none), and its state."""

    target: Target
    base: str
    state: State


def find(repo: Repo, config: Config, wanted: str, base: str = "") -> Found:
    """What `wanted` means here, to be merged into branch `base` ("": upstream's default branch).

    Raises Usage where it means nothing, or where there is nothing to review.
    """
    if ".." in wanted:
        return _range(repo, config, wanted, base)
    target, head = _named(repo, config, wanted)
    if target.type == COMMIT:
        above = commits.parents(repo, head)
        return Found(target, base, State(head, above[0] if above else "", ""))
    name = base or default_branch(repo, config, except_for=target.name)
    tip = tips.tip(repo, config, name)
    if not tip:
        raise Usage(f"there is no branch {name!r}", "name the one to merge into with --base")
    state = State(head, commits.merge_base(repo, head, tip), tip)
    if not state.base and repo.shallow():
        raise Negative(
            f"where {target.name} left {name} is not in this shallow clone",
            "get the rest of the history first: git fetch --unshallow",
        )
    if state.base == head:
        raise Usage(
            f"{target.name} has nothing that {name} has not", "name another one with --base, "
            "or review a range: --target A..B",
        )  # fmt: skip
    return Found(target, name, state)


def now(repo: Repo, config: Config, review: Review) -> State | None:
    """Where the target of `review` stands in this clone; None where it is not here (any more).

    A commit and a range that were named by ids stand still.
    """
    target, last = review.target, review.revision
    try:
        if target.type == COMMIT:
            return State(last.head, last.base, last.tip) if last else None
        if target.type == RANGE:
            is_plain = _OIDS.fullmatch(target.name)
            return _range(repo, config, target.name, review.base).state if is_plain else None
        stands = _pull if target.type == PULL else tips.tip
        head = stands(repo, config, target.name, last.head if last else "")
    except Usage:
        return None
    if not head:
        return None
    tip = tips.tip(repo, config, review.base)
    base = commits.merge_base(repo, head, tip) if tip else last.base if last else ""
    if not base and repo.shallow():  # nobody can tell what the change is here
        return None
    if base == head and last:  # it was merged, or the base was set on it
        return State(last.head, last.base, tip)
    return State(head, base, tip)


def is_branch(repo: Repo, config: Config, name: str) -> bool:
    """True when branch `name` is here, in this clone or as the remote has it."""
    return bool(tips.tip(repo, config, name))


def default_branch(repo: Repo, config: Config, except_for: str = "") -> str:
    """The branch that changes go into: that of the remote, else the usual ones that are here.

    Raises Usage when there is none.
    """
    remote = config.get("naturecode.remote") or "origin"
    status, out, _ = repo.program.run(
        "symbolic-ref", "-q", f"refs/remotes/{remote}/HEAD", check=False
    )
    named = out.decode("utf-8", "surrogateescape").strip() if not status else ""
    found = named.removeprefix(f"refs/remotes/{remote}/")
    for name in (found, config.get("init.defaultBranch"), *_USUAL):
        if name and name != except_for and tips.tip(repo, config, name):
            return name
    raise Usage(
        "which branch is it to be merged into?",
        "name it with --base, and another one to look at with --target",
    )


def _range(repo: Repo, config: Config, wanted: str, base: str) -> Found:
    first, dots, second = wanted.partition("...") if "..." in wanted else wanted.partition("..")
    ends = [commits.resolve(repo, end or "HEAD") for end in (first, second)]
    for end, oid in zip((first, second), ends, strict=True):
        if not oid:
            raise Usage(f"{end!r} is no commit of this repository", "see `git log`")
    below, head = ends
    tip = tips.tip(repo, config, base)
    state = State(head, commits.merge_base(repo, below, head), tip)
    if state.base == head:
        raise Usage(f"{wanted} holds nothing: {second or 'HEAD'} is in {first or 'HEAD'}")
    # Ids, so that it means the same in every clone.
    name = f"{below}{dots}{head}"
    return Found(Target(RANGE, name), base, state)


def _named(repo: Repo, config: Config, wanted: str) -> tuple[Target, str]:
    """The target that `wanted` names, and its commit."""
    name = wanted.removeprefix(branches.HEADS)
    if name in ("HEAD", "@", ""):
        name = branches.current(repo)
        if not name:
            oid = commits.resolve(repo, "HEAD")
            if not oid:
                raise Usage("there is no commit yet", "commit something first")
            return Target(COMMIT, oid), oid
    head = tips.tip(repo, config, name)
    if head:
        return Target(BRANCH, _without_remote(repo, config, name)), head
    pull = _PULL.fullmatch(wanted)
    if pull:
        head = _pull(repo, config, pull[1], "")
        if head:
            return Target(PULL, pull[1]), head
    oid = commits.resolve(repo, wanted)
    if oid:
        return Target(COMMIT, oid), oid
    if pull:
        raise Negative(
            f"pull request {pull[1]} is not in this clone",
            f"fetch it: git fetch {config.get('naturecode.remote') or 'origin'} "
            f"pull/{pull[1]}/head:refs/pull/{pull[1]}/head (GitHub), or "
            f"merge-requests/{pull[1]}/head:refs/merge-requests/{pull[1]}/head (GitLab)",
        )
    raise Usage(f"there is no branch, commit or range {wanted!r}", "see `git branch -a`")


def _without_remote(repo: Repo, config: Config, name: str) -> str:
    """`name` as it is called everywhere: `origin/x` where only the remote has it is `x`."""
    remote = config.get("naturecode.remote") or "origin"
    if name.startswith(f"{remote}/") and not commits.resolve(repo, branches.HEADS + name):
        return name.removeprefix(f"{remote}/")
    return name


def _pull(repo: Repo, config: Config, number: str, known: str) -> str:
    """The commit of a pull request that was fetched, "" where it is not here; of two that parted
    the one that goes on from `known`."""
    remote = config.get("naturecode.remote") or "origin"
    refs = (
        f"refs/pull/{number}/head", f"refs/merge-requests/{number}/head",
        f"refs/remotes/{remote}/pr/{number}", f"refs/remotes/{remote}/merge-requests/{number}",
        f"refs/remotes/{remote}/pull/{number}/head",
    )  # fmt: skip
    # Anybody may have written the number that stands in a review.
    is_one = _PULL.fullmatch(number) is not None and number.isdigit()
    found = [oid for ref in refs if (oid := commits.resolve(repo, ref))] if is_one else []
    return tips.further(repo, tips.Tips(found[0], found[1]), known) if found[1:] else "".join(found)
