"""What is behind a line: why in a clone with real history and real sessions."""

import json
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .measure import NO_PEER, Line, against, figure, interleave
from .stage import DATA, Stage

_COMMITS = 20
_EVERY = 9  # commits between two that belong to a session


def why(stage: Stage) -> Iterator[Line]:
    """`why` of a line whose commit belongs to a real Claude Code session."""
    bundle, transcripts = DATA / "git-appraise.bundle", DATA / "claude-code"
    if not bundle.is_file() or not transcripts.is_dir():
        yield Line("why", "", "no ../shared/data", "-", "<= 300 ms", NO_PEER)
        return
    clone = stage.path("clone")
    stage.run("git", "clone", "-q", str(bundle), str(clone), cwd=stage.folder)
    stage.run(stage.program, "init", cwd=clone)
    stage.run(stage.program, "session", "import", str(transcripts), cwd=clone)
    for session, commit in zip(_sessions(stage, clone), _commits(stage, clone), strict=False):
        stage.run(stage.program, "session", "attach", session, commit, cwd=clone)
    place = _place(stage, clone)
    started, ours = interleave(
        stage.rounds(21),
        lambda: stage.run(stage.python, "-c", "pass", cwd=clone),
        partial(stage.run, stage.program, "why", place, cwd=clone),
        warm=2,
    )
    yield figure("why FILE:LINE, one of 20 commits with real sessions", ours.median, "ms", 300)
    yield figure("its processor time, with git's", ours.work, "ms", 300)
    yield against("why FILE:LINE", ours, started, "python -c pass", 14)


def _sessions(stage: Stage, clone: Path) -> list[str]:
    out = stage.run(stage.program, "session", "list", "--json", cwd=clone)
    return [item["id"] for item in json.loads(out)["items"]]


def _commits(stage: Stage, clone: Path) -> list[str]:
    out = stage.run("git", "rev-list", "--no-merges", "HEAD", cwd=clone).decode().split()
    return out[::_EVERY][:_COMMITS]


def _place(stage: Stage, clone: Path) -> str:
    """A line of a file today that one of these commits wrote."""
    wanted = set(_commits(stage, clone))
    for file in stage.run("git", "ls-files", "-z", cwd=clone).decode().split("\0")[:-1]:
        told = subprocess.run(
            ["git", "blame", "-l", "-s", "--root", "--", file], cwd=clone, capture_output=True,
            check=True,
        ).stdout  # fmt: skip
        for number, line in enumerate(told.split(b"\n"), 1):
            if line[:40].decode("ascii", "replace") in wanted:
                return f"{file}:{number}"
    raise LookupError("no line of these commits is left")
