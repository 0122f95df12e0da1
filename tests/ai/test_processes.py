"""Programs that are started: what they get, what they say, and that they end."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from git_naturecode.ai import processes
from git_naturecode.ai.processes import Bounds, Ended, ProcessFailed

USUAL = Bounds(200, 1 << 20)


def python(code: str, data: bytes = b"", bounds: Bounds = USUAL, **environ: str) -> Ended:
    """Run a little program."""
    argv = [sys.executable, "-S", "-c", "import os, sys, time\n" + code]
    return processes.run(argv, data, bounds=bounds, environ={**os.environ, **environ}, cwd="/")


def test_what_goes_in_and_comes_out() -> None:
    found = python("sys.stdout.write(sys.stdin.read()[::-1]); print('hm', file=sys.stderr)", b"abc")
    assert found == Ended(0, b"cba", "hm\n")


def test_what_is_no_program_is_missing(tmp_path: Path) -> None:
    (tmp_path / "junk").write_bytes(b"\0junk")
    (tmp_path / "junk").chmod(0o755)
    with pytest.raises(ProcessFailed) as failed:
        processes.run([str(tmp_path / "junk")], bounds=USUAL, environ={}, cwd="/")
    assert failed.value.why == "missing"


def test_much_goes_through_both_ways_at_once() -> None:
    data = os.urandom(1 << 19)
    copy = "import shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    assert python(copy, data).out == data


def test_a_program_that_does_not_read(tmp_path: Path) -> None:
    found = python("os.close(0); print('no need'); sys.exit(3)", b"x" * (1 << 20))
    assert (found.status, found.out) == (3, b"no need\n")


def test_words_are_not_for_a_shell(tmp_path: Path) -> None:
    argv = [sys.executable, "-S", "-c", "import sys; print(sys.argv[1:])", "$(touch x); `y` *"]
    found = processes.run(argv, bounds=USUAL, environ=os.environ, cwd=str(tmp_path))
    assert found.out.decode().strip() == "['$(touch x); `y` *']"
    assert not list(tmp_path.iterdir())


def test_too_much_output_ends_it() -> None:
    with pytest.raises(ProcessFailed, match="more than 1000 bytes") as caught:
        python("while True: print('x' * 999)", bounds=Bounds(200, 1000))
    assert caught.value.why == "size"


def test_too_much_time_ends_it_and_all_that_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    code = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = os.fork()\nopen({str(note)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "while True: time.sleep(60)"
    )
    with pytest.raises(ProcessFailed, match="stopped after") as caught:
        python(code, bounds=Bounds(1.5, 1000))
    assert caught.value.why == "time"
    for line in note.read_text().split() if note.exists() else []:
        with pytest.raises(ProcessLookupError):
            _wait_for_end(int(line))


def _wait_for_end(process: int) -> None:
    """Raises ProcessLookupError once it is gone (an orphan is reaped by whoever adopted it)."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text()
        except FileNotFoundError:
            raise ProcessLookupError from None
        if state.rpartition(")")[2].split()[0] == "Z":
            raise ProcessLookupError
        time.sleep(0.01)


def test_what_it_leaves_running_does_not_hold_us() -> None:
    code = (
        "child = os.fork()\nif not child: time.sleep(600)\nprint('done', flush=True); os._exit(0)"
    )
    assert python(code).out == b"done\n"


def test_one_that_is_killed() -> None:
    assert python(f"os.kill(os.getpid(), {signal.SIGKILL})").status == -signal.SIGKILL


def test_one_that_is_not_there(tmp_path: Path) -> None:
    for name in ("no-such-program-anywhere", str(tmp_path), str(tmp_path / "x" / "y")):
        with pytest.raises(ProcessFailed) as caught:
            processes.run([name], bounds=USUAL, environ=os.environ, cwd="/")
        assert caught.value.why == "missing"


def test_whoever_listens_may_stop() -> None:
    argv = [sys.executable, "-S", "-c", "while True: print('x' * 99, flush=True)"]
    pieces = processes.talk(argv, bounds=USUAL, environ=os.environ, cwd="/")
    assert next(pieces)
    pieces.close()


def test_what_a_program_may_know(tmp_path: Path) -> None:
    own = {
        "PATH": "/bin", "HOME": "/home/ada", "NATURECODE_MEMBER_KEY": "k", "LANG": "de",
        "NATURECODE_PASSPHRASE": "p", "OPENAI_API_KEY": "o",
    }  # fmt: skip
    alone = processes.alone(own, str(tmp_path))
    assert alone["HOME"] == str(tmp_path)
    assert not {"OPENAI_API_KEY", "NATURECODE_MEMBER_KEY"}.intersection(alone)
    his = processes.as_the_user(own)
    assert his["HOME"] == "/home/ada"
    assert not {"NATURECODE_MEMBER_KEY", "NATURECODE_PASSPHRASE"}.intersection(his)


def test_the_trace_names_the_program_and_not_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_NATURECODE_TRACE", str(tmp_path / "trace"))
    python("pass # canary")
    told = (tmp_path / "trace").read_text()
    assert sys.executable in told
    assert "canary" not in told
