"""Notes on commits, derived from the links of articles: the same lines in every clone."""

from collections.abc import Iterable, Iterator, Mapping

from git_naturecode import ids, trace
from git_naturecode.domain import fold
from git_naturecode.domain.kb import notes as lines
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.build import links as links_of
from git_naturecode.domain.kb.model import KIND
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import tree
from git_naturecode.kb import moved, noted
from git_naturecode.store import paths
from git_naturecode.store.derived import Derived, Telling
from git_naturecode.store.note_lines import Lines
from git_naturecode.store.store import TEAM, Store


def keep_notes(store: Store) -> int:
    """Make the notes of articles right where articles or notes have changed; how many that were.

    First the links are led to the commits that git has made of theirs. Costs a few file reads
    where neither has.
    """
    if not noted.STATE.is_behind(store):
        return 0
    try:
        moved.follow(store)
    except (NaturecodeError, OSError):  # is tried again the next time
        raise
    except Exception as fault:  # else it would stop each sync, since the notes stay as they are
        trace.note("kb", f"{type(fault).__name__}: {fault}")
    return _NOTES.refresh(store)


def audit(store: Store) -> frozenset[str]:
    """The commits whose notes are not as the articles are; writes nothing."""
    return _NOTES.audit(store)


def rebuild(store: Store) -> int:
    """Make all notes right, whatever was done before; how many changed."""
    return _NOTES.rebuild(store)


def clean(store: Store, notes: Mapping[str, Lines]) -> dict[str, Lines]:
    """Of the lines in `notes`, by commit, those that may stay where two states are joined."""
    return _NOTES.clean(store, notes)


def _read(store: Store, tails: Iterable[str]) -> Iterator[Telling]:
    wanted = list(tails)
    without = _without_links(store, wanted) if len(wanted) > _FEW else {}
    yield from (Telling(entity, {}) for entity in without.values())
    for tail in wanted:
        if tail in without:
            continue
        placed = [one for one in store.read(tail, KIND) if one.side == TEAM]
        if placed:
            shared = links_of([one.entry for one in fold.count(placed)])
            article = build(placed)
            yield Telling(article.id, lines.lines(article, shared) if shared else {})


def _without_links(store: Store, tails: Iterable[str]) -> dict[str, str]:
    """Those of the articles with these last parts of ids that say nothing of links: tail -> id.

    All logs are read in one go, and only looked through for the word: most articles have none.
    """
    objects, wanted = store.team.objects, set(tails)
    found = tree.find(objects, store.team.tree(), f"log/{KIND}")
    blobs: dict[str, set[str]] = {}
    for path, blob in (tree.files(objects, found.oid) if found and found.is_tree else {}).items():
        place = paths.parse_segment_path(f"log/{KIND}/{path}")
        if place and ids.tail(place[0]) in wanted:
            blobs.setdefault(blob, set()).add(place[0])
    telling = {
        entity for blob, data in objects.read_many(blobs) if _LINK in data for entity in blobs[blob]
    }
    entities = {entity for some in blobs.values() for entity in some}
    return {ids.tail(one): one for one in entities - telling}


_FEW = 40
_LINK = b'"kind":"link"'
_NOTES = Derived(KIND, noted.STATE, lines.article_of, _read, "Note which articles commits have")
