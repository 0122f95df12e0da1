"""Pushes that others overtake: tried again, then left in an outbox that the next sync folds in."""

import subprocess

import pytest

from box import Box, Way
from sync.meeting import OUTBOX, Rival, is_linear, pair, refs, with_rival


def test_an_empty_remote_with_an_outbox_is_still_empty(box: Box) -> None:
    hub = box.remote(empty=True)
    ada = box.repo("ada")
    ada.git("remote", "add", "origin", f"file://{hub}")
    ada.nc("init")
    head = ada.git("rev-parse", "naturecode").strip()
    ada.git("push", "-q", "origin", f"naturecode:{OUTBOX}0123456789abcdef/{head}")
    ada.start()
    assert "push your code first" in ada.nc("sync").out
    assert refs(hub, "refs/heads/") == []


def test_a_host_that_lets_nobody_delete(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "by the outbox")
    ben.nc("session", "list")  # drains
    head = ben.git("rev-parse", "naturecode").strip()
    ben.git("push", "-q", "origin", f"naturecode:{OUTBOX}0123456789abcdef/{head}")
    hook = hub / "hooks" / "update"
    hook.write_text('#!/bin/sh\ncase "$3" in *[!0]*) ;; *) exit 1 ;; esac\n')
    hook.chmod(0o755)
    ada.nc("session", "say", session, "mine")
    said = ada.nc("sync")
    assert "does not let its outbox be emptied" in said.err
    assert ada.texts(session) == ["by the outbox", "mine"]
    assert len(refs(hub, OUTBOX)) == 1


def test_a_rejected_push_is_tried_again_with_the_whole_queue(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, ada, ben, session = pair(box)
    ada.nc("session", "say", session, "first")
    with monkeypatch.context() as patch:
        with_rival(patch, Rival(ben, session, 2))
        said = ada.nc("sync", "--json")
    assert (said.json["state"], said.json["tries"]) == ("in step", 3)
    assert refs(hub, OUTBOX) == []
    ben.nc("sync")
    assert set(ben.texts(session)) == {"first", "rival 0", "rival 1"}
    assert is_linear(hub)


def test_after_three_rejections_the_outbox(
    box: Box, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    hub, ada, ben, session = pair(box, way)
    ada.nc("session", "say", session, "patient")
    with monkeypatch.context() as patch:
        with_rival(patch, Rival(ben, session, 3))
        said = ada.nc("sync")
    assert "left in its outbox" in said.out
    (left,) = refs(hub, OUTBOX)
    assert left.rsplit("/", 1)[1] == ada.git("rev-parse", "naturecode").strip()
    ben.nc("sync")
    assert refs(hub, OUTBOX) == []
    assert "patient" in ben.texts(session)
    assert is_linear(hub)
    ada.nc("sync")
    assert len(ada.texts(session)) == 4
    assert ada.git("rev-parse", "naturecode") == ben.git("rev-parse", "naturecode")


def test_many_outboxes_are_folded_at_once(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    others = [box.clone(hub, f"other{number}") for number in range(3)]
    for other in others:
        other.nc("session", "say", session, f"from {other.path.name}")
        other.nc("session", "list")
        head = other.git("rev-parse", "naturecode").strip()
        device = "0123456789abcde" + other.path.name[-1]
        other.git("push", "-q", "origin", f"naturecode:{OUTBOX}{device}/{head}")
    before = ada.git("rev-list", "--count", "naturecode")
    ada.nc("sync")
    assert set(ada.texts(session)) == {f"from other{number}" for number in range(3)}
    assert int(ada.git("rev-list", "--count", "naturecode")) == int(before) + 1
    assert refs(hub, OUTBOX) == []
    ben.nc("sync")
    assert len(ben.texts(session)) == 3


@pytest.mark.parametrize("name", ["x", "0123456789abcdef/feed", "../../heads/main"])
def test_what_only_looks_like_an_outbox_is_left_alone(box: Box, name: str) -> None:
    hub, ada, ben, session = pair(box)
    tip = ada.git("rev-parse", "main").strip()
    path = hub / "refs/naturecode/outbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tip + "\n")
    ada.nc("session", "say", session, "hello")
    ada.nc("sync")
    assert path.exists()
    ben.nc("sync")
    assert ben.texts(session) == ["hello"]


def test_a_broken_outbox_is_dropped_and_the_good_one_arrives(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "good")
    ben.nc("session", "list")
    head = ben.git("rev-parse", "naturecode").strip()
    ben.git("push", "-q", "origin", f"naturecode:{OUTBOX}0123456789abcdef/{head}")
    raw = b"40000 ..\0" + bytes.fromhex(ada.git("rev-parse", "naturecode^{tree}").strip())
    write = ["git", "hash-object", "--literally", "-w", "-t", "tree", "--stdin"]
    tree = subprocess.run(write, cwd=hub, input=raw, capture_output=True, check=True).stdout
    bad = subprocess.run(
        ["git", "commit-tree", tree.decode().strip(), "-m", "bad"],
        cwd=hub, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    subprocess.run(
        ["git", "update-ref", f"{OUTBOX}fedcba9876543210/{bad}", bad], cwd=hub, check=True
    )
    said = ada.nc("sync")
    assert "git refuses what origin sends" in said.err
    assert ada.texts(session) == ["good"]
    assert refs(hub, OUTBOX) == []
