"""Links between files that become articles: which file each means, and how it is named then."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from git_naturecode.domain.kb import slugs
from git_naturecode.domain.kb.model import FOLDERS
from git_naturecode.domain.kb.prose import anchor
from git_naturecode.domain.kb.targets import EMBED, IMAGE, WIKI, Target, escaped, led

_PAGES = ("README.md", "readme.md", "index.md", "_index.md", "Home.md", "home.md")
_ENDINGS = ("", ".md", ".markdown")
_WIKI_PAGE = re.compile(r"https?://[^\s/]+/[^\s]+?/(?:-/)?wikis?/([^\s#?]+)(#[^\s]*)?")


class Page(NamedTuple):
    """An article as links name it: its type and its slug."""

    type: str
    slug: str


class Sources:
    """The files of one import, by their paths from its root, and by the names that wikis use.

    `pages` are those that are articles, `names` (path, names of the page besides its path),
    `files` all other files that may be attached.
    """

    def __init__(
        self, pages: Mapping[str, Page], names: Iterable[tuple[str, Iterable[str]]],
        files: Iterable[str],
    ) -> None:  # fmt: skip
        self.pages = pages
        self.files = frozenset(files)
        self._folded = {path.casefold(): path for path in reversed(list(pages))}
        self._named: dict[str, str] = {}
        for path, called in names:
            for name in (posixpath.splitext(path)[0], *called):
                self._named.setdefault(_plain(name), path)
        self._files: dict[str, str] = {}
        for path in sorted(self.files, key=lambda one: (one.count("/"), one)):
            self._files.setdefault(posixpath.basename(path).casefold(), path)

    def page(self, folder: str, to: str) -> str:
        """The path of the page that a destination in a file of `folder` means; "" for none."""
        for whole in self._ways(folder, to):
            for ending in _ENDINGS:
                if whole + ending in self.pages:
                    return whole + ending
                if (whole + ending).casefold() in self._folded:
                    return self._folded[(whole + ending).casefold()]
            for name in _PAGES:
                if posixpath.join(whole, name) in self.pages:
                    return posixpath.join(whole, name)
        return ""

    def file(self, folder: str, to: str) -> str:
        """The path of another file that is meant; "" for none."""
        return next((one for one in self._ways(folder, to) if one in self.files), "")

    def called(self, name: str) -> str:
        """The path of the page that a wiki or a vault calls `name`; "" for none."""
        return self._named.get(_plain(name), "")

    def called_file(self, name: str) -> str:
        """The path of the file that a vault calls `name`, wherever it is."""
        return self._files.get(posixpath.basename(name).casefold(), "")

    def _ways(self, folder: str, to: str) -> list[str]:
        """What a destination may mean: from the folder of the file, and from the root."""
        near = posixpath.normpath(posixpath.join(folder, to.lstrip("/") if to[:1] == "/" else to))
        whole = posixpath.normpath(to.lstrip("/") or ".")
        ways = [whole, near] if to.startswith("/") else [near, whole]
        return list(dict.fromkeys(ways))  # what is not below the root is none of its files


def _plain(name: str) -> str:
    return (
        slugs.slug_of(name, name.casefold())
        if "/" not in name
        else "/".join(slugs.slug_of(part, part.casefold()) for part in name.split("/"))
    )


Attach = Callable[[str], str]
"""The path of a file -> how a text names it once it is attached; "" where it cannot be."""


class Aim(NamedTuple):
    """How the links of one file are led.

    `path` is the file (from the root), `type` that of its article. `prefix` is where the root is
    in the repository; None: outside of it, so that nothing there is code of this repository.
    """

    sources: Sources
    path: str
    type: str
    attach: Attach
    prefix: str | None = None


def aimed(text: str, aim: Aim) -> str:
    """`text` with its links led to articles, attachments, and paths from the top of the
    repository; what leads nowhere stays as it is."""
    return led(text, lambda one: _led(one, aim))


def _led(one: Target, aim: Aim) -> str | None:
    if one.form in (WIKI, EMBED):
        return _wiki(one, aim)
    if found := _WIKI_PAGE.fullmatch(one.to):
        path = aim.sources.called(found[1])
        return _page(aim, path) + (found[2] or "") if path else None
    if one.is_away or not one.path or "\0" in one.path or one.to.startswith("?"):
        return None
    folder = posixpath.dirname(aim.path)
    part = f"#{one.to.partition('#')[2]}" if "#" in one.to else ""
    if one.form != IMAGE and (path := aim.sources.page(folder, one.path)):
        return _page(aim, path) + part
    path = aim.sources.file(folder, one.path)
    if path and (aim.prefix is None or one.form == IMAGE or _is_picture(path)):
        return aim.attach(path) or None
    return _code(one, folder, part, aim)


def _wiki(one: Target, aim: Aim) -> str | None:
    """`[[Page]]`, `[[Page|shown]]` and, as some wikis have it, `[[shown|Page]]`."""
    for name, label in ((one.to, one.label), (one.label, one.to)) if one.label else ((one.to, ""),):
        page, _, part = name.partition("#")
        if not page.strip():
            continue
        if path := aim.sources.called(page.strip().removesuffix(".md")):
            where = _page(aim, path) + (f"#{anchor(part)}" if part else "")
            return f"[{label or page.strip()}]({where})"
        if (path := aim.sources.called_file(page.strip())) and (to := aim.attach(path)):
            picture = "!" if one.form == EMBED or _is_picture(path) else ""
            return f"{picture}[{label.removeprefix('alt=') or page.strip()}]({to})"
    return None


def _page(aim: Aim, path: str) -> str:
    page = aim.sources.pages[path]
    name = escaped(f"{page.slug}.md")
    return name if page.type == aim.type else f"../{FOLDERS[page.type]}/{name}"


def _code(one: Target, folder: str, part: str, aim: Aim) -> str | None:
    """A file of the repository that is no article: named from the top, as articles do."""
    if aim.prefix is None or one.path.startswith("/"):
        return None
    whole = posixpath.normpath(posixpath.join(aim.prefix, folder, one.path))
    if whole.startswith("../") or whole in ("..", "."):
        return None
    return escaped(whole) + part


_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".bmp", ".ico")


def _is_picture(path: str) -> bool:
    return path.casefold().endswith(_PICTURES)
