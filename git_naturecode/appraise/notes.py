"""The notes that hold reviews, read within limits: lines by the object that they are about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, Objects

MOST_NOTES = 200_000
MOST_NOTE = 16 << 20  # bytes of one note
MOST_LINES = 20_000  # of one note
MOST_LINE = 500_000  # bytes; however it is escaped, an entry with such a text enters every clone
MOST_TOTAL = 512 << 20
MOST_PROBLEMS = 20
_MOST_TREE = 16 << 20
_PAIR = re.compile(rb"[0-9a-f]{2}")
_REST = re.compile(rb"[0-9a-f]+")
_BATCH = 8 << 20  # bytes of notes that are asked for together


@dataclass
class Notes:
    """What stands below one notes ref, by the object that it is about.

    `lines` has each line once, where it stands last. The notes on `closed` were not read, and
    nothing may be added to them.
    """

    lines: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    left_out: int = 0

    def refuse(self, why: str) -> None:
        """Note that something stays out."""
        self.left_out += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(why)


@dataclass(frozen=True)
class Blob:
    """One blob of a note, and its path in the tree."""

    path: str
    oid: str


def read(objects: Objects, commit: str, name: str) -> Notes:
    """The notes in `commit`, the tip of the notes called `name`."""
    found = Notes()
    blobs = places(objects, commit, found, name)
    heads = objects.headers({one.oid for some in blobs.values() for one in some})
    total, batch, size = 0, dict[str, list[Blob]](), 0
    for about, some in blobs.items():
        sizes = [heads.get(one.oid, ("", 0)) for one in some]
        of_note = sum(size for _, size in sizes)
        total += of_note
        if why := _objection(sizes, of_note, total):
            found.closed.add(about)
            found.refuse(f"the note of {name} on {about[:12]} {why}; it stays as it is")
            continue
        batch[about] = some
        size += of_note
        if size >= _BATCH:
            _take(objects, batch, name, found)
            batch, size = {}, 0
    _take(objects, batch, name, found)
    return found


def _objection(sizes: list[tuple[str, int]], of_note: int, total: int) -> str:
    if any(kind != "blob" for kind, _ in sizes):
        return "is not here"
    if of_note > MOST_NOTE:
        return f"has {of_note / 1e6:.1f} MB, more than {MOST_NOTE >> 20}"
    return f"is beyond the first {MOST_TOTAL >> 20} MB" if total > MOST_TOTAL else ""


def _take(objects: Objects, batch: dict[str, list[Blob]], name: str, found: Notes) -> None:
    contents = dict(objects.read_many({one.oid for some in batch.values() for one in some}))
    for about, some in batch.items():
        data = b"\n".join(contents[one.oid] for one in some)
        if data.count(b"\n") > 2 * MOST_LINES:  # git puts an empty line between any two
            found.closed.add(about)
            found.refuse(
                f"the note of {name} on {about[:12]} has more than {MOST_LINES} lines; "
                "it stays as it is"
            )
            continue
        # The last of equal lines counts: a request that was made once more holds again.
        last_first = dict.fromkeys(line for line in reversed(data.split(b"\n")) if line.strip())
        lines = dict.fromkeys(reversed(last_first))
        for line in [line for line in lines if len(line) > MOST_LINE]:
            del lines[line]
            found.refuse(
                f"a line in the note of {name} on {about[:12]} has {len(line)} bytes, more than "
                f"{MOST_LINE}; it stays where it is"
            )
        found.lines[about] = tuple(lines)


def places(objects: Objects, commit: str, found: Notes, name: str) -> dict[str, list[Blob]]:
    """Where the notes in `commit` stand, by the objects that they are about."""
    blobs: dict[str, list[Blob]] = {}
    try:
        root = tree.tree_of(objects, commit)
    except (Missing, ValueError):
        root = None
    if root is None:
        found.refuse(f"the notes {name} cannot be read")
        return {}
    for about, blob in _walk(objects, root, found, name):
        blobs.setdefault(about, []).append(blob)
        if len(blobs) >= MOST_NOTES:
            found.refuse(f"there are more than {MOST_NOTES} notes {name}; the others stay out")
            break
    return blobs


def _walk(objects: Objects, root: str, found: Notes, name: str) -> Iterator[tuple[str, Blob]]:
    waiting = [(root, "", "")]
    while waiting:
        folder, prefix, about = waiting.pop()
        try:
            kind, size = objects.header(folder)
            if kind != "tree" or size > _MOST_TREE:
                raise ValueError
            lines = tree.entries(objects, folder)
        except (Missing, ValueError):
            found.refuse(f"a folder of the notes {name} cannot be read")
            continue
        for line in reversed(lines):
            part = line.name.decode("ascii", "replace")
            if line.is_tree and _PAIR.fullmatch(line.name) and len(about) < objects.hexsz - 2:
                waiting.append((line.oid, f"{prefix}{part}/", about + part))
            elif _REST.fullmatch(line.name) and len(about + part) == objects.hexsz:
                yield about + part, Blob(prefix + part, line.oid)
            else:
                found.refuse(f"something in the notes {name} is no note")
