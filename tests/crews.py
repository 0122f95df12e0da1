"""A team around one remote: who founds it, who joins it, and how they come into step."""

import re
from pathlib import Path

import pytest

from box import Box, Clone


def founded(box: Box, hub: Path) -> Clone:
    """Ada, who has begun a team."""

    def make() -> Clone:
        ada = box.person(hub, "ada")
        ada.nc("team", "create", "Crew")
        ada.nc("sync")
        return ada

    return box.scene("founded", make)


def joined(box: Box, hub: Path, ada: Clone, name: str, *more: str) -> Clone:
    """Somebody whom Ada has asked into the team, and who has joined; both know it."""

    def make() -> Clone:
        said = ada.nc("team", "add", f"{name}@example.com", *more).out
        ada.nc("sync")
        found = re.search(r"nc-invite1:\S+", said)
        assert found, said
        made = box.person(hub, name)
        made.nc("team", "join", found[0])
        synced(made, ada, made)
        return made

    return box.scene(f"joined {name} {more}", make)


def synced(*clones: Clone) -> None:
    """One after the other, so that each sees what the ones before it have said."""
    for clone in clones:
        clone.nc("sync")


@pytest.fixture
def hub(box: Box) -> Path:
    """The remote of the team."""
    return box.remote()


@pytest.fixture
def ada(box: Box, hub: Path) -> Clone:
    """The founder."""
    return founded(box, hub)


@pytest.fixture
def ben(box: Box, hub: Path, ada: Clone) -> Clone:
    """A contributor."""
    return joined(box, hub, ada, "ben")


@pytest.fixture
def cy(box: Box, hub: Path, ada: Clone) -> Clone:
    """Another contributor."""
    return joined(box, hub, ada, "cy")
