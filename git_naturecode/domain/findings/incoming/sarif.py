"""SARIF 2.1.0, read: what static analysers write."""

from collections.abc import Iterator
from typing import Any

from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import given

_SURE = {"very-high": 0.95, "high": 0.85, "medium": 0.6, "low": 0.4}


def hits(log: Any, root: str) -> Iterator[Hit]:
    """Every result of every run that is not suppressed and has a place in the repository."""
    for run in given.some(given.part(log, "runs")):
        driver = given.part(run, "tool", "driver")
        name = given.text(given.part(driver, "name"))
        version = given.part(driver, "semanticVersion") or given.part(driver, "version")
        rules = given.some(given.part(driver, "rules"))
        known = {given.text(given.part(rule, "id")): rule for rule in rules}
        source = f"{name} {given.text(version)}".strip()
        for result in given.some(given.part(run, "results")):
            if any(_is_accepted(one) for one in given.some(given.part(result, "suppressions"))):
                continue
            if found := _hit(result, rules, known, (name, source), root):
                yield found


def _hit(
    result: Any, rules: list[Any], known: dict[str, Any], driver: tuple[str, str], root: str
) -> Hit | None:
    tool, source = driver
    number = given.part(result, "ruleIndex")
    name = given.text(given.part(result, "ruleId")) or given.text(given.part(result, "rule", "id"))
    rule = known.get(name)
    if rule is None and isinstance(number, int) and 0 <= number < len(rules):
        rule = rules[number]
    place = next(iter(given.some(given.part(result, "locations"))), None)
    where = given.part(place, "physicalLocation")
    region = given.part(where, "region")
    at = given.lines(given.part(region, "startLine"), _last(region))
    path = given.path(given.part(where, "artifactLocation", "uri"), root, is_uri=True)
    said = given.part(result, "message", "markdown") or given.part(result, "message", "text")
    about = given.part(rule, "properties")
    return given.hit(
        name or given.part(rule, "id"), _severity(result, rule), said, path, at, source,
        cwe=given.cwe_in(given.part(about, "tags")), suggestion=_suggestion(result, at),
        confidence=_SURE.get(given.text(given.part(about, "precision")), 0.7), tool=tool,
    )  # fmt: skip


def _last(region: Any) -> Any:
    """The last line of a region; one that ends before the first column of a line ends above."""
    last = given.part(region, "endLine")
    is_above = given.part(region, "endColumn") == 1 and isinstance(last, int)
    return last - 1 if is_above else last


def _severity(result: Any, rule: Any) -> str:
    score = given.part(rule, "properties", "security-severity")
    try:
        number = float(score) if isinstance(score, str | int | float) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if 0 < number <= 10:
        return ("low", "medium", "high", "critical")[(number >= 4) + (number >= 7) + (number >= 9)]
    level = given.part(result, "level") or given.part(rule, "defaultConfiguration", "level")
    return given.severity(level or "warning")


def _is_accepted(suppression: Any) -> bool:
    return given.part(suppression, "status") in (None, "accepted")


def _suggestion(result: Any, at: tuple[int, int]) -> str | None:
    """The text of a fix that replaces exactly the lines of the result, and nothing else."""
    changes = given.some(given.part(next(iter(given.some(given.part(result, "fixes"))), None),
                                    "artifactChanges"))  # fmt: skip
    edits = given.some(given.part(changes[0], "replacements")) if len(changes) == 1 else []
    if len(edits) != 1:
        return None
    region = given.part(edits[0], "deletedRegion")
    whole = given.part(region, "startColumn") in (None, 1) and (
        given.part(region, "endColumn") == 1 and given.part(region, "endLine") == at[1] + 1
    )
    if not whole or given.part(region, "startLine") != at[0]:
        return None
    put = given.part(edits[0], "insertedContent", "text")
    return put.removesuffix("\n")[: given.MOST_TEXT] if isinstance(put, str) else ""
