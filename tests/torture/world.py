"""Five clones, two remotes, the roads between them, and the diary of what was run."""

import json
import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import expected
from .ledger import Ledger
from .plan import CLONES, Step
from .proxy import Daemon, Proxy
from .record import BRANCH, Key, Reader, State
from .runner import ROOT, Done, Runner

REMOTES = ("origin", "second")
_DISK = "2g"
_OUTBOX = "refs/naturecode/outbox/"
_DAY = 86_400.0
# How each clone reaches git and how wrong its clock is, in seconds.
_WAYS = ("program", "library", "", "library", "program")
_SKEWS = (0.0, 0.0, -3_000.0, 10 * 365 * _DAY, -10 * 365 * _DAY)

# What git says one should remove by hand when no git is at work: killed ones leave them.
_GIT_LOCKS = ("packed-refs.lock", "config.lock", "shallow.lock", "index.lock")
# Two of them have two clones, each with a device key of its own.
_PEOPLE = ("ada", "ben", "cleo", "ada", "ben")


class Broken(Exception):
    """The program did what it must not do."""


@dataclass
class Place:
    """One of the five clones."""

    number: int
    path: Path
    way: str
    skew: float
    env: dict[str, str]
    disk: Path | None = None

    @property
    def git_dir(self) -> Path:
        """Its repository."""
        return self.path / ".git"

    @property
    def state(self) -> Path:
        """Where the program keeps what is not shared."""
        return self.git_dir / "naturecode"

    @property
    def private(self) -> Path:
        """Its private repository, where there is one."""
        return self.state / "private.git"


@dataclass
class Window:
    """A fault and the time in which it could be felt."""

    name: str
    clone: int
    begun: float
    ended: float = float("inf")


@dataclass
class World:
    """Everything of one run."""

    folder: Path
    mutant: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    windows: list[Window] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    commands: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._mending = threading.RLock()
        self.hosts = [threading.Lock() for _ in REMOTES]  # held by who changes a remote for a while
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = self._environment()
        self.reader = Reader(self.env)
        self.remotes = [self.folder / "remotes" / f"hub{number}.git" for number in range(2)]
        (self.folder / "remotes").mkdir()
        for remote in self.remotes:
            self.make_remote(remote)
        self.daemon = Daemon(self.folder / "remotes", self.env)
        self.proxy = Proxy(self.daemon.port)
        self.runner = Runner(self.folder, self.env, self.mutant)
        self.diary = open(self.folder / "diary.jsonl", "a", encoding="utf-8")  # noqa: SIM115
        self.clones = [self._place(number) for number in range(CLONES)]
        for place in self.clones:
            self.make_clone(place)

    def _environment(self) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir()
        (home / ".gitconfig").write_text(
            "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
            "[protocol]\n\tfile = always\n[gc]\n\tauto = 0\n[advice]\n\tdetachedHead = false\n"
            "[safe]\n\tdirectory = *\n"
        )
        return {
            "PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "false", "GIT_PAGER": "cat",
            "LANG": "C.UTF-8", "NO_COLOR": "1", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1",
            "GIT_CEILING_DIRECTORIES": str(self.folder.parent), "NATURECODE_BACKGROUND": "0",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def _place(self, number: int) -> Place:
        person = _PEOPLE[number]
        env = {**self.env, "GIT_AUTHOR_EMAIL": f"{person}@example.com"}
        env["XDG_CONFIG_HOME"] = str(self.folder / "home" / f"config{number}")
        if _WAYS[number]:
            env["NATURECODE_GIT"] = _WAYS[number]
        parent, disk = self.folder, None
        if number == CLONES - 1 and (small := self._small_disk()):
            parent = disk = small
        return Place(
            number, parent / f"c{number}", _WAYS[number], _SKEWS[number], env, disk
        )  # fmt: skip

    def _small_disk(self) -> Path | None:
        """A file system that can be made full; None where nobody may mount one."""
        folder = self.folder / "disk"
        folder.mkdir()
        argv = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)]
        if os.geteuid() or subprocess.run(argv, check=False, capture_output=True).returncode:
            return None
        return folder

    def resize(self, disk: Path, kib: int | None = None) -> None:
        """Leave `kib` KiB of room on the small disk, or all of it."""
        size = _DISK
        if kib is not None:
            used = shutil.disk_usage(disk).used
            size = f"{used // 1024 + kib}k"
        subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=False)

    # -- making things ---------------------------------------------------------------------------

    def plain(self, *args: str, cwd: Path | None = None) -> str:
        """Git for the scenery; raises AssertionError when it fails."""
        done = subprocess.run(
            ["git", *args], cwd=cwd or self.folder, env=self.env, capture_output=True, check=False
        )
        assert done.returncode == 0, (args, done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "surrogateescape")

    def make_remote(self, path: Path) -> None:
        """A bare repository with one commit on main."""
        self.plain("init", "-q", "--bare", str(path))
        tree = self.plain(f"--git-dir={path}", "mktree", cwd=Path("/"))
        commit = self.plain(f"--git-dir={path}", "commit-tree", tree.strip(), "-m", "first").strip()
        self.plain(f"--git-dir={path}", "update-ref", "refs/heads/main", commit)

    def address(self, remote: int) -> str:
        """The first remote is a folder, the second stands behind the proxy."""
        if remote == 0:
            return f"file://{self.remotes[0]}"
        return f"git://127.0.0.1:{self.proxy.port}/{self.remotes[1].name}"

    def make_clone(self, place: Place, *args: str) -> None:
        """A fresh clone of the first remote, set up; `args` go to `git clone`."""
        shutil.rmtree(place.path, ignore_errors=True)
        self.plain("clone", "-q", *args, self.address(0), str(place.path))
        self.plain("remote", "add", REMOTES[1], self.address(1), cwd=place.path)
        self.plain("config", "naturecode.timeout", "20", cwd=place.path)
        done = self.program(0, place, ["init"])
        if done.code:
            raise Broken(f"init: {done.err}")

    # -- running ---------------------------------------------------------------------------------

    def program(
        self, step: Step | int, place: Place, argv: Sequence[str], text: str | None = None,
        background: bool = False,
    ) -> Done:  # fmt: skip
        """Run the program in `place` as `step` says, and judge its exit code.

        `background` lets it start what nobody waits for, as it does for everybody; a step does so
        now and then, so that the foreground is tried alone, too.
        """
        number = step if isinstance(step, int) else step.number
        kill, delay, fresh = ("", 0.0, False)
        if isinstance(step, Step):
            kill, delay, fresh = step.kill, step.delay, step.fresh
            background = step.pick % 8 == 0
        env = {**place.env, "NATURECODE_BACKGROUND": str(int(background))}
        done = self.runner.program(
            argv, place.path, env, number, text, place.skew, fresh, kill, delay
        )
        self.note(number, done)
        self.count("commands")
        if done.killed:
            self.count(f"kill {done.killed}")
        self._judge(number, place, done)
        return done

    def git(self, step: Step, place: Place, *args: str) -> Done:
        """Plain git in `place`, killed if `step` says so; its failures are the person's."""
        done = self.runner.git(args, place.path, place.env, step.number, step.kill, step.delay)
        self.note(step.number, done)
        self.count("plain git")
        if done.killed:
            self.count("kill git itself")
        return done

    def _judge(self, number: int, place: Place, done: Done) -> None:
        if done.killed == "hang":
            self.fail(f"step {number}: {' '.join(done.argv)} hangs in {place.path.name}")
            return
        if done.code == 0:
            return
        felt = self.felt(place.number, done.begun, done.ended)
        if done.killed:
            felt.add("killed")
        why = expected.refusal(done, felt)
        verb = " ".join(done.argv[:2] if done.argv[0] == "session" else done.argv[:1])
        if why is None:
            self.fail(
                f"step {number}: {verb} in {place.path.name}: exit {done.code}: {done.err.strip()}"
                f"\n    faults: {sorted(felt)}"
            )
        else:
            with self._lock:
                self.refusals[f"{verb}: {why}"] += 1
            if why == "repair":
                self.mend(number, place, done.err)

    def mend(self, number: int, place: Place, err: str) -> None:
        """Do what the hint says when git threw the newest commit away: one way or the other."""
        with self._mending:
            argv = ["ls-tree", "-r", "--full-tree", BRANCH]
            if self.runner.git(argv, place.path, place.env, number).code == 0:
                return  # somebody was faster, and what he has written since must stay
            self.count("repairs")
            found = expected.REPAIR.search(err)
            if "doctor" in self.commands and self.counts["repairs"] % 2:
                self.program(number, place, ["doctor", "--fix"])
            elif found:
                argv = found[1].split(" ")[1:]
                self.note(number, self.runner.git(argv, place.path, place.env, number))

    # -- keeping track ---------------------------------------------------------------------------

    def fail(self, what: str) -> None:
        """The program did what it must not do; the run ends."""
        with self._lock:
            self.failures.append(what)

    def count(self, what: str, number: int = 1) -> None:
        """One more of those."""
        with self._lock:
            self.counts[what] += number

    def note(self, number: int, done: Done) -> None:
        """Write a command into the diary."""
        line = {
            "step": number, "clone": done.clone, "argv": [a[:300] for a in done.argv],
            "code": done.code, "killed": done.killed, "begun": round(done.begun, 3),
            "took": round(done.ended - done.begun, 3), "out": done.out[-600:],
            "err": done.err[-1200:],
        }  # fmt: skip
        self._write(line)

    def event(self, number: int, what: str) -> None:
        """Write something else into the diary."""
        self._write({"step": number, "event": what, "at": time.time()})

    def _write(self, line: dict[str, object]) -> None:
        with self._lock:
            self.diary.write(json.dumps(line) + "\n")
            self.diary.flush()

    def open_window(self, name: str, clone: int = -1) -> Window:
        """From now on the fault `name` may be felt (in one clone, or -1: everywhere)."""
        window = Window(name, clone, time.time())
        with self._lock:
            self.windows.append(window)
        self.count(f"fault {name}")
        return window

    def felt(self, clone: int, begun: float, ended: float) -> set[str]:
        """The faults that a command between these times may have felt."""
        with self._lock:
            return {
                one.name for one in self.windows
                if one.clone in (-1, clone) and one.begun <= ended and one.ended >= begun
            }  # fmt: skip

    # -- what is where ---------------------------------------------------------------------------

    def held(self, place: Place) -> tuple[set[str], set[Key]]:
        """(tokens, keys) that a clone has on its team's side, drained or waiting."""
        branch = self.healed(place)
        spool = self.reader.spool(place.state, "team")
        return branch.tokens() | spool.tokens(), branch.keys() | spool.keys()

    def healed(self, place: Place) -> State:
        """The branch of a clone; where `gc --prune=now` broke it, after the repair that is told."""
        for _ in range(3):
            try:
                return self.reader.branch(place.git_dir, BRANCH)
            except AssertionError:
                if "prune" not in self.felt(place.number, 0, time.time()):
                    raise
                self.program(0, place, ["session", "list", "--json"])
        return self.reader.branch(place.git_dir, BRANCH)

    def held_remote(self, remote: Path) -> tuple[set[str], set[Key]]:
        """The same of a remote: its data branch and its outboxes."""
        refs = [BRANCH, *(ref for ref in self.reader.refs(remote) if ref.startswith(_OUTBOX))]
        states = [self.reader.branch(remote, ref) for ref in refs]
        tokens, keys = set[str](), set[Key]()
        for state in states:
            tokens |= state.tokens()
            keys |= state.keys()
        return tokens, keys

    def quiet(self) -> None:
        """Wait until nothing runs."""
        if not self.runner.quiet(300):
            raise Broken("a process of the program does not end")
        for place in self.clones:
            for name in _GIT_LOCKS:
                with suppress(FileNotFoundError):
                    (place.git_dir / name).unlink()
                    self.count("locks of git that a person removed")

    def close(self, keep: bool) -> None:
        """Take everything down again; the folder stays if `keep`."""
        self.runner.close()
        self.proxy.close()
        self.daemon.close()
        self.diary.close()
        disk = self.clones[-1].disk if len(self.__dict__.get("clones", [])) == CLONES else None
        if disk:
            if keep:
                shutil.copytree(disk, self.folder / "disk-kept", symlinks=True)
            subprocess.run(["umount", str(disk)], check=False)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
