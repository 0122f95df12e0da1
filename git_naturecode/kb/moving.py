"""Files of an import that are not where they were: which are gone, which have another name now.

A file is followed where its text, but for where its links lead, is that of an article whose own
file is gone; and ever after, since the revision that follows it says so (`from: {path}`).
"""

import os
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_naturecode.kb.arrived import Known, bare, source_of
from git_naturecode.kb.taken import File, again_hidden
from git_naturecode.kb.walking import Listed, Skipped
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.redact import Redactor


@dataclass
class Moves:
    """What is where now, by what files are called now: the articles `found`, and the `hidden` files
    that say what was taken out of some article."""

    found: dict[str, Known] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    notes: list[Skipped] = field(default_factory=list)


def gone(
    rows: Iterable[dict[str, Json]], found: Sequence[Listed], seen: set[str],
    path_of: Callable[[str], str], *, beside: bool = False,
) -> list[dict[str, Json]]:  # fmt: skip
    """Those of `rows` whose files are not there any more in the folders that were named; `beside`:
    nor in those of files that were. `path_of` says what the file of a source is called now."""
    starts = [(root, root.source(f"{one}/" if one else "")) for root in found for one in root.whole]
    if beside:
        starts += [
            (root, root.source(posixpath.join(posixpath.dirname(page), "")))
            for root in found for page in root.pages
        ]  # fmt: skip
    missing = []
    for row in rows:
        source = source_of(row)
        path = path_of(source) if source else ""
        if not path or path in seen:
            continue
        below = [root for root, start in starts if path.startswith(start)]
        if below and not any(os.path.lexists(_where(root, path)) for root in below):
            missing.append(row)
    return missing


def moves(
    files: Sequence[File], lost: Iterable[Known], known: Iterable[Known], redactor: "Redactor"
) -> Moves:
    """Where the `files`, their links led, go on as another article than that of their names.

    A new file goes on as one of the `lost`, whose files are gone, where one alone can be meant;
    files that have changed places take their articles along. `known` are all that were read.
    """
    lost, texts = list(lost), {}
    secret = [one for one in known if one.hidden]
    for one in files:
        said = bare(one.document.text)
        if one.known is None or said not in map(bare, one.known.tip_texts):
            is_asked = bool(secret or (lost and one.known is None))
            texts[one.name] = bare(redactor.text(one.document.text)[0]) if is_asked else said
    changed = [one for one in files if one.known is not None and one.name in texts]
    by_text = _by_text(lost)
    found = Moves(found=_swapped(changed, texts))
    fresh = sorted((one for one in files if one.known is None), key=lambda one: one.name)
    for one in fresh:
        if now := _meant(one, by_text.get(texts[one.name], []), found.found.values()):
            found.found[one.name] = now
    for one in [*fresh, *changed] if secret else ():
        hiding = None if one.name in found.found else _hiding(one, texts[one.name], secret)
        if hiding is not None:
            found.hidden.add(one.name)
            if one.known is None:
                found.found[one.name] = hiding
    by_text = _by_text([*(one.known for one in changed if one.known), *lost])
    for one in [*changed, *fresh]:
        others = [each.path for each in by_text.get(texts[one.name], []) if not each.deleted]
        if others and one.name not in found.found:
            why = f"says what {others[0]} said before; each path keeps an article of its own"
            found.notes.append(Skipped(one.path, why))
    return found


def _meant(file: File, same: Sequence[Known], taken: Iterable[Known]) -> Known | None:
    """Which of the articles that said the `same` a new file goes on as."""
    used = {one.source for one in taken}
    live = [one for one in same if not one.deleted]
    if same and not live:  # nothing is written of it, so that any will do
        return same[0]
    live = [one for one in live if one.source not in used]
    base = posixpath.basename(file.name)
    live = [one for one in live if posixpath.basename(one.path) == base] or live
    return live[0] if len(live) == 1 else None


def _hiding(file: File, text: str, secret: Iterable[Known]) -> Known | None:
    """The article out of which the text of a file was taken."""
    for one in secret:
        if text in one.hidden_texts or again_hidden(file, one):
            return one
    return None


def _swapped(changed: Sequence[File], texts: Mapping[str, str]) -> dict[str, Known]:
    """The articles of files that changed places: each says what the next of them said last."""
    before = _by_text(one.known for one in changed if one.known and not one.known.deleted)
    often = Counter(texts[one.name] for one in changed)
    leads: dict[str, Known] = {}
    for one in changed:
        text = texts[one.name]
        if often[text] == 1 and len(before.get(text, ())) == 1:
            leads[one.name] = before[text][0]
    found: dict[str, Known] = {}
    for name in leads:
        ring, at = [name], leads[name].path
        while at in leads and at not in ring:
            ring.append(at)
            at = leads[at].path
        if at == name:
            found[name] = leads[name]
    return found


def _by_text(known: Iterable[Known]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    for one in known:
        for text in dict.fromkeys(map(bare, one.tip_texts)):
            found.setdefault(text, []).append(one)
    return found


def _where(root: Listed, name: str) -> str:
    """Where the file is that every clone calls `name`."""
    return root.path(name.removeprefix(f"{root.name}/") if root.name else name)
