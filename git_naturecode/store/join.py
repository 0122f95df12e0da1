"""The join: what two states of the data branch have to say together. Pure, and needs no base.

Every function here is commutative, associative and idempotent, and loses nothing that is whole;
docs/design/join.md says why, and what breaks when a rule is left out.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from git_naturecode.errors import Unsupported
from git_naturecode.store import format, paths
from git_naturecode.store.entry import Entry, stub_of, writer

Purged = frozenset[tuple[str, str, str]]
"""(id, hash, device): texts whose writer, that device, has said that they shall be gone."""
NOTHING: Purged = frozenset()

_BLOCK_START = b"\n<!-- nc:entry "
_BLOCK_END = b" -->\n\n"
_END_ID = re.compile(rb"^<!-- nc:end (\S+) ", re.M)
_SEQUENCE = re.compile(rb'"seq":([0-9]{1,15})[,}]')


def join_segments(a: bytes, b: bytes, purged: Purged = NOTHING) -> bytes:
    """The segment that holds every entry of `a` and of `b` once, in order.

    A text that `purged` names is replaced by its stub.
    """
    if not _names_any(a, purged) and not _names_any(b, purged):
        grown = a if a == b else _grown(a, b) or _grown(b, a)
        if grown is not None:
            return grown
    try:
        left = format.parse(a)
    except Unsupported:
        return _best_known(a, b, purged)
    try:
        right = format.parse(b)
    except Unsupported:
        return _best_known(b, a, purged)
    return format.render(_union(left, right, purged))


def purge(segment: bytes, purged: Purged) -> bytes:
    """`segment` with a stub in place of each text that `purged` names."""
    if not _names_any(segment, purged) or _rank(segment) != 1:
        return segment
    known = format.parse(segment)
    return format.render(_union(known, known, purged))


def extend(segment: bytes, entries: Iterable[Entry]) -> bytes:
    """`segment` with `entries` written to it, such that a join with the old state changes nothing.

    That is an addition at the end, unless a stamp is below the last one there (which happens when
    a copied clone of this device had a clock far ahead): then each entry goes to its place. What
    a torn write left at the end is cut off first.
    """
    if not _ends_whole(segment):
        segment = format.render(format.parse(segment))
    added = "".join(map(format.block, entries)).encode()
    return join_segments(segment, segment + added)


def join_lines(a: bytes, b: bytes) -> bytes:
    """The log of JSON lines that holds every line of `a` and of `b` once.

    Lines are in the order of their `seq`, so that of two states of one chain the longer is the
    result; a line that was not written to its end is dropped.
    """
    if a == b:
        return a
    lines = set(_whole_lines(a)) | set(_whole_lines(b))
    return b"".join(line + b"\n" for line in sorted(lines, key=_line_order))


def join_file(path: str, a: bytes, b: bytes, purged: Purged = NOTHING) -> bytes:
    """The join of two states of the file at `path`."""
    if paths.parse_segment_path(path):
        return join_segments(a, b, purged)
    if paths.TRUST.fullmatch(path):
        return join_lines(a, b)
    # Files are named by their content, views are computed again from what was joined: any rule
    # does that all clones share.
    return _larger(a, b)


# -- segments -----------------------------------------------------------------------------------


def _union(a: format.Segment, b: format.Segment, purged: Purged) -> format.Segment:
    best: dict[tuple[str, str], Entry] = {}
    # A file that names another log than its twin is a forgery of one of them; the path decides
    # elsewhere, here it is enough that everyone chooses alike.
    name = min((s.entity, s.device, s.number) for s in (a, b))
    for segment in (a, b):
        for entry in segment.entries:
            key = entry.key
            if (*key, writer(entry, segment.device)) in purged and not entry.is_stub:
                entry = stub_of(entry, segment.device)
            rival = best.get(key)
            if rival is None or _preference(entry) < _preference(rival):
                best[key] = entry
    return format.Segment(*name, tuple(sorted(best.values(), key=_order)))


def _preference(entry: Entry) -> tuple[bool, bool, str, str]:
    """Which of two entries with the same id and hash stays: the lower one."""
    return (entry.is_stub, entry.stated is not None, entry.stated or "", entry.line)


def _order(entry: Entry) -> tuple[str, str, str]:
    return entry.order


def _grown(a: bytes, b: bytes) -> bytes | None:
    """`b`, when it is `a` and further blocks that a writer could have added; else None.

    The blocks must be canonical and in order: a join that took just any longer file would not be
    associative. Stubs may be forged ones, with a stamp of their own, and go the long way.
    """
    if not b.startswith(a) or not _ends_whole(a) or not _ends_whole(b) or b'"hash":"' in b:
        return None
    last = a.rfind(_BLOCK_START) + 1
    end_of_head = a.find(b"\n---\n") + 5
    if end_of_head < 5:
        return None
    tail = a[:end_of_head] + (b[last:] if last else b[end_of_head:])
    try:
        segment = format.parse(tail)
    except Unsupported:
        return None
    orders = [entry.order for entry in segment.entries]
    rising = all(x < y for x, y in pairwise(orders))
    return b if rising and not segment.problems and format.render(segment) == tail else None


def _ends_whole(data: bytes) -> bool:
    if data.endswith(_BLOCK_END):
        return data.startswith(b"<!-- nc:end ", data.rfind(b"\n", 0, -2) + 1)
    return data.endswith(b"\n---\n")


def _names_any(data: bytes, purged: Purged) -> bool:
    if not purged:
        return False
    ids = _ids(purged)
    return any(found[1] in ids for found in _END_ID.finditer(data))


@lru_cache(maxsize=2)
def _ids(purged: Purged) -> frozenset[bytes]:
    """Made once: with many records it would cost more than reading a segment."""
    return frozenset(name.encode("utf-8", "surrogatepass") for name, _, _ in purged)


def _best_known(a: bytes, b: bytes, purged: Purged) -> bytes:
    """The join when `a` cannot be read: a newer format before a known one before rubbish.

    By rank first, and by size only within a rank: by size alone three files, one of them newer,
    could come out in two ways.
    """
    best = max(a, b, key=lambda data: (_rank(data), len(data), data))
    if _rank(best) != 1:
        return best
    known = format.parse(best)
    return format.render(_union(known, known, purged))


def _rank(data: bytes) -> int:
    try:
        format.parse(data)
    except Unsupported:
        return 2 if (format.version(data) or 0) > 1 else 0
    return 1


# -- lines and other files ----------------------------------------------------------------------


def _whole_lines(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n")[:-1] if line]


def _line_order(line: bytes) -> tuple[int, bytes]:
    numbers: list[bytes] = _SEQUENCE.findall(line)
    return (int(numbers[-1]) if numbers else 0, line)


def _larger(a: bytes, b: bytes) -> bytes:
    return max(a, b, key=lambda data: (len(data), data))
