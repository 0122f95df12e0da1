"""Carrying over which lines a message wrote from a commit to the one that was made from it.

The rule of evidence: a line that stands unchanged in the new file keeps its author, wherever it
stands now; a line that was changed has none until a transcript says so.
"""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from git_naturecode.domain.links import Link, Range, Wrote, ranges_of
from git_naturecode.git.objects import Missing, Objects
from git_naturecode.store.store import Store

_MOST_TEXT = 4 << 20
_MOST_PAIRS = 4_000_000  # of lines that are compared with each other

Places = dict[tuple[str, str], str]
"""Commit and path -> the blob that stands there."""


def carried(
    store: Store, fresh: Iterable[Link], olds: Mapping[tuple[str, str], Link]
) -> list[Link]:
    """`fresh`, where nothing is known of their lines, with what their origins' messages wrote.

    `olds` are the links of the origins, by session and commit. All files are looked at with two
    requests to git.
    """
    todo = [(one, [olds[key] for o in one.origins if (key := (one.session, o)) in olds])
            for one in fresh]  # fmt: skip
    wanted = {
        (commit, wrote.path)
        for one, origins in todo for old in origins for wrote in old.wrote
        for commit in (one.commit, old.commit)
    }  # fmt: skip
    objects = store.team.objects
    blobs = _blobs(objects, wanted)
    texts = _Texts(objects, blobs)
    return [one._replace(wrote=one.wrote or tuple(_wrote(one, origins, blobs, texts)))
            for one, origins in todo]  # fmt: skip


def _blobs(objects: Objects, wanted: Iterable[tuple[str, str]]) -> Places:
    """The blobs at these places, looked up from the trees of the commits, level by level."""
    from git_naturecode.git import commits as git

    places = sorted(set(wanted))
    infos = git.infos(objects, [commit for commit, _ in places])
    at = {(c, p): (infos[c].tree, p.split("/")) for c, p in places if c in infos}
    found: Places = {}
    while at:
        trees = git.trees(objects, {tree for tree, _ in at.values()})
        below = {}
        for place, (tree, parts) in at.items():
            entry = trees.get(tree, {}).get(parts[0].encode("utf-8", "surrogateescape"))
            if entry is None:
                continue
            if len(parts) > 1 and entry.is_tree:
                below[place] = (entry.oid, parts[1:])
            elif len(parts) == 1 and not entry.is_tree:
                found[place] = entry.oid
        at = below
    return found


class _Texts:
    """The lines of blobs that differ, read all at once; how those of one stand in another."""

    def __init__(self, objects: Objects, blobs: Places) -> None:
        sizes = objects.headers(dict.fromkeys(blobs.values()))
        good = [o for o, (kind, size) in sizes.items() if kind == "blob" and size <= _MOST_TEXT]
        try:
            self._lines = {oid: data.split(b"\n") for oid, data in objects.read_many(good)}
        except Missing:
            self._lines = {}
        self._maps: dict[tuple[str, str], dict[int, int]] = {}

    def count(self, blob: str) -> int:
        """How many lines it has: an entry from elsewhere may claim any number."""
        lines = self._lines.get(blob, [])
        return len(lines) - (lines[-1:] == [b""])

    def place(self, old: str, new: str, number: int) -> int | None:
        """Where line `number` of `old` stands in `new`; None where it does not."""
        if old == new:
            return number
        if (old, new) not in self._maps:
            self._maps[old, new] = _same(self._lines.get(old, []), self._lines.get(new, []))
        return self._maps[old, new].get(number)


def _same(old: list[bytes], new: list[bytes]) -> dict[int, int]:
    """Number in `old` -> number in `new` of the lines that stand in both, in their order."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    found = {number: number for number in range(1, head + 1)}
    found |= {len(old) - i: len(new) - i for i in range(tail)}
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if a and b and len(a) * len(b) <= _MOST_PAIRS:
        for i, j, size in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
            found |= {head + i + k + 1: head + j + k + 1 for k in range(size)}
    return found


def _wrote(one: Link, origins: Iterable[Link], blobs: Places, texts: _Texts) -> list[Wrote]:
    """What the origins' messages wrote of `one`; where two claim a line, the later commit's."""
    authors: dict[str, dict[int, str]] = {}
    for old in origins:
        for wrote in old.wrote:
            a, b = (blobs.get((commit, wrote.path)) for commit in (old.commit, one.commit))
            if a is None or b is None:
                continue
            known = authors.setdefault(wrote.path, {})
            for first, last in wrote.ranges:
                for number in range(first, min(last, texts.count(a)) + 1):
                    place = texts.place(a, b, number)
                    if place is not None:
                        known[place] = wrote.message
    return [
        Wrote(message, path, ranges)
        for path, known in sorted(authors.items())
        for message, ranges in sorted(_ranges(known).items())
    ]


def _ranges(known: Mapping[int, str]) -> dict[str, tuple[Range, ...]]:
    """Message -> ranges of its lines."""
    found: dict[str, list[int]] = {}
    for number, message in known.items():
        found.setdefault(message, []).append(number)
    return {message: ranges_of(lines) for message, lines in found.items()}
