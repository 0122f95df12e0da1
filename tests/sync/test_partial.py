"""Partial, shallow and single-branch clones: they sync both ways, and stay what they are."""

from pathlib import Path

import pytest

from box import Box, Clone
from sync.meeting import pair

SHALLOW = ("--depth=1",)
PARTIAL = ("--filter=blob:none",)
TREELESS = ("--filter=tree:0",)
SINGLE = ("--single-branch",)


def told(box: Box, number: int) -> tuple[Path, Clone, Clone, list[str]]:
    """A hub that serves partial clones, with sessions in many commits; two clones."""
    return box.scene(f"told {number}", lambda: _told(box, number))


def _told(box: Box, number: int) -> tuple[Path, Clone, Clone, list[str]]:
    hub, ada, ben, session = pair(box)
    Clone(hub).git("config", "uploadpack.allowFilter", "true")
    Clone(hub).git("config", "uploadpack.allowAnySHA1InWant", "true")
    sessions = [session]
    for one in range(number):
        sessions.append(ada.start(f"Session {one}"))
        ada.nc("session", "say", sessions[-1], f"text {one}")
    ada.nc("sync")
    ben.nc("sync")
    return hub, ada, ben, sessions


def raw(box: Box, hub: Path, name: str, *args: str) -> Clone:
    """A clone by plain git alone."""
    box._git("clone", "-q", *args, f"file://{hub}", str(box.path / name))
    return Clone(box.path / name, env={"GIT_AUTHOR_EMAIL": f"{name}@example.com"})


def kind(clone: Clone) -> tuple[str, str, bool]:
    """What must not change: filter, depth, and whether it is shallow."""
    config = clone.git("config", "--get-regexp", "partialclone|promisor", check=False)
    shallow = clone.path / ".git/shallow"
    return config, clone.git("rev-list", "--count", "main"), shallow.exists()


@pytest.mark.parametrize("how", [SHALLOW, PARTIAL, TREELESS, SINGLE, (*SHALLOW, *PARTIAL)], ids=str)
def test_it_syncs_both_ways_and_stays_what_it_is(box: Box, how: tuple[str, ...]) -> None:
    hub, ada, ben, sessions = told(box, 3)
    seed = box.path / "hub-seed"
    for number in range(3):
        Clone(seed).git("commit", "-q", "--allow-empty", "-m", str(number))
    Clone(seed).git("push", "-q", str(hub), "main")
    odd = raw(box, hub, "odd", *how)
    before = kind(odd)
    odd.nc("init")
    odd.nc("sync")
    assert odd.ids() == set(sessions)
    odd.nc("session", "say", sessions[1], "from the odd one")
    ada.nc("session", "say", sessions[2], "meanwhile")
    ada.nc("sync")
    odd.nc("sync")
    ben.nc("sync")
    assert ben.texts(sessions[1])[-1] == odd.texts(sessions[1])[-1] == "from the odd one"
    assert odd.texts(sessions[2])[-1] == "meanwhile"
    assert "nothing new" in odd.nc("sync").out
    assert kind(odd) == before
    if "--depth=1" in how:
        odd.git("fetch", "-q", "--unshallow")
        odd.nc("session", "say", sessions[0], "unshallowed")
        odd.nc("sync")
        ben.nc("sync")
        assert ben.texts(sessions[0]) == ["unshallowed"]
    odd.git("fsck", "--connectivity-only")


@pytest.mark.parametrize("how", [PARTIAL, TREELESS], ids=str)
def test_what_is_missing_is_asked_for_in_one_batch(box: Box, how: tuple[str, ...]) -> None:
    hub, _, _, sessions = told(box, 6)
    odd = raw(box, hub, "odd", "--no-checkout", *how)
    trace = box.path / "trace"
    odd.env["GIT_TRACE"] = str(trace)
    odd.nc("init")
    assert odd.ids() == set(sessions)
    assert odd.texts(sessions[3]) == ["text 2"]
    asked = trace.read_text().count("built-in: git upload-pack")
    assert asked <= 2  # trees, files


def test_offline_says_how_to_get_what_is_missing(box: Box) -> None:
    hub, ada, _, sessions = told(box, 2)
    odd = raw(box, hub, "odd", "--no-checkout", *PARTIAL)
    away = hub.rename(hub.with_name("away.git"))
    said = odd.nc("init", code=4)
    assert "not available offline" in said.err
    assert "git fetch --refetch" in said.err
    away.rename(hub)
    odd.nc("init")
    assert odd.ids() == set(sessions)
    ada.nc("session", "say", sessions[0], "newer")
    ada.nc("sync")
    odd.git("fetch", "-q")
    hub.rename(away)
    listed = odd.nc("session", "list")  # what is here is shown all the same
    assert "Session 1" in listed.out
    assert "not available offline" in listed.err
    away.rename(hub)
    assert odd.texts(sessions[0]) == ["newer"]
