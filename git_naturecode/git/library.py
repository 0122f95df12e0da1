"""Objects and refs through pygit2: for processes that live long or read much."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

import pygit2

from git_naturecode.git.objects import (
    AUTHOR,
    FILE_MODE,
    TREE_MODE,
    Change,
    Content,
    Folder,
    Missing,
    RefLocked,
    TreeEntry,
    parse_tree,
)
from git_naturecode.git.repo import Repo

_TYPES = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_PUT_TRIES = 10
_NAMES = {number: name for name, number in _TYPES.items()}


class LibraryObjects:
    """pygit2 as the way to a repository's objects; SHA-1 repositories with files as refs."""

    hexsz = 40

    def __init__(self, repo: Repo) -> None:
        self._repo = pygit2.Repository(repo.git_dir)
        self._odb = self._repo.odb
        self.shallow = repo.shallow()

    def read(self, oid: str) -> tuple[str, bytes]:
        """Type and content of an object; raises Missing."""
        try:
            kind, data = self._odb.read(oid)
        except (KeyError, ValueError):
            raise Missing(oid) from None
        return _NAMES[int(kind)], data

    def header(self, oid: str) -> tuple[str, int]:
        """Type and size of an object, without unpacking it; raises Missing."""
        try:
            kind, size = self._odb.read_header(oid)
        except (KeyError, ValueError):
            raise Missing(oid) from None
        return _NAMES[int(kind)], size

    def headers(self, oids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Type and size of each of `oids` that is here."""
        found = {}
        for oid in oids:
            with suppress(Missing):
                found[oid] = self.header(oid)
        return found

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of each of `oids`, in order; raises Missing."""
        for oid in oids:
            yield oid, self.read(oid)[1]

    def resolve(self, ref: str) -> str | None:
        """The commit that the full ref name points to."""
        try:
            found = self._repo.references.get(ref)
            return None if found is None else str(found.resolve().target)
        except pygit2.GitError:  # an empty file in place of a ref, as a power cut leaves it
            return None

    def refs(self, prefix: str) -> dict[str, str]:
        """Full name -> id of all refs below `prefix`."""
        return {
            ref.name: str(ref.resolve().target)
            for ref in self._repo.references.iterator()
            if ref.name.startswith(prefix)
        }

    def is_ancestor(self, old: str, new: str) -> bool:
        """True when `old` is `new` or in its history."""
        if old == new:
            return True
        try:
            return old in self._repo and bool(self._repo.descendant_of(new, old))
        except pygit2.GitError:  # a commit between them was pruned; the program says no as well
            return False

    def commit(self, change: Change) -> str:
        """Write the objects of `change`; no ref moves. Gives the id of the commit."""
        tree = self._tree(change.base, _nested(change.files)) or self._put("tree", b"")
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in change.parents)]
        who = f"{AUTHOR} {change.seconds} +0000"
        lines += [f"author {who}", f"committer {who}", "", change.message]
        return self._put("commit", "\n".join(lines).encode("utf-8", "surrogateescape"))

    def move(self, ref: str, new: str | None, old: str | None) -> bool:
        """Set `ref` to `new` (None: delete) if it is still `old` (None: not there)."""
        try:
            found = self._repo.references.get(ref)
            if (None if found is None else str(found.target)) != old:
                return False
            if found is None:
                if new is not None:
                    self._repo.references.create(ref, new)
            elif new is None:
                found.delete()
            elif new != old:
                found.set_target(new, "git naturecode")
        except (pygit2.GitError, OSError, ValueError) as error:
            if self.resolve(ref) != old:
                return False
            if "failed to lock file" in str(error) or "File exists" in str(error):
                raise RefLocked(str(error)) from error
            raise
        return True

    def advance(self, ref: str, old: str | None, change: Change) -> str | None:
        """`commit`, then `move` from `old`; the new id, or None when `ref` was not `old`."""
        new = self.commit(change)
        return new if self.move(ref, new, old) else None

    def close(self) -> None:
        """Let go of the open packs."""
        self._repo.free()

    def _put(self, kind: str, data: bytes) -> str:
        for _ in range(_PUT_TRIES):
            try:
                return str(self._odb.write(_TYPES[kind], data))
            except OSError as error:
                # `git gc` takes an empty folder away in which libgit2 is just naming an object.
                if "No such file" not in str(error):
                    raise
        return str(self._odb.write(_TYPES[kind], data))

    def _tree(self, base: str | None, changes: "_Nested") -> str | None:
        found = {e.name: e for e in parse_tree(self.read(base)[1], 40)} if base else {}
        for name, content in changes.items():
            key = name.encode("utf-8", "surrogateescape")
            if isinstance(content, dict):
                old = found.get(key)
                sub = self._tree(old.oid if old and old.is_tree else None, content)
                entry = TreeEntry(TREE_MODE, key, sub) if sub else None
            elif content is None:
                entry = None
            elif isinstance(content, Folder):
                entry = TreeEntry(TREE_MODE, key, content.oid)
            else:
                oid = content if isinstance(content, str) else self._put("blob", content)
                entry = TreeEntry(FILE_MODE, key, oid)
            found.pop(key, None)
            if entry is not None:
                found[key] = entry
        return self._put("tree", _tree_bytes(found.values())) if found else None


_Nested = dict[str, "Content | _Nested | None"]


def _nested(files: Mapping[str, Content | None]) -> _Nested:
    root: _Nested = {}
    for path, content in files.items():
        *folders, name = path.split("/")
        place = root
        for folder in folders:
            below = place.setdefault(folder, {})
            assert isinstance(below, dict)
            place = below
        place[name] = content
    return root


def _tree_bytes(entries: Iterable[TreeEntry]) -> bytes:
    """A tree object; git sorts folders as if their names ended in a slash."""
    ordered = sorted(entries, key=lambda e: e.name + b"/" if e.is_tree else e.name)
    return b"".join(b"%o %s\0%s" % (e.mode, e.name, bytes.fromhex(e.oid)) for e in ordered)
