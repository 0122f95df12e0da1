"""The only way in which a program other than git is started: no shell, and all of it bounded."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from git_naturecode import trace
from git_naturecode.errors import INCONCLUSIVE, NaturecodeError

_KEPT = ("PATH", "LANG", "TMPDIR", "TZ")
# What no program is to know that we start for what it can say about texts.
_SECRETS = ("NATURECODE_MEMBER_KEY", "NATURECODE_PASSPHRASE")
_CHUNK = 1 << 16
_GRACE = 0.5  # seconds: what a program leaves running may keep its pipes open
_MOST_SAID = 1 << 16  # bytes of messages


class ProcessFailed(NaturecodeError):
    """A program could not be started, or broke its bounds; `why`: "missing", "time", "size"."""

    code = INCONCLUSIVE

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class Bounds(NamedTuple):
    """What one program may take: `seconds` in all, `size` bytes of what it prints."""

    seconds: float
    size: int


class Ended(NamedTuple):
    """How a program ended: its exit code (negative: the signal), output and messages."""

    status: int
    out: bytes
    err: str


def alone(environ: Mapping[str, str], home: str) -> dict[str, str]:
    """An environment with nothing of the user's but how to find programs; `home` is empty."""
    kept = {name: environ[name] for name in _KEPT if name in environ}
    return {**kept, "HOME": home, "XDG_CONFIG_HOME": home, "LC_ALL": "C.UTF-8"}


def as_the_user(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's own environment, for a program that he has set himself."""
    return {name: value for name, value in environ.items() if name not in _SECRETS}


def run(
    argv: Sequence[str], data: bytes = b"", *, bounds: Bounds, environ: Mapping[str, str], cwd: str
) -> Ended:
    """Run `argv` with `data` on its stdin and wait for its end; raises ProcessFailed."""
    pieces = talk(argv, data, bounds=bounds, environ=environ, cwd=cwd)
    out: list[bytes] = []
    while True:
        try:
            out.append(next(pieces))
        except StopIteration as end:
            status, _, err = end.value
            return Ended(status, b"".join(out), err)


def talk(
    argv: Sequence[str], data: bytes = b"", *, bounds: Bounds, environ: Mapping[str, str], cwd: str
) -> Generator[bytes, None, Ended]:
    """What `argv` prints, as it comes; returns how it ended (`out` is empty).

    It is ended, with all that it started, as soon as nobody listens any more.

    Raises ProcessFailed.
    """
    trace.note("run", argv[0])  # what else stands there may be the user's own business
    try:
        process = subprocess.Popen(
            list(argv), cwd=cwd, env=dict(environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True, bufsize=0,
        )  # fmt: skip
    except OSError as error:
        raise ProcessFailed(f"{argv[0]} cannot be run ({error.strerror})", "missing") from None
    known = _Talk(process, data, bounds, argv[0])
    try:
        err = yield from known.pieces()
        return Ended(process.wait(), b"", err.decode("utf-8", "replace"))
    finally:
        if not known.is_over:
            _end(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


class _Talk:
    """A talk with one process: everything is written and read without waiting for any one pipe."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", data: bytes, bounds: Bounds, name: str
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process, self._name, self._bounds = process, name, bounds
        self._stdin, self._left = process.stdin, memoryview(data)
        self._in = process.stdin.fileno()
        self._out, self._err = process.stdout.fileno(), process.stderr.fileno()
        self._said = bytearray()
        self._size = 0
        self._end = time.monotonic() + bounds.seconds
        self._ended: float | None = None
        self.is_over = False  # it has ended, and nothing that it started can be seen
        os.set_blocking(self._in, False)

    def pieces(self) -> Generator[bytes, None, bytes]:
        """What it prints; returns its messages."""
        open_pipes = {self._out, self._err}
        while open_pipes and not self._lingers():
            ready = self._wait(open_pipes)
            if self._in in ready:
                self._write()
            for pipe in open_pipes & ready:
                chunk = os.read(pipe, _CHUNK)
                if not chunk:
                    open_pipes.discard(pipe)
                elif pipe == self._err:
                    self._said += chunk[: _MOST_SAID - len(self._said)]
                else:
                    yield self._counted(chunk)
        self._wait_for_end()
        self.is_over = not open_pipes
        return bytes(self._said)

    def _wait(self, pipes: set[int]) -> set[int]:
        poll = select.poll()
        for pipe in pipes:
            poll.register(pipe, select.POLLIN | select.POLLHUP)
        if not self._stdin.closed:
            if self._left:
                poll.register(self._in, select.POLLOUT)
            else:
                self._stdin.close()
        pause = min(self._remaining(), _GRACE)
        return {number for number, _ in poll.poll(pause * 1000)}

    def _write(self) -> None:
        try:
            self._left = self._left[os.write(self._in, self._left[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:  # it has read enough
            self._left = self._left[:0]

    def _counted(self, chunk: bytes) -> bytes:
        self._size += len(chunk)
        if self._size > self._bounds.size:
            raise ProcessFailed(f"{self._name} printed more than {self._bounds.size} bytes", "size")
        return chunk

    def _remaining(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise ProcessFailed(
                f"{self._name} was stopped after {self._bounds.seconds:g} seconds", "time"
            )
        return left

    def _lingers(self) -> bool:
        """True when it has ended a while ago, and only what it started holds the pipes."""
        if self._process.poll() is None:
            return False
        self._ended = self._ended or time.monotonic()
        return time.monotonic() - self._ended > _GRACE

    def _wait_for_end(self) -> None:
        try:
            self._process.wait(self._remaining())
        except subprocess.TimeoutExpired:
            self._remaining()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and all that it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
