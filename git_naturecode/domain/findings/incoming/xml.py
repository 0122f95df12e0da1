"""JUnit and Checkstyle, read; a document that declares anything of its own is refused."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import given

_MOST_DEEP = 100
_PLACE = re.compile(r"(?m)^\s*(?:File \")?([^\s:\"][^:\"\n]{0,400})(?::|\", line )(\d{1,9})\b")


class Refused(ValueError):
    """A document that is no plain XML."""


class _Builder(ElementTree.TreeBuilder):
    """A tree without a document type: entities are how small documents become large ones."""

    deep = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Refuse it."""
        raise Refused("it declares a document type")

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """Begin an element, within so many others at most."""
        self.deep += 1
        if self.deep > _MOST_DEEP:
            raise Refused("its elements are nested too deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """End an element."""
        self.deep -= 1
        return super().end(tag)


def tree(data: bytes) -> Element:
    """The root of the document `data`. Raises Refused."""
    parser = ElementTree.XMLParser(target=_Builder())
    try:
        parser.feed(data)
        found = parser.close()
    except Refused:
        raise
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # or its encoding
        raise Refused(str(error)) from None
    if not isinstance(found, Element):
        raise Refused("it is empty")
    return found


def hits(root_element: Element, root: str) -> Iterator[Hit]:
    """Every error of a Checkstyle report, or every failure of a JUnit report with a place."""
    if root_element.tag == "checkstyle":
        for file in root_element.iter("file"):
            for error in file.iter("error"):
                yield from filter(None, [_error(error, file.get("name"), root)])
        return
    for case in root_element.iter("testcase"):
        for kind in ("failure", "error"):
            for one in case.iter(kind):
                yield from filter(None, [_failure(one, case, root)])


def _error(error: Element, name: str | None, root: str) -> Hit | None:
    rule = error.get("source") or ""
    return given.hit(
        rule.rpartition(".")[2], given.severity(error.get("severity")), error.get("message"),
        given.path(name, root), given.lines(error.get("line")), "checkstyle",
        cwe=given.cwe_in([rule]),
    )  # fmt: skip


def _failure(one: Element, case: Element, root: str) -> Hit | None:
    """A failure with a file and a line in its attributes, or else in its text."""
    said = one.text or ""
    name, line = case.get("file"), case.get("line")
    if not name or not line:
        place = _PLACE.search(said)
        name, line = place.groups() if place else (None, None)
    return given.hit(
        case.get("name"), given.severity(one.get("type"), "high"), one.get("message") or said,
        given.path(name, root), given.lines(line), "junit",
    )  # fmt: skip
