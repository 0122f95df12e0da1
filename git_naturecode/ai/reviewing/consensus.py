"""Several analysers on one change: what enough of them find, on lines that overlap."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain.findings.hit import Analyser, Change, Hit, Seen
from git_naturecode.domain.findings.model import rank


class Agreed(NamedTuple):
    """What several have seen together, and how many of their remarks too few agreed on."""

    seen: Seen
    alone: int


def agreed(change: Change, analysers: Sequence[Analyser], least: int) -> Agreed:
    """What at least `least` of `analysers` find; nothing is known where one of them failed.

    Two speak of the same when they mean the same aspect of lines that overlap; the one that is
    surest speaks for all, and the worst of their severities is kept. With `least` 1 each speaks
    for himself.
    """
    all_seen = [one.look(change) for one in analysers]
    if len(all_seen) == 1:
        return Agreed(all_seen[0], 0)
    hits = [hit for seen in all_seen for hit in seen.hits]
    covered = frozenset.intersection(*(seen.covered for seen in all_seen))
    skipped = {path: why for seen in all_seen for path, why in seen.skipped.items()}
    failed = [seen.inconclusive for seen in all_seen if seen.inconclusive]
    sources = tuple(
        dict.fromkeys(
            source for analyser, seen in zip(analysers, all_seen, strict=True)
            for source in (seen.sources or (analyser.name,))
        )
    )  # fmt: skip
    if least > 1:
        name = "+".join(sorted(one.name.replace(" ", "") for one in analysers))
        kept, used = _by_many([seen.hits for seen in all_seen], least, name)
        alone, hits, sources = len(hits) - used, kept, (name,)
    else:
        alone = 0
    notes = tuple(dict.fromkeys(note for seen in all_seen for note in seen.notes))
    seen = Seen(tuple(hits), covered, skipped, "; ".join(failed) or None, sources, notes)
    return Agreed(seen, alone)


def _by_many(each: Sequence[Sequence[Hit]], least: int, source: str) -> tuple[list[Hit], int]:
    """The hits that so many of `each` have, once, by their surest; and of how many that are."""
    kept: list[Hit] = []
    used: set[tuple[int, int]] = set()
    for who, hits in enumerate(each):
        for index, hit in enumerate(hits):
            if (who, index) in used:
                continue
            same = [(who, index, hit)]
            for other in range(who + 1, len(each)):
                found = next(
                    (
                        (other, number, one) for number, one in enumerate(each[other])
                        if (other, number) not in used and _is_same(hit, one)
                    ),
                    None,
                )  # fmt: skip
                same += [found] if found else []
            if len(same) >= least:
                used |= {(one[0], one[1]) for one in same}
                kept.append(_for_all([one[2] for one in same], source))
    return kept, len(used)


def _is_same(one: Hit, other: Hit) -> bool:
    last, end = max(one.line, one.end), max(other.line, other.end)
    return (
        (one.path, one.side, one.aspect) == (other.path, other.side, other.aspect)
        and one.line <= end
        and other.line <= last
    )


def _for_all(same: Sequence[Hit], source: str) -> Hit:
    surest = max(same, key=lambda one: one.confidence)
    worst = max(same, key=lambda one: rank(one.severity)).severity
    return surest._replace(severity=worst, source=source)
