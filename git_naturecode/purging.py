"""Purging: finding texts that should never have been said, and taking them out for good."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from git_naturecode import ids, trusting
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import DELETE, KIND, REVISION
from git_naturecode.errors import NaturecodeError, Unsupported
from git_naturecode.git.objects import Change, Content
from git_naturecode.kb.beside import ViewsBeside
from git_naturecode.redact import Redactor
from git_naturecode.store import (
    attachments,
    forgetting,
    format,
    paths,
    purge,
    seal,
    second_look,
)
from git_naturecode.store.device import config_folder
from git_naturecode.store.entry import Draft, Entry, Json, writer
from git_naturecode.store.lock import alone
from git_naturecode.store.store import PRIVATE, TEAM, Store

_WAIT = 30.0
_MANY = 500  # logs between two words of progress
_KEPT = ("over", "target", "on")  # what is said again is about the same
_STAYING = frozenset({"redact", "resolve", "reopen"})
_HEAD_BYTES = 200  # of a log, which say what it is about
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


@dataclass(frozen=True)
class FoundFile:
    """A file kept by its content that holds something: on which side, where, and what it is."""

    side: str
    path: str
    labels: tuple[str, ...]


@dataclass
class Done:
    """What a purge did: texts taken out here, refs of the user that still hold them.

    `behind` says why traces are left in this clone for the next command to remove.
    """

    purged: int = 0
    kept: int = 0
    shared: bool = False
    refs: list[str] = field(default_factory=list)
    behind: str = ""


def look(store: Store, redactor: Redactor, rule: str, tell: Tell) -> Iterator[Found]:
    """Every entry of this clone in which `redactor` finds something (`rule`: only by that rule)."""
    for found in _everything(store, tell):
        labels, instead = _again(found.entry, redactor)
        if labels := _by_rule(labels, rule):
            yield replace(found, labels=labels, instead=instead)


def look_in_files(store: Store, redactor: Redactor, rule: str) -> Iterator[FoundFile]:
    """Every file beside the logs in which `redactor` finds something (`rule`: only by that rule).

    Nobody is known to have written it, so that no record reaches it: it can only be told of.
    """
    for log in store.sides:
        for path, oid in attachments.every(log).items():
            text = log.objects.read(oid)[1].decode("utf-8", "replace")
            labels = _by_rule(redactor.text(text)[1], rule)
            if labels:
                yield FoundFile(log.name, path, labels)


def _by_rule(labels: Iterable[str], rule: str) -> tuple[str, ...]:
    return tuple(label for label in labels if not rule or label.startswith(f"{rule}:"))


def named(store: Store, entity: str, entries: Iterable[str], tell: Tell) -> list[Found]:
    """The entries of `entity` with these ids and the edits of them, wherever copies stand.

    Of a review what was settled stays settled.
    """
    kind, wanted = entity.split("-")[0], set(entries)
    here = (placed.entry for placed in store.read_all(ids.tail(entity), kind))
    keys = {e.key for e in here if wanted & {e.id, str(e.header.get("target"))} and _says(e)}
    marks = {name.encode() for name, _ in keys}
    everything = _everything(store, tell, lambda data: any(mark in data for mark in marks))
    return [found for found in everything if found.entry.key in keys]


def in_the_clear(store: Store, entity: str, tell: Tell) -> list[Found]:
    """What is shared about `entity` in the clear, to be said again encrypted and then taken out."""
    tail = ids.tail(entity).encode()
    found = []
    for one in _everything(store, tell, lambda data: tail in data[:_HEAD_BYTES]):
        entry = one.entry
        if one.side != TEAM or one.entity != entity or entry.is_sealed or entry.kind == "epoch":
            continue
        ours = {"id", "at", "by", "kind", "salt", "enc", "red", "device"}
        fields = {key: value for key, value in entry.header.items() if key not in ours}
        fields |= {"t": entry.header.get("t") or entry.at[:24]}
        before = entry.header.get("red")
        labels = tuple(map(str, before)) if isinstance(before, list) else ()
        again = Draft(entry.kind, fields, entry.body, entry.id, labels, clean=True)
        found.append(replace(one, instead=again))
    return found


def _says(entry: Entry) -> bool:
    """True for what goes with the words that it is about; a redaction of them stays."""
    return entry.kind not in _STAYING


def take_out(store: Store, targets: Iterable[Found]) -> Done:
    """Purge `targets`, all written by devices of this person, from this clone.

    What is left to say without them is said again first. What is shared gets a signed record, by
    which every clone and remote loses the texts when it is synced; see store/purge.
    """
    targets = list(targets)
    done = Done(len({found.name for found in targets}))
    shared = [found for found in targets if found.side == TEAM]
    store.settle(_WAIT)
    _try_keys(store, {found.writer for found in shared})
    done.kept = _say_again(store, targets)
    _say_where(store, shared)
    store.settle(_WAIT)
    if shared:
        _record(store, shared)
        done.shared = True
    private = frozenset(found.name for found in targets if found.side == PRIVATE)
    if private:
        forgetting.expect_private(store)
    try:
        done.refs = forgetting.forget(store, private)
    except NaturecodeError as behind:
        done.behind = f"{behind.message}; {behind.hint}"
    return done


def _try_keys(store: Store, devices: Iterable[str]) -> None:
    """Raise NaturecodeError where a key is damaged, before anything is written."""
    from git_naturecode.crypto import keys

    folder = os.path.join(config_folder(store.environ), "keys")
    for device in devices:
        keys.public_key(folder, device, store.unlock)
        keys.sign(folder, device, b"", store.unlock)


def _record(store: Store, targets: Iterable[Found]) -> None:
    """One parentless commit of all that is here, without the texts and with the record."""
    log = store.team
    with alone(store.lock, _WAIT):
        records = _operations(targets)
        _check_room(store, sum(map(len, records.values())))
        with trusting.signed(store, records) as lines:
            for _ in range(20):
                head, root = log.head(), log.tree()
                views = ViewsBeside(store, thorough=True)
                change = _change(store, root, lines(root), views)
                new = log.objects.commit(change)
                forgetting.expect(store, new, head)
                if log.move(new, head, _WAIT):
                    views.made(head, new, change.files)
                    return
    raise NaturecodeError(f"{log.ref} keeps moving", "run the command again")


def _check_room(store: Store, more: int) -> None:
    """Raise NaturecodeError when no seal has room for so many records more."""
    known = purge.records(store.team.objects, store.team.tree(), forgetting.verifier(store))
    if len(known.records) + more > purge.MAX_RECORDS:
        raise NaturecodeError(
            f"this branch has seen {purge.MAX_RECORDS} purges, and no clone would obey one more",
            "nothing was purged; begin a new branch (naturecode.branch)",
        )


def _change(
    store: Store, root: str | None, files: Mapping[str, bytes], views: ViewsBeside
) -> Change:
    """All that is in the tree `root` and in `files`, without what the records there name."""
    verify, objects = forgetting.verifier(store), store.team.objects
    book = purge.records(objects, root, verify)
    for path, data in files.items():
        found = paths.TRUST.fullmatch(path)
        assert found is not None
        book.add(data, found["device"], verify)
    stubs = dict(purge.stubbed(objects, root, book.purged))
    text = seal.message("Remove what was purged", book.need)
    laid: dict[str, Content | None] = {**stubs, **files}
    laid.update(views.beside(root, laid))  # what was made of the texts goes with them
    return Change(root, laid, (), store.now_ms() // 1000, text)


def _say_where(store: Store, targets: Iterable[Found]) -> None:
    """Say of each revision of an article, of which nothing is said again, where it stands among
    the others: nothing else would know after the purge, and no edit of it could be merged."""
    for found in targets:
        entry = found.entry
        if entry.kind not in (REVISION, DELETE) or found.instead is not None:
            continue
        placed = store.read_all(ids.tail(found.entity), KIND)
        if found.entity.startswith(f"{KIND}-") and not any(
            one.entry.kind == "redact" and one.entry.header.get("target") == entry.id
            for one in placed
        ):
            store.write(TEAM, found.entity, [makers.redaction(build(placed), entry.id)])


def _operations(targets: Iterable[Found]) -> dict[str, list[Json]]:
    """What each writing device has to say, so that `targets` are gone."""
    by_device: dict[str, set[purge.Name]] = {}
    for found in targets:
        by_device.setdefault(found.writer, set()).add(found.entry.key)
    return {
        device: [op for ops in purge.operations(names) for op in ops]
        for device, names in by_device.items()
    }


def _say_again(store: Store, targets: Iterable[Found]) -> int:
    """Keep what the purged entries said besides, the same wherever a copy of them stands.

    How many that were, each counted once.
    """
    again: dict[tuple[str, str, str], list[Entry]] = {}
    for name, side, entity, draft in {
        (found.name, found.side, found.entity): (
            found.name,
            found.side,
            found.entity,
            found.instead,
        )
        for found in targets
    }.values():
        if draft is not None:
            if name not in again:
                again[name] = store.entries_of([draft])
            if not _is_said(store, side, entity, draft, name[1]):
                store.keep(side, entity, store.sealed(side, entity, again[name]))
    return len(again)


def _is_said(store: Store, side: str, entity: str, draft: Draft, purged: str) -> bool:
    """True when a purge that was killed has said `draft` there already.

    `purged` is the hash of the entry that it takes the place of.
    """
    return any(
        one.side == side
        and one.entry.hash != purged
        and (one.entry.id, one.entry.kind, one.entry.body) == (draft.id, draft.kind, draft.body)
        and all(one.entry.header.get(key) == value for key, value in draft.fields.items())
        for one in store.read_all(ids.tail(entity), entity.split("-")[0])
    )


def _everything(
    store: Store, tell: Tell, holds: Callable[[bytes], bool] = lambda _: True
) -> Iterator[Found]:
    """Every text of this clone that was not purged, from the segments for which `holds` is true."""
    folder = os.path.join(config_folder(store.environ), "keys")
    store.settle(_WAIT)
    for log in store.sides:
        for number, (path, _, data) in enumerate(purge.segments(log.objects, log.tree()), 1):
            if number % _MANY == 0:
                tell(f"{number} logs")
            place = paths.parse_segment_path(path)
            assert place is not None
            if not holds(data):
                continue
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
    fields, body, labels, before = second_look.look(entry, redactor)
    if not labels:
        return (), None
    kept = {key: entry.header[key] for key in _KEPT if key in entry.header}
    kept |= {**fields, "t": entry.header.get("t") or entry.at[:24]}
    return labels, Draft(entry.kind, kept, body, entry.id, (*before, *labels), clean=True)
