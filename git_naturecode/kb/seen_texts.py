"""Which texts of the marked places of an article this clone has shown last: `<state>/texts/<tail>`.

Texts are chosen by numbers, in the order of their times. One that a sync brings between the look
and the choice may stand before the others, and then a number means another text.
"""

import os
from contextlib import suppress

from git_naturecode.domain.kb import marks

_FOLDER = "texts"
_MOST = 100


def note(state_dir: str, tail: str, text: str) -> None:
    """Remember that the marked places of `text` were shown, of the article with the last part
    `tail`. Where that cannot be written down nothing is known of it."""
    path = os.path.join(state_dir, _FOLDER, tail)
    with suppress(OSError):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        new = f"{path}.{os.getpid()}.new"
        with open(new, "w", encoding="ascii") as file:
            file.write(_name(text))
        os.replace(new, path)


def is_other(state_dir: str, tail: str, text: str) -> bool:
    """True where others were shown last than those of `text`."""
    with suppress(OSError), open(os.path.join(state_dir, _FOLDER, tail), "rb") as file:
        return file.read(_MOST) != _name(text).encode()
    return False


def forget(state_dir: str, tail: str) -> None:
    """Nothing is left to choose in it."""
    with suppress(OSError):
        os.unlink(os.path.join(state_dir, _FOLDER, tail))


def _name(text: str) -> str:
    import hashlib  # most commands do without

    said = repr([[one for _, _, one in place.texts] for place in marks.places(text)])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
