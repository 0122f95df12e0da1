"""The sessions behind a change: of all of its commits, and of the lines that each hunk adds."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from git_naturecode.domain import links
from git_naturecode.domain.handles import handles
from git_naturecode.domain.review import behind
from git_naturecode.domain.review.behind import Behind
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import commits
from git_naturecode.git.blame import Asked, Blamed, Commit, blame
from git_naturecode.git.changes import ADDED, FileChange, Hunk
from git_naturecode.git.objects import CommitInfo, Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.render import words
from git_naturecode.store.store import Store
from git_naturecode.tracing import trace
from git_naturecode.tracing.trace import Traced, Tracer

MOST_COMMITS = 2_000
"""Of how many commits of a change, the newest, the sessions are looked up."""
MOST_BLAMED = 200
"""Files that are asked line by line; of others their commits tell."""
_MOST_RANGES = 100
_MOST_LISTED = 20
_COMES = ("A", "R")  # what a file may be that had another name before


class Change:
    """The commits `base` ("": all) to `head` and what is behind them; to be closed."""

    def __init__(self, store: Store, base: str, head: str) -> None:
        self.store, self.base, self.head = store, base, head
        self._tracer = Tracer(store)
        self._traced: dict[tuple[str, str, int], Traced] = {}
        self._cuts: dict[tuple[str, str], list[int]] = {}
        self._facts: dict[str, dict[str, list[links.Range]]] = {}
        self._blamed = 0

    def close(self) -> None:
        """Close the index."""
        self._tracer.close()

    @cached_property
    def commits(self) -> list[str]:
        """The commits of the change, the newest first."""
        return commits.between(self.store.repo, self.base, self.head, MOST_COMMITS)

    @cached_property
    def linked(self) -> dict[str, CommitInfo]:
        """Those that belong to a session, as far as anybody knows."""
        try:
            self._tracer.learn(self.commits)
            found = [oid for oid in self.commits if self._tracer.links(oid)]
            return commits.infos(self.store.team.objects, found)
        except Missing:
            return {}

    def sessions(self) -> list[Behind]:
        """The sessions of the change with the number of their commits, first what was said last."""
        counts: dict[Behind, int] = {}
        for oid in self.linked:
            for one in dict.fromkeys(self._linked(link) for link in self._tracer.links(oid)):
                counts[one] = counts.get(one, 0) + 1
        return [one._replace(commits=number) for one, number in counts.items()]

    def of(self, change: FileChange) -> list[list[Behind]]:
        """What is behind each hunk of a file that differs; several sessions may be."""
        nothing: list[list[Behind]] = [[] for _ in change.hunks]
        added = [_added(hunk) for hunk in change.hunks]
        if not any(added) or not self.linked:
            return nothing
        touching = self._touching(change)
        if not self.linked.keys() & touching:
            return nothing
        if len(touching) == 1 and not self._has_merges:
            (oid,) = touching
            return [self._grouped(self._same(oid, change.path, some)) for some in added]
        found = self._asked(change.path, added)
        if found is None:
            told = self._roughly(oid for oid in self.commits if oid in touching)
            return [told if some else [] for some in added]
        return [self._grouped(found[n] for n in some if n in found) for some in added]

    def whole(self, change: FileChange) -> list[Behind]:
        """What is behind a file as a whole: the sessions of the commits that touch it."""
        touching = self._touching(change) if self.linked else set()
        return self._roughly(oid for oid in self.commits if oid in touching)

    @cached_property
    def _paths(self) -> dict[str, frozenset[bytes]]:
        return commits.changed(self.store.repo, self.commits)

    @cached_property
    def _has_merges(self) -> bool:
        """True where lines may have come otherwise than by the commits that change the file."""
        return len(self._paths) < len(self.commits) or len(self.commits) == MOST_COMMITS

    @cached_property
    def _by_path(self) -> dict[bytes, set[str]]:
        found: dict[bytes, set[str]] = {}
        for oid, paths in self._paths.items():
            for path in paths:
                found.setdefault(path, set()).add(oid)
        return found

    def _touching(self, change: FileChange) -> set[str]:
        """The commits that may have written lines of the file."""
        names = {change.path, change.old_path} - {""}
        found = set[str]()
        for name in names:
            found |= self._by_path.get(name.encode("utf-8", "surrogateescape"), set())
        if change.status in _COMES:
            for gone in self._gone:
                found |= self._by_path[gone]
        return found

    @cached_property
    def _gone(self) -> list[bytes]:
        """The files of linked commits that have another name by now, or are no more."""
        there = commits.files(self.store.repo, self.head)
        return [
            name for name, oids in self._by_path.items()
            if name not in there and self.linked.keys() & oids
        ]  # fmt: skip

    def _same(self, oid: str, path: str, lines: Iterable[int]) -> Iterator[tuple[int, Traced]]:
        """Lines that stand as they stood in the only commit that touched the file."""
        for number in lines:
            if oid in self.linked:
                yield number, self._line(oid, path, number)

    def _asked(
        self, path: str, added: Sequence[Sequence[int]]
    ) -> dict[int, tuple[int, Traced]] | None:
        """What git blame says of the lines; None where that was asked too often, or cannot be."""
        if self._blamed >= MOST_BLAMED:
            return None
        self._blamed += 1
        ranges = [f"{a},{b}" for some in added for a, b in links.ranges_of(some)]
        options = ("--no-textconv", *([f"^{self.base}"] if self.base else []))
        asked = Asked(
            path, self.head, tuple(ranges if len(ranges) <= _MOST_RANGES else ()), options
        )
        try:
            lines = blame(self.store.repo, asked)
        except (GitFailed, NaturecodeError, ValueError):
            return None
        return {
            one.number: (one.number, self._line(one.commit.oid, one.path, one.original))
            for one in lines if one.commit.oid in self.linked
        }  # fmt: skip

    def _line(self, oid: str, path: str, number: int) -> Traced:
        """What is behind a line of the file as it is in a linked commit; one answer for all lines
        of which the same messages say that they wrote them."""
        cuts = self._cuts.get((oid, path))
        if cuts is None:
            ranges = self._wrote(oid).get(path, ())
            cuts = self._cuts[oid, path] = sorted({n for a, b in ranges for n in (a, b + 1)})
        key = oid, path, bisect_right(cuts, number)
        if key not in self._traced:
            seconds = self.linked[oid].authored
            line = Blamed(number, "", Commit(oid, seconds=seconds), path, number)
            (self._traced[key],) = self._tracer.trace([line])
        return self._traced[key]

    def _wrote(self, oid: str) -> dict[str, list[links.Range]]:
        """The lines that messages have written in a commit, by the path of the file."""
        if oid not in self._facts:
            found = self._facts[oid] = {}
            for link in self._tracer.links(oid):
                for one in link.wrote:
                    found.setdefault(one.path, []).extend(one.ranges)
        return self._facts[oid]

    def _grouped(self, found: Iterable[tuple[int, Traced]]) -> list[Behind]:
        """By session, in the order of the lines."""
        lines: dict[Behind, list[int]] = {}
        messages: dict[Behind, dict[tuple[str, str], bool]] = {}
        for number, one in found:
            for about, message, sure in self._behind(one):
                lines.setdefault(about, []).append(number)
                said = messages.setdefault(about, {})
                if message:
                    said[message] = said.get(message, True) and sure
        return [
            about._replace(
                lines=links.ranges_of(numbers), messages=tuple(messages[about])[:_MOST_LISTED],
                sure=bool(messages[about]) and all(messages[about].values()),
            )
            for about, numbers in lines.items()
        ]  # fmt: skip

    def _behind(self, one: Traced) -> Iterator[tuple[Behind, tuple[str, str] | None, bool]]:
        """The sessions of one line, first the one that wrote it; none of the rest where one did."""
        if one.link is None:
            return
        message = None
        if one.session is not None and one.message is not None:
            message = one.message.id, handles(one.session)[one.message.id]
        yield self._linked(one.link), message, one.how == trace.WROTE
        if one.how != trace.WROTE:
            for link in self._tracer.links(one.line.commit.oid):
                if link.session in one.others:
                    yield self._linked(link), None, False

    def _roughly(self, touching: Iterable[str]) -> list[Behind]:
        found = (self._linked(link) for oid in touching for link in self._tracer.links(oid))
        return list(dict.fromkeys(found))[:_MOST_LISTED]

    def _linked(self, link: links.Link) -> Behind:
        """What may be told of the session of a link."""
        if link.state == links.DELETED:
            return Behind(behind.DELETED)
        session = self._tracer.session(link.session)
        if session is None:
            return Behind(behind.ELSEWHERE)
        tool = str(session.origin.get("tool") or "")
        return Behind(behind.HERE, session.id, words.title(session), tool, words.where(session))


def _added(hunk: Hunk) -> list[int]:
    return [one.new for one in hunk.lines() if one.kind == ADDED and one.new is not None]
