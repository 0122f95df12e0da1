"""The one filter that texts from others pass before they reach a terminal."""

import re

# Control characters but tab and line feed, C1, bidirectional and invisible formatting, tags.
# Not compiled before it is needed: that takes longer than most commands have to show.
_HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def show(text: str) -> str:
    """`text` with everything that could command a terminal or hide words made visible."""
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return re.sub(_HIDDEN, _visible, text)


def line(text: str) -> str:
    """`text` as one line: line breaks and tabs become blanks, the rest as `show`."""
    return show(" ".join(text.split()))


def in_json(text: str) -> str:
    """`text`, which is JSON, with the same characters written as JSON writes them (`\\u202e`).

    It means the same to a program. What stands outside of its strings has none of them.
    """
    if text.isascii() and "\x7f" not in text:  # JSON has no other control character than line ends
        return text
    return re.sub(_HIDDEN, _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    data = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[n]:02x}{data[n + 1]:02x}" for n in range(0, len(data), 2))


def fit(text: str, columns: int) -> str:
    """`text`, a line, cut and padded to exactly `columns` columns of a terminal."""
    if text.isascii() and len(text) <= columns:
        return text.ljust(columns)
    kept, used = [], 0
    for character in text:
        width = _columns(character)
        if used + width > columns - 1:
            kept.append("…")
            used += 1
            break
        kept.append(character)
        used += width
    return "".join(kept) + " " * (columns - used)


def columns_of(text: str) -> int:
    """How many columns a terminal gives to `text`, which `show` has passed."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    """How many columns a terminal gives to `character`."""
    import unicodedata

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
