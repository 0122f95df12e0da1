"""Which message of a session wrote which lines of a commit.

Told by the transcript on this machine, or by the session itself where it was imported with all
that was said to tools.
"""

import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from git_naturecode import clock
from git_naturecode.capture.discover import of_session
from git_naturecode.capture.drafts import tilde
from git_naturecode.capture.edits import edits
from git_naturecode.capture.edits_told import changes, unfolded_input
from git_naturecode.capture.format import Found
from git_naturecode.domain.attribution import MOST_CHARACTERS, Author, Edit, File
from git_naturecode.domain.links import Wrote, ranges_of
from git_naturecode.domain.session import KIND
from git_naturecode.git.added import Changed, added_lines, changed_files
from git_naturecode.git.objects import Missing, Objects
from git_naturecode.git.run import GitFailed
from git_naturecode.git.times import times
from git_naturecode.store.store import Store

_BINARY = 8000  # bytes of the beginning in which git, too, looks for a NUL
_MOST_FILES = 2000
_SLACK_MS = 999  # git knows the second only


@dataclass
class _Story:
    """One file of the commit: how it goes on, and what was found when the author says it was."""

    changed: Changed
    file: File
    committed: str
    touched: bool = False
    authored: list[Author] | None = None


@dataclass(frozen=True)
class _Source:
    """Where the edits of a session can be read, and the folder in which its tool ran."""

    parts: tuple[Found, ...] = ()
    kept: tuple[Edit, ...] = ()
    project: str = ""
    roots: tuple[str, ...] = ()

    def edits(self, names: Sequence[str]) -> Iterator[Edit]:
        """The edits of files that are called as one of `names`, in the order of time."""
        if not self.parts:
            return iter(self.kept)
        return heapq.merge(*(edits(part, names) for part in self.parts), key=lambda edit: edit.t)


class Evidence:
    """Tells for many commits which message wrote which lines; each session is looked for once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sources: dict[str, _Source] = {}

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        trees = self._store.repo.work_trees()
        return tuple(dict.fromkeys([*trees, *map(os.path.realpath, trees)]))

    def written(self, session_tail: str, commit: str) -> tuple[Wrote, ...]:
        """The lines of `commit` that messages of the session with that last part of its id wrote.

        Only lines that the commit adds, as git sees it, and only where the transcript proves it;
        () when nothing is known. What was done after the commit is not looked at.
        """
        objects, repo = self._store.team.objects, self._store.repo
        try:
            source = self._source(session_tail)
            files = changed_files(repo, commit) if source.parts or source.kept else []
            if not files or len(files) > _MOST_FILES:
                return ()
            stories = _told(objects, files, source, *times(objects, commit))
            touched = [one for one in stories if one.touched]
            added = added_lines(repo, commit, [one.changed for one in touched]) if touched else {}
        except (GitFailed, Missing, OSError):
            return ()
        facts: list[Wrote] = []
        for one in touched:
            facts += _facts(one, added.get(one.changed.path, set()))
        return tuple(facts)

    def _source(self, tail: str) -> _Source:
        if tail not in self._sources:
            self._sources[tail] = self._looked_for(tail)
        return self._sources[tail]

    def _looked_for(self, tail: str) -> _Source:
        store = self._store
        placed = store.read(tail, KIND)
        opened = next((one.entry for one in placed if one.entry.kind == "open"), None)
        origin = opened.header.get("origin") if opened else None
        if not isinstance(origin, dict):
            return _Source()
        tool, session = (str(origin.get(key) or "") for key in ("tool", "session"))
        home = store.environ.get("HOME", "")
        parts = of_session(home, store.environ, self._roots, tool, session)
        if parts:
            return _Source(tuple(parts), (), parts[0].project, self._roots)
        project = str(origin.get("cwd") or "")
        kept = sorted(
            (edit for one in placed for edit in _kept(one.entry.header, one.entry.body, project)),
            key=lambda edit: edit.t,
        )
        return _Source((), tuple(kept), project)


def written(store: Store, session_tail: str, commit: str) -> tuple[Wrote, ...]:
    """What `Evidence.written` says of one commit."""
    return Evidence(store).written(session_tail, commit)


def _names(files: Iterable[Changed]) -> list[str]:
    return [os.path.basename(name) for one in files for name in (one.path, one.path_before) if name]


def _kept(header: dict[str, object], body: str | None, project: str) -> Iterator[Edit]:
    """The edits that an entry tells which keeps what was said to a tool; see capture/drafts.py."""
    size, tool = header.get("in"), header.get("tool")
    if header.get("role") != "tool" or header.get("ok") is not True or not body:
        return
    if isinstance(size, int) and isinstance(tool, str) and 0 < size <= len(body):
        for edit in changes(tool, unfolded_input(body[:size]), project):
            t, message = str(header.get("t") or ""), str(header["id"])
            yield replace(edit, t=t, message=message, path=tilde(edit.path))


def _told(
    objects: Objects, files: Sequence[Changed], source: _Source, author_s: int, committer_s: int
) -> list[_Story]:
    """The files of the commit as the edits until then leave them."""
    stories: dict[str, _Story] = {}
    by_path = {one.path: one for one in files}
    by_path.update({one.path_before: one for one in files if one.path_before not in by_path})
    by_path.pop("", None)
    unread = set(by_path)
    authored, committed = (clock.iso(s * 1000 + _SLACK_MS) for s in (author_s, committer_s))
    early = author_s < committer_s
    seen: set[tuple[str, str]] = set()  # files of one session may repeat each other
    for edit in source.edits(_names(files)):
        if edit.t > committed:
            break
        if early and edit.t > authored:
            early = False
            for story in stories.values():
                story.authored = story.file.written(story.committed)
        if (edit.message, edit.path) in seen:
            continue
        path = _inside(edit.path, source, by_path.keys())
        if path:
            seen.add((edit.message, edit.path))
        if path in unread:
            unread -= {by_path[path].path, by_path[path].path_before}
            if begun := _begun(objects, by_path[path]):
                stories[begun.changed.path] = begun
        if path and (known := stories.get(by_path[path].path)):
            known.file.take(edit)
            known.touched = True
    return list(stories.values())


def _begun(objects: Objects, changed: Changed) -> _Story | None:
    """A file as it was before the commit and is in it; None for what is no text, or too large."""
    text = _text(objects, changed.blob)
    if text is None:
        return None
    before = _text(objects, changed.blob_before) if changed.blob_before else ""
    return _Story(changed, File(before or ""), text)


def _text(objects: Objects, blob: str) -> str | None:
    kind, size = objects.header(blob)
    if kind != "blob" or size > MOST_CHARACTERS:
        return None
    data = objects.read(blob)[1]
    # What is no UTF-8 is kept apart from all that a transcript can say.
    return None if b"\0" in data[:_BINARY] else data.decode("utf-8", "surrogateescape")


def _inside(path: str, source: _Source, wanted: Iterable[str]) -> str:
    """Which of the paths `wanted` of the repository the path of an edit means; "" for none.

    A checkout that has moved since is known by the folder in which the tool ran: that lies in it.
    """
    path = path.replace("\\", "/")
    for root in sorted(source.roots, key=len, reverse=True):
        if path.startswith(root.rstrip("/") + "/"):
            inside = path[len(root.rstrip("/")) + 1 :]
            return inside if inside in wanted else ""
    found = [one for one in wanted if path == one or path.endswith("/" + one)]
    project = source.project.replace("\\", "/").rstrip("/")
    for one in sorted(found, key=len, reverse=True):
        root = path[: -len(one)].rstrip("/")
        if f"{project}/".startswith(f"{root}/"):
            return one
    return ""


def _facts(story: _Story, added: set[int]) -> list[Wrote]:
    """What each message wrote of the added lines, as ranges."""
    authors = story.file.written(story.committed)
    if story.authored is not None:
        # A commit that was made anew later: what held at first holds, where nothing else is known.
        authors = [now or then for now, then in zip(authors, story.authored, strict=True)]
    lines: dict[str, list[int]] = {}
    for number, author in enumerate(authors, 1):
        if author is not None and number in added:
            lines.setdefault(author, []).append(number)
    return [Wrote(author, story.changed.path, ranges_of(own)) for author, own in lines.items()]
