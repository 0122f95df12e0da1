"""The files of articles on the data branch: made of the entries, in the commit that adds these.

What changed since the last time is found by the difference of two trees, of the logs and of the
files themselves, so that what somebody forged, merged as text or removed is made again.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.kb import edited, slugs
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import FOLDERS, KIND, Article
from git_naturecode.errors import Unsupported
from git_naturecode.git import tree
from git_naturecode.git.objects import Content, Missing
from git_naturecode.kb import beside
from git_naturecode.kb.shown import File, Row, Shown, forget
from git_naturecode.render import kb_view
from git_naturecode.store import format, hygiene, paths
from git_naturecode.store.store import TEAM, Placed, Store

_LOGS, _FILES = "log/kb", "kb"
_LOGS_THEN, _FILES_THEN, _JUDGED = "logs", "files", "judged"
_MANY = 300  # articles: so many are left to the next refresh by who only adds an entry
_MUCH = 64 << 20  # characters of articles that are held


def making(
    store: Store, base: str | None, files: Mapping[str, Content | None], *, thorough: bool
) -> "Making | None":
    """What makes the files right beside `files`, laid over the tree `base`.

    None where that is more than somebody who adds an entry shall wait for.
    """
    with closing(Shown(store.state_dir)) as shown:
        made = Making(store, base, files)
        made.look(shown)
        if not thorough and len(made.tails) > max(_MANY, len(made.asked)):
            return None
        made.make(shown)
        return made


class _Place(NamedTuple):
    """Whose article a file shows, and where that one's own file stands."""

    tail: str
    main: str


class _There(NamedTuple):
    """What stands at a path of the branch: the SHA-256 of its bytes ("": nothing does), whether a
    later renderer made them, and whether somebody may have written what is in no entry."""

    sha: str = ""
    newer: bool = False
    is_foreign: bool = False


def audit(store: Store) -> tuple[list[str], list[str]]:
    """The files of the branch that are not as the entries want them, and those that are nobody's
    and hold what is in no entry. All of them are looked at; nothing is written."""
    made = Making(store, store.team.tree(), {})
    with closing(Shown("")) as nothing:
        made.look(nothing)
        made.make(nothing)
    return sorted(made.files), sorted(made.left)


def repair(store: Store) -> int:
    """Make all files anew, whatever is known of them; how many were wrong."""
    forget(store.state_dir)
    beside.forget(store.state_dir)
    return beside.refresh(store)


@dataclass
class Making:
    """One time that the files are made right; `files` are those that are not yet.

    `tails` are the last parts of the ids of articles that may look otherwise than before, `asked`
    those of them that are written about now, `touched` the files that others changed, `left` what
    stands there and is nobody's.
    """

    store: Store
    base: str | None
    laid: Mapping[str, Content | None]
    files: dict[str, Content | None] = field(default_factory=dict)
    tails: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    touched: dict[str, str | None] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    _whole: bool = False
    _judged: str = ""
    _rows: dict[str, Row | None] = field(default_factory=dict)
    _known: dict[str, File | None] = field(default_factory=dict)
    _articles: dict[str, Article] = field(default_factory=dict)
    _held: int = 0

    def look(self, shown: Shown) -> None:
        """Find out what may look otherwise than the last time."""
        self.asked = {ids.tail(place[0]) for place in _places_of(self.laid)}
        judged = shown.fact(_JUDGED)
        logs, files = shown.fact(_LOGS_THEN) or None, shown.fact(_FILES_THEN) or None
        self._whole = not judged
        try:
            changed = [path for path, _, _ in self._differences(_LOGS, logs)]
            touched = {path: new for path, _, new in self._differences(_FILES, files)}
        except Missing:  # what was shown then was taken out of the repository
            self._whole = True
        if self._whole:
            changed = [path for path, _, _ in self._differences(_LOGS, None)]
            touched = {path: new for path, _, new in self._differences(_FILES, None)}
        self.tails = self.asked | {ids.tail(place[0]) for place in _places_of(changed)}
        self.touched = touched
        self._look_at_verdicts(judged)

    def make(self, shown: Shown) -> None:
        """Make what is to stand there, and compare it with what does."""
        for tail, article in self._built(self.tails):
            self._rows[tail] = _row(tail, article)
            self._hold(tail, article)
        wanted = self._wanted(shown)
        there = self._there(wanted, shown)
        for path, place in wanted.items():
            if place is None:
                self._remove(path, there[path])
        by_tail: dict[str, list[str]] = {}
        for path, place in wanted.items():
            if place:
                by_tail.setdefault(place.tail, []).append(path)
        held = ((tail, self._articles.get(tail)) for tail in by_tail.keys() & self._articles.keys())
        missing = by_tail.keys() - self._articles.keys()
        for tail, article in chain(held, self._built(missing)):
            for path in by_tail[tail]:
                if article is not None:
                    self._put(path, wanted[path], article, there[path])

    def keep(self, commit: str) -> None:
        """The commit `commit` holds what was made; for one who holds the lock."""
        objects = self.store.team.objects
        root = tree.tree_of(objects, commit)
        facts = {_JUDGED: self._judged}
        for name, path in ((_LOGS_THEN, _LOGS), (_FILES_THEN, _FILES)):
            found = tree.find(objects, root, path)
            facts[name] = found.oid if found else ""
        with closing(Shown(self.store.state_dir)) as shown:
            shown.keep(self._rows, self._known, facts, whole=self._whole)
        beside.note(self.store.state_dir, commit)

    def _look_at_verdicts(self, before: str) -> None:
        judge = self.store.judge
        if judge is not None:
            judge.refresh()
        self._judged = f"={judge.version}" if judge is not None else before or "="
        if self._whole or judge is None or before == self._judged:
            return
        known = judge.changed(before.removeprefix("="))
        if known is None:
            every = (path for path, _, _ in self._differences(_LOGS, None))
            self.tails |= {ids.tail(place[0]) for place in _places_of(every)}
        else:
            self.tails |= {tail for kind, tail in known if kind == KIND}

    def _differences(
        self, above: str, before: str | None
    ) -> Iterator[tuple[str, str | None, str | None]]:
        objects = self.store.team.objects
        found = tree.find(objects, self.base, above)
        for path, old, new in tree.differences(objects, before, found.oid if found else None):
            yield f"{above}/{path}", old, new

    def _built(self, tails: Iterable[str]) -> Iterator[tuple[str, Article | None]]:
        """Each of these articles as its entries have it; None where none is to be shown."""
        for tail, placed in self._read(set(tails)):
            counting = self.store.counting(tail, KIND, placed)
            article = build(counting) if counting else None
            yield tail, article if article and article.opened and not article.deleted else None

    def _read(self, tails: set[str]) -> Iterator[tuple[str, list[Placed]]]:
        """The entries about each of these, with what is laid over the tree."""
        objects = self.store.team.objects
        logs: dict[str, dict[str, Content]] = {tail: {} for tail in tails}
        for path, oid in self._every_segment() if len(tails) > _MANY else self._segments(tails):
            for place in _places_of([path]):
                if ids.tail(place[0]) in logs:
                    logs[ids.tail(place[0])][path] = oid
        for path, content in self.laid.items():
            for place in _places_of([path]):
                if ids.tail(place[0]) in logs and content is not None:
                    logs[ids.tail(place[0])][path] = content
        contents = objects.read_many(
            content
            for found in logs.values()
            for _, content in sorted(found.items())
            if isinstance(content, str)
        )
        for tail, found in logs.items():
            placed: list[Placed] = []
            for _, content in sorted(found.items()):
                data = content if isinstance(content, bytes) else next(contents)[1]
                placed += _placed(data)
            yield tail, placed

    def _every_segment(self) -> Iterator[tuple[str, str]]:
        return ((path, new) for path, _, new in self._differences(_LOGS, None) if new)

    def _segments(self, tails: set[str]) -> Iterator[tuple[str, str]]:
        objects = self.store.team.objects
        for tail in sorted(tails):
            above = f"{_LOGS}/{tail[0]}/{tail[1]}/{tail[2]}"
            folder = tree.find(objects, self.base, above)
            for entity in tree.entries(objects, folder.oid) if folder and folder.is_tree else ():
                name = entity.name.decode("utf-8", "replace")
                if name.endswith(f"-{tail}") and entity.is_tree:
                    for one in tree.entries(objects, entity.oid):
                        yield f"{above}/{name}/{one.name.decode('utf-8', 'replace')}", one.oid

    def _hold(self, tail: str, article: Article | None) -> None:
        """Keep `article` for when it is known how it is called, unless that is too much."""
        self._held += len(article.text) if article else 0
        if article is not None and self._held < _MUCH:
            self._articles[tail] = article

    def _wanted(self, shown: Shown) -> dict[str, _Place | None]:
        """Whose file is to stand at each path of which that is not known to be so; None: none."""
        if not self._whole and all(shown.row(tail) == row for tail, row in self._rows.items()):
            known = [file for path in self.touched if (file := shown.file(path))]
            known += shown.files_of(self._rows).values()
            found = {file.path: _Place(file.tail, file.main) for file in known}
            return {**dict.fromkeys(self.touched), **found}
        rows = {} if self._whole else shown.rows()
        rows.update({tail: row for tail, row in self._rows.items() if row})
        for tail in [tail for tail, row in self._rows.items() if row is None]:
            rows.pop(tail, None)
        places = _places(rows.values())
        files = {} if self._whole else shown.files()
        wanted: dict[str, _Place | None] = {
            path: places.get(path) for path in {*self.touched, *(files.keys() - places.keys())}
        }
        for path, place in places.items():
            file = files.get(path)
            if place.tail in self._rows or file is None or (file.tail, file.main) != place:
                wanted[path] = place
        return wanted

    def _there(self, wanted: Iterable[str], shown: Shown) -> dict[str, _There]:
        """What stands at these paths."""
        found = dict.fromkeys(wanted, _There())
        changed = {path: blob for path in found if (blob := self.touched.get(path))}
        contents = self.store.team.objects.read_many(changed.values())
        for path, (blob, data) in zip(changed, contents, strict=True):
            newer = edited.version(data) > edited.RENDERER
            foreign = not newer and not _is_made(data) and not shown.was_taken(blob)
            found[path] = _There(hashlib.sha256(data).hexdigest(), newer, foreign)
        for path in found.keys() - self.touched.keys():
            if file := shown.file(path) if not self._whole else None:
                found[path] = _There(file.sha, file.newer)
        return found

    def _put(self, path: str, place: _Place | None, article: Article, there: _There) -> None:
        assert place is not None
        if there.newer:
            self._known[path] = File(path, *place, there.sha, True)
            return
        is_main = place.main == path
        data = kb_view.text(article) if is_main else kb_view.moved(article, place.main)
        if len(data) > hygiene.most_bytes(path):
            self._remove(path, there)
            return
        sha = hashlib.sha256(data).hexdigest()
        self._known[path] = File(path, *place, sha, False)
        if sha != there.sha:
            self.files[path] = data

    def _remove(self, path: str, there: _There) -> None:
        """Take away what shows nothing any more, but for what somebody wrote and nobody took in."""
        self._known[path] = None
        if there.is_foreign:
            self.left.append(path)
        elif there.sha:
            self.files[path] = None


def _places_of(files: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """What each of `files` that is a segment about an article is."""
    for path in files:
        if path.startswith(_LOGS) and (place := paths.parse_segment_path(path)):
            yield place


def _places(rows: Iterable[Row]) -> dict[str, _Place]:
    """What is to stand at each path: the articles, and pages at their former names."""
    ordered = sorted(rows, key=lambda row: row.id)
    names = slugs.shown((row.id, row.slug) for row in ordered)
    main = {row.id: f"kb/{FOLDERS[row.type]}/{names[row.id]}.md" for row in ordered}
    found = {main[row.id]: _Place(row.tail, main[row.id]) for row in ordered}
    taken = set(names.values())
    for row in ordered:
        for slug in row.former:
            if slug not in taken:
                path = f"kb/{FOLDERS[row.type]}/{slug}.md"
                found.setdefault(path, _Place(row.tail, main[row.id]))
    return {path: place for path, place in found.items() if paths.allowed(path)}


def _row(tail: str, article: Article | None) -> Row | None:
    if article is None:
        return None
    return Row(tail, article.id, article.type, article.slug, tuple(article.former_slugs))


def _placed(data: bytes) -> list[Placed]:
    try:
        segment = format.parse(data)
    except Unsupported:  # of a later program: it must not hide the others
        return []
    return [Placed(entry, segment.entity, segment.device, TEAM) for entry in segment.entries]


def _is_made(data: bytes) -> bool:
    """True for a file as this program makes them, whatever it shows."""
    found = edited.read(data)
    return isinstance(found, edited.Untouched) or (
        isinstance(found, edited.Leading) and found.is_sound
    )
