"""The transcripts on this disk that belong to a repository."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .found import identify

_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9-]")
# Claude Code shortens folder names of very long paths.
_NAME = 150


def discover(home: str, environ: Mapping[str, str], project_roots: Sequence[str]) -> Iterator[str]:
    """Transcript files of Claude Code, Gemini CLI and SpecStory that belong to `project_roots`.

    `project_roots` are the repository's work trees, `home` the user's home folder. A file of
    Claude Code counts when the folder it names as its own lies in one of them, and not in another
    repository inside it. Each file comes once, in order of tool and path.
    """
    roots = _Roots(project_roots)
    seen: set[str] = set()
    for path in (
        *_claude(home, environ, roots),
        *_gemini(home, environ, roots),
        *_specstory(roots),
    ):
        real = os.path.realpath(path)
        if real not in seen:
            seen.add(real)
            yield path


class _Roots:
    """The work trees of one repository."""

    def __init__(self, roots: Iterable[str]) -> None:
        self.paths = sorted(
            {p for root in roots for p in (os.path.abspath(root), os.path.realpath(root))}
        )

    def hold(self, folder: str) -> bool:
        """True when `folder` is in a work tree and in no other repository inside it."""
        return bool(folder) and any(
            self._in(each, root)
            for each in {os.path.normpath(folder), os.path.realpath(folder)}
            for root in self.paths
        )

    def _in(self, folder: str, root: str) -> bool:
        while folder != root:
            if folder in self.paths:
                return True
            if not folder.startswith(root.rstrip(os.sep) + os.sep):
                return False
            if os.path.lexists(os.path.join(folder, ".git")):
                return False
            folder = os.path.dirname(folder)
        return True


def _claude(home: str, environ: Mapping[str, str], roots: _Roots) -> Iterator[str]:
    """The folder's name only narrows the search: another path may give the same one."""
    starts = tuple(_NOT_IN_NAME.sub("-", root)[:_NAME] for root in roots.paths)
    for base in _claude_folders(home, environ):
        for name in _names(os.path.join(base, "projects")):
            if not name.startswith(starts):
                continue
            for path in _claude_files(os.path.join(base, "projects", name)):
                found = identify(path)
                if found is not None and roots.hold(found.project):
                    yield path


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


def _gemini(home: str, environ: Mapping[str, str], roots: _Roots) -> Iterator[str]:
    hashes = {hashlib.sha256(os.fsencode(root)).hexdigest() for root in roots.paths}
    base = environ.get("GEMINI_CLI_HOME") or home
    tmp = os.path.join(base, ".gemini", "tmp")
    for name in _names(tmp):
        chats = os.path.join(tmp, name, "chats")
        if name not in hashes and not roots.hold(_project_root(os.path.join(tmp, name))):
            continue
        for chat in _names(chats):
            path = os.path.join(chats, chat)
            if chat.endswith((".json", ".jsonl")) and identify(path) is not None:
                yield path


def _project_root(folder: str) -> str:
    try:
        with open(
            os.path.join(folder, ".project_root"), encoding="utf-8", errors="replace"
        ) as file:
            return file.read(4096).strip()
    except OSError:
        return ""


def _specstory(roots: _Roots) -> Iterator[str]:
    for root in roots.paths:
        folder = os.path.join(root, ".specstory", "history")
        for name in _names(folder):
            path = os.path.join(folder, name)
            if name.endswith(".md") and identify(path) is not None:
                yield path


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
