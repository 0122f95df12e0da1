"""Refs of this clone on the states of open reviews, so that no clean-up takes what was replaced."""

from collections.abc import Collection

from git_naturecode import ids
from git_naturecode.store.store import Store

PREFIX = "refs/naturecode/reviews/"


def pin(store: Store, review: str, head: str) -> None:
    """Keep commit `head`, a state of `review`; nothing fails where that cannot be done."""
    store.repo.program.run(
        "update-ref", "--no-deref", f"{PREFIX}{ids.tail(review)}/{head}", head, check=False
    )


def kept(store: Store) -> dict[str, list[str]]:
    """The refs by the last part of the id of the review whose states they keep."""
    out = store.repo.program.run("for-each-ref", "--format=%(refname)", PREFIX, check=False)[1]
    found: dict[str, list[str]] = {}
    for ref in out.decode("utf-8", "surrogateescape").split():
        found.setdefault(ref.removeprefix(PREFIX).split("/")[0], []).append(ref)
    return found


def let_go(store: Store, tails: Collection[str]) -> None:
    """Keep the states of these reviews no longer, which are over."""
    refs = [ref for tail, found in kept(store).items() if tail in tails for ref in found]
    if refs:
        data = "".join(f"delete {ref}\n" for ref in refs).encode("utf-8", "surrogateescape")
        store.repo.program.run("update-ref", "--no-deref", "--stdin", data=data, check=False)
