"""Four clones and their remotes, driven by a seed: talk, purges, races, faults, copies, backups.

Everything is real: repositories, the git program, sync.
"""

import contextlib
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from box import Box, Clone, Way
from git_naturecode import errors, purging, sync
from git_naturecode.git import remote
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Store
from sync import by_hand

CLONES = 4
SESSION = "session-20260101-00000000"
WEB = "9" * 16
Op = tuple[Any, ...]


@dataclass
class Said:
    """One acknowledged text: a word that stands nowhere else, and its salt."""

    word: str
    salt: str
    id: str
    device: str
    gone: bool = False


def plan(rng: random.Random, remotes: int) -> list[Op]:
    """A course of events; each fault string says what happens to the pushes of that sync."""

    def faults() -> str:
        return "".join(rng.choice("ooordl") for _ in range(4))

    ops: list[Op] = []
    handy = rng.random() < 0.5  # somebody there likes plain git
    for _ in range(rng.randint(8, 22)):
        c, r, k = rng.randrange(CLONES), rng.randrange(remotes), rng.randrange(1000)
        choices: list[Op] = [
            ("write", c), ("drain", c), ("sync", c, r, faults()), ("purge", c, r, k, faults()),
            ("race", c, r, rng.randrange(CLONES), k, faults()), ("copy", c, rng.randrange(CLONES)),
            ("merge", c, r), ("web", r), ("backup", r), ("restore", r), ("outbox", c, r),
            ("shallow", c, r), ("gc", c), ("fetch", c, r),
            ("hand", c, r, rng.choice(by_hand.HOW), rng.randrange(CLONES), k),
            ("back", c, r, rng.choice(by_hand.HOW), rng.randrange(CLONES), k),
        ]  # fmt: skip
        weights = [
            9,
            3,
            7,
            4,
            4,
            0.7,
            0.8,
            0.4,
            0.8,
            0.5,
            1.5,
            0.4,
            0.4,
            1,
            *((9, 5) if handy else (0, 0)),
        ]
        ops += rng.choices(choices, weights)
    return ops


@dataclass
class World:
    """The repositories and what was acknowledged."""

    box: Box
    seed: int
    remotes: int
    clones: list[Clone] = field(default_factory=list)
    hubs: list[Path] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    backups: dict[int, Path] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    forced: list[tuple[set[str], set[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.words = 0
        for number in range(self.remotes):
            self.hubs.append(self.box.remote(f"hub{number}"))
        for number in range(CLONES):
            self.clones.append(self._clone(f"c{number}"))

    def run(self, ops: list[Op]) -> None:
        """Do everything that `ops` say."""
        for op in ops:
            self.counts[op[0]] = self.counts.get(op[0], 0) + 1
            getattr(self, f"_{op[0]}")(*op[1:])

    # -- what people do

    def _write(self, c: int) -> None:
        self.words += 1
        word = f"WORD{self.words:05d}X{self.rng.getrandbits(40):010x}"
        with self._store(c) as store:
            draft = Draft("message", {"role": "user"}, f"text {word} of clone {c}")
            (entry,) = store.write("team", SESSION, [draft])
            header = json.loads(entry.line)
            self.said[word] = Said(word, header["salt"], entry.id, store.device)

    def _drain(self, c: int) -> None:
        with self._store(c) as store:
            store.settle(5.0)

    def _sync(
        self, c: int, r: int, faults: str = "", between: Callable[[], None] | None = None
    ) -> None:
        failing = self._faulty(faults, between)
        with self._store(c) as store, failing, contextlib.suppress(errors.Remote):
            sync.sync(store, f"r{r}", lambda _: None, sleep=lambda _: None)

    def _purge(self, c: int, r: int, k: int, faults: str = "") -> None:
        self._take_out(c, k)
        self._sync(c, r, faults)

    def _take_out(self, c: int, k: int) -> None:
        with self._store(c) as store:
            here = {f.entry.id: f for f in purging._everything(store, lambda _: None) if f.mine}
            known = [one for one in self.said.values() if one.id in here]
            if known:
                one = known[k % len(known)]
                done = purging.take_out(
                    store, purging.named(store, SESSION, [one.id], lambda _: None)
                )
                assert done.purged == 1
                one.gone = True

    def _race(self, c: int, r: int, other: int, k: int, faults: str) -> None:
        """Another clone writes, purges and syncs right before each push of `c`."""
        times = [2]

        def between() -> None:
            if times[0] and other != c:
                times[0] -= 1
                self._write(other)
                if times[0] == k % 2:
                    self._take_out(other, k)
                self._sync(other, r, "")

        if k % 3 == 0:
            self._take_out(c, k + 1)
        self._sync(c, r, faults, between)

    def _outbox(self, c: int, r: int) -> None:
        """Three times others were faster, so that the state goes to the outbox."""
        self._write(c)
        self._sync(c, r, "rrr")

    def _copy(self, c: int, other: int) -> None:
        """`cp -r` of a clone in place of another one, which had nothing that was not shared."""
        if c == other:
            return
        for r in range(self.remotes):
            self._sync(other, r)
        gone, source = self.clones[other], self.clones[c]
        shutil.rmtree(gone.path)
        shutil.copytree(source.path, gone.path, symlinks=True)
        by_hand.forget(gone)
        gone.env.update({k: v for k, v in source.env.items() if k == "XDG_CONFIG_HOME"})

    def _shallow(self, c: int, r: int) -> None:
        """The clone is thrown away and made anew with one commit of history."""
        for one in range(self.remotes):
            self._sync(c, one)
        name = self.clones[c].path.name
        shutil.rmtree(self.clones[c].path)
        self.clones[c] = self._clone(name, r, "--depth=1", "--no-single-branch")

    def _gc(self, c: int) -> None:
        self.clones[c].git("gc", "-q", "--prune=now")

    def _merge(self, c: int, r: int) -> None:
        """Plain `git fetch` and `git merge` of the data branch, and a plain push."""
        clone = self.clones[c]
        self._drain(c)
        spec = "+refs/heads/naturecode:refs/heads/plain"
        if "refs/heads/naturecode" not in clone.git("ls-remote", f"r{r}"):
            return
        clone.git("fetch", "-q", f"r{r}", spec)
        clone.git("checkout", "-q", "--ignore-other-worktrees", "naturecode")
        clone.git("merge", "-q", "--no-edit", "--allow-unrelated-histories", "plain", check=False)
        if clone.git("diff", "--name-only", "--diff-filter=U"):  # a conflict: he gives up
            clone.git("merge", "--abort")
        clone.git("checkout", "-q", "main")
        clone.git("branch", "-q", "-D", "plain")
        clone.git("push", "-q", f"r{r}", "naturecode", check=False)

    def _hand(self, c: int, r: int, how: str, other: int, k: int) -> None:
        """A commit by plain git on top of the branch; now and then it is pushed by plain git."""
        clone = self.clones[c]
        if how == "amend":  # what it replaces is nowhere else, and so it takes that away
            self._sync(c, r)
        self._drain(c)
        by_hand.commit(clone, how, self.clones[other].path, k % 3)
        if k % 2:
            clone.git("push", "-q", f"r{r}", "naturecode", check=False)

    def _back(self, c: int, r: int, how: str, other: int, k: int) -> None:
        """A text is purged that an old index or an old clone still has, and that comes back."""
        self._write(c)
        self._sync(c, r)
        by_hand.renew(self.clones[c])
        if other != c:
            self._sync(other, r)
        self._purge(c, r, k, "")
        self._hand(c, r, how, other, k)

    def _fetch(self, c: int, r: int) -> None:
        self.clones[c].git("fetch", "-q", f"r{r}")

    def _web(self, r: int) -> None:
        """A commit that was made on the host's page, by nobody that we know."""
        hub = Clone(self.hubs[r])
        if not hub.git("for-each-ref", "refs/heads/naturecode"):
            return
        self.words += 1
        word = f"WORD{self.words:05d}X{self.rng.getrandbits(40):010x}"
        salt = f"{self.rng.getrandbits(120):030x}"
        number = self.words
        header = (
            f'{{"at":"2026-01-01T00:00:00.{number % 1000:03d}Z/{number:04d}","by":"web",'
            f'"id":"web{number}","kind":"message","role":"user","salt":"{salt}"}}'
        )
        path = f"log/session/0/0/0/{SESSION}/{WEB}.{number:04d}.md"
        text = (
            f"---\nnaturecode: log/1\nentity: {SESSION}\ndevice: {WEB}\nsegment: {number}\n---\n"
            f"<!-- nc:entry {header} -->\n\n\ntext {word}\n\n"
            f"<!-- nc:end web{number} sha256:{'0' * 16} -->\n\n"
        )
        env = {**os.environ, "GIT_INDEX_FILE": str(self.box.path / "web-index")}

        def git(*args: str, data: str | None = None) -> str:
            return subprocess.run(
                ["git", *args], cwd=hub.path, input=data, env=env, check=True, text=True,
                capture_output=True,
            ).stdout.strip()  # fmt: skip

        git("read-tree", "naturecode")
        blob = git("hash-object", "-w", "--stdin", data=text)
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        commit = git("commit-tree", git("write-tree"), "-p", "naturecode", "-m", "Web edit")
        git("update-ref", "refs/heads/naturecode", commit)
        self.said[word] = Said(word, salt, f"web{number}", WEB)

    def _backup(self, r: int) -> None:
        place = self.box.path / f"backup{r}.git"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.hubs[r], place)
        self.backups[r] = place

    def _restore(self, r: int) -> None:
        """The remote is set back to its backup; what came since is still in the clones."""
        if r in self.backups:
            for c in range(CLONES):  # else nobody may have it any more
                self._sync(c, r)
            shutil.rmtree(self.hubs[r])
            shutil.copytree(self.backups[r], self.hubs[r])

    # -- how it is done

    def _clone(self, name: str, r: int = 0, *args: str) -> Clone:
        path = self.box.path / name
        way = Way("library" if self.rng.random() < 0.5 else "program")
        self.box._git("clone", "-q", *args, f"file://{self.hubs[r]}", str(path))
        keys = self.box.path / f"config-{name}-{len(list(self.box.path.iterdir()))}"
        clone = Clone(path, way, {"GIT_AUTHOR_EMAIL": f"{name}@x", "XDG_CONFIG_HOME": str(keys)})
        for number, hub in enumerate(self.hubs):
            clone.git("remote", "add", f"r{number}", f"file://{hub}")
        clone.git("remote", "remove", "origin")
        clone.nc("init", "--remote", f"r{r}")
        return clone

    @contextlib.contextmanager
    def _store(self, c: int) -> Iterator[Store]:
        with self.clones[c].store(many=self.clones[c].way.name == "library") as store:
            yield store

    @contextlib.contextmanager
    def _faulty(self, faults: str, between: Callable[[], None] | None = None) -> Iterator[None]:
        """Pushes fare as `faults` say: o good, r others were faster, d never sent, l no answer."""
        real, rest = remote.Link.push, list(faults)

        def push(link: remote.Link, refs: list[remote.Push]) -> bool:
            fate = rest.pop(0) if rest else "o"
            if between is not None:
                where, environ = os.getcwd(), dict(os.environ)
                remote.Link.push = real  # type: ignore[method-assign]
                between()
                remote.Link.push = push  # type: ignore[method-assign, assignment]
                os.chdir(where)
                os.environ.clear()
                os.environ.update(environ)
            if fate == "r":
                return False
            if fate == "d":
                raise errors.Remote("gone")
            self._watch(link, refs)
            done = real(link, refs)
            if fate == "l":
                raise errors.Remote("no answer")
            return done

        remote.Link.push = push  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            remote.Link.push = real  # type: ignore[method-assign]

    def _watch(self, link: remote.Link, refs: list[remote.Push]) -> None:
        """Note each push that replaces a branch: which records the old and the new one name."""
        for one in refs:
            if one.ref == "refs/heads/naturecode" and one.lease and one.old and one.new:
                clone = Clone(Path(link.repo.work_tree or ""))
                self.forced.append((_seal(clone, one.old), _seal(clone, one.new)))


def _seal(clone: Clone, commit: str) -> set[str]:
    lines = clone.git("log", "-1", "--format=%B", commit).splitlines()
    found = [line for line in lines if line.startswith("Seal:")]
    return set(found[-1].split()[1:]) if found else set()
