"""CODEOWNERS: which people a file belongs to, as GitHub and as GitLab read such a file.

The last line that fits counts; with sections (GitLab) the last one of each section.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.domain.people import ADDRESS
from git_naturecode.domain.review import globs

PLACES = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
"""Where such a file may stand; the first one that is there counts."""
MOST_BYTES = 1 << 20
_MOST_LINES = 5_000
_SECTION = re.compile(r"(\^?)\[([^\[\]\n]+)\](?:\[(\d{1,3})\])?(?:[ \t]+(.*))?")
_OWNER = re.compile(rf"@@?[\w.-]+(?:/[\w.-]+)*|{ADDRESS}")
_WORD = re.compile(r"(?:\\.|[^\s\\])+")


class Section(NamedTuple):
    """A part of the file that is read for itself; "" is what stands above the first heading.

    So many `approvals` of owners it takes for each file; none of an optional one.
    """

    name: str = ""
    optional: bool = False
    approvals: int = 1
    owners: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A line: whose the files are that fit; `excluded` ones are nobody's in that section."""

    number: int
    pattern: str
    fits: "re.Pattern[str]"
    owners: tuple[str, ...]
    excluded: bool = False


class Owned(NamedTuple):
    """What one section says of a file: the line that counts, and how many of its owners have to
    approve."""

    section: Section
    entry: Entry

    @property
    def needed(self) -> int:
        """How many approvals it takes."""
        return 0 if self.section.optional or not self.entry.owners else self.section.approvals


class Owners(NamedTuple):
    """A whole file: where it stands, its sections with their lines, and what could not be read."""

    place: str
    sections: tuple[tuple[Section, tuple[Entry, ...]], ...] = ()
    problems: tuple[str, ...] = ()

    def of(self, path: str) -> list[Owned]:
        """What each section that speaks of the file `path` says."""
        found = []
        for section, entries in self.sections:
            fitting = [one for one in entries if one.fits.fullmatch(path)]
            if fitting and not any(one.excluded for one in fitting):
                found.append(Owned(section, fitting[-1]))
        return found


def parse(text: str, place: str = "CODEOWNERS") -> Owners:
    """Read a file of owners that stands at `place`; lines that make no sense are told, not obeyed.

    GitLab's way to read patterns is taken where the file is GitLab's: in `.gitlab/`, or with
    sections, exclusions or roles in it. Otherwise they are read as in .gitignore, as on GitHub.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    reading = _Reading(is_gitlab=place.startswith(".gitlab/") or _is_gitlab(lines))
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        reading.line(number, line.strip())
    if len(lines) > _MOST_LINES:
        reading.problems.append(f"only the first {_MOST_LINES} of {len(lines)} lines are read")
    sections = tuple((section, tuple(entries)) for section, entries in reading.sections.values())
    return Owners(place, sections, tuple(reading.problems))


def _is_gitlab(lines: Iterable[str]) -> bool:
    """True when only GitLab would understand the file."""
    for line in lines:
        text = line.strip()
        if text.startswith("!") or _SECTION.fullmatch(text):
            return True
        if not text.startswith("#") and re.search(r"\s@@\w", text):
            return True
    return False


class _Reading:
    def __init__(self, *, is_gitlab: bool) -> None:
        self._is_gitlab = is_gitlab
        self.sections: dict[str, tuple[Section, list[Entry]]] = {"": (Section(), [])}
        self.problems: list[str] = []
        self._here = ""
        self._defaults: tuple[str, ...] = ()

    def line(self, number: int, text: str) -> None:
        """Take one line in."""
        if not text or text.startswith("#"):
            return
        heading = _SECTION.fullmatch(text) if self._is_gitlab else None
        if heading:
            self._heading(number, *heading.groups())
            return
        excluded = self._is_gitlab and text.startswith("!")
        words = _WORD.findall(_without_remark(text[excluded:]))
        if not words:
            return
        pattern, owners = words[0], self._owners(number, words[1:])
        try:
            fits = globs.matcher(
                pattern, anywhere=self._is_gitlab, within=not self._is_gitlab,
                classes=self._is_gitlab,
            )  # fmt: skip
        except ValueError as error:
            self.problems.append(f"line {number}: {error}")
            return
        entries = self.sections[self._here][1]
        entries.append(Entry(number, pattern, fits, owners or self._defaults, excluded))

    def _heading(
        self, number: int, optional: str, name: str, count: str | None, owners: str | None
    ) -> None:
        self._here = name.strip().casefold()
        self._defaults = self._owners(number, _WORD.findall(_without_remark(owners or "")))
        fresh = Section(name.strip(), bool(optional), max(int(count or 1), 1), self._defaults)
        known = self.sections.get(self._here)
        if known is None:
            self.sections[self._here] = (fresh, [])
            return
        # Of two with one name the stricter counts.
        section = known[0]._replace(
            optional=known[0].optional and fresh.optional,
            approvals=max(known[0].approvals, fresh.approvals),
        )
        self.sections[self._here] = (section, known[1])

    def _owners(self, number: int, words: list[str]) -> tuple[str, ...]:
        wrong = [one for one in words if not _OWNER.fullmatch(one)]
        if wrong:
            self.problems.append(f"line {number}: {wrong[0]} is nobody's name")
        return tuple(dict.fromkeys(one for one in words if _OWNER.fullmatch(one)))


def _without_remark(text: str) -> str:
    """`text` as far as a `#` that begins a word."""
    return re.split(r"(?:^|(?<=\s))#", text, maxsplit=1)[0]
