"""What others than the program do: people with plain git, hosts, and the disk itself."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .actions import start
from .plan import Step
from .record import BRANCH, Key
from .world import REMOTES, Place, World

Action = Callable[[World, Place, Step], None]
_MERGE = ("merge", "-q", "--no-edit", "--allow-unrelated-histories")


# -- plain git, while the program works -----------------------------------------------------------


def fetch(world: World, place: Place, step: Step) -> None:
    """`git fetch`."""
    world.git(step, place, "fetch", "-q", REMOTES[step.remote])


def push(world: World, place: Place, step: Step) -> None:
    """`git push origin naturecode`: refused when it is behind, as for anybody."""
    world.git(step, place, "push", "-q", REMOTES[step.remote], "naturecode")


def gc(world: World, place: Place, step: Step) -> None:
    """`git gc`."""
    world.git(step, place, "gc", "-q")


def prune(world: World, place: Place, step: Step) -> None:
    """`git gc --prune=now`, which git itself calls unsafe while others write."""
    window = world.open_window("prune", place.number)
    world.git(step, place, "gc", "-q", "--prune=now")
    window.ended = time.time() + 1e9  # what it took may be missed much later


def web(world: World, place: Place, step: Step) -> None:
    """Somebody edits the README of the branch on the host's page."""
    _host_commit(world, step, "README.md", f"# Team memory\n\nedited {step.number}\n")


def web_file(world: World, place: Place, step: Step) -> None:
    """Somebody puts a file on the branch that does not belong there."""
    _host_commit(world, step, f"docs/page{step.number}.txt", "not ours\n")


def _host_commit(world: World, step: Step, path: str, text: str) -> None:
    git_dir = world.remotes[step.remote]
    index = world.folder / f"index{step.number}"
    env = {**world.env, "GIT_INDEX_FILE": str(index), "GIT_DIR": str(git_dir)}
    source = world.folder / f"page{step.number}"
    source.write_text(text)
    lines = (
        f'old=$(git rev-parse -q --verify {BRANCH}) || exit 0; git read-tree "$old"\n'
        f'blob=$(git hash-object -w "{source}")\n'
        f'git update-index --add --cacheinfo "100644,$blob,{path}"\n'
        f'new=$(git commit-tree -p "$old" -m "Edit {path}" "$(git write-tree)")\n'
        f'git update-ref {BRANCH} "$new" "$old"\n'
    )
    import subprocess

    if git_dir.exists():
        subprocess.run(["sh", "-c", lines], env=env, check=False, capture_output=True)
    source.unlink()
    index.unlink(missing_ok=True)
    world.count("edits on the host")


# -- plain git, alone --------------------------------------------------------------------------


def merge(world: World, place: Place, step: Step) -> None:
    """`git fetch`, then `git merge` of the remote's data branch on the checked out one."""
    remote = REMOTES[step.remote]
    with _checked_out(world, place, step):
        world.git(step, place, "fetch", "-q", remote)
        world.git(step, place, *_MERGE, f"{remote}/naturecode")
        _abort(world, place, step)


def pull(world: World, place: Place, step: Step) -> None:
    """`git pull` on the checked out data branch, merging or rebasing."""
    how = "--rebase" if step.more % 2 else "--no-rebase"
    with _checked_out(world, place, step):
        world.git(step, place, "pull", "-q", how, "--no-edit", REMOTES[step.remote], "naturecode")
        _abort(world, place, step)


@contextmanager
def _checked_out(world: World, place: Place, step: Step) -> Iterator[None]:
    with throwing_away(world, [place], []):
        world.git(step, place, "checkout", "-q", "naturecode")
        yield
        world.git(step, place, "checkout", "-q", "-f", "main")


def _abort(world: World, place: Place, step: Step) -> None:
    for name, argv in (
        ("MERGE_HEAD", ["merge", "--abort"]),
        ("rebase-merge", ["rebase", "--abort"]),
    ):
        if (place.git_dir / name).exists():
            world.git(step, place, *argv)
            world.count("merges given up")


@contextmanager
def throwing_away(world: World, places: list[Place], remotes: list[Path]) -> Iterator[None]:
    """What is in no clone and no remote any more after this, a person has thrown away."""

    def held() -> list[tuple[set[str], set[Key]]]:
        clones = [world.held(place) for place in places]
        return clones + [world.held_remote(remote) for remote in remotes]

    before = held()
    yield
    places, remotes = world.clones, world.remotes
    after = held()
    tokens, keys = set[str](), set[Key]()
    for there, names in after:
        tokens |= there
        keys |= names
    for there, names in before:
        world.ledger.forgive(there - tokens, names - keys)


def reset(world: World, place: Place, step: Step) -> None:
    """The branch is set back to an old state by hand."""
    with throwing_away(world, [place], []):
        steps = step.more % 6 + 1
        world.git(step, place, "update-ref", BRANCH, f"{BRANCH}~{steps}")


def copy(world: World, place: Place, step: Step) -> None:
    """`cp -r` of another clone in place of this one."""
    source = world.clones[step.other]
    with throwing_away(world, [place], []):
        shutil.rmtree(place.path)
        shutil.copytree(source.path, place.path, symlinks=True)
        world.ledger.copied(source.number, place.number)


def reclone(world: World, place: Place, step: Step) -> None:
    """The clone is thrown away and made again."""
    with throwing_away(world, [place], []):
        world.make_clone(place)
        world.ledger.copied(-1, place.number)


def shallow(world: World, place: Place, step: Step) -> None:
    """The clone is made again with the last commit only."""
    with throwing_away(world, [place], []):
        world.make_clone(place, "--depth=1", "--no-single-branch")
        world.ledger.copied(-1, place.number)


def backup(world: World, place: Place, step: Step) -> None:
    """The host backs a remote up."""
    remote = world.remotes[step.remote]
    kept = world.folder / "backup" / remote.name
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(remote, kept, symlinks=True)


def restore(world: World, place: Place, step: Step) -> None:
    """The host goes back to its backup."""
    remote = world.remotes[step.remote]
    kept = world.folder / "backup" / remote.name
    if kept.exists():
        with throwing_away(world, [], [remote]):
            shutil.rmtree(remote)
            shutil.copytree(kept, remote, symlinks=True)
        world.count("remotes restored")


def replace(world: World, place: Place, step: Step) -> None:
    """The host loses a remote; a new one with nothing but main takes its place."""
    remote = world.remotes[step.remote]
    with throwing_away(world, [], [remote]):
        shutil.rmtree(remote)
        world.make_remote(remote)
    world.count("remotes replaced")


def abandon(world: World, place: Place, step: Step) -> None:
    """A clone gets its last words only as far as the outbox, and is thrown away."""
    hook = world.remotes[0] / "hooks" / "update"
    world.open_window("busy").ended = time.time() + 60
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(_FASTER)
    hook.chmod(0o755)
    start(world, place, step)
    world.program(step, place, ["sync", "--json"])
    hook.unlink()
    world.quiet()  # what works in the background goes on in the folder that is thrown away
    reclone(world, place, step)


def look(world: World, place: Place, step: Step) -> None:
    """Note what is on the data branches now: it stays."""
    for one in world.clones:
        world.ledger.observe(world.healed(one).keys())


# -- faults --------------------------------------------------------------------------------------


@contextmanager
def _window(world: World, name: str, clone: int, step: Step, longest: float) -> Iterator[None]:
    window = world.open_window(name, clone)
    world.event(step.number, f"{name} begins")
    yield
    time.sleep(0.1 + step.more % 1000 / 1000 * longest)
    window.ended = time.time() + 0.2


def full(world: World, place: Place, step: Step) -> None:
    """The small disk is full for a while."""
    place = world.clones[-1]
    if place.disk is None:
        world.count("no small disk")
        return
    with _window(world, "full", place.number, step, 2.0):
        world.resize(place.disk, (0, 4, 16, 64, 256)[step.pick % 5])
    world.resize(place.disk)


def refusing(world: World, place: Place, step: Step) -> None:
    """A remote takes nothing for a while."""
    hook = world.remotes[step.remote] / "hooks" / "pre-receive"
    with world.hosts[step.remote]:
        with _window(world, "refusing", -1, step, 2.0):
            hook.parent.mkdir(exist_ok=True)
            hook.write_text("#!/bin/sh\necho 'closed for maintenance' >&2\nexit 1\n")
            hook.chmod(0o755)
        hook.unlink()


_FASTER = """#!/bin/sh
[ "$1" = refs/heads/naturecode ] || exit 0
old=$(git rev-parse -q --verify "$1") || exit 0
new=$(git commit-tree "$old^{tree}" -p "$old" -m "Somebody was faster") || exit 0
git update-ref "$1" "$new" "$old"
exit 0
"""


def busy(world: World, place: Place, step: Step) -> None:
    """For a while somebody else is always faster than a push to the data branch."""
    hook = world.remotes[step.remote] / "hooks" / "update"
    with world.hosts[step.remote]:
        with _window(world, "busy", -1, step, 4.0):
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(_FASTER)
            hook.chmod(0o755)
        hook.unlink()


def gone(world: World, place: Place, step: Step) -> None:
    """A remote is not there for a while."""
    remote = world.remotes[step.remote]
    away = remote.with_suffix(".away")
    with world.hosts[step.remote]:
        with _window(world, "gone", -1, step, 2.0):
            os.rename(remote, away)
        shutil.rmtree(remote, ignore_errors=True)  # a push that was under way makes folders anew
        os.rename(away, remote)


def drop(world: World, place: Place, step: Step) -> None:
    """The road to the second remote is cut, or loses the answers."""
    kinds = ("cut", "cut-up", "swallow", "refuse")
    with _window(world, "drop", -1, step, 3.0):
        world.proxy.limit = (0, 300, 1500, 4000, 20_000)[step.pick // 4 % 5]
        world.proxy.mode = kinds[step.pick % 4]
    world.proxy.mode = "pass"


def slow(world: World, place: Place, step: Step) -> None:
    """The road to the second remote is slow."""
    with _window(world, "slow", -1, step, 3.0):
        world.proxy.mode = "slow"
    world.proxy.mode = "pass"


def no_index(world: World, place: Place, step: Step) -> None:
    """Somebody deletes the index."""
    world.open_window("no-index", place.number).ended = time.time() + 5
    for path in place.state.glob("index.db*"):
        path.unlink(missing_ok=True)


def torn_index(world: World, place: Place, step: Step) -> None:
    """The index is cut off in the middle."""
    world.open_window("torn-index", place.number).ended = time.time() + 5
    for path in place.state.glob("index.db"):
        os.truncate(path, path.stat().st_size // (2 + step.more % 3))


def stale_lock(world: World, place: Place, step: Step) -> None:
    """A killed git has left a lock on the branch."""
    window = world.open_window("stale-lock", place.number)
    _lock(place, 60)
    window.ended = time.time() + 1


def fresh_lock(world: World, place: Place, step: Step) -> None:
    """Another git holds the branch for a moment."""
    with _window(world, "fresh-lock", place.number, step, 1.0):
        path = _lock(place, 0)
    if path:
        path.unlink(missing_ok=True)


def _lock(place: Place, age: float) -> Path | None:
    path = place.git_dir / f"{BRANCH}.lock"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.utime(path, (time.time() - age, time.time() - age))
    except OSError:
        return None
    return path


SCENERY: dict[str, Action] = {
    "git-fetch": fetch, "git-push": push, "git-gc": gc, "git-prune": prune, "web": web,
    "web-file": web_file, "merge": merge, "pull": pull, "reset": reset, "copy": copy,
    "reclone": reclone, "shallow": shallow, "backup": backup, "restore": restore,
    "replace": replace, "abandon": abandon, "look": look, "full": full, "refusing": refusing,
    "busy": busy, "gone": gone, "drop": drop, "slow": slow, "no-index": no_index,
    "torn-index": torn_index, "stale-lock": stale_lock, "fresh-lock": fresh_lock,
}  # fmt: skip
