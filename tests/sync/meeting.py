"""Two clones that meet at a remote, a rival who is faster, and what the remote then holds."""

import subprocess
from pathlib import Path

import pytest

from box import Box, Clone, Way
from git_naturecode.git import remote as remotes
from git_naturecode.sync import run as syncing

PROGRAM = Way("program")
OUTBOX = "refs/naturecode/outbox/"


def refs(hub: Path, *patterns: str) -> list[str]:
    out = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname)", *patterns],
        cwd=hub, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return out.split()


def is_linear(hub: Path) -> bool:
    counted = subprocess.run(
        ["git", "rev-list", "--count", "--min-parents=2", "refs/heads/naturecode"],
        cwd=hub, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return counted.strip() == "0"


def pair(box: Box, way: Way = PROGRAM) -> tuple[Path, Clone, Clone, str]:
    """A remote, two clones in step, and a session of both."""

    def make() -> tuple[Path, Clone, Clone, str]:
        hub = box.remote(way=way)
        ada, ben = box.clone(hub, "ada", way), box.clone(hub, "ben", way)
        session = ada.start()
        ada.nc("sync")
        ben.nc("sync")
        return hub, ada, ben, session

    return box.scene(f"pair {way}", make)


class Rival:
    """Somebody who pushes just before each push of ours."""

    def __init__(self, clone: Clone, session: str, times: int) -> None:
        self.clone, self.session, self.times = clone, session, times
        self.push = remotes.Link.push

    def __call__(self, link: remotes.Link, pushes: list[remotes.Push]) -> bool:
        if self.times and any(push.ref.startswith("refs/heads/") for push in pushes):
            self.times, left = 0, self.times - 1  # nobody is before his own pushes
            self.clone.nc("session", "say", self.session, f"rival {left}")
            self.clone.nc("sync")
            self.times = left
        return self.push(link, pushes)


def with_rival(monkeypatch: pytest.MonkeyPatch, rival: Rival) -> None:
    monkeypatch.setattr(remotes.Link, "push", lambda link, pushes: rival(link, pushes))
    monkeypatch.setattr(syncing, "_BACK_OFF", 0.01)
