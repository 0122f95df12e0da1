"""Which files are read for documentation, and reading them: bounded, links never followed."""

import os
import posixpath
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from git_naturecode.ai.builtin import kinds
from git_naturecode.ai.knowledge.from_code.facts import Skipped
from git_naturecode.errors import Negative, NotPermitted
from git_naturecode.git import listing
from git_naturecode.git.repo import Repo

MOST_BYTES = 1 << 20  # of one file
MOST_DOCUMENT = 256 << 10  # of a manifest or a page
MOST_FILES = 20_000
MOST_LINE = 20_000  # characters of a line that somebody wrote
MOST_NAME = 500  # bytes of a path
_LANGUAGES = {
    ".py": "Python", ".pyi": "Python", ".js": "JavaScript", ".mjs": "JavaScript",
    ".cjs": "JavaScript", ".jsx": "JavaScript", ".ts": "TypeScript", ".tsx": "TypeScript",
    ".mts": "TypeScript", ".cts": "TypeScript", ".go": "Go", ".rs": "Rust", ".java": "Java",
}  # fmt: skip
# Counted, since they are there, and not read: nothing is said of them that could be wrong.
_OTHERS = {
    ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".hpp": "C++", ".rb": "Ruby", ".php": "PHP",
    ".cs": "C#", ".kt": "Kotlin", ".swift": "Swift", ".scala": "Scala", ".sh": "Shell",
    ".sql": "SQL", ".ex": "Elixir", ".hs": "Haskell", ".lua": "Lua", ".vue": "Vue",
    ".svelte": "Svelte", ".dart": "Dart", ".pl": "Perl", ".r": "R",
}  # fmt: skip
_DOCUMENTS = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.cfg|(?:[\w-]*requirements[\w-]*|requirements/[\w-]+)\.(?:txt|in)"
    r"|Pipfile|package\.json|Cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|Gemfile"
    r"|tox\.ini|pytest\.ini|\.coveragerc|codecov\.ya?ml|Makefile|justfile|noxfile\.py"
    r"|Dockerfile|(?:docker-)?compose\.ya?ml|\.env\.(?:example|sample|template|dist)|Procfile"
    r"|\.gitlab-ci\.yml|\.ci/run|\.pre-commit-config\.yaml|\.github/workflows/[^/]+\.ya?ml"
    r"|(?:README|CONTRIBUTING|CHANGELOG|CHANGES|HISTORY|ARCHITECTURE|HACKING|CLAUDE|AGENTS)"
    r"(?:\.(?:md|rst|txt))?"
    r"|(?:docs?/)?(?:adrs?|decisions|architecture/decisions|rfcs?|design)/[^/]+\.(?:md|rst)"
    r"|(?:jest|vitest|playwright|cypress|karma)\.config\.\w+|\.mocharc\.\w+)$",
    re.I,
)
_ODD = re.compile(r"[\x00-\x1f<>`\\\ud800-\udfff]")
_BINARY = 8_000  # bytes, as git looks at


class Found(NamedTuple):
    """One file to be read: `language` is "" for a document."""

    path: str
    language: str
    text: str


class Listing:
    """The files at and below `paths`; `reading` gives them one by one, so that one is in memory.

    `others` counts the files of languages that are only counted, `skipped` grows while it is read.
    """

    def __init__(self, repo: Repo, paths: Sequence[str]) -> None:
        if repo.work_tree is None:
            raise Negative(
                "there are no files here: this repository has no work tree",
                "run it in a clone that has one",
            )
        self.top = repo.work_tree
        self._real = os.path.realpath(self.top)
        self._folders: dict[str, bool] = {}
        self.skipped: list[Skipped] = []
        self.others: dict[str, int] = {}
        self.paths = listing.files(repo, paths)
        self.named = [one for one in paths if one]
        above = {folder for one in self.named for folder in _above(one)}
        # What stands above the code tells what it needs and how it is tested.
        self._besides = (
            [
                path
                for path in listing.files(repo, [""])
                if posixpath.dirname(path) in above and _DOCUMENTS.search(path)
            ]
            if above
            else []
        )
        if not self.paths:
            raise Negative("git knows no file there", "name files or folders that are not ignored")
        data = self._bytes(".gitattributes", MOST_DOCUMENT, [])
        self._generated = kinds.generated(data)

    def reading(self, hear: Callable[[int, str], None]) -> Iterator[Found]:
        """Each file that something is made of, with its text; `hear` gets a number and a path."""
        paths = list(dict.fromkeys((*self.paths, *self._besides)))
        for path in paths[MOST_FILES:]:
            self.skipped.append(Skipped(path, f"more than {MOST_FILES:,} files"))
        for number, path in enumerate(paths[:MOST_FILES], 1):
            hear(number, path)
            found = self._read(path)
            if found is not None:
                yield found

    def _read(self, path: str) -> Found | None:
        if path.startswith((".naturecode/", ".git/")) or len(os.fsencode(path)) > MOST_NAME:
            return None
        if _ODD.search(path):
            self.skipped.append(Skipped(path, "a name that no link can hold"))
            return None
        ending = posixpath.splitext(path)[1].lower()
        language = _LANGUAGES.get(ending, "")
        is_document = bool(_DOCUMENTS.search(path))
        if not language and not is_document:
            if ending in _OTHERS:
                name = _OTHERS[ending]
                self.others[name] = self.others.get(name, 0) + 1
            return None
        if kinds.of(path, self._generated, ()).is_generated and not is_document:
            self.skipped.append(Skipped(path, "generated or vendored"))
            return None
        data = self._bytes(path, MOST_BYTES if language else MOST_DOCUMENT, self.skipped)
        text = self._text(path, data) if data is not None else None
        if text is None:
            return None
        if language and kinds.of(path, self._generated, text.split("\n", 5)[:5]).is_generated:
            self.skipped.append(Skipped(path, "generated or vendored"))
            return None
        return Found(path, language, text)

    def _text(self, path: str, data: bytes) -> str | None:
        if b"\0" in data[:_BINARY]:
            self.skipped.append(Skipped(path, "binary"))
            return None
        text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > MOST_LINE and max(map(len, text.split("\n"))) > MOST_LINE:
            self.skipped.append(Skipped(path, "a line that nobody wrote by hand"))
            return None
        return text.replace("\0", " ")

    def _bytes(self, path: str, most: int, told: list[Skipped]) -> bytes | None:
        """What the file holds; None, with a reason, for links, pipes, and what is too large."""
        where = os.path.join(self.top, path)
        why = ""
        try:
            found = os.lstat(where)
            if not stat.S_ISREG(found.st_mode):
                why = "a link" if stat.S_ISLNK(found.st_mode) else "no plain file"
                why = "" if stat.S_ISDIR(found.st_mode) else why  # a submodule
                return None
            if not self._is_inside(posixpath.dirname(path)):
                why = "behind a link"
                return None
            if found.st_size > most:
                why = f"larger than {most >> 10} KiB"
                return None
            opened = os.open(where, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(opened, "rb") as file:
                data = file.read(most + 1)
            why = f"larger than {most >> 10} KiB" if len(data) > most else ""
            return None if why else data
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            why = "cannot be read"
            return None
        finally:
            if why:
                told.append(Skipped(path, why))

    def _is_inside(self, folder: str) -> bool:
        """Whether no part of `folder` is a link: git may track what stands behind one now."""
        if folder not in self._folders:
            real = os.path.realpath(os.path.join(self.top, folder))
            self._folders[folder] = real == os.path.normpath(os.path.join(self._real, folder))
        return self._folders[folder]


def inside(repo: Repo, cwd: str, paths: Sequence[str]) -> list[str]:
    """`paths`, as seen from `cwd`, from the top of the work tree, in order; "" is the top.

    Raises Negative for what is not there, NotPermitted for what is elsewhere.
    """
    if repo.work_tree is None:
        raise Negative(
            "there are no files here: this repository has no work tree",
            "run it in a clone that has one",
        )
    top = os.path.realpath(repo.work_tree)
    found: dict[str, None] = {}
    for path in paths:
        if "\0" in path:
            raise Negative("a path cannot hold such characters")
        full = os.path.join(cwd, path)
        # The last name may be a link itself, which git does not follow either.
        parent, name = os.path.split(os.path.normpath(full))
        real = os.path.join(os.path.realpath(parent), name)
        within = os.path.relpath(real, top).replace(os.sep, "/")
        if within.split("/")[0] == os.pardir:
            raise NotPermitted(
                f"{path} is not in the work tree", "only files of this repository are read"
            )
        if not os.path.lexists(real):
            raise Negative(
                f"there is no file or folder {path or repr(path)}",
                "name one that is in the work tree; . is all of it",
            )
        found["" if within == os.curdir else within] = None
    return [""] if "" in found else sorted(found)


def _above(path: str) -> Iterator[str]:
    """The folders above `path`, the top ("") among them."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
