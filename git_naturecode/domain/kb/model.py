"""Articles of the knowledge base: the words for them, and what one is after all its entries."""

from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode.domain.kb.marks import Place
from git_naturecode.domain.said import Mark
from git_naturecode.store.entry import Json
from git_naturecode.store.judged import Mark as Standing

KIND = "kb"
ARTICLE, SNIPPET, PRACTICE, FAQ = "article", "snippet", "practice", "faq"
TYPES = (ARTICLE, SNIPPET, PRACTICE, FAQ)
FOLDERS: Mapping[str, str] = {
    ARTICLE: "articles", SNIPPET: "snippets", PRACTICE: "practices", FAQ: "faqs",
}  # fmt: skip
"""The folder below `kb/` in which the articles of a type stand."""
HELPFUL, UNHELPFUL = "helpful", "unhelpful"
MOST_TEXT = 1 << 20
"""Bytes that the text of one revision may have."""
REVISION, DELETE = "revision", "delete"
"""The kinds of entries that are nodes of the graph of revisions."""


class Revision(NamedTuple):
    """One state of the text, or (`kind` is DELETE) that somebody deleted the article.

    `number` counts all of them in the order of the log, from 1. `by` is whose words it is, `writer`
    who brought them in (another one where they were imported). `text` is None where there is none
    or it is not to be seen (`hidden`, or one of `flags` says why); `source` is commit and path of
    an edit made on a host's page or in a file.
    """

    id: str
    number: int
    kind: str
    parents: tuple[str, ...]
    by: str
    time: str
    text: str | None
    note: str
    order: tuple[str, str, str]
    source: tuple[str, str] = ("", "")
    hidden: Mark | None = None
    flags: tuple[str, ...] = ()
    standing: Standing | None = None
    writer: str = ""

    @property
    def told(self) -> str:
        """Who said it, for people: an import may claim anybody, so it says who brought it in."""
        return brought(self.by, self.writer)


def brought(by: str, writer: str) -> str:
    """Whose words something is, and who brought them in where that is somebody else."""
    return f"{by}, brought in by {writer}" if writer and writer != by else by


class Link(NamedTuple):
    """Something that the article is about: a commit, a session, a review, another article.

    Of lines of code `to` is the commit, `path` and `lines` say which, `blob` what they stood in;
    `fields` is all that the last entry says, `entries` are the ids of all that say the same.
    """

    to: str
    path: str
    lines: str
    blob: str
    by: str
    time: str
    entry: str
    fields: Mapping[str, Json]
    entries: tuple[str, ...] = ()


class File(NamedTuple):
    """An attachment: its name, the SHA-256 of its bytes, how many they are, their media type."""

    name: str
    sha: str
    size: int
    media: str
    by: str
    time: str
    entry: str


class Article:
    """An article after all its entries; of a deleted one the view has no text.

    `text` is the view: what the heads (`heads`, the ids of the revisions that no other replaces)
    add up to; `places` are the lines of it in which two people's words stand side by side.
    `kept_over` are the deletions that an edit has overruled. `author` is whose article it is,
    `opener` who wrote down that it begins. `votes` holds HELPFUL or UNHELPFUL for each person.
    `viewed` says how often each device looked at it on each day. `standing` counts what is not
    plainly verified, by what it is.
    """

    def __init__(self, name: str) -> None:
        self.id = name
        self.type = ARTICLE
        self.title = self.slug = self.author = self.opener = self.created = self.updated = ""
        self.former_slugs: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.places: tuple[Place, ...] = ()
        self.heads: tuple[str, ...] = ()
        self.revisions: list[Revision] = []
        self.deleted: Mark | None = None
        self.kept_over: tuple[Mark, ...] = ()
        self.views = 0
        self.viewed: dict[tuple[str, str], int] = {}
        self.votes: dict[str, str] = {}
        self.links: list[Link] = []
        self.files: list[File] = []
        self.origin: dict[str, Json] = {}
        self.standing: dict[str, int] = {}
        self.opened = self.shared = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Article) and vars(self) == vars(other)

    @property
    def marked(self) -> bool:
        """True when somebody has to decide between two texts."""
        return bool(self.places)

    @property
    def helpful(self) -> int:
        """How many people said that it helped them."""
        return sum(value == HELPFUL for value in self.votes.values())

    @property
    def unhelpful(self) -> int:
        """How many people said that it did not help them."""
        return sum(value == UNHELPFUL for value in self.votes.values())
