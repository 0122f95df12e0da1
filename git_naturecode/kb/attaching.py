"""Files beside an article: read within the limits of every clone, without secrets, kept by content.

How one is named in the text, so that the link works in the folder and on a host's page, too.
"""

import hashlib
import mimetypes
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.domain.kb.model import Article, File
from git_naturecode.errors import Negative, Usage
from git_naturecode.render.show import line
from git_naturecode.store import attachments
from git_naturecode.store.hygiene import MAX_FILE
from git_naturecode.store.store import TEAM, Store

if TYPE_CHECKING:
    from git_naturecode.redact import Redactor

MOST_NAME = 200
_MOST_CUT = 1_000
_UNKNOWN = "application/octet-stream"
_BAD = frozenset('/\\\0:*?"<>|')
"""What some file system does not take in a name."""


class Read(NamedTuple):
    """A file that is to be attached; `redacted` names what was replaced in its text.

    `cut` are the bytes of base64 that are replaced with it: too many to be a secret, so that the
    file is lost; 0 where there are none. `kept` is the file with that base64, but without all else
    that looks secret, and what was replaced in that.
    """

    name: str
    data: bytes
    media: str
    redacted: tuple[str, ...] = ()
    cut: int = 0
    kept: tuple[bytes, tuple[str, ...]] = (b"", ())

    @property
    def with_base64(self) -> "Read":
        """The same file with its long base64 as it was."""
        return Read(self.name, self.kept[0], self.media, self.kept[1])

    @property
    def sha(self) -> str:
        """The name of its content."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def file(self) -> File:
        """It as an attachment."""
        return File(self.name, self.sha, len(self.data), self.media, "", "", "")


def read(path: str, name: str, redactor: "Redactor") -> Read:
    """The file at `path`, to be called `name`; its text without secrets where it is a text.

    Raises Usage for what is no file, or larger than any clone takes in, before all of it is read.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise Usage(f"{line(path)} is no plain file", "pack a folder with tar or zip first")
        check_size(path, status.st_size)
        with open(path, "rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise Usage(
            f"{line(path)} cannot be read: {error.strerror}", "name a file that is to be attached"
        ) from None
    check_size(path, len(data))
    return prepared(name, data, redactor)


def prepared(name: str, data: bytes, redactor: "Redactor") -> Read:
    """`data` as it may be attached: a text without what looks secret in it."""
    media = mimetypes.guess_type(name)[0] or _UNKNOWN
    if b"\0" in data:
        return Read(name, data, media)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Read(name, data, media)
    clean, found = redactor.text(text)
    if not found:
        return Read(name, data, media)
    made = Read(name, clean.encode(), media, found)
    kept, rest = redactor.text(text, keep=_MOST_CUT)
    if len(rest) == len(found):
        return made
    return made._replace(cut=len(kept) - len(clean), kept=(kept.encode(), rest))


def check_size(path: str, size: int) -> None:
    """Raise Usage where a file of `size` bytes would be kept out of every other clone."""
    if size > MAX_FILE:
        raise Usage(
            f"{line(path)} has {size} bytes, and {MAX_FILE} are the most that others take in",
            "make it smaller, or put it where large files are kept and link that",
        )


def check_name(name: str, redactor: "Redactor") -> str:
    """`name`; raises Usage where some reader cannot have a file that is called so, or where it
    holds what looks secret: everybody would see it."""
    clean, found = redactor.text(name)
    if found:
        raise Usage(
            f"{line(clean)!r} is no name for a file: it holds what looks secret",
            "--name NAME gives it another one",
        )
    bad = not name.isprintable() or bool(_BAD & set(name)) or name != name.strip(" .")
    if bad or not name or len(name.encode("utf-8", "surrogatepass")) > MOST_NAME:
        raise Usage(
            f"{line(name)!r} is no name for a file",
            f"--name NAME gives it one: without / and such, at most {MOST_NAME} bytes",
        )
    return name


def put(store: Store, files: list[Read]) -> None:
    """Keep the bytes of `files` on the shared side."""
    attachments.put(store, TEAM, {one.sha: one.data for one in files})


def content(store: Store, article: Article, name: str) -> tuple[File, bytes]:
    """The attachment called `name` and its bytes; raises Negative where it is not there."""
    file = find(article, name)
    data = attachments.read(store, [file.sha]).get(file.sha)
    if data is None:
        raise Negative(
            f"{line(name)} is not available offline",
            "git naturecode sync brings it, if it is there",
        )
    return file, data


def find(article: Article, name: str) -> File:
    """The attachment called `name`; raises Negative with the names that there are."""
    for one in article.files:
        if one.name == name:
            return one
    there = ", ".join(line(one.name) for one in article.files[:8]) or "no file"
    raise Negative(f"{article.slug} has no attachment {line(name)!r}", f"it has {there}")


def destination(sha: str) -> str:
    """Where a file is, seen from the page of an article."""
    return f"../../files/{sha[:2]}/{sha}"


def markdown(file: File) -> str:
    """The link by which the text of an article names the attachment."""
    label = "".join(f"\\{one}" if one in "[]\\`*_<>!#" else one for one in file.name)
    return f"{'!' if file.media.startswith('image/') else ''}[{label}]({destination(file.sha)})"
