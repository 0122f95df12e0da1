"""What is told of an edit of an article's file that was taken in, and why another was not."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.kb import edited, editing, texts
from git_naturecode.domain.kb.model import FOLDERS, Article
from git_naturecode.render.show import line
from git_naturecode.store.entry import Entry
from git_naturecode.store.place import NAME


class Taken(NamedTuple):
    """A file that was taken in: its path, the article, lines more and less, whether it is new.

    `open` says what of the article is still to be decided, "" for nothing; `notes` are sentences
    about what the edit has not changed.
    """

    path: str
    id: str
    more: int
    less: int
    is_new: bool
    entries: tuple[Entry, ...] = ()
    open: str = ""
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One line for people."""
        if self.is_new:
            return f"took in {NAME}/{line(self.path)} as a new article: {ids.tail(self.id)}"
        parts = [f"{self.more} lines more" if self.more != 1 else "1 line more"] * bool(self.more)
        parts += [f"{self.less} less"] * bool(self.less)
        kinds = {one.header.get("field") for one in self.entries}
        parts += [what for what in ("title", "tags") if what in kinds]
        return (
            f"took in your edit of {NAME}/{line(self.path)}: {', '.join(parts) or 'the same text'}"
            + (f"; {self.open}" if self.open else "")
        )


class Left(NamedTuple):
    """A file that cannot be taken in, and why."""

    path: str
    why: str


def tell_of_secrets(path: str, entries: Iterable[Entry], tell: Callable[[str], None]) -> None:
    """Say what was replaced in the texts of `entries`, which were made of the file `path`."""
    found = [label for one in entries for label in one.header.get("red") or ()]
    if found:
        tell(f"warning: replaced what looked secret in {NAME}/{line(path)}: {', '.join(found)}; "
             "whoever has seen the file has seen it: change it where it is used")  # fmt: skip


def unchanged(article: Article, read: edited.Edited, others: Iterable[str]) -> str:
    """What is said of a change to one of `others`."""
    told = f"only its text, title and tags are changed in the file, not its {' and '.join(others)}"
    type = read.others.get("type")
    if "type" in others and type in FOLDERS:
        told += f"; `git naturecode kb edit {ids.tail(article.id)} --type {type}` changes that"
    return told


def notes_of(
    article: Article, change: editing.Change, read: edited.Edited, others: list[str]
) -> tuple[str, ...]:
    """What an edit that was taken in has not changed: `others`, or a title that is not the heading
    of the text since this edit."""
    found = [unchanged(article, read, others)] if others else []
    titles = [one.fields["value"] for one in change.drafts if one.fields.get("field") == "title"]
    title, heading = str([article.title, *titles][-1]), texts.title_of(change.after)
    was = texts.title_of(change.before)
    if heading and heading != title and (heading != was or (titles and was == article.title)):
        found.append(
            f"its title is {line(title)!r}, and its heading {line(heading)!r}; make them one by "
            "the line `title:`, or by the heading"
        )
    return tuple(found)


def lines_of(before: str, after: str) -> tuple[int, int]:
    """How many lines are new in `after`, and how many of `before` are gone."""
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    return (new - old).total(), (old - new).total()
