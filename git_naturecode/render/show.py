"""The one filter that texts from others pass before they reach a terminal."""

import re

# Control characters but tab and line feed, C1, bidirectional and invisible formatting, tags.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def show(text: str) -> str:
    """`text` with everything that could command a terminal or hide words made visible."""
    return _HIDDEN.sub(_visible, text.replace("\r\n", "\n"))


def line(text: str) -> str:
    """`text` as one line: line breaks and tabs become blanks, the rest as `show`."""
    return show(" ".join(text.split()))


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
