"""Characters in new lines that show something else than what is there."""

import re
from collections.abc import Iterator

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.reading import Sheet

# Those that turn the direction of text (Unicode Standard Annex 9), and those that have no width.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile(
    "[\u200b\u2060-\u2064\u00ad\ufeff\u180e\U000e0000-\U000e007f]|(?<![^\x00-\x7f])[\u200c-\u200f](?![^\x00-\x7f])"
)
_LOOK_ALIKE = re.compile(
    "[A-Za-z_][\u0400-\u04ff\u0370-\u03ff]|[\u0400-\u04ff\u0370-\u03ff][A-Za-z_]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MOST = 20_000  # characters of a line


def look(sheet: Sheet) -> Iterator[Found]:
    """The lines of `sheet` in which there is more, or something else, than is seen."""
    for number, whole in sheet.added.items():
        if whole.isascii():
            if _CONTROL.search(whole, 0, _MOST) and sheet.kind.language:
                yield _found(
                    number, "control-character", "medium", 0.6,
                    "There are control characters in this line, which a terminal obeys and nobody "
                    "sees. Write them as escapes.", "CWE-116",
                )  # fmt: skip
            continue
        text = whole[:_MOST]
        if _BIDI.search(text):
            yield _found(
                number, "bidirectional", "high", 0.9,
                "Characters in this line turn the direction of the text: it is not what it looks "
                "like. Take them out, or write them as escapes.", "CWE-1007",
            )  # fmt: skip
        elif _HIDDEN.search(text) and not (number == 1 and _HIDDEN.sub("", text) == text[1:]):
            yield _found(
                number, "invisible", "medium", 0.7,
                "There are characters in this line that nobody sees. Take them out, or write them "
                "as escapes.", "CWE-1007",
            )  # fmt: skip
        elif sheet.kind.language and _LOOK_ALIKE.search(text):
            yield _found(
                number, "look-alike", "medium", 0.6,
                "A word in this line mixes Latin letters with others that look like them.",
                    "CWE-1007",
            )  # fmt: skip


def _found(line: int, rule: str, severity: str, sure: float, message: str, cwe: str) -> Found:
    return Found(f"nc/{rule}", severity, sure, message, line, line, cwe)
