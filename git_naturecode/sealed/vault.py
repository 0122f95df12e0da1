"""Opening and sealing: what `Store.read` and `Store.write` do with encrypted sessions."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from git_naturecode import ids
from git_naturecode.crypto import hpke, sealing
from git_naturecode.domain import admission, drafts, epochs, rosters
from git_naturecode.domain import sealed as entries
from git_naturecode.domain import session as sessions
from git_naturecode.domain.epochs import Epoch
from git_naturecode.domain.people import FIELD, key, people
from git_naturecode.domain.rosters import Wanted
from git_naturecode.domain.said import text_of
from git_naturecode.errors import NotPermitted
from git_naturecode.sealed import beginning, renewal
from git_naturecode.sealed.book import Book
from git_naturecode.sealed.members import Members
from git_naturecode.sealed.ring import Ring
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import TEAM, Placed, Store

PEOPLE = ("open", "join", "leave", "invite", "set", "epoch")
_SAID = frozenset({"message", "comment", "edit", "react", "file", "link"})
HISTORY = "history"
"""In the header of an invitation: who is invited gets the keys of earlier epochs too."""


class Keys:
    """The keys of this user at work in one clone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ring = Ring(store)
        self._books: dict[str, tuple[object, Book]] = {}

    @cached_property
    def members(self) -> Members:
        """The team."""
        return Members(self._store)

    def opened(self, placed: Sequence[Placed]) -> list[Placed]:
        """`placed`, all entries about one entity, each opened for which there is a key here."""
        book = Book(placed, self.ring, self.members)
        if book.readable:
            renewal.note(self._store)
        return self._believed(book.opened())

    def sealed(self, entity: str, made: Sequence[Entry]) -> list[Entry]:
        """`made` as they may stand in the shared log of `entity`, and a new epoch where it is due.

        Raises NotPermitted when this device has no key for it, or may not write there.
        """
        book = self.book(entity)
        if not book.good:
            return self._unclear(entity, made)
        fresh = [one for one in made if _is_plain(one)]
        if not fresh:
            return list(made)
        return self._sealed(entity, book, made, self._session(book, entity, fresh))

    def begin(self, entity: str, made: Sequence[Entry]) -> list[Entry]:
        """`made` sealed under the first epoch of `entity`, which stands before them.

        Raises NotPermitted where nobody says whose devices are whose.
        """
        book = self.book(entity)
        if book.good:
            return self.sealed(entity, made)
        beginning.require_team(self._store)
        renewal.note(self._store)
        session = self._session(book, entity, made)
        now = self.wanted(book, session, made)
        if self._store.device not in now.roster:
            if key(self._store.person) not in {one.who for one in now.roster.values()}:
                raise NotPermitted(
                    f"{self._store.person} does not take part in {entity}, and could not read it",
                    f"first: git naturecode session join {ids.tail(entity)}",
                )
            raise NotPermitted(
                f"the team does not know this clone as a device of {self._store.person}",
                "`git naturecode device list` shows what it knows; `git naturecode sync` tells it",
            )
        mine = self.members.addresses(self._store.device)
        if key(session.owner) not in mine and not self.members.may_invite(self._store.device):
            raise NotPermitted(
                f"{self._store.person} may not encrypt this session",
                f"its owner {session.owner} can, and who has session:invite in the team",
            )
        return self._sealed(entity, book, made, session)

    def renewed(self, entity: str) -> list[Entry]:
        """The epoch that is due in `entity` because devices came or went; else nothing."""
        book = self.book(entity)
        if not book.readable:
            return []
        session = self._session(book, entity, ())
        now = self.wanted(book, session)
        if self._store.device not in now.roster or self._is_left_out(book, session, now):
            return []
        if rosters.current(book.good, now, {}) and not self._history(book, now, session):
            return []
        return self._sealed(entity, book, (), session)

    def book(self, entity: str) -> Book:
        """What is known of the session `entity`, with what was sealed here meanwhile."""
        log = self._store.team
        state = (log.head(), tuple(log.spool.waiting()))
        known = self._books.get(entity)
        if known is None or known[0] != state:
            placed = self._store.read(ids.tail(entity), entity.split("-")[0], sealed=True)
            shared = [one for one in placed if one.side == TEAM]
            known = self._books[entity] = (state, Book(shared, self.ring, self.members))
        return known[1]

    def wanted(self, book: Book, session: sessions.Session, made: Sequence[Entry] = ()) -> Wanted:
        """Who shall be able to read `session`, after `made`."""
        opened, own = self._about_people(book, session.id, made)
        if book.good:
            owners = rosters.owners((*opened, *own))
            found = admission.admitted(opened, own, owners, book.good, self.members)
        else:  # all is in the clear yet, and was judged
            known = people(session.owner, [one.entry for one in (*opened, *own)])
            found = {session.owner, *(one.id for one in known.participants)}
            found.update(one.id for one in known.invited)
            every = [*opened, *own]
            found |= admission.audience(every, session.owner, found, self.members)
        return rosters.wanted(found - {""}, self.members)

    def _session(self, book: Book, entity: str, made: Sequence[Entry]) -> sessions.Session:
        """As much of the session as tells who takes part, after `made`."""
        opened, own = self._about_people(book, entity, made)
        return sessions.build([*opened, *own])

    def _about_people(
        self, book: Book, entity: str, made: Sequence[Entry]
    ) -> tuple[list[Placed], list[Placed]]:
        """What is said of who takes part, as far as it can be opened here; and what `made` says."""
        own = [Placed(one, entity, self._store.device, TEAM) for one in made if one.kind in PEOPLE]
        return self._believed(book.opened(PEOPLE)), own

    def _sealed(
        self, entity: str, book: Book, made: Sequence[Entry], session: sessions.Session
    ) -> list[Entry]:
        self._check(entity, book, made, session)
        now = self.wanted(book, session, made)
        epoch = rosters.current(book.good, now, book.numbers())
        known = book.key(epoch) if epoch and not self._history(book, now, session) else None
        started: list[Entry] = []
        if epoch is None or known is None:
            made = [*made, *self._title(book, now, session)]
            epoch, known, entry = self._new_epoch(entity, book, now, session)
            started = [entry]
        nonces = self._store.random(sealing.NONCE_BYTES * len(made))
        size, device = sealing.NONCE_BYTES, self._store.device
        result = [
            entries.seal(one, device, epoch, known, nonces[n * size : (n + 1) * size])
            if _is_plain(one)
            else one
            for n, one in enumerate(made)
        ]
        book.keep([*started, *result], entity, device, TEAM)
        return [*started, *result]

    def _new_epoch(
        self, entity: str, book: Book, now: Wanted, session: sessions.Session
    ) -> tuple[Epoch, bytes, Entry]:
        me = self._store.person
        if key(me) not in self.members.addresses(self._store.device):
            raise NotPermitted(
                f"{entity} needs a new key, and the others take none from {me}: the team does not "
                "know this clone as a device of his",
                "git config user.email ADDRESS, the one that `git naturecode team show` has (or "
                "take GIT_AUTHOR_EMAIL back)",
            )
        heads = rosters.latest(book.good)
        # Whoever was sent away could else begin one that nobody in it is entitled to follow.
        inside = {n: one for n, one in book.good.items() if self._store.device in one.roster}
        heads += [one for one in rosters.latest(inside) if one not in heads]
        plan = epochs.Plan(
            entity, self.members.team, 1 + max((one.number for one in heads), default=0),
            now.roster, now.waiting, [one.digest for one in heads],
        )  # fmt: skip
        secret = self._store.random(hpke.KEY_BYTES)
        text = epochs.make(
            plan, secret, self._store.device, self.ring.public, self.ring.sign,
            self._history(book, now, session),
        )  # fmt: skip
        epoch = epochs.read(text)
        if not book.accepts(epoch):
            raise self._closed(entity, book, session, now)
        (entry,) = self._store.entries_of([epochs.draft(text)])
        book.add(epoch, secret)
        return epoch, secret, entry

    def _title(self, book: Book, now: Wanted, session: sessions.Session) -> list[Entry]:
        """The name of the session, said again for people who were not there when it was said."""
        known = {one.who for epoch in book.good.values() for one in epoch.roster.values()}
        if not book.good or not session.name or {one.who for one in now.roster.values()} <= known:
            return []
        said = [one.entry for one in book.opened(PEOPLE)]
        return self._store.entries_of([drafts.setting(said, "title", session.name)])

    def _history(
        self, book: Book, now: Wanted, session: sessions.Session
    ) -> Mapping[str, tuple[bytes, Sequence[str]]]:
        """The keys of earlier epochs for those who were invited with them."""
        asked = {key(who) for who in session.with_history}
        devices = [name for name, one in now.roster.items() if one.who in asked]
        found = {}
        for digest, epoch in book.every.items():
            known = book.key(epoch)
            fresh = [name for name in devices if not _has(book, epoch, name)]
            if known is not None and fresh:
                found[digest] = (known, fresh)
        return found

    def _check(
        self, entity: str, book: Book, made: Sequence[Entry], session: sessions.Session
    ) -> None:
        """Raise NotPermitted unless this person can read the session and may write what is made."""
        me = self._store.person
        now = self.wanted(book, session, made)
        if self._is_left_out(book, session, now):
            raise NotPermitted(
                f"{entity} is encrypted, and goes on under a key that is not for you",
                f"its owner {session.owner} can let you in again: "
                f"git naturecode session invite {ids.tail(entity)} {me}",
            )
        if self._store.device not in now.roster or (book.good and not book.readable):
            raise self._closed(entity, book, session, now)
        owns = key(session.owner) == key(me)
        asks = any(one.kind == "invite" for one in made)
        if asks and not owns and not self.members.may_invite(self._store.device):
            raise NotPermitted(
                f"{me} may not let anybody into {entity}",
                f"its owner {session.owner} can, and who has session:invite in the team",
            )
        if any(one.kind in _SAID for one in made) and not session.people.can(me, "write"):
            raise NotPermitted(f"{me} may not write in {entity}", f"ask its owner {session.owner}")

    def _is_left_out(self, book: Book, session: sessions.Session, now: Wanted) -> bool:
        """True when others went on without this person; nobody sends the owner away."""
        mine = self.members.addresses(self._store.device)
        owns = key(session.owner) in mine
        return not owns and rosters.is_left_out(book.good, book.readable, mine, now.roster)

    def _closed(
        self, entity: str, book: Book, session: sessions.Session, now: Wanted
    ) -> NotPermitted:
        me, owners = key(self._store.person), rosters.owners(book.placed)
        if len(owners) > 1:
            return NotPermitted(
                f"{entity} is encrypted, and {' and '.join(sorted(owners))} say that they began it",
                "begin another one; or an admin removes who did not, or revokes the device",
            )
        asked = me in map(key, _ids(session))
        if asked or me in now.waiting or any(one.who == me for one in now.roster.values()):
            return NotPermitted(
                f"{entity} is encrypted, and this device has no key for it yet",
                "`git naturecode sync` tells the others of it; whoever of them syncs next gives "
                "it the key",
            )
        return NotPermitted(
            f"{entity} is encrypted, and not for you",
            f"its owner {session.owner} can let you in: "
            f"git naturecode session invite {ids.tail(entity)} {self._store.person}",
        )

    def _unclear(self, entity: str, made: Sequence[Entry]) -> list[Entry]:
        """`made` where no epoch counts; raises NotPermitted where a member says there should be.

        Also where what he said does not count any more: what was encrypted is not gone on with in
        the clear because somebody was removed.
        """
        every = self._store.read_all(ids.tail(entity), entity.split("-")[0])
        names = {one.entity for one in every}
        records = rosters.found(one for one in every if one.side == TEAM)
        if any(one.session in names and self.members.addresses(one.device) for one in records):
            raise NotPermitted(
                f"a member says that {entity} is encrypted, and that does not count (any more)",
                "nothing was written; begin another session, or see `git naturecode quarantine "
                "list` for what was said and why it is not believed",
            )
        return list(made)

    def _believed(self, opened: list[Placed]) -> list[Placed]:
        """`opened` without what its author may not say, now that it can be read.

        The judge of the ciphertext knows that somebody changed a permission, but not whose.
        """
        owners = rosters.owners(opened)
        sure = owners if len(owners) == 1 else set[str]()
        if not any(_needs_a_right(one.entry, sure) for one in opened):
            return opened
        from git_naturecode import trusting

        around = [one for one in opened if one.entry.kind in PEOPLE]
        out = trusting.refused(self._store, around)
        return [one for one in opened if one.entry.key not in out]


def _ids(session: sessions.Session) -> list[str]:
    return [one.id for one in session.participants] + [one.id for one in session.invited]


def _needs_a_right(entry: Entry, owners: Collection[str]) -> bool:
    """True for what was encrypted by somebody but the owner, and takes more than to take part."""
    by = key(text_of(entry, "by"))
    if entry.as_written is entry or by in owners:
        return False
    if entry.kind in ("join", "leave"):
        return key(text_of(entry, "who") or by) != by
    field = text_of(entry, "field")
    return entry.kind == "invite" or field.startswith(FIELD) or field in ("team", "visibility")


def _is_plain(entry: Entry) -> bool:
    """True for what is still to be sealed."""
    if entry.kind == epochs.KIND or entry.as_written is not entry:
        return False
    return not entry.is_stub and not entry.is_sealed


def _has(book: Book, epoch: Epoch, device: str) -> bool:
    """True when `device` was given the key of `epoch` before."""
    given = (one.history.get(epoch.digest, {}) for one in book.good.values())
    return device in epoch.wraps or any(device in one for one in given)
