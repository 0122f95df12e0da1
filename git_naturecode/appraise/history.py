"""What the code's history says about a review: which commits are here, bases, files, merges."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from git_naturecode.appraise.source import Source
from git_naturecode.domain.review import anchor
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.git import commits, tree
from git_naturecode.git.changes import FileChange, changes
from git_naturecode.git.objects import CommitInfo, Missing
from git_naturecode.git.patches import Table, table
from git_naturecode.git.run import GitFailed

MOST_BLOB = 8 << 20  # bytes of a file whose lines are looked at
_MOST_GRAPH = 200_000  # commits of a branch that are looked at one by one
_MOST_CHAIN = 1_000_000  # commits of a branch, from its tip on by first parents
_HEADS, _REMOTES = "refs/heads/", "refs/remotes/"
_FEW, _MANY = 64, 100_000  # answers that are remembered
_NO_COMMIT, _NO_PATH, _NO_LINE = "commit", "path", "line"


class Submitted(NamedTuple):
    """How a change came into its branch: `result` stands there since, where `onto` stood before."""

    result: str
    onto: str
    strategy: str
    by: str
    seconds: int


class History:
    """The commits of one repository; what is not here has no answer, and is no error."""

    def __init__(self, source: Source, mentioned: Iterable[str]) -> None:
        self._repo, self._objects = source.repo, source.objects
        self._remotes = sorted(
            {ref.removeprefix(_REMOTES).split("/")[0] for ref in self._objects.refs(_REMOTES)}
        )
        good = {oid for oid in mentioned if self.is_oid(oid)}
        self._infos = commits.infos(self._objects, good)
        self._bases: dict[tuple[str, str], str] = {}
        self._is_here = lru_cache(_MANY)(self._is_commit)
        self._is_ancestor = lru_cache(_MANY)(self._objects.is_ancestor)
        self._brought = lru_cache(_FEW)(self._read_brought)
        self._chain = lru_cache(_FEW)(self._read_chain)
        self._changes = lru_cache(_FEW)(self._read_changes)
        self._blob = lru_cache(_MANY)(self._find_blob)
        self._lines = lru_cache(_FEW)(self._read_lines)

    def is_oid(self, text: str) -> bool:
        """True for the full id of an object, here or not."""
        return len(text) == self._objects.hexsz and not text.strip("0123456789abcdef")

    def info(self, commit: str) -> CommitInfo | None:
        """What the commit says; None where it is not here."""
        return self._infos.get(commit)

    def seconds(self, commit: str) -> int:
        """When it was made (seconds since the epoch); 0 where it is not here."""
        info = self._infos.get(commit)
        return info.seconds if info else 0

    def parent(self, commit: str) -> str:
        """Its last parent, which git-appraise takes for the base of a change; "" for none."""
        info = self._infos.get(commit)
        if info is None or not info.parents or commit in self._objects.shallow:
            return ""
        return info.parents[-1]

    def is_within(self, old: str, new: str) -> bool:
        """True when `old` is `new` or in its history, as far as that is here.

        Whatever else somebody has written in the place of an id, is never shown to git.
        """
        if not (self.is_oid(old) and self.is_oid(new)):
            return False
        return old == new or (self._is_here(new) and self._is_ancestor(old, new))

    def _is_commit(self, commit: str) -> bool:
        try:
            return commit in self._infos or self._objects.header(commit)[0] == "commit"
        except Missing:
            return False

    def base(self, head: str, against: str) -> str:
        """Where the history of `head` and that of `against` part; "" where they do not meet."""
        if self.is_within(against, head):
            return against
        key = (head, against)
        if key not in self._bases:
            self._bases[key] = commits.merge_base(self._repo, head, against) if against else ""
        return self._bases[key]

    def tip(self, ref: str) -> str:
        """The commit at the branch `ref`, here or as a remote had it; "" where there is none."""
        places = [ref]
        if ref.startswith(_HEADS):
            name = ref.removeprefix(_HEADS)
            places += [f"{_REMOTES}{remote}/{name}" for remote in self._remotes]
        tips = (self._objects.resolve(place) for place in places if place.startswith("refs/"))
        return next(filter(None, tips), "")

    def between(self, base: str, head: str, most: int) -> list[str]:
        """The commits of `head` that `base` has not, the newest first."""
        return commits.between(self._repo, base, head, most)

    def table(self, base: str, head: str) -> Table | None:
        """The file table of a revision; None where git cannot read the range."""
        try:
            return table(self._repo, base, head)
        except GitFailed:
            return None

    def submitted(self, head: str, ref: str) -> Submitted | None:
        """How `head` came into the branch `ref`; None where it is not in it."""
        tip = self.tip(ref)
        result = self._result(head, tip) if tip and self.is_oid(head) else ""
        if not result:
            return None
        info = commits.infos(self._objects, [result])[result]
        strategy = "ff" if result == head else "merge"
        onto = info.parents[0] if info.parents else ""
        return Submitted(result, onto, strategy, info.author, info.seconds)

    def _result(self, head: str, tip: str) -> str:
        """The first state of the branch at `tip` that has `head`; "" where none has."""
        known = self._brought(tip)
        if known is not None:
            return known.get(head, "")
        if not self.is_within(head, tip):
            return ""
        chain = self._chain(tip)
        first = _first(chain, lambda commit: self.is_within(head, commit))
        return "" if first is None else chain[first]

    def _read_brought(self, tip: str) -> dict[str, str] | None:
        """Each commit of the branch at `tip` -> the state of it that brought the commit; None
        where there are too many to look at all of them."""
        graph = commits.graph(self._repo, [tip], _MOST_GRAPH)
        if len(graph) >= _MOST_GRAPH:
            return None
        chain, found = [tip], dict[str, str]()
        while above := graph.get(chain[-1]):
            chain.append(above[0])
        for state in reversed(chain):
            waiting = [state]
            while waiting:
                commit = waiting.pop()
                if commit not in found:
                    found[commit] = state
                    waiting += graph.get(commit, ())
        return found

    def _read_chain(self, tip: str) -> list[str]:
        """The states of a branch, the oldest first."""
        return commits.first_parents(self._repo, tip, _MOST_CHAIN)[::-1]

    # -- lines ----------------------------------------------------------------------------------

    def anchor(self, where: Anchor, end: int) -> tuple[Anchor, str]:
        """`where` (commit, path, side, line) with its blob and the text of lines `line`..`end`.

        What is missing (the commit, the path, the line) is told besides; "" for nothing.
        """
        if where.commit not in self._infos:
            return where._replace(end=max(where.line, end) if where.line else 0), _NO_COMMIT
        blob = self._blob(where.commit, where.path)
        if not blob:
            return where._replace(end=max(where.line, end) if where.line else 0), _NO_PATH
        where = where._replace(blob=blob)
        if not where.line:
            return where, ""
        lines = self._lines(blob)
        end = max(where.line, end)
        if end > len(lines):
            last = min(end, len(lines)) if where.line <= len(lines) else end
            if last == end:
                return where._replace(end=end), _NO_LINE
            return anchor.at(lines, where, where.line, last), _NO_LINE
        return anchor.at(lines, where, where.line, end), ""

    def shows(self, base: str, head: str, where: Anchor) -> bool:
        """True when the change `base`..`head` has the lines of `where` in a hunk."""
        found = self._changes(base, head).get((where.side, where.path))
        if found is None:
            return False
        return not where.line or found.shows(where.side, where.line, where.end or None)

    def _read_changes(self, base: str, head: str) -> dict[tuple[str, str], FileChange]:
        try:
            found = list(changes(self._repo, base, head))
        except GitFailed:
            return {}
        new = {("new", one.path): one for one in found}
        return new | {("old", one.old_path): one for one in found if one.old_path}

    def _find_blob(self, commit: str, path: str) -> str:
        """The file at `path`; "" where there is none."""
        try:
            found = tree.find(self._objects, self._infos[commit].tree, path)
        except (Missing, ValueError):
            return ""
        return found.oid if found is not None and not found.is_tree else ""

    def _read_lines(self, blob: str) -> tuple[str, ...]:
        try:
            kind, size = self._objects.header(blob)
            if kind != "blob" or size > MOST_BLOB:
                return ()
            text = self._objects.read(blob)[1].decode("utf-8", "surrogateescape")
        except Missing:
            return ()
        lines = text.split("\n")
        return tuple(lines[:-1] if lines[-1] == "" else lines)


def _first(chain: Sequence[str], holds: Callable[[str], bool]) -> int | None:
    """Where `holds` begins to be true along `chain`; None where it is not even at its end."""
    low, high = 0, len(chain)
    while low < high:
        middle = (low + high) // 2
        if holds(chain[middle]):
            high = middle
        else:
            low = middle + 1
    return low if low < len(chain) else None
