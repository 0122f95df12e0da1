"""The text of an article as the user gives it: from a file, from stdin, out of his editor."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from git_naturecode import errors, ids
from git_naturecode.cli.context import Context
from git_naturecode.domain.kb import texts
from git_naturecode.domain.kb.edited import too_long
from git_naturecode.domain.kb.model import MOST_TEXT

_CUT = "<!-- ------------------------ >8 ------------------------"
_BELOW = "Leave the line above as it is: from there on nothing is kept."
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_READ = 64 << 20  # bytes: a device or a pipe may never end
_NO_TEXT = "--file FILE takes it from a file, --file - from stdin"


def given(context: Context, file: str) -> bytes:
    """The bytes in `file` (`-`: stdin); raises Usage where it cannot be read, or does not end."""
    if file == "-":
        data = sys.stdin.buffer.read(_MOST_READ + 1)
    else:
        try:
            with open(os.path.join(context.cwd, file), "rb") as opened:
                data = opened.read(_MOST_READ + 1)
        except OSError as error:
            raise errors.Usage(f"{file} cannot be read: {error.strerror}") from None
    if len(data) > _MOST_READ:
        raise errors.Usage(
            f"{'stdin' if file == '-' else file} has more than {_MOST_READ} bytes",
            f"an article holds {MOST_TEXT} at most",
        )
    return data


def decoded(data: bytes, file: str = "-") -> str:
    """The text that `data`, which is in `file`, is, normal; raises Usage as `checked`."""
    name = "what came from stdin" if file == "-" else file
    if data.startswith(_UTF16):
        raise errors.Usage(f"{name} is UTF-16, not UTF-8", "iconv -f UTF-16 -t UTF-8 converts it")
    return checked(texts.normal(data.decode("utf-8", "surrogateescape")), name, file)


def checked(text: str, name: str = "the text", file: str = "-") -> str:
    """`text`; raises Usage where it is not UTF-8, empty, or longer than a revision may be."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        at = len(text[: error.start].encode()) + 1
        raise errors.Usage(
            f"{name} is not text in UTF-8 (byte {at})",
            "iconv converts it; what is no text is attached with `git naturecode kb attach`",
        ) from None
    if "\0" in text:
        raise errors.Usage(
            f"{name} is not text: it has a zero byte", "git naturecode kb attach takes any file"
        )
    if not text.strip():
        raise errors.Usage(f"{name} is empty", _NO_TEXT)
    if size > MOST_TEXT:
        attached = "FILE" if file == "-" else file
        raise errors.Usage(
            f"{name} is too long: {too_long(size).why}",
            f"git naturecode kb attach ARTICLE {attached} keeps it beside an article; or make "
            "several of it",
        )
    return text


def is_asked(file: str | None) -> bool:
    """True when the text is to come from the editor; raises Usage where nobody can be asked."""
    if file is not None:
        return False
    if not sys.stdin.isatty():
        raise errors.Usage("there is no text", _NO_TEXT)
    return True


class Kept:
    """A text that is not in the log yet, in a file of its own until it is."""

    def __init__(self, context: Context, name: str) -> None:
        self.context = context
        random = ids.base32(context.random(5), 4)
        self.folder = os.path.join(context.repo.state_dir, "edit")
        self.path = os.path.join(self.folder, f"{name[:100]}-{random}.md")

    def edited(self, before: str, advice: str) -> str:
        """What the user makes of `before` in his editor, normal; `advice` stands below it.

        Raises NaturecodeError where the editor fails; what he wrote is then left in the file.
        """
        from git_naturecode.git.terminal import in_editor

        below = f"{_CUT}\n{_BELOW}\n{advice.replace('--', '- -')}\n-->\n"
        offered = (texts.normal(before) or "\n") + below
        self._write(offered)
        try:
            in_editor(self.context.repo, self.path)
        except errors.NaturecodeError as error:
            if self._read() == offered:
                self.forget()
                raise
            raise self.named(error) from None
        text = texts.normal(self._read())
        at = text.rfind(_CUT)
        if at >= 0:
            text = texts.normal(text[:at])
        self._write(text)
        return text

    def given(self, file: str) -> str:
        """The text in `file` (`-`: stdin), normal; raises Usage for what cannot be an article.

        What came from stdin is then left in the file of its own: it is nowhere else.
        """
        data = given(self.context, file)
        try:
            text = decoded(data, file)
        except errors.Usage as error:
            if file != "-" or not data.strip():
                raise
            self._write(data.decode("utf-8", "surrogateescape"))
            raise self.named(error) from None
        self._write(text)
        return text

    def checked(self, text: str) -> str:
        """`text`, which is in the file; raises Usage, naming it, where it cannot be an article."""
        try:
            return checked(text)
        except errors.Usage as error:
            raise self.named(error) from None

    def hold(self, text: str) -> None:
        """Keep `text`, which came from elsewhere."""
        self._write(text)

    @contextmanager
    def until_written(self) -> Iterator[None]:
        """What is done within says where the text is when it fails; then the file goes."""
        try:
            yield
        except errors.NeedsPerson:  # it was written: what is left is to be decided elsewhere
            self.forget()
            raise
        except errors.NaturecodeError as error:
            raise self.named(error) from None
        except BaseException:
            self.context.err.write(f"note: the text is in {self.path}\n")
            raise
        self.forget()

    def named(self, error: errors.NaturecodeError) -> errors.NaturecodeError:
        """`error`, telling where the text is, unless it was forgotten."""
        if not os.path.lexists(self.path):
            return error
        where = f"the text is in {self.path}"
        error.hint = f"{error.hint}; {where}" if error.hint else where
        return error

    def forget(self) -> None:
        """Take the file away."""
        with suppress(OSError):
            os.unlink(self.path)
        with suppress(OSError):
            os.rmdir(self.folder)

    def _write(self, text: str) -> None:
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(texts.bytes_of(text))

    def _read(self) -> str:
        try:
            with open(self.path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                return file.read()
        except FileNotFoundError:  # some editors take the file away to say that nothing is wanted
            return ""
