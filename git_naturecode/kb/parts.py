"""Whether a session or a review has the message, comment, thread or finding that a link names."""

from git_naturecode.domain.kinds import SESSION
from git_naturecode.errors import Negative
from git_naturecode.store.store import Store


def has(store: Store, kind: str, tail: str, part: str) -> bool:
    """True when `part`, a short name or the beginning of an id, means one thing said there."""
    placed = store.read(tail, kind)
    try:
        if kind == SESSION:
            from git_naturecode.domain import handles, session

            handles.said(session.build(placed), part)
            return True
        from git_naturecode.domain.review import build
        from git_naturecode.domain.review import handles as names

        review = build.build(placed)
        find = {"t": names.thread, "f": names.finding}.get(part[:1], names.comment)
        find(review, part)
    except Negative:
        return False
    return True
