"""Ways to break the program, to see that the judge would notice; only in the fork server.

Each function puts one fault in place by replacing what the program calls.
"""

import os
from collections.abc import Callable
from typing import Any


def loses_the_spool() -> None:
    """What waits is taken for drained, whatever the ref says (as without reading back)."""
    from git_naturecode.store.log import Log

    advance = Log.advance

    def forgetful(log: Log, old: str | None, change: Any, patience: float) -> str | None:
        if log.objects.resolve(log.ref) == old and os.urandom(1)[0] < 16:
            return old
        return advance(log, old, change, patience)

    _put(Log, advance=forgetful)
    _without_reading_back()


def _without_reading_back() -> None:
    from git_naturecode.store import drain

    _put(drain, verify=lambda *_: None)


def acknowledges_too_early() -> None:
    """Now and then a text is said to be kept while it is still under its hidden name."""
    from git_naturecode.store.spool import Spool

    put = Spool.put

    def hasty(spool: Spool, name: str, data: bytes) -> None:
        put(spool, f".{name}" if os.urandom(1)[0] < 16 else name, data)

    _put(Spool, put=hasty)


def drops_in_the_join() -> None:
    """The join of two states of a segment is the first of them."""
    from git_naturecode.store import join

    _replace_everywhere(join.join_segments, lambda a, b, *_: a)


def doubles_in_the_drain() -> None:
    """A drain does not look whether an entry stands in the log already."""
    from git_naturecode.store import format as formats
    from git_naturecode.store import join, segments

    def append(old: bytes, entries: Any) -> bytes:
        return old + "".join(map(formats.block, entries)).encode()

    _put(segments.Segments, holds=lambda *_, **__: False)
    _put(join, extend=append)


def pushes_private() -> None:
    """A private session is written where the team's are."""
    from git_naturecode.store.store import Store

    side = Store.side
    _put(Store, side=lambda store, _: side(store, "team"))


def searches_what_is_redacted() -> None:
    """The index keeps the text of redacted messages."""
    from git_naturecode.domain import session

    described = session.describe

    def telling(tail: str, placed: Any) -> Any:
        return described(tail, [one for one in placed if one.entry.kind != "redact"])

    _put(session, describe=telling)


def shows_what_is_redacted() -> None:
    """A session is shown without its redactions."""
    from git_naturecode.domain import session

    build = session.build

    def telling(placed: Any, *more: Any, **named: Any) -> Any:
        return build([one for one in placed if one.entry.kind != "redact"], *more, **named)

    _put(session, build=telling)


def forgets_outboxes() -> None:
    """An outbox is deleted before it was taken in."""
    from git_naturecode.store import reconcile

    lay = reconcile.reconcile
    _replace_everywhere(lay, lambda o, ours, theirs, _, *more: lay(o, ours, theirs, [], *more))


def leaves_incoming() -> None:
    """What was fetched is not forgotten after it was looked at."""
    from git_naturecode.store.store import Store

    def kept(store: Store, refs: dict[str, str]) -> None:
        pass

    from git_naturecode.sync import incoming

    _replace_everywhere(incoming.forget, kept)


def _put(where: Any, **new: Any) -> None:
    for name, value in new.items():
        setattr(where, name, value)


def _replace_everywhere(old: Any, new: Any) -> None:
    """Put `new` where any loaded module has `old`."""
    import sys

    for name, module in list(sys.modules.items()):
        if name.startswith("git_naturecode"):
            for key, value in list(vars(module).items()):
                if value is old:
                    setattr(module, key, new)


def shows_one_head() -> None:
    """Of the texts of an article that several people edited at once only one is shown."""
    from git_naturecode.domain.kb import merge

    view = merge.view

    def shown(nodes: Any) -> Any:
        made_of = {parent for node in nodes.values() for parent in node.parents}
        heads = sorted(name for name, one in nodes.items() if name not in made_of and one.text)
        left = {name: one for name, one in nodes.items() if name in made_of or name in heads[-1:]}
        return view(left)

    _put(merge, view=shown)


MUTANTS: dict[str, Callable[[], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        loses_the_spool, acknowledges_too_early, drops_in_the_join, doubles_in_the_drain,
        pushes_private, searches_what_is_redacted, shows_what_is_redacted, forgets_outboxes,
        leaves_incoming, shows_one_head,
    )
}  # fmt: skip
