"""One encrypted session: its epochs, those of their keys that are here, opening its entries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from git_naturecode.crypto.hpke import NotOpened
from git_naturecode.domain import epochs, rosters
from git_naturecode.domain import sealed as entries
from git_naturecode.domain.epochs import KIND, Epoch
from git_naturecode.domain.rosters import Standing
from git_naturecode.domain.said import text_of
from git_naturecode.errors import NaturecodeError
from git_naturecode.sealed.ring import Ring
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import Placed


class Book:
    """What `placed`, all entries about one session, say of its keys."""

    def __init__(self, placed: Sequence[Placed], ring: Ring, standing: Standing) -> None:
        self.placed = list(placed)
        self._ring = ring
        self._standing = standing
        self._keys: dict[str, bytes | None] = {}
        self.records = rosters.found(placed)
        self.good = self._accepted(
            rosters.found(
                one for one in placed if one.entry.kind == KIND and rosters.authors(one, standing)
            )
        )

    def _accepted(self, records: Iterable[Epoch]) -> dict[str, Epoch]:
        names = {one.entity for one in self.placed}
        owners = rosters.owners(self.placed)
        return rosters.accepted(records, names, owners, self._standing)

    def accepts(self, epoch: Epoch) -> bool:
        """True when `epoch` would count after those that do; the first one always."""
        return not self.good or epoch.digest in self._accepted([*self.good.values(), epoch])

    @cached_property
    def every(self) -> dict[str, Epoch]:
        """The epochs that count, and those of the session that this one was forked from."""
        origins = set()
        for one in self.placed:
            if one.entry.kind == "open":
                forked = self._open(one, self.good).entry.header.get("forked")
                if isinstance(forked, dict):
                    origins.add(forked.get("session"))
        theirs = (
            one
            for one in self.records
            if one.session in origins
            and one.team == self._standing.team
            and self._standing.addresses(one.device)
        )
        return self.good | {one.digest: one for one in theirs}

    def opened(self, kinds: Iterable[str] | None = None) -> list[Placed]:
        """All entries (only those of `kinds`), each opened for which there is a key."""
        wanted = None if kinds is None else set(kinds)
        return [
            self._open(one, self.every)
            for one in self.placed
            if wanted is None or one.entry.kind in wanted
        ]

    def _open(self, placed: Placed, known: dict[str, Epoch]) -> Placed:
        entry = placed.entry
        epoch = known.get(text_of(entry, "epoch")) if entry.is_sealed else None
        key = self.key(epoch) if epoch else None
        if epoch is None or key is None:
            return placed
        try:
            return placed._replace(entry=entries.unseal(entry, epoch, key))
        except NotOpened:
            return placed

    def key(self, epoch: Epoch) -> bytes | None:
        """The key of `epoch`; None where this user has none."""
        if epoch.digest not in self._keys:
            self._keys[epoch.digest] = self._found(epoch)
        return self._keys[epoch.digest]

    def _found(self, epoch: Epoch) -> bytes | None:
        for device in self._ring.devices:
            for source in (epoch, *self.good.values()):
                given = source.wraps if source is epoch else source.history.get(epoch.digest, {})
                if device not in given:
                    continue
                try:
                    private = self._ring.private(device)
                    if source is epoch:
                        return epochs.key_for(epoch, device, private)
                    return epochs.earlier_key(source, epoch, device, private)
                except (NotOpened, NaturecodeError):  # a key of ours that is gone: try the others
                    continue
        return None

    @property
    def readable(self) -> set[str]:
        """The epochs that count and whose keys are here."""
        return {name for name, one in self.good.items() if self.key(one) is not None}

    def numbers(self) -> Counter[str]:
        """How many entries are sealed under each epoch."""
        return Counter(text_of(one.entry, "epoch") for one in self.placed if one.entry.is_sealed)

    def add(self, epoch: Epoch, key: bytes) -> None:
        """Take in an epoch that was made here just now."""
        self.good[epoch.digest] = epoch
        self.every[epoch.digest] = epoch
        self._keys[epoch.digest] = key

    def keep(self, made: Iterable[Entry], entity: str, device: str, side: str) -> None:
        """Take in what was sealed here just now."""
        self.placed += [Placed(one, entity, device, side) for one in made]
