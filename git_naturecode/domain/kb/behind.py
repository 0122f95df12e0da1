"""What articles have to do with a line of code: linked to the line, or to its commit."""

from typing import NamedTuple

from git_naturecode.domain.kb.model import Article
from git_naturecode.store.entry import Json

LINES, FILE, COMMIT = "lines", "file", "commit"
SAID = {
    LINES: "is about this line", FILE: "is about this file", COMMIT: "is about this commit",
}  # fmt: skip


class About(NamedTuple):
    """An article, and which of LINES, FILE and COMMIT it is linked to."""

    article: Article
    how: str

    def json(self) -> dict[str, Json]:
        """For programs."""
        one = self.article
        return {
            "id": one.id, "type": one.type, "slug": one.slug, "title": one.title, "how": self.how,
        }  # fmt: skip
