"""What is wrong with a world of purges that came to rest. Shares no code with the program."""

import re
import subprocess
from collections.abc import Iterator

from box import Clone
from sync.purge_world import CLONES, World

_END = re.compile(rb"<!-- nc:end (\S+) sha256:([0-9a-f]{16}) -->")


def settle(world: World) -> str:
    """Sync everything until nothing moves any more; "" or what is wrong."""
    quiet = 0
    order = list(range(CLONES))
    for _ in range(14):
        before = [hub.git("for-each-ref") for hub in map(Clone, world.hubs)]
        world.rng.shuffle(order)
        for c in order:
            for r in range(world.remotes):
                world._sync(c, r)
        after = [hub.git("for-each-ref") for hub in map(Clone, world.hubs)]
        quiet = quiet + 1 if before == after else 0
        if quiet == 2:
            return ""
    return "refs still move after 14 rounds"


def judge(world: World) -> Iterator[str]:
    """All that is wrong at the end."""
    repos = [*world.clones, *map(Clone, world.hubs)]
    trees = {one.git("rev-parse", "naturecode^{tree}").strip() for one in repos}
    if len(trees) != 1:
        yield "trees differ"
    whole = _bytes_of_tree(repos[0])
    ends = [found[1].decode() for found in _END.finditer(whole)]
    for one in world.said.values():
        if ends.count(one.id) != 1:
            yield f"{one.word} stands {ends.count(one.id)} times"
        if (whole.count(one.word.encode()) == 1) == one.gone:
            yield f"{one.word} is {'still there' if one.gone else 'gone'}"
    gone = [one for one in world.said.values() if one.gone]
    marks = [mark.encode() for one in gone for mark in (one.word, one.salt)]
    for repo in repos:
        name = repo.path.name
        yield from (f"{mark!r} reachable in {name}" for mark in marks if mark in reachable(repo))
        yield from (f"{mark!r} in a file of {name}" for mark in marks if mark in own_files(repo))
        fsck = subprocess.run(
            ["git", "fsck", "--connectivity-only"], cwd=repo.path, capture_output=True, text=True
        )
        if fsck.returncode:
            yield f"fsck of {name}: {fsck.stderr}"
    for hub in map(Clone, world.hubs):
        if hub.git("for-each-ref", "refs/naturecode/outbox"):
            yield "an outbox is left"
    for before, after in world.forced:
        if not after - before:
            yield "a branch was replaced without a record that it lacked"


def _bytes_of_tree(repo: Clone) -> bytes:
    done = subprocess.run(
        ["git", "archive", "--format=tar", "naturecode"], cwd=repo.path, check=True,
        capture_output=True,
    )  # fmt: skip
    return done.stdout


def reachable(repo: Clone) -> bytes:
    """Every object that a ref, a HEAD or a reflog of `repo` still reaches, one after the other."""
    names = repo.git("rev-list", "--objects", "--all", "--reflog", "--no-object-names")
    done = subprocess.run(
        ["git", "cat-file", "--batch"], cwd=repo.path, input=names.encode(), check=True,
        capture_output=True,
    )  # fmt: skip
    return done.stdout


def own_files(repo: Clone) -> bytes:
    """What the program keeps beside the branch: spool, journal, index."""
    folder = repo.path / ".git" / "naturecode"
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
