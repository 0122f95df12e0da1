"""Where the key of a model comes from, and where it does not go."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ai.test_settings import given
from box import Box
from git_naturecode.ai import keys
from git_naturecode.ai.keys import Key
from git_naturecode.errors import NotPermitted, Usage
from git_naturecode.git import repo as repos
from git_naturecode.git.run import Program

SECRET = "sk-" + "Zq7LmN2vXc9RtY4wPs8KdF3h"
DEEPSEEK = given(("provider", "deepseek"))
OWN = given(("endpoint", "https://gpu.example:8443/v1"), ("model", "m"))
HERE = given(("endpoint", "http://localhost:9/v1"), ("model", "m"))


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring that holds what a test puts there, by place."""
    held: dict[str, str] = {}
    made = SimpleNamespace(get_password=lambda service, place: held.get(f"{service} {place}"))
    monkeypatch.setitem(sys.modules, "keyring", made)
    monkeypatch.setitem(
        sys.modules,
        "keyring.errors",
        SimpleNamespace(KeyringError=type("KeyringError", (Exception,), {})),
    )
    return held


@pytest.fixture
def git(box: Box) -> Program:
    """The git program in a repository."""
    return repos.find(str(box.repo().path), dict(os.environ)).program


def helper(path: Path, answer: str) -> Path:
    """A credential helper that notes what it is told, and gives `answer`."""
    note, script = path / "note", path / "helper"
    script.write_text(
        f'#!/bin/sh\necho "$1" >> {note}\ncat >> {note}\n[ "$1" = get ] && {answer}\n'
    )
    script.chmod(0o755)
    return note


def use(path: Path) -> None:
    """Have git ask that helper."""
    with open(Path(os.environ["HOME"]) / ".gitconfig", "a") as file:
        file.write(f"[credential]\n\thelper = {path / 'helper'}\n")


def test_the_environment_comes_first(git: Program, keyring: dict[str, str]) -> None:
    keyring["git-naturecode-ai https://api.deepseek.com"] = "other"
    found = keys.find(DEEPSEEK, {"DEEPSEEK_API_KEY": f" {SECRET}\n"}, git)
    assert found == Key(SECRET, "environment")
    assert (
        keys.find(DEEPSEEK, {"NATURECODE_AI_KEY": "mine", "DEEPSEEK_API_KEY": "x"}, git).value
        == "mine"
    )


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "DEEPSEEK_API_KEY"])
def test_the_key_of_one_host_goes_to_no_other(git: Program, name: str) -> None:
    assert not keys.find(OWN, {name: SECRET}, git).value
    assert not keys.find(HERE, {name: SECRET}, git).value
    assert keys.find(OWN, {keys.VARIABLE: SECRET}, git).value == SECRET


def test_the_keyring_is_asked(git: Program, keyring: dict[str, str]) -> None:
    keyring["git-naturecode-ai https://gpu.example:8443"] = SECRET
    assert keys.find(OWN, {}, git) == Key(SECRET, "keyring")


def test_gits_helpers_are_asked_and_told(git: Program, tmp_path: Path) -> None:
    note = helper(tmp_path, f"echo password={SECRET}")
    use(tmp_path)
    found = keys.find(DEEPSEEK, {}, git)
    assert found == Key(SECRET, "credential")
    assert "host=api.deepseek.com" in note.read_text()
    keys.settle(DEEPSEEK, found, git, is_good=True)
    assert "store\n" in note.read_text()
    assert note.read_text().count(SECRET) == 1
    keys.settle(DEEPSEEK, found, git, is_good=False)
    assert "erase\n" in note.read_text()
    before = note.read_text()
    keys.settle(DEEPSEEK, Key(SECRET, "environment"), git, is_good=False)
    assert note.read_text() == before


def test_nobody_is_asked_in_a_pipe(
    git: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\ntouch {asked}\necho {SECRET}\n")
    ask.chmod(0o755)
    with open(Path(os.environ["HOME"]) / ".gitconfig", "a") as file:
        file.write(f"[core]\n\taskPass = {ask}\n")
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(ask))
    monkeypatch.setenv("DISPLAY", ":0")
    program = git._replace(environ=dict(os.environ))
    with pytest.raises(Usage, match="no key for deepseek") as caught:
        keys.find(DEEPSEEK, os.environ, program)
    assert "DEEPSEEK_API_KEY" in caught.value.hint
    assert not asked.exists()
    told: list[str] = []
    found = keys.find(DEEPSEEK, os.environ, program, may_ask=True, on_ask=told.append)
    assert found.value == SECRET
    assert [one for one in told if "DEEPSEEK_API_KEY" in one] == told != []


def test_one_who_does_not_answer_is_told_that_there_is_no_key(
    git: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_HELPER_SECONDS", 0.2)
    helper(tmp_path, "sleep 20")
    use(tmp_path)
    with pytest.raises(Usage, match="no key for deepseek"):
        keys.find(DEEPSEEK, {}, git)


def test_a_server_on_this_machine_needs_none(git: Program, tmp_path: Path) -> None:
    note = helper(tmp_path, f"echo password={SECRET}")
    use(tmp_path)
    assert keys.find(HERE, {}, git) == keys.NOTHING
    assert not note.exists()


def test_a_key_does_not_travel_readable(git: Program) -> None:
    plain = given(("endpoint", "http://gpu.example/v1"), ("model", "m"))
    with pytest.raises(NotPermitted, match=r"gpu\.example") as caught:
        keys.find(plain, {keys.VARIABLE: SECRET}, git)
    assert SECRET not in caught.value.message + caught.value.hint
    assert keys.find(HERE, {keys.VARIABLE: SECRET}, git).value == SECRET
    assert not keys.find(plain, {}, git).value


@pytest.mark.parametrize("value", ["a\nb", "sk-ü", "x" * 5000, "a\x1bb"])
def test_what_cannot_be_a_key_is_not_said(git: Program, value: str) -> None:
    with pytest.raises(Usage) as caught:
        keys.find(OWN, {keys.VARIABLE: value}, git)
    assert value not in caught.value.message + caught.value.hint


def test_a_key_is_in_no_repr() -> None:
    assert SECRET not in repr(Key(SECRET, "environment"))
    assert SECRET not in repr([Key(SECRET, "keyring")])


def test_it_is_in_no_trace(git: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper(tmp_path, f"echo password={SECRET}")
    use(tmp_path)
    for name in ("GIT_NATURECODE_TRACE", "GIT_TRACE", "GIT_TRACE2_EVENT"):
        monkeypatch.setenv(name, str(tmp_path / f"{name}.log"))
    program = git._replace(environ=dict(os.environ))
    keys.settle(DEEPSEEK, keys.find(DEEPSEEK, {}, program), program, is_good=True)
    told = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert "credential" in told
    assert SECRET not in told
