"""Commits that others than this program made on our branch, as a host's page does: found once."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from git_naturecode.git import commits
from git_naturecode.git.objects import CommitInfo, Missing, Objects, parse_commit
from git_naturecode.store.hygiene import MAX_COMMIT
from git_naturecode.store.memory import recall, remember
from git_naturecode.store.store import Store

_MARK = "kb-hosted"
_FEW = 200  # commits that are read one after the other; more are asked for at once
_MOST = 500_000  # commits that are listed
MOST = 20_000
"""Commits of others that are looked at; more are given, so that it can be told."""


class Commit(NamedTuple):
    """A commit by its id, and what it says."""

    id: str
    info: CommitInfo


class Found(NamedTuple):
    """Lines for people about what was taken in, and about what could not be; whether that is all,
    or the next time has to go on."""

    taken: list[str]
    problems: list[str]
    is_all: bool = True


def foreign(store: Store, theirs: str | None) -> list[Commit]:
    """The commits of others, no merges, in the history of our branch and of `theirs` that were
    not looked at yet; the oldest first, of very many the newest, one more than MOST.

    At the border of a shallow clone nobody knows what a commit has changed.
    """
    objects, known = store.team.objects, recall(store, _MARK).split()
    tips = list(dict.fromkeys(one for one in (store.team.head(), theirs) if one))
    found = _foreign(objects, tips, known)
    if found is not None:
        return found
    named = commits.plain(store.repo, tips, known, _MOST)
    infos = commits.infos(objects, named[-MOST - 1 :])
    return [Commit(oid, infos[oid]) for oid in named if oid in infos and oid not in objects.shallow]


def looked(store: Store, theirs: str | None) -> None:
    """Remember that all that is in the history of our branch, and of `theirs`, was looked at: our
    next commit may stand on theirs alone."""
    tips = [one for one in (store.team.head(), theirs) if one]
    if tips:
        remember(store, _MARK, " ".join(dict.fromkeys(tips)))


def _foreign(objects: Objects, tips: Sequence[str], known: Iterable[str]) -> list[Commit] | None:
    """What `foreign` gives where few commits are new, read without another process."""
    waiting, seen = list(tips), set(known)
    found: list[Commit] = []
    most = len(seen) + _FEW
    while waiting:
        if len(seen) >= most:
            return None
        one = waiting.pop(0)
        if one in seen or one in objects.shallow:
            continue
        seen.add(one)
        try:
            kind, size = objects.header(one)
            if kind != "commit" or size > MAX_COMMIT:
                continue
            info = parse_commit(objects.read(one)[1])
        except (Missing, ValueError, IndexError):
            continue
        waiting += info.parents
        if not info.is_ours and len(info.parents) < 2:
            found.append(Commit(one, info))
    return found[::-1]
