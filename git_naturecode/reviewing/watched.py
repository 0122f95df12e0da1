"""The reviews that were begun here: what becomes of their branches is written down by each sync.

`naturecode/reviews-mine` has a line for each: last part of the id, ref, head. Nothing is lost with
it: `review update` writes down a new state, too, and begins to watch again.
"""

import os
import re
from contextlib import suppress

from git_naturecode import ids
from git_naturecode.domain.people import key
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import KIND
from git_naturecode.git import commits
from git_naturecode.git.branches import HEADS
from git_naturecode.reviewing import noting, pinned, revising
from git_naturecode.store.store import TEAM, Store

NAME = "reviews-mine"
_LINE = re.compile(rf"([0-9a-z]{{8}}) ({HEADS}[^ \n]+) ((?:[0-9a-f]{{40}}(?:[0-9a-f]{{24}})?)?)\n")
Lines = dict[str, tuple[str, str]]
"""Last part of the id -> ref and head."""


def watch(store: Store, review: str, branch: str, head: str) -> None:
    """Watch the `branch` of the review with this id, which stands at `head` and is written down."""
    found = read(store)
    found[ids.tail(review)] = (HEADS + branch, head)
    _write(store, found)


def follow(store: Store) -> int:
    """Write down where the watched branches have gone; how many have. Costs a few file reads
    where none has."""
    watched = read(store)
    moved = {
        tail: ref for tail, (ref, head) in watched.items()
        if (now := commits.resolve(store.repo, ref)) and now != head
    }  # fmt: skip
    if not moved:
        return 0
    written = 0
    for tail, ref in moved.items():
        review = build(store.read(tail, KIND))
        if review.is_over or not review.opened:
            del watched[tail]
            pinned.let_go(store, [tail])
            continue
        state = revising.moved(store, review)
        if state is not None:
            revising.prepare(store, review.id, state)
            store.write(TEAM, review.id, [state.draft])
            written += 1
        watched[tail] = (ref, commits.resolve(store.repo, ref))
    store.settle()
    _write(store, watched)
    if written:
        noting.refresh(store)
    return written


def read(store: Store) -> Lines:
    """What is watched."""
    with suppress(OSError):
        return _read(store)[0]
    return {}


def torn(store: Store) -> str:
    """Why the file cannot be read wholly; "" where it can, or there is none."""
    try:
        bad = _read(store)[1]
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)
    return f"{bad} of its lines cannot be read" if bad else ""


def mend(store: Store) -> None:
    """Watch again all open reviews of branches of this clone that its person has begun."""
    path = os.path.join(store.state_dir, NAME)
    found = read(store)
    if os.path.isdir(path) and not os.path.islink(path):
        os.replace(path, path + ".damaged")
    for tail in noting.everything(store):
        review = build(store.read(tail, KIND))
        last, ref = review.revision, HEADS + review.target.name
        mine = key(review.owner) == key(store.person) and review.target.type == "branch"
        wanted = mine and not review.is_over and tail not in found
        if wanted and last and commits.resolve(store.repo, ref):
            found[tail] = ref, last.head
    _write(store, found)


def _read(store: Store) -> tuple[Lines, int]:
    """What is watched, and how many lines say nothing; raises OSError."""
    found: Lines = {}
    bad = 0
    path = os.path.join(store.state_dir, NAME)
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            if words := _LINE.fullmatch(line):
                found[words[1]] = (words[2], words[3])
            else:
                bad += 1
    return found, bad


def _write(store: Store, found: Lines) -> None:
    path = os.path.join(store.state_dir, NAME)
    new = f"{path}.{ids.base32(store.random(5), 8)}"
    with suppress(OSError):
        with open(new, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(f"{tail} {ref} {head}\n" for tail, (ref, head) in found.items())
        os.replace(new, path)
