"""Finds what could act in a page: read by Python's own HTML parser, which made none of it."""

import re
from html.parser import HTMLParser

_WORDS = (
    "h1 h2 h3 h4 h5 h6 dl dt dd section article header p b i em strong s a aside blockquote pre "
    "code br hr ul ol li table thead tbody tr th td details summary span time"
)
HARMLESS = frozenset(_WORDS.split(" "))
# Only a page of its own has these, and each once (but for meta).
SHELL = ("html", "head", "meta", "title", "style", "body")
_ATTRIBUTES = frozenset(
    {"class", "lang", "charset", "name", "content", "rel", "start", "title", "datetime"}
)


class Reader(HTMLParser):
    """Collects everything that is not known to be harmless."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        self.shell = list(SHELL) + ["meta"] * 3 if whole else []
        self.found: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        # What can be jumped to in the page, and what jumps.
        self.places: list[str] = []
        self.jumps: list[str] = []
        self.text: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in self.shell:
            self.shell.remove(tag)
        elif tag not in HARMLESS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "", dict(attrs))

    def _attribute(self, tag: str, name: str, value: str, attrs: dict[str, str | None]) -> None:
        if name == "id" and re.fullmatch("[mc][0-9]+", value) and value not in self.places:
            self.places.append(value)
        elif (tag, name) == ("a", "href") and re.fullmatch("#[mc][0-9]+", value):
            self.jumps.append(value[1:])
        elif (tag, name) == ("a", "href"):
            self.links.append(value)
            if not value.startswith(("http://", "https://", "mailto:")):
                self.found.append(f"href={value}")
        elif (tag, name) == ("meta", "http-equiv") and value == "Content-Security-Policy":
            self.policy = str(attrs.get("content"))
        elif (tag, name) in (("td", "style"), ("th", "style")) and value.startswith("text-align:"):
            pass  # how a column of a table stands
        elif name not in _ATTRIBUTES:
            self.found.append(f"{tag} {name}={value}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.found.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Reader:
    """`page`, read."""
    reader = Reader(whole=page.startswith("<!DOCTYPE html>"))
    if "<!--" in page:  # also one that never ends
        reader.found.append("<!--")
    reader.feed(page)
    reader.close()
    return reader
