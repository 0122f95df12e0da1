"""Whatever is broken, a commit is made as without us, at once, and its message is whole."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from box import Box
from disks import fill, free, small
from hooking import HOOKS, Yard, script, settle, yard

HOLDS = 200.0  # seconds; far below what anything that hangs would take, far above a slow machine


@pytest.fixture
def here(box: Box) -> Yard:
    """A repository with an active session."""
    return yard(box)


def all_at_once(here: Yard, **env: Any) -> None:
    """Every kind of command that runs a hook of ours; none fails, none takes long."""
    began = time.monotonic()
    assert here.commit("-m", "One\n\nTwo", **env).startswith("One\n\nTwo\n")
    here.git("commit", "-q", "--amend", "-m", "Three", **env)
    here.git("checkout", "-q", "-b", f"side-{time.monotonic_ns()}", "HEAD~1", **env)
    here.change("b.txt", f"{time.monotonic_ns()}\n")
    here.git("commit", "-q", "-m", "Four", **env)
    here.git("rebase", "-q", "main", **env)
    side = here.head()
    here.git("checkout", "-q", "main", **env)
    here.git("merge", "-q", "--squash", side, **env)
    here.git("commit", "-q", "--no-edit", **env)
    here.git("cherry-pick", "--allow-empty", "--keep-redundant-commits", side, **env)
    if not (here.path.parent / "to.git").exists():
        here.git("init", "-q", "--bare", str(here.path.parent / "to.git"))
    here.git("push", "-q", str(here.path.parent / "to.git"), "main", **env)
    assert here.message().startswith("Four\n")
    assert time.monotonic() - began < HOLDS
    assert not [one for one in os.listdir(here.common) if one.endswith(".naturecode")]


def fifo(path: Path) -> None:
    """A pipe that nobody reads: whoever opens it hangs."""
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder(path: Path) -> None:
    """A folder where a file is expected."""
    path.unlink(missing_ok=True)
    path.mkdir()


def huge(path: Path) -> None:
    """Far more than an id, on one line."""
    with open(path, "wb") as file:
        file.truncate(1 << 30)


def says(text: str) -> Callable[[Path], None]:
    """A file with a text."""

    def write(path: Path) -> None:
        path.write_text(text)

    return write


def unwritable(path: Path) -> None:
    """A state folder in which nothing can be made, even by root: it is a file."""
    shutil.rmtree(path.parent)
    path.parent.write_text("")


HARMS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "queue is a folder": ("queue", folder),
    "queue is a pipe": ("queue", fifo),
    "queue leads nowhere": ("queue", lambda path: path.symlink_to("/nonexistent/queue")),
    "active is a pipe": ("active", fifo),
    "active is a folder": ("active", folder),
    "active is huge": ("active", huge),
    "active is an option": ("active", says("--trailer=X: y\n")),
    "active is code": ("active", says("session-$(touch x)`-aaaaaaaa\n")),
    "active is two lines": ("active", says("\nsession-20261124-k3v9q2m7\n")),
    "settings is a folder": ("settings", folder),
    "settings is a pipe": ("settings", fifo),
    "settings is code": ("settings", says("naturecode.trailer $(touch x)\ncore.commentchar *\n")),
    "followed is a pipe": ("followed", fifo),
    "followed is a folder": ("followed", folder),
    "agents is a file": ("agents", says("1")),
    "the state is a file": ("device", unwritable),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_broken_state_costs_nothing_but_the_link(here: Yard, harm: str) -> None:
    name, do = HARMS[harm]
    do(here.state / name)
    if harm == "active is huge":  # a second of processor time for each hook that reads it
        assert here.commit("-m", "One") == "One\n"
        return
    all_at_once(here)
    if name == "active":
        assert not here.named("HEAD~1")
    if name in ("queue", "agents", "settings", "followed"):
        assert here.session in here.named("HEAD~1")
    assert not (here.path / "x").exists()


@pytest.mark.parametrize(
    "program", ["#!/nonexistent/python\n", "#!/bin/sh\nexit 1\n", "#!/bin/sh\nkill -9 $$\n", None]
)
def test_a_broken_install_never_breaks_a_commit(here: Yard, program: str | None) -> None:
    path = rebuilt_with(here, program)
    all_at_once(here, NATURECODE_BACKGROUND="1", PATH=without_ours())
    assert bool(here.named("HEAD~1")) == path.exists()


def rebuilt_with(here: Yard, program: str | None) -> Path:
    """Have the hooks call another program (None: one that is not there)."""
    path = here.path.parent / "bin" / "git-naturecode"
    if program is not None:
        script(path, program)
    for name in HOOKS:
        hook = here.common / "hooks" / name
        lines = hook.read_text().split("\n")
        changed = [f"program={shlex.quote(str(path))}" if one.startswith("program=/") else one
                   for one in lines]  # fmt: skip
        assert changed != lines
        hook.write_text("\n".join(changed))
    return path


def without_ours() -> str:
    """PATH without any git-naturecode."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(one for one in folders if not shutil.which("git-naturecode", path=one))


def test_a_child_that_sleeps_holds_nothing(here: Yard) -> None:
    """Neither the commit, nor the output that somebody reads to its end."""
    marker = here.path.parent / "started"
    text = f"#!/bin/sh\necho $$ >>{shlex.quote(str(marker))}\nexec sleep 240\n"
    rebuilt_with(here, text)
    all_at_once(here, NATURECODE_BACKGROUND="1")  # captures all output, so it reads to the end
    deadline = time.monotonic() + HOLDS
    while not (asleep := sleeping(marker)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert asleep
    for one in asleep:
        opened = {os.readlink(fd) for fd in Path(f"/proc/{one}/fd").iterdir()}
        os.kill(one, 9)
        assert opened == {"/dev/null"}


def sleeping(marker: Path) -> list[int]:
    """Those that stand in `marker`, once each of them sleeps: the shell before had more open."""
    found = [int(one) for one in marker.read_text().split("\n")[:-1]] if marker.exists() else []
    asleep = [Path(f"/proc/{one}/comm").read_text() == "sleep\n" for one in found]
    return found if all(asleep) else []


def test_git_without_interpret_trailers(here: Yard, box: Box) -> None:
    real = shutil.which("git")
    script(
        box.path / "bin" / "git",
        f'#!/bin/sh\ncase " $* " in *" interpret-trailers "*) exit 1 ;; esac\nexec {real} "$@"\n',
    )
    hook = here.common / "hooks" / "commit-msg"
    hook.write_text(hook.read_text().replace("git -c trailer", f"{box.path}/bin/git -c trailer"))
    all_at_once(here)
    assert not here.named("HEAD~1")


def test_a_full_disk(box: Box, tmp_path: Path) -> None:
    with small(tmp_path / "small", "8m") as room:
        full = Box(room)
        here = settle(full.repo())
        (room / "state").mkdir()
        # The state alone is full: git itself could not commit on a full disk.
        with small(tmp_path / "state", "1m") as state:
            for one in here.state.iterdir():
                (shutil.copytree if one.is_dir() else shutil.copy)(one, state / one.name)
            shutil.rmtree(here.state)
            here.state.symlink_to(state)
            fill(state, 0)
            all_at_once(here)
            assert here.named("HEAD~1") == [here.session]
            free(state)
            here.commit("-m", "Room again")
            assert here.linked() == [here.session]


@pytest.mark.parametrize("after", [0.0, 0.005, 0.01, 0.02, 0.04])
def test_a_kill_leaves_the_message_whole(here: Yard, after: float) -> None:
    message = here.path / "message"
    message.write_text("One\n" * 5000)
    (here.state / "settings").write_text("\n")
    process = subprocess.Popen(
        [here.common / "hooks" / "commit-msg", str(message)],
        cwd=here.path, start_new_session=True, env={**os.environ, "GIT_EDITOR": ":"},
    )  # fmt: skip
    time.sleep(after)
    os.killpg(process.pid, 9)
    process.wait()
    whole = "One\n" * 5000
    trailer = f"\nNatureCode-Session: {here.session}\n"
    assert message.read_text() in (whole, whole + trailer)


def test_nobody_is_at_home(here: Yard) -> None:
    """No home, no PATH to speak of, closed input and output, as some windows start git."""
    here.change()
    command = ["setsid", "sh", "-c", "exec git commit -q -m One <&- >&- 2>&-"]
    env = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "a", f"GIT_{who}_EMAIL": "a@example.com"}
    subprocess.run(command, cwd=here.path, env=env, check=True)
    assert here.named() == [here.session]


def test_what_ends_a_shell_ends_no_commit(here: Yard) -> None:
    """A fault of ours of the worst kind, in each hook."""
    for name in HOOKS:
        hook = here.common / "hooks" / name
        text = hook.read_text()
        for fault in (": >/nonexistent/x", ". /nonexistent/x", "set -eu; false", "echo $((1 +))"):
            broken = text.replace("naturecode_find || return", fault)
            assert broken != text
            hook.write_text(broken)
            words = [str(hook), "message", "message", "1"]
            done = subprocess.run(words, cwd=here.path, input=b"", capture_output=True, check=False)
            assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), (name, fault)
