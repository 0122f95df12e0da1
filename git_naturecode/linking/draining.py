"""Working the queue through: what the hooks have noted becomes links, in few git processes."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from git_naturecode import agents, ids
from git_naturecode.domain import links
from git_naturecode.domain.links import Link
from git_naturecode.git import commits as git
from git_naturecode.git.objects import CommitInfo
from git_naturecode.linking import queue
from git_naturecode.linking.carry import carried
from git_naturecode.linking.known import Known
from git_naturecode.linking.lines import Evidence
from git_naturecode.linking.queue import Chosen, Drained, Line, Made, Rewritten, Squashed
from git_naturecode.linking.writing import write
from git_naturecode.store import followed
from git_naturecode.store.entry import Draft
from git_naturecode.store.lock import hold
from git_naturecode.store.store import Store

_PATIENCE = 15.0  # seconds for another process that is at it
_SQUASH_DAYS = 30  # so long what `git merge --squash` has put into the index may stay there
_WAITS = 30 * 86_400  # seconds for which a commit waits for a session that is not here
_SOON = 5  # seconds by which the time of a commit may be before that of its line
_VIA = {"amend": "rewrite", "rebase": "rewrite", "squash": "squash"}


def drain(store: Store) -> Drained:
    """Write the links for what was committed, and noted by hooks, since the last drain.

    Idempotent: a drain that was killed is done again, and finds what it has written. Lines that
    name a session which is not here go on waiting until an import brings it. Raises
    NaturecodeError when nothing can be written; nothing is lost then.
    """
    if not followed.follow(store.repo, store.config):
        return Drained(busy=True)
    if not is_behind(store):
        return Drained(waiting=len(queue.waiting(store.state_dir)))
    with hold(os.path.join(store.state_dir, "links.lock"), _PATIENCE) as held:
        if not held:
            return Drained(busy=True)
        taken = queue.take(store.state_dir)
        known = Known(store)
        try:
            return _Drain(store, known, taken).run()
        finally:
            known.close()


def is_behind(store: Store) -> bool:
    """True when there is something to do: new lines, a session that lines have waited for, a
    commit that may be the one that a `git merge --squash` led to.
    """
    if queue.is_full(store.state_dir):
        return True
    waiting = queue.waiting(store.state_dir)
    squashed = any(isinstance(line, Squashed) for line in waiting)
    if squashed and queue.is_older(store.state_dir, os.path.join(store.repo.git_dir, "logs/HEAD")):
        return True
    known = Known(store)
    try:
        return any(known.about(one) for one in set(queue.named(waiting)))
    finally:
        known.close()


@dataclass
class _Wanted:
    """The sessions that a commit is to be linked to, each with where that comes from."""

    via: dict[str, str] = field(default_factory=dict)
    origins: dict[str, list[str]] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    unknown: bool = False  # it, or what it comes from, names a session that is not here

    def add(self, session: str, via: str, origin: str = "") -> None:
        """One more; what comes from another commit counts before what is said of this one."""
        if origin or session not in self.via:
            self.via[session] = via
        if origin and origin not in self.origins.setdefault(session, []):
            self.origins[session].append(origin)


class _Drain:
    """One drain."""

    def __init__(self, store: Store, known: Known, taken: queue.Taken) -> None:
        self.store, self.known, self.taken = store, known, taken
        self.gone = 0
        self.halted = git.is_rebasing(store.repo)
        self.lines = list(_once([*taken.waiting, *taken.fresh]))
        self.made: dict[str, list[Made]] = {}
        self.from_: dict[str, list[tuple[str, str]]] = {}
        self.rebased: set[str] = set()
        self.lost: list[Squashed] = []
        self.early: dict[tuple[str, str], Chosen] = {}
        self.chosen: dict[tuple[str, str], Chosen] = {}
        self.wanted: dict[str, _Wanted] = {}
        self.wrote: dict[str, list[str]] = {}
        self.always = store.config.get("naturecode.trailer", "always") != "never"

    def run(self) -> Drained:
        """Sort the lines, follow what became of each commit, write."""
        squashes = [line for line in self.lines if isinstance(line, Squashed)]
        for line in self.lines:
            if isinstance(line, Made):
                self.made.setdefault(line.commit, []).append(line)
            elif isinstance(line, Rewritten) and line.old != line.new:
                self.from_.setdefault(line.new, []).append((line.old, _VIA[line.how]))
                if line.how == "rebase":
                    self.rebased.add(line.new)
        self._read(squashes)
        self._choose()
        for squash in squashes:
            self._find(squash)
        self._ask_agents()
        olds = [old for pairs in self.from_.values() for old, _ in pairs]
        self.linked = self.known.links({*self.made, *self.from_, *olds})
        for commit in (*self.made, *self.from_):
            self._follow(commit)
        linked = self._write()
        for git_dir, commits in self._places().items():
            agents.committed(self.store, git_dir, commits)
        self.taken.done(self._unsettled())
        waiting = len(queue.waiting(self.store.state_dir))
        return Drained(linked, waiting, self.taken.skipped, self.gone)

    def _read(self, squashes: Iterable[Squashed]) -> None:
        """What all commits say that lines tell of, with one request."""
        pairs = [old for found in self.from_.values() for old, _ in found]
        heads = [oid for line in squashes for oid in (line.head, *line.commits)]
        self.infos = git.infos(self.store.team.objects, (*self.made, *self.from_, *pairs, *heads))

    def _choose(self) -> None:
        """Settle which sessions each commit belongs to.

        Those that its message names, if hooks put them there; else what a hook has chosen for it,
        else those that were active in its work tree.
        """
        self.chosen = self._pair()
        for commit, lines in self.made.items():
            info = self.infos.get(commit)
            named = tuple(links.sessions_named(info.message)) if info and self.always else ()
            for number, line in enumerate(lines):
                chosen = self.chosen.get((commit, self._git_dir(line)))
                sessions = named or (line.sessions if chosen is None else chosen.sessions)
                lines[number] = line._replace(sessions=sessions)

    def _pair(self) -> dict[tuple[str, str], Chosen]:
        """For which commit each choice of a hook was: the next one there.

        Where none came, something stopped it after the hook; then a later choice takes its place.
        """
        made: dict[tuple[str, str], list[Made]] = {}
        for line in self.lines:
            if isinstance(line, Made):
                made.setdefault((line.head.strip("0"), self._git_dir(line)), []).append(line)
        found: dict[tuple[str, str], Chosen] = {}
        for line in self.lines:
            if not isinstance(line, Chosen):
                continue
            where = self._git_dir(line)
            place = line.head.strip("0"), where
            there = [one.commit for one in made.get(place, ())]
            free = [commit for commit in there if (commit, where) not in found]
            if there:
                found[(free or there[-1:])[0], where] = line
            else:
                self.early[place] = line
        return found

    def _ask_agents(self) -> None:
        """Which agents wrote the commits of which hooks knew nobody; their sessions come in."""
        captures = os.path.exists(os.path.join(self.store.state_dir, "capture"))
        for commit, lines in self.made.items() if captures else ():
            asks = commit in self.infos and commit not in self.rebased
            for line in lines if asks else ():
                where = self._git_dir(line)
                repo = git.at(self.store.repo, where)
                if not line.sessions and (commit, where) not in self.chosen and repo is not None:
                    self.wrote[commit] = agents.touching(self.store, repo, commit)
        if any(self.wrote.values()):
            self.known.forget()

    def _places(self) -> dict[str, list[str]]:
        """The commits that were made in each work tree."""
        found: dict[str, list[str]] = {}
        for commit, lines in self.made.items():
            for git_dir in map(self._git_dir, lines):
                if commit in self.infos and os.path.isdir(git_dir):
                    found.setdefault(git_dir, []).append(commit)
        return found

    def _git_dir(self, line: Made | Chosen) -> str:
        return os.path.normpath(os.path.join(self.store.repo.common_dir, line.git_dir))

    def _find(self, squash: Squashed) -> None:
        """Which commit has taken in what `git merge --squash` had put into the index."""
        late = squash.seconds - _SOON
        made = [oid for oid in self.made if self._is_on(oid, squash.head, late)]
        if not made:
            ours = f"refs/heads/{self.store.branch}"
            found = git.children(self.store.repo, {squash.head}, ours).get(squash.head, [])
            self.infos |= git.infos(self.store.team.objects, found)
            made = [oid for oid in found if self._is_on(oid, squash.head, late)]
        candidates = [oid for oid in made if oid not in squash.commits]
        changed = git.changed(
            self.store.repo,
            [oid for oid in (*candidates, *squash.commits) if oid in self.infos],
        )
        paths = frozenset().union(*(changed.get(oid, frozenset()) for oid in squash.commits))
        candidates = [oid for oid in candidates if paths & changed.get(oid, frozenset())]
        if candidates:
            new = min(candidates, key=lambda oid: self.infos[oid].seconds)
            self.from_.setdefault(new, []).extend((old, "squash") for old in squash.commits)
        elif self.store.now_ms() / 1000 - squash.seconds < _SQUASH_DAYS * 86_400:
            self.lost.append(squash)

    def _is_on(self, oid: str, head: str, seconds: int) -> bool:
        info = self.infos.get(oid)
        return info is not None and info.parents == (head,) and info.seconds >= seconds

    def _follow(self, commit: str) -> _Wanted:
        """The sessions of `commit`, its own and those of the commits that it was made from."""
        if commit in self.wanted:
            return self.wanted[commit]
        # Deep chains (a commit amended a thousand times) are followed without recursion.
        stack = [commit]
        while stack:
            here = stack[-1]
            before = [old for old, _ in self.from_.get(here, ()) if old not in self.wanted]
            fresh = [old for old in before if old not in stack]
            if fresh and here not in self.wanted:
                stack += fresh
                continue
            stack.pop()
            if here not in self.wanted:
                self.wanted[here] = self._own(here)
        return self.wanted[commit]

    def _own(self, commit: str) -> _Wanted:
        found = _Wanted()
        info = self.infos.get(commit)
        named = links.sessions_named(info.message) if info else []
        for old, via in self.from_.get(commit, ()):
            earlier = self.wanted.get(old, _Wanted())
            for session in self._sessions(old, earlier):
                found.add(session, via, old)
            found.unknown |= earlier.unknown
            found.undone |= earlier.undone
        for session in self._said(commit):
            if self.known.about(session):
                found.add(session, "hook")
        for session in self.wrote.get(commit, ()):
            found.add(session, "capture")
        if commit not in self.rebased:
            known = {s for line in self.made.get(commit, ()) for s in line.sessions}
            found.unknown |= any(self.known.about(session) is None for session in known)
        is_made = commit in self.made and commit not in self.rebased
        for session in named:
            if self.known.about(session):
                found.add(session, found.via.get(session, "hook" if is_made else "repair"))
        for session in found.via:
            found.undone |= {session} if self._is_undone(session, commit) else set()
        return found

    def _sessions(self, commit: str, wanted: _Wanted) -> Iterator[str]:
        """Those that `commit` is linked to, or will be."""
        linked = [link.session for link in self.linked.get(commit, ())]
        yield from dict.fromkeys([*linked, *wanted.via])

    def _is_undone(self, session: str, commit: str) -> bool:
        """True when the link to what `commit` was made from was taken back by hand."""
        about = self.known.about(session)
        olds = [old for old, _ in self.from_.get(commit, ())]
        return about is not None and any(old in about.links.undone for old in olds)

    def _said(self, commit: str) -> Iterator[str]:
        """The sessions that `commit` was made in; a rebase makes those of others anew."""
        for line in self.made.get(commit, ()) if commit not in self.rebased else ():
            yield from line.sessions

    def _write(self) -> int:
        fresh: list[Link] = []
        undo: list[tuple[str, Draft]] = []
        for commit in dict.fromkeys((*self.made, *self.from_)):
            wanted, info = self.wanted[commit], self.infos.get(commit)
            if info is None:
                self.gone += bool(wanted.via) and not self._has_successor(commit)
                continue
            for session, via in wanted.via.items():
                about = self.known.about(session)
                if about is None or about.deleted or commit in about.links.live:
                    continue
                if session in wanted.undone or commit in about.links.undone:
                    if commit not in about.links.undone:
                        undo.append((session, links.undoing(commit)))
                    continue
                origins = tuple(wanted.origins.get(session, ()))
                fresh.append(self._link(session, commit, via, origins, info))
        return write(self.store, self.known, self._told(fresh), undo)

    def _told(self, fresh: list[Link]) -> list[Link]:
        """`fresh` with what is known of who wrote which lines."""
        olds = {
            (link.session, link.commit): link
            for found in self.linked.values() for link in found
        }  # fmt: skip
        done: list[Link] = []
        self.evidence = Evidence(self.store)  # each session is looked for once, after the imports
        left = fresh
        while left:
            # What was made from something that is new itself comes after that.
            pending = {(one.session, one.commit) for one in left}
            ready = [o for o in left if not any((o.session, x) in pending for x in o.origins)]
            told = carried(self.store, map(self._own_lines, ready or left), olds)
            olds |= {(link.session, link.commit): link for link in told}
            done += told
            left = [one for one in left if one not in ready] if ready else []
        return done

    def _own_lines(self, one: Link) -> Link:
        """`one` with what the transcript says, where the commit was made while it was written."""
        known = {link.session for o in one.origins for link in self.linked.get(o, ())}
        if one.session in known and (one.commit in self.rebased or one.commit not in self.made):
            return one
        return one._replace(wrote=self.evidence.written(ids.tail(one.session), one.commit))

    def _has_successor(self, commit: str) -> bool:
        return any(old == commit for pairs in self.from_.values() for old, _ in pairs)

    def _link(
        self, session: str, commit: str, via: str, origins: tuple[str, ...], info: CommitInfo
    ) -> Link:
        about = self.known.about(session)
        assert about is not None
        earlier = [link for one in origins for link in self.linked.get(one, ())]
        first = next((link for link in earlier if link.session == session), None)
        link = Link(session, commit, via=via, origins=origins)
        if first is not None:
            return link._replace(tool=first.tool, model=first.model, messages=first.messages)
        messages, model = about.said_by(info.seconds)
        return link._replace(tool=about.tool, model=model, messages=messages)

    def _unsettled(self) -> Iterator[Line]:
        """The lines that have to wait: their session, or what they come from, is not here."""
        now = self.store.now_ms() / 1000
        for made in (one for lines in self.made.values() for one in lines):
            is_here = made.commit in self.infos or self._has_successor(made.commit)
            waits = any(self.known.about(session) is None for session in made.sessions)
            if is_here and waits and (not made.seconds or now - made.seconds < _WAITS):
                yield made
        for line in self.lines:
            if isinstance(line, Rewritten):
                wanted = self.wanted.get(line.new, _Wanted())
                # What a rebase that stands still has made is told of only at its end.
                if wanted.unknown or (self.halted and not wanted.via):
                    yield line
            elif isinstance(line, Squashed) and line in self.lost:
                yield line
        for (head, git_dir), early in self.early.items():
            if followed.head(git_dir).strip("0") == head:  # until HEAD goes elsewhere
                yield early


def _once(lines: Iterable[Line]) -> Iterator[Line]:
    """Each line once; but what hooks have chosen is about another commit each time."""
    seen: set[Line] = set()
    for line in lines:
        if isinstance(line, Chosen) or line not in seen:
            seen.add(line)
            yield line
