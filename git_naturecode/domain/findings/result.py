"""The result of an analysis as a file: one job writes it, another reads it as from a stranger."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from git_naturecode import ids
from git_naturecode.domain.findings.fingerprint import LENGTH
from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import given
from git_naturecode.domain.findings.lifecycle import tool
from git_naturecode.domain.findings.model import SEVERITIES, Finding, is_asked
from git_naturecode.domain.review.anchor import NEW, OLD, Anchor
from git_naturecode.store.entry import Json

KIND = "naturecode-analysis"
MOST_FINDINGS, MOST_PATHS, MOST_BYTES = 10_000, 100_000, 50 * 1024 * 1024
MOST_SOURCES = 100
_PRINT = re.compile(rf"[0-9a-f]{{{LENGTH}}}")
_OID = re.compile(r"(?:[0-9a-f]{40}(?:[0-9a-f]{24})?)?")
_CWE = re.compile(r"(?:CWE-[1-9][0-9]{0,4})?")
_ODD = re.compile(r"[^A-Za-z0-9_.:+/-]+|-{2,}")


class Result(NamedTuple):
    """What an analysis of the change from `base` to `head` came to.

    `findings` are live; `dismissed` has the fingerprint and the reason of others. `covered` are
    the files that were looked at as a whole, `gone` those that the change does not touch any
    more, `skipped` says of files why not. `inconclusive` says why the whole says nothing. `files`
    are all that the change touches (None: not told), `sources` the programs that looked, for
    `aspects`; without them nobody knows who has looked for what.
    """

    base: str
    head: str
    findings: tuple[Finding, ...] = ()
    dismissed: Mapping[str, str] = {}
    covered: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    skipped: Mapping[str, str] = {}
    inconclusive: str = ""
    files: frozenset[str] | None = None
    sources: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()

    def is_mended(self, fingerprint: str, path: str, by: str = "") -> bool:
        """True when the finding was looked for in `path` and is not there any more; `by` says who
        has found it (see `looker`; "" where that is not known)."""
        if self.inconclusive or any(one.fingerprint == fingerprint for one in self.findings):
            return False
        if path in self.gone or (path and self.files is not None and path not in self.files):
            return True
        return path in self.covered and self._looked(by)

    def _looked(self, by: str) -> bool:
        aspect, _, who = by.partition(":")
        if not who:
            return True
        those = {_word(tool(one)) for one in self.sources}
        return (not those or who in those) and (not self.aspects or is_asked(aspect, self.aspects))


def looker(finding: Finding) -> str:
    """Who has found it, while he looked for what, as one word: `security:bandit`."""
    aspect = _word(finding.aspect).replace(":", "_")
    return f"{aspect}:{_word(tool(finding.source))}"


def _word(text: str) -> str:
    return _ODD.sub("_", text)


class Unreadable(ValueError):
    """Why a file is no result; its text is one phrase."""


def text(result: Result) -> str:
    """`result` as a file."""
    said: dict[str, Json] = {
        "kind": KIND, "schema": 1, "base": result.base, "head": result.head,
        "findings": [_json(one) for one in result.findings],
        "dismissed": dict(result.dismissed), "covered": sorted(result.covered),
        "gone": sorted(result.gone), "skipped": dict(result.skipped),
        "inconclusive": result.inconclusive, "sources": list(result.sources),
        "aspects": list(result.aspects),
    }  # fmt: skip
    if result.files is not None:
        said["files"] = sorted(result.files)
    return json.dumps(said, indent=1) + "\n"


def read(data: bytes) -> Result:
    """The result in a file; whatever in it is not as it should be is left out.

    Raises Unreadable for what is no such file at all.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(f"it is larger than {MOST_BYTES >> 20} MiB")
    try:
        said: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable("it is no sound JSON") from None
    if given.part(said, "kind") != KIND:
        raise Unreadable("it is no result of `git naturecode ci review`")
    some = given.some(said.get("findings"))[:MOST_FINDINGS]
    return Result(
        _matching(_OID, said.get("base")), _matching(_OID, said.get("head")),
        tuple(found for one in some if (found := _finding(one))),
        {name: why for name, why in _texts(said.get("dismissed")).items() if _is_print(name)},
        _paths(said.get("covered")), _paths(said.get("gone")), _texts(said.get("skipped")),
        given.text(said.get("inconclusive")), _every(said.get("files")),
        _words(said.get("sources")), _words(said.get("aspects")),
    )  # fmt: skip


def of_hits(hits: Iterable[Hit]) -> Result:
    """The result of another tool, of which nobody knows which commit it looked at, nor what it has
    seen besides: nothing is mended by it.

    A fingerprint holds the rule, the last name of the path, the first line of the message and a
    number among those that have all that in common.
    """
    alike: Counter[tuple[str, str, str]] = Counter()
    found = []
    for hit in hits:
        told = (hit.rule, hit.path.rpartition("/")[2], hit.message.partition("\n")[0])
        name = ids.digest((*told, str(alike[told]))).hex()[:LENGTH]
        alike[told] += 1
        found.append(
            Finding(
                hit.rule,
                hit.severity,
                hit.confidence,
                hit.message,
                Anchor(hit.path, hit.side, hit.line, max(hit.line, hit.end)),
                hit.suggestion,
                hit.aspect,
                hit.source,
                hit.cwe,
                name,
            )
        )
    return Result("", "", tuple(found[:MOST_FINDINGS]))


def is_one(data: bytes) -> bool:
    """True when `data` says that it is such a file."""
    return KIND.encode() in data[:200]


def _json(one: Finding) -> Json:
    anchor = one.anchor
    return {
        "rule": one.rule, "severity": one.severity, "confidence": one.confidence,
        "message": one.message, "path": anchor.path, "side": anchor.side, "line": anchor.line,
        "end": anchor.end, "suggestion": one.suggestion, "aspect": one.aspect,
        "source": one.source, "cwe": one.cwe, "fingerprint": one.fingerprint,
    }  # fmt: skip


def _finding(said: Any) -> Finding | None:
    path = given.path(given.part(said, "path"), "")
    name = _matching(_PRINT, given.part(said, "fingerprint"))
    if not path or not name:
        return None
    severity, sure = given.part(said, "severity"), given.part(said, "confidence")
    side = OLD if given.part(said, "side") == OLD else NEW
    wanted = given.part(said, "suggestion")
    return Finding(
        given.text(given.part(said, "rule"))[:200],
        severity if severity in SEVERITIES else SEVERITIES[-1],
        min(1.0, max(0.0, sure)) if isinstance(sure, int | float) else 1.0,
        given.text(given.part(said, "message")),
        Anchor(path, side, *given.lines(given.part(said, "line"), given.part(said, "end"))),
        wanted[: given.MOST_TEXT] if isinstance(wanted, str) else None,
        given.text(given.part(said, "aspect"))[:200], given.text(given.part(said, "source"))[:200],
        _matching(_CWE, given.part(said, "cwe")), name,
    )  # fmt: skip


def _is_print(name: str) -> bool:
    return bool(_PRINT.fullmatch(name))


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _paths(value: Any) -> frozenset[str]:
    return frozenset(one for one in given.some(value)[:MOST_PATHS] if isinstance(one, str))


def _every(value: Any) -> frozenset[str] | None:
    """All files of a change; None where they may not be all."""
    if not isinstance(value, list) or len(value) > MOST_PATHS:
        return None
    return _paths(value)


def _words(value: Any) -> tuple[str, ...]:
    some = given.some(value)[:MOST_SOURCES]
    return tuple(one[:200] for one in some if isinstance(one, str))


def _texts(value: Any) -> dict[str, str]:
    pairs = list(value.items())[:MOST_PATHS] if isinstance(value, dict) else []
    return {name: why[:200] for name, why in pairs if isinstance(why, str)}
