"""Which message of a session wrote which lines of a commit.

Told by the transcript on this machine, or by the session itself where it was imported with all
that was said to tools.
"""

import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from git_naturecode import clock
from git_naturecode.capture.discover import of_session
from git_naturecode.capture.drafts import tilde
from git_naturecode.capture.edits import edits
from git_naturecode.capture.edits_told import changes, unfolded_input
from git_naturecode.domain.attribution import MOST_CHARACTERS, Author, Edit, File
from git_naturecode.domain.links import Range, Wrote
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


@dataclass
class _Source:
    """Edits in the order of their times, and the folder in which the tool ran."""

    edits: Iterator[Edit]
    project: str
    roots: Sequence[str] = field(default_factory=tuple)


def written(store: Store, session_tail: str, commit: str) -> tuple[Wrote, ...]:
    """The lines of `commit` that messages of the session with that last part of its id wrote.

    Only lines that the commit adds, as git sees it, and only where the transcript proves it; ()
    when nothing is known. Reads what was done until then, in the order of time.
    """
    source = None
    try:
        files = changed_files(store.repo, commit)
        if files and len(files) <= _MOST_FILES:
            source = _source(store, session_tail, _names(files))
        if source is None:
            return ()
        stories = _told(store.team.objects, files, source, *times(store.team.objects, commit))
        touched = [one for one in stories if one.touched]
        added = added_lines(store.repo, commit, [one.changed for one in touched]) if touched else {}
    except (GitFailed, Missing, OSError):
        return ()
    facts: list[Wrote] = []
    for one in touched:
        facts += _facts(one, added.get(one.changed.path, set()))
    return tuple(facts)


def _names(files: Iterable[Changed]) -> list[str]:
    return [os.path.basename(name) for one in files for name in (one.path, one.path_before) if name]


def _source(store: Store, tail: str, names: Sequence[str]) -> _Source | None:
    """Where the edits of a session can be read; None when nowhere."""
    placed = store.read(tail, KIND)
    opened = next((one.entry for one in placed if one.entry.kind == "open"), None)
    origin = opened.header.get("origin") if opened else None
    if not isinstance(origin, dict):
        return None
    tool, session = (str(origin.get(key) or "") for key in ("tool", "session"))
    roots = store.repo.work_trees()
    parts = of_session(store.environ.get("HOME", ""), store.environ, roots, tool, session)
    if parts:
        streams = [edits(part, names) for part in parts]
        merged = heapq.merge(*streams, key=lambda edit: edit.t)
        return _Source(merged, parts[0].project, [*roots, *map(os.path.realpath, roots)])
    project = str(origin.get("cwd") or "")
    kept = sorted(
        (edit for one in placed for edit in _kept(one.entry.header, one.entry.body, project)),
        key=lambda edit: edit.t,
    )
    return _Source(iter(kept), project) if kept else None


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
    objects: Objects, files: Iterable[Changed], source: _Source, author_s: int, committer_s: int
) -> list[_Story]:
    """The files of the commit as the edits until then leave them."""
    stories: dict[str, _Story] = {}
    by_path = {one.path: one for one in files}
    by_path.update({one.path_before: one for one in files if one.path_before not in by_path})
    by_path.pop("", None)
    unread = set(by_path)
    authored, committed = (clock.iso(s * 1000 + _SLACK_MS) for s in (author_s, committer_s))
    early = author_s < committer_s
    for edit in source.edits:
        if edit.t > committed:
            break
        if early and edit.t > authored:
            early = False
            for story in stories.values():
                story.authored = story.file.written(story.committed)
        path = _inside(edit.path, source, by_path.keys())
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
    ranges: dict[str, list[Range]] = {}
    for number, author in enumerate(authors, 1):
        if author is None or number not in added:
            continue
        own = ranges.setdefault(author, [])
        if own and own[-1][1] == number - 1:
            own[-1] = (own[-1][0], number)
        else:
            own.append((number, number))
    return [Wrote(author, story.changed.path, tuple(own)) for author, own in ranges.items()]
