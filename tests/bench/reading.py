"""Reading a year of a team: the index made anew, lists, searches, a fresh clone."""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from git_naturecode.domain.kinds import SESSION, open_index
from git_naturecode.git import tree
from git_naturecode.store.store import Store

from . import made, year
from .appraise import PEER, list_peer
from .measure import Line, Times, against, figure, interleave, unmatched
from .stage import Stage

_BRANCH = "naturecode"
_FLAT = 1.3
_SHOWN = 50


def lists(stage: Stage) -> Iterator[Line]:
    """The newest rows of a list, and how many there are, in process."""
    with stage.store(stage.year(stage.entities)) as store:
        index = open_index(store)
        index.refresh()
        rounds = stage.rounds(30)
        budget = f"list of {stage.entities:,} in process"
        page = partial(index.page, SESSION, limit=_SHOWN)
        if not shutil.which(PEER):
            ours = interleave(rounds, page)[0]
            told = "elsewhere it took 370 ms (research/bench.md), not measured in this run"
            yield unmatched(budget, ours, PEER, told, 0.1)
        else:
            ours, peer = interleave(rounds, page, list_peer(stage, stage.entities))
            yield against(budget, ours, peer, f"{PEER} list", 0.1)
        index.close()


def index(stage: Stage) -> Iterator[Line]:
    """An index made anew against reading the same blobs by `git cat-file --batch`."""
    clone = stage.year(stage.entities)
    with stage.store(clone, many=False) as store:
        files = tree.files(store.team.objects, store.team.tree())
        wanted = "\n".join(oid for path, oid in files.items() if path.startswith("log/")).encode()
    rows, texts, peer = interleave(
        stage.rounds(5),
        lambda: _anew(stage, clone, texts=False),
        lambda: _anew(stage, clone, texts=True),
        lambda: stage.run("git", "cat-file", "--batch", cwd=clone, data=wanted),
        warm=0,
    )
    what = "git cat-file --batch of the same blobs"
    budget = f"cold index of {stage.entities:,} sessions"
    yield against(f"{budget}, until a list works", rows, peer, what, 3)
    yield against(f"{budget}, with full text", texts, peer, what, 9)


def search(stage: Stage) -> Iterator[Line]:
    """The best 20 matches against `git grep` in the branch."""
    clone = stage.year(stage.entities)
    _anew(stage, clone, texts=True)
    with stage.store(clone) as store:
        found = open_index(store)
        frequent = made.vocabulary(40)[30]
        for words, how in (
            (made.RARE, "a rare word"),
            (made.MID, "an absent word"),
            (frequent, "a frequent word"),
            (f"{frequent} {made.RARE} retry policy", "four words"),
        ):
            ours, peer = interleave(
                stage.rounds(7),
                partial(found.search, SESSION, words, 20),
                partial(_grep, stage, clone, words.split()),
            )
            yield against(f"search, {how}", ours, peer, "git grep -lw", 0.05)
        found.close()


def flat(stage: Stage) -> Iterator[Line]:
    """Commands in a large store against the same ones in a small store."""
    clones = [stage.year(100), stage.year(stage.entities)]
    for clone in clones:
        _anew(stage, clone, texts=True)
    session = year.entity(7)
    commands = (
        ("session", "list"), ("session", "list", "--status", "active"),
        ("session", "show", session), ("session", "say", session, "one more"), ("status",),
    )  # fmt: skip
    for command in commands:
        for clone in clones:
            stage.run(stage.program, "session", "list", cwd=clone)
        small, large = interleave(
            stage.rounds(15),
            *(partial(stage.run, stage.program, *command, cwd=clone) for clone in clones),
            warm=2,
        )
        what = " ".join(word for word in command if not word.startswith("session-2"))
        yield against(f"{what}, {stage.entities:,} sessions", large, small, "100 sessions", _FLAT)


def fresh(stage: Stage) -> Iterator[Line]:
    """The first list of a clone that has just fetched one commit of a large branch."""
    times = Times()
    for _ in range(stage.rounds(3)):
        clone = stage.path("fresh")
        origin = f"file://{stage.year(stage.entities)}"
        stage.run("git", "clone", "-q", "--depth", "1", origin, str(clone), cwd=stage.folder)
        refspec = f"refs/heads/{_BRANCH}:refs/remotes/origin/{_BRANCH}"
        stage.run("git", "fetch", "-q", "--depth", "1", "origin", refspec, cwd=clone)
        with times.taking():
            stage.run(stage.program, "init", cwd=clone)
            out = stage.run(stage.program, "session", "list", cwd=clone)
        assert out.count(b"\n") == _SHOWN
    took = min(times.values) / 1000
    budget = f"init and first list of a fresh clone, depth 1, {stage.entities:,} sessions"
    yield figure(budget, took, "s", 5)


def _grep(stage: Stage, clone: Path, words: list[str]) -> None:
    """Git grep for any of `words`; it says by its exit code that there is nothing."""
    patterns = [part for word in words for part in ("-e", word)]
    script = 'git grep -lw "$@" || true'
    stage.run("sh", "-c", script, "sh", *patterns, _BRANCH, cwd=clone)


def _anew(stage: Stage, clone: Path, *, texts: bool) -> None:
    with stage.store(clone, many=False) as store:
        _remove(store)
        new = open_index(store)
        new.refresh()
        while texts and new.fill():
            pass
        new.close()


def _remove(store: Store) -> None:
    for end in ("", "-wal", "-shm"):
        path = os.path.join(store.state_dir, f"index.db{end}")
        if os.path.exists(path):
            os.unlink(path)
