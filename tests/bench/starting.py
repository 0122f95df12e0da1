"""What a process costs before it does anything: --version, the read commands, a short write."""

import json
import shutil
from collections.abc import Iterator
from functools import partial

from . import made
from .appraise import PEER, comment_peer
from .measure import Line, against, interleave, unmatched
from .stage import Stage


def version(stage: Stage) -> Iterator[Line]:
    """`--version` against a console script that does nothing."""
    where = stage.folder
    ours, peer = interleave(
        stage.rounds(30),
        lambda: stage.run(stage.program, "--version", cwd=where),
        lambda: stage.run(stage.empty, cwd=where),
    )
    yield against("--version", ours, peer, "an empty console script", 1.3)


def reads(stage: Stage) -> Iterator[Line]:
    """session list, show and status of a clone in step, against `python -c pass`."""
    clone = stage.clone(stage.hub())
    with stage.store(clone) as store:
        made.fill(store, range(50), 5)
    stage.run(stage.program, "sync", cwd=clone)
    commands = (("session", "list"), ("session", "show", made.entity(7)), ("status",))
    found = interleave(
        stage.rounds(21),
        lambda: stage.run(stage.python, "-c", "pass", cwd=clone),
        *(partial(stage.run, stage.program, *command, cwd=clone) for command in commands),
        warm=2,
    )
    for command, ours in zip(commands, found[1:], strict=True):
        yield against(" ".join(command[:2]), ours, found[0], "python -c pass", 8)


def agent(stage: Stage) -> Iterator[Line]:
    """The hook of an AI tool, at an edit of its session, against `python -c pass`."""
    clone = stage.repo("agent")
    (clone / ".git/naturecode/capture").touch()
    told = {
        "session_id": "c1", "cwd": str(clone), "hook_event_name": "PostToolUse",
        "tool_name": "apply_patch", "tool_input": {"command": "*** Update File: src/a.py\n"},
    }  # fmt: skip
    ours, bare = interleave(
        stage.rounds(30),
        lambda: stage.run(
            stage.program, "hook", "agent", "codex", cwd=clone, data=json.dumps(told).encode()
        ),
        lambda: stage.run(stage.python, "-c", "pass", cwd=clone),
    )
    yield against("hook agent", ours, bare, "python -c pass", 2.5)


def say(stage: Stage) -> Iterator[Line]:
    """A one-shot `session say` against `git-appraise comment`."""
    for entities, entries, limit, recorded in (
        (stage.entities, 10, 1.0, "131 ms at 10,000 entities"),
        (100, stage.entities, 0.5, "368 ms in an entity of 10,000"),
    ):
        clone = stage.filled(entities, entries)
        budget = f"session say, {entities:,} sessions, {entries:,} entries in it"
        command = (stage.program, "session", "say", made.entity(0), "one more")
        stage.run(*command, cwd=clone)  # the index is made once, not by each message
        rounds = stage.rounds(7)
        if not shutil.which(PEER):
            ours = interleave(rounds, partial(stage.run, *command, cwd=clone))[0]
            told = f"elsewhere it took {recorded} (research/bench.md), not measured in this run"
            yield unmatched(budget, ours, PEER, told, limit)
            continue
        ours, peer = interleave(
            rounds,
            partial(stage.run, *command, cwd=clone),
            comment_peer(stage, entities, entries),
        )
        yield against(budget, ours, peer, f"{PEER} comment", limit)
