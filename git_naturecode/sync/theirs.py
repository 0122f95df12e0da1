"""What a remote has of ours: asked in one request, fetched to a place where it harms nobody."""

import re
from dataclasses import dataclass, field

from git_naturecode.errors import Unsafe
from git_naturecode.git.remote import Link, Vanished
from git_naturecode.store import notes, reconcile
from git_naturecode.store.store import Store
from git_naturecode.sync import incoming

OUTBOX = "refs/naturecode/outbox/"
LOOK = "?"  # in place of a tip that the fetch itself will tell
_MAX_OUTBOXES = 100
_OUTBOX = re.compile(r"refs/naturecode/outbox/([0-9a-hjkmnp-tv-z]{16})/([0-9a-f]{40,64})")


@dataclass
class Theirs:
    """The tip of the remote's data branch (None: there is none), its outboxes, its notes refs."""

    tip: str | None
    outboxes: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def ask(link: Link, branch: str, taken: list[str]) -> Theirs:
    """What the remote has now, without the outboxes `taken` that are in our branch already."""
    found = link.list_refs([branch, OUTBOX + "*", notes.PREFIX + "*"])
    named = {ref: _OUTBOX.fullmatch(ref) for ref in found}
    # A ref that was not made by this program, or was moved, is not an outbox.
    boxes = [ref for ref, parts in named.items() if parts and parts[2] == found[ref]]
    fresh = [ref for ref in sorted(boxes) if found[ref] not in taken]
    return Theirs(
        found.get(branch),
        {ref: found[ref] for ref in fresh[:_MAX_OUTBOXES]},
        {ref: found[ref] for ref in notes.REFS if ref in found},
    )


def fetch(store: Store, link: Link, place: str, theirs: Theirs) -> dict[str, Unsafe]:
    """Bring what we do not have into refs below `place`; gives what git refused.

    An outbox that was taken in by somebody faster is left out of `theirs`; its tips become those
    that came.
    """
    branch = store.team.ref
    tips = {**({branch: theirs.tip} if theirs.tip else {}), **theirs.outboxes, **theirs.notes}
    wanted = [ref for ref, oid in tips.items() if not _has(store, ref, oid)]
    specs = [f"+{ref}:{place}{ref.removeprefix('refs/')}" for ref in wanted]
    again = theirs.tip == LOOK
    if again:
        specs.append(f"+{notes.PREFIX}*:{place}{notes.PREFIX.removeprefix('refs/')}*")
    bad: dict[str, Unsafe] = {}
    try:
        if specs:
            bad = _each(link, specs)
    except Vanished:
        if not theirs.outboxes:
            raise
        theirs.outboxes.clear()
        return fetch(store, link, place, theirs)
    # What came counts, not what was asked for: in between somebody may have replaced a branch.
    came = incoming.below(store, place) if specs else {}
    if again:
        theirs.notes = {ref: oid for ref in notes.REFS if (oid := came.get(_at(place, ref), ""))}
    else:
        theirs.notes = {ref: came.get(_at(place, ref), oid) for ref, oid in theirs.notes.items()}
    theirs.tip = came.get(_at(place, branch), theirs.tip)
    return bad


def _each(link: Link, specs: list[str]) -> dict[str, Unsafe]:
    """Fetch all at once; where git refuses something, one by one, to find out which it was."""
    try:
        link.fetch(specs)
    except Unsafe as unsafe:
        if len(specs) == 1:
            return {_source(specs[0]): unsafe}
    else:
        return {}
    bad = {}
    for spec in specs:
        try:
            link.fetch([spec])
        except Unsafe as unsafe:
            bad[_source(spec)] = unsafe
    return bad


def _source(spec: str) -> str:
    return spec[1:].split(":", 1)[0]


def _at(place: str, ref: str) -> str:
    return place + ref.removeprefix("refs/")


def _has(store: Store, ref: str, oid: str) -> bool:
    """True when `oid` is in our history, so that it need not be fetched."""
    if oid == LOOK:
        return False
    objects = store.team.objects
    ours = objects.resolve(ref) if ref in notes.REFS else store.team.head()
    return ours is not None and reconcile.holds(objects, ours, oid)
