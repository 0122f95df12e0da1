"""Handles: the short names by which a person means one revision of an article."""

import re

from git_naturecode.domain.kb.model import Article, Revision
from git_naturecode.errors import Negative

_NUMBER = re.compile(r"[rR#]?([1-9][0-9]{0,6})")


def revision(article: Article, wanted: str) -> Revision:
    """The revision that `wanted` means: its number (`r3`), or a beginning of its id.

    Raises Negative when there is none, or more than one.
    """
    number = _NUMBER.fullmatch(wanted)
    if number and int(number[1]) <= len(article.revisions):
        return article.revisions[int(number[1]) - 1]
    found = [one for one in article.revisions if wanted and one.id.startswith(wanted)]
    exact = [one for one in found if one.id == wanted] or found
    if len(exact) == 1:
        return exact[0]
    what = (
        f"{wanted!r} fits {len(exact)} revisions" if exact else f"there is no revision {wanted!r}"
    )
    raise Negative(
        f"{what} of {article.id}",
        f"`git naturecode kb history {article.id.rpartition('-')[2]}` numbers its "
        f"{len(article.revisions)}",
    )
