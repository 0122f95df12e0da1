"""What is kept of one file that was read, and the statements that are made of all of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from git_naturecode.ai.knowledge.proposal import Source


class Place(NamedTuple):
    """Lines of a file, from 1; `start` 0 means the file as a whole."""

    path: str
    start: int = 0
    end: int = 0

    @property
    def source(self) -> Source:
        """The same as what a proposal rests on."""
        lines = f"{self.start}" if self.start else ""
        lines += f"-{self.end}" if self.start and self.end > self.start else ""
        return Source(path=self.path, lines=lines)


class Statement(NamedTuple):
    """One sentence of Markdown, and where it stands in the code."""

    text: str
    places: tuple[Place, ...] = ()


class Part(NamedTuple):
    """Statements under one heading; `intro` is said before them."""

    title: str
    statements: tuple[Statement, ...]
    intro: str = ""


class Topic(NamedTuple):
    """All that is to be said of one thing: architecture, decisions, ..."""

    key: str
    title: str
    parts: tuple[Part, ...]


class Import(NamedTuple):
    """What a file imports: the full `module`, the `names` taken from it, and in which way.

    `way` is "": at the top; "lazy": inside a function; "typing": for types only; "optional": where
    it is there. `uses` are the names that are used of a module imported as a whole.
    """

    module: str
    names: tuple[str, ...]
    line: int
    way: str = ""
    uses: tuple[str, ...] = ()


class Definition(NamedTuple):
    """A class, function, interface or the like at the top of a file."""

    kind: str
    name: str
    line: int
    end: int
    doc: str = ""
    bases: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


class Setting(NamedTuple):
    """What can be set from outside.

    `kind` is variable (of the environment), key (of a configuration), option (of the command line)
    or field (of a class that holds settings, `owner`). `default` is as the code has it, else "".
    """

    kind: str
    name: str
    line: int
    default: str = ""
    owner: str = ""
    about: str = ""


class Noted(NamedTuple):
    """A reason that somebody has written down beside the code; `kind`: because, instead, note."""

    kind: str
    text: str
    line: int
    end: int


class Mark(NamedTuple):
    """A pattern that can be shown: its kind, what is called so, and what belongs to it."""

    kind: str
    name: str
    line: int
    end: int
    about: tuple[str, ...] = ()


class Tested(NamedTuple):
    """What a file tests: how many tests, fixtures by name with their first sentence, marks."""

    tests: int = 0
    first: int = 0
    fixtures: tuple[Definition, ...] = ()
    marks: tuple[tuple[str, int], ...] = ()
    tools: tuple[str, ...] = ()


class File(NamedTuple):
    """One file: what was kept of it. `module` is its dotted name in Python, else ""."""

    path: str
    language: str
    lines: int
    is_test: bool
    module: str = ""
    doc: str = ""
    doc_lines: tuple[int, int] = (0, 0)
    imports: tuple[Import, ...] = ()
    definitions: tuple[Definition, ...] = ()
    settings: tuple[Setting, ...] = ()
    notes: tuple[Noted, ...] = ()
    marks: tuple[Mark, ...] = ()
    tested: Tested = Tested()
    exports: tuple[str, ...] = ()
    is_whole: bool = True

    def place(self, start: int = 0, end: int = 0) -> Place:
        """Lines of this file."""
        return Place(self.path, start, max(start, end))


class Document(NamedTuple):
    """A text beside the code: a manifest, a page, a workflow."""

    path: str
    text: str


class Skipped(NamedTuple):
    """What was not read, and why."""

    path: str
    why: str


class Project(NamedTuple):
    """All that was read: `files` by path, `documents` by path, what was skipped.

    `name` is what the project calls itself, else the name of its folder.
    """

    name: str
    files: Mapping[str, File]
    documents: Mapping[str, Document]
    skipped: Sequence[Skipped]

    def of(self, *languages: str) -> list[File]:
        """The files in one of `languages`."""
        return [one for one in self.files.values() if one.language in languages]
