"""Purges: signed records of which texts are to be nowhere any more, and obeying them (DESIGN 5).

A record is an operation `{"op":"purge","names":[[id, hash], ...]}` in the trust log of the device
that wrote the named entries. The line that holds it is known by `record_id`, which is what a
commit's `Seal:` names.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from git_naturecode.errors import Unsafe
from git_naturecode.git import tree
from git_naturecode.git.objects import Objects
from git_naturecode.store import join, paths, seal, trust
from git_naturecode.store.entry import Entry, Json, stub_of, writer
from git_naturecode.store.hygiene import Gate, is_folder

_HASH = re.compile(r"[0-9a-f]{64}")
_NAMES_A_LINE = 1_000  # below the limit of a trust line, whatever the ids
_MAX_ID = 128
_MAX_LOGS = 64 << 20  # bytes, of all trust logs together
MAX_RECORDS = 1_000  # a seal holds no more
Name = tuple[str, str]


@dataclass
class Book:
    """All records that prove themselves: by id, and which of them name a text."""

    records: set[str] = field(default_factory=set)
    named: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)

    def add(self, lines: bytes, device: str, verify: trust.Verify) -> None:
        """Take in the records in `lines`, the trust log of `device`."""
        for line, operation in trust.operations(lines, "purge"):
            names = _names(operation.get("names"))
            if names and verify(line, device):
                record = record_id(line)
                self.records.add(record)
                for name in names:
                    self.named.setdefault((*name, device), set()).add(record)

    @property
    def purged(self) -> join.Purged:
        """What all of them name."""
        return frozenset(self.named)

    @property
    def need(self) -> seal.Records:
        """What the seal of a commit that obeys all of them has to name.

        Beyond MAX_RECORDS those with the lowest ids, whatever order they were found in: else two
        clones would replace each other's branch for ever.
        """
        return frozenset(sorted(self.records)[:MAX_RECORDS])

    @property
    def is_full(self) -> bool:
        """True when there are records that no seal names."""
        return len(self.records) > MAX_RECORDS


def record_id(line: bytes) -> str:
    """The short name of a record: 26 characters of the SHA-256 of its line."""
    return base64.b32encode(hashlib.sha256(line).digest())[:26].decode().lower()


def operations(names: Iterable[Name]) -> Iterator[list[Json]]:
    """The operations of one trust line after the other that together name all of `names`."""
    ordered = sorted(names)
    for start in range(0, len(ordered), _NAMES_A_LINE):
        yield [{"op": "purge", "names": list(map(list, ordered[start : start + _NAMES_A_LINE]))}]


def records(objects: Objects, root: str | None, verify: trust.Verify) -> Book:
    """The records in the tree `root`, which hygiene has let in."""
    book = Book()
    folder = tree.find(objects, root, "log/trust")
    if folder is not None and folder.is_tree:
        for path, oid in tree.files(objects, folder.oid).items():
            _take(book, objects, f"log/trust/{path}", oid, verify)
    return book


class Gathering:
    """Takes in the records of trees of which none needs to be trusted."""

    def __init__(self, gate: Gate, verify: trust.Verify) -> None:
        self.book = Book()
        self._gate = gate
        self._verify = verify
        self._seen: set[tuple[str, str]] = set()
        self._size = 0

    def add(self, root: str) -> None:
        """The records in the tree `root`; raises Unsafe when its trust logs are beyond measure."""
        for path, oid in _trust_logs(self._gate, root, self._seen):
            self._size += self._gate.objects.header(oid)[1]
            if self._size > _MAX_LOGS:
                raise Unsafe(f"it brings more than {_MAX_LOGS} bytes of trust logs")
            _take(self.book, self._gate.objects, path, oid, self._verify)


def _take(book: Book, objects: Objects, path: str, oid: str, verify: trust.Verify) -> None:
    found = paths.TRUST.fullmatch(path)
    if found:
        book.add(objects.read(oid)[1], found["device"], verify)


def withheld(objects: Objects, root: str | None, state_dir: str) -> join.Purged:
    """What must not be written any more on a branch with the tree `root`; see `verifier`."""
    return records(objects, root, trust.verifier(state_dir)).purged


def without(entries: Iterable[Entry], device: str, purged: join.Purged) -> list[Entry]:
    """`entries`, found in a segment of `device`, with stubs for those that `purged` names."""
    return [
        stub_of(one, device)
        if purged and not one.is_stub and (*one.key, writer(one, device)) in purged
        else one
        for one in entries
    ]


def segments(objects: Objects, root: str | None) -> Iterator[tuple[str, str, bytes]]:
    """(path, blob, content) of every segment in the tree `root`."""
    found = {
        path: oid
        for path, oid in tree.files(objects, root).items()
        if paths.parse_segment_path(path)
    }
    contents = objects.read_many(found.values())
    for (path, oid), (_, data) in zip(found.items(), contents, strict=True):
        yield path, oid, data


def stubbed(objects: Objects, root: str | None, purged: join.Purged) -> Iterator[tuple[str, bytes]]:
    """(path, new content) of each segment in the tree `root` that holds a purged text."""
    for path, _, data in segments(objects, root) if purged else ():
        clean = join.purge(data, purged)
        if clean != data:
            yield path, clean


def _trust_logs(
    gate: Gate, root: str, seen: set[tuple[str, str]], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Path and blob of each trust log below the untrusted tree `root`, each once.

    The same blob at another path is another log: a copy of somebody's log at a path of one's own
    proves nothing there, and must not stand in for it.
    """
    for entry in gate.lines(root, prefix)[0]:
        path = prefix + entry.name.decode("utf-8", "surrogateescape")
        here = (path, entry.oid)
        if here in seen or not (path == "log" or path.startswith("log/trust")):
            continue
        if entry.is_tree and is_folder(path):
            if path != "log":
                seen.add(here)
            yield from _trust_logs(gate, entry.oid, seen, path + "/")
        elif paths.TRUST.fullmatch(path) and gate.fits(path, entry.oid):
            seen.add(here)
            yield path, entry.oid


def _names(found: Json) -> list[Name]:
    """The (id, hash) pairs of a record; none when one of them is no pair."""
    if not isinstance(found, list):
        return []
    good = all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)
        and 0 < len(one[0]) <= _MAX_ID and _HASH.fullmatch(one[1])
        for one in found
    )  # fmt: skip
    return [(one[0], one[1]) for one in found] if good else []
