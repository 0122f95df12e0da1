"""Long texts made short: head and tail of an output, the first line of a title or a command."""

import re

from ..redact import LABEL

CUT = 1536
_HEAD = 1024
_LONGEST_LABEL = 80
_LONGEST_MARK = 48
_MARK = re.compile(r"\n\[\.\.\. \d+ characters cut \.\.\.\]\n")


def cut_output(text: str) -> str | None:
    """Head and tail of `text` around a line that says how much is missing; None when it fits.

    Never cuts through a label of a redaction: that is left out as a whole. What it has cut before
    fits.
    """
    if len(text) <= CUT or (len(text) <= CUT + _LONGEST_MARK and _MARK.search(text)):
        return None
    head, tail = _outside(text, _HEAD)[0], _outside(text, len(text) - (CUT - _HEAD))[1]
    return f"{text[:head]}\n[... {tail - head} characters cut ...]\n{text[tail:]}"


def cut_line(text: str, size: int) -> str:
    """The first line of `text` that is not blank, at most `size` characters, no label cut."""
    line = next((line.strip() for line in re.split(r"[\r\n]", text) if line.strip()), "")
    return line if len(line) <= size else line[: _outside(line, size)[0]]


def cut_title(text: str, size: int) -> str:
    """As `cut_line`, but cut after a word, with an ellipsis."""
    whole, line = cut_line(text, len(text)), cut_line(text, size)
    if line == whole:
        return line
    words = cut_line(text, size - 1).rpartition(" ")[0].rstrip(" ,;:-")
    return (words if len(words) > size // 2 else cut_line(text, size - 1)) + "…"


def kept_labels(text: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `labels` that still stand in the cut `text`."""
    if not labels:
        return ()
    known = set(labels)
    found = (f"{rule}:{number}" for rule, number in LABEL.findall(text))
    return tuple(label for label in found if label in known)


def _outside(text: str, at: int) -> tuple[int, int]:
    """Where to end before `at` and where to begin again, so that no label is cut through."""
    first = max(0, at - _LONGEST_LABEL)
    for match in LABEL.finditer(text, first, at + _LONGEST_LABEL):
        if match.start() < at < match.end():
            return match.start(), match.end()
    return at, at
