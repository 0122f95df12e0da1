"""What the base branch says of a review before it begins: whose files these are, a template."""

from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.domain.people import key
from git_naturecode.domain.review import owners, rules
from git_naturecode.domain.review.model import Review
from git_naturecode.git import tree
from git_naturecode.reviewing.explaining import circle
from git_naturecode.store.store import Store

TEMPLATES = (
    ".naturecode/review-template.md", ".github/pull_request_template.md",
    ".github/PULL_REQUEST_TEMPLATE.md", "docs/pull_request_template.md",
    ".gitlab/merge_request_templates/Default.md",
)  # fmt: skip
"""Where the text may stand that descriptions begin with; the first one that is there counts."""
_MOST_TEMPLATE = 64 * 1024


class Asked(NamedTuple):
    """The addresses of the owners of the files, and the names of owners that mean nobody here."""

    people: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def owners_of(store: Store, tip: str, paths: Iterable[str]) -> Asked:
    """The owners of `paths`, as the file CODEOWNERS in commit `tip` has them, without oneself."""
    places = ((place, read(store, tip, place, owners.MOST_BYTES)) for place in owners.PLACES)
    place, data = next(((p, found) for p, found in places if found is not None), ("", b""))
    if not place:
        return Asked()
    try:
        known = owners.parse(data.decode("utf-8", "surrogateescape"), place)
    except rules.Wrong:
        return Asked()
    review = Review("")
    review.owner = store.person
    around = circle(store, review)
    people, unknown = dict[str, None](), dict[str, None]()
    for word in _words(known, paths):
        meant = sorted(around.meant(word))
        people |= dict.fromkeys(meant)
        unknown |= dict.fromkeys(() if meant else (word,))
    me = around.who(store.person)
    return Asked(tuple(one for one in people if key(one) != me), tuple(unknown))


def template(store: Store, tip: str) -> str:
    """The text that descriptions begin with, as commit `tip` has it; "" for none."""
    for place in TEMPLATES:
        data = read(store, tip, place, _MOST_TEMPLATE)
        if data is not None:
            return data.decode("utf-8", "replace").replace("\r\n", "\n").strip()
    return ""


def read(store: Store, tip: str, place: str, most: int) -> bytes | None:
    """The file `place` in commit `tip` ("": none); what is unfit is as good as not there."""
    objects = store.team.objects
    try:
        return tree.read_plain(objects, tree.tree_of(objects, tip or None), place, most)
    except tree.Unfit:
        return None


def _words(known: owners.Owners, paths: Iterable[str]) -> dict[str, None]:
    return {
        word: None for path in paths for owned in known.of(path) for word in owned.entry.owners
    }  # fmt: skip
