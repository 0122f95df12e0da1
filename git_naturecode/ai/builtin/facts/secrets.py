"""Secrets that a change brings into the repository."""

from collections.abc import Iterator

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.reading import Sheet
from git_naturecode.redact import Redactor

_WHAT = {
    "private-key": "A private key", "password": "A password", "api-key": "A key of an API",
    "token": "A token", "address": "An address with a password",
    "webhook": "The secret address of a webhook", "base64": "A secret in base64",
}  # fmt: skip
_SURE = {
    "private-key": 0.9,
    "password": 0.5,
    "secret": 0.5,
    "key": 0.4,
    "token": 0.5,
    "base64": 0.6,
}
_MOST_RUN = 200_000  # characters looked at together


def look(sheet: Sheet) -> Iterator[Found]:
    """The secrets in the new lines of `sheet`, never quoted."""
    redactor = Redactor()
    for first, text in _runs(sheet.added):
        told, labels = redactor.text(text)
        if not labels:
            continue
        for line, end, label in _places(text, told, labels, first):
            rule = label.rpartition(":")[0]
            sure = _SURE.get(rule, 0.8)
            in_test = sheet.kind.is_test and rule != "private-key"
            yield Found(
                "nc/secret", "medium" if in_test else "critical" if sure > 0.7 else "high",
                round(sure * (0.5 if in_test else 1), 2),
                f"{_WHAT.get(rule, 'A secret')} gets into the history here, where everybody who "
                "clones it reads it. Take it out, and replace it where it is in use.",
                line, end, "CWE-798",
            )  # fmt: skip


def _runs(added: dict[int, str]) -> Iterator[tuple[int, str]]:
    """New lines that follow each other, as one text with the number of its first."""
    first, size = 0, 0
    run: list[str] = []
    for number, text in added.items():
        if run and (number != first + len(run) or size > _MOST_RUN):
            yield first, "\n".join(run)
            run, size = [], 0
        if not run:
            first = number
        run.append(text)
        size += len(text)
    if run:
        yield first, "\n".join(run)


def _places(
    text: str, told: str, labels: tuple[str, ...], first: int
) -> Iterator[tuple[int, int, str]]:
    """The lines of each secret, found by what stands between the labels."""
    at = done = 0
    for index, label in enumerate(labels):
        mark = f"[REDACTED:{label}]"
        where = told.find(mark, done)
        start = at + (where - done)
        done = where + len(mark)
        following = labels[index + 1] if index + 1 < len(labels) else None
        stop = told.find(f"[REDACTED:{following}]", done) if following else len(told)
        between = told[done:stop]
        at = text.find(between, start) if between else start
        if following is None:
            at = len(text) - len(between)
        line = first + text.count("\n", 0, start)
        yield line, first + text.count("\n", 0, max(start, at)), label
