"""Text from others that comes in pieces, made harmless for a terminal as it comes."""

from git_naturecode.render.show import show


class Streamed:
    """Passes pieces through `show`, as if they had come at once."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown now; a CR at the end waits for what follows it."""
        text = self._held + piece
        self._held = "\r" if text.endswith("\r") else ""
        return show(text.removesuffix("\r") if self._held else text)

    def end(self) -> str:
        """What was still held back."""
        held, self._held = self._held, ""
        return show(held)
