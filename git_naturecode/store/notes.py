"""Notes that travel with the data branch: read within limits, joined line by line.

A note of ours is a set of lines, one fact each, about one object (git-notes). The join of two
states is the union of their lines; like that of the logs it needs no common base.
"""

import re
from dataclasses import dataclass

from git_naturecode.git import tree
from git_naturecode.git.objects import FILE_MODE, Change, Content, Missing, Objects, TreeEntry
from git_naturecode.store import seal
from git_naturecode.store.hygiene import Bounds, Gate

PREFIX = "refs/notes/naturecode/"
REFS = tuple(PREFIX + name for name in ("sessions", "reviews", "kb"))
MAX_NOTE = 64 * 1024
MAX_LINE = 4 * 1024
_DEEPEST = 8  # levels of folders; git makes one for every factor of 256
_PAIR = re.compile(rb"[0-9a-f]{2}")
_REST = re.compile(rb"[0-9a-f]+")
_UNREADABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")

Lines = frozenset[bytes]
NONE: Lines = frozenset()


@dataclass(frozen=True)
class Joined:
    """The commit that holds both sides; of how many objects lines came, and would go."""

    commit: str
    problems: tuple[str, ...] = ()
    received: int = 0
    sent: int = 0


@dataclass(frozen=True)
class _Note:
    """Where the note on one object stands: its path and its blob."""

    path: str
    oid: str


_Notes = dict[str, list[_Note]]


def join(
    objects: Objects, ours: str | None, theirs: str, now_ms: int, bounds: Bounds | None = None
) -> Joined:
    """Bring the notes commits `ours` and `theirs` (from elsewhere) together; no ref moves.

    Theirs is taken as it is where it has all our lines and only lines that may enter; ours is kept
    where it builds on theirs and has all its lines; else the parent of the new commit is theirs.
    Raises Unsafe when theirs breaks a limit.
    """
    gate = Gate(objects, now_ms, bounds or Bounds())
    root = gate.commit(theirs).tree
    found, exact = _read(gate, root)
    own, whole = _read(Gate(objects, now_ms), tree.tree_of(objects, ours)) if ours else ({}, True)
    fan = any("/" in one[0].path for one in found.values())
    work = _Join(gate, exact, whole, fan)
    for name in sorted(found.keys() | own.keys()):
        work.add(name, own.get(name, []), found.get(name, []))
    return _settled(objects, work, ours, theirs, root, now_ms // 1000)


class _Join:
    """The union of two states, note by note."""

    def __init__(self, gate: Gate, exact: bool, whole: bool, fan: bool) -> None:
        self.gate = gate
        self.exact = exact  # theirs may stand as it is, but for what is in `changed`
        self.whole = whole  # ours may
        self.fan = fan
        self.files: dict[str, Content | None] = {}
        self.changed: dict[str, Content | None] = {}
        self.received = self.sent = 0

    def add(self, name: str, own: list[_Note], found: list[_Note]) -> None:
        path = found[0].path if found else f"{name[:2]}/{name[2:]}" if self.fan else name
        if [one.oid for one in own] == [one.oid for one in found] and len(own) == 1:
            self.files[path] = own[0].oid
            return
        mine, mine_whole = self._lines(name, own, told=False)
        theirs, theirs_whole = self._lines(name, found, told=True)
        self.whole &= mine_whole
        lines = self._within(name, mine, theirs)
        self.received += lines != mine
        self.sent += lines != theirs
        if lines:
            self.files[path] = _text(lines)
        if lines != theirs or not theirs_whole:
            self.changed.update({one.path: None for one in found})
            if lines:
                self.changed[path] = _text(lines)

    def _within(self, name: str, mine: Lines, theirs: Lines) -> Lines:
        """The union; where no clone would let that in, the smaller side, everywhere alike."""
        if len(_text(both := mine | theirs)) <= MAX_NOTE:
            return both
        self.gate.refuse(f"the note on {name}", "would become too large")
        return min(mine, theirs, key=lambda side: (len(_text(side)), _text(side)))

    def _lines(self, name: str, notes: list[_Note], told: bool) -> tuple[Lines, bool]:
        """All lines about one object, and whether every one of them may stay."""
        lines: set[bytes] = set()
        whole = len(notes) < 2
        for one in notes:
            try:
                kind, size = self.gate.objects.header(one.oid)
                if kind != "blob" or size > MAX_NOTE:
                    raise ValueError(f"{size} bytes, more than {MAX_NOTE}")
                raw = self.gate.objects.read(one.oid)[1]
            except (Missing, ValueError) as error:
                whole = False
                if told:
                    self.gate.refuse(f"the note on {name}", str(error))
                continue
            given = [line for line in raw.split(b"\n") if line.strip()]
            good = [line for line in given if _is_readable(line)]
            if len(good) < len(given):
                whole = False
                if told:
                    self.gate.refuse(f"the note on {name}", "has lines that are no text")
            lines.update(good)
        return frozenset(lines), whole


def _settled(
    objects: Objects, work: _Join, ours: str | None, theirs: str, root: str, seconds: int
) -> Joined:
    problems = tuple(work.gate.problems)
    if work.exact and not work.changed and not work.sent:
        return Joined(theirs, problems, work.received)
    if ours is not None and work.whole and not work.received and objects.is_ancestor(theirs, ours):
        return Joined(ours, problems, 0, work.sent)
    base, files = (root, work.changed) if work.exact else (None, work.files)
    text = seal.message("Bring both sides' notes together", seal.of(objects, theirs))
    commit = objects.commit(Change(base, files, (theirs,), seconds, text))
    return Joined(commit, problems, work.received, work.sent)


def _text(lines: Lines) -> bytes:
    return b"".join(line + b"\n" for line in sorted(lines))


def _read(gate: Gate, root: str | None) -> tuple[_Notes, bool]:
    """The notes in the tree `root` by the object that they are about; False: more was in it."""
    notes: _Notes = {}
    exact = True

    def walk(folder: str, prefix: str, name: str) -> None:
        nonlocal exact
        lines, orderly = gate.lines(folder, prefix)
        exact &= orderly
        for entry in lines:
            part = entry.name.decode("ascii", "replace")
            if _is_folder(entry) and len(name) < 2 * _DEEPEST:
                walk(entry.oid, f"{prefix}{part}/", name + part)
            elif _is_note(entry, gate.objects.hexsz - len(name)):
                notes.setdefault(name + part, []).append(_Note(prefix + part, entry.oid))
            else:
                exact = False
                gate.refuse(f"a note at {prefix}{part}", "no such note belongs here")

    if root is not None:
        walk(root, "", "")
    return notes, exact


def _is_folder(entry: TreeEntry) -> bool:
    return entry.is_tree and bool(_PAIR.fullmatch(entry.name))


def _is_note(entry: TreeEntry, length: int) -> bool:
    right = len(entry.name) == length and _REST.fullmatch(entry.name)
    return entry.mode == FILE_MODE and bool(right)


def _is_readable(line: bytes) -> bool:
    try:
        return len(line) <= MAX_LINE and not _UNREADABLE.search(line.decode())
    except UnicodeDecodeError:
        return False
