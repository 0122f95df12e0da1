"""Where a branch stands: as it is in this clone and as its remote has it, by one rule for all."""

from typing import NamedTuple

from git_naturecode.config import Config
from git_naturecode.git import branches, commits
from git_naturecode.git.repo import Repo


class Tips(NamedTuple):
    """The two commits at which a branch stands: its own one here, and the one that was fetched or
    pushed last; "" where there is none."""

    own: str
    theirs: str


def of(repo: Repo, config: Config, name: str) -> Tips:
    """Where branch `name` stands here and at its remote, which is the one that git pulls it from,
    else that of this project, else, where the branch is at neither, any that has it."""
    if not branches.is_name(name):
        return Tips("", "")
    name = name.removeprefix(branches.HEADS)
    own = commits.resolve(repo, branches.HEADS + name)
    usual = [_pulled_from(config, name), config.get("naturecode.remote") or "origin"]
    theirs = _first(repo, [f"refs/remotes/{remote}/{name}" for remote in usual if remote])
    if not own and not theirs:  # nobody else's branch of that name is ours
        others = [f"refs/remotes/{name}", *(f"refs/remotes/{r}/{name}" for r in config.remotes())]
        theirs = _first(repo, others)
    return Tips(own, theirs)


def tip(repo: Repo, config: Config, name: str, known: str = "") -> str:
    """The commit at which branch `name` stands, "" for none; see `of` and `further`."""
    return further(repo, of(repo, config, name), known)


def further(repo: Repo, tips: Tips, known: str = "") -> str:
    """Of two tips the one that has the other: a branch that was not pulled, or not pushed, is
    behind. Where they parted the own one, since work goes on there, unless only theirs goes on
    from the commit `known`."""
    own, theirs = tips
    if not (own and theirs) or own == theirs:
        return own or theirs
    if commits.merge_base(repo, own, theirs) == own:
        return theirs
    if known and known not in tips:
        goes_on = [one for one in tips if commits.merge_base(repo, known, one) == known]
        if len(goes_on) == 1:
            return goes_on[0]
    return own


def _pulled_from(config: Config, name: str) -> str:
    """The remote that git pulls branch `name` from, where it is called so there as well."""
    same = config.get(f"branch.{name}.merge") == branches.HEADS + name
    remote = config.get(f"branch.{name}.remote") if same else ""
    return remote if remote in config.remotes() else ""


def _first(repo: Repo, refs: list[str]) -> str:
    return next((oid for ref in refs if (oid := commits.resolve(repo, ref))), "")
