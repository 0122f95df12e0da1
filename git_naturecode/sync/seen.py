"""Which commits of all branches were looked at for links, so that each is looked at once."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from git_naturecode.errors import NaturecodeError
from git_naturecode.git import refs
from git_naturecode.store.store import Store

_FILE = "links.forge"
_BRANCHES = ("refs/heads/", "refs/remotes/")
_MOST_CHAINS = 200  # kept until a session of theirs arrives
_HEX = frozenset("0123456789abcdef")


@dataclass
class Memory:
    """Where branches ended then, and the record; the commits of requests that nobody linked yet.

    `chains` has these by the commit that a forge has made of them.
    """

    tips: list[str] = field(default_factory=list)
    head: str = ""
    chains: dict[str, list[str]] = field(default_factory=dict)


def is_behind(store: Store) -> bool:
    """True when a branch has moved since, or the record while commits of requests wait for it."""
    memory = load(store)
    if memory.tips != tips(store):
        return True
    return bool(memory.chains) and memory.head != (store.team.head() or "")


def tips(store: Store) -> list[str]:
    """Where all branches end, here and as far as known at the remotes, but for the record."""
    found = refs.below(store.repo, _BRANCHES, store.team.objects.hexsz)
    if found is None:
        found = {}
        for folder in _BRANCHES:
            found |= store.team.objects.refs(folder)
    return sorted({oid for ref, oid in found.items() if not ref.endswith(f"/{store.branch}")})


def load(store: Store) -> Memory:
    """What was remembered; nothing where that cannot be read."""
    try:
        with open(os.path.join(store.state_dir, _FILE), encoding="utf-8") as file:
            found = json.load(file)
        chains = {str(commit): _oids(chain) for commit, chain in dict(found["chains"]).items()}
        return Memory(_oids(found["tips"]), str(found["head"]), chains)
    except (OSError, ValueError, LookupError, TypeError):
        return Memory()


def save(store: Store, memory: Memory) -> None:
    """Remember `memory`; raises NaturecodeError where nothing can be written."""
    path = os.path.join(store.state_dir, _FILE)
    chains = dict(list(memory.chains.items())[-_MOST_CHAINS:])
    told = {"tips": memory.tips, "head": memory.head, "chains": chains}
    try:
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(told, file)
        os.replace(path + ".new", path)
    except OSError as error:
        raise NaturecodeError(f"{path} cannot be written: {error}") from None


def _oids(found: Sequence[object]) -> list[str]:
    return [one for one in found if isinstance(one, str) and one and _HEX.issuperset(one)]
