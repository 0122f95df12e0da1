"""Files of an import that are not where they were: which are gone, which have another name now.

A file is followed where its text, but for where its links lead, is that of an article whose own
file is gone; and ever after, since the revision that follows it says so (`from: {path}`).
"""

import os
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from git_naturecode.kb.arrived import TOOL, Known
from git_naturecode.kb.taken import File
from git_naturecode.kb.walking import Listed
from git_naturecode.store.entry import Json

_LEADS = re.compile(r"\]\([^)\n]*\)|^ {0,3}\[[^\]\n]+\]: .*$", re.M)


def source_of(row: Mapping[str, Json]) -> str:
    """What the file of an imported article is called in every clone; "" for other articles."""
    tool, _, source = str(row["origin"]).partition(" ")
    return source if tool == TOOL else ""


def gone(
    rows: Iterable[dict[str, Json]], found: Sequence[Listed], seen: set[str], *,
    beside: bool = False,
) -> list[dict[str, Json]]:  # fmt: skip
    """Those of `rows` whose files are not there any more in the folders that were named; `beside`:
    nor in those of files that were."""
    starts = [(root, root.source(f"{one}/" if one else "")) for root in found for one in root.whole]
    if beside:
        starts += [
            (root, root.source(posixpath.join(posixpath.dirname(page), "")))
            for root in found for page in root.pages
        ]  # fmt: skip
    missing = []
    for row in rows:
        source = source_of(row)
        if not source or row["deleted"] or source in seen:
            continue
        below = [root for root, start in starts if source.startswith(start)]
        if below and not any(os.path.lexists(_where(root, source)) for root in below):
            missing.append(row)
    return missing


def moved(fresh: Iterable[File], known: Mapping[str, Known]) -> dict[str, str]:
    """Which of the `fresh` files goes on as which of the `known` ones, whose files are gone: what
    it is called now -> what it was called. Only where one alone can be meant."""
    told = {path: source for source, one in known.items() for path in one.followed}
    by_text: dict[str, list[str]] = {}
    for source, one in known.items():
        for text in one.tip_texts:
            by_text.setdefault(_LEADS.sub("", text), []).append(source)
    found: dict[str, str] = {}
    for file in sorted(fresh, key=lambda one: one.source):
        same = by_text.get(_LEADS.sub("", file.document.text), [])
        same = [one for one in same if one not in found.values()]
        base = posixpath.basename(file.source)
        same = [one for one in same if posixpath.basename(one) == base] or same
        before = told.get(file.source) or (same[0] if len(same) == 1 else "")
        if before and before not in found.values():
            found[file.source] = before
    return found


def _where(root: Listed, source: str) -> str:
    """Where the file is that every clone calls `source`."""
    return root.path(source.removeprefix(f"{root.name}/") if root.name else source)
