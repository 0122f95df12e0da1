"""Notes that travel with the data branch: read within limits, joined line by line.

A note of ours is a set of lines, one fact each, about one object (git-notes). The join of two
states is the union of their lines; like that of the logs it needs no common base.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from git_naturecode.git import tree
from git_naturecode.git.objects import FILE_MODE, Change, Content, Missing, Objects, TreeEntry
from git_naturecode.store import seal
from git_naturecode.store.hygiene import Bounds, Gate
from git_naturecode.store.log import Log
from git_naturecode.store.note_lines import MAX_LINE, MAX_NOTE, Lines, places, within
from git_naturecode.store.store import Store

PREFIX = "refs/notes/naturecode/"
REFS = tuple(PREFIX + name for name in ("sessions", "reviews", "kb"))
_DEEPEST = 8  # levels of folders; git makes one for every factor of 256
_PAIR = re.compile(rb"[0-9a-f]{2}")
_REST = re.compile(rb"[0-9a-f]+")
_UNREADABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")

Clean = Callable[[Mapping[str, Lines]], Mapping[str, Lines]]
"""The lines of some notes, by the objects that they are about -> those of them that are right."""


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


def ref_log(store: Store, ref: str) -> Log:
    """The notes ref as a log, since that knows how to get past the lock of a killed process."""
    team = store.team
    return Log(ref.rsplit("/", 1)[1], team.repo, team.objects, ref, team.spool)


def join(
    objects: Objects,
    ours: str | None,
    theirs: str,
    now_ms: int,
    bounds: Bounds | None = None,
    clean: Clean | None = None,
) -> Joined:
    """Bring the notes commits `ours` and `theirs` (from elsewhere) together; no ref moves.

    Of the union of both sides' lines about an object those stay that `clean` leaves. Theirs is
    taken as it is where it has all our lines and only lines that may enter; ours is kept where it
    builds on theirs and has all its lines; else the parent of the new commit is theirs. Raises
    Unsafe when theirs breaks a limit.
    """
    gate = Gate(objects, now_ms, bounds or Bounds())
    root = gate.commit(theirs).tree
    found, exact = _read(gate, root)
    own, whole = _read(Gate(objects, now_ms), tree.tree_of(objects, ours)) if ours else ({}, True)
    work = _Join(gate, exact, whole, found)
    for name in sorted(found.keys() | own.keys()):
        work.add(name, own.get(name, []))
    work.settle(clean)
    return _settled(objects, work, ours, theirs, root, now_ms // 1000)


@dataclass(frozen=True)
class _Both:
    """What both sides say about one object, and whether theirs may stay as it stands."""

    mine: Lines
    theirs: Lines
    lines: Lines
    whole: bool


class _Join:
    """The union of two states, note by note."""

    def __init__(self, gate: Gate, exact: bool, whole: bool, found: _Notes) -> None:
        self.gate = gate
        self.exact = exact  # theirs may stand as it is, but for what is in `changed`
        self.whole = whole  # ours may
        self.found = found
        self.apart: dict[str, _Both] = {}
        self.files: dict[str, Content] = {}
        self.changed: dict[str, Content | None] = {}
        self.received = self.sent = 0

    def add(self, name: str, own: list[_Note]) -> None:
        """Look at one object, whose notes on our side are `own`."""
        found = self.found.get(name, [])
        if [one.oid for one in own] == [one.oid for one in found] and len(own) == 1:
            self.files[name] = own[0].oid
            return
        mine, mine_whole = self.lines(name, own, told=False)
        theirs, theirs_whole = self.lines(name, found, told=True)
        self.whole &= mine_whole
        self.apart[name] = _Both(mine, theirs, self._within(name, mine, theirs), theirs_whole)

    def settle(self, clean: Clean | None) -> None:
        """Decide what is said about each object on which the sides differ."""
        right = clean({name: one.lines for name, one in self.apart.items()}) if clean else {}
        for name, one in self.apart.items():
            lines = right.get(name, one.lines)
            self.received += lines != one.mine
            self.sent += lines != one.theirs
            if lines:
                self.files[name] = text(lines)
            if lines != one.theirs or not one.whole:
                self.changed.update({note.path: None for note in self.found.get(name, [])})
                if lines:
                    self.changed[name] = text(lines)

    def laid_out(self, root: str) -> tuple[str | None, dict[str, Content | None]]:
        """The tree to build on and the paths to lay over it, where git itself would put them."""
        paths = places(self.files)
        moved = any(
            self.found[name][0].path != path for name, path in paths.items() if name in self.found
        )
        if not self.exact or moved:
            return None, {paths[name]: content for name, content in self.files.items()}
        over = {paths.get(name, name): content for name, content in self.changed.items()}
        return root, over

    def _within(self, name: str, mine: Lines, theirs: Lines) -> Lines:
        """The union; where no clone would let that in, the smaller side, everywhere alike."""
        if len(text(both := within(mine | theirs))) <= MAX_NOTE:
            return both
        self.gate.refuse(f"the note on {name}", "would become too large")
        return min(mine, theirs, key=lambda side: (len(text(side)), text(side)))

    def lines(self, name: str, notes: list[_Note], told: bool) -> tuple[Lines, bool]:
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


class Book:
    """The notes of our own commit `tip`, to be looked at and changed."""

    def __init__(self, objects: Objects, tip: str | None, now_ms: int) -> None:
        self._objects, self._tip, self._now_ms = objects, tip, now_ms
        self._gate = Gate(objects, now_ms)
        self._root = tree.tree_of(objects, tip)
        self._found, self._exact = _read(self._gate, self._root)

    @property
    def names(self) -> frozenset[str]:
        """The objects that there are notes on."""
        return frozenset(self._found)

    def lines(self, names: Iterable[str]) -> dict[str, Lines]:
        """What is said about each of `names`."""
        reader = _Join(self._gate, True, True, {})
        return {name: reader.lines(name, self._found.get(name, []), told=False)[0]
                for name in names}  # fmt: skip

    def differing(self, other: "Book") -> frozenset[str]:
        """The objects about which both do not have the same note."""
        mine = {name: [one.oid for one in found] for name, found in self._found.items()}
        theirs = {name: [one.oid for one in found] for name, found in other._found.items()}
        return frozenset(
            name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)
        )

    def changed(self, right: Mapping[str, Lines], said: str) -> str | None:
        """A commit on top in which the notes on `right` are just that; None: they are already."""
        twice = [name for name, found in self._found.items() if len(found) > 1]
        files: dict[str, Content] = {n: found[0].oid for n, found in self._found.items()}
        over = set()
        for name, lines in (self.lines(twice) | dict(right)).items():
            there, data = self._found.get(name, []), text(lines)
            if not lines:
                files.pop(name, None)
            elif len(there) != 1 or self._objects.read(there[0].oid)[1] != data:
                files[name] = data
                over.add(name)
        paths = places(files)
        gone = [one.path for name, found in self._found.items() for one in found
                if paths.get(name) != one.path]  # fmt: skip
        if not over and not gone:
            return None
        fresh = [n for n in files if n in over or self._found[n][0].path != paths[n]]
        base = self._root if self._exact else None
        put: dict[str, Content | None] = dict.fromkeys(gone if base else ())
        put |= {paths[name]: files[name] for name in (fresh if base else files)}
        message = seal.message(said, seal.of(self._objects, self._tip))
        parents = (self._tip,) if self._tip else ()
        return self._objects.commit(Change(base, put, parents, self._now_ms // 1000, message))


def _settled(
    objects: Objects, work: _Join, ours: str | None, theirs: str, root: str, seconds: int
) -> Joined:
    problems = tuple(work.gate.problems)
    if work.exact and not work.changed and not work.sent:
        return Joined(theirs, problems, work.received)
    if ours is not None and work.whole and not work.received and objects.is_ancestor(theirs, ours):
        return Joined(ours, problems, 0, work.sent)
    base, files = work.laid_out(root)
    said = seal.message("Bring both sides' notes together", seal.of(objects, theirs))
    commit = objects.commit(Change(base, files, (theirs,), seconds, said))
    return Joined(commit, problems, work.received, work.sent)


def text(lines: Lines) -> bytes:
    """The note that says `lines`, each once, the same whoever writes it."""
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
