"""Objects and refs through the git program: cat-file, fast-import, update-ref."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from git_naturecode.git import refs
from git_naturecode.git.objects import AUTHOR, Change, Folder, Missing, RefLocked
from git_naturecode.git.reader import Reader
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

_FEW = 8  # files, which with their folders are below fastimport.unpackLimit
_PLAIN = re.compile(rb"[A-Za-z0-9._/-]+")
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_KEPT = 4 << 20  # bytes of trees and commits at once
_LARGE = 1 << 18


class ProgramObjects:
    """The git program as the way to a repository's objects; works for every kind of repository."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.hexsz = 64 if repo.object_format == "sha256" else 40
        self.shallow = repo.shallow()
        self._reader: Reader | None = None
        self._closed = 0  # how often; a reader lent before that does not come back
        # A command reads the same few trees and commits over and over. None ever has other content.
        self._known: dict[str, tuple[str, bytes]] = {}
        self._size = 0

    def read(self, oid: str) -> tuple[str, bytes]:
        """Type and content of an object; raises Missing."""
        found = self._known.get(oid)
        if found is None:
            with self._reading() as reader:
                found = reader.contents(oid)
            self._keep(oid, found)
        return found

    def header(self, oid: str) -> tuple[str, int]:
        """Type and size of an object, without unpacking it; raises Missing."""
        with self._reading() as reader:
            kind, size = reader.info(oid)[1:]
            return kind, size

    def headers(self, oids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Type and size of each of `oids` that is here."""
        with self._reading() as reader:
            return reader.infos(oids)

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of each of `oids`, in order; raises Missing."""
        with self._reading() as reader:
            yield from reader.many(oids)

    def resolve(self, ref: str) -> str | None:
        """The commit that the full ref name points to."""
        found = refs.resolve(self.repo, ref, self.hexsz)
        if found is not None:
            return found or None
        try:
            with self._reading() as reader:
                return reader.info(ref)[0]
        except Missing:
            # A ref to a commit that is gone is something else than no ref.
            return self._named(ref)

    def refs(self, prefix: str) -> dict[str, str]:
        """Full name -> id of all refs below `prefix`."""
        out = self.repo.program.text(
            "for-each-ref", "--format=%(objectname) %(refname)", "--", prefix
        )
        pairs = (line.split(" ", 1) for line in out.split("\n") if line)
        return {name: oid for oid, name in pairs}

    def is_ancestor(self, old: str, new: str) -> bool:
        """True when `old` is `new` or in its history; False where `old` is not in this clone."""
        args = ("merge-base", "--is-ancestor", old, new)
        return old == new or (
            self._is_here(old) and self.repo.program.run(*args, check=False)[0] == 0
        )

    def _is_here(self, commit: str) -> bool:
        """True when `commit` is in this clone, found out without a request to any remote."""
        if self.repo.is_partial:
            args = ("rev-list", "--no-walk", "--missing=print", "--end-of-options", commit)
            return self.repo.program.run(*args, check=False)[0] == 0
        try:
            self.header(commit)
        except Missing:
            return False
        return True

    def commit(self, change: Change) -> str:
        """Write the objects of `change`; no ref moves. Gives the id of the commit."""
        # fast-import wants a ref; reset to nothing, it is never made.
        ref = f"refs/naturecode/tmp/{os.getpid()}"
        nothing = f"reset {ref}\nfrom {'0' * self.hexsz}\n\n".encode()
        return self._import(ref, change, nothing, "--force")

    def move(self, ref: str, new: str | None, old: str | None) -> bool:
        """Set `ref` to `new` (None: delete) if it is still `old` (None: not there)."""
        if new == old:
            return self.resolve(ref) == old
        was = old or "0" * self.hexsz
        args = ("-d", ref, was) if new is None else (ref, new, was)
        status, _, err = self.repo.program.run(
            "update-ref", "--no-deref", "-m", "git naturecode", *args, check=False
        )
        if status:
            self._refused(ref, old, GitFailed(("update-ref",), status, err))
        return status == 0

    def advance(self, ref: str, old: str | None, change: Change) -> str | None:
        """`commit`, then `move` from `old`; the new id, or None when `ref` was not `old`.

        Where `old` is the only parent, fast-import does both in one process: it moves a branch
        only to a descendant of what it finds there, under git's own ref lock.
        """
        if change.parents == ((old,) if old else ()):
            try:
                return self._import(ref, change)
            except GitFailed as failed:
                self._refused(ref, old, failed)
                return None
        new = self.commit(change)
        return new if self.move(ref, new, old) else None

    def close(self) -> None:
        """End the reading process, and forget what it said."""
        self._closed += 1
        self._known.clear()
        self._size = 0
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _keep(self, oid: str, found: tuple[str, bytes]) -> None:
        kind, data = found
        if kind == "blob" or len(data) > _LARGE or not _OID.fullmatch(oid):
            return
        if self._size + len(data) > _KEPT:
            self._known.clear()
            self._size = 0
        self._known[oid] = found
        self._size += len(data)

    def _refused(self, ref: str, old: str | None, failed: GitFailed) -> None:
        self.close()
        if self.resolve(ref) != old:
            return
        if ".lock': File exists" in failed.stderr:
            raise RefLocked(failed.message)
        raise failed

    def _import(self, ref: str, change: Change, after: bytes = b"", *options: str) -> str:
        # What is little is unpacked at once, so that packing it well would be for nothing.
        level = ("-c", "pack.compression=1") if len(change.files) < _FEW else ()
        out = self.repo.program.run(
            *level, "fast-import", "--quiet", "--done", "--date-format=raw-permissive", *options,
            "--cat-blob-fd=1", data=b"".join((*_stream(ref, change), after, b"done\n")),
        )[1]  # fmt: skip
        return out.decode().strip()

    def _named(self, ref: str) -> str | None:
        out = self.repo.program.run("rev-parse", "--verify", "--quiet", ref, check=False)[1]
        return out.decode().strip() or None

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        """The reading process, for one who asks; another one meanwhile gets one of his own."""
        reader, self._reader = self._reader or Reader(self.repo), None
        closed = self._closed
        try:
            yield reader
        except Missing:
            raise
        except BaseException:  # an answer may be half read
            reader.is_whole = False
            raise
        finally:
            if reader.is_whole and self._reader is None and closed == self._closed:
                self._reader = reader
            else:
                reader.close()


def _stream(ref: str, change: Change) -> Iterator[bytes]:
    """`change` in the language of git fast-import."""
    message = change.message.encode("utf-8", "surrogateescape")
    yield f"commit {ref}\nmark :1\ncommitter {AUTHOR} {change.seconds} +0000\n".encode()
    yield b"data %d\n%s\n" % (len(message), message)
    for word, parent in zip(
        ("from", *("merge",) * len(change.parents)), change.parents, strict=False
    ):
        yield f"{word} {parent}\n".encode()
    if not change.parents and change.base is None:
        yield b"deleteall\n"
    else:
        yield f'M 040000 {change.base} ""\n'.encode() if change.base else b"deleteall\n"
    for path, content in sorted(change.files.items()):
        name = quoted(path)
        if content is None:
            yield b"D %s\n" % name
        elif isinstance(content, Folder):
            yield b"M 040000 %s %s\n" % (content.oid.encode(), name)
        elif isinstance(content, str):
            yield b"M 100644 %s %s\n" % (content.encode(), name)
        else:
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(content), content)
    yield b"get-mark :1\n"


def quoted(path: str) -> bytes:
    """`path` as one word of fast-import: a name from elsewhere may hold a line break."""
    raw = path.encode("utf-8", "surrogateescape")
    if _PLAIN.fullmatch(raw):
        return raw
    return b'"' + b"".join(b"\\%03o" % byte for byte in raw) + b'"'
