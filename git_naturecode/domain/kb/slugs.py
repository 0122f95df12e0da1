"""Slugs: the names that articles have in files and at the command line."""

import re
import unicodedata
from collections.abc import Iterable

from git_naturecode import ids

MOST_CHARACTERS = 60
MOST_BYTES = 150
"""A file name has 255, of which an ending and the sign of a clash need some."""
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters, says Unicode, that nobody sees."""
_APOSTROPHES = "'\u2019"
_DEVICES = re.compile(r"con|prn|aux|nul|conin|conout|clock|com[0-9]|lpt[0-9]")
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PAGES = ("index", "readme")
_ID = re.compile(r"(?:kb|session|review|issue)-\d{8}(?:-|$).*")


def slug_of(title: str, otherwise: str = "") -> str:
    """The name that `title` makes: its letters and digits in lower case, dashes between the words.

    Latin letters lose their accents; those of other scripts stay. `otherwise` where nothing is
    left of it or no file may be called so.
    """
    found = _joined(title)
    if found and not is_slug(found):  # a reserved name
        found = f"{found}-page"
    return found if is_slug(found) else otherwise


def numbered(slug: str, number: int) -> str:
    """`slug` with `number` behind it, and as much less of it as that takes."""
    left = slug[: MOST_CHARACTERS - 8].encode()[: MOST_BYTES - 8].decode("utf-8", "ignore")
    return f"{unicodedata.normalize('NFC', left).rstrip('-')}-{number}"


def is_slug(text: str) -> bool:
    """True when `text` may be a slug: as `slug_of` makes them, and not the name of anything."""
    if len(text) > MOST_CHARACTERS or not text or is_reserved(text):
        return False
    return bool(_PLAIN.fullmatch(text)) or text == _joined(text)


def is_reserved(text: str) -> bool:
    """True for what has a meaning of its own: devices of Windows, a folder's page, ids."""
    return bool(_DEVICES.fullmatch(text)) or text in _PAGES or bool(_ID.fullmatch(text))


def _joined(text: str) -> str:
    found, size = "", 0
    for word in _plain(text[: 20 * MOST_CHARACTERS]).split():
        more = f"-{word}" if found else word
        size += len(more.encode())
        if len(found) + len(more) > MOST_CHARACTERS or size > MOST_BYTES:
            return found or _cut(word)
        found += more
    return found


def _cut(word: str) -> str:
    cut = word[:MOST_CHARACTERS].encode()[:MOST_BYTES].decode("utf-8", "ignore")
    return unicodedata.normalize("NFC", cut)


def _plain(text: str) -> str:
    """`text` in lower case, without accents on Latin letters, with no sign that is not a letter,
    a digit or a part of one."""
    found: list[str] = []
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    for character in folded:
        before = found[-1] if found else " "
        if unicodedata.category(character)[0] == "M":
            is_part = before != " " and not before.isascii()
        elif character in _APOSTROPHES:  # don't: dont
            is_part = False
        else:
            is_part = character.isalnum() and character not in _BLANK
            character = character if is_part else " "
        if is_part or character == " ":
            found.append(character)
    return unicodedata.normalize("NFC", "".join(found))


def shown(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The name that each article is shown by, by id; `named` are (id, slug) of those that live.

    Where two have one slug the smaller id keeps it; the other gets the beginning of the last part
    of its id behind it, and more of that where somebody has this name as well.
    """
    pairs = sorted(named)
    taken = {slug: name for name, slug in reversed(pairs)}
    found = {}
    for name, slug in pairs:
        tail, length = ids.tail(name), 4
        chosen = slug
        while taken.get(chosen, name) != name:
            chosen = f"{slug}-{tail[:length]}"
            length += 1
            if length > len(tail) + 1:
                chosen = f"{slug}-{name}"
                break
        taken[chosen] = name
        found[name] = chosen
    return found
