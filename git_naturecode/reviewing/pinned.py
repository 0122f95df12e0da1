"""Refs of this clone on the states of open reviews, so that no clean-up takes what was replaced."""

from git_naturecode import ids
from git_naturecode.store.store import Store

PREFIX = "refs/naturecode/reviews/"


def pin(store: Store, review: str, head: str) -> None:
    """Keep commit `head`, a state of `review`; nothing fails where that cannot be done."""
    store.repo.program.run(
        "update-ref", "--no-deref", f"{PREFIX}{ids.tail(review)}/{head}", head, check=False
    )


def let_go(store: Store, tail: str) -> None:
    """Keep the states of a review no longer, which is over."""
    out = store.repo.program.run(
        "for-each-ref", "--format=delete %(refname)", f"{PREFIX}{tail}/", check=False
    )[1]
    if out:
        store.repo.program.run("update-ref", "--no-deref", "--stdin", data=out, check=False)
