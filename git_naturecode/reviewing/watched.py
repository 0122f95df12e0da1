"""The reviews that were begun here: what becomes of their branches is written down by each sync.

`naturecode/reviews-mine` has a line for each: last part of the id, ref, head. Nothing is lost with
it: `review update` writes down a new state, too, and begins to watch again.
"""

import os
from contextlib import suppress

from git_naturecode import ids
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import KIND, Review
from git_naturecode.git import commits
from git_naturecode.git.branches import HEADS
from git_naturecode.reviewing import noting, pinned, revising
from git_naturecode.store.store import TEAM, Store

NAME = "reviews-mine"
Lines = dict[str, tuple[str, str]]
"""Last part of the id -> ref and head."""


def watch(store: Store, review: Review, head: str) -> None:
    """Watch the branch of `review`, which stands at `head` and is written down."""
    if review.target.type == "branch" and review.revisions:
        found = read(store)
        found[ids.tail(review.id)] = (HEADS + review.target.name, head)
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
        if review.merges or review.is_closed or review.deleted or not review.opened:
            del watched[tail]
            pinned.let_go(store, tail)
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
    found: Lines = {}
    with suppress(OSError):
        path = os.path.join(store.state_dir, NAME)
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                words = line.rstrip("\n").split(" ")
                if len(words) == 3:
                    found[words[0]] = (words[1], words[2])
    return found


def _write(store: Store, found: Lines) -> None:
    path = os.path.join(store.state_dir, NAME)
    new = f"{path}.{ids.base32(store.random(5), 8)}"
    with suppress(OSError):
        with open(new, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(f"{tail} {ref} {head}\n" for tail, (ref, head) in found.items())
        os.replace(new, path)
