"""Reading 10,000 sessions: the list, the index made anew, the search."""

import os
import shutil
from collections.abc import Iterator
from functools import partial

from git_naturecode.domain import session as sessions
from git_naturecode.git import tree
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

from . import made
from .appraise import PEER, list_peer
from .measure import Line, against, interleave, unmatched
from .stage import Stage

_BRANCH = "naturecode"


def lists(stage: Stage) -> Iterator[Line]:
    """All rows from an index that is up to date, in process."""
    with stage.store(stage.filled(stage.entities, 10)) as store:
        index = _index(store)
        index.refresh()
        rounds = stage.rounds(9)
        budget = f"list of {stage.entities:,} in process"
        if not shutil.which(PEER):
            ours = interleave(rounds, lambda: index.rows(sessions.KIND))[0]
            told = "elsewhere it took 370 ms (research/bench.md), not measured in this run"
            yield unmatched(budget, ours, PEER, told, 0.1)
        else:
            ours, peer = interleave(
                rounds, lambda: index.rows(sessions.KIND), list_peer(stage, stage.entities)
            )
            yield against(budget, ours, peer, f"{PEER} list", 0.1)
        index.close()


def index(stage: Stage) -> Iterator[Line]:
    """An index made anew against reading the same blobs by `git cat-file --batch`."""
    clone = stage.filled(stage.entities, 10)
    with stage.store(clone, many=False) as store:
        files = tree.files(store.team.objects, store.team.tree())
        wanted = "\n".join(oid for path, oid in files.items() if path.startswith("log/")).encode()
        ours, peer = interleave(
            stage.rounds(3),
            lambda: _anew(store),
            lambda: stage.run("git", "cat-file", "--batch", cwd=clone, data=wanted),
            warm=0,
        )
    what = "git cat-file --batch of the same blobs"
    budget = f"cold index of {stage.entities:,}"
    yield against(f"{budget}, until a list works", ours, peer, what, 3)
    yield against(f"{budget}, with full text", ours, peer, what, 9)


def search(stage: Stage) -> Iterator[Line]:
    """The best 20 matches against `git grep` in the branch."""
    clone = stage.filled(stage.entities, 10)
    with stage.store(clone) as store:
        found = _index(store)
        found.refresh()
        for word, how in ((made.RARE, "rare"), (made.MID, "frequent")):
            ours, peer = interleave(
                stage.rounds(7),
                partial(found.search, sessions.KIND, word, 20),
                partial(stage.run, "git", "grep", "-lw", word, _BRANCH, cwd=clone),
            )
            yield against(f"search, a {how} word", ours, peer, "git grep -lw", 0.05)
        found.close()


def _index(store: Store) -> Index:
    return Index(store, {sessions.KIND: sessions.describe})


def _anew(store: Store) -> None:
    for end in ("", "-wal", "-shm"):
        path = os.path.join(store.state_dir, f"index.db{end}")
        if os.path.exists(path):
            os.unlink(path)
    new = _index(store)
    new.refresh()
    new.close()
