"""Folding what analyses have said of a change: findings with their state, the analyses."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.domain import fold
from git_naturecode.domain.findings import lifecycle
from git_naturecode.domain.findings.fingerprint import LENGTH
from git_naturecode.domain.findings.lifecycle import DISMISSED, LIVE, Look, Sighting, When, tool
from git_naturecode.domain.findings.model import SEVERITIES, Finding, rank
from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.suggestion import pieces
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.judged import Mark as Standing

KINDS = frozenset({"finding", "analysis", "dismiss"})
DONE, INCONCLUSIVE = "done", "inconclusive"
_PRINT = re.compile(rf"[0-9a-f]{{{LENGTH}}}")
_CWE = re.compile(r"CWE-[1-9][0-9]{0,4}")
_MOST_WORD, _MOST_PATHS = 200, 100_000


class Dismissal(NamedTuple):
    """Who said that a finding is nothing to mend, when, and why."""

    by: str
    time: str
    reason: str
    text: str = ""


class Tracked(NamedTuple):
    """A finding and what became of it: `state` is one of lifecycle.STATES, `life` what it would
    be if nobody had dismissed it. `finding` is as it was seen last, in the revision with the id
    `revision`; `time` is when it was seen first (`stamp` by the clock of the log), `by` who ran the
    analysis."""

    id: str
    finding: Finding
    state: str
    life: str
    by: str
    time: str
    stamp: str
    revision: str
    dismissed: Dismissal | None = None
    standing: Standing | None = None

    @property
    def is_live(self) -> bool:
        """True when it is there and nobody has dismissed it."""
        return self.state in LIVE


class Analysis(NamedTuple):
    """One look at a change: by which `source`, for which aspects, what it found and covered.

    `assessment` is approve, requestChanges or comment, what the model would do: it is shown, and
    no verdict. `skipped` says of files why they were not looked at; `tokens` and `cost` are what
    it took, None where nobody counted.
    """

    id: str
    by: str
    time: str
    revision: str
    head: str
    source: str
    aspects: tuple[str, ...]
    state: str
    text: str
    assessment: str
    confidence: float | None
    found: tuple[str, ...]
    covered: tuple[str, ...]
    skipped: dict[str, str]
    tokens: tuple[int, int] | None = None
    cost: float | None = None
    standing: Standing | None = None


def build(
    counted: Sequence[fold.Counted], number: Callable[[str, str], int]
) -> tuple[list[Tracked], list[Analysis]]:
    """The findings and the analyses that the entries of a review add up to.

    `number` says which revision is meant by the id of its entry, or else by its head. Findings
    come in the order in which they were seen first, analyses by revision and time.
    """
    some = [one for one in counted if one.entry.kind in KINDS and not one.entry.is_stub]
    if not some:
        return [], []
    seen = [made for one in some if one.entry.kind == "finding" and (made := _seen(one, number))]
    runs = _runs(one for one in some if one.entry.kind == "analysis")
    done = [_look(run, number) for run in runs if _state(run) == DONE]
    states = lifecycle.lives((one.sighting for one in seen), done)
    out = _dismissals(some)
    found = [
        _tracked(versions, states[name], out.get(name))
        for name, versions in _by_print(seen).items()
    ]
    told = sorted(runs, key=lambda run: _when(run[0].entry, number))
    return sorted(found, key=_born), list(map(_analysis, told))


class _Seen(NamedTuple):
    """An entry of kind `finding`, read."""

    placed: fold.Counted
    finding: Finding
    sighting: Sighting


def _seen(one: fold.Counted, number: Callable[[str, str], int]) -> _Seen | None:
    finding = read(one.entry)
    if finding is None:
        return None
    # Who may write no revision (a bot) speaks of a commit that somebody else writes down.
    head = finding.anchor.commit if finding.anchor.side == anchor.NEW else ""
    sighting = Sighting(
        _when(one.entry, number, head), finding.fingerprint, tool(finding.source), finding.aspect,
        finding.anchor.path,
    )  # fmt: skip
    return _Seen(one, finding, sighting)


def read(entry: Entry) -> Finding | None:
    """The finding in an entry; None for one without a fingerprint. A severity that nobody knows is
    the worst, for it may have been meant so."""
    header = entry.header
    print_ = text_of(entry, "fingerprint")
    if not _PRINT.fullmatch(print_):
        return None
    severity, cwe = text_of(entry, "severity"), text_of(entry, "cwe")
    parts = pieces(entry.body or "")
    wanted = [one.suggests for one in parts if one.suggests]
    return Finding(
        _word(entry, "rule"), severity if severity in SEVERITIES else SEVERITIES[-1],
        confidence(header.get("confidence"), 1.0),
        "\n".join(one.text for one in parts if not one.suggests).strip(),
        anchor.read(header.get("anchor")) or Anchor(""),
        "\n".join(wanted[-1].lines) if wanted else None,
        _word(entry, "aspect"), _word(entry, "source"), cwe if _CWE.fullmatch(cwe) else "", print_,
    )  # fmt: skip


def confidence(value: Json, without: float) -> float:
    """A number from 0 to 1; `without` for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return without
    return min(1.0, max(0.0, float(value)))


def _tracked(versions: list[_Seen], life: str, out: Dismissal | None) -> Tracked:
    """One finding of all entries about it: the one of the last revision counts, and of several the
    one that is worst."""
    last = max(one.sighting.when.revision for one in versions)
    latest = max(
        (one for one in versions if one.sighting.when.revision == last),
        key=lambda one: (rank(one.finding.severity), one.sighting.when),
    )
    first = min(versions, key=lambda one: one.sighting.when)
    entry = latest.placed.entry
    return Tracked(
        entry.id, latest.finding, DISMISSED if out else life, life,
        text_of(first.placed.entry, "by"), first.placed.entry.at[:24], first.placed.entry.at,
        text_of(entry, "revision"), out, latest.placed.placed.mark,
    )  # fmt: skip


def _by_print(seen: Iterable[_Seen]) -> dict[str, list[_Seen]]:
    found: dict[str, list[_Seen]] = {}
    for one in seen:
        found.setdefault(one.finding.fingerprint, []).append(one)
    return found


def _born(one: Tracked) -> tuple[str, str]:
    return one.stamp, one.finding.fingerprint


def dismissing(entries: Iterable[Entry], target: str) -> list[str]:
    """The ids of the entries about finding `target` that a new word on it has to name in `over`."""
    about = [e for e in entries if e.kind == "dismiss" and text_of(e, "target") == target]
    out = fold.replaced_within(about, _target)
    return sorted(e.id for e in about if e.id not in out)


def _dismissals(counted: Sequence[fold.Counted]) -> dict[str, Dismissal]:
    """Of each finding the last word on whether it is dismissed, where it is."""
    said = [one.entry for one in counted if one.entry.kind == "dismiss"]
    out = fold.replaced_within(said, _target)
    last = {_target(one): one for one in said if one.id not in out}
    return {
        name: Dismissal(text_of(e, "by"), e.at[:24], _word(e, "reason"), e.body or "")
        for name, e in last.items()
        if e.header.get("off") is not True
    }


def _target(entry: Entry) -> str:
    return text_of(entry, "target")


Run = Sequence[fold.Counted]
"""The entries of one analysis: the first has its text, each lists a part of the rest."""


def _runs(counted: Iterable[fold.Counted]) -> list[Run]:
    found: dict[tuple[str, str], list[fold.Counted]] = {}
    for one in counted:
        name = text_of(one.entry, "run") or one.entry.id
        found.setdefault((name, text_of(one.entry, "by")), []).append(one)
    return [sorted(run, key=_part) for run in found.values()]


def _part(one: fold.Counted) -> tuple[int, tuple[str, str, str]]:
    number = one.entry.header.get("part", 0)
    return number if isinstance(number, int) else 0, one.entry.order


def _look(run: Run, number: Callable[[str, str], int]) -> Look:
    first = run[0].entry
    sources = _words(first.header.get("sources")) or (text_of(first, "source"),)
    return Look(
        _when(first, number), frozenset(map(tool, sources)), _words(first.header.get("aspects")),
        frozenset(_listed(run, "covered")), frozenset(_listed(run, "gone")),
        frozenset(_listed(run, "found")),
    )  # fmt: skip


def _listed(run: Run, name: str) -> tuple[str, ...]:
    """What all entries of an analysis list under `name`."""
    return tuple(word for one in run for word in _words(one.entry.header.get(name)))


def _analysis(run: Run) -> Analysis:
    entry, header = run[0].entry, run[0].entry.header
    sure, cost = header.get("confidence"), header.get("cost")
    skipped = [_texts(one.entry.header.get("skipped")) for one in run]
    return Analysis(
        entry.id, text_of(entry, "by"), entry.at[:24], text_of(entry, "revision"),
        text_of(entry, "head"), _word(entry, "source"), _words(header.get("aspects")),
        _state(run), entry.body or "", _word(entry, "assessment"),
        None if sure is None else confidence(sure, 0.0), _listed(run, "found"),
        _listed(run, "covered"), {path: why for some in skipped for path, why in some.items()},
        _pair(header.get("tokens")),
        float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) else None,
        run[0].placed.mark,
    )  # fmt: skip


def _state(run: Run) -> str:
    """What is not plainly done says nothing."""
    states = {text_of(one.entry, "state") for one in run}
    return DONE if states == {DONE} else INCONCLUSIVE


def _when(entry: Entry, number: Callable[[str, str], int], head: str = "") -> When:
    revision = number(text_of(entry, "revision"), text_of(entry, "head") or head)
    return When(revision, entry.at, entry.id)


def _word(entry: Entry, key: str) -> str:
    return text_of(entry, key)[:_MOST_WORD]


def _words(value: Json) -> tuple[str, ...]:
    some = value[:_MOST_PATHS] if isinstance(value, list) else ()
    return tuple(one for one in some if isinstance(one, str))


def _texts(value: Json) -> dict[str, str]:
    some: Mapping[str, Json] = value if isinstance(value, dict) else {}
    return {name: why[:_MOST_WORD] for name, why in some.items() if isinstance(why, str)}


def _pair(value: Json) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        return None
    told = [value.get(name) for name in ("in", "out")]
    numbers = [one for one in told if isinstance(one, int) and not isinstance(one, bool)]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None
