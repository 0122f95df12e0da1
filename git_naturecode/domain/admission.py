"""Who was let into an encrypted session by somebody who might, and not sent away since.

Nobody lets himself in. What anybody may write who holds a key of before, or none at all (to join,
an epoch of his own, text that cannot be read), counts for nothing here: only the words of the owner
and of who has session:invite, and of those whom they have let in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from git_naturecode.domain.epochs import Epoch
from git_naturecode.domain.people import key
from git_naturecode.domain.rosters import Standing
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import writer
from git_naturecode.store.store import Placed

_KINDS = ("invite", "join", "leave")


def admitted(
    opened: Iterable[Placed], made: Sequence[Placed], owner: str, good: Mapping[str, Epoch],
    standing: Standing,
) -> set[str]:  # fmt: skip
    """The addresses (`people.key`) of all who shall be able to read, the owner among them.

    `opened` are the entries of the session, opened where that can be done, `made` those that are
    about to be sealed; `good` are the epochs that count. The newest epoch of somebody who may
    invite to any session says in the clear for whom it is, so that also who came later knows who
    is there, and who was before him and is not any more.
    """
    words = sorted(
        (one for one in (*opened, *made) if one.entry.kind in _KINDS and not one.entry.is_sealed),
        key=lambda one: one.entry.order,
    )
    fresh = {one.entry.key for one in made}
    named = _named(owner, good, standing)
    here, out = {key(owner)}, set[str]()
    here |= named
    for one in words:  # those of whom nobody has to be asked
        who, authors = _who(one), standing.addresses(writer(one.entry, one.device))
        if one.entry.kind == "leave":
            if who in authors or _is_senior(one, owner, standing):
                here.discard(who)
                out.add(who)
        elif _is_senior(one, owner, standing) and (_is_inside(one, fresh) or who in named):
            here.add(who)
            out.discard(who)
    senior = set(here)
    for one in words:
        who, authors = _who(one), standing.addresses(writer(one.entry, one.device))
        if who in authors or not authors & here or _is_senior(one, owner, standing):
            continue
        if one.entry.kind == "leave" and who not in senior - named:
            here.discard(who)
        elif one.entry.kind != "leave" and who not in out and _is_inside(one, fresh):
            here.add(who)
    return here | {key(owner)}


def is_for(
    opened: Sequence[Placed], team: str, owner: str, here: set[str], standing: Standing
) -> bool:
    """True when the session was given to `team` by somebody who may let its members in."""
    return any(
        one.entry.kind == "set"
        and text_of(one.entry, "field") == "team"
        and team in str(one.entry.header.get("value"))
        and (
            _is_senior(one, owner, standing)
            or standing.addresses(writer(one.entry, one.device)) & here
        )
        for one in opened
    )


def _named(owner: str, good: Mapping[str, Epoch], standing: Standing) -> set[str]:
    """Whom the newest epochs name that were begun by the owner, or who may invite anywhere."""
    ours = {
        name: one
        for name, one in good.items()
        if key(owner) in standing.addresses(one.device) or standing.may_invite(one.device)
    }
    before = set[str]()
    for one in ours.values():
        left = list(one.prev)
        while left:
            name = left.pop()
            if name not in before:
                before.add(name)
                left += good[name].prev if name in good else ()
    newest = [one for name, one in ours.items() if name not in before]
    return {
        key(who)
        for one in newest
        for who in (*one.waiting, *(reader.who for reader in one.roster.values()))
    }


def _who(one: Placed) -> str:
    return key(text_of(one.entry, "who") or text_of(one.entry, "by"))


def _is_senior(one: Placed, owner: str, standing: Standing) -> bool:
    device = writer(one.entry, one.device)
    return key(owner) in standing.addresses(device) or standing.may_invite(device)


def _is_inside(one: Placed, fresh: Collection[tuple[str, str]]) -> bool:
    """True for what is encrypted or will be; anybody can put something beside it in the clear."""
    return one.entry.as_written is not one.entry or one.entry.key in fresh
