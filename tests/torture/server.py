"""The fork server: a process with the program loaded that forks once per command.

Lines of JSON come in ({id, argv, cwd, env, out, err, text, skew}) and go out ({id, pid}, then
{id, status}); see runner.py for the other side. A mutant named in TORTURE_MUTANT is put in place
here, so that the product knows nothing of it.
"""

import gc
import json
import os
import selectors
import signal
import sys
from typing import Any

_LOADED = (
    "git_naturecode.__main__", "git_naturecode.cli.app", "git_naturecode.cli.session",
    "git_naturecode.cli.clone", "git_naturecode.cli.session_share", "git_naturecode.sync",
    "git_naturecode.redact", "git_naturecode.importing", "git_naturecode.sharing",
    "git_naturecode.kb.views", "git_naturecode.kb.shown", "git_naturecode.kb.taking_in",
    "git_naturecode.kb.put_back", "git_naturecode.cli.kb_opened", "git_naturecode.cli.kb_taken",
    "git_naturecode.render.kb", "git_naturecode.teaming.gate",
    "git_naturecode.git.library", "git_naturecode.crypto.keys", "git_naturecode.store.bulk",
    "git_naturecode.render.session", "git_naturecode.setup", "git_naturecode.status",
)  # fmt: skip


def main() -> None:
    """Serve until the input ends."""
    _preload()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.set_blocking(reading, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    waiting = selectors.DefaultSelector()
    waiting.register(0, selectors.EVENT_READ)
    waiting.register(reading, selectors.EVENT_READ)
    running: dict[int, Any] = {}
    rest = b""
    while True:
        for key, _ in waiting.select():
            if key.fd == 0:
                data = os.read(0, 1 << 20)
                if not data:
                    return
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    asked = json.loads(line)
                    process = _fork(asked)
                    running[process] = asked["id"]
                    _tell(id=asked["id"], pid=process)
            else:
                os.read(reading, 1 << 16)
        _reap(running)


def _preload() -> None:
    import importlib
    from contextlib import suppress

    for name in _LOADED:
        with suppress(ModuleNotFoundError):
            importlib.import_module(name)
    if mutant := os.environ.get("TORTURE_MUTANT"):
        from . import mutants

        mutants.MUTANTS[mutant]()
    gc.collect()
    gc.freeze()


def _reap(running: dict[int, Any]) -> None:
    while running:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        if process in running:
            _tell(id=running.pop(process), status=os.waitstatus_to_exitcode(status))


def _tell(**said: Any) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


def _fork(asked: dict[str, Any]) -> int:
    process = os.fork()
    if process:
        return process
    code = 255
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _redirect(asked)
        code = _run(asked)
    except BaseException:  # nothing of the program's: it lets nothing out
        import traceback

        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _redirect(asked: dict[str, Any]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, path in ((1, asked["out"]), (2, asked["err"])):
        os.dup2(os.open(path, flags, 0o600), number)
    os.dup2(os.open(asked["text"] or os.devnull, os.O_RDONLY), 0)
    os.closerange(3, 256)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])


def _run(asked: dict[str, Any]) -> int:
    from git_naturecode.__main__ import run

    sys.argv = ["git-naturecode", *asked["argv"]]
    if asked["skew"]:
        _skew(int(asked["skew"] * 1000))
    code = run(asked["argv"])
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _skew(ms: int) -> None:
    """Let the clock of this process go wrong; that of the file system goes with it."""
    from git_naturecode import clock
    from git_naturecode.cli import context
    from git_naturecode.store import spool

    right, drop = context.current, spool._drop_older
    system = clock.system_ms

    def current(quiet: bool = False) -> context.Context:
        made = right(quiet)
        made.now_ms = lambda: system() + ms
        return made

    def drop_older(path: str, before_ms: int) -> None:
        drop(path, before_ms - ms)

    context.current = current
    spool._drop_older = drop_older


if __name__ == "__main__":
    main()
