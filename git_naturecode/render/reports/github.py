"""GitHub's workflow commands: annotations that a job makes by what it prints."""

from git_naturecode.domain.findings.model import Finding
from git_naturecode.render.reports.report import (
    Report,
    level,
    lines,
    message,
    path,
    rule,
    unseen,
)
from git_naturecode.render.show import line

_LEVELS = ("notice", "warning", "error", "error")


def text(report: Report) -> str:
    """`report` as one command a line.

    Every byte that could begin another command is escaped, so that no text of a change or a model
    commands the runner.
    """
    said = [_command(one) for one in report.worst_first]
    if report.inconclusive:
        said.insert(0, f"::error::{_data(f'inconclusive: {line(report.inconclusive)}')}")
    said += [f"::warning::{_data(sentence)}" for sentence in unseen(report)]
    return "".join(f"{one}\n" for one in said)


def _command(one: Finding) -> str:
    told = {"file": path(one), "title": f"{one.severity}: {rule(one)}"}
    if at := lines(one):
        told |= {"line": str(at[0]), "endLine": str(at[1])}
    options = ",".join(f"{name}={_property(value)}" for name, value in told.items())
    return f"::{level(one.severity, _LEVELS)} {options}::{_data(message(one))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
