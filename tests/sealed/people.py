"""People of one team, each with keys and a clone of his own, for tests of encrypted sessions."""

import re
from pathlib import Path

from box import Box, Clone

ADA, BEN, CY = "ada@example.com", "ben@example.com", "cy@example.com"
SECRET = "the zebra plan"


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
        synced(made, ada)
        return made

    return box.scene(f"joined {name} {more}", make)


def synced(*clones: Clone) -> None:
    """All of them in step: each sees what the ones before it have said."""
    for clone in (*clones, *clones[:-1]):
        clone.nc("sync")


def everything(clone: Clone) -> bytes:
    """All bytes that a clone keeps of what was said: both repositories, index, spool, folder."""
    found = []
    for repo in (clone.path / ".git", clone.path / ".git/naturecode/private.git"):
        if repo.exists():
            names = clone.git(
                f"--git-dir={repo}",
                "cat-file",
                "--batch-all-objects",
                "--batch-check=%(objectname)",
            ).split()
            found += [clone.git(f"--git-dir={repo}", "cat-file", "-p", one) for one in names]
    data = "".join(found).encode("utf-8", "surrogateescape")
    places = [clone.path / ".git/naturecode", clone.path / ".naturecode"]
    for place in places:
        for file in place.rglob("*"):
            if file.is_file() and "private.git" not in file.parts:
                data += file.read_bytes()
    return data
