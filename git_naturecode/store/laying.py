"""Laying an untrusted tree over a trusted one, file by file joined; equal folders stay shut."""

from collections.abc import Iterable

from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Content, Folder, TreeEntry
from git_naturecode.store import join, paths, purge
from git_naturecode.store.hygiene import MAX_SEGMENT, Gate

_VIEWS = "kb"
_MUCH = 32 << 20  # bytes of new files that are held before they are written


class Laying:
    """The tree `base` and the `files` to lay over it, so that the join of all sides comes out.

    The base is always a trusted tree: of an untrusted one only what the gate let in is named, so
    that no name that somebody else chose ever becomes a path of ours. `laid` has every file that
    differs from the first base: what it says, or its blob; None where that is too much to hold.
    """

    def __init__(self, gate: Gate, base: str | None, purged: join.Purged = join.NOTHING) -> None:
        self.gate = gate
        self.base = base
        self.purged = purged
        self.files: dict[str, Content | None] = {}
        self.laid: dict[str, bytes | str] | None = {}
        self.received = 0
        self.sent = 0
        self._views = False  # whether those of articles are taken from what is laid
        self._size = 0
        self._held = 0
        self._started = base

    def purge_base(self) -> None:
        """Put stubs into the base; whatever is laid over it gets them anyway."""
        for path, clean in purge.stubbed(self.gate.objects, self.base, self.purged):
            self._put(path, clean, clean)
        if self.files:
            self._flush()
        self._started = self.base

    def drop_views(self) -> None:
        """Take the files of articles out of the base: they show what it is not to hold."""
        found = tree.find(self.gate.objects, self.base, _VIEWS)
        if found is not None:
            self._drop(f"{_VIEWS}/", tree.entries(self.gate.objects, found.oid))
        if self.files:
            self._flush()
        self._started = self.base

    def lay(self, untrusted: str, *, views: bool = False) -> bool:
        """Add what the tree `untrusted` holds; True when the result is exactly that tree.

        Files of articles are made of the logs, so they are not joined: with `views` those of
        `untrusted` stand in place of ours, else ours stay.
        """
        self._views = views
        if self.files:
            # The next one must see what was laid: a folder of it would take the place of files
            # that stand in no tree yet, and those in a folder would not be joined with its own.
            self._flush()
        self._started = self.base
        return self._walk(untrusted, self.base, "")

    def rebase(self, root: str) -> None:
        """The result so far is the tree `root`."""
        self.base, self.files, self._size = root, {}, 0

    def gives(self, root: str | None) -> bool:
        """True when what was laid is the tree `root`."""
        return not self.files and self.base == root

    def _walk(self, untrusted: str, trusted: str | None, prefix: str) -> bool:
        if untrusted == trusted:
            return True
        ours = {e.name: e for e in tree.entries(self.gate.objects, trusted)} if trusted else {}
        lines, exact = self.gate.lines(untrusted, prefix)
        for entry in lines:
            path = prefix + entry.name.decode("utf-8", "surrogateescape")
            known = ours.pop(entry.name, None)
            if known == entry:
                continue
            if path == _VIEWS and not self._views:
                exact = False
                continue
            if not self.gate.admits(path, entry):
                exact = False
            elif entry.is_tree:
                exact &= self._folder(path, entry.oid, known.oid if known else None)
            else:
                exact &= self._file(path, entry, known)
        self.sent += sum(self._logs(prefix, entry) for entry in ours.values())
        if self._views:
            inside = prefix.startswith(f"{_VIEWS}/")
            gone = [n for n in ours if inside or (not prefix and n == _VIEWS.encode())]
            self._drop(prefix, [ours.pop(name) for name in gone])
        return exact and not ours

    def _folder(self, path: str, theirs: str, ours: str | None) -> bool:
        before, base = len(self.files), self.base
        exact = self._walk(theirs, ours, path + "/")
        if exact and ours is None and self.base == base and len(self.files) > before:
            while len(self.files) > before:
                self.files.popitem()
            self.files[path] = Folder(theirs)
        return exact

    def _file(self, path: str, entry: TreeEntry, known: TreeEntry | None) -> bool:
        if path.startswith(f"{_VIEWS}/"):
            return self._view(path, entry)
        before = self._now(path, known)
        if before is None and not self.purged and self.gate.passes(path, entry.oid):
            self.received += paths.is_told(path)
            self._put(path, entry.oid, entry.oid)
            return True
        raw = self.gate.objects.read(entry.oid)[1]
        clean = raw if raw == before else self._clean(path, raw)
        joined = self._joined(path, before, clean)
        if joined != raw:
            self.sent += paths.is_told(path)
        if joined is not None and joined != before:
            self.received += paths.is_told(path)
            self._put(path, entry.oid if joined == raw else joined, joined)
        return joined == raw

    def _view(self, path: str, entry: TreeEntry) -> bool:
        """The file of an article as they have it; ours stays where theirs may not enter."""
        raw = self.gate.objects.read(entry.oid)[1]
        clean = self.gate.content(path, raw)
        if clean is not None:
            self._put(path, entry.oid if clean == raw else clean, clean)
        return clean == raw

    def _drop(self, prefix: str, entries: Iterable[TreeEntry]) -> None:
        """Have nothing of `entries`, of the trusted side, which stand below `prefix`."""
        for entry in entries:
            path = prefix + entry.name.decode()
            below = tree.files(self.gate.objects, entry.oid) if entry.is_tree else {"": ""}
            self.files.update(dict.fromkeys(f"{path}/{one}" if one else path for one in below))

    def _clean(self, path: str, raw: bytes) -> bytes | None:
        content = self.gate.content(path, raw)
        if content is None or not path.startswith("log/"):
            return content
        return join.purge(content, self.purged)

    def _joined(self, path: str, before: bytes | None, clean: bytes | None) -> bytes | None:
        if before is None or clean is None:
            return clean if before is None else before
        joined = join.join_file(path, before, clean)
        if path.startswith("log/") and len(joined) > MAX_SEGMENT:
            # No clone would let that in. Only a forgery is that large, so the smaller state is
            # the true one; any rule does that all clones share.
            self.gate.refuse(path, "would become too large")
            return min(before, clean, key=lambda data: (len(data), data))
        return joined

    def _now(self, path: str, known: TreeEntry | None) -> bytes | None:
        """What stands at `path` so far."""
        if self.base != self._started:  # what was laid before is in the base by now
            known = tree.find(self.gate.objects, self.base, path)
        return self.gate.objects.read(known.oid)[1] if known else None

    def _put(self, path: str, content: Content, says: bytes | str) -> None:
        self._note(path, says)
        self.files[path] = content
        self._size += len(content) if isinstance(content, bytes) else 0
        if self._size > _MUCH:
            self._flush()

    def _note(self, path: str, says: bytes | str) -> None:
        self._held += len(says)
        if self._held > _MUCH:
            self.laid = None
        if self.laid is not None:
            self.laid[path] = says

    def _flush(self) -> None:
        """Write what was laid so far; it becomes the base."""
        objects = self.gate.objects
        commit = objects.commit(Change(self.base, self.files, (), 0, "so far"))
        root = tree.tree_of(objects, commit)
        assert root is not None
        self.rebase(root)

    def _logs(self, prefix: str, entry: TreeEntry) -> int:
        """How many logs `entry` of the trusted side is or holds."""
        path = prefix + entry.name.decode()
        if not path.startswith("log"):
            return 0
        if not entry.is_tree:
            return int(paths.is_told(path))
        found = tree.files(self.gate.objects, entry.oid)
        return sum(paths.is_told(f"{path}/{name}") for name in found)
