"""What git commits, read off its reflog: each commit once, for the session that was active then."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_naturecode.config import parse
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import reflog
from git_naturecode.git import repo as repos
from git_naturecode.store import active, followed
from git_naturecode.store.lock import hold

SESSIONS = ("session-20261125-aaaaaaaa", "session-20261125-bbbbbbbb", "")
YES, NO = parse(b"local\0naturecode.hooks\ntrue\0"), parse(b"local\0naturecode.hooks\nfalse\0")
OPS = (
    "commit", "commit", "commit", "amend", "follow", "use", "use", "rebase", "stop", "continue",
    "abort", "quit", "reset", "branch", "merge", "pick", "revert", "expire", "unreachable",
    "delete", "gc",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(OPS), st.integers(0, 1), st.sampled_from(SESSIONS),
        st.one_of(st.just(0), st.integers(1, 6)),
    ),
    min_size=4, max_size=25,
)  # fmt: skip


class World:
    """Two work trees of one repository, what is active in them, and what git was seen to commit."""

    def __init__(self, folder: Path) -> None:
        self.trees = [folder / "main", folder / "linked"]
        self.seconds = 1_790_000_000
        self.active = ["", ""]
        self.expected: dict[str, tuple[str, str]] = {}
        self.perhaps: set[str] = set()
        self.fresh: list[list[str]] = [[], []]  # not followed yet
        self.count = 0
        subprocess.run(["git", "init", "-q", str(self.trees[0])], check=True)
        self.git(0, "commit", "-q", "--allow-empty", "-m", "first")
        self.git(0, "worktree", "add", "-q", str(self.trees[1]))
        self.repo = repos.find(str(self.trees[0]), dict(os.environ))
        os.makedirs(self.repo.state_dir)
        self.dirs = [self.git(n, "rev-parse", "--absolute-git-dir")[1].strip() for n in (0, 1)]

    def git(self, tree: int, *args: str) -> tuple[int, str]:
        """Plain git without hooks, two seconds later than before."""
        self.seconds += 2
        when = f"{self.seconds} +0000"
        env = {
            **os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_EDITOR": "true",
            "GIT_SEQUENCE_EDITOR": "sed -i '1s/^pick/edit/'",
        }  # fmt: skip
        done = subprocess.run(
            ["git", "-c", "core.hooksPath=/dev/null", *args], cwd=self.trees[tree], env=env,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    def head(self, tree: int) -> str:
        """The commit that the work tree stands on."""
        return self.git(tree, "rev-parse", "HEAD")[1].strip()

    def change(self, tree: int) -> None:
        """Something to commit, which nothing conflicts with."""
        self.count += 1
        (self.trees[tree] / f"file{tree}-{self.count}").write_text(f"{self.count}\n")
        self.git(tree, "add", "-A")

    def logged(self, tree: int) -> list[str]:
        """The commits in the reflog, as git itself tells them; of an empty one it tells HEAD."""
        if not os.path.getsize(os.path.join(self.dirs[tree], "logs/HEAD")):
            return []
        return self.git(tree, "reflog", "show", "--format=%H", "HEAD")[1].split()

    def commit(self, tree: int, *args: str) -> None:
        """A commit, or an amend: whose it is, is known here."""
        self.change(tree)
        stopped, picking, merging = (
            os.path.exists(os.path.join(self.dirs[tree], name))
            for name in ("rebase-merge", "CHERRY_PICK_HEAD", "MERGE_HEAD")
        )
        status, _ = self.git(tree, "commit", "-q", "-m", f"number {self.count}", *args)
        if status == 0 and self.active[tree] and not picking and not merging:
            oid = self.head(tree)
            where = "." if tree == 0 else "worktrees/linked"
            if stopped:
                self.perhaps.add(f"{oid} {self.active[tree]} {where}")
            else:
                self.expected[oid] = (self.active[tree], where)
                self.fresh[tree].append(oid)

    def follow(self) -> None:
        """What the drain begins with."""
        assert followed.follow(self.repo, YES)
        self.fresh = [[], []]

    def use(self, tree: int, session: str) -> None:
        """Another session, as the commands do it."""
        here = self.repo._replace(git_dir=self.dirs[tree])
        with followed.changing(self.repo, YES, [self.dirs[tree]]):
            active.keep(here, session, os.urandom)
        self.active[tree] = session
        self.fresh = [[], []]

    def forget(self, tree: int, *args: str) -> None:
        """Take lines out of the reflog; what was not read yet of them nobody can know."""
        before = set(self.logged(tree))
        self.git(tree, *args)
        gone = before - set(self.logged(tree))
        for oid in [one for one in self.fresh[tree] if one in gone]:
            session, where = self.expected.pop(oid)
            self.perhaps.add(f"{oid} {session} {where}")

    def told(self) -> set[str]:
        """What the queue says: commit, session, work tree; those of nobody aside."""
        path = Path(self.repo.state_dir) / "queue"
        lines = path.read_text().splitlines() if path.exists() else []
        words = [line.split(" ") for line in lines]
        assert all(word[0] == "commit" and len(word) == 6 for word in words)
        return {" ".join((word[2], *word[4:])) for word in words if word[4] != "-"}


def step(world: World, op: str, tree: int, session: str) -> None:
    """One thing that people, git or this program do."""
    stopped = os.path.isdir(os.path.join(world.dirs[tree], "rebase-merge"))
    match op:
        case "commit":
            world.commit(tree)
        case "amend":
            world.commit(tree, "--amend")
        case "follow":
            world.follow()
        case "use":
            world.use(tree, session)
        case "rebase" if not stopped:
            world.git(
                tree, "-c", "sequence.editor=true", "rebase", "-q", "--force-rebase", "HEAD~2"
            )
        case "stop" if not stopped:
            world.git(tree, "rebase", "-q", "-i", "--force-rebase", "HEAD~2")
        case "continue" | "abort" | "quit" if stopped:
            world.git(tree, "rebase", f"--{op}")
        case "reset" if not stopped:
            world.git(tree, "reset", "-q", "--hard", "HEAD~1")
        case "branch" if not stopped:
            world.git(tree, "checkout", "-q", "-b", f"branch{world.count}-{world.seconds}")
        case "merge":
            world.git(tree, "merge", "-q", "--no-ff", "-m", "merge", world.head(1 - tree))
        case "pick":
            world.git(tree, "cherry-pick", world.head(1 - tree))
        case "revert":
            world.git(tree, "revert", "--no-edit", "HEAD")
        case "expire":
            world.forget(tree, "reflog", "expire", "--expire=all", "HEAD")
        case "unreachable":
            world.forget(tree, "reflog", "expire", "--expire-unreachable=all", "--rewrite", "HEAD")
        case "delete":
            world.forget(tree, "reflog", "delete", "--updateref", "HEAD@{1}")
        case "gc":
            world.forget(tree, "gc", "-q")


class Killed(BaseException):
    """The process ends here."""


def killed_at(number: int, do: Callable[[], None]) -> bool:
    """Do it, but end at the `number`th time that something is made to stay; True when that came."""
    left = [number]

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            found = real(*args, **named)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return found

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "fsync", "unlink"):
            patch.setattr(os, name, dying(getattr(os, name)))
        try:
            do()
        except Killed:
            return True
    return False


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two work trees, a session active in the first."""
    made = World(tmp_path)
    made.use(0, SESSIONS[0])
    return made


def test_while_hooks_are_not_wanted_nothing_is_told(world: World) -> None:
    world.commit(0)
    assert not followed.is_behind(world.repo, NO)
    assert followed.follow(world.repo, NO)
    assert world.told() == set()
    world.commit(0)
    followed.pass_over(world.repo, NO)
    world.follow()
    assert world.told() == set()


def test_a_line_that_is_half_written_is_read_when_it_is_whole(world: World) -> None:
    log = Path(reflog.path(world.dirs[0]))
    world.commit(0)
    whole = log.read_bytes()
    log.write_bytes(whole[:-9])
    world.follow()
    assert world.told() == set()
    assert not followed.is_behind(world.repo, YES)  # or the background would not end
    log.write_bytes(whole)
    assert followed.is_behind(world.repo, YES)
    world.follow()
    assert len(world.told()) == 1


def test_a_torn_end_of_the_queue_costs_no_line(world: World) -> None:
    queue = Path(world.repo.state_dir) / "queue"
    queue.write_bytes(b"rewrite 1 amend abc")
    world.commit(0)
    world.follow()
    assert queue.read_bytes().startswith(b"rewrite 1 amend abc\ncommit ")


@pytest.mark.parametrize("harm", ["pipe", "folder", "garbage", "gone"])
def test_a_mark_that_cannot_be_read(world: World, harm: str) -> None:
    """Then what was committed since it was broken counts."""
    mark = Path(world.dirs[0]) / "naturecode" / "followed"
    mark.unlink()
    if harm == "pipe":
        os.mkfifo(mark)
    elif harm == "folder":
        mark.mkdir()
    elif harm == "garbage":
        mark.write_text("1 2 maybe\n")
    world.seconds = int(time.time()) + 5
    world.commit(0)
    world.follow()
    assert not followed.is_behind(world.repo, YES)
    assert len(world.told()) == 1


def test_without_a_reflog_only_the_commits_themselves_tell(world: World) -> None:
    world.git(0, "config", "core.logAllRefUpdates", "false")
    Path(reflog.path(world.dirs[0])).unlink()
    world.follow()
    world.commit(0)
    assert followed.is_behind(world.repo, YES)
    world.follow()
    assert not followed.is_behind(world.repo, YES)
    (line,) = (Path(world.repo.state_dir) / "queue").read_text().splitlines()
    assert line == f"commit 0 {world.head(0)} {'0' * 40} - ."


def test_two_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed, "_PATIENCE", 0.05)
    world.commit(0)
    with hold(os.path.join(world.repo.state_dir, "followed.lock"), 1):
        assert not followed.follow(world.repo, YES)
        with pytest.raises(NaturecodeError, match="another process"):
            world.use(0, SESSIONS[1])
    assert active.read(world.dirs[0]) == SESSIONS[0]
    world.follow()
    assert len(world.told()) == 1


@pytest.mark.parametrize("kill", range(1, 9))
@pytest.mark.parametrize(("op", "to"), [("follow", ""), ("use", SESSIONS[1]), ("use", "")])
def test_a_kill_anywhere(world: World, op: str, to: str, kill: int) -> None:
    for _ in range(2):
        world.commit(0)
        killed_at(kill, lambda: step(world, op, 0, to))
        world.active[0] = active.read(world.dirs[0])
        assert world.active[0] in (SESSIONS[0], to)
        world.commit(0)
        world.use(0, SESSIONS[0])
    world.follow()
    wanted = {f"{oid} {session} {where}" for oid, (session, where) in world.expected.items()}
    assert world.told() == wanted


def test_a_rebase_that_is_given_up(world: World) -> None:
    for _ in range(3):
        world.commit(0)
    step(world, "stop", 0, "")
    world.follow()
    before = len(world.told())
    world.commit(0)
    world.follow()
    assert len(world.told()) == before
    step(world, "quit", 0, "")
    world.commit(0)
    world.follow()
    assert f"{world.head(0)} {SESSIONS[0]} ." in world.told()


@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(STEPS)
def test_whatever_happens_each_commit_is_told_for_its_session(
    tmp_path: Path, steps: list[tuple[str, int, str, int]]
) -> None:
    """Against plain git: who committed what when is known, the reflog is not looked at for it."""
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    world = World(tmp_path)
    for op, tree, session, kill in steps:
        if op in ("follow", "use") and kill:
            if killed_at(kill, lambda: step(world, op, tree, session)):  # noqa: B023
                # Either session may be active now, but from then on what is written counts.
                world.active[tree] = active.read(world.dirs[tree])
            continue
        step(world, op, tree, session)
    world.follow()
    assert not followed.is_behind(world.repo, YES)
    told = world.told()
    wanted = {f"{oid} {session} {where}" for oid, (session, where) in world.expected.items()}
    assert wanted - told == set(), "lost"
    assert told - wanted <= world.perhaps, "of others"
