"""Notes on commits that are derived from the things of one kind: the same lines in every clone."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, Objects, RefLocked
from git_naturecode.store import note_lines, paths
from git_naturecode.store.lock import alone
from git_naturecode.store.note_lines import Lines
from git_naturecode.store.notes import Book, ref_log
from git_naturecode.store.notes_state import NOWHERE, State
from git_naturecode.store.store import Store

PATIENCE = 15.0
_TRIES = 20


class Telling(NamedTuple):
    """What one thing says about commits: the lines on each, by its id."""

    entity: str
    lines: Mapping[str, set[bytes]]


Read = Callable[[Store, Iterable[str]], Iterable[Telling]]
"""Last parts of ids -> what these things say; those that are not here are left out."""


class Derived(NamedTuple):
    """The notes that follow all things of `kind`.

    `about` is the thing that a line speaks of (None: one in somebody's own words, which stays);
    `said` the message of the commits that change the notes.
    """

    kind: str
    state: State
    about: Callable[[bytes], str | None]
    read: Read
    said: str

    def refresh(self, store: Store) -> int:
        """Make right what the notes say where things or notes have changed; how many changed.

        Without a ref, or where nobody knows since when, all things are looked at: so a lost ref is
        built again from the data branch. Raises NaturecodeError when others keep writing.
        """
        if not self.state.is_behind(store):
            return 0
        store.settle(PATIENCE)
        log = ref_log(store, self.state.ref)
        with alone(store.lock, PATIENCE):
            for _ in range(_TRIES):
                head, there = self.state.now(store)
                tip = None if there == NOWHERE else there
                book = Book(log.objects, tip, store.now_ms())
                right = self._right(store, book, self._changed(store, head, there))
                new = book.changed(right, self.said) if right else None
                if new is None or log.move(new, tip, PATIENCE):
                    self.state.keep(store, (head, new or there))
                    return len(right) if new else 0
        raise RefLocked(f"{log.ref} keeps moving")

    def audit(self, store: Store) -> frozenset[str]:
        """The commits whose notes are not as the things say; writes nothing."""
        objects = store.team.objects
        book = Book(objects, objects.resolve(self.state.ref), store.now_ms())
        return frozenset(self._right(store, book, self.everything(store)))

    def rebuild(self, store: Store) -> int:
        """Make all notes right, whatever was done before; how many changed."""
        self.state.keep(store, (NOWHERE, NOWHERE))
        return self.refresh(store)

    def clean(self, store: Store, notes: Mapping[str, Lines]) -> dict[str, Lines]:
        """Of the lines in `notes`, by commit, those that may stay where two states are joined.

        Of things that are here what they say now, so that what was taken back does not come again
        from whoever still has it; what is said of others, or in somebody's own words, stays.
        """
        named = {name for lines in notes.values() for one in lines if (name := self.about(one))}
        told = {one.entity: one.lines for one in self.read(store, map(ids.tail, sorted(named)))}

        def stays(commit: str, line: bytes) -> bool:
            entity = self.about(line)
            return entity not in told or line in told[entity].get(commit, ())

        return {
            commit: frozenset(line for line in lines if stays(commit, line))
            for commit, lines in notes.items()
        }

    def everything(self, store: Store) -> set[str]:
        """The last parts of the ids of all things of this kind on the data branch."""
        objects = store.team.objects
        return self._tails(tree.files(objects, self._folder(objects, store.team.tree())))

    def _changed(self, store: Store, head: str, there: str) -> set[str]:
        """The last parts of the ids of the things that are to be looked at."""
        old, seen = self.state.last(store)
        objects = store.team.objects
        if NOWHERE in (old, head) or seen != there:
            return self.everything(store)
        try:
            a, b = (self._folder(objects, tree.tree_of(objects, one)) for one in (old, head))
            return self._tails(path for path, _, _ in tree.differences(objects, a, b))
        except Missing:  # what a purge leaves behind
            return self.everything(store)

    def _folder(self, objects: Objects, root: str | None) -> str | None:
        """The folder of all such things in the tree `root`: nothing else need be compared."""
        found = tree.find(objects, root, f"log/{self.kind}")
        return found.oid if found is not None and found.is_tree else None

    def _tails(self, below: Iterable[str]) -> set[str]:
        """The last parts of the ids of the things that the paths `below` the folder are about."""
        found = (paths.parse_segment_path(f"log/{self.kind}/{path}") for path in below)
        return {
            ids.tail(place[0]) for place in found if place and place[0].startswith(f"{self.kind}-")
        }

    def _right(self, store: Store, book: Book, tails: Iterable[str]) -> dict[str, Lines]:
        """What is to be said about each commit on which anything may be wrong."""
        told: dict[str, set[bytes]] = {}
        known = set[str]()
        for one in self.read(store, tails):
            known.add(one.entity)
            for commit, right in one.lines.items():
                told.setdefault(commit, set()).update(right)
        if not known:
            return {}
        size = store.team.objects.hexsz
        there = book.lines({*told, *book.names})
        wrong = {}
        for commit, said in there.items():
            kept = {line for line in said if self.about(line) not in known}
            wanted = note_lines.within(kept | told.get(commit, set()))
            if wanted != said and len(commit) == size:
                wrong[commit] = wanted
        return wrong
