"""Installing, and what is left when all is taken out; hooks in git's configuration."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.hooks import COMMIT, NAMES, QUIET, RETIRED, shims
from hooking import HOOKS, Yard, picture, script, settle, yard

ROOT = Path(__file__).parent.parent.parent


def plain(box: Box) -> Clone:
    """A repository in which hooks are wanted."""
    clone = box.repo()
    clone.git("config", "naturecode.hooks", "true")
    return clone


def installed(clone: Clone) -> set[str]:
    """The hooks that git would run."""
    folder = clone.path / ".git" / "hooks"
    return {one.name for one in folder.iterdir() if one.suffix != ".sample"}


def test_no_commit_costs_anything_before_there_is_a_session(box: Box) -> None:
    clone = plain(box)
    before = picture(clone.path / ".git" / "hooks")
    said = clone.nc("init").out
    assert f"hooks in {clone.path}/.git/hooks: {', '.join(QUIET)}\n" in said
    assert "naturecode.syncOnPush" in said
    assert installed(clone) == set(QUIET)
    assert "the hooks are installed\n" in clone.nc("init").out
    started = clone.nc("session", "start", "One")
    assert "commits made here name the session now" in started.err
    assert installed(clone) == set(NAMES) == set(HOOKS)
    assert "commits made here" not in clone.nc("session", "start", "Two").err
    assert clone.nc("hooks", "uninstall").out == "hooks: taken out\n"
    assert picture(clone.path / ".git" / "hooks") == before
    clone.nc("session", "start", "Three")
    clone.nc("init")
    assert picture(clone.path / ".git" / "hooks") == before
    assert clone.nc("hooks", "uninstall").out == "there were no hooks of ours\n"
    assert "switched them off" in clone.nc("hooks", "status").out
    clone.nc("hooks", "install")
    assert clone.nc("hooks", "install").out == "the hooks are installed already\n"
    assert installed(clone) == set(NAMES)


def test_what_came_with_a_session_goes_with_it(box: Box) -> None:
    clone = plain(box)
    clone.nc("init")
    theirs = script(clone.path / ".git/hooks/commit-msg", "#!/bin/sh\necho theirs\n").read_bytes()
    session = clone.start("One")
    assert installed(clone) >= set(NAMES)
    clone.git("worktree", "add", "-q", "../linked")
    linked = Clone(box.path / "linked", clone.way)
    linked.nc("session", "use", session)
    clone.nc("session", "use", "--none")
    assert installed(clone) >= set(NAMES)  # another work tree still has a session
    linked.nc("session", "use", "--none")
    assert installed(clone) == {*QUIET, "commit-msg"}
    assert (clone.path / ".git/hooks/commit-msg").read_bytes() == theirs
    clone.nc("session", "use", session)
    assert installed(clone) >= set(NAMES)
    clone.nc("session", "close", session)
    assert installed(clone) == {*QUIET, "commit-msg"}
    clone.nc("hooks", "install")  # by hand: they stay
    clone.nc("session", "list")
    assert installed(clone) >= set(NAMES)


@pytest.mark.parametrize("how", ["install", "uninstall"])
def test_hooks_of_versions_before_are_taken_out(box: Box, how: str) -> None:
    here = yard(box)
    folder = here.common / "hooks"
    script(folder / "post-commit", "#!/bin/sh\necho theirs\n")
    before = picture(folder)["post-commit"]
    record = json.loads((here.state / "hooks.json").read_text())
    record["names"] += RETIRED
    (here.state / "hooks.json").write_text(json.dumps(record))
    (folder / "post-commit").rename(folder / "post-commit.before-naturecode")
    old = shims.render("commit-msg", shims.Program("git-naturecode", "naturecode"), b"#!/bin/sh\n")
    for name in RETIRED:
        script(folder / name, (shims.SHEBANG + old).decode())
        (here.state / "hooks" / name).write_bytes(shims.SHEBANG + old)
    here.clone.nc("hooks", how)
    left = set(NAMES) if how == "install" else set()
    assert installed(here.clone) == {*left, "post-commit"}
    assert picture(folder)["post-commit"] == before
    own = here.state / "hooks"
    assert (set(os.listdir(own)) if own.exists() else set()) == left
    if how == "install":
        here.commit("-m", "One")
        assert here.linked() == [here.session]


def test_nobody_gets_hooks_that_he_does_not_want(box: Box) -> None:
    clone = plain(box)
    assert "no hooks are installed" in clone.nc("init", "--no-hooks").out
    clone.start()
    assert installed(clone) == set()
    assert clone.git("config", "naturecode.hooks") == "false\n"
    clone.nc("init", "--no-hooks", "--capture", code=2)


def test_capture_brings_all_of_them(box: Box) -> None:
    clone = plain(box)
    clone.nc("init", "--capture")
    assert set(COMMIT) <= installed(clone)
    assert (clone.path / ".git/naturecode/capture").exists()
    assert clone.git("config", "naturecode.capture") == "true\n"
    clone.nc("init")
    assert (clone.path / ".git/naturecode/capture").exists()
    clone.nc("init", "--no-capture")
    assert not (clone.path / ".git/naturecode/capture").exists()


def test_another_version_is_brought_up_to_date(box: Box) -> None:
    here = yard(box)
    hook = here.common / "hooks" / "commit-msg"
    new = hook.read_bytes()
    old = shims.render("commit-msg", shims.Program("/old/git-naturecode", "naturecode"))
    hook.write_bytes(shims.SHEBANG + old)
    items = here.clone.nc("hooks", "status", "--json", code=1).json["items"]
    assert [one["name"] for one in items if one["state"] == "outdated"] == ["commit-msg"]
    assert "commit-msg: brought up to date" in here.clone.nc("hooks", "install").out
    assert hook.read_bytes() == new
    hook.chmod(0o644)
    here.clone.nc("hooks", "status", code=1)
    here.clone.nc("init")
    here.clone.nc("hooks", "status")


def test_the_doctor_puts_back_what_is_gone(box: Box) -> None:
    here = yard(box)
    (here.common / "hooks" / "post-merge").unlink()
    (here.common / "hooks" / "commit-msg").write_text("")
    found = here.clone.nc("doctor", "--json", code=1).json["items"]
    wrong = [one["message"] for one in found if one["check"] == "hooks"]
    assert any("post-merge: not where git looks for hooks" in one for one in wrong)
    assert any("commit-msg: not run any more" in one for one in wrong)
    here.clone.nc("doctor", "--fix")
    here.clone.nc("hooks", "status")
    here.git("config", "core.hooksPath", "/dev/null")
    found = here.clone.nc("doctor", "--fix", "--json", code=1).json["items"]
    assert [one["advice"] for one in found if one["check"] == "hooks"] == [
        "`git config --unset core.hooksPath` switches them on, then run this again"
    ]


def test_a_killed_installation_is_ended_by_the_next(box: Box) -> None:
    clone = plain(box)
    folder = clone.path / ".git" / "hooks"
    script(folder / "commit-msg", "#!/bin/sh\necho theirs\n")
    before = picture(folder)
    clone.nc("init", "--capture")
    (folder / "commit-msg").unlink()  # moved aside, and ours not there yet
    clone.nc("hooks", "install")
    clone.nc("hooks", "status")
    (folder / "commit-msg").unlink()
    clone.nc("hooks", "uninstall")
    assert picture(folder) == before


# --- git 2.54, which none of the machines for these tests has: a program that says so, and what it
# would do with the configuration done by hand. ---


def newer_git(box: Box, clone: Clone) -> None:
    """Have git call itself 2.54."""
    real = shutil.which("git")
    fake = script(
        box.path / "newer" / "git",
        f'#!/bin/sh\nfor one; do [ "$one" != version ] || '
        f'{{ echo "git version 2.54.1"; exit; }}; done\nexec {real} "$@"\n',
    )
    clone.env["PATH"] = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"


def run_listed(here: Yard, event: str, *args: str) -> None:
    """What git 2.54 does for an event: its commands through the shell, with the arguments."""
    names = here.git("config", "--get-regexp", r"^hook\..*\.event$").splitlines()
    keys = [line.split(" ")[0] for line in names if line.split(" ")[1] == event]
    for key in keys:
        command = here.git("config", key.replace(".event", ".command")).removesuffix("\n")
        done = subprocess.run(
            ["sh", "-c", f'{command} "$@"', command, *args], cwd=here.path, check=False,
            env={**os.environ, **here.clone.env, "GIT_EDITOR": ":"}, capture_output=True,
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("name", ["repo", "two wo'rds"])
def test_where_git_has_hooks_in_its_configuration(box: Box, name: str) -> None:
    clone = box.repo(name)
    clone.git("config", "naturecode.hooks", "true")
    clone.git("config", "core.hooksPath", "tracked")
    script(clone.path / "tracked" / "commit-msg", "#!/bin/sh\n")
    newer_git(box, clone)
    before = picture(clone.path / "tracked"), (clone.path / ".git/config").read_bytes()
    here = settle(clone)
    assert picture(clone.path / "tracked") == before[0]
    assert installed(clone) == set()
    states = {one["state"] for one in clone.nc("hooks", "status", "--json").json["items"]}
    assert states == {"configured"}
    message = clone.path / ".git" / "COMMIT_EDITMSG"
    message.write_text("One\n")
    run_listed(here, "commit-msg", str(message))
    assert message.read_text() == f"One\n\nNatureCode-Session: {here.session}\n"
    clone.path.rename(box.path / "moved")
    here.clone.path = box.path / "moved"
    message = here.path / ".git" / "COMMIT_EDITMSG"
    run_listed(here, "commit-msg", str(message))
    shutil.rmtree(here.state / "hooks")
    run_listed(here, "commit-msg", str(message))  # gone, and no commit fails
    here.clone.nc("doctor", "--fix", "--json")
    here.clone.nc("hooks", "uninstall")
    lines = (here.path / ".git/config").read_text()
    assert "[hook" not in lines


def test_a_git_that_becomes_newer_or_older(box: Box) -> None:
    here = yard(box)
    newer_git(box, here.clone)
    here.clone.nc("hooks", "install")
    assert installed(here.clone) == set()
    here.clone.nc("hooks", "install", "--files")
    assert installed(here.clone) == set(NAMES)
    assert here.git("config", "--get-regexp", "^hook", code=1) == ""


def test_the_wheel_has_the_shims(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(
        ROOT, source, ignore=shutil.ignore_patterns(".venv", ".git", "tests", ".*_cache")
    )
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=source,
        check=True,
        capture_output=True,
        text=True,
    )
    names = zipfile.ZipFile(tmp_path / done.stdout.strip()).namelist()
    for name in (*NAMES, "common.sh"):
        assert f"git_naturecode/hooks/shims/{name}" in names
