"""Where all comments of a review are in one revision: one difference for each pair of commits."""

from collections.abc import Iterable, Mapping, Sequence

from git_naturecode.domain.review.anchor import OLD, Anchor, lines_of
from git_naturecode.domain.review.carried import Carried, Edit
from git_naturecode.domain.review.following import (
    GONE,
    NOWHERE,
    Place,
    file_place,
    find,
    fits,
    follow,
)
from git_naturecode.git.changes import SUBMODULE_MODE, FileChange, changes, listed
from git_naturecode.git.commits import here
from git_naturecode.git.objects import Missing, Objects, TreeEntry
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed
from git_naturecode.git.tree import find_all, tree_of
from git_naturecode.reviewing.elsewhere import Elsewhere
from git_naturecode.reviewing.walking import Steps, edits_of

_MOST_BYTES = 8 << 20  # of one file that is read whole
_MOST_FILES = 300  # files that differ, among which lines that were moved are looked for
_NO_FILE = TreeEntry(0, b"", "")


def place(
    repo: Repo, objects: Objects, anchors: Mapping[str, Anchor], head: str, base: str
) -> dict[str, Place]:
    """Where each of `anchors` is in the change `base`..`head` (full ids), by the same names.

    Those of the new side are looked for in `head`, those of the old side in `base`. An anchor of
    which the commit is not in this clone is looked for by its text alone, and the place says so.
    Raises Missing where `head` or `base` is not here, GitFailed.
    """
    pairs: dict[tuple[str, str], dict[str, Anchor]] = {}
    for name, anchor in anchors.items():
        target = base if anchor.side == OLD else head
        pairs.setdefault((anchor.commit, target), {})[name] = anchor
    known = here(repo, objects, {oid for pair in pairs for oid in pair if oid})
    found: dict[str, Place] = {}
    for (commit, target), wanted in pairs.items():
        if target and target not in known:
            raise Missing(target)
        move = _Move(repo, objects, commit if commit in known else "", target)
        found |= move.places(wanted) if target else dict.fromkeys(wanted, NOWHERE)
    return found


class _Move:
    """From one commit ("": one that is not here) to another."""

    def __init__(self, repo: Repo, objects: Objects, commit: str, target: str) -> None:
        self.repo, self.objects, self.commit, self.target = repo, objects, commit, target
        self._lines: dict[str, list[str] | None] = {}
        self._carried: dict[tuple[str, str], Carried | None] = {}
        self._edits: dict[tuple[str, str], list[Edit]] = {}
        self._changed: dict[str, FileChange] = {}
        self._steps: Steps | None = None

    def places(self, anchors: Mapping[str, Anchor]) -> dict[str, Place]:
        """Where each of `anchors`, all of the one commit, is in the other."""
        changed = [] if self.commit in ("", self.target) else self._listed()
        self._changed = {one.old_path: one for one in changed if one.old_path}
        paths = {anchor.path for anchor in anchors.values()}
        tree = tree_of(self.objects, self.target)
        self._walk(paths, tree)
        there = find_all(self.objects, tree, paths - self._changed.keys())
        before = {path: self._before(path, there) for path in paths}
        after = {path: self._after(path, there) for path in paths}
        lined = {anchor.path for anchor in anchors.values() if anchor.line}
        self._read(
            *(before[path].oid for path in lined), *(after[path][1].oid for path in lined),
            *(anchor.blob for anchor in anchors.values() if anchor.line and not self.commit),
        )  # fmt: skip
        self._compare([self._changed[path] for path in lined if path in self._changed])
        found = {
            name: self._place(anchor, before[anchor.path], *after[anchor.path])
            for name, anchor in anchors.items()
        }
        lost = {n: a for n, a in anchors.items() if found[n].state == GONE and a.line}
        if lost and self.commit and 0 < len(changed) <= _MOST_FILES:
            found |= self._elsewhere(lost, before)
        return found

    def _walk(self, paths: Iterable[str], tree: str | None) -> None:
        """Go from commit to commit, where that can be done, with those of `paths` that differ.

        What is moved and then changed a lot is like no other file at the two ends, or like a wrong
        one; and lines of which the same stand nearby are told apart in small steps only.
        """
        wanted = [path for path in paths if path in self._changed]
        if not wanted:
            return
        moved = [path for path in wanted if self._changed[path].status in ("R", "D")]
        try:
            self._steps = Steps(self.repo, self.commit, self.target, wanted, moved)
        except GitFailed:  # more than git may say
            return
        there = find_all(self.objects, tree, self._steps.paths.values())
        for path, now in self._steps.paths.items():
            change = self._changed[path]
            if now in there and now != change.path:
                entry = there[now]
                self._changed[path] = change._replace(
                    status="R", path=now, new_mode=entry.mode, new_blob=entry.oid
                )

    def _listed(self) -> list[FileChange]:
        return listed(self.repo, self.commit, self.target)

    def _before(self, path: str, there: Mapping[str, TreeEntry]) -> TreeEntry:
        """The file as it was in the first commit, where that is here."""
        if change := self._changed.get(path):
            return TreeEntry(change.old_mode, b"", change.old_blob)
        return there.get(path, _NO_FILE) if self.commit else _NO_FILE

    def _after(self, path: str, there: Mapping[str, TreeEntry]) -> tuple[str, TreeEntry]:
        """The path and the file as it is in the second commit; "" where there is none."""
        if change := self._changed.get(path):
            entry = TreeEntry(change.new_mode, b"", change.new_blob)
            return (change.path, entry) if change.new_blob else ("", _NO_FILE)
        return (path, there[path]) if path in there else ("", _NO_FILE)

    def _read(self, *blobs: str) -> None:
        """Read those of `blobs` that are here, and not too large."""
        heads = self.objects.headers(dict.fromkeys(blob for blob in blobs if blob))
        good = [
            oid for oid, (kind, size) in heads.items() if kind == "blob" and size <= _MOST_BYTES
        ]
        self._lines |= {oid: lines_of(data) for oid, data in self.objects.read_many(good)}

    def _compare(self, wanted: Sequence[FileChange]) -> None:
        """The edits of all of `wanted` with one process."""
        pairs = {(one.old_blob, one.new_blob) for one in wanted if one.old_blob != one.new_blob}
        paths = {path for one in wanted for path in (one.path, one.old_path)}
        if not pairs:
            return
        for one in changes(self.repo, self.commit, self.target, context=0, paths=sorted(paths)):
            if (one.old_blob, one.new_blob) in pairs and not (one.cut or one.binary):
                self._edits[one.old_blob, one.new_blob] = edits_of(one)

    def _place(self, anchor: Anchor, was: TreeEntry, path: str, now: TreeEntry) -> Place:
        if not anchor.line:
            return file_place(anchor, path)._replace(alone=not self.commit)
        if not path or SUBMODULE_MODE in (was.mode, now.mode):
            return NOWHERE._replace(alone=not self.commit)
        old, new = was.oid, now.oid
        if not self.commit and anchor.blob in self._lines:
            old = anchor.blob
        carried = self._carried_over(old, new, anchor.path, path)
        if carried is None:
            return NOWHERE._replace(alone=not self.commit)
        if fits(anchor, carried.old):
            return follow(anchor, path, carried)._replace(alone=not self.commit)
        return find(anchor, path, carried.new)._replace(alone=True)

    def _carried_over(self, old: str, new: str, path: str, path_now: str) -> Carried | None:
        """The lines of one blob in the other; None where the other is no text that is read."""
        if (old, new) not in self._carried:
            before, after = self._lines.get(old), self._lines.get(new)
            edits = [] if old == new else self._edits.get((old, new))
            steps = self._steps.blocks(path, path_now, before or ()) if self._steps else None
            made = None if after is None else Carried(before or [], after, edits, steps)
            self._carried[old, new] = made
        return self._carried[old, new]

    def _elsewhere(
        self, lost: Mapping[str, Anchor], before: Mapping[str, TreeEntry]
    ) -> dict[str, Place]:
        """Those of `lost` whose lines were moved to another file, as a whole."""
        looking = Elsewhere()
        for name, anchor in lost.items():
            lines = self._lines.get(before[anchor.path].oid)
            if lines is not None and fits(anchor, lines):
                looking.want(name, anchor, lines)
        if looking.wanted:
            for one in changes(self.repo, self.commit, self.target, context=0):
                for hunk in one.hunks:
                    looking.meet(one.path, hunk)
        return looking.found()
