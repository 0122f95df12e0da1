"""Every clean-up that git knows, at its most merciless, while something is being said."""

import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

import crash
from box import Box, Clone, Way
from damage import state
from git_naturecode.errors import NaturecodeError
from git_naturecode.git.remote import Link, Push

COMMANDS = (
    ["gc", "-q", "--prune=now"], ["repack", "-q", "-adk"], ["prune", "--expire=now"],
    ["gc", "-q"], ["pack-refs", "--all", "--prune"], ["repack", "-q", "-ad"],
)  # fmt: skip

MOST = 1000


@contextmanager
def cleaning(clone: Clone) -> Iterator[list[int]]:
    """One clean-up after the other, all the time."""
    over, rounds = threading.Event(), list[int]()

    def clean() -> None:
        while not over.is_set():
            for one in COMMANDS:
                subprocess.run(["git", *one], cwd=clone.path, capture_output=True, check=False)
            rounds.append(1)

    thread = threading.Thread(target=clean)
    thread.start()
    try:
        yield rounds
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("way", [Way("program"), Way("library")], ids=str)
def test_nothing_acknowledged_is_lost(box: Box, way: Way) -> None:
    clone = box.ready(way=way)
    entity, said, hints = clone.start(), list[str](), list[str]()
    with cleaning(clone) as rounds, clone.store(many=way.name == "library") as store:
        while (len(said) < 30 or not rounds) and len(said) < MOST:
            said += crash.say(store, entity, f"text {len(said)}")
            try:
                store.settle()
            except NaturecodeError as error:
                hints.append(error.hint)
    subprocess.run(["git", "gc", "-q", "--prune=now"], cwd=clone.path, capture_output=True,
                   check=False)  # fmt: skip
    assert all(hints), "whoever is told of a failure is told what to do"
    clone.nc("doctor", "--fix")
    assert len(clone.texts(entity)) == len(said)
    crash.check(clone, said, "team", "--no-reflogs")
    assert state(clone, "spool").is_dir()


def test_a_clean_up_that_takes_what_a_push_was_to_send_is_told_and_mended(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start()
    ada.nc("sync")
    ada.nc("session", "say", session, "said before the clean-up")
    push = Link.push

    def late(link: Link, refs: Sequence[Push]) -> bool:
        tree = ada.git("rev-parse", "naturecode^{tree}").strip()
        (ada.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
        return push(link, refs)

    with monkeypatch.context() as patched:
        patched.setattr(Link, "push", late)
        said = ada.nc("sync", code=1)
    assert "is missing from this repository" in said.err
    assert "doctor --fix" in said.err
    ada.nc("doctor", "--fix")
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["said before the clean-up"]
