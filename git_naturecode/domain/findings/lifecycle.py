"""What became of findings over the states of a change, by what was found in which of them."""

from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.domain.findings.model import is_asked

NEW, PERSISTING, REOPENED, FIXED, DISMISSED = (
    "new", "persisting", "reopened", "fixed", "dismissed",
)  # fmt: skip
STATES = (NEW, PERSISTING, REOPENED, FIXED, DISMISSED)
LIVE = frozenset({NEW, PERSISTING, REOPENED})


class When(NamedTuple):
    """When something was seen: the number of the revision (0: of one that nobody knows), then the
    stamp and the id of the entry."""

    revision: int
    at: str
    id: str


class Sighting(NamedTuple):
    """A finding that was there: `source` saw it in `path` while it looked for `aspect`."""

    when: When
    fingerprint: str
    source: str
    aspect: str
    path: str


class Look(NamedTuple):
    """An analysis that came to its end.

    `sources` are the programs that looked, for `aspects` (none: for all); they saw the whole of
    the files `covered`, and that the change has nothing to do with the files `gone` any more.
    """

    when: When
    sources: frozenset[str]
    aspects: tuple[str, ...]
    covered: frozenset[str]
    gone: frozenset[str]
    found: frozenset[str]

    def misses(self, one: Sighting) -> bool:
        """True when what `one` tells of is not there, and would have been seen by who looks so."""
        return one.fingerprint not in self.found and (
            one.path in self.covered or one.path in self.gone
        )


def tool(source: str) -> str:
    """The program in `source` without its version: another one finds the same things."""
    return source.partition(" ")[0]


def lives(sightings: Iterable[Sighting], looks: Iterable[Look]) -> dict[str, str]:
    """The state of each fingerprint in `sightings`: one of STATES but DISMISSED.

    The result follows from what is there, and not from the order in which it comes. Something is
    fixed only when its source has looked at the file again, in a later state of the change, and
    did not find it: that the same state looks clean to a second run of a model mends nothing. Who
    found it first in the last state that was looked at says `new` of it, and who found it there
    after it had been mended says `reopened`. Of several sources that found it one is enough to
    keep it.
    """
    ordered = sorted(looks)
    by_print: dict[str, dict[str, list[Sighting]]] = {}
    for one in sightings:
        by_print.setdefault(one.fingerprint, {}).setdefault(one.source, []).append(one)
    last: dict[str, int] = {}
    for look in ordered:
        last |= {source: max(look.when.revision, last.get(source, 0)) for source in look.sources}
    return {
        name: _joined(
            _life(sorted(seen), ordered, last.get(source, 0)) for source, seen in sources.items()
        )
        for name, sources in by_print.items()
    }


def _life(seen: list[Sighting], looks: list[Look], newest: int) -> str:
    """What one source says of one finding; `newest` is the last revision that it looked at."""
    here = seen[0]
    last, since = 0, -1
    is_live = again = False
    events: list[Sighting | Look] = [*seen, *_about(looks, here)]
    for event in sorted(events, key=lambda one: one.when):
        revision = event.when.revision
        if isinstance(event, Sighting) or here.fingerprint in event.found:
            here = event if isinstance(event, Sighting) else here
            if not is_live:
                is_live, again, since = True, since >= 0, revision
            last = revision
        elif is_live and event.misses(here) and revision > last:
            is_live = False
    if not is_live:
        return FIXED
    if since < newest:
        return PERSISTING
    return REOPENED if again else NEW


def _about(looks: list[Look], one: Sighting) -> list[Look]:
    """The analyses that have looked for what was seen there, with what saw it."""
    return [
        look
        for look in looks
        if one.source in look.sources and (not look.aspects or is_asked(one.aspect, look.aspects))
    ]


def _joined(told: Iterable[str]) -> str:
    """What several sources say of one finding, as one word."""
    some = set(told)
    return next(state for state in (PERSISTING, REOPENED, NEW, FIXED) if state in some)
