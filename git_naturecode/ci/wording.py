"""What is posted on a forge: the comment of one finding, and the one about the whole."""

from collections.abc import Mapping, Sequence
from itertools import islice

from git_naturecode.ai.reviewing.neutral import neutral
from git_naturecode.domain.findings.model import SEVERITIES, Finding
from git_naturecode.domain.findings.result import Result
from git_naturecode.domain.review.suggestion import WORD, with_suggestion

_MOST_LISTED, _MOST_SKIPPED = 50, 20
_MOST_SUMMARY = 60_000  # characters: GitHub takes 65,536


def comment(finding: Finding, *, suggests: bool, above: int = 0) -> str:
    """The comment of a finding, in Markdown that does nothing but say it.

    `suggests`: its suggestion goes along. `above`: GitLab wants to know how many lines above the
    last one it replaces.
    """
    said = f"**{_word(finding)}**\n\n{neutral(finding.message)}"
    if suggests and finding.suggestion is not None:
        block = with_suggestion("", finding.suggestion)
        if above:
            block = block.replace(WORD, f"{WORD}:-{above}+0", 1)
        said += f"\n\n{block}"
    return f"{said}\n\n<sub>{_code(finding.rule)} by {_code(finding.source or 'unknown')}</sub>"


def summary(
    result: Result, listed: Sequence[Finding], comments: tuple[int, int, int, int] | None = None
) -> str:
    """What there is to say of the whole: how many there are, those in `listed` that no comment
    tells of, what was not looked at. `comments` are new, known before, resolved, and those
    that this token may neither resolve nor open again."""
    said = ["### Review by git naturecode", ""]
    if result.inconclusive:
        why = neutral(result.inconclusive, 300)
        said += [
            f"**Inconclusive**: {why}. That nothing is said does not mean that it is clean.",
            "",
        ]
    said += [_counts(result.findings), ""]
    if comments is not None:
        posted, kept, resolved, refused = comments
        said += [f"Comments: {posted} new, {kept} known before, {resolved} resolved.", ""]
        if refused:
            told = f"{refused} of them should be resolved or open, which this token may not do."
            said += [told, ""]
    if listed:
        said += ["On no line that this page shows:", ""] if comments is not None else []
        said += [_item(one) for one in listed[:_MOST_LISTED]]
        said += [*_more(len(listed) - _MOST_LISTED), ""]
    if result.skipped:
        said += _skipped(result.skipped)
    said.append(f"<sub>of {_code(result.head[:12])}</sub>" if result.head else "")
    text = "\n".join(said).strip()
    return text if len(text) <= _MOST_SUMMARY else text[:_MOST_SUMMARY].rstrip() + "\n\n[cut]"


def _counts(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No findings."
    rows = ["| severity | findings |", "|---|---|"]
    for severity in reversed(SEVERITIES):
        count = sum(one.severity == severity for one in findings)
        rows += [f"| {severity} | {count} |"] if count else []
    return "\n".join(rows)


def _item(one: Finding) -> str:
    where = f"{one.anchor.path}:{one.anchor.line}" if one.anchor.line else one.anchor.path
    first = neutral(one.message.strip().partition("\n")[0], 300)
    return f"- **{_word(one)}** {_code(where)}: {first}"


def _skipped(skipped: Mapping[str, str]) -> list[str]:
    named = islice(skipped.items(), _MOST_SKIPPED)  # each costs time, and a stranger says how many
    some = [f"- {_code(name)}: {neutral(why, 200)}" for name, why in named]
    head = f"<details><summary>{len(skipped)} files were not looked at</summary>"
    if len(skipped) == 1:
        head = head.replace("files were", "file was")
    return [head, "", *some, *_more(len(skipped) - _MOST_SKIPPED), "</details>", ""]


def _more(count: int) -> list[str]:
    return [f"- and {count} more"] if count > 0 else []


def _word(one: Finding) -> str:
    return f"{one.severity} {one.cwe}".strip()


def _code(text: str) -> str:
    """`text` between backticks, where nothing in it does anything."""
    plain = " ".join(text.replace("`", "'").split())
    return f"`{neutral(f'`{plain}`', 400).strip('`') or '-'}`"
