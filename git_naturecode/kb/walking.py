"""Which files an import takes: Markdown below the given paths, what may be attached to it.

No link is followed, and nothing is run in a repository other than this one: its settings are as
foreign as its files.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from git_naturecode.domain.kb.targets import targets
from git_naturecode.errors import Usage
from git_naturecode.git import listing
from git_naturecode.git.repo import Repo
from git_naturecode.render.show import line

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_VENDORED = frozenset({
    "node_modules", "bower_components", "vendor", "third_party", "site-packages", "__pycache__",
    "venv",
})  # fmt: skip
_NAVIGATION = frozenset({"_sidebar.md", "_footer.md", "_header.md"})
_WIKI = ("Home.md", "home.md", "_Sidebar.md", "_sidebar.md")
_URL = re.compile(r'\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.M)
_MOST_FILES = 200_000
_OURS = ".naturecode"


class Skipped(NamedTuple):
    """A file that is not taken, and why."""

    path: str
    why: str


@dataclass
class Listed:
    """What is taken from below `folder`, all by paths from there.

    `name` is what the folder is called in every clone ("" for the top of this repository),
    `prefix` where it is in this repository (None: elsewhere), `whole` the folders that were named.
    """

    folder: str
    name: str
    prefix: str | None
    pages: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    is_wiki: bool = False

    def source(self, path: str) -> str:
        """What a file is called in every clone."""
        return f"{self.name}/{path}" if self.name else path

    def path(self, path: str) -> str:
        """Where a file is."""
        return os.path.join(self.folder, path)


def listed(repo: Repo, cwd: str, paths: Sequence[str], *, everything: bool) -> list[Listed]:
    """What is to be taken from `paths`, files and folders as somebody named them in `cwd`.

    Hidden, vendored and ignored files only with `everything`. Raises Usage for what is not there.
    """
    top = os.path.realpath(repo.work_tree) if repo.work_tree else None
    inside: list[str] = []
    found: list[Listed] = []
    for path in paths:
        whole = os.path.normpath(os.path.join(cwd, path))
        if not path or not os.path.exists(whole):  # an empty variable of a shell means nothing
            raise Usage(
                f"there is no file or folder {line(path) or repr(path)}",
                "name files or folders with Markdown",
            )
        real = os.path.realpath(whole)
        if top is not None and (real == top or real.startswith(top + os.sep)):
            inside.append("" if real == top else os.path.relpath(real, top).replace(os.sep, "/"))
        else:
            found.append(_outside(real, everything=everything))
    if inside and top is not None:
        found.insert(0, _inside(repo, top, inside, everything=everything))
    return found


def _inside(repo: Repo, top: str, named: list[str], *, everything: bool) -> Listed:
    if any(one == _OURS or one.startswith(f"{_OURS}/") for one in named):
        raise Usage(f"{_OURS}/ shows the knowledge base itself", "edit a file there in place")
    made = Listed(top, "", "", whole=[one for one in named if os.path.isdir(_join(top, one))])
    known = listing.files(repo, [""])
    if everything:
        known = sorted({*known, *_walked(top, named, made, everything=True)})
    for path in dict.fromkeys(known):
        below = [one for one in made.whole if not one or path.startswith(f"{one}/")]
        rest = path[len(max(below, key=len)) :].lstrip("/") if below else path
        if path in named or everything or not _is_passed_over(rest):
            _sort(made, path, bool(below) or path in named, chosen=path in named)
    for path in named:  # an ignored file that somebody names is meant
        if path not in made.whole and path not in made.pages:
            _sort(made, path, True, chosen=True)
    return made


def _outside(path: str, *, everything: bool) -> Listed:
    if os.path.isdir(path):
        made = Listed(path, _called(path), None, whole=[""])
        for one in _walked(path, [""], made, everything=everything):
            if everything or not _is_passed_over(one):
                _sort(made, one, True, chosen=False)
        made.is_wiki = made.name.endswith(".wiki") or any(one in made.pages for one in _WIKI[:2])
        return made
    folder, name = os.path.split(path)
    made = Listed(folder, os.path.basename(folder), None)
    _sort(made, name, True, chosen=True)
    if made.pages:
        near = dict.fromkeys(_beside(folder, path))
        made.files = [one for one in near if one != name and _is_within(folder, one)]
    return made


def _beside(folder: str, path: str) -> Iterator[str]:
    """The files below `folder` to which the one at `path` leads."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(4 << 20)
    except OSError:
        return
    for one in targets(text):
        near = os.path.normpath(one.path) if one.path and not one.is_away else ""
        if near and not near.startswith((os.pardir, os.sep, ".")) and "\0" not in near:
            yield near


def _called(folder: str) -> str:
    """What a folder is called, in whatever place each clone has it: by its remote, if it has one.

    The settings of a foreign repository are read as a text and nothing else.
    """
    name = os.path.basename(folder)
    try:
        with open(os.path.join(folder, ".git", "config"), encoding="utf-8") as file:
            found = _URL.search(file.read(64 << 10))
    except (OSError, ValueError):
        return name
    url = found[1].rstrip("/").removesuffix(".git") if found else ""
    return re.split(r"[/:\\]", url)[-1] or name


def _walked(top: str, named: Iterable[str], made: Listed, *, everything: bool) -> Iterator[str]:
    count = 0
    for start in named:
        for folder, folders, names in os.walk(_join(top, start)):
            inside = os.path.relpath(folder, top).replace(os.sep, "/")
            before = "" if inside == "." else f"{inside}/"
            folders[:] = sorted(
                one for one in folders
                if one != ".git" and one != _OURS
                and (everything or not (one.startswith(".") or one in _VENDORED))
            )  # fmt: skip
            for name in sorted(names):
                count += 1
                if count > _MOST_FILES:
                    raise Usage(f"there are more than {_MOST_FILES} files", "import them in parts")
                yield before + name


def _is_passed_over(path: str) -> bool:
    return any(one.startswith(".") or one in _VENDORED for one in path.split("/"))


def _sort(made: Listed, path: str, is_named: bool, *, chosen: bool) -> None:
    """Put a file where it belongs: a page, a file that may be attached, or what is passed over."""
    parts = path.split("/")
    if any(one in (".git", _OURS) for one in parts):
        return
    is_page = chosen or path.casefold().endswith(MARKDOWN)
    if is_page and is_named:
        if not _plain(made.path(path)):
            if os.path.lexists(made.path(path)):
                made.skipped.append(Skipped(path, "is a link or no file"))
        elif parts[-1].casefold() in _NAVIGATION:
            made.skipped.append(Skipped(path, "is the navigation of a wiki"))
        else:
            made.pages.append(path)
    elif not is_page:
        made.files.append(path)


def _is_within(folder: str, path: str) -> bool:
    """True for a file below `folder`, itself without links, to which no link leads."""
    whole = os.path.join(folder, path)
    return _plain(whole) and os.path.realpath(whole) == whole


def _plain(path: str) -> bool:
    """True for a file that is no link."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def _join(folder: str, path: str) -> str:
    return os.path.join(folder, path) if path else folder
