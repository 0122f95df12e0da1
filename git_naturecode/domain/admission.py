"""Who was let into an encrypted session by somebody who might, and not sent away since.

Nobody lets himself in. What anybody may write who holds a key of before, or none at all (to join,
an epoch of his own, text that cannot be read), counts for nothing here: only the words of the owner
and of who has session:invite, and of those whom they have let in. A word is of who has signed it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from git_naturecode.domain import fold
from git_naturecode.domain.epochs import Epoch
from git_naturecode.domain.people import key
from git_naturecode.domain.rosters import Standing, authors
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Entry, writer
from git_naturecode.store.store import Placed

_KINDS = ("invite", "join", "leave")
_TEAM = "team"


class Teams(Standing, Protocol):
    """What the team says, with the teams in it."""

    def audience(self, team: str) -> Collection[str]:
        """The addresses of all present members of `team`."""

    def once(self, team: str) -> Collection[str]:
        """The addresses of all who belong to `team`, or did so."""


class _Word(NamedTuple):
    """Something that is said of who takes part: of whom, by whom, and what that makes of it.

    `is_senior`: by the owner, or by somebody who may invite to any session. `is_inside`: it is
    encrypted, or will be; anybody can put something beside it in the clear.
    """

    entry: Entry
    who: str
    authors: frozenset[str]
    is_senior: bool
    is_inside: bool

    @property
    def leaves(self) -> bool:
        """True when somebody goes, or is sent away."""
        return self.entry.kind == "leave"

    @property
    def is_own(self) -> bool:
        """True when somebody says it of himself."""
        return self.who in self.authors


def admitted(
    opened: Iterable[Placed], made: Sequence[Placed], owners: Collection[str],
    good: Mapping[str, Epoch], standing: Teams,
) -> set[str]:  # fmt: skip
    """The addresses (`people.key`) of all who shall be able to read, the owner among them.

    Where several say that they opened the session, nobody but who is in whoever of them did.
    `opened` are the entries of the session, opened where that can be done, `made` those that are
    about to be sealed; `good` are the epochs that count. The newest epoch of somebody who may
    invite to any session says in the clear for whom it is, so that also who came later knows who
    is there, and who was before him and is not any more.
    """
    placed, fresh = [*opened, *made], {one.entry.key for one in made}
    found = [_admitted(placed, fresh, owner, good, standing) for owner in owners]
    return set.intersection(*found) if found else set()


def _admitted(
    placed: Iterable[Placed], fresh: Collection[tuple[str, str]], owner: str,
    good: Mapping[str, Epoch], standing: Teams,
) -> set[str]:  # fmt: skip
    said = [_read(one, owner, fresh, standing) for one in placed]
    said.sort(key=lambda one: one.entry.order)
    words = [one for one in said if one.entry.kind in _KINDS and not one.entry.is_sealed]
    named = _named(owner, good, standing)
    here = _let_in(words, named | {key(owner)}, named)
    given = _given(said, here)
    # Where there are invitations that cannot be read here, nobody can tell who is in by name.
    if not any(one.is_senior and one.entry.kind == "invite" for one in said if one.entry.is_sealed):
        here -= _by_team(given, standing) - _asked(words, here)
    return here | {key(owner)} | _audience(given, standing)


def audience(
    placed: Iterable[Placed], owner: str, here: Collection[str], standing: Teams
) -> set[str]:
    """The addresses of the team that the session is for by the last word of those who are `here`.

    Of those, or of who may invite anywhere: others do not say it, whatever they write.
    """
    said = [_read(one, owner, (), standing) for one in placed]
    return _audience(_given(said, set(map(key, here))), standing)


def _given(said: Iterable[_Word], here: set[str]) -> list[Entry]:
    """The words that say which team the session is for, of those who may say so."""
    return [
        one.entry for one in said
        if one.entry.kind == "set" and one.entry.header.get("field") == _TEAM
        and (one.is_senior or one.authors & here)
    ]  # fmt: skip


def _audience(given: Sequence[Entry], standing: Teams) -> set[str]:
    last = fold.last(given, _TEAM)
    return {key(who) for who in standing.audience(text_of(last, "value") if last else "")}


def _let_in(words: Sequence[_Word], first: set[str], named: set[str]) -> set[str]:
    """Who was let in by `words`, where `first` are in already, `named` by an epoch.

    What those say of whom nobody has to be asked goes before: whom one of them has let in later,
    nobody else had sent away.
    """
    here, out, since = set(first), set[str](), dict[str, int]()
    for number, one in enumerate(words):
        if one.leaves:
            if one.is_own or one.is_senior:
                here.discard(one.who)
                out.add(one.who)
        elif one.is_senior and (one.is_inside or one.who in named):
            here.add(one.who)
            out.discard(one.who)
            since[one.who] = number
    for number, one in enumerate(words):
        if not one.authors & here:
            continue
        if one.leaves:
            if since.get(one.who, -1) < number:
                here.discard(one.who)
        elif one.who not in out and one.is_inside:
            here.add(one.who)
    return here


def _by_team(given: Iterable[Entry], standing: Teams) -> set[str]:
    """Who belongs, or did so, to a team that the session was for at some time."""
    every = {text_of(one, "value") for one in given}
    return {key(who) for team in every for who in standing.once(team)}


def _asked(words: Iterable[_Word], here: set[str]) -> set[str]:
    """Of whom others say something by name, be it that he goes: then he is not here.

    Whoever else is here is so only with his team.
    """
    return {
        one.who for one in words
        if not one.is_own and (one.is_senior or one.authors & here)
    }  # fmt: skip


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


def _read(one: Placed, owner: str, fresh: Collection[tuple[str, str]], standing: Standing) -> _Word:
    entry, by = one.entry, authors(one, standing)
    may = bool(by) and standing.may_invite(writer(entry, one.device))
    is_inside = entry.as_written is not entry or entry.key in fresh
    who = key(text_of(entry, "who") or text_of(entry, "by"))
    return _Word(entry, who, by, key(owner) in by or may, is_inside)
