"""Lines of code that the text of an article names: where they stood when it was written, and are.

A text says a path and numbers and nothing of a commit. So it is held against the commit that HEAD
was on when the name came to stand there, as far as the times of its history tell.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter

from git_naturecode import clock
from git_naturecode.domain.kb.model import FOLDERS, Article
from git_naturecode.domain.kb.references import CODE, Reference, references
from git_naturecode.domain.review.anchor import Anchor
from git_naturecode.domain.review.following import SAME, Place
from git_naturecode.errors import Usage
from git_naturecode.git import commits, tree
from git_naturecode.git.objects import Missing, TreeEntry
from git_naturecode.git.run import GitFailed
from git_naturecode.kb import lines
from git_naturecode.reviewing.placing import place
from git_naturecode.store.store import Store

_MOST_COMMITS = 100_000
_MOST_REVISIONS = 200  # of an article, the last ones, in which names are looked for
_MOST_READ = 2_000_000  # characters of them, which take about half a second
Name = tuple[str, tuple[int, int], str]
"""Path, lines and text of a reference: what stands there twice was written once."""


class Stood:
    """Asked about the texts of one clone, of which `head` is checked out."""

    def __init__(self, store: Store, head: str) -> None:
        self.store, self.head = store, head

    def places(
        self, article: Article, found: Iterable[Reference], now: Mapping[str, TreeEntry | None]
    ) -> dict[Name, Place]:
        """Where the lines are now that the text of `article` names, where that is elsewhere.

        Also of files that are gone, `now` being what stands at the paths in HEAD.
        """
        named = dict.fromkeys(
            name_of(one)
            for one in found
            if one.kind == CODE and (one.lines[0] or now.get(one.target) is None)
        )
        if not named or not self.head:
            return {}
        by_commit: dict[str, list[Name]] = {}
        for name, time in since(article, named).items():
            if commit := self._commit(time):
                by_commit.setdefault(commit, []).append(name)
        anchors: dict[str, Anchor] = {}
        for commit, names in by_commit.items():
            anchors |= self._anchors(commit, names, now)
        try:
            placed = place(self.store.repo, self.store.team.objects, anchors, self.head, "")
        except (Missing, GitFailed):
            return {}
        return {name: placed[str(name)] for name in named if _is_news(placed.get(str(name)))}

    def _anchors(
        self, commit: str, names: Sequence[Name], now: Mapping[str, TreeEntry | None]
    ) -> dict[str, Anchor]:
        """Those of `names` whose files were there in `commit`, and are not as they were."""
        objects = self.store.team.objects
        paths = {path for path, _, _ in names}
        try:
            before = tree.find_many(objects, tree.tree_of(objects, commit), paths)
        except Missing:  # at the border of a shallow clone
            return {}
        found = {}
        for name in names:
            path, (first, end), _ = name
            then, here = before.get(path), now.get(path)
            if then is None or (here is not None and here.oid == then.oid):
                continue
            try:
                found[str(name)] = lines.anchored(self.store, commit, path, first, end)
            except (Usage, Missing):
                continue
        return found

    def _commit(self, time: str) -> str:
        """The commit that was the newest of HEAD's at `time`; "" for none."""
        times, oids = self._history
        try:
            at = bisect_right(times, clock.parse_iso(time) // 1000)
        except ValueError:  # an import may say anything
            return ""
        return oids[at - 1] if at else ""

    @cached_property
    def _history(self) -> tuple[list[int], list[str]]:
        """The commits of HEAD's own line, the oldest first, and when each was made."""
        found = commits.dated(self.store.repo, self.head, _MOST_COMMITS)
        found.reverse()
        found.sort(key=itemgetter(0))
        return [seconds for seconds, _ in found], [oid for _, oid in found]


def name_of(one: Reference) -> Name:
    """What `one` is known by."""
    return one.target, one.lines, one.text


def _is_news(place: Place | None) -> bool:
    return place is not None and place.state != SAME


def since(article: Article, names: Iterable[Name]) -> dict[Name, str]:
    """When each of `names` came to stand in `article` to stay, as its last revisions tell."""
    told = dict.fromkeys(names, article.updated)
    still, left = set(told), _MOST_READ
    for one in reversed(article.revisions[-_MOST_REVISIONS:]):
        if one.text is None:
            continue
        left -= len(one.text)
        if left < 0 or not still:
            break
        still.intersection_update(map(name_of, references(one.text, FOLDERS[article.type])))
        told |= dict.fromkeys(still, one.time)
    return told
