"""Starting the git program: a clean environment, plumbing only, never a shell."""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, NamedTuple

from git_naturecode import trace
from git_naturecode.errors import NaturecodeError, Unsupported
from git_naturecode.git.detached import LOCAL_VARIABLES, detach, foreign_environment

__all__ = [
    "LOCAL_VARIABLES", "GitFailed", "Limits", "Program", "alive", "detach", "foreign_environment",
    "tells_of_full_disk",
]  # fmt: skip
TIMED_OUT, TOO_MUCH = -1, -2  # in place of an exit code
_GRACE = 0.5
_LINGER = 5.0  # seconds: what git leaves running (an ssh master) may keep its pipes open
_PIPE_BYTES = 1 << 20  # what Linux lets everybody have
_TALK_BYTES = 1 << 16  # of answers that are taken at once

# Our own calls run none of the user's hooks nor ours, start no clean-up and no file system monitor.
QUIET = (
    "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
    "-c", "core.fsmonitor=false",
)  # fmt: skip


# What this program is told in secret; neither git nor what git starts (ssh, helpers) needs it.
_SECRETS = ("NATURECODE_MEMBER_KEY", "NATURECODE_PASSPHRASE", "NATURECODE_AI_KEY")

# Of a ref that could not be written git says no reason.
_FULL = ("No space left", "Out of diskspace", "quota exceeded", "couldn't write '")


def tells_of_full_disk(text: str) -> bool:
    """True when git, libgit2 or the system said in `text` that there is no room left."""
    return any(words in text for words in _FULL)


class GitFailed(NaturecodeError):
    """The git program said no; `status` is its exit code and `stderr` what it wrote."""

    def __init__(self, args: Sequence[str], status: int, stderr: str) -> None:
        lines = [line for line in stderr.strip().split("\n") if line]
        # fast-import says what was wrong first, and writes about its crash report after it.
        causes = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:]
        said = causes[-1] if causes else status
        if tells_of_full_disk(stderr):
            super().__init__(f"the disk is full ({said})", "make room and run the command again")
        else:
            while args and args[0] == "-c":
                args = args[2:]
            super().__init__(f"git {args[0] if args else ''} failed: {said}")
        self.status = status
        self.stderr = stderr


class Limits(NamedTuple):
    """What one git process may use.

    `wall` seconds of time for it and all that it started; `cpu` seconds, `file` bytes of one file
    and `memory` bytes of heap for each of them (where the system can); `output` bytes are read of
    what it says. `terminal` lets it ask the person at the terminal.
    """

    wall: float | None = None
    cpu: int | None = None
    file: int | None = None
    memory: int | None = None
    output: int | None = None
    terminal: bool = False


_RECEIVING = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH",
})  # fmt: skip


class Program(NamedTuple):
    """The git program at work in one repository.

    `git_dir` None means: wherever `cwd` and the environment lead, as git itself would find it.
    `as_the_user` runs his hooks, and all else that git does of itself. `receiving`: also what is
    being pushed, and not accepted yet, is seen, as in a hook of git's.
    """

    cwd: str
    git_dir: str | None
    environ: Mapping[str, str]
    as_the_user: bool = False
    receiving: bool = False

    def __repr__(self) -> str:
        return f"Program({self.cwd!r}, {self.git_dir!r})"  # an environment may hold secrets

    def run(
        self, *args: str, data: bytes | None = None, check: bool = True,
        extra: Mapping[str, str] | None = None, limits: Limits | None = None,
        hear: Callable[[bytes], None] | None = None,
    ) -> tuple[int, bytes, str]:  # fmt: skip
        """Run `git ARGS`; give its exit code, its output and its messages.

        With limits for its output, `hear` gets each piece of its messages as it comes.

        Raises GitFailed when `check` and the exit code is not 0, Unsupported without git.
        """
        argv = self.argv(*args)
        trace.note("git", " ".join(args))
        limits = limits or Limits()
        process = _start(argv, self.cwd, self.env(extra), limits)
        try:
            out, err = _talk(process, data, limits, hear)
        except subprocess.TimeoutExpired:
            _kill(process)
            _shut(process, limits)
            raise GitFailed(args, TIMED_OUT, f"stopped after {limits.wall:g} s") from None
        except BaseException:
            _kill(process)
            raise
        text = err.decode("utf-8", "replace")
        if check and process.returncode:
            raise GitFailed(args, process.returncode, text)
        return process.returncode, out, text

    def text(self, *args: str) -> str:
        """The output of `git ARGS` without the last line break; raises GitFailed."""
        return self.run(*args)[1].decode("utf-8", "surrogateescape").rstrip("\n")

    def open(self, *args: str) -> "subprocess.Popen[bytes]":
        """Start `git ARGS` with pipes for input and output, to talk with it."""
        trace.note("git", " ".join(args))
        process = _start(self.argv(*args), self.cwd, self.env(), Limits(), talk=True)
        _widen(process)
        return process

    def argv(self, *args: str) -> list[str]:
        """The command line of `git ARGS` here."""
        where = [] if self.git_dir is None else [f"--git-dir={self.git_dir}"]
        return ["git", *(() if self.as_the_user else QUIET), *where, *args]

    def env(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment that a child gets."""
        env = dict(self.environ)
        if self.git_dir is not None:
            for name in LOCAL_VARIABLES:
                if not (self.receiving and name in _RECEIVING):
                    env.pop(name, None)
        if self.as_the_user:
            env.update(LANGUAGE="en")  # what git says has to be understood; hooks keep their locale
        else:
            for name in _SECRETS:
                env.pop(name, None)
            env.update(LC_ALL="C", GIT_NO_REPLACE_OBJECTS="1", GIT_OPTIONAL_LOCKS="0")
            env["NATURECODE"] = "0"  # hooks that git finds in its configuration run all the same
        env.update(extra or {})
        return env


def _start(
    argv: list[str], cwd: str, env: dict[str, str], limits: Limits, talk: bool = False
) -> "subprocess.Popen[bytes]":
    # A session of its own, so that all that git starts can be stopped together, and so that
    # nothing asks at a terminal where nobody answers.
    alone = limits.wall is not None and not limits.terminal
    try:
        return subprocess.Popen(
            argv, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if talk else subprocess.PIPE,
            preexec_fn=_restriction(limits), start_new_session=alone,
            bufsize=_TALK_BYTES if talk else -1,
        )  # fmt: skip
    except FileNotFoundError:
        raise Unsupported(
            "the git program is not on the PATH", "install git 2.39 or newer"
        ) from None


def _widen(process: "subprocess.Popen[bytes]") -> None:
    """Let git write its answers ahead of who reads them, where the system can."""
    import fcntl

    if process.stdout is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _restriction(limits: Limits) -> Callable[[], None] | None:
    """What a child does to itself before it becomes git; None when there is nothing to limit."""
    if limits.cpu is limits.file is limits.memory is None:
        return None
    import resource

    wanted = [
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_DATA, limits.memory),
    ]
    chosen = [(what, size) for what, size in wanted if size is not None]

    def restrict() -> None:
        for what, size in chosen:
            hard = resource.getrlimit(what)[1]
            soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
            resource.setrlimit(what, (soft, hard))

    return restrict


def _talk(
    process: "subprocess.Popen[bytes]", data: bytes | None, limits: Limits,
    hear: Callable[[bytes], None] | None,
) -> tuple[bytes, bytes]:  # fmt: skip
    """Send `data`; what the process says until it ends, kept only up to the limit."""
    if limits.output is None:
        return process.communicate(data, timeout=limits.wall)
    assert process.stdin is not None
    heard: tuple[list[bytes], list[bytes]] = ([], [])
    pipes = ((process.stdout, heard[0], None), (process.stderr, heard[1], hear))
    listeners = [
        threading.Thread(target=_listen, args=(pipe, kept, limits.output, told), daemon=True)
        for pipe, kept, told in pipes
    ]
    for listener in listeners:
        listener.start()
    with suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(data or b"")
    _await(process, limits.wall)
    for listener in listeners:
        listener.join(_LINGER)
    out, err = (b"".join(kept) for kept in heard)
    if len(out) > limits.output:
        raise GitFailed((), TOO_MUCH, f"it said more than {limits.output} bytes")
    return out, err


def _await(process: "subprocess.Popen[bytes]", seconds: float | None) -> None:
    """Wait for the end of `process`; raises subprocess.TimeoutExpired after `seconds`.

    Popen.wait with a time looks again up to 50 ms later; Linux tells it at once.
    """
    opened = getattr(os, "pidfd_open", None)
    try:
        descriptor = opened(process.pid) if opened else -1
    except OSError:
        descriptor = -1
    if descriptor < 0:
        process.wait(seconds)
        return
    try:
        ready = select.poll()
        ready.register(descriptor, select.POLLIN)
        if not ready.poll(None if seconds is None else seconds * 1000):
            raise subprocess.TimeoutExpired(process.args, seconds or 0)
    finally:
        os.close(descriptor)
    process.wait()


def _listen(
    pipe: IO[bytes], kept: list[bytes], limit: int, told: Callable[[bytes], None] | None
) -> None:
    """Read `pipe` to its end; what is over the limit is forgotten."""
    size = 0
    with pipe:
        while chunk := pipe.read1(65_536):  # type: ignore[attr-defined]
            if size <= limit:
                kept.append(chunk)
            size += len(chunk)
            if told is not None:
                told(chunk)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End `process` and what it started: asked first, so that git removes its temporary files."""
    group = _own_group(process)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            if group:
                os.killpg(process.pid, sign)
            else:
                process.send_signal(sign)
            process.wait(_GRACE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait()


def _shut(process: "subprocess.Popen[bytes]", limits: Limits) -> None:
    """Close our ends of the pipes of a process that was ended; listeners close theirs."""
    if limits.output is None:
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _own_group(process: "subprocess.Popen[bytes]") -> bool:
    try:
        return os.getpgid(process.pid) == process.pid
    except ProcessLookupError:
        return False


def alive(process: int) -> bool:
    """True when a process with this number is running."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
