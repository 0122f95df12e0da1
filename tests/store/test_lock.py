"""One process drains at a time, and a dead one holds nothing up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from git_naturecode.store.lock import hold

HOLDER = """
import sys
from git_naturecode.store.lock import hold
with hold(sys.argv[1], 0):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock."""
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_one_is_told_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "state/lock")
    with hold(path, 0) as first, hold(path, 0) as second:
        assert first
        assert not second
    with hold(path, 0) as again:
        assert again


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    process = holder(tmp_path / "lock")
    with hold(str(tmp_path / "lock"), 0.05) as held:
        assert not held
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with hold(str(tmp_path / "lock"), 0) as held:
        assert held


def test_waiting_ends_when_the_other_one_does(tmp_path: Path) -> None:
    process = holder(tmp_path / "lock")
    process.kill()
    with hold(str(tmp_path / "lock"), 60) as held:
        assert held
    process.communicate()
