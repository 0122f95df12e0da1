"""Who takes part in a session, who was invited, and what each of them may do."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.domain import fold
from git_naturecode.domain.readers import Readers
from git_naturecode.domain.said import text_of
from git_naturecode.errors import Negative
from git_naturecode.store.entry import Entry, Json

RIGHTS = ("read", "write", "invite", "manage")
USUAL = ("read", "write")
FIELD = "can:"
ADDRESS = r"[^\s@,<>\"]{1,64}@[^\s@,<>\"]{1,190}"


class Participant(NamedTuple):
    """Somebody who takes part: an e-mail address, a name to show, since when, what he may do."""

    id: str
    name: str
    joined: str
    can: tuple[str, ...] = USUAL


class Invitation(NamedTuple):
    """Somebody who was asked to take part and has not joined yet."""

    id: str
    by: str
    time: str
    can: tuple[str, ...] = USUAL


class People(NamedTuple):
    """Everybody around one session. Addresses that differ only in case are one person.

    `names` are those of all who ever took part, by address: what they said stays.
    """

    owner: str
    participants: tuple[Participant, ...]
    invited: tuple[Invitation, ...]
    rights: dict[str, tuple[str, ...]]
    names: dict[str, str]

    def can(self, who: str, right: str) -> bool:
        """True when `who` may do `right`; the owner may do everything, a stranger what is usual."""
        return right in self.rights.get(key(who), USUAL)


NOBODY = People("", (), (), {}, {})


def with_readers(those: People, readers: Readers) -> People:
    """`those` and whom an encrypted session is for besides, where invitations cannot be read."""
    known = {key(one.id) for one in those.participants} | {key(one.id) for one in those.invited}
    here = tuple(Participant(who, "", "") for who in readers.here if key(who) not in known)
    asked = tuple(Invitation(who, "", "") for who in readers.waiting if key(who) not in known)
    return those._replace(
        participants=(*those.participants, *here), invited=(*those.invited, *asked)
    )


def key(who: str) -> str:
    """What two spellings of one address have in common."""
    return who.casefold()


def people(owner: str, entries: Sequence[Entry]) -> People:
    """Fold who joined, left, was invited and permitted what; for each person the last word counts.

    An invitation is settled by joining, and renewed by another one after leaving.
    """
    last: dict[str, Entry] = {}
    invited: dict[str, Entry] = {}
    asked = {entry.id for entry in invitations(entries)}
    rights = _rights(owner, entries, asked)
    for entry in entries:
        who = _who(entry)
        if not who or not _counts(entry, who, rights):
            continue
        if entry.kind in ("open", "join", "leave"):
            last[key(who)] = entry
            invited.pop(key(who), None)
        elif entry.kind == "invite" and entry.id in asked:
            invited[key(who)] = entry
    here = {who: entry for who, entry in last.items() if entry.kind != "leave"}
    order = sorted(here.items(), key=lambda item: (item[0] != key(owner), item[1].order))
    return People(
        owner,
        tuple(
            Participant(_who(e), text_of(e, "name"), e.at[:24], rights.get(who, USUAL))
            for who, e in order
        ),
        tuple(
            Invitation(_who(e), text_of(e, "by"), e.at[:24], rights.get(who, USUAL))
            for who, e in sorted(invited.items(), key=lambda item: item[1].order)
            if who not in here
        ),
        rights,
        {_who(e): name for e in last.values() if (name := text_of(e, "name"))},
    )


def invitations(entries: Sequence[Entry]) -> list[Entry]:
    """The invitations that no later one to the same person takes the place of."""
    found = [entry for entry in entries if entry.kind == "invite"]
    out = fold.replaced_within(found, lambda entry: key(_who(entry)))
    return [entry for entry in found if entry.id not in out]


def _rights(owner: str, entries: Sequence[Entry], asked: set[str]) -> dict[str, tuple[str, ...]]:
    """What each person may do who was given anything but what is usual."""
    rights: dict[str, tuple[str, ...]] = {}
    fields: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "invite" and entry.id in asked and text_of(entry, "who"):
            rights[key(text_of(entry, "who"))] = known(entry.header.get("can"))
        elif entry.kind == "set" and text_of(entry, "field").startswith(FIELD):
            fields[key(text_of(entry, "field"))] = text_of(entry, "field")
    for name in fields.values():
        rights[key(name.removeprefix(FIELD))] = known(fold.register(entries, name))
    if owner:
        rights[key(owner)] = RIGHTS
    return rights


def known(value: Json) -> tuple[str, ...]:
    """The rights that `value`, a list, names; what is usual when it is none. Reading is always."""
    if not isinstance(value, list):
        return USUAL
    return tuple(right for right in RIGHTS if right == "read" or right in value)


def named(those: People, wanted: str) -> str:
    """The address of the person that `wanted` means: an address as it is, else a known name.

    An address is never refused. Raises Negative for a name that nobody around has, or two have.
    """
    if re.fullmatch(ADDRESS, wanted):
        return next((who for who in _addresses(those) if key(who) == key(wanted)), wanted)
    found = sorted({p.id for p in those.participants if p.name.casefold() == wanted.casefold()})
    if len(found) == 1:
        return found[0]
    some = ", ".join(found or sorted(p.name for p in those.participants if p.name))
    if found:
        raise Negative(f"{wanted!r} is the name of {len(found)} people", f"write one of {some}")
    raise Negative(
        f"nobody here is called {wanted!r}", "write an e-mail address, or a name of " + some
    )


def _addresses(those: People) -> list[str]:
    return [p.id for p in those.participants] + [i.id for i in those.invited]


def _counts(entry: Entry, who: str, rights: Mapping[str, tuple[str, ...]]) -> bool:
    """False for what may be about anybody, and where somebody sends away whom he may not."""
    if entry.kind in ("leave", "invite") and entry.is_sealed:
        return False
    by = key(text_of(entry, "by"))
    if entry.kind != "leave" or key(who) == by or entry.as_written is entry:
        return True
    return "manage" in rights.get(by, USUAL)  # whom it names nobody else could judge


def _who(entry: Entry) -> str:
    return text_of(entry, "who") or text_of(entry, "by")
