"""Folding the entries of a review: revisions, threads, who reviews and what he says, merges."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from git_naturecode.domain import fold, said
from git_naturecode.domain.findings.build import build as findings
from git_naturecode.domain.people import key
from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.model import (
    NONE,
    REQUIRED,
    REVIEWERS,
    VERDICTS,
    Comment,
    Given,
    Merged,
    Review,
    Reviewer,
    Revision,
    Target,
    Thread,
)
from git_naturecode.domain.review.reports import reports
from git_naturecode.domain.said import Mark, text_of
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.store import PRIVATE, TEAM, Placed

CLOSED = "closed"
ABSENT = {
    "commit": "its commit is not here", "path": "there is no such file",
    "line": "there is no such line",
}  # fmt: skip
"""What is said beside a comment from elsewhere, by what of its place could not be found."""
LOST = "answers what is not here"
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BUSY = frozenset(
    {"revision", "comment", "verdict", "merge", "edit", "resolve", "reopen", "analysis", "dismiss"}
)


DISCARD = "draft"
"""The kind of the private entry that throws drafts away, those that it names in `over`."""


def without_discarded(placed: Sequence[Placed]) -> list[Placed]:
    """`placed` without the drafts that their writer threw away; nothing else can be."""
    own = [one.entry for one in placed if one.side == PRIVATE and one.entry.kind == DISCARD]
    out = fold.replaced(own)
    there = {one.entry.key for one in placed if one.side == TEAM} if out else set()
    return [
        one
        for one in placed
        if one.side == TEAM or one.entry.id not in out or one.entry.key in there
    ]


def build(placed: Sequence[Placed]) -> Review:
    """The review that `placed`, all entries about it, add up to."""
    placed = without_discarded(placed)
    counted = fold.count(placed)
    entries = [one.entry for one in counted]
    review = Review(min((one.entity for one in placed), default=""))
    there = {one.entry.id for one in placed if one.side == TEAM}
    review.shared = bool(there)
    review.has_drafts = any(
        one.entry.id not in there and one.entry.kind != DISCARD for one in placed
    )
    for one in reversed(counted):  # so that the first counts, should there be several
        if one.entry.kind == "open":
            _open(review, one.entry)
    _registers(review, entries)
    review.revisions = _revisions(counted)
    found = said.changes(entries)
    review.threads = _threads(counted, found, there)
    review.merges = _merges(counted)
    review.reports = reports(entries)
    review.findings, review.analyses = findings(counted, _numbers(review.revisions))
    review.asking = [
        one for one in entries
        if one.kind in ("add", "remove") and one.header.get("field") == REVIEWERS
    ]  # fmt: skip
    review.writers = {
        one.id: text_of(one, "by") for one in entries
        if one.kind in ("comment", "verdict") and fold.is_imported(one)
    }  # fmt: skip
    review.reviewers = _reviewers(review, counted, there)
    review.standing = Counter(one.placed.mark.state for one in counted if one.placed.mark)
    times = [time_of(one) for one in entries if one.kind in _BUSY]
    review.updated = max([*times, review.created])
    if review.deleted:
        review.threads, review.description = [], ""
        review.findings, review.analyses = [], []
    return review


def time_of(entry: Entry) -> str:
    """When it was said: the time of its source, else that of its writing (ISO, UTC)."""
    return text_of(entry, "t") or entry.at[:24]


def _when(one: fold.Counted) -> tuple[str, str, str, str]:
    return time_of(one.entry), *one.entry.order


def author_of(entry: Entry) -> str:
    """Who said it: of an imported one whom its source names, else its writer."""
    named = text_of(entry, "author") if fold.is_imported(entry) else ""
    return named or text_of(entry, "by")


def oid_of(entry: Entry, key: str) -> str:
    """The full id of a commit that the header of `entry` says under `key`; "" for anything else."""
    found = text_of(entry, key)
    return found if _OID.fullmatch(found) else ""


def _open(review: Review, entry: Entry) -> None:
    header = entry.header
    review.opened = True
    review.title = text_of(entry, "title")
    review.description = entry.body or ""
    review.owner, review.name = author_of(entry), text_of(entry, "name")
    review.opener = text_of(entry, "by")
    review.created = time_of(entry)
    review.target = _target(header.get("target"))
    base, origin = header.get("base"), header.get("origin")
    review.base = _text(base.get("name")) if isinstance(base, dict) else ""
    review.origin = dict(origin) if isinstance(origin, dict) else {}


def _target(value: Json) -> Target:
    if not isinstance(value, dict):
        return Target()
    return Target(_text(value.get("type")) or "branch", _text(value.get("name")))


def _registers(review: Review, entries: Sequence[Entry]) -> None:
    review.title = _text(fold.register(entries, "title")) or review.title
    described = fold.last(entries, "description")
    if described is not None:
        review.description = described.body or ""
    review.base = _text(fold.register(entries, "base")) or review.base
    review.target = _target(fold.register(entries, "target") or dict(review.target._asdict()))
    status = fold.last(entries, "status")
    if status is not None and status.header.get("value") == CLOSED:
        review.is_closed, review.closed = True, time_of(status)
    last = {text_of(e, "to"): e.kind for e in entries if e.kind in ("link", "unlink")}
    review.links = sorted(to for to, kind in last.items() if to and kind == "link")
    for entry in fold.live(entries, "delete"):
        review.deleted = Mark(text_of(entry, "by"), entry.at[:24], text_of(entry, "reason"))


def _revisions(counted: Iterable[fold.Counted]) -> list[Revision]:
    """Each state once, however many have written it down, in the order of their entries; a later
    one of the same commits stands last again (somebody has pushed the old state back)."""
    found: list[Revision] = []
    # The source of an import has its own times: what it brings late need not be the latest.
    for one in sorted(counted, key=_when):
        entry = one.entry
        if entry.kind != "revision" or not oid_of(entry, "head"):
            continue
        made = _revision(one, len(found) + 1)
        if found and found[-1][2:4] == made[2:4] and found[-1].digest == made.digest:
            continue
        found.append(made)
    return found


def _numbers(revisions: Sequence[Revision]) -> Callable[[str, str], int]:
    """Which revision is meant by an id, or else by a head (several have written down one state, and
    one of these entries stands for it); 0 for none."""
    by_id = {one.id: one.number for one in revisions}
    by_head = {one.head: one.number for one in revisions}
    return lambda name, head: by_id.get(name) or by_head.get(head, 0)


def _revision(one: fold.Counted, number: int) -> Revision:
    entry, sha = one.entry, text_of(one.entry, "table")
    table = None if sha else entry.body or ""
    digest = (
        sha or hashlib.sha256((entry.body or "").encode("utf-8", "surrogateescape")).hexdigest()
    )
    count = entry.header.get("count")
    return Revision(
        entry.id, number, oid_of(entry, "head"), oid_of(entry, "base"), oid_of(entry, "tip"),
        author_of(entry), time_of(entry), count if isinstance(count, int) else 0, digest,
        None if sha else table, sha, one.placed.mark,
    )  # fmt: skip


def _threads(counted: Sequence[fold.Counted], found: said.Changes, there: set[str]) -> list[Thread]:
    by_id = {one.entry.id: one for one in counted if one.entry.kind == "comment"}
    about = {name: text_of(one.entry, "on") for name, one in by_id.items()}
    begins, roots = _roots(about), dict[str, list[Comment]]()
    for plain in said.comments(counted, found):
        root = begins[plain.id]
        on = root if root != plain.id else ""
        made = _comment(plain, by_id[plain.id], found, on, plain.id not in there)
        roots.setdefault(root, []).append(made)
    settled = _settled(one.entry for one in counted)
    return [_thread(comments, settled, by_id) for comments in roots.values()]


def _roots(about: Mapping[str, str]) -> dict[str, str]:
    """The comment that begins the thread of each; of those in a circle the least id.

    Each is walked over once, however long a thread is and whatever hangs on a circle.
    """
    found: dict[str, str] = {}
    for name in about:
        path = dict.fromkeys((name,))
        while (last := next(reversed(path))) not in found:
            above = about[last]
            if above not in about:
                found[last] = last
            elif above in path:
                order = list(path)
                found[last] = min(order[order.index(above) :])
            else:
                path[above] = None
        found.update(dict.fromkeys(path, found[last]))
    return found


def _comment(
    plain: said.Comment, one: fold.Counted, found: said.Changes, on: str, draft: bool
) -> Comment:
    entry = one.entry
    where = None if plain.hidden else anchor.read(entry.header.get("anchor"))
    reactions = said.reactions(found.reactions.get(entry.id, ()))
    absent = (ABSENT.get(text_of(entry, "missing")), LOST if text_of(entry, "lost") else None)
    return Comment(
        plain.id, author_of(entry), time_of(entry), plain.text, on, where,
        text_of(entry, "revision"), (*plain.flags, *filter(None, absent)), plain.edited,
        plain.hidden, plain.rivals, reactions, draft, plain.standing,
    )  # fmt: skip


def _settled(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The last word on each thread: a `resolve` or a `reopen` that nobody replaced."""
    said_of = [e for e in entries if e.kind in ("resolve", "reopen")]
    out = fold.replaced_within(said_of, lambda e: text_of(e, "target"))
    return {text_of(e, "target"): e for e in said_of if e.id not in out}


def _thread(
    comments: list[Comment], settled: dict[str, Entry], by_id: dict[str, fold.Counted]
) -> Thread:
    # An answer that came before the first comment (a clock that is wrong) does not begin it.
    ordered = sorted(comments, key=lambda c: (bool(c.on), *_when(by_id[c.id])))
    last = settled.get(ordered[0].id)
    if last is None:
        return Thread(tuple(ordered))
    mark = Mark(author_of(last), time_of(last), last.body or "")
    if last.kind == "reopen":
        return Thread(tuple(ordered), False, mark)
    seen = last.header.get("seen")
    known = set(seen) if isinstance(seen, list) else None
    answers = [c for c in ordered[1:] if not c.draft]
    if known is None:
        news = [c for c in answers if _when(by_id[c.id]) > (time_of(last), *last.order)]
    else:
        news = [c for c in answers if c.id not in known]
    return Thread(tuple(ordered), True, mark, len(news))


def _merges(counted: Iterable[fold.Counted]) -> list[Merged]:
    live = [one for one in counted if one.entry.kind == "merge"]
    out = fold.replaced_within((one.entry for one in live), _sayer)
    return [
        Merged(
            entry.id, author_of(entry), time_of(entry), oid_of(entry, "head"),
            oid_of(entry, "onto"), oid_of(entry, "result"), text_of(entry, "strategy"),
            text_of(entry, "base"), entry.body or "", one.placed.mark,
        )
        for one in live
        if (entry := one.entry).id not in out
    ]  # fmt: skip


def _reviewers(review: Review, counted: Sequence[fold.Counted], there: set[str]) -> list[Reviewer]:
    """Those who were asked, who joined, and who said something of the change, in that order."""
    entries = [one.entry for one in counted]
    found: dict[str, Reviewer] = {}
    required = fold.registers(entries, REQUIRED)
    for who in fold.members(entries, REVIEWERS):
        has_to = required.get(REQUIRED + who) is True
        found[key(who)] = Reviewer(who, required=has_to, asked=True)
    for entry in entries:
        if entry.kind in ("join", "leave"):
            who = author_of(entry)
            known = found.get(key(who), Reviewer(who))
            joined = time_of(entry) if entry.kind == "join" else ""
            name = text_of(entry, "name") or known.name
            found[key(who)] = known._replace(joined=joined, name=name)
    for given in _verdicts(counted, there):
        known = found.get(key(given.by), Reviewer(given.by))
        found[key(given.by)] = known._replace(verdict=given)
    kept = [one for one in found.values() if one.asked or one.joined or one.verdict]
    return [one for one in kept if one.asked or key(one.who) != key(review.owner) or one.verdict]


def _verdicts(counted: Iterable[fold.Counted], there: set[str]) -> list[Given]:
    """The last word of each person; a draft of one's own stands before what he has sent.

    Nobody replaces what another has said, and what another system says of somebody does not stand
    before his own word.
    """
    said_of = [one for one in counted if one.entry.kind == "verdict"]
    out = fold.replaced_within((one.entry for one in said_of), _sayer)
    last: dict[str, Given] = {}
    for one in sorted(said_of, key=lambda one: not fold.is_imported(one.entry)):
        entry = one.entry
        value = text_of(entry, "value")
        if entry.id in out or value not in VERDICTS or one.entry.is_stub:
            continue
        files = entry.header.get("files")
        last[key(author_of(entry))] = Given(
            entry.id, author_of(entry), time_of(entry), value, entry.body or "",
            text_of(entry, "revision"), oid_of(entry, "head"), oid_of(entry, "base"),
            text_of(entry, "digest"),
            tuple(one for one in files if isinstance(one, str)) if isinstance(files, list) else (),
            entry.id not in there, fold.is_imported(entry), one.placed.mark,
        )  # fmt: skip
    return [one for one in last.values() if one.value != NONE]


def _sayer(entry: Entry) -> tuple[str, bool]:
    """Whose word it is, and whether he gave it elsewhere."""
    return key(author_of(entry)), fold.is_imported(entry)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
