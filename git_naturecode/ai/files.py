"""Files of the work tree that a person shows to a model: named by him, bounded, without secrets."""

import os
import stat
from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode.errors import Negative, NotPermitted
from git_naturecode.git.repo import Repo
from git_naturecode.redact import Redactor

MOST_BYTES = 256 << 10  # of one file
_LOOKED_AT = 8000  # bytes, as git does to tell binary files


class Given(NamedTuple):
    """A file that is shown: its path in the repository, its text, the blob that holds it.

    `blob` is "" for what git does not know. `hidden` are the labels of what was taken out.
    """

    path: str
    text: str
    blob: str
    hidden: tuple[str, ...] = ()


def give(repo: Repo, cwd: str, paths: Iterable[str], redactor: Redactor) -> list[Given]:
    """The files that `paths`, as seen from `cwd`, name in the work tree of `repo`.

    Raises Negative for what is no text of reasonable size, NotPermitted for what is elsewhere.
    """
    return [_given(repo, cwd, path, redactor) for path in dict.fromkeys(paths)]


def _given(repo: Repo, cwd: str, path: str, redactor: Redactor) -> Given:
    if repo.work_tree is None:
        raise Negative("there are no files here: this repository has no work tree")
    top = os.path.realpath(repo.work_tree)
    real = os.path.realpath(os.path.join(cwd, path))
    inside = os.path.relpath(real, top).replace(os.sep, "/")
    if inside.split("/")[0] == os.pardir or _is_gits(repo, real, inside):
        raise NotPermitted(
            f"{path} is not in the work tree", "a model is shown files of this repository only"
        )
    text, hidden = redactor.text(_read(real, path))
    try:
        blob = repo.tracked(cwd, path)[1]
    except Negative:
        blob = ""
    return Given(inside, text, blob, hidden)


def as_text(data: bytes) -> str | None:
    """`data` as text; None where it is binary, as git tells it."""
    return None if b"\0" in data[:_LOOKED_AT] else data.decode("utf-8", "replace")


def _is_gits(repo: Repo, real: str, inside: str) -> bool:
    own = (os.path.realpath(repo.git_dir), os.path.realpath(repo.common_dir))
    parts = [part.casefold() for part in inside.split("/")]
    return ".git" in parts or any(real == one or real.startswith(one + os.sep) for one in own)


def _read(real: str, path: str) -> str:
    """The text of the file; a pipe or a device is not even opened."""
    try:
        if not stat.S_ISREG(os.lstat(real).st_mode):
            raise Negative(f"{path} is no file", "name files, each by itself")
        opened = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Negative(f"there is no file {path or repr(path)}") from None
    with open(opened, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    text = as_text(data)
    if text is None:
        raise Negative(f"{path} is binary", "a model is shown text only")
    if len(data) > MOST_BYTES:
        raise Negative(
            f"{path} has more than {MOST_BYTES} bytes", "show a part of it: save it to a file"
        )
    return text
