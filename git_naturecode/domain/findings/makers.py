"""The entries of findings before they are written: what was found, the analysis, dismissals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.findings.build import dismissing
from git_naturecode.domain.findings.model import Finding
from git_naturecode.domain.review.suggestion import with_suggestion
from git_naturecode.store.entry import Draft, Entry, Json

FALSE_POSITIVE, WONT_FIX, LATER = "false-positive", "wont-fix", "later"
REASONS = (FALSE_POSITIVE, WONT_FIX, LATER)
"""The reasons that have a name; any other text is one, too."""
_MOST_LISTED = 40 * 1024  # bytes of paths and fingerprints in one header


class Ran(NamedTuple):
    """An analysis that was run: by `source`, with the programs `sources`, on `head` (in revision
    `revision`), for `aspects` (none: all). `run` is random, the same in all its entries. The rest
    is as in Analysis and Look."""

    run: str
    revision: str
    head: str
    source: str
    sources: tuple[str, ...]
    aspects: tuple[str, ...]
    state: str
    text: str = ""
    assessment: str = ""
    confidence: float | None = None
    found: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    skipped: Mapping[str, str] = {}
    tokens: tuple[int, int] | None = None
    cost: float | None = None
    took: float | None = None


def finding(review: str, found: Finding, revision: str, head: str) -> Draft:
    """The entry that says what was found in `head`; its id is the same in every clone.

    Whatever is a secret in its texts must be gone already: a fingerprint looks like one.
    """
    fields: dict[str, Json] = {
        "rule": found.rule, "severity": found.severity, "confidence": round(found.confidence, 2),
        "fingerprint": found.fingerprint, "anchor": found.anchor.json(), "aspect": found.aspect,
        "source": found.source, "revision": revision,
    }  # fmt: skip
    fields |= {"cwe": found.cwe} if found.cwe else {}
    body = found.message
    if found.suggestion is not None:
        body = with_suggestion(body, found.suggestion)
    name = ids.imported_entry("finding", review, found.fingerprint, head)
    return Draft("finding", fields, body, name, clean=True)


def analysis(ran: Ran) -> list[Draft]:
    """The entries that say how an analysis went: one, or more where it has more to list than one
    header holds; the first has the text."""
    lists = [
        (name, one)
        for name, some in (("found", ran.found), ("covered", ran.covered), ("gone", ran.gone))
        for one in some
    ]
    told = [*lists, *(("skipped", pair) for pair in ran.skipped.items())]
    made = []
    for number, part in enumerate(_parts(told), 1):
        fields: dict[str, Json] = {
            "run": ran.run, "revision": ran.revision, "head": ran.head, "source": ran.source,
            "sources": list(ran.sources), "aspects": list(ran.aspects), "state": ran.state,
            "skipped": dict(one for kind, one in part if kind == "skipped"),
        }  # fmt: skip
        for name in ("found", "covered", "gone"):
            fields[name] = [one for kind, one in part if kind == name]
        fields |= _figures(ran) if number == 1 else {"part": number}
        text = (ran.text or None) if number == 1 else None
        kept = {name: value for name, value in fields.items() if value or value == 0}
        made.append(Draft("analysis", kept, text, clean=True))
    return made


def _figures(ran: Ran) -> dict[str, Json]:
    told: dict[str, Json] = {
        "assessment": ran.assessment, "confidence": ran.confidence, "cost": ran.cost,
        "tokens": {"in": ran.tokens[0], "out": ran.tokens[1]} if ran.tokens else None,
        "took": None if ran.took is None else round(ran.took, 1),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def _parts(told: Sequence[tuple[str, Json]]) -> Iterator[list[tuple[str, Json]]]:
    part: list[tuple[str, Json]] = []
    size = 0
    for kind, one in told:
        length = sum(len(text.encode("utf-8", "surrogatepass")) + 8 for text in _texts(one))
        if part and size + length > _MOST_LISTED:
            yield part
            part, size = [], 0
        part.append((kind, one))
        size += length
    yield part


def _texts(one: Json) -> Sequence[str]:
    return one if isinstance(one, tuple) else (one,)


def dismissal(
    entries: Iterable[Entry], target: str, reason: str, text: str = "", *, off: bool = False
) -> Draft:
    """The entry by which somebody dismisses the finding with fingerprint `target` for `reason`, or
    takes that back (`off`)."""
    fields: dict[str, Json] = {"target": target, "over": list(dismissing(entries, target))}
    fields |= {"off": True} if off else {"reason": reason}
    return Draft("dismiss", fields, text or None)
