"""Whether what articles refer to is there: other articles, commits, code, what was said, files."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.kb import references as refer
from git_naturecode.domain.kb import shelf as shelves
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import FOLDERS, Article, Link
from git_naturecode.domain.kb.notes import COMMIT
from git_naturecode.domain.kb.prose import anchor, anchors
from git_naturecode.domain.kb.references import Reference, references
from git_naturecode.domain.kb.shelf import Shelf
from git_naturecode.domain.kinds import KB, REVIEW, SESSION
from git_naturecode.domain.review.following import EDITED, GONE, MOVED, Place
from git_naturecode.git import commits, tree
from git_naturecode.git.objects import Missing, TreeEntry
from git_naturecode.git.quoted import unquoted
from git_naturecode.kb import lines, parts
from git_naturecode.kb.stood import Stood, name_of
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

OK, RENAMED, BROKEN, CHANGED, UNSURE = "ok", "renamed", "broken", "changed", "unsure"
_MOST_BYTES = 8 << 20
_NO_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_MOST_ASKED = 500  # paths of which git's history is asked whether they were ever there


class Checked(NamedTuple):
    """One thing that an article refers to, and whether it is there.

    `line` is where its text says so, 0 for a link that was made by command (`link`, the entry).
    `title` is what the target is called, `now` where it is to be found now where that differs,
    `state` one of the words above and `why` the reason in words where it is not OK.
    """

    line: int
    text: str
    kind: str
    target: str
    part: str = ""
    title: str = ""
    state: str = OK
    why: str = ""
    now: str = ""
    by: str = ""
    link: str = ""


class Checker:
    """Looks up what articles refer to; each thing once."""

    def __init__(self, store: Store, index: Index) -> None:
        self.store, self.index = store, index
        self._objects = store.team.objects
        self._commits: dict[str, str] = {}
        self._subjects: dict[str, str] = {}
        self._entries: dict[str, TreeEntry | None] = {}
        self._lengths: dict[str, int] = {}
        self._said: dict[tuple[str, str], bool] = {}
        self._anchors: dict[str, set[str]] = {}

    @cached_property
    def shelf(self) -> Shelf:
        """All articles."""
        return Shelf(self.index.rows(KB))

    @cached_property
    def head(self) -> str:
        """The commit that is checked out, "" before the first."""
        return commits.resolve(self.store.repo, "HEAD")

    @cached_property
    def _stood(self) -> Stood:
        return Stood(self.store, self.head)

    @cached_property
    def _root(self) -> str | None:
        return tree.tree_of(self._objects, self.head) if self.head else None

    def check(self, article: Article) -> list[Checked]:
        """All that `article` refers to: in its text, then what it was linked to."""
        found = references(article.text, FOLDERS[article.type])
        self._learn(found, article.links)
        placed = lines.places(self.store, (one for one in article.links if one.path), self.head)
        named = (one for one in found if _can_be(one.target))
        stood = self._stood.places(article, named, self._entries)
        told = [
            _moved_on(self._reference(article, one), one, stood.get(name_of(one))) for one in found
        ]
        told += [self._link(one, placed.get(one.entry)) for one in article.links]
        return self._settled(told)

    # -- what is asked of git, all at once --------------------------------------------------------

    def _learn(self, found: Sequence[Reference], links: Iterable[Link]) -> None:
        named = {one.target for one in found if one.kind == refer.COMMIT}
        named |= {one.to for one in links if COMMIT.fullmatch(one.to)}
        fresh = named - self._commits.keys()
        if fresh:
            self._commits |= dict.fromkeys(fresh, "")
            self._commits |= commits.completed(self.store.repo, fresh)
            infos = commits.infos(self._objects, set(map(self._commits.__getitem__, fresh)) - {""})
            for oid, info in infos.items():
                self._subjects[oid] = info.message.split("\n", 1)[0]
        paths = {one.target for one in found if one.kind == refer.CODE}
        paths |= {f"{one.target}.md" for one in found if one.kind == refer.ARTICLE}
        unknown = paths - self._entries.keys()
        if unknown:
            asked = filter(_can_be, unknown)
            there = tree.find_many(self._objects, self._root, asked) if self._root else {}
            self._entries |= {path: there.get(path) for path in unknown}

    def _settled(self, told: list[Checked]) -> list[Checked]:
        """`told`, with words that only look like a path of the repository left out."""
        unsure = {one.target for one in told if one.state == UNSURE}
        if not unsure:
            return told
        once = self._were_there([path for path in sorted(unsure)[:_MOST_ASKED] if _can_be(path)])
        return [
            one._replace(state=BROKEN) if one.target in once else one
            for one in told if one.state != UNSURE or one.target in once
        ]  # fmt: skip

    def _were_there(self, paths: list[str]) -> set[str]:
        args = ("log", "--format=", "--name-only", "--diff-filter=D", "--no-renames", "--all", "--")
        exact = [f":(top,literal){path}" for path in paths]
        out = self.store.repo.program.run(*args, *exact, check=False)[1]
        return {unquoted(line) for line in out.split(b"\n") if line}

    # -- one reference ----------------------------------------------------------------------------

    def _reference(self, article: Article, one: Reference) -> Checked:
        told = Checked(one.line, one.text, one.kind, one.target, one.part)
        if one.kind == refer.ARTICLE:
            return self._article(told)
        if one.kind == refer.COMMIT:
            return self._commit(told, meant=one.meant)
        if one.kind == refer.CODE:
            return self._code(told, one)
        if one.kind == refer.FILE:
            return self._file(told, article)
        if one.kind == refer.HEADING:
            return self._with_heading(told, article.id, article.text)
        return self._entity(told)

    def _link(self, link: Link, place: Place | None) -> Checked:
        told = Checked(0, link.to, "", link.to, by=link.by, link=link.entry)
        named = refer.entity(link.to)
        if named is not None and named.kind != refer.COMMIT:
            told = told._replace(kind=named.kind, target=named.target, part=named.part)
            return self._article(told) if named.kind == refer.ARTICLE else self._entity(told)
        if not link.path:
            return self._commit(told._replace(kind=refer.COMMIT), meant=True)
        where = f"{link.path}:{link.lines}" if link.lines else link.path
        told = told._replace(kind=refer.CODE, target=link.path, text=where, part=link.lines)
        return _placed(told, place)

    def _article(self, told: Checked) -> Checked:
        found = self.shelf.find(told.target)
        if found.row is None:
            return self._page(told)
        name = self.shelf.name(found.row)
        told = told._replace(title=str(found.row["title"]))
        if found.state == shelves.DELETED:
            return told._replace(state=BROKEN, why="this article was deleted")
        if found.state == shelves.RENAMED:
            why = f"it is called {name} now, and still found by this"
            return told._replace(state=RENAMED, now=name, why=why)
        if told.part and told.line:
            return self._with_heading(told, str(found.row["id"]))
        return told

    def _page(self, told: Checked) -> Checked:
        """`x.md` may also be a file of the repository."""
        if told.text.partition("#")[0].endswith(".md") and self._entries.get(f"{told.target}.md"):
            return told._replace(kind=refer.CODE, target=f"{told.target}.md")
        return told._replace(state=BROKEN, why="there is no such article")

    def _with_heading(self, told: Checked, entity: str, text: str | None = None) -> Checked:
        """`told`, which names a part of the article `entity` (whose text is `text`, if known)."""
        if entity not in self._anchors:
            if text is None:
                text = build(self.store.read(ids.tail(entity), KB)).text
            self._anchors[entity] = anchors(text)
        there = self._anchors[entity]
        if told.part in there or anchor(told.part) in there:
            return told
        return told._replace(state=BROKEN, why=f"no heading there is called {told.part}")

    def _commit(self, told: Checked, *, meant: bool) -> Checked:
        oid = self._commits.get(told.target, "")
        if oid:
            return told._replace(target=oid, title=self._subjects.get(oid, ""))
        if self._objects.shallow or self.store.repo.is_partial:
            return told._replace(why="this clone has not all of the history")
        if not meant:  # forty hex digits may be anything
            return told._replace(why="no commit that is here")
        return told._replace(state=BROKEN, why="there is no such commit here")

    def _code(self, told: Checked, one: Reference) -> Checked:
        entry = self._entries.get(one.target)
        if not self._root:
            return told
        if entry is None:
            why = "there is no such file in HEAD"
            return told._replace(state=BROKEN if one.meant else UNSURE, why=why)
        last = one.lines[1]
        if last and not entry.is_tree and (length := self._length(entry.oid)) < last:
            why = f"the file has {length} line{'' if length == 1 else 's'}"
            return told._replace(state=BROKEN, why=why)
        return told

    def _length(self, blob: str) -> int:
        if blob not in self._lengths:
            try:
                kind, size = self._objects.header(blob)
                is_read = kind == "blob" and size <= _MOST_BYTES
                data = self._objects.read(blob)[1] if is_read else b""
                count = data.count(b"\n") + (not data.endswith(b"\n"))
                self._lengths[blob] = count if is_read else 1 << 31
            except Missing:  # in a partial clone, or a submodule
                self._lengths[blob] = 1 << 31
        return self._lengths[blob]

    def _file(self, told: Checked, article: Article) -> Checked:
        for one in article.files:
            if one.sha == told.target:
                return told._replace(title=one.name)
        path = f"files/{told.target[:2]}/{told.target}"
        if tree.find(self._objects, self.store.team.tree(), path) is not None:
            return told
        return told._replace(state=BROKEN, why="this attachment is not here")

    def _entity(self, told: Checked) -> Checked:
        kind = {refer.SESSION: SESSION, refer.REVIEW: REVIEW}.get(told.kind)
        if kind is None:
            return told  # issues are no things of this program yet
        tail = ids.tail(told.target)
        row = self.index.row(kind, tail)
        if not row:
            why = f"this {told.kind} is not in this clone: private to somebody, or not synced yet"
            return told._replace(state=CHANGED, why=why)
        told = told._replace(title=str(row.get("name") or row.get("title") or ""))
        if row.get("status") == "deleted":
            return told._replace(state=BROKEN, why=f"this {told.kind} was deleted")
        if told.part and not self._has(kind, tail, told.part):
            return told._replace(state=BROKEN, why=f"nothing there is called {told.part}")
        return told

    def _has(self, kind: str, tail: str, part: str) -> bool:
        if (tail, part) not in self._said:
            self._said[tail, part] = parts.has(self.store, kind, tail, part)
        return self._said[tail, part]


def _moved_on(told: Checked, one: Reference, place: Place | None) -> Checked:
    """What a text says of code, and where that is now: nobody but its writers can change it."""
    if place is None or told.kind != refer.CODE or told.state not in (OK, BROKEN, UNSURE):
        return told
    now = _where(place)
    if place.state == GONE:
        why = told.why or "these lines are gone since this was written"
        return told._replace(state=told.state if told.why else CHANGED, why=why)
    if told.why:
        return told._replace(state=CHANGED, now=now, why=f"{told.why}; it is {now} now")
    told = told._replace(state=CHANGED, now=now)
    if place.state != EDITED:
        return told._replace(why=f"now {now}")
    stays = place.path == one.target and (place.line, place.end) == one.lines
    return told._replace(why="changed since this was written" + ("" if stays else f"; now {now}"))


def _where(place: Place) -> str:
    """Path and lines of it."""
    if not place.line:
        return place.path
    return f"{place.path}:{place.line}" + (f"-{place.end}" if place.end > place.line else "")


def _placed(told: Checked, place: Place | None) -> Checked:
    """The lines that were linked, and where they are now."""
    if place is None:
        return told._replace(why="this clone cannot tell where they are now")
    now = _where(place)
    if place.state == GONE:
        what = "these lines are" if told.part else "this file is"
        return told._replace(state=BROKEN, why=f"{what} gone")
    if place.state == EDITED:
        return told._replace(state=CHANGED, now=now, why=f"changed since; now {now}")
    if place.state == MOVED:
        return told._replace(now=now, why=f"now {now}")
    return told


def _can_be(path: str) -> bool:
    """True where git may have a file of this name: it is bytes, and none of them is zero."""
    return "\0" not in path and not _NO_BYTES.search(path)


def wrong(found: Iterable[Checked]) -> Iterator[Checked]:
    """Those that somebody should look at: what is broken, what has another name now, and lines
    that were changed since."""
    return (one for one in found if one.state in (BROKEN, RENAMED, CHANGED))
