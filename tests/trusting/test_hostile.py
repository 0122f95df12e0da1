"""Attacks on signed logs: set back, in two hands, forged, replayed; and the server's hook."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode import trusting
from git_naturecode.domain.policy import ops, words
from trusting.people import add, device, forge, found, lines, person, plain_push, say


@pytest.fixture
def hub(box: Box) -> Path:
    return box.remote()


@pytest.fixture
def ada(box: Box, hub: Path) -> Clone:
    return person(box, hub, "ada")


@pytest.fixture
def ben(box: Box, hub: Path) -> Clone:
    return person(box, hub, "ben")


def test_a_remote_that_was_set_back_is_told_and_healed(ada: Clone, ben: Clone, hub: Path) -> None:
    session = ada.start()
    found(ada)
    ada.nc("sync")
    old = subprocess.run(
        ["git", "rev-parse", "naturecode"], cwd=hub, capture_output=True, text=True, check=True
    ).stdout.strip()
    ada.nc("session", "say", session, "later")
    ada.nc("sync")
    ben.nc("sync")
    subprocess.run(["git", "update-ref", "refs/heads/naturecode", old], cwd=hub, check=True)
    assert "was set back" in ben.nc("sync", code=3).err
    assert "later" in ada.texts(session)
    assert "was set back" not in ben.nc("sync").err
    now = subprocess.run(["git", "log", "-1", "--format=%H", "naturecode"], cwd=hub,
                         capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    assert now != old


def test_a_key_in_two_hands_freezes_its_device_and_is_told(
    box: Box, ada: Clone, ben: Clone, hub: Path
) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "say", session, "before")
    ben.nc("sync")
    thief = box.path / "home-thief"
    shutil.copytree(box.path / "home-ben", thief)
    copy = Clone(ben.path, env={**ben.env, "HOME": str(thief)})
    clone = box.path / "stolen"
    subprocess.run(["git", "clone", "-q", f"file://{hub}", str(clone)], check=True)
    other = Clone(clone, env={"HOME": str(thief), "GIT_AUTHOR_EMAIL": "ben@example.com"})
    other.nc("init")
    key = device(ben)
    with other.store() as store:
        trusting.append(store, [ops.sign(session, [("x-" + key, "0" * 64)])], device=key)
    ben.nc("session", "say", session, "mine")
    ben.nc("sync")
    other.nc("sync", code=3)
    said = ada.nc("sync", code=3).err
    assert "two things under the number" in said
    assert ada.texts(session) == ["before"]
    shown = ada.nc("trust", "show", "--json").json["equivocations"]
    assert [one["device"] for one in shown] == [key]
    assert copy.path == ben.path


def test_a_line_of_another_repository_says_nothing_here(box: Box, ada: Clone, hub: Path) -> None:
    other = person(box, box.remote("elsewhere"), "ada")
    session = ada.start()
    found(ada)
    ada.nc("sync")
    found(other)
    member = ops.record(
        "member-20261126-00000009", "", "eve@example.com", "admin", ["ssh-ed25519 A"]
    )
    say(other, ops.member(member))
    eve = person(box, hub, "eve")
    eve.nc("sync")
    files: dict[str, str] = {}
    for path, line in lines(other):
        files[path] = files.get(path, "") + line.decode() + "\n"
    plain_push(eve, files)
    ada.nc("sync", code=3)  # another team was begun here: told, not merged
    shown = ada.nc("trust", "show", "--json").json
    assert (shown["members"], len(shown["others"])) == (1, 1)
    assert ada.nc("session", "show", session).code == 0


def test_a_forged_line_counts_for_nothing_and_blocks_nobody(
    box: Box, ada: Clone, ben: Clone, hub: Path
) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    ben.nc("sync")
    eve = person(box, hub, "eve")
    eve.nc("sync")
    key = device(ada)
    path = f"log/trust/{key[:2]}/{key}.0001.jsonl"
    real = eve.git("show", f"naturecode:{path}")
    last = real.strip().split("\n")[-1]
    seq = json.loads(last)["seq"]
    forged = last.replace(f'"seq":{seq}', f'"seq":{seq + 7}').replace('"ops":[', '"ops":[{},', 1)
    plain_push(eve, {path: real + forged + "\n"})
    for one in (ada, ben):
        one.nc("sync")
    ada.nc("session", "say", session, "still here")
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["still here"]
    assert ben.nc("verify", "--json").json["forged"] == 1


def test_a_second_team_is_shown_and_never_merged(box: Box, ada: Clone, ben: Clone) -> None:
    ada.start()
    first = found(ada)
    ada.nc("sync")
    second = found(ben)  # has not synced, and so does not know
    assert ben.nc("sync", code=3).err
    shown = ben.nc("trust", "show", "--json").json
    assert shown["team"] == second
    assert [one["fingerprint"] for one in shown["others"]] == [words.fingerprint(first)]
    assert ben.nc("trust", "pin", code=3).code == 3
    ben.nc("trust", "pin", *words.fingerprint(first).split(), code=3)
    ben.nc("trust", "pin", *words.fingerprint(first).split(), "--yes")
    assert ben.nc("trust", "show", "--json").json["team"] == first


def test_verify_and_audit_tell_all_of_it(box: Box, ada: Clone, ben: Clone, hub: Path) -> None:
    session = ada.start()
    found(ada)
    member = add(ada, ben, "viewer")
    ada.nc("sync")
    assert ada.nc("verify", "--json").json["alarms"] == []
    ben.nc("sync")
    say(ben, ops.role(member, "admin"))
    ben.nc("sync")
    eve = person(box, hub, "eve")
    eve.nc("sync")
    forge(eve, session, device(ada), "=HYPERLINK(1)", "=cmd@example.com")
    ada.nc("sync", code=3)
    found_ = ada.nc("verify", "--json", code=3).json
    assert found_["entries"]["quarantined"] == 1
    log = ada.nc("trust", "show", "--log").out
    assert "refused" in log
    assert "genesis" in log
    rows = [line for line in ada.nc("audit", "export", "--format", "csv").out.split("\n") if line]
    assert any("'=cmd@example.com" in row and "quarantined" in row for row in rows)
    assert any(",role," in row and "refused" in row for row in rows)
    ada.nc("audit", "export", "--refused", "-o", str(box.path / "out.jsonl"))
    assert len((box.path / "out.jsonl").read_text().splitlines()) == 2
    assert "HYPERLINK" not in "\n".join(rows)


def test_pre_receive_keeps_out_what_clones_would(
    box: Box, ada: Clone, ben: Clone, hub: Path
) -> None:
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    hook = hub / "hooks/pre-receive"
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m git_naturecode hook pre-receive\n")
    hook.chmod(0o755)
    ben.nc("sync")
    ben.nc("session", "say", session, "hello")
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ["hello"]
    eve = person(box, hub, "eve")
    eve.nc("sync")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        forge(eve, session, device(ada), "forged", "ada@example.com")
    assert b"no member has signed it" in refused.value.stderr
    with pytest.raises(subprocess.CalledProcessError) as refused:
        plain_push(eve, {"CLAUDE.md": "obey"})
    assert b"no such file belongs here" in refused.value.stderr
    done = eve.git("push", "origin", ":naturecode", check=False)
    assert "naturecode" in subprocess.run(
        ["git", "branch"], cwd=hub, capture_output=True, text=True, check=True
    ).stdout, done  # fmt: skip
    eve.git("commit", "-q", "--allow-empty", "-m", "x")
    eve.git("push", "-q", "origin", "HEAD:refs/heads/topic")  # other branches pass
    secret = ben.nc("session", "say", session, "a secret").out
    ben.nc("sync")
    name = ben.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    ben.nc("redact", "--rewrite", session, name, "--yes")
    ben.nc("sync")  # a purge may replace the branch
    assert "a secret" not in ada.nc("session", "show", session).out or ada.nc("sync")
    assert secret is not None
