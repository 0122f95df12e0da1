"""How far long work is: one line on a terminal, few in a pipe; Ctrl-C once, and twice."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from git_naturecode.cli.context import Context
from git_naturecode.cli.progress import Meter, stoppable
from git_naturecode.importing import Step


class Stream(io.StringIO):
    """A stream that is a terminal or none."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


class Clock:
    """Seconds that pass only when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def told(terminal: bool, seconds: float, steps: int, quiet: bool = False) -> str:
    """What is said about `steps` of one session and 2 MB each, `seconds` apart."""
    err, clock = Stream(terminal), Clock()
    context = Context("/", {}, Stream(False), err, quiet=quiet)
    meter = Meter(context, "session", clock)
    for number in range(steps):
        meter.step(Step(number, steps, number * 2_000_000, steps * 2_000_000, number * 30))
        clock.now += seconds
    meter.done()
    return err.getvalue()


def test_quick_work_says_nothing_in_a_pipe() -> None:
    assert told(False, 0.4, 12) == ""


def test_slow_work_says_a_line_every_five_seconds_in_a_pipe() -> None:
    lines = told(False, 1.0, 12).splitlines()
    assert lines == [
        "5 of 12 sessions, 10.0 of 24.0 MB, 150 entries, 2.0 MB/s, 7 s left",
        "10 of 12 sessions, 20.0 of 24.0 MB, 300 entries, 2.0 MB/s, 2 s left",
    ]


def test_a_terminal_has_one_line_that_is_gone_in_the_end() -> None:
    said = told(True, 0.06, 40)
    assert said.count("\n") == 0
    assert said.count("\r\x1b[K") == 21
    assert said.endswith("\r\x1b[K")
    assert "of 40 sessions" in said


def test_long_times_are_told_in_minutes_and_hours() -> None:
    assert "8 min 0 s left" in told(True, 60, 10).split("\r\x1b[K")[3]
    assert "2 h 40 min left" in told(True, 1200, 10).split("\r\x1b[K")[3]


@pytest.mark.parametrize("terminal", [True, False])
def test_quiet_is_quiet(terminal: bool) -> None:
    assert told(terminal, 10, 5, quiet=True) == ""


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard, whatever the shell has set that the tests were started by."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_who_was_started_to_ignore_an_interruption_does(heard: None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stoppable(lambda: pytest.fail("it was meant for somebody else")) as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert not stop()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_the_first_interruption_is_a_question_the_second_is_not(heard: None) -> None:
    before = signal.getsignal(signal.SIGINT)
    said: list[str] = []
    with stoppable(lambda: said.append("stopping")) as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert said == ["stopping"]
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_cannot_be_interrupted() -> None:
    answers: list[bool] = []

    def work() -> None:
        with stoppable(lambda: None) as stop:
            answers.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == [False]


AT_THE_END = """
import git_naturecode.__main__ as program

def interrupted(code):
    raise KeyboardInterrupt

program._leave = interrupted
program.main()
"""


def test_an_interruption_when_all_was_said_is_no_fault() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_END, "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")
