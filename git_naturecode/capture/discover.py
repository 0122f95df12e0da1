"""The transcripts on this disk that belong to a repository."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from . import aider, claude, codex, copilot, cursor, gemini
from .format import Found
from .found import conversations, identify
from .roots import Roots
from .workspaces import folder_of, user_folders

_NOT_IN_SLUG = re.compile(r"[^A-Za-z0-9]+")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9-]")
_SESSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")
# Claude Code shortens folder names of very long paths.
_NAME = 150
_CODES = ("Code", "Code - Insiders", "Code - OSS", "VSCodium")


def discover(
    home: str, environ: Mapping[str, str], project_roots: Sequence[str], tool: str = "",
    since_ms: int = 0,
) -> Iterator[Found]:  # fmt: skip
    """Conversations of all tools (or only of `tool`) on this disk that belong to `project_roots`.

    `project_roots` are the repository's work trees, `home` the user's home folder. Where a file
    names the folder that its tool ran in, that must lie in one of them, and not in another
    repository inside it. Each comes once, in order of tool and path. A file that was last changed
    before `since_ms` (since the epoch) is not opened.
    """
    roots = Roots(project_roots, since_ms)
    seen: set[tuple[str, str, int]] = set()
    for name, find in _FINDERS:
        if tool not in ("", name):
            continue
        for found in find(home, environ, roots):
            place = (os.path.realpath(found.path), found.session, found.at)
            if place not in seen:
                seen.add(place)
                yield found


def of_session(
    home: str, environ: Mapping[str, str], project_roots: Sequence[str], tool: str, session: str
) -> list[Found]:
    """The parts of one conversation on this disk, in order of time: its file, its subagents'.

    Those of Claude Code are named by it, so they are found wherever the checkout has been since.
    """
    found: list[Found] = []
    if tool == claude.TOOL:
        paths = _claude_named(home, environ, session)
        found = [one for path in paths for one in conversations(path)]
    find = _BY_TOOL.get(tool)
    if not found and find is not None:
        found = list(find(home, environ, Roots(project_roots)))
    parts = {os.path.realpath(one.path): one for one in found if one.session == session}
    return sorted(parts.values(), key=lambda one: (one.first_ms, one.path, one.at))


def _claude_named(home: str, environ: Mapping[str, str], session: str) -> Iterator[str]:
    if not _SESSION.fullmatch(session):
        return
    for base in _claude_folders(home, environ):
        for name in _names(os.path.join(base, "projects")):
            whole = os.path.join(base, "projects", name, session)
            if os.path.isfile(whole + ".jsonl"):
                yield whole + ".jsonl"
            below = os.path.join(whole, "subagents")
            yield from (os.path.join(below, n) for n in _names(below) if n.endswith(".jsonl"))


def _claude(home: str, environ: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    """The folder's name only narrows the search: another path may give the same one."""
    starts = tuple(_NOT_IN_NAME.sub("-", root)[:_NAME] for root in roots.paths)
    for base in _claude_folders(home, environ):
        for name in _names(os.path.join(base, "projects")):
            if not name.startswith(starts):
                continue
            for path in _claude_files(os.path.join(base, "projects", name)):
                yield from _ours(path, roots)


def _claude_folders(home: str, environ: Mapping[str, str]) -> list[str]:
    own = [part for part in environ.get("CLAUDE_CONFIG_DIR", "").split(",") if part]
    return [*own, os.path.join(home, ".claude"), os.path.join(home, ".config", "claude")]


def _claude_files(folder: str) -> Iterator[str]:
    for name in _names(folder):
        path = os.path.join(folder, name)
        if name.endswith(".jsonl"):
            yield path
        else:
            below = os.path.join(path, "subagents")
            yield from (os.path.join(below, n) for n in _names(below) if n.endswith(".jsonl"))


def _codex(home: str, environ: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    base = environ.get("CODEX_HOME") or os.path.join(home, ".codex")
    for part in ("sessions", "archived_sessions"):
        for folder, folders, names in os.walk(os.path.join(base, part)):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".jsonl", ".json")):
                    yield from _ours(os.path.join(folder, name), roots)


def _copilot(home: str, environ: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    """Chats of VS Code; event streams of Copilot Chat where there is no chat; those of the CLI."""
    for user in user_folders(home, environ, _CODES):
        storage = os.path.join(user, "workspaceStorage")
        for name in _names(storage):
            if not roots.hold(folder_of(os.path.join(storage, name))):
                continue
            chats = os.path.join(storage, name, "chatSessions")
            streams = os.path.join(storage, name, "GitHub.copilot-chat", "transcripts")
            there = {os.path.splitext(chat)[0] for chat in _names(chats)}
            paths = [os.path.join(chats, chat) for chat in _names(chats)]
            paths += [
                os.path.join(streams, stream)
                for stream in _names(streams)
                if os.path.splitext(stream)[0] not in there
            ]
            for path in filter(roots.changed, paths):
                yield from conversations(path)
    states = os.path.join(
        environ.get("COPILOT_HOME") or os.path.join(home, ".copilot"), "session-state"
    )
    for name in _names(states):
        path = os.path.join(states, name)
        yield from _ours(
            path if name.endswith(".jsonl") else os.path.join(path, "events.jsonl"), roots
        )


def _cursor(home: str, environ: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    """Conversations in its database, then the transcripts of agents that are not in it.

    A transcript's folder is the work tree's path with dashes; other paths may give the same.
    """
    there = set()
    for user in user_folders(home, environ, ("Cursor", "Cursor Nightly")):
        database = os.path.join(user, "globalStorage", "state.vscdb")
        for found in conversations(database) if roots.changed(database, "-wal") else ():
            there.add(found.session)
            if roots.hold(found.project):
                yield found
    base = environ.get("CURSOR_CONFIG_DIR") or os.path.join(home, ".cursor")
    for root in roots.paths:
        slug = _NOT_IN_SLUG.sub("-", root).strip("-")
        scripts = os.path.join(base, "projects", slug, "agent-transcripts")
        for folder, folders, names in os.walk(scripts):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                wanted = name.endswith(".jsonl") and roots.changed(path)
                for found in conversations(path) if wanted else ():
                    if found.session not in there:
                        yield replace(found, project=root)


def _gemini(home: str, environ: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    hashes = {hashlib.sha256(os.fsencode(root)).hexdigest() for root in roots.paths}
    base = environ.get("GEMINI_CLI_HOME") or home
    tmp = os.path.join(base, ".gemini", "tmp")
    for name in _names(tmp):
        chats = os.path.join(tmp, name, "chats")
        if name not in hashes and not roots.hold(_project_root(os.path.join(tmp, name))):
            continue
        for chat in _names(chats):
            path = os.path.join(chats, chat)
            wanted = chat.endswith((".json", ".jsonl")) and roots.changed(path)
            if wanted and (found := identify(path)):
                yield found


def _project_root(folder: str) -> str:
    try:
        with open(
            os.path.join(folder, ".project_root"), encoding="utf-8", errors="replace"
        ) as file:
            return file.read(4096).strip()
    except OSError:
        return ""


def _specstory(_: str, __: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    for root in roots.paths:
        folder = os.path.join(root, ".specstory", "history")
        for name in _names(folder):
            path = os.path.join(folder, name)
            wanted = name.endswith(".md") and roots.changed(path)
            if wanted and (found := identify(path)):
                yield found


def _aider(_: str, environ: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    """The history at the top of each work tree, where it is kept unless told otherwise."""
    name = environ.get("AIDER_CHAT_HISTORY_FILE") or aider.HISTORY
    for path in (os.path.join(root, name) for root in roots.paths):
        if roots.changed(path):
            yield from conversations(path)


def _naturecode(home: str, _: Mapping[str, str], roots: Roots) -> Iterator[Found]:
    base = os.path.join(home, ".naturecode", "sessions")
    archived = os.path.join(base, "archived")
    folders = [os.path.join(archived, name) for name in _names(archived)]
    for folder in (os.path.join(base, "active"), archived, *folders):
        for name in _names(folder):
            if name.endswith(".json"):
                yield from _ours(os.path.join(folder, name), roots)


def _ours(path: str, roots: Roots) -> Iterator[Found]:
    """The conversations in `path` whose tool ran in one of `roots`."""
    if not roots.changed(path):
        return iter(())
    return (found for found in conversations(path) if roots.hold(found.project))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


_FINDERS: tuple[tuple[str, Callable[[str, Mapping[str, str], Roots], Iterator[Found]]], ...] = (
    ("claude-code", _claude),
    ("codex", _codex),
    ("copilot", _copilot),
    ("cursor", _cursor),
    ("gemini", _gemini),
    ("specstory", _specstory),
    ("aider", _aider),
    ("naturecode", _naturecode),
)
_BY_TOOL = {
    claude.TOOL: _claude, codex.TOOL: _codex, copilot.TOOL: _copilot, cursor.TOOL: _cursor,
    gemini.TOOL: _gemini,
}  # fmt: skip
