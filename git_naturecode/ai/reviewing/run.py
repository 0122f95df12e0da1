"""One analysis of a review: looked at, compared with what is known, and written down."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.ai.reviewing import consensus
from git_naturecode.ai.reviewing.anchored import anchored
from git_naturecode.ai.reviewing.assistant import Assistant, Told
from git_naturecode.domain.findings import makers
from git_naturecode.domain.findings.build import DONE, INCONCLUSIVE, Tracked
from git_naturecode.domain.findings.fingerprint import Spot
from git_naturecode.domain.findings.hit import Analyser, Change, Seen
from git_naturecode.domain.findings.lifecycle import FIXED, tool
from git_naturecode.domain.findings.makers import Ran
from git_naturecode.domain.findings.model import Finding, is_asked
from git_naturecode.domain.review.anchor import OLD, Anchor
from git_naturecode.domain.review.following import GONE, MOVED, SAME, Place
from git_naturecode.domain.review.model import Review
from git_naturecode.store.entry import Draft

_MOST_COVERED = 2_000  # files that an entry lists; of more only those that matter for a finding

Places = Mapping[str, Place]
"""Where each known finding is at present, by its fingerprint."""


class Coverage(NamedTuple):
    """What was seen of a change: hunks seen, and all there are; files seen whole, and all files;
    the reason for each that was not."""

    hunks: int
    of_hunks: int
    files: tuple[str, ...]
    paths: frozenset[str]
    skipped: Mapping[str, str]


class Outcome(NamedTuple):
    """What came of an analysis.

    `findings` are on lines of the change as it stands, also those that somebody has dismissed.
    `carried` were found before, and their lines are as they were, though the model did not say so
    again. `dropped` remarks were on no line that the change shows, `doubted` ones did not stand up
    to a second look, on `alone` too few agreed. `state` is done or inconclusive.
    """

    findings: tuple[Finding, ...]
    carried: tuple[Tracked, ...]
    seen: Seen
    told: Told
    coverage: Coverage
    dropped: int
    doubted: int
    alone: int
    tokens: tuple[int, int] | None
    places: Places

    @property
    def state(self) -> str:
        """Done, unless one of the models failed."""
        return INCONCLUSIVE if self.seen.inconclusive else DONE


def run(
    review: Review, change: Change, analysers: Sequence[Analyser], places: Places, least: int = 1
) -> Outcome:
    """Have `change`, the present state of `review`, looked at by all of `analysers`."""
    seen, alone = consensus.agreed(change, analysers, least)
    coverage, shown = _covered(change, seen)
    known = {
        Spot(one.finding.rule, place.path, one.finding.anchor.side, place.line): name
        for one in review.findings
        if (place := places.get(name := one.finding.fingerprint)) and place.line
    }
    made = anchored(change, seen.hits, known)
    asking = [one for one in analysers if isinstance(one, Assistant)]
    dropped = made.dropped + sum(one.dropped for one in asking)
    guesses = frozenset(tool(source) for source in _guessing(asking, seen, least))
    findings = _as_known(made.findings, review.findings, places, guesses)
    there = frozenset(one.fingerprint for one in findings)
    carried = tuple(
        one
        for one in review.findings
        if not seen.inconclusive and one.finding.fingerprint not in there
        and _is_carried(one, places, guesses, change, coverage, shown)
    )  # fmt: skip
    counted = [one.tokens for one in asking if one.tokens]
    return Outcome(
        findings, carried, seen, _told([one.told for one in asking]), coverage,
        dropped, sum(one.doubted for one in asking), alone,
        (sum(one[0] for one in counted), sum(one[1] for one in counted)) if counted else None,
        places,
    )  # fmt: skip


Shown = Callable[[Place, str], bool]


def _covered(change: Change, seen: Seen) -> tuple[Coverage, Shown]:
    """What was seen, and whether the change shows the lines of a place on a side."""
    paths, whole = set[str](), list[str]()
    every = set[tuple[str, int]]()
    ranges: dict[tuple[str, str], list[tuple[int, int]]] = {}
    skipped = dict(seen.skipped)
    for file in change.files:
        names = dict.fromkeys((file.path, file.old_path or file.path))
        paths |= names.keys()
        mine = {(file.path, number) for number in range(1, len(file.hunks) + 1)}
        every |= mine
        if file.path not in skipped and mine <= seen.covered:
            whole += names
        elif file.path not in skipped:
            skipped[file.path] = "not all of it was looked at"
        for hunk in file.hunks:
            new, old = (file.path, "new"), (file.old_path or file.path, OLD)
            ranges.setdefault(new, []).append((hunk.new, hunk.new + hunk.new_count))
            ranges.setdefault(old, []).append((hunk.old, hunk.old + hunk.old_count))

    def shows(place: Place, side: str) -> bool:
        return any(
            first <= place.line <= place.end < end
            for first, end in ranges.get((place.path, side), ())
        )

    told = Coverage(
        len(every & seen.covered), len(every), tuple(whole), frozenset(paths), skipped
    )  # fmt: skip
    return told, shows


def _guessing(asking: Sequence[Assistant], seen: Seen, least: int) -> Iterable[str]:
    """The sources that may say another thing each time they are asked."""
    return seen.sources if asking and least > 1 else (one.name for one in asking)


def _as_known(
    found: Sequence[Finding], tracked: Sequence[Tracked], places: Places, guesses: frozenset[str]
) -> tuple[Finding, ...]:
    """`found`, where what stands on the lines of a known one has its fingerprint.

    A file or a definition may have got another name around lines that are as they were; and a model
    says the same in other words, of lines that overlap. What was dismissed is dismissed for lines
    that are as they were.
    """
    taken = {one.fingerprint for one in found}
    there = {one.finding.fingerprint for one in tracked}
    made = []
    for one in found:
        for old in tracked if one.fingerprint not in there else ():
            name = old.finding.fingerprint
            if name not in taken and _is_same(one, old, places.get(name), guesses):
                taken.add(name)
                one = one._replace(fingerprint=name)
                break
        made.append(one)
    return tuple(made)


def _is_same(
    one: Finding, old: Tracked, place: Place | None, guesses: frozenset[str]
) -> bool:  # fmt: skip
    before, here = old.finding, one.anchor
    if place is None or not place.line or (before.rule, tool(before.source)) != (
        one.rule, tool(one.source)
    ):  # fmt: skip
        return False
    if (place.path, before.anchor.side) != (here.path, here.side):
        return False
    is_kept = place.state in (SAME, MOVED)
    if tool(one.source) not in guesses:
        return is_kept and (place.line, place.end) == (here.line, here.end)
    overlap = place.line <= here.end and here.line <= place.end
    return overlap and (is_kept or old.dismissed is None)


def _is_carried(
    one: Tracked, places: Places, guesses: frozenset[str], change: Change, coverage: Coverage,
    shows: Shown,
) -> bool:  # fmt: skip
    """True when a model found it before, nobody has touched its lines since, and it was not said
    again: a model that is silent has mended nothing."""
    finding = one.finding
    place = places.get(finding.fingerprint)
    return (
        place is not None and one.life != FIXED and place.state in (SAME, MOVED)
        and tool(finding.source) in guesses and is_asked(finding.aspect, change.aspects)
        and place.path in coverage.paths and shows(place, finding.anchor.side)
    )  # fmt: skip


def _told(some: Sequence[Told]) -> Told:
    """What several models said of the whole; the worst and the least sure of it counts."""
    said = [one for one in some if one.assessment]
    if not said:
        return Told()
    order = ("approve", "comment", "requestChanges")
    sure = [one.confidence for one in said if one.confidence is not None]
    return Told(
        "\n\n".join(one.summary for one in said if one.summary),
        max((one.assessment for one in said), key=order.index), min(sure, default=None),
    )  # fmt: skip


class Written(NamedTuple):
    """Under what an analysis is written down: its review and revision (id of the entry and head),
    a random name, who looked, for what (none: everything), what it cost and how long it took."""

    review: Review
    revision: str
    head: str
    run: str
    source: str
    aspects: tuple[str, ...]
    cost: float | None = None
    took: float | None = None


def drafts(
    done: Outcome, about: Written, places: Places, clean: Callable[[Sequence[str]], list[str]]
) -> list[Draft]:
    """The entries of an analysis: what it found that nobody knew there, and how it went.

    `clean` takes the secrets out of lines. What is not known (inconclusive) adds no finding.
    """
    review, is_done = about.review, done.state == DONE
    tracked = {one.finding.fingerprint: one for one in review.findings}
    fresh = [one for one in done.findings if _is_news(one, tracked, places, about.head, review)]
    made = [
        makers.finding(review.id, cleaned(one, clean), about.revision, about.head)
        for one in (fresh if is_done else ())
    ]
    names = [one.fingerprint for one in done.findings]
    names += [one.finding.fingerprint for one in done.carried]
    ours = {one.finding.anchor.path for one in review.findings}
    covered = done.coverage.files
    if len(covered) > _MOST_COVERED:
        mine = ours | {one.anchor.path for one in done.findings}
        covered = tuple(path for path in covered if path in mine)
    summary = "\n".join(clean(done.told.summary.split("\n")))
    ran = Ran(
        about.run, about.revision, about.head, about.source, done.seen.sources or (about.source,),
        about.aspects, done.state, summary or done.seen.inconclusive or "",
        done.told.assessment, done.told.confidence, tuple(names) if is_done else (), covered,
        tuple(sorted(ours - done.coverage.paths)), done.coverage.skipped, done.tokens, about.cost,
        about.took,
    )  # fmt: skip
    return [*made, *makers.analysis(ran)]


def _is_news(
    one: Finding, tracked: Mapping[str, Tracked], places: Places, head: str, review: Review
) -> bool:
    """True when the log does not know the finding, or not that it is there."""
    old = tracked.get(one.fingerprint)
    if old is None:
        return True
    heads = {revision.id: revision.head for revision in review.revisions}
    if heads.get(old.revision, old.finding.anchor.commit) == head:
        return False
    place = places.get(one.fingerprint)
    here = one.anchor
    follows = place is not None and place.state != GONE and (
        (place.path, place.line, place.end) == (here.path, here.line, here.end)
    )  # fmt: skip
    return not follows or old.finding.severity != one.severity


def cleaned(finding: Finding, clean: Callable[[Sequence[str]], list[str]]) -> Finding:
    """`finding` without secrets; lines that hold one are left to the commit that they are in."""
    where = finding.anchor
    quoted = [*where.before, *where.text, *where.after, where.symbol]
    if clean(quoted) != quoted:
        bare = Anchor(
            where.path, where.side, where.line, where.end, where.commit, where.blob
        )  # fmt: skip
        finding = finding._replace(anchor=bare)
    message = "\n".join(clean(finding.message.split("\n")))
    suggestion = finding.suggestion
    if suggestion is not None and clean(suggestion.split("\n")) != suggestion.split("\n"):
        suggestion = None
    return finding._replace(message=message, suggestion=suggestion)
