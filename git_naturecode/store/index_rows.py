"""Taking changed logs into the index: a row for each entity at once, texts where they were in."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import ids
from git_naturecode.errors import NaturecodeError, Unsupported
from git_naturecode.git import beside, tree
from git_naturecode.git.objects import Missing, Objects
from git_naturecode.store import format, index_text, judged, paths, scan
from git_naturecode.store.described import Described, Part
from git_naturecode.store.entry import Json
from git_naturecode.store.log import Log
from git_naturecode.store.store import PRIVATE, TEAM, Placed

if TYPE_CHECKING:
    from git_naturecode.store.index import Index

_LOT = 200  # entities
_MOST_AGAIN = 1_000  # entities whose texts are looked through at once; else all texts are dropped

Key = tuple[str, str]
"""Kind and last part of an id."""

Parts = Sequence[tuple[str, str]]
"""Side and id of each segment of an entity."""


class Blob(NamedTuple):
    """A segment as it was found: which side it stands on, and its bytes."""

    side: str
    data: bytes


def refresh(index: "Index") -> None:
    """Bring the rows up to the present trees, and take out every text that is there no more."""
    db, judge = index.db, index.store.judge
    if judge is not None:
        judge.refresh()
    index.weigh()
    db.execute("begin immediate")
    with db:
        stale: set[Key] = _judged_anew(index)
        for log in index.store.sides:
            if log.head() != index.tip(log.name):
                stale |= _note_changes(db, log)
        again = _with_texts(db, stale)
        if len(again) > _MOST_AGAIN:
            index_text.drop(db, {kind for kind, _ in again})
            again = {}
        _take_in(index, stale - again.keys(), texts=False)
        _take_in(index, again.keys(), texts=True)
    index_text.scrub(db)
    index_text.mark(index)


def _judged_anew(index: "Index") -> set[Key]:
    """The entities of which something else counts now than when they were taken in."""
    db, judge = index.db, index.store.judge
    if judge is None or judge.version == (index.tip("trust") or ""):
        return set()
    found = judge.changed(index.tip("trust") or "")
    db.execute("insert or replace into source values ('trust', ?, null)", (judge.version,))
    if found is None:
        found = set(db.execute("select distinct kind, tail from part"))
    return found


def put(
    db: sqlite3.Connection, kind: str, tail: str, found: Described | None, *, texts: bool
) -> None:
    """Write what is known of an entity in place of what was; None: there is none."""
    query = "select number from entity where kind = ? and tail = ?"
    row = db.execute(query, (kind, tail)).fetchone()
    number = row[0] if row else None
    if found is None:
        if number is not None:
            index_text.put(db, number, kind, ())
            db.execute("delete from facet where entity = ?", (number,))
            db.execute("delete from entity where number = ?", (number,))
        return
    text = _storable(json.dumps(found.row, ensure_ascii=False))
    values = (found.row["id"], found.changed, text, texts)
    if number is None:
        number = db.execute(
            "insert into entity (kind, tail, id, changed, row, filled) values (?, ?, ?, ?, ?, ?)",
            (kind, tail, *values),
        ).lastrowid
        assert number is not None
    else:
        db.execute(
            "update entity set id = ?, changed = ?, row = ?, filled = ? where number = ?",
            (*values, number),
        )
        db.execute("delete from facet where entity = ?", (number,))
    db.executemany(
        "insert or ignore into facet values (?, ?, ?)",
        [(name, _storable(value), number) for name, value in found.facets],
    )
    if texts:
        index_text.put(db, number, kind, found.texts)


def read(index: "Index", keys: Iterable[Key]) -> Iterator[tuple[Key, list[Blob]]]:
    """The segments of each of `keys` as the index knows them, read in one go.

    Raises NaturecodeError when one of them is not in this clone.
    """
    return _read(index, _where(index, keys))


def _where(index: "Index", keys: Iterable[Key]) -> list[tuple[Key, Parts]]:
    """Where the segments of each of `keys` stand; nothing for one that has none."""
    query = "select side, blob from part where kind = ? and tail = ? order by side desc, path"
    found = ((key, index.db.execute(query, key).fetchall()) for key in sorted(keys))
    return [(key, parts) for key, parts in found if parts]


def _read(index: "Index", wanted: Sequence[tuple[Key, Parts]]) -> Iterator[tuple[Key, list[Blob]]]:
    blobs = {}
    for name in (TEAM, PRIVATE):
        oids = [oid for _, parts in wanted for side, oid in parts if side == name]
        if oids:
            blobs[name] = index.store.side(name).objects.read_many(oids)
    try:
        for key, parts in wanted:
            yield key, [Blob(side, next(blobs[side])[1]) for side, _ in parts]
    except Missing as missing:
        raise NaturecodeError(
            f"a part of the record is not available offline ({missing})",
            "bring it here: git fetch --refetch, or git fetch --unshallow",
        ) from None


def described(index: "Index", key: Key, blobs: Sequence[Blob], *, texts: bool) -> Described | None:
    """What the domain says about an entity: from its headers where that is enough."""
    kind, tail = key
    outline = index.outline.get(kind)
    quick = parts(blobs) if outline else None
    judge, describe = index.store.judge, index.describe.get(kind)
    if index.enforced and judge is not None and describe:
        everything = _entries(quick) if quick is not None else placed(blobs)
        marks = judge.marks(kind, tail, everything)
        out = sum(not mark.counts for mark in marks.values())
        if out:
            found = describe(tail, judged.counting(everything, marks))
            return found and found._replace(row={**found.row, "quarantined": out})
    if outline and quick is not None:
        found = outline(tail, quick, texts)
        if found is not None:
            return found
    return describe(tail, placed(blobs)) if describe else None


def _entries(found: Sequence[Part]) -> list[Placed]:
    return [
        Placed(scan.entry(header, block, bodies=True), part.entity, part.device, part.side)
        for part in found
        for header, block in zip(part.headers, part.blocks, strict=True)
    ]


def _take_in(index: "Index", keys: Iterable[Key], *, texts: bool) -> None:
    left = set(keys)
    wanted = _where(index, left)
    lots = [wanted[start : start + _LOT] for start in range(0, len(wanted), _LOT)]
    shared = not (texts or index.enforced) and all(
        side == TEAM for _, parts in wanted for side, _ in parts
    )
    with closing(beside.Sharing(index.store.repo, lots if shared else (), _work(index))) as sharing:
        for number, lot in enumerate(lots):
            found = sharing.come_to(number)
            if found is None:
                found = (described(index, *one, texts=texts) for one in _read(index, lot))
            for (key, _), one in zip(lot, found, strict=True):
                put(index.db, *key, Described(*one) if one else None, texts=texts)
    for key in left - {key for key, _ in wanted}:  # nothing stands about them any more
        put(index.db, *key, None, texts=texts)


def _work(index: "Index") -> Callable[[Objects, Sequence[tuple[Key, Parts]]], Json]:
    """The describing of one lot, all of it on the team's side."""

    def describe(objects: Objects, lot: Sequence[tuple[Key, Parts]]) -> Json:
        blobs = objects.read_many(oid for _, parts in lot for _, oid in parts)
        found = (
            described(index, key, [Blob(TEAM, next(blobs)[1]) for _ in parts], texts=False)
            for key, parts in lot
        )
        return [one and one._replace(texts=()) for one in found]

    return describe


def _with_texts(db: sqlite3.Connection, stale: set[Key]) -> dict[Key, int]:
    """Those of `stale` that have texts in the index, with their numbers."""
    found: dict[Key, int] = {}
    query = "select number from entity where kind = ? and tail = ? and filled"
    for key in stale:
        row = db.execute(query, key).fetchone()
        if row:
            found[key] = row[0]
    return found


def _note_changes(db: sqlite3.Connection, log: Log) -> set[Key]:
    """Bring the list of segments of one side up to date; the entities that are touched."""
    tip = log.head()
    root = log.tree_at(tip)
    row = db.execute("select tree from source where name = ?", (log.name,)).fetchone()
    try:
        changes = list(tree.differences(log.objects, row[0] if row else None, root))
    except Missing:  # the old tree is gone, as a purge leaves it
        db.execute("delete from part where side = ?", (log.name,))
        everything = {(k, t) for k, t in db.execute("select kind, tail from entity")}
        changes = list(tree.differences(log.objects, None, root))
    else:
        everything = set()
    stale, gone, there = everything, [], []
    for path, old, new in changes:
        place = paths.parse_segment_path(path)
        if place is None:
            continue
        kind, tail = place[0].split("-", 1)[0], ids.tail(place[0])
        stale.add((kind, tail))
        if new:
            there.append((log.name, path, kind, tail, new))
        elif old:
            gone.append((log.name, path))
    db.executemany("delete from part where side = ? and path = ?", gone)
    db.executemany("insert or replace into part values (?, ?, ?, ?, ?)", there)
    db.execute("insert or replace into source values (?, ?, ?)", (log.name, tip, root))
    return stale


def parts(blobs: Sequence[Blob]) -> list[Part] | None:
    """The segments quickly read; None where that cannot be done, or an id has two contents.

    Of copies that are the same, letter by letter, the first counts.
    """
    seen: dict[str, str] = {}
    found = []
    for side, data in blobs:
        scanned = scan.scan(data)
        if scanned is None:
            return None
        entity, device, _, headers, _, blocks = scanned
        if any("epoch" in header or header["kind"] == "epoch" for header in headers):
            return None  # of an encrypted session: who has no key has to see that he has none
        own = {header["id"]: block for header, block in zip(headers, blocks, strict=True)}
        if len(own) != len(blocks):
            return None
        copies = own.keys() & seen.keys()
        if copies:
            if any(own[name] != seen[name] for name in copies):
                return None
            fresh = [i for i, header in enumerate(headers) if header["id"] not in copies]
            headers, blocks = [headers[i] for i in fresh], [blocks[i] for i in fresh]
        seen.update(own)
        found.append(Part(entity, device, side, headers, blocks))
    return found


def placed(blobs: Sequence[Blob]) -> list[Placed]:
    """All entries of the segments, wholly read; those of a later program are passed over."""
    found = []
    for side, data in blobs:
        try:
            segment = format.parse(data)
        except Unsupported:
            continue
        found += [Placed(e, segment.entity, segment.device, side) for e in segment.entries]
    return found


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
