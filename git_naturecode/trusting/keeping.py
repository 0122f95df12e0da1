"""The judge of one clone: what all trust lines add up to, and what that says of each entry."""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from git_naturecode import ids
from git_naturecode.git import tree
from git_naturecode.git.objects import Missing
from git_naturecode.store import pins, trust, unsigned
from git_naturecode.store.device import config_folder
from git_naturecode.store.index_file import is_elsewhere
from git_naturecode.store.judged import UNSIGNED, Key, Mark
from git_naturecode.store.store import TEAM, Placed, Store
from git_naturecode.store.trust_db import Known, TrustDb, covered
from git_naturecode.store.trust_file import FILE, MEMORY
from git_naturecode.trusting import ENFORCED, TEAMED, TEAMLESS, chain

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing

# Compared, not looked up: a name may be anything.
_PLAIN = ("sign", "adopt", "drop", "purge", "backup")
_ENFORCED = "enforced"
_NOT_YET = "not signed yet: the next sync does so"
Result = TypeVar("Result")
Entity = tuple[str, str]
"""Kind and last part of an id."""


class Keeper:
    """The trust lines of a clone as far as they are verified, and all that follows from them."""

    def __init__(
        self, store: Store, db: TrustDb | None = None, *, root: str | None = None,
        alone: bool = False, pinned: str = "",
    ) -> None:  # fmt: skip
        """`alone`: of the tree `root` and nothing that this clone itself wrote; `pinned`: the team
        that is trusted whatever the pins say.
        """
        self.store = store
        self.db = db or TrustDb(os.path.join(store.state_dir, FILE))
        self._root = root
        self._alone = alone
        self._pinned = pinned
        self._standing: Standing | None = None
        self._read = 0

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    # -- lines ----------------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """ "" (nothing is signed), TEAMLESS, TEAMED (not enforced) or ENFORCED."""
        return self.db.get("mode")

    def refresh(self) -> list[Known]:
        """Take in what was signed since the last time; the new lines.

        Loads cryptography where there are some.
        """
        return self._written(self._take_in)

    def _take_in(self) -> list[Known]:
        objects, root = self.store.team.objects, self.root
        if self.db.has_taken_in(objects, root) and not self._has_chain():
            return []
        with self.db.transaction():  # whoever is killed between lines and mode would leave it open
            fresh = self.db.take_in(objects, root)
            fresh += self._of_chain()
            if fresh:
                self._weigh(fresh)
        return fresh

    def _written(self, change: Callable[[], Result]) -> Result:
        """What `change` gives; where the file cannot be written it is done in memory."""
        try:
            return change()
        except sqlite3.DatabaseError as error:
            if self.db.path == MEMORY or not is_elsewhere(error):
                raise
        self.db.leave_disk()
        self._standing, self._read = None, 0
        return change()

    @property
    def root(self) -> str | None:
        """The tree that is looked at."""
        return self._root if self._alone else self.store.team.tree()

    @property
    def is_complete(self) -> bool:
        """True when `refresh` has left nothing in the logs; it takes a flood in turns."""
        return self.db.has_taken_in(self.store.team.objects, self.root)

    def added(self, lines: Sequence[bytes], device: str) -> None:
        """Take in `lines` that were signed here, and need not be verified."""
        self._written(lambda: self._add(lines, device))

    def _add(self, lines: Sequence[bytes], device: str) -> None:
        fresh = []
        with self.db.transaction():
            for line in lines:
                said = trust.read(line)
                assert said is not None
                known = Known(trust.digest(line), device, said)
                if self.db.add(known):
                    fresh.append(known)
            if fresh:
                self._weigh(fresh)

    @property
    def standing(self) -> "Standing":
        """What all lines add up to, with the team that is pinned."""
        from git_naturecode.domain import policy
        from git_naturecode.trusting.checks import Checks

        pinned = self._pinned or pins.load(self.store.state_dir).team
        found = []
        for number, known in self.db.lines(self._read):
            self._read = number
            line = policy.line_of(known.digest, known.said)
            if line is not None:
                found.append(line)
        if self._standing is None:
            self._standing = policy.evaluate(found, pinned, Checks(self.db))
        else:
            self._standing = self._standing.extended(found).pin(pinned)
        return self._standing

    def repin(self) -> None:
        """Weigh all again, since another team is pinned."""
        self._written(lambda: self._weigh(None))

    def _has_chain(self) -> bool:
        return not self._alone and unsigned.is_marked(self.store.state_dir)

    def _of_chain(self) -> list[Known]:
        """What this device has signed and a crash has kept out of its log."""
        if not self._has_chain():
            return []
        device, folder = self.store.device, os.path.join(config_folder(self.store.environ), "keys")
        found = []
        with self.db.transaction():
            for line in chain.read(folder, device):
                said = trust.read(line)
                if said is not None and trust.is_genuine(line, device):
                    known = Known(trust.digest(line), device, said)
                    if self.db.add(known):
                        found.append(known)
        return found

    def _weigh(self, fresh: Sequence[Known] | None) -> None:
        """Note which verdicts the lines `fresh` may change (None: all of them)."""
        plain = fresh is not None and all(map(self._is_plain, fresh)) and self.mode == TEAMLESS
        standing = None if plain else self.standing
        mode = TEAMLESS
        if standing is not None and standing.team:
            mode = ENFORCED if standing.mode == _ENFORCED else TEAMED
        with self.db.transaction():
            touched = self._touched(fresh) if fresh is not None else None
            if mode != self.db.get("mode") or (standing and self._is_news(standing, fresh)):
                touched = None
            self.db.put("mode", "" if self.db.is_empty else mode)
            if standing is not None:
                self.db.put("team", standing.team)
                teams = standing.teams.values()
                self.db.put("names", ", ".join(sorted(t.name for t in teams if not t.deleted)))
                waits = any(why.code == "waiting" for why in standing.refused.values())
                self.db.put("waits", "yes" if waits else "")
            self.db.touch(touched)

    def _is_news(self, standing: "Standing", fresh: Sequence[Known] | None) -> bool:
        """True when what is new may change what was thought of older lines."""
        if fresh is None or self.db.get("waits") or standing.is_unsettled:
            return True
        return bool(standing.team) and not all(map(self._is_plain, fresh))

    def _is_plain(self, known: Known) -> bool:
        """True for a line that only signs, as a device does that has said the same before."""
        said = known.said["ops"]
        if not all(isinstance(op, dict) and op.get("op") in _PLAIN for op in said):
            return False
        return known.said["seq"] > 1 and self.db.names_team_before(known)

    def _touched(self, fresh: Iterable[Known]) -> set[Entity]:
        """The entities that `fresh` says something about, and those with copies of its entries."""
        found: set[str] = set()
        for known in fresh:
            for name in ("sign", "adopt"):
                for entity, keys in covered(known.said, name):
                    found.add(entity)
                    found |= self.db.entities_of(keys) if self.mode != TEAMLESS else set()
        return {(one.split("-")[0], ids.tail(one)) for one in found if ids.ENTITY.fullmatch(one)}

    # -- verdicts -------------------------------------------------------------------------------

    def own(self) -> frozenset[Key]:
        """(id, hash) of what this clone wrote and has not signed."""
        if self._alone:
            return frozenset()
        log, device = self.store.team, self.store.device
        found = {
            (one.id, one.hash)
            for one in unsigned.read(self.store.state_dir) if one.device == device
        }  # fmt: skip
        for segment in self.store.waiting(log):
            if segment.device == device:
                found.update(one.key for one in segment.entries)
        return frozenset(found)

    def marks(self, kind: str, tail: str, placed: Sequence[Placed]) -> Mapping[Key, Mark]:
        """What is not plainly verified among `placed`, all entries about one entity."""
        shared = {one.entry.key: one for one in placed if one.side == TEAM}
        mode = self.mode
        if not shared or not mode:
            return {}
        own = self.own() & shared.keys()
        if mode == TEAMLESS:
            sound = set[Key]()
            for entity in {one.entity for one in shared.values()}:
                sound |= self.db.sound(entity)
            return {
                key: Mark(UNSIGNED, _NOT_YET) if key in own
                else Mark("unverified", "nobody has signed it")
                for key in shared if key not in sound
            }  # fmt: skip
        what = _name(shared, own)
        known = self.db.known_marks(kind, tail, what)
        if known is not None:
            return {key: Mark(*rest) for key, *rest in known}
        found = self._judged(f"{kind}-", shared, own)
        entries = {key: (one.entity, one.entry) for key, one in shared.items()}
        rows = [(entries[key][0], *key, *mark, entries[key][1].kind) for key, mark in found.items()]
        self._written(lambda: self.db.keep_marks(kind, tail, what, rows))
        return found

    def refused(self, placed: Sequence[Placed]) -> set[Key]:
        """What is in quarantine among `placed`, entries of one entity that were encrypted.

        Judged by what they say once they are open; nothing of that is kept.
        """
        shared = {one.entry.key: one for one in placed if one.side == TEAM}
        if not shared or self.mode != ENFORCED:
            return set()
        noun = f"{min(one.entity for one in shared.values()).split('-')[0]}-"
        found = self._judged(noun, shared, self.own() & shared.keys())
        return {key for key, mark in found.items() if mark.state == "quarantined"}

    def _judged(
        self, noun: str, shared: Mapping[Key, Placed], own: Collection[Key]
    ) -> dict[Key, Mark]:
        from git_naturecode.domain import policy

        covers: dict[Key, list[str]] = {}
        adopted: dict[Key, list[str]] = {}
        for entity in sorted({one.entity for one in shared.values()}):
            for table, into in (("cover", covers), ("adopted", adopted)):
                for key, lines in self.db.covers(entity, table).items():
                    into.setdefault(key, []).extend(lines)
        mine = policy.Own(self.store.device, own) if own else None
        verdicts = policy.judge(
            self.standing, noun, shared.values(), covers, adopted, self.db.elsewhere,
            self.inherited, mine,
        )  # fmt: skip
        found = {}
        for key, (state, reason, signer) in verdicts.items():
            if state == "verified":
                continue
            if key in own:  # whatever the others will think of it, it is no forgery
                state, signer = UNSIGNED, ""
            found[key] = Mark(state, reason, signer)
        return found

    def dropping(self) -> "Callable[[str, Key], bool]":
        """Whether an entry (of which entity, id and hash) in quarantine was dropped.

        By this person here, or by a maintainer for everybody: the team is weighed only where
        anything was.
        """
        here = pins.load(self.store.state_dir).dropped
        everywhere = {
            (entity, key)
            for entity, key, line in self.db.dropped()
            if self.standing.is_maintainer(line)
        }
        return lambda entity, key: f"{key[0]} {key[1]}" in here or (entity, key) in everywhere

    @cached_property
    def inherited(self) -> frozenset[str]:
        """The hashes of the entries that were here before the team, as its genesis lists them."""
        found: set[str] = set()
        for name in self.standing.inherited:
            path = f"files/{name[:2]}/{name}"
            data = tree.read_path(self.store.team.objects, self.root, path) or b""
            if hashlib.sha256(data).hexdigest() == name:
                found.update(data.decode("ascii", "replace").split())
        return frozenset(found)

    def uncovered(self) -> set[str]:
        """The hashes of all shared entries that no line of an unbroken chain signs."""
        from git_naturecode.store import format, purge
        from git_naturecode.store.paths import parse_segment_path

        log, found = self.store.team, set[str]()
        sound: dict[str, set[Key]] = {}
        for path, _, data in purge.segments(log.objects, log.tree()):
            place = parse_segment_path(path)
            assert place is not None
            if place[0] not in sound:
                sound = {place[0]: self.db.sound(place[0])}
            segment = format.parse(data)
            found.update(e.hash for e in segment.entries if e.key not in sound[place[0]])
        return found

    def lines_at(self, commit: str) -> dict[str, str]:
        """Device -> digest of its last known line, of those lines that stand in `commit`."""
        objects = self.store.team.objects
        found: dict[str, tuple[int, str]] = {}
        try:
            folder = tree.find(objects, tree.tree_of(objects, commit), "log/trust")
            files = tree.files(objects, folder.oid) if folder and folder.is_tree else {}
            for path, oid in files.items():
                device = path.rpartition("/")[2].split(".")[0]
                for line in objects.read(oid)[1].split(b"\n"):
                    seq = self.db.seq_of(trust.digest(line), device) if line else 0
                    if seq > found.get(device, (0, ""))[0]:
                        found[device] = (seq, trust.digest(line))
        except Missing:
            return {}
        return {device: digest for device, (_, digest) in found.items()}


def _digest(*parts: str) -> str:
    return ids.digest(parts).hex()


def _name(shared: Mapping[Key, Placed], own: Collection[Key]) -> str:
    parts = [f"{name} {hashed}{' own' if (name, hashed) in own else ''}" for name, hashed in shared]
    return _digest(*sorted(parts))
