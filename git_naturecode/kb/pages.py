"""Commits that others than this program made on our branch, as a host's page does: found once."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from git_naturecode.git.objects import CommitInfo, Missing, Objects, parse_commit
from git_naturecode.store.hygiene import MAX_COMMIT
from git_naturecode.store.memory import recall, remember
from git_naturecode.store.store import Store

_MARK = "kb-hosted"
_MOST = 5_000  # commits that are looked at


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
    not looked at yet; the oldest first.

    At the border of a shallow clone nobody knows what a commit has changed.
    """
    head, known = store.team.head(), recall(store, _MARK)
    tips = list(dict.fromkeys(one for one in (head, theirs) if one))
    return _foreign(store.team.objects, tips, known.split())


def looked(store: Store, theirs: str | None) -> None:
    """Remember that all that is in the history of our branch, and of `theirs`, was looked at: our
    next commit may stand on theirs alone."""
    tips = [one for one in (store.team.head(), theirs) if one]
    if tips:
        remember(store, _MARK, " ".join(dict.fromkeys(tips)))


def _foreign(objects: Objects, tips: Sequence[str], known: Iterable[str]) -> list[Commit]:
    waiting, seen = list(tips), set(known)
    found: list[Commit] = []
    while waiting and len(seen) < _MOST:
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
