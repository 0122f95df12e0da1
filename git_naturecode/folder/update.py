"""Bringing the folder of a work tree up to date with the logs.

Only what changed since the last time is rendered; what is there is looked at, not read. Killed at
any point, the next run goes on where this one ended.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from git_naturecode import clock
from git_naturecode.errors import NaturecodeError
from git_naturecode.folder.views import EDITABLE, EDITABLE_MODE, FILE, View, Views, Wanted
from git_naturecode.git import worktree
from git_naturecode.git.objects import Missing
from git_naturecode.git.repo import find_with_config
from git_naturecode.git.run import foreign_environment
from git_naturecode.store import exclude, place, put_back
from git_naturecode.store.folder import NOTHING, Blocked, Folder, Known, TrackedByGit
from git_naturecode.store.lock import hold
from git_naturecode.store.manifest import Manifest, Row
from git_naturecode.store.place import NAME
from git_naturecode.store.store import Store

UP_TO_DATE, OFF, NO_WORK_TREE, BUSY = "up to date", "off", "no work tree", "busy"
TRACKED, BLOCKED, NOT_IGNORED = "tracked", "blocked", "not ignored"
_PRIVATE_FOLDERS = ("sessions",)
NOT_IGNORED_WHY = f"git does not ignore {NAME}/ here, so nothing is written there"
_PATIENCE = 60.0
_TRIES = 3
_NO_DAYS, _NEVER = "~", "~~"  # after every time
_MOST_FILES, _MOST_BYTES = 100, 8 << 20  # that are written between two notes in the manifest

Progress = Callable[[int], None]


@dataclass
class Updated:
    """What an update found and did; `kept` says for each file that was left alone why."""

    state: str = UP_TO_DATE
    written: int = 0
    removed: int = 0
    kept: dict[str, str] = field(default_factory=dict)
    why: str = ""


def update(store: Store, wait: float = 0.0, progress: Progress | None = None) -> Updated:
    """Bring the folder of the store's work tree up to date.

    `wait` seconds for another process that is at it; `progress` hears how many files were
    written. Raises GitAtWork while another git process holds the index.
    """
    if store.repo.work_tree is None:
        return Updated(NO_WORK_TREE)
    if not place.is_on(store):
        return Updated(OFF)
    with _opened(store, wait) as work:
        return work.update(progress or (lambda _: None)) if work else Updated(BUSY)


def clear(store: Store, wait: float = 0.0) -> Updated:
    """Take away what was written into the folder of the store's work tree and is unchanged."""
    if store.repo.work_tree is None:
        return Updated(NO_WORK_TREE)
    with _opened(store, wait) as work:
        return work.clear() if work else Updated(BUSY)


def update_all(store: Store) -> None:
    """Update this work tree, and every other one of the repository that has a folder already."""
    if update(store, _PATIENCE).state == BUSY:
        raise NaturecodeError("another process writes the folder of this work tree")
    place.forget_gone(store.repo)
    for path in store.repo.work_trees():
        if path == store.repo.work_tree or not os.path.isdir(path):
            continue
        repo, config = find_with_config(path, foreign_environment(store.environ))
        if repo.work_tree is None or not os.path.isdir(place.folder_of(repo)):
            continue
        with closing(store.elsewhere(repo, config)) as other:
            if place.is_stale(other):
                update(other, _PATIENCE)


@contextmanager
def _opened(store: Store, wait: float) -> "Iterator[_Work | None]":
    """The work on one folder, alone; None where another process is at it."""
    own = place.folder_of(store.repo)
    assert store.repo.work_tree is not None
    with hold(os.path.join(own, "lock"), wait) as held:
        if not held:
            yield None
            return
        tracked = worktree.Tracked(store.repo, NAME)
        with (
            closing(Manifest(os.path.join(own, "manifest"))) as manifest,
            closing(
                Folder(store.repo.work_tree, tracked.covers, store.random, _PRIVATE_FOLDERS)
            ) as folder,
        ):
            yield _Work(store, tracked, manifest, folder)


@dataclass
class _Work:
    """One update of one folder, by the only process that writes there."""

    store: Store
    tracked: worktree.Tracked
    manifest: Manifest
    folder: Folder
    result: Updated = field(default_factory=Updated)
    deleted: dict[str, bool] = field(default_factory=dict)  # True: emptied

    def update(self, progress: Progress) -> Updated:
        """Write what is missing or changed, remove what shall not be there any more."""
        repo = self.store.repo
        if self.manifest.fact("version") is None:
            exclude.ensure(repo)
        tips = place.tips(self.store)
        obstacle = self.folder.obstacle()
        if self.tracked.holds(NAME):
            self.result.state = TRACKED
        elif obstacle:
            self.result.state, self.result.why = BLOCKED, obstacle
        elif not worktree.ignores(repo, NAME):
            self.result.state, self.result.why = NOT_IGNORED, NOT_IGNORED_WHY
        else:
            self.folder.sweep()
            self._bring(progress)
            if self._moved_on(progress):
                tips = ""
                self.result.kept.clear()  # it was looked at on several branches
        self._remember(tips)
        return self.result

    def _moved_on(self, progress: Progress) -> bool:
        """Do it again where git switched branches meanwhile; True when it does not stop to."""
        for _ in range(_TRIES):
            if not self.tracked.moved():
                return False
            self.result.kept.clear()
            self._bring(progress)
        return self.tracked.moved()

    def clear(self) -> Updated:
        """Remove all that is ours and unchanged."""
        self.folder.sweep()
        self._drop(self.manifest.rows())
        self.folder.end()
        self.manifest.keep({"since": _NEVER})
        self._remember("")
        return self.result

    def _bring(self, progress: Progress) -> None:
        days = place.days(self.store)
        since = clock.iso(max(self.store.now_ms() - days * clock.DAY_MS, 0)) if days else _NO_DAYS
        roots = {log.name: log.tree() for log in self.store.sides}
        views = Views(self.store, roots, since)
        same = self.manifest.fact("version") == str(place.VERSION)
        # Also where the clock was set back, or more days are wanted than before.
        whole = not same or since < (self.manifest.fact("since") or _NEVER)
        try:
            before = {} if whole else {side: self.manifest.fact(side) or None for side in roots}
            wanted = views.changed(before)
            version = views.judged(wanted, self.manifest.fact("trust") or "")
        except Missing:  # what it showed was taken out of the repository
            whole, wanted = True, views.changed({})
            version = views.judged(wanted, "")
        self._look_through(views, wanted)
        seen: set[str] = set()
        for batch in _batches(views.of(wanted)):
            self._write([view for _, view in batch if view])
            self._drop(
                row
                for source, view in batch
                for row in self.manifest.rows(source)
                if view is None or row.path != view.path
            )
            seen.update(source for source, _ in batch)
            progress(self.result.written)
        if whole:
            self._drop(row for row in self.manifest.rows() if row.source not in seen)
        facts = {side: root or "" for side, root in roots.items()}
        known = {"version": str(place.VERSION), "since": since, "trust": version}
        self.manifest.keep({**facts, **known})

    def _look_through(self, views: Views, wanted: Wanted) -> None:
        """Compare what is there with what was written: what is gone is wanted again."""
        old, moved = [], []
        for row in self.manifest.rows():
            try:
                seen = self.folder.state(row.path, row.known)
            except Blocked as why:
                self._keep(row.path, why)
                continue
            if views.too_old(row.source, row.changed):
                old.append(row)
            elif seen is None or not seen.size or row.pending:
                wanted.add(row.source)
                is_told = seen is None or not row.pending
                if is_told and row.seen and self._was_deleted(row):
                    self.deleted[row.path] = seen is not None
            elif seen != row.seen:
                moved.append((row.path, seen))
        self.manifest.done(moved)
        self._drop(old)

    def _write(self, views: list[View]) -> None:
        known = {view.path: self._known(view.path) for view in views}
        self.manifest.intend(
            (view.path, view.source, view.changed, hashlib.sha256(view.data).hexdigest())
            for view in views
        )
        done, foreign = [], []
        for view in views:
            try:
                seen, new = self.folder.put(
                    view.path, view.data, view.mode, known[view.path],
                    edited=view.mode == EDITABLE_MODE,
                )  # fmt: skip
            except TrackedByGit:
                continue
            except Blocked as why:
                self._keep(view.path, why)
                foreign.append(view.path)
                continue
            done.append((view.path, seen))
            self.result.written += new
        back = {path: self.deleted[path] for path, _ in done if path in self.deleted}
        if back:
            put_back.note(self.store, back)
        self.manifest.done(done)
        self.manifest.disown(foreign)

    def _was_deleted(self, row: Row) -> bool:
        """True for the file of an article that is gone or empty, while its folder is there."""
        assert self.store.repo.work_tree is not None
        above = os.path.dirname(os.path.join(self.store.repo.work_tree, NAME, row.path))
        return row.source.startswith(f"{FILE}{EDITABLE}") and os.path.isdir(above)

    def _known(self, path: str) -> Known:
        row = self.manifest.row(path)
        return row.known if row else NOTHING

    def _drop(self, rows: Iterable[Row]) -> None:
        gone, foreign = [], []
        for row in rows:
            try:
                self.result.removed += self.folder.remove(row.path, row.known)
                self.folder.prune(row.path)
            except TrackedByGit:
                pass
            except Blocked as why:
                self._keep(row.path, why)
                foreign.append(row.path)
                continue
            gone.append(row.path)
        self.manifest.forget(gone)
        self.manifest.disown(foreign)

    def _keep(self, path: str, why: Blocked) -> None:
        if not self.tracked.covers(f"{NAME}/{path}"):
            self.result.kept[f"{NAME}/{path}"] = str(why)

    def _remember(self, tips: str) -> None:
        repo = self.store.repo
        found = self.result
        place.write(
            repo, place.State(tips, self.tracked.head, place.exists(repo), found.why, found.kept)
        )


def _batches(
    found: Iterable[tuple[str, View | None]],
) -> Iterator[list[tuple[str, View | None]]]:
    """`found` in pieces that fit into memory."""
    batch: list[tuple[str, View | None]] = []
    size = 0
    for one in found:
        batch.append(one)
        size += len(one[1].data) if one[1] else 0
        if len(batch) >= _MOST_FILES or size > _MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
