"""Where the links of a Markdown text lead, as they are written, and how to lead them elsewhere."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from git_naturecode.domain.kb.prose import prose

LINK, IMAGE, WIKI, EMBED, DEFINITION, HTML = (
    "link", "image", "wiki", "embed", "definition", "html",
)  # fmt: skip
_MOST = 2_000  # characters of a destination
_MARKS = re.compile(r"\\.|!?\[\[[^\[\]\n]{1,1000}\]\]|!?\[|\]|\n[ \t]*(?=\n)", re.S)
_DESTINATION = re.compile(
    rf"\(\s{{0,50}}(?:<([^<>\n]{{0,{_MOST}}})>|([^\s()<>]{{1,{_MOST}}}(?:\([^\s()]{{0,200}}\)"
    rf"[^\s()<>]{{0,{_MOST}}}){{0,20}}))"
)
_DEFINED = re.compile(rf":[ \t]{{0,50}}(?:<([^<>\n]{{0,{_MOST}}})>|([^\s<>]{{1,{_MOST}}}))")
_TAG = re.compile(
    r"<(?:img|a)\s[^<>]{0,500}?(?<=[\s\"'])(?:src|href)=(?:\"([^\"<>\n]{1,2000})\"|'([^'<>\n]{1,2000})')",
    re.I,
)
_AWAY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:|//|#")
_PLAIN = "/:@!$&'*+,;=~#?%"


class Target(NamedTuple):
    """A destination as it is written from `start` to `end` of a text; `label` is what is shown.

    Of WIKI and EMBED (`[[page#part|label]]`) the span is what stands between the brackets.
    """

    start: int
    end: int
    to: str
    label: str
    form: str

    @property
    def path(self) -> str:
        """The destination without its part behind `#` and without escapes."""
        return (
            plain(self.to.partition("#")[0])
            if self.form not in (WIKI, EMBED)
            else (self.to.partition("#")[0].strip())
        )

    @property
    def part(self) -> str:
        """What stands behind `#`."""
        return plain(self.to.partition("#")[2]).strip()

    @property
    def is_away(self) -> bool:
        """True when it leads out of the files around it: to an address, or within the text."""
        return bool(_AWAY.match(self.to)) or not self.to


def targets(text: str, shown: str | None = None) -> list[Target]:
    """Every destination in `text` that is outside of code, in its order; in linear time.

    `shown` is what `prose` makes of it, where that is known.
    """
    shown = prose(text) if shown is None else shown
    found = list(_linked(text, shown))
    for tag in _TAG.finditer(shown):
        number = 1 if tag[1] is not None else 2
        found.append(Target(*tag.span(number), tag[number], "", HTML))
    return sorted(found)


def _linked(text: str, shown: str) -> Iterator[Target]:
    """The inline links and pictures, definitions and wiki links of `text`."""
    opened: list[re.Match[str]] = []
    for mark in _MARKS.finditer(shown):
        said = mark[0]
        if said[0] == "\n":
            opened.clear()
        elif said.endswith("]]") and said.lstrip("!").startswith("[["):
            if shown[mark.end() : mark.end() + 1] in ("(", "["):  # a link that is shown in brackets
                yield from _shown_in_brackets(text, shown, mark)
                continue
            form = EMBED if said[0] == "!" else WIKI
            start, end = mark.end() - len(said.lstrip("!")) + 2, mark.end() - 2
            to, _, label = text[start:end].partition("|")
            yield Target(start, end, to.strip(), label.strip(), form)
        elif said.endswith("["):
            opened.append(mark)
        elif said == "]" and opened:
            yield from _closed(text, shown, opened.pop(), mark.end())


def _shown_in_brackets(text: str, shown: str, mark: re.Match[str]) -> Iterator[Target]:
    if found := _DESTINATION.match(shown, mark.end()):
        label = text[mark.start() + len(mark[0]) - len(mark[0].lstrip("!")) + 1 : mark.end() - 1]
        yield _target(found, label, IMAGE if mark[0][0] == "!" else LINK)


def _closed(text: str, shown: str, opening: re.Match[str], end: int) -> Iterator[Target]:
    label = text[opening.end() : end - 1]
    if found := _DESTINATION.match(shown, end):
        yield _target(found, label, IMAGE if opening[0][0] == "!" else LINK)
    elif (found := _DEFINED.match(shown, end)) and not label.startswith("^"):
        before = shown[shown.rfind("\n", 0, opening.start()) + 1 : opening.start()]
        if opening[0] == "[" and not before.strip(" "):
            yield _target(found, label, DEFINITION)


def _target(found: re.Match[str], label: str, form: str) -> Target:
    number = 1 if found[1] is not None else 2
    return Target(*found.span(number), found[number], label, form)


def led(text: str, lead: Callable[[Target], str | None]) -> str:
    """`text` with each destination replaced by what `lead` says of it; None leaves it.

    Of WIKI and EMBED what it says takes the place of all of the link.
    """
    parts, at = [], 0
    for one in targets(text):
        said = lead(one)
        if said is None or one.start < at:
            continue
        start, end = one.start, one.end
        if one.form in (WIKI, EMBED):
            start, end = start - (3 if one.form == EMBED else 2), end + 2
        parts += [text[at:start], said]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def plain(to: str) -> str:
    """A destination without the escapes of addresses and of Markdown."""
    found = unquote(to, errors="replace") if "%" in to else to
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", found) if "\\" in found else found


def escaped(path: str) -> str:
    """`path` as a destination that every reader of Markdown takes for just that."""
    return quote(path, safe=_PLAIN.replace("%", "").replace("?", ""), errors="surrogateescape")
