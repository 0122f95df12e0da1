"""A real Chromium, without a screen and without a network, and what it shows of a page."""

import os
import shutil
import subprocess
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# What does not end stands in these; none of them can be closed by a tag.
_UNSEEN = ("head", "style", "script", "noscript")
_EMPTY = ("meta", "br", "hr", "link", "img", "input", "col", "wbr", "base")


class _Seen(HTMLParser):
    """The text that a reader of a document sees."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self.open.append((tag, tag in _UNSEEN or "hidden" in dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(unseen for _, unseen in self.open):
            self.text.append(data)


def found() -> str:
    """Where Chromium is; a named skip where there is none."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    return path


def dom(address: str, milliseconds: int = 3000) -> str:
    """The document at `address` as it stands after `milliseconds` of the browser's own time.

    Names are not resolved and no proxy is asked: nothing but this machine can be reached.
    """
    program = found()
    with tempfile.TemporaryDirectory(prefix="browser-") as home:
        done = subprocess.run(
            [
                program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server",
                f"--user-data-dir={home}", f"--virtual-time-budget={milliseconds}", "--dump-dom",
                address,
            ],
            capture_output=True, text=True, timeout=180, env={**os.environ, "HOME": home},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def visible(document: str) -> str:
    """What a reader sees of it."""
    reader = _Seen()
    reader.feed(document)
    reader.close()
    return " ".join("".join(reader.text).split())


def seen(address: str, milliseconds: int = 3000) -> str:
    """What a reader sees at `address`."""
    return visible(dom(address, milliseconds))


def file(path: Path, fragment: str = "") -> str:
    """The address of a file."""
    return path.as_uri() + (f"#{fragment}" if fragment else "")
