"""Colour, where the terminal and the user want it."""

from typing import NamedTuple

from git_naturecode.store.entry import Json


class Paint(NamedTuple):
    """Puts SGR codes around texts that `show` has passed; does nothing when `on` is False."""

    on: bool

    def bold(self, text: Json) -> str:
        """Bold."""
        return self._wrap("1", text)

    def dim(self, text: Json) -> str:
        """Faint."""
        return self._wrap("2", text)

    def red(self, text: Json) -> str:
        """Red, for what is wrong."""
        return self._wrap("31", text)

    def green(self, text: Json) -> str:
        """Green, for what is well."""
        return self._wrap("32", text)

    def yellow(self, text: Json) -> str:
        """Yellow, as git shows ids."""
        return self._wrap("33", text)

    def reverse(self, text: Json) -> str:
        """Front and back exchanged, within another colour: for what has changed in a line."""
        return f"\x1b[7m{text}\x1b[27m" if self.on else str(text)

    def cyan(self, text: Json) -> str:
        """Cyan."""
        return self._wrap("36", text)

    def _wrap(self, code: str, text: Json) -> str:
        return f"\x1b[{code}m{text}\x1b[m" if self.on else str(text)
