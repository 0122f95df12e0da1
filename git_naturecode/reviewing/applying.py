"""Applying suggestions: one or many of them become one commit on the branch under review."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.people import key
from git_naturecode.domain.review import handles, makers, suggestion
from git_naturecode.domain.review.anchor import MOST_CHARACTERS, NEW, Anchor, lines_of
from git_naturecode.domain.review.following import Place
from git_naturecode.domain.review.model import Comment, Review, Thread
from git_naturecode.domain.review.suggestion import Change, Overlapping, Suggestion
from git_naturecode.errors import NaturecodeError, Negative
from git_naturecode.git import commits, committing, edited, hooked, tree
from git_naturecode.git.branches import HEADS, is_name
from git_naturecode.git.committing import Wanted
from git_naturecode.git.landing import Landing
from git_naturecode.git.objects import PLAIN_MODES, Missing, TreeEntry
from git_naturecode.render.show import line
from git_naturecode.reviewing import message, revising, unfinished
from git_naturecode.reviewing.explaining import circle
from git_naturecode.reviewing.placing import place
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import TEAM, Store

_MOST_BYTES = 8 << 20  # of a file
_BLOB = ("blob", False)  # and not too large
_FEW = 16
_FILLED_IN = re.compile(r"\$Id:[^$\n]*\$")
_NOT_RUN = ("pre-commit",)
_SHOWN = 10  # reasons in one line


class Half(NaturecodeError):
    """The branch was moved, and what that means could not be written down."""


class Put(NamedTuple):
    """A suggestion that is put in: the thread and the comment that makes it, and where it goes."""

    thread: Thread
    comment: Comment
    name: str
    path: str
    change: Change


@dataclass
class Applied:
    """What was done, or would be: the branch, its commit, what was put in, and what was not and
    why (by the short names of threads)."""

    branch: str
    put: list[Put]
    left: dict[str, str]
    commit: str = ""
    place: str = ""
    told: list[str] = field(default_factory=list)


class Applying:
    """Suggestions of one review on their way into its branch.

    `wanted` are the threads that somebody names (none: all that wait), `text` what the commit says
    ("": the usual). `permit` raises where the team does not let this person.
    """

    def __init__(
        self, store: Store, review: Review, entries: Sequence[Entry], wanted: Sequence[str],
        text: str, permit: Callable[..., None],
    ) -> None:  # fmt: skip
        self.store, self.review, self.entries = store, review, entries
        self.wanted, self.text, self.permit = wanted, text, permit
        self._names = handles.thread_names(review)
        self._lines = lru_cache(_FEW)(self._lines_of)

    def plan(self) -> Applied:
        """What `run` would do; raises as it does."""
        landing, done, _ = self._begin()
        landing.check()
        return done

    def run(self) -> Applied:
        """Make the commit, move the branch, resolve the threads. What was stopped between the two
        last is ended first, and nothing besides is done then.

        Raises Negative where a suggestion that was named does not fit any more, where two are about
        the same lines, where there is none, or where the branch cannot be moved now: then nothing
        has changed. Raises Half where the branch has moved and that cannot be said.
        """
        if ended := self._ended():
            return ended
        landing, done, files = self._begin()
        done.commit = self._commit(landing.tip, done.put, files)
        unfinished.note(self.store, self.review, done.commit, [one.thread.id for one in done.put])
        try:
            moved = landing.move(done.commit, f"review apply {self.review.id}")
        except Exception:
            unfinished.forget(self.store, self.review)
            raise
        if not moved:
            unfinished.forget(self.store, self.review)
            raise Negative(
                f"{landing.branch} moved while the suggestions were put in", "run it again"
            )
        silent = hooked.standing(self.store.repo, _NOT_RUN)
        if silent:
            done.told.append("not run, since there was no work tree to run it in: your pre-commit")
        self._record(done.branch, done.commit, [one.thread for one in done.put])
        return done

    def _ended(self) -> Applied | None:
        """What was put into the branch before, and not said, is said now; None for nothing."""
        left = unfinished.read(self.store, self.review)
        if left is None:
            return None
        branch = self.review.target.name
        tip = commits.resolve(self.store.repo, HEADS + branch) if is_name(branch) else ""
        if not tip or not self.store.team.objects.is_ancestor(left.commit, tip):
            unfinished.forget(self.store, self.review)
            return None
        threads = [one for one in self.review.open_threads if one.id in left.threads]
        if threads:
            self._record(branch, left.commit, threads)
        unfinished.forget(self.store, self.review)
        names = ", ".join(self._names[one.id] for one in threads)
        told = f"taken in before, by a run that was stopped, and said now: {names}"
        return Applied(branch, [], {}, left.commit, told=[told]) if threads else None

    # -- which, and where --------------------------------------------------------------------------

    def _begin(self) -> tuple[Landing, Applied, dict[str, tuple[int, bytes]]]:
        review = self.review
        if review.target.type != "branch":
            raise Negative(
                f"{review.id} is about a {review.target.type}, and only a branch takes commits",
                "put the suggestions in by hand",
            )
        found, left = self._suggested()
        landing = Landing(self.store.repo, review.target.name, self.store.environ)
        now = revising.moved(self.store, review)
        last = review.revision
        head, base = now.state[:2] if now else (last.head, last.base) if last else ("", "")
        if landing.tip != head:
            raise Negative(
                f"{landing.branch} here stands at {landing.tip[:12]}, and the change at "
                f"{head[:12]}",
                f"bring it up to date first: git switch {landing.branch}, git pull",
            )
        put, files = self._placed(found, left, head, base)
        if not put:
            why = "; ".join(f"{name}: {reason}" for name, reason in list(left.items())[:_SHOWN])
            why += f"; and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
            raise Negative(
                f"nothing can be put in: {why}" if why else "no open thread suggests anything",
                f"git naturecode review show {ids.tail(review.id)} shows what was said",
            )
        self.permit(*(makers.settling((), one.thread, "resolve") for one in put))
        where = landing.place.path if landing.place else ""
        done = Applied(landing.branch, put, left, place=where)
        return landing, done, self._changed(put, files)

    def _suggested(self) -> tuple[list[tuple[Thread, Comment, Suggestion]], dict[str, str]]:
        """The newest suggestion of each thread that is meant, and why there is none to put in in
        some; a thread that was named has to have one."""
        if self.wanted:
            named = [handles.thread(self.review, one) for one in self.wanted]
            meant = list({one.id: one for one in named}.values())
        else:
            meant = [one for one in self.review.open_threads if _makers_of(one)]
        found, left = [], dict[str, str]()
        for thread in meant:
            name, made = self._names[thread.id], _makers_of(thread)
            if why := _unfit(thread, made):
                if self.wanted:
                    raise Negative(f"{name} {why}", "put it in by hand")
                left[name] = f"it {why}"
                continue
            comment, suggestions = made[-1]
            found.append((thread, comment, suggestions[0]))
        return found, left

    def _placed(
        self, found: Sequence[tuple[Thread, Comment, Suggestion]], left: dict[str, str],
        head: str, base: str,
    ) -> tuple[list[Put], dict[str, "_File"]]:  # fmt: skip
        """Those that fit, and the files that they are about; `left` is told of the others."""
        objects = self.store.team.objects
        anchors = {thread.id: thread.first.anchor for thread, _, _ in found if thread.first.anchor}
        places = place(self.store.repo, objects, anchors, head, base)
        files = self._files(head, sorted({one.path for one in places.values() if one.path}))
        put: list[Put] = []
        for thread, comment, said in found:
            name, anchor, there = self._names[thread.id], anchors[thread.id], places[thread.id]
            why = self._objection(anchor, said, there, files.get(there.path))
            if why and self.wanted:
                raise Negative(f"{name} does not fit any more: {why}", "put it in by hand")
            if why:
                left[name] = why
                continue
            first, last = there.line - said.above, there.end + said.below
            lines = files[there.path].stored(said.lines)
            put.append(Put(thread, comment, name, there.path, Change(first, last, lines, name)))
        return put, files

    def _files(self, head: str, paths: Sequence[str]) -> dict[str, "_File"]:
        """The files at `paths` in the tree of `head`."""
        root = tree.tree_of(self.store.team.objects, head)
        found = {path: _File.read(self.store, root, path) for path in paths}
        good = [path for path, one in found.items() if not one.why]
        for path, way in edited.ways(self.store.repo, head, good).items() if good else ():
            found[path] = found[path]._replace(ident=way.ident)
            # What it keeps is what the filter makes of the file, and never what a person wrote.
            if self._is_set(way.filter):
                found[path] = found[path]._replace(why=f"goes through your filter {way.filter!r}")
        return found

    def _is_set(self, name: str) -> bool:
        """True when the user has a filter of that name."""
        keys = (f"filter.{name}.{one}" for one in ("clean", "smudge", "process"))
        return bool(name) and any(map(self.store.config.get, keys))

    def _objection(
        self, anchor: Anchor, said: Suggestion, there: Place, file: "_File | None"
    ) -> str:
        """Why a suggestion cannot be put in; "" where the lines are as they were."""
        if file is None:
            return "its lines are gone"
        if file.why:
            return f"{there.path} {file.why}"
        first, last = there.line - said.above, there.end + said.below
        before = self._before(anchor, said)
        if before is None:
            return "how its lines were is not in this clone"
        if first < 1 or file.lines[first - 1 : last] != before:
            return f"its lines have changed ({there.path}:{there.line})"
        return "it changes nothing" if list(said.lines) == before else ""

    def _before(self, anchor: Anchor, said: Suggestion) -> list[str] | None:
        """The lines as they were when somebody commented on them; None where nobody can tell."""
        first, last = anchor.line - said.above, anchor.end + said.below
        lines = self._lines(anchor.blob) if anchor.blob else None
        if lines is not None:
            return lines[first - 1 : last] if 1 <= first <= last <= len(lines) else None
        text = list(anchor.text)
        whole = len(text) == anchor.end - anchor.line + 1 and not (said.above or said.below)
        return text if whole and all(len(one) < MOST_CHARACTERS for one in text) else None

    def _lines_of(self, blob: str) -> list[str] | None:
        """The lines of a blob that somebody has named; None where it is none, or not here."""
        objects = self.store.team.objects
        try:
            kind, size = objects.header(blob)
            return lines_of(objects.read(blob)[1]) if (kind, size > _MOST_BYTES) == _BLOB else None
        except Missing:
            return None

    def _changed(
        self, put: Sequence[Put], files: Mapping[str, "_File"]
    ) -> dict[str, tuple[int, bytes]]:
        """The files as they are with all that is put in."""
        made, by_path = {}, dict[str, list[Change]]()
        for one in put:
            by_path.setdefault(one.path, []).append(one.change)
        for path, mine in by_path.items():
            try:
                data = suggestion.applied(files[path].data, mine)
            except Overlapping as error:
                raise Negative(
                    f"{error.one} and {error.other} are about the same lines of {path}",
                    "name the one that you want: "
                    f"git naturecode review apply {ids.tail(self.review.id)} {error.one}",
                ) from None
            made[path] = files[path].mode, data
        return made

    # -- doing it ----------------------------------------------------------------------------------

    def _commit(
        self, tip: str, put: Sequence[Put], files: Mapping[str, tuple[int, bytes]]
    ) -> str:  # fmt: skip
        repo = self.store.repo
        many = "a suggestion" if len(put) == 1 else f"{len(put)} suggestions"
        usual = f"Take in {many} of the review\n\n" + "\n".join(
            f"- {one.name}: {line(one.path)}, line {one.change.first}" for one in put
        )
        people = circle(self.store, self.review)
        names = {key(one.who): one.name for one in self.review.reviewers}
        me = people.who(self.store.person)
        authors = {
            people.who(one.comment.by): (
                names.get(key(one.comment.by)) or people.name(people.who(one.comment.by)),
                one.comment.by,
            )
            for one in put
        }
        others = [told for who, told in authors.items() if who != me]
        lines = message.trailers(self.review, people, (), (), others)
        text = message.with_trailers(self.text or usual, lines)
        text = hooked.message(repo, text, "message")
        tree_ = edited.tree_with(repo, tip, files)
        sign = self.store.config.flag("commit.gpgSign", False)
        return committing.commit(repo, Wanted(tree_, (tip,), text), sign=sign)

    def _record(self, branch: str, commit: str, threads: Sequence[Thread]) -> None:
        """Write down the new state of the change, and that the threads are settled."""
        try:
            moved = revising.moved(self.store, self.review)
            drafts: list[Draft] = []
            if moved:
                revising.prepare(self.store, self.review.id, moved)
                drafts.append(moved.draft)
            told = f"Taken in: {commit}"
            drafts += [makers.settling(self.entries, one, "resolve", told) for one in threads]
            self.store.write(TEAM, self.review.id, drafts)
        except (NaturecodeError, OSError) as error:
            why = getattr(error, "message", "") or getattr(error, "strerror", "") or str(error)
            raise Half(
                f"{branch} has the suggestions as {commit[:12]}, and that cannot be said: {why}",
                f"git naturecode review apply {ids.tail(self.review.id)} says it, once that works",
            ) from error
        unfinished.forget(self.store, self.review)
        self.store.settle()


class _File(NamedTuple):
    """A file of the branch: its mode and bytes, its lines, or why it cannot be changed."""

    mode: int
    data: bytes
    lines: list[str]
    why: str = ""
    ident: bool = False

    def stored(self, lines: Sequence[str]) -> tuple[str, ...]:
        """`lines` as git keeps them: what a work tree fills in is left out (gitattributes)."""
        return tuple(_FILLED_IN.sub("$Id$", one) if self.ident else one for one in lines)

    @classmethod
    def read(cls, store: Store, root: str | None, path: str) -> "_File":
        objects = store.team.objects
        entry: TreeEntry | None = tree.find_all(objects, root, [path]).get(path)
        if entry is None or entry.mode not in PLAIN_MODES:
            return cls(0, b"", [], "is no plain file")
        if objects.header(entry.oid)[1] > _MOST_BYTES:
            return cls(0, b"", [], "is too large")
        data = objects.read(entry.oid)[1]
        lines = lines_of(data)
        return cls(entry.mode, data, lines or [], "" if lines is not None else "is no text")


def _unfit(thread: Thread, made: Sequence[tuple[Comment, list[Suggestion]]]) -> str:
    """Why the suggestions `made` in a thread are none to be put in; "" where the last one is."""
    if not made:
        return "suggests nothing"
    if (many := len(made[-1][1])) > 1:
        return f"has {many} suggestions in one comment, and which is meant nobody can tell"
    anchor = thread.first.anchor
    if anchor is None or not anchor.line:
        return "is about no lines"
    return "" if anchor.side == NEW else "is about lines that are gone"


def _makers_of(thread: Thread) -> list[tuple[Comment, list[Suggestion]]]:
    """The comments of a thread that suggest something, in their order; no drafts."""
    said = ((one, suggestion.read(one.text)) for one in thread.comments if not one.draft)
    return [(one, found) for one, found in said if found]
