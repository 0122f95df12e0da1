"""What a device says first: its keys, its name, whose it is."""

import base64
import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from box import Box, Clone
from git_naturecode import identity
from git_naturecode.clock import parse_iso
from git_naturecode.crypto import keys, member
from git_naturecode.identity import devices
from git_naturecode.store import device
from git_naturecode.store.entry import Json

DAY_MS = 86_400_000
SYSTEM = {"linux": "Linux", "darwin": "macOS"}[sys.platform]


def said_by(clone: Clone) -> tuple[str, str, Json]:
    """The device of `clone`, its key in hex, and what it says first."""
    with clone.store() as store:
        (said,) = identity.first_ops(store)
        folder = f"{device.config_folder(store.environ)}/keys"
        return store.device, keys.public_key(folder, store.device).hex(), said


def test_a_device_says_its_keys_and_whose_it_is(clone: Clone) -> None:
    mine, key, said = said_by(clone)
    assert said["op"] == "device"
    assert set(said) == {"op", "seal", "label", "cert"}
    assert said["label"] == f"Ada, {SYSTEM}"
    assert member.is_certified(said["cert"], mine, key, said["seal"])
    assert said["cert"]["expires"] == ""
    with clone.store() as store:
        folder = f"{device.config_folder(store.environ)}/keys"
        assert keys.seal_public(folder, mine).hex() == said["seal"]


def test_it_says_the_same_again(clone: Clone) -> None:
    assert said_by(clone) == said_by(clone)


def test_two_clones_of_one_person_are_certified_by_one_key(box: Box) -> None:
    hub = box.remote()
    (one, _, first), (two, _, second) = (said_by(box.clone(hub, name)) for name in ("a", "b"))
    assert one != two
    assert first["seal"] != second["seal"]
    assert first["cert"]["key"] == second["cert"]["key"]


def test_a_person_has_a_member_key_that_only_he_can_read(clone: Clone, sealed: Path) -> None:
    _, _, said = said_by(clone)
    path = sealed / ".config/naturecode/member.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert member.read(path.read_bytes()).line == said["cert"]["key"]


def test_a_job_gets_a_device_that_lives_for_a_day(box: Box, sealed: Path) -> None:
    clone = box.repo()
    clone.env["NATURECODE_MEMBER_KEY"] = base64.b64encode(b"b" * 32).decode()
    clone.nc("init")
    mine, key, said = said_by(clone)
    assert said["cert"]["key"] == member.new(b"b" * 32).line
    assert member.is_certified(said["cert"], mine, key, said["seal"])
    with clone.store() as store:
        left = parse_iso(said["cert"]["expires"]) - store.now_ms()
    assert DAY_MS - 600_000 < left <= DAY_MS
    assert not (sealed / ".config/naturecode/member.key").exists()


def test_how_long_a_device_lives_can_be_set(box: Box) -> None:
    clone = box.repo()
    clone.git("config", "naturecode.deviceExpires", "30d")
    clone.nc("init")
    _, _, said = said_by(clone)
    with clone.store() as store:
        assert parse_iso(said["cert"]["expires"]) > store.now_ms() + 29 * DAY_MS


def test_no_name_of_the_machine_travels_unasked(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    names = os.uname()
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(nodename="secret-of-acme", **{
        name: getattr(names, name) for name in ("sysname", "release", "version", "machine")
    }))  # fmt: skip
    monkeypatch.setattr(socket, "gethostname", lambda: "secret-of-acme")
    monkeypatch.setattr(platform, "node", lambda: "secret-of-acme")
    clone = box.repo()
    said = clone.nc("init").out
    assert f'others see it called "Ada, {SYSTEM}"' in said
    assert "git naturecode device rename" in said
    clone.nc("session", "start", "s", "--visibility", "team")
    clone.nc("doctor", code=0)
    kept = [path for path in clone.path.rglob("*") if path.is_file()]
    assert [path for path in kept if b"secret-of-acme" in path.read_bytes()] == []
    assert "secret-of-acme" not in clone.git("cat-file", "--batch-all-objects", "--batch")


@pytest.mark.parametrize("when", ["first", "again", "after it has spoken"])
def test_init_can_name_it(box: Box, when: str) -> None:
    clone = box.clone(box.remote(), "ada") if when != "first" else box.repo()
    if when == "after it has spoken":
        clone.start()
        clone.nc("sync")
    assert 'called "blue laptop"' in clone.nc("init", "--label", " blue\tlaptop ").out
    assert 'called "blue laptop"' in clone.nc("init").out
    assert said_by(clone)[2]["label"] == "blue laptop"
    assert "cert" in said_by(clone)[2]
    with clone.store() as store:
        if when == "after it has spoken":
            assert devices.known(store)[store.device].label == "blue laptop"
    assert clone.nc("init", "--label", "x" * 101, code=2).err.startswith("error: the name of")


def test_who_has_no_name_is_called_by_his_address(box: Box, sealed: Path) -> None:
    (sealed / ".gitconfig").write_text("[user]\n\temail = kim@example.com\n")
    clone = Clone(box.path / "repo")
    subprocess.run(["git", "init", "-q", str(clone.path)], check=True)
    clone.nc("init")
    assert said_by(clone)[2]["label"] == f"kim, {SYSTEM}"


def test_the_name_of_a_device_can_be_set(box: Box) -> None:
    clone = box.repo()
    clone.git("config", "naturecode.deviceLabel", "the blue laptop")
    clone.nc("init")
    assert said_by(clone)[2]["label"] == "the blue laptop"


def test_a_device_without_a_usable_member_key_is_introduced_all_the_same(
    clone: Clone, sealed: Path
) -> None:
    path = sealed / ".config/naturecode/member.key"
    good = path.read_bytes()
    (clone.path / ".git/naturecode/introduced").unlink()
    for damage in (lambda: path.write_text("rubbish"), path.unlink):
        damage()
        _, _, said = said_by(clone)
        assert set(said) == {"op", "seal", "label"}
    path.touch(0o600)
    path.write_bytes(good)
    assert "cert" in said_by(clone)[2]  # nothing was remembered that would stay so


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"device": 1}', '{"operation": []}'])
def test_a_torn_memory_of_it_is_made_anew(clone: Clone, text: str) -> None:
    before = said_by(clone)
    path = clone.path / ".git/naturecode/introduced"
    path.write_text(text)
    assert said_by(clone) == before
    assert json.loads(path.read_text())["operation"] == before[2]


def test_the_memory_of_another_device_does_not_count(clone: Clone) -> None:
    said_by(clone)
    path = clone.path / ".git/naturecode/introduced"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "device": "0" * 16}))
    mine, key, said = said_by(clone)
    assert member.is_certified(said["cert"], mine, key, said["seal"])
