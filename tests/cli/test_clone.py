"""init, status, sync as commands."""

import os
import subprocess
import sys

import pytest

from box import Box, Clone
from git_naturecode.cli.app import GROUPS


def test_init_asks_nothing_says_what_it_did_and_is_idempotent(box: Box) -> None:
    clone = box.repo()
    first = clone.nc("init")
    assert "its key was made" in first.out
    assert "data branch `naturecode` was made" in first.out
    before = clone.git("for-each-ref"), clone.git("config", "--local", "--list")
    second = clone.nc("init")
    assert "(as before)" in second.out
    assert (clone.git("for-each-ref"), clone.git("config", "--local", "--list")) == before
    assert clone.git("status", "--porcelain") == ""
    assert clone.git("branch", "--show-current").strip() == "main"


def test_init_is_silent_where_that_is_asked_for(box: Box) -> None:
    said = box.repo().nc("init", "-q")
    assert (said.out, said.err) == ("", "")


def test_a_clone_shows_the_notes_before_its_first_sync(box: Box) -> None:
    hub = box.remote()
    ada = box.clone(hub, "ada")
    session = ada.start()
    ada.nc("session", "attach", session)
    ada.nc("sync")
    ada.git("push", "-q", "origin", "main")
    bob = Clone(box.path / "bob")
    box._git("clone", "-q", str(hub), str(bob.path))
    assert "there on 1 commit" in bob.nc("init").out
    shown = ("log", "-1", "--notes=naturecode/*", "--format=%N")
    assert bob.git(*shown) == ada.git(*shown)
    assert f"session {session}" in bob.git(*shown)


def test_the_device_key_is_for_its_owner_only(box: Box) -> None:
    clone = box.repo()
    device = clone.nc("init", "--json").json["device"]
    folder = os.path.join(os.environ["HOME"], ".config/naturecode/keys")
    path = os.path.join(folder, f"{device}.key")
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.stat(folder).st_mode & 0o777 == 0o700


def test_init_everywhere(box: Box) -> None:
    hub = box.remote()
    assert "data branch" in Clone(hub).nc("init").out
    unborn = box.path / "unborn"
    box._git("init", "-q", str(unborn))
    Clone(unborn).nc("init")
    assert Clone(unborn).start("before the first commit")
    clone = box.repo("with-tree")
    clone.git("worktree", "add", "-q", "../linked")
    clone.nc("init")
    session = clone.start("seen from both")
    assert Clone(box.path / "linked").ids() == {session}


def test_two_inits_begin_with_the_same_commit(box: Box) -> None:
    one, two = box.repo("one"), box.repo("two")
    one.nc("init")
    two.nc("init")
    assert one.git("rev-parse", "naturecode") == two.git("rev-parse", "naturecode")


def test_status_in_plain_words(box: Box) -> None:
    hub = box.remote()
    ada = box.clone(hub, "ada")
    assert "nothing was ever exchanged" in ada.nc("status").out
    ada.start("shared")
    ada.start("mine", "private")
    ada.nc("sync")
    assert "1 shared session, 1 private" in ada.nc("status").out
    assert "in step with origin" in ada.nc("status").out
    ada.start("more")
    assert "1 log to push to origin" in ada.nc("status").out
    found = ada.nc("status", "--json").json
    assert (found["shared"], found["private"], found["ahead"], found["behind"]) == (2, 1, 1, 0)


def test_sync_without_a_remote(box: Box) -> None:
    clone = box.ready()
    said = clone.nc("sync", code=4)
    assert "no remote" in said.err
    clone.git("remote", "add", "up", "file:///nowhere")
    said = clone.nc("sync", "--remote", "other", code=2)
    assert "known remotes: up" in said.err


def test_another_remote_needs_a_yes(box: Box) -> None:
    hub, other = box.remote(), box.remote("other")
    ada = box.clone(hub, "ada")
    ada.start()
    ada.git("remote", "add", "other", f"file://{other}")
    said = ada.nc("sync", "--remote", "other", code=3)
    assert "would send" in said.err
    assert "naturecode" not in ada.git("ls-remote", "other")
    ada.nc("sync", "--remote", "other", "--yes")
    assert "naturecode" in ada.git("ls-remote", "other")


def test_the_list_of_commands_cuts_nothing_at_eighty_columns(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    repo = box.repo()
    for group in ([], *([name] for name in GROUPS), ["session", "shared"]):
        told = repo.nc(*group, "--help").out
        listed = told.split("Commands:")[1].strip().splitlines()
        assert [one for one in listed if one.endswith("...") or not one.endswith(".")] == [], group
        assert max(map(len, listed)) <= 80


def test_help_and_version_are_plain(box: Box) -> None:
    clone = box.repo()
    for args in (["--help"], ["-h"], ["session", "--help"], ["session", "say", "-h"]):
        said = clone.nc(*args)
        assert "Usage: git naturecode" in said.out
        assert "╭" not in said.out
    done = clone.process("--version")
    assert done.stdout == "git naturecode 1.4.0.dev0\n"


def test_a_group_without_a_command_shows_its_help(box: Box) -> None:
    clone = box.repo()
    for args in ([], ["session"]):
        said = clone.nc(*args, code=2)
        assert said.err.startswith("Usage: git naturecode")
        assert "error" not in said.err


def test_a_closed_pipe_is_no_fault(box: Box) -> None:
    clone = box.ready()
    clone.start("one")
    command = f"{sys.executable} -m git_naturecode session list | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=clone.path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() in ("0", "141")
    assert "Traceback" not in done.stderr
    assert "error" not in done.stderr


def test_dash_c_works_as_in_git(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    said = Clone(box.path).nc("-C", str(clone.path), "session", "list")
    assert session in said.out


def test_a_fault_of_ours_names_a_report_and_says_no_secrets(
    box: Box,
) -> None:
    from git_naturecode.cli import reading

    clone = box.ready()
    original = reading.opened

    def broken(*args: object, **kwargs: object) -> object:
        raise RuntimeError("the password is swordfish")

    reading.opened = broken  # type: ignore[assignment]
    try:
        said = clone.nc("status", code=128)
    finally:
        reading.opened = original
    assert "fault in git naturecode" in said.err
    path = said.err.strip().rsplit(" ", 1)[1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert "swordfish" not in text + said.err
    assert "RuntimeError" in text
