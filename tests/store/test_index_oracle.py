"""Whatever is written, synced, killed and destroyed: lists and searches say what was done.

The oracle is the list of deeds, folded naively; it reads neither logs nor index.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.kinds import SESSION, open_index
from git_naturecode.store.entry import Draft
from git_naturecode.store.index import Index
from git_naturecode.store.store import PRIVATE, TEAM, Store
from seeds import SEED


@dataclass(frozen=True)
class Deed:
    """One thing done: about which session, what, to which entry, with which word."""

    number: int
    session: str
    what: str
    target: str
    word: str
    side: str = TEAM


@dataclass
class Place:
    """A clone and the deeds that are known in it."""

    clone: Clone
    known: set[Deed] = field(default_factory=set)

    def sessions(self) -> dict[str, dict[str, str]]:
        """Session -> entry (or "title") -> word, of all that is not hidden or deleted."""
        found: dict[str, dict[str, str]] = {}
        hidden = {deed.target for deed in self.known if deed.what == "redact"}
        gone = {deed.session for deed in self.known if deed.what == "delete"}
        for deed in sorted(self.known, key=lambda deed: deed.number):
            texts = found.setdefault(deed.session, {})
            if deed.session not in gone and deed.what in ("start", "say", "edit"):
                texts[deed.target] = deed.word
        for texts in found.values():
            for name in hidden:
                texts.pop(name, None)
        return found


class World:
    """Two clones and a hub, and everything that was ever done."""

    def __init__(self, box: Box, rng: random.Random) -> None:
        hub = box.remote()
        self.rng = rng
        self.places = [Place(box.clone(hub, name)) for name in ("ada", "ben")]
        self.shared: set[Deed] = set()
        self.numbers = iter(range(1_000_000))
        self.deeds: list[tuple[Place, Deed]] = []
        self.edits: dict[str, list[str]] = {}

    def step(self) -> str:
        """Do something at random; what it was."""
        place = self.rng.choice(self.places)
        name = self.rng.choice(
            ["start", "say", "say", "say", "edit", "redact", "delete", "sync", "destroy", "kill"]
        )
        getattr(self, name)(place)
        return f"{name} in {place.clone.path.name}"

    def write(self, place: Place, side: str, session: str, draft: Draft) -> str:
        with place.clone.store() as store:
            entry = store.write(side, session, [draft])[0]
            store.settle(5.0)
        return entry.id

    def do(self, place: Place, what: str, draft: Draft, **more: str) -> None:
        number = next(self.numbers)
        known = {"target": "", "side": TEAM, **more}
        entry = self.write(place, known["side"], known["session"], draft)
        target = known["target"] or entry
        deed = Deed(number, known["session"], what, target, known["word"], known["side"])
        place.known.add(deed)
        self.deeds.append((place, deed))
        if what == "edit":
            self.edits.setdefault(target, []).append(entry)

    def start(self, place: Place) -> None:
        word = f"title{next(self.numbers)}"
        alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
        tail = "".join(self.rng.choice(alphabet) for _ in range(8))
        draft = Draft("open", {"title": word, "visibility": "team"}, clean=True)
        side = self.rng.choice([TEAM, TEAM, PRIVATE])
        session = f"session-20261122-{tail}"
        self.do(place, "start", draft, session=session, target="title", word=word, side=side)

    def say(self, place: Place) -> None:
        for deed in self.some(place, "start"):
            word = f"word{next(self.numbers)}"
            draft = Draft("message", {"role": "user"}, f"so {word} it is", clean=True)
            self.do(place, "say", draft, session=deed.session, word=word, side=deed.side)

    def edit(self, place: Place) -> None:
        for deed in self.some(place, "say"):
            word = f"edited{next(self.numbers)}"
            fields = {"target": deed.target, "over": list(self.edits.get(deed.target, []))}
            draft = Draft("edit", fields, f"rather {word}", clean=True)
            self.do(place, "edit", draft, session=deed.session, target=deed.target, word=word,
                    side=deed.side)  # fmt: skip

    def redact(self, place: Place) -> None:
        for deed in self.some(place, "say"):
            draft = Draft("redact", {"target": deed.target}, clean=True)
            self.do(place, "redact", draft, session=deed.session, target=deed.target, word="",
                    side=deed.side)  # fmt: skip

    def delete(self, place: Place) -> None:
        if self.rng.random() < 0.3:
            for deed in self.some(place, "start"):
                draft = Draft("delete", {}, clean=True)
                self.do(place, "delete", draft, session=deed.session, word="", side=deed.side)

    def some(self, place: Place, what: str) -> Iterator[Deed]:
        """A deed of this clone's own: what two change at once is another test's business."""
        own = [deed for by, deed in self.deeds if by is place and deed.what == what]
        if own:
            yield self.rng.choice(own)

    def sync(self, place: Place) -> None:
        place.clone.nc("sync")
        self.shared |= {deed for deed in place.known if deed.side == TEAM}
        place.known |= self.shared

    def destroy(self, place: Place) -> None:
        path = place.clone.path / ".git/naturecode/index.db"
        if not path.exists():
            return
        how = self.rng.randrange(5)
        size = path.stat().st_size
        if how == 0:
            for name in path.parent.glob("index.db*"):
                name.unlink()
        elif how == 1:
            os.truncate(path, self.rng.randrange(size + 1))
        elif how == 2:
            path.write_bytes(b"")
        elif how == 3:
            with path.open("r+b") as file:
                file.seek(self.rng.choice([0, 4096]))
                file.write(b"\xff" * 4096)
        else:
            path.with_name("index.db-wal").write_bytes(b"rubbish" * 100)

    def kill(self, place: Place) -> None:
        """A process that fills the index is killed, somewhere."""
        process = os.fork()
        if not process:
            try:
                with place.clone.store() as store:
                    while True:
                        path = Path(store.state_dir, "index.db")
                        path.unlink(missing_ok=True)
                        _filled(store, 1).close()
            finally:
                os._exit(0)
        time.sleep(self.rng.random() * 0.05)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)

    def check(self) -> None:
        """Every clone's index says what its deeds add up to."""
        for place in self.places:
            with place.clone.store(many=self.rng.random() < 0.5) as store:
                index = _filled(store, self.rng.choice([1, 100]))
                try:
                    _agrees(index, place.sessions(), self.deeds)
                finally:
                    index.close()


def _filled(store: Store, segments: int) -> Index:
    index = open_index(store)
    index.refresh()
    while index.fill(segments):
        pass
    return index


def _agrees(
    index: Index, expected: dict[str, dict[str, str]], deeds: list[tuple[Place, Deed]]
) -> None:
    page = index.page(SESSION, limit=3)
    every = index.page(SESSION)
    assert page.total == every.total == len(expected) == index.count(SESSION)
    assert page.rows == every.rows[:3]
    times = [row["updatedAt"] for row in every.rows]
    assert times == sorted(times, reverse=True)
    assert {row["id"] for row in every.rows} == set(expected)
    assert index.filled() == (len(expected), len(expected))
    there = {word: (s, e) for s, texts in expected.items() for e, word in texts.items()}
    for _, deed in deeds:
        if deed.word:
            hits = [(hit.row["id"], hit.entry) for hit in index.search(SESSION, deed.word, 5)]
            assert hits == ([there[deed.word]] if deed.word in there else []), deed
    for row in every.rows:
        assert index.match(SESSION, row["id"][17:]) == [row["id"]]


def _run(box: Box, seed: int, steps: int) -> None:
    world = World(box, random.Random(seed))
    done = []
    for _ in range(steps):
        done.append(world.step())
        if world.rng.random() < 0.3:
            try:
                world.check()
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {', '.join(done)}: {error}") from error
    world.check()


def test_the_index_says_what_was_done(box: Box) -> None:
    _run(box, SEED, 60)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(SEED, SEED + 20))
def test_the_index_says_what_was_done_for_long(box: Box, seed: int) -> None:
    _run(box, seed, 150)
