"""Purging: finding texts that should never have been said, and taking them out for good."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from git_naturecode import ids
from git_naturecode.errors import NaturecodeError, Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Content
from git_naturecode.redact import Redactor
from git_naturecode.store import forgetting, format, join, paths, purge, seal, trust
from git_naturecode.store.device import config_folder
from git_naturecode.store.entry import Draft, Entry, Json, writer
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log
from git_naturecode.store.store import PRIVATE, TEAM, Store

_WAIT = 30.0
# Header keys that the store fills by itself; random ones among them look like secrets.
_OURS = frozenset({"id", "at", "by", "kind", "salt", "over", "enc", "sha", "red", "device"})
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """An entry that holds something: where it stands, who wrote it, and whether he is here.

    `labels` name what was found in it; `instead` is what is left to say without it, if anything.
    """

    side: str
    entity: str
    entry: Entry
    writer: str
    mine: bool
    labels: tuple[str, ...] = ()
    instead: Draft | None = None

    @property
    def name(self) -> tuple[str, str, str]:
        """What the join knows a purged text by."""
        return (*self.entry.key, self.writer)


@dataclass
class Done:
    """What a purge did: texts taken out here, refs of the user that still hold them."""

    purged: int = 0
    kept: int = 0
    shared: bool = False
    refs: list[str] = field(default_factory=list)


def look(store: Store, redactor: Redactor, rule: str, tell: Tell) -> Iterator[Found]:
    """Every entry of this clone in which `redactor` finds something (`rule`: only by that rule)."""
    for number, found in enumerate(_everything(store), 1):
        if number % 5_000 == 0:
            tell(f"{number} entries")
        labels, instead = _again(found.entry, redactor)
        labels = tuple(label for label in labels if not rule or label.startswith(f"{rule}:"))
        if labels:
            yield replace(found, labels=labels, instead=instead)


def named(store: Store, entity: str, entries: Iterable[str]) -> list[Found]:
    """The entries of `entity` with these ids and the edits of them, wherever copies stand."""
    kind, wanted = entity.split("-")[0], set(entries)
    here = (placed.entry for placed in store.read(ids.tail(entity), kind))
    keys = {e.key for e in here if wanted & {e.id, str(e.header.get("target"))} and _says(e)}
    return [found for found in _everything(store) if found.entry.key in keys]


def _says(entry: Entry) -> bool:
    """True for what holds words of a person; a redaction of them stays."""
    return entry.kind != "redact"


def take_out(store: Store, targets: Iterable[Found]) -> Done:
    """Purge `targets`, all written by devices of this person, from this clone.

    What is left to say without them is said again first. What is shared gets a signed record, by
    which every clone and remote loses the texts when it is synced; see store/purge.
    """
    targets = list(targets)
    done = Done(len({found.name for found in targets}))
    shared = [found for found in targets if found.side == TEAM]
    store.settle(_WAIT)
    done.kept = _say_again(store, targets)
    store.settle(_WAIT)
    if shared:
        _record(store, shared)
        done.shared = True
    private = frozenset(found.name for found in targets if found.side == PRIVATE)
    done.refs = forgetting.forget(store, private)
    return done


def _record(store: Store, targets: Iterable[Found]) -> None:
    """One parentless commit of all that is here, without the texts and with the record."""
    log = store.team
    with hold(store.lock, _WAIT) as held:
        if not held:
            raise NaturecodeError(
                "another git naturecode is writing here", "wait for it, then run the command again"
            )
        for _ in range(20):
            head, root = log.head(), log.tree()
            files = dict(_records(store, root, targets))
            book = purge.records(log.objects, root, forgetting.verifier(store))
            for path, data in files.items():
                found = paths.TRUST.fullmatch(path)
                assert found is not None
                book.add(data, found["device"], forgetting.verifier(store))
            everything: dict[str, Content | None] = {
                **dict(purge.stubbed(log.objects, root, frozenset(book.purged))), **files
            }  # fmt: skip
            text = seal.message("Remove what was purged", book.need)
            new = log.objects.commit(Change(root, everything, (), store.now_ms() // 1000, text))
            forgetting.expect(store, new)
            if log.move(new, head, _WAIT):
                return
    raise NaturecodeError(f"{log.ref} keeps moving", "run the command again")


def _records(
    store: Store, root: str | None, targets: Iterable[Found]
) -> Iterator[tuple[str, bytes]]:
    """The trust log of each writing device, with its record."""
    from git_naturecode.crypto import keys

    folder = os.path.join(config_folder(store.environ), "keys")
    by_device: dict[str, set[purge.Name]] = {}
    for found in targets:
        by_device.setdefault(found.writer, set()).add(found.entry.key)
    for device, names in by_device.items():
        path = paths.trust_path(device)
        before = _content(store.team, root, path)
        public = keys.public_key(folder, device)
        for operations in purge.operations(names):
            at = str(store.stamps.take()[0])
            sign = partial(keys.sign, folder, device)
            line = trust.line(before, device, public, at, operations, sign)
            before = join.join_lines(before, line + b"\n")
        yield path, before


def _content(log: Log, root: str | None, path: str) -> bytes:
    return tree.read_path(log.objects, root, path) or b""


def _say_again(store: Store, targets: Iterable[Found]) -> int:
    """Keep what the purged entries said besides; each once, however many copies there are."""
    once = {found.name: found for found in targets if found.instead is not None}
    for found in once.values():
        assert found.instead is not None
        store.write(found.side, found.entity, [found.instead])
    return len(once)


def _everything(store: Store) -> Iterator[Found]:
    """Every text of this clone that was not purged, drained or waiting."""
    folder = os.path.join(config_folder(store.environ), "keys")
    store.settle(_WAIT)
    for log in store.sides:
        for path, _, data in purge.segments(log.objects, log.tree()):
            place = paths.parse_segment_path(path)
            assert place is not None
            try:
                segment = format.parse(data)
            except Unsupported:  # of a later program, or damaged: `doctor` tells
                continue
            for entry in segment.entries:
                if not entry.is_stub:
                    who = writer(entry, place[1])
                    mine = os.path.exists(os.path.join(folder, f"{who}.key"))
                    yield Found(log.name, place[0], entry, who, mine or log.name == PRIVATE)


def _again(entry: Entry, redactor: Redactor) -> tuple[tuple[str, ...], Draft | None]:
    """What is found in `entry`, and the draft that says the rest."""
    others: dict[str, Json] = {k: v for k, v in entry.header.items() if k not in _OURS}
    fields, found = redactor.value(others)
    body, more = (None, ()) if entry.body is None else redactor.text(entry.body)
    labels = (*found, *more)
    if not labels:
        return (), None
    known = entry.header.get("red")
    red = [str(one) for one in known] if isinstance(known, list) else []
    kept = {**fields, "t": entry.header.get("t") or entry.at[:24]}
    if "over" in entry.header:
        kept["over"] = entry.header["over"]
    return labels, Draft(entry.kind, kept, body, entry.id, (*red, *labels), clean=True)
