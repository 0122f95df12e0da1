"""Making a link: what of a session leaves, rendered harmless, then sealed."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from git_naturecode import clock, ids
from git_naturecode.crypto import bundle
from git_naturecode.domain import session as sessions
from git_naturecode.errors import Negative
from git_naturecode.linksharing import book
from git_naturecode.redact import Redactor
from git_naturecode.render import html, share_page
from git_naturecode.store import second_look
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import Placed, Store

MOST_BYTES = 32 << 20
"""A longer page is none: a browser has it in memory several times while it decrypts it."""


@dataclass(frozen=True)
class Going:
    """What would leave by a link: `more` secrets were found only now, `unread` texts have no key.

    `page` is all of it: HTML in which nothing is active.
    """

    session: sessions.Session
    redacted: int
    more: int
    page: str = field(repr=False)

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.page.encode("utf-8", "replace"))

    @property
    def unread(self) -> int:
        """How many texts do not leave, since this clone has no key for them."""
        return self.session.unread


@dataclass(frozen=True)
class Link:
    """A sealed page, and the key in the link that opens it (with `half`, where there is one)."""

    id: str
    expires: str
    sealed: share_page.Sealed = field(repr=False)
    fragment: str = field(repr=False)


def prepare(placed: Sequence[Placed], redactor: Redactor) -> Going:
    """What a link to the session of `placed` shows; secrets are looked for once more.

    Raises Negative when it was deleted, or when it is too long for a page.
    """
    looked = [_again(one, redactor) for one in placed]
    session = sessions.build([one for one, _ in looked])
    if session.deleted:
        raise Negative(f"{session.id} was deleted", "what is deleted is not shared")
    going = Going(
        session, sum(_redacted(one.entry) for one, _ in looked), sum(more for _, more in looked),
        html.body(session),
    )  # fmt: skip
    if going.size > MOST_BYTES:
        raise Negative(
            f"{session.id} makes a page of {going.size} bytes; a link carries {MOST_BYTES}",
            "`git naturecode session fork` as far as a message makes a shorter one",
        )
    return going


def _again(one: Placed, redactor: Redactor) -> tuple[Placed, int]:
    if one.entry.is_stub:
        return one, 0
    entry, more = second_look.again(one.entry, redactor)
    return one._replace(entry=entry), more


def _redacted(entry: Entry) -> int:
    found = entry.header.get("red")
    return len(found) if isinstance(found, list) else 0


def make(store: Store, going: Going, expires_ms: int, *, split: bool = False) -> Link:
    """Seal what is `going` under a key of its own till `expires_ms`.

    With `split` the link holds only half of the key, and the page the other one.
    """
    name = ids.new_entity("share", store.now_ms(), store.random)
    expires = clock.iso(expires_ms)
    key, nonce = store.random(bundle.KEY_BYTES), store.random(bundle.NONCE_BYTES)
    fragment = store.random(bundle.KEY_BYTES) if split else key
    half = bundle.coded(bundle.half(key, fragment)) if split else ""
    box = bundle.seal(key, nonce, name, expires, going.page)
    sealed = share_page.Sealed(
        name, expires, bundle.VERSION, _base64(nonce), _base64(box), half
    )  # fmt: skip
    return Link(name, expires, sealed, bundle.coded(fragment))


def kept(link: Link, session: str, file: str = "") -> book.Kept:
    """What this clone keeps of `link` to `session`: of a `file` no more than where it was written.

    Never the key, nor the half that is in the link.
    """
    sealed = link.sealed
    if file:
        return book.Kept(link.id, session, link.expires, file)
    return book.Kept(
        link.id, session, link.expires, "", sealed.nonce, sealed.box, sealed.half, sealed.v
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
