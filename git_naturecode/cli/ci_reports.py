"""The reports of `ci review`: which form goes where, and what is in it."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.ai.reviewing.run import Outcome
    from git_naturecode.domain.findings.result import Result
    from git_naturecode.render.reports.report import Report


class Format(StrEnum):
    """In which form findings are written."""

    text = "text"
    json = "json"
    sarif = "sarif"
    rdjson = "rdjson"
    rdjsonl = "rdjsonl"
    codequality = "codequality"
    junit = "junit"
    checkstyle = "checkstyle"
    github = "github"


def outputs(formats: list[Format], paths: list[str], *, as_json: bool) -> list[tuple[Format, str]]:
    """Which format goes where; raises Usage where that is not clear."""
    if as_json:
        if formats or paths:
            raise errors.Usage("--json is --format json -o -", "leave one of both out")
        return [(Format.json, "-")]
    if len(paths) > len(formats) or (len(formats) > 1 and len(paths) < len(formats)):
        raise errors.Usage(
            f"{count(len(formats), 'format')} for {count(len(paths), 'file')}",
            "name one for each: --format sarif -o a.sarif --format junit -o b.xml",
        )
    if not formats:
        return [(Format.text, "-")]
    found = list(zip(formats, paths or ["-"], strict=True))
    if sum(path == "-" for _, path in found) > 1:
        raise errors.Usage("only one format can go to stdout")
    return found


def text(form: Format, found: "Result", outcome: "Outcome", name: str) -> str:
    """What was found, in the form `form`; `name` says what was looked for."""
    from git_naturecode import __version__
    from git_naturecode.domain.findings import result
    from git_naturecode.render.reports.report import Report

    if form is Format.json:
        return result.text(found)
    made = Report(
        found.findings, __version__, found.base, found.head, name, found.inconclusive,
        found.skipped,
    )  # fmt: skip
    if form is Format.text:
        return _said(made, outcome)
    return _writers()[form](made)


def _writers() -> "dict[Format, Callable[[Report], str]]":
    from git_naturecode.render.reports import code_quality, github, rdjson, sarif, xml

    return {
        Format.sarif: sarif.text, Format.rdjson: rdjson.text, Format.rdjsonl: rdjson.rows,
        Format.codequality: code_quality.text, Format.junit: xml.junit,
        Format.checkstyle: xml.checkstyle, Format.github: github.text,
    }  # fmt: skip


def _said(made: "Report", outcome: "Outcome") -> str:
    """For people who read the log of a job: a line for each finding, and what was looked at."""
    from git_naturecode.render.reports import report as words

    said = []
    for one in made.worst_first:
        at = words.lines(one)
        where = f"{words.path(one)}:{at[0]}" if at else words.path(one)
        said.append(f"{where}: {one.severity}: {words.title(one)} [{words.rule(one)}]")
    seen = outcome.coverage
    said.append(
        f"{count(len(made.findings), 'finding')}; {seen.hunks} of {count(seen.of_hunks, 'hunk')} "
        "looked at"
    )
    return "".join(f"{inert(one)}\n" for one in [*said, *words.unseen(made)])


def inert(text: str) -> str:
    """`text` as one line that no runner takes for a command, whatever a file is called."""
    text = line(text).replace("##[", "## [")
    return f"./{text}" if text.startswith("::") else text


def write(context: contexts.Context, path: str, text: str) -> None:
    """Write a report; raises NaturecodeError where the place cannot be written."""
    if path == "-":
        context.out.write(text)
        return
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise errors.NaturecodeError(f"cannot write {line(path)}: {error.strerror}") from None


def summarise(
    context: contexts.Context, result: "Result", comments: tuple[int, int, int, int] | None = None
) -> None:
    """Say what was found in the summary of a job of GitHub; nothing where there is none.

    `comments`: how many were new, known before, resolved and refused; without, all findings are
    listed.
    """
    from git_naturecode.ci import wording

    path = context.environ.get("GITHUB_STEP_SUMMARY", "")
    if not path:
        return
    listed = result.findings if comments is None else ()
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(wording.summary(result, listed, comments) + "\n")
    except OSError as error:
        context.tell(f"note: the summary of the job was not written: {error.strerror}")
