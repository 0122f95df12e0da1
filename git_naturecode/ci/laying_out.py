"""The files that make a forge review each change: laid down once, never over what is there."""

import os
from importlib.resources import files
from typing import NamedTuple

from git_naturecode import __version__
from git_naturecode.ci.where import GITHUB, GITLAB
from git_naturecode.errors import Negative

_PACKAGE = "@PACKAGE@"
_FILES = {
    GITHUB: {
        ".github/workflows/naturecode-review.yml": "github-review.yml",
        ".github/workflows/naturecode-post.yml": "github-post.yml",
        ".github/actions/naturecode-review/action.yml": "github-action.yml",
    },
    GITLAB: {".gitlab/naturecode.yml": "gitlab.yml"},
}
_PIPELINE, _INCLUDE = ".gitlab-ci.yml", "include:\n  - local: .gitlab/naturecode.yml\n"


class Laid(NamedTuple):
    """The files that were written and that were there as they should be; what is left to do."""

    written: tuple[str, ...]
    there: tuple[str, ...]
    left: str = ""


def texts(forge: str) -> dict[str, str]:
    """The files for `forge` by their path in the repository.

    Everything that they run is fixed: actions by commit, this program by its version.
    """
    folder = files("git_naturecode.ci") / "templates"
    package = f"'git-naturecode[reviewers,ai]=={__version__}'"
    return {
        path: (folder / name).read_text("utf-8").replace(_PACKAGE, package)
        for path, name in _FILES[forge].items()
    }


def lay_out(forge: str, top: str, *, force: bool = False) -> Laid:
    """Write the files for `forge` into the work tree at `top`.

    Raises Negative, having written nothing, where one is there and says something else, unless
    `force`; or where a folder on the way is a link.
    """
    wanted = texts(forge)
    there = {path for path, text in wanted.items() if _read(top, path) == text}
    others = [p for p in wanted if p not in there and _read(top, p) is not None]
    if others and not force:
        raise Negative(
            f"{others[0]} is there already and says something else",
            "look at it, then `git naturecode ci init --force` writes over it",
        )
    written = [path for path in wanted if path not in there]
    for path in written:
        _write(top, path, wanted[path])
    left = ""
    if forge == GITLAB:
        pipeline = _read(top, _PIPELINE)
        if pipeline is None:
            _write(top, _PIPELINE, _INCLUDE)
            written.append(_PIPELINE)
        elif ".gitlab/naturecode.yml" not in pipeline:
            left = f"add this to {_PIPELINE}:\n{_INCLUDE}"
    return Laid(tuple(written), tuple(sorted(there)), left)


def _read(top: str, path: str) -> str | None:
    try:
        with open(os.path.join(top, path), encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(top: str, path: str, text: str) -> None:
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        if os.path.islink(os.path.join(top, *parts[:depth])):
            raise Negative(f"{'/'.join(parts[:depth])} is a link, which may lead anywhere")
    place = os.path.join(top, path)
    os.makedirs(os.path.dirname(place) or top, exist_ok=True)
    with open(place, "w", encoding="utf-8") as file:
        file.write(text)
