"""One import from git-appraise: notes are read, become entries, and are written as one commit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields

from git_naturecode import ids
from git_naturecode.appraise import notes
from git_naturecode.appraise.drafts import drafts
from git_naturecode.appraise.history import History
from git_naturecode.appraise.lines import ANALYSES, CI, NAMES
from git_naturecode.appraise.sheet import TOOL, Counts, source, source_id
from git_naturecode.appraise.source import Source, opened
from git_naturecode.appraise.told import Line, Told, told
from git_naturecode.clock import parse_iso
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import KIND, Review
from git_naturecode.domain.said import text_of
from git_naturecode.store import attachments
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Draft, Entry, Json
from git_naturecode.store.store import TEAM, Store

REST = "the rest"
"""What the entity stands for that keeps lines about no review."""
_MOST_RANGE = 10_000  # commits of one change whose reports are looked for
_MOST_TOLD = 20
_READABLE = frozenset(
    {"title", "name", "author", "value", "json", "text", "before", "after", "symbol", "body"}
)


@dataclass
class Taken:
    """What an import did; `reviews` are those that it has written to, of `found` in the notes."""

    found: int = 0
    reviews: list[str] = field(default_factory=list)
    new_reviews: int = 0
    entries: int = 0
    redacted: int = 0
    counts: Counts = field(default_factory=Counts)
    missing: int = 0
    unreadable: int = 0
    alone: int = 0
    left_out: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Tell of something that was not as it should be."""
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(problem)


Objection = Callable[[Draft, Review | None], str]


def take(store: Store, where: str, objection: Objection | None = None) -> Taken:
    """Import the reviews that stand in the notes at `where` (see `source.opened`).

    What is here already is not written again, nor what `objection` says something against (it is
    asked about an entry and the review that it is about, None for a new one). Raises Negative where
    there are none, and as a fetch and a write do.
    """
    done = Taken()
    with opened(store, where) as source:
        found = told(_notes(source, done))
        _Run(store, source, found, done, objection).write()
    return done


def _notes(source: Source, done: Taken) -> dict[str, dict[str, tuple[bytes, ...]]]:
    found = {}
    for name in NAMES:
        if name in source.tips:
            one = notes.read(source.objects, source.tips[name], name)
            found[name] = one.lines
            done.left_out += one.left_out
            for problem in one.problems:
                done.note(problem)
    return found


@dataclass(frozen=True)
class _Place:
    """The review that a commit's notes go into, and its entries by id."""

    entity: str
    there: dict[str, Entry]
    ours: bool


class _Run:
    """One run over all reviews in the order of their times."""

    def __init__(
        self, store: Store, source: Source, found: dict[str, Told], done: Taken,
        objection: Objection | None,
    ) -> None:  # fmt: skip
        self._store, self._done, self._objection = store, done, objection
        self._found = found
        mentioned = (commit for one in found.values() for commit in one.commits())
        self._history = History(source, mentioned)
        self._files: dict[str, bytes] = {}

    def write(self) -> None:
        """Write what is new."""
        reviews = [one for one in self._found.values() if one.requests]
        reviews.sort(key=lambda one: (one.began, one.about))
        self._done.found = len(reviews)
        self._tell()
        places = [self._place(one) for one in reviews]
        made = self._made(reviews, places)
        if not made:
            return
        attachments.put(self._store, TEAM, self._files)
        with bulk(self._store, TEAM, "Add reviews") as writer:
            for entity, new in made:
                writer.write(entity, new)
            self._done.entries = writer.entries

    def _made(self, reviews: list[Told], places: list[_Place]) -> list[tuple[str, list[Draft]]]:
        """The new entries by the review that they are about."""
        reports = self._reports(reviews)
        rest = self._rest_place()
        # A line stays where it was put first, whatever is known about its commit since.
        known = {name for place in (*places, rest) for name in place.there}
        made = []
        for one, place in zip(reviews, places, strict=True):
            more = [line for line in reports.pop(one.about, []) if source_id(line) not in known]
            new, sheet = drafts(one, self._history, place.there, more, self._files, ours=place.ours)
            new = self._permitted(place, new)
            self._count(sheet.counts)
            if new:
                self._done.reviews.append(place.entity)
                self._done.new_reviews += not place.there
                made.append((place.entity, [self._clean(draft) for draft in new]))
        left = [line for some in reports.values() for line in some]
        apart = [self._clean(source(line)) for line in left if source_id(line) not in known]
        return [*made, (rest.entity, apart)] if apart else made

    def _permitted(self, place: _Place, new: list[Draft]) -> list[Draft]:
        """Those of `new` that this clone may write."""
        if self._objection is None or not new:
            return new
        review = None
        if place.there:
            review = build(self._store.read(ids.tail(place.entity), KIND))
        kept = []
        for draft in new:
            if why := self._objection(draft, review):
                self._done.left_out += 1
                self._done.note(f"{place.entity}: {why}")
            else:
                kept.append(draft)
        return kept

    def _count(self, counts: Counts) -> None:
        for one in fields(Counts):
            total = getattr(self._done.counts, one.name) + getattr(counts, one.name)
            setattr(self._done.counts, one.name, total)

    # -- where things go ------------------------------------------------------------------------

    def _place(self, one: Told) -> _Place:
        tail = ids.imported_tail(TOOL, one.about)
        for mark in sorted(one.marks):
            found = ids.ENTITY.fullmatch(mark)
            if found and found[1] == KIND and found[3] != tail:
                there = self._there(found[3])
                if self._holds(one.about):
                    return _Place(min(there.values()), dict(self._entries), ours=True)
        began = parse_iso(one.began) if one.began else 0
        known = self._there(tail)
        entity = min(known.values(), default="") or ids.imported_entity(
            KIND, TOOL, one.about, began
        )
        return _Place(entity, dict(self._entries), ours=False)

    def _holds(self, commit: str) -> bool:
        """True when the review that was just read is about `commit`; anybody can write a mark."""
        for entry in self._entries.values():
            head, base = text_of(entry, "head"), text_of(entry, "base")
            if entry.kind == "revision" and self._history.is_within(commit, head):
                return not self._history.is_within(commit, base)
        return False

    def _there(self, tail: str) -> dict[str, str]:
        """The entries about the review with this last part: id -> entity."""
        placed = self._store.read_all(tail, KIND)
        self._entries = {one.entry.id: one.entry for one in placed}
        return {one.entry.id: one.entity for one in placed}

    def _reports(self, reviews: list[Told]) -> dict[str, list[Line]]:
        """The lines that are about no request, by the review that they belong to, "" for none.

        What a build or an analysis has said of any commit of a change belongs to its review.
        """
        apart = {one.about: one for one in self._found.values() if not one.requests}
        owners: dict[str, str] = {}
        for review in reviews:
            for commit in review.commits():
                owners.setdefault(commit, review.about)
        asked = {
            about for about, one in apart.items()
            if about not in owners and self._history.info(about) and any(map(_is_report, one.rest))
        }  # fmt: skip
        for review in reviews:
            if not asked:
                break
            for commit in asked.intersection(self._commits(review)):
                owners[commit] = review.about
                asked.remove(commit)
        found: dict[str, list[Line]] = {}
        for about, one in apart.items():
            for line in one.rest:
                owner = owners.get(about, "") if _is_report(line) else ""
                found.setdefault(owner, []).append(line)
            found.setdefault("", []).extend(one.raw.values())
        return found

    def _commits(self, review: Told) -> list[str]:
        """The commits of the change, in the longest state of it that is here."""
        head = review.request.alias or review.about
        base = review.request.base or self._history.parent(review.about)
        if self._history.info(head) is None or self._history.info(base) is None:
            return []
        later = [c for c in set(review.commits()) if self._history.is_within(head, c)]
        last = max(later, key=lambda commit: (self._history.seconds(commit), commit))
        if last == head and self._history.parent(head) == base:
            return [head]
        return self._history.between(base, last, _MOST_RANGE)

    def _rest_place(self) -> _Place:
        """Where lines go that no review takes: they are kept for an export, and shown nowhere."""
        tail = ids.imported_tail(TOOL, REST)
        known = self._there(tail)
        entity = min(known.values(), default="") or ids.imported_entity(KIND, TOOL, REST, 0)
        return _Place(entity, self._entries, ours=False)

    # -- words ----------------------------------------------------------------------------------

    def _clean(self, draft: Draft) -> Draft:
        """The draft without secrets in what a person or a program has written."""
        assert self._store.redactor is not None
        told = {**draft.fields, "body": "" if draft.kind == "revision" else draft.body or ""}
        texts, labels = self._store.redactor.texts(_texts(told))
        if labels:
            self._done.redacted += len(labels)
            clean = _filled(told, iter(texts))
            body = clean.pop("body") or draft.body
            draft = draft._replace(fields=clean, body=body)
        return draft._replace(redacted=labels, clean=True)

    def _tell(self) -> None:
        for one in self._found.values():
            for line, why in one.unreadable:
                self._done.unreadable += 1
                self._done.note(
                    f"a line in the note of {line.note} on {one.about[:12]} is not readable "
                    f"({why}); it is kept as it is"
                )
            if one.requests and self._history.info(one.about) is None:
                self._done.missing += 1
            if not one.requests and one.raw:
                self._done.alone += 1


def _is_report(line: Line) -> bool:
    return line.note in (CI, ANALYSES)


def _texts(value: Json, key: str = "") -> Iterator[str]:
    """What was written by somebody in the fields of an entry."""
    if isinstance(value, str) and key in _READABLE:
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, key)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, name)


def _filled(value: Json, texts: Iterator[str], key: str = "") -> Json:
    """`value` with `texts` in the places where `_texts` found some."""
    if isinstance(value, str):
        return next(texts) if key in _READABLE else value
    if isinstance(value, list):
        return [_filled(one, texts, key) for one in value]
    if isinstance(value, dict):
        return {name: _filled(one, texts, name) for name, one in value.items()}
    return value
