"""Running commands as real processes: forked from the server, fresh, or plain git; and killing."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 240.0  # seconds after which a command hangs
MARK, STEP = "TORTURE_RUN", "TORTURE_STEP"


@dataclass(frozen=True)
class Done:
    """One command that has ended; `code` is negative when a signal ended it."""

    argv: tuple[str, ...]
    clone: str
    code: int
    out: str
    err: str
    begun: float
    ended: float
    killed: str = ""

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


@dataclass
class _Asked:
    begun: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    pid: int = 0
    code: int = 255


class Runner:
    """Starts commands; each carries the mark of this run and of its step in its environment."""

    def __init__(self, folder: Path, env: Mapping[str, str], mutant: str = "") -> None:
        self.folder = folder / "out"
        self.folder.mkdir()
        self.mark = f"{os.getpid()}-{time.time_ns()}"
        self.mutant = mutant
        self._lock = threading.Lock()
        self._asked: dict[int, _Asked] = {}
        self._number = 0
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.server"], stdin=subprocess.PIPE, cwd=ROOT,
            stdout=subprocess.PIPE, env={**env, "TORTURE_MUTANT": mutant},
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def program(
        self, argv: Sequence[str], cwd: Path, env: Mapping[str, str], step: int,
        text: str | None = None, skew: float = 0.0, fresh: bool = False, kill: str = "",
        delay: float = 0.0,
    ) -> Done:  # fmt: skip
        """Run `git-naturecode ARGV`; `text` is its input, `skew` seconds its clock is ahead."""
        place = self.folder / f"{step}-{self._next()}"
        environ = {**env, MARK: self.mark, STEP: f"{self.mark}/{place.name}"}
        if text is not None:
            place.with_suffix(".in").write_bytes(text.encode())
        start = self._fresh if fresh and not self.mutant else self._forked
        begun = time.time()
        asked = start(argv, cwd, environ, place, skew, text is not None)
        struck = self._kill(asked, environ[STEP], kill, delay) if kill else ""
        if not asked.ended.wait(PATIENCE):
            struck = "hang"
            self.kill_all(environ[STEP])
            asked.ended.wait(60)
        out, err = (_read(place.with_suffix(end)) for end in (".out", ".err"))
        for end in (".in", ".out", ".err"):
            place.with_suffix(end).unlink(missing_ok=True)
        return Done(tuple(argv), cwd.name, asked.code, out, err, begun, time.time(), struck)

    def git(
        self, argv: Sequence[str], cwd: Path, env: Mapping[str, str], step: int, kill: str = "",
        delay: float = 0.0,
    ) -> Done:  # fmt: skip
        """Run plain `git ARGV`."""
        mark = f"{self.mark}/g{step}-{self._next()}"
        begun = time.time()
        process = subprocess.Popen(
            ["git", *argv], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**env, MARK: self.mark, STEP: mark},
            start_new_session=True,
        )  # fmt: skip
        if kill:
            time.sleep(delay)
            self.kill_all(mark)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            kill = "hang"
            self.kill_all(mark)
            out, err = process.communicate()
        said, told = (one.decode("utf-8", "surrogateescape") for one in (out, err))
        argv = ("git", *argv)
        return Done(
            argv, cwd.name, process.returncode, said, told, begun, time.time(), kill
        )  # fmt: skip

    def _next(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def _forked(
        self, argv: Sequence[str], cwd: Path, env: dict[str, str], place: Path, skew: float,
        has_text: bool,
    ) -> _Asked:  # fmt: skip
        number, asked = self._next(), _Asked()
        line = {
            "id": number, "argv": list(argv), "cwd": str(cwd), "env": env, "skew": skew,
            "out": f"{place}.out", "err": f"{place}.err",
            "text": f"{place}.in" if has_text else "",
        }  # fmt: skip
        with self._lock:
            self._asked[number] = asked
            assert self._server.stdin is not None
            self._server.stdin.write(json.dumps(line).encode() + b"\n")
            self._server.stdin.flush()
        asked.begun.wait(PATIENCE)
        return asked

    def _fresh(
        self, argv: Sequence[str], cwd: Path, env: dict[str, str], place: Path, skew: float,
        has_text: bool,
    ) -> _Asked:  # fmt: skip
        asked = _Asked()
        source = f"{place}.in" if has_text else os.devnull
        with (
            open(source) as text,
            open(f"{place}.out", "wb") as out,
            open(f"{place}.err", "wb") as e,
        ):
            process = subprocess.Popen(
                [sys.executable, "-m", "git_naturecode", *argv], cwd=cwd, env=env, stdin=text,
                stdout=out, stderr=e, start_new_session=True,
            )  # fmt: skip
        asked.pid = process.pid

        def wait() -> None:
            asked.code = process.wait()
            asked.ended.set()

        threading.Thread(target=wait, daemon=True).start()
        return asked

    def _listen(self) -> None:
        assert self._server.stdout is not None
        for line in self._server.stdout:
            said = json.loads(line)
            with self._lock:
                asked = self._asked[said["id"]]
                if "status" in said:
                    del self._asked[said["id"]]
            if "pid" in said:
                asked.pid = said["pid"]
                asked.begun.set()
            else:
                asked.code = said["status"]
                asked.ended.set()

    def _kill(self, asked: _Asked, mark: str, kind: str, delay: float) -> str:
        if asked.ended.wait(delay):
            return ""
        if kind == "program":
            with suppress(ProcessLookupError):
                os.kill(asked.pid, signal.SIGKILL)
            return kind
        victims = self.marked(mark)
        if kind == "git":
            victims = (
                [random.choice(one)] if (one := [p for p in victims if p != asked.pid]) else []
            )
        for process in victims:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return kind if victims else ""

    def marked(self, mark: str) -> list[int]:
        """The processes that carry `mark` (of a step, or the one of the run)."""
        wanted = mark.encode()
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with suppress(OSError):
                    if wanted in Path("/proc", name, "environ").read_bytes():
                        found.append(int(name))
        return found

    def kill_all(self, mark: str) -> None:
        """kill -9 whoever carries `mark`."""
        for process in self.marked(mark):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def quiet(self, seconds: float = 120.0) -> bool:
        """Wait until nothing that was started here runs any more."""
        deadline = time.monotonic() + seconds
        while self.marked(self.mark):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def close(self) -> None:
        """End the server and whatever still runs."""
        self.kill_all(self.mark)
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(PATIENCE)
        self._listener.join(60)
        assert self._server.stdout is not None
        self._server.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
