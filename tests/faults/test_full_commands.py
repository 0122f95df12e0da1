"""A full disk under every command: a clear word, no fault of ours, nothing acknowledged is lost."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import crash
import transcripts
from box import Box, Clone, Said
from disks import attempt, fill, free, small
from git_naturecode.errors import NEGATIVE, REMOTE

ROOMS = (0, 4096, 40960)
REF = "refs/heads/naturecode"


@dataclass
class Site:
    """A clone on a small disk, its remote elsewhere, and what was acknowledged in it."""

    disk: Path
    clone: Clone
    transcript: str
    shared: str = ""
    private: str = ""
    said: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, session: str, text: str) -> None:
        """Remember that somebody was told that `text` is kept."""
        self.said.setdefault(session, []).append(text)

    def say(self, session: str, text: str) -> Said:
        """Say `text`; it counts when the command said that it is kept."""
        said = attempt(self.clone, "session", "say", session, text)
        if said.code == 0:
            self.keep(session, text)
        return said

    def check(self) -> None:
        """Once there is room, every command works, and all that was acknowledged is there."""
        free(self.disk)
        self.clone.nc("session", "say", self.shared, "there is room again")
        self.clone.nc("sync")
        for session, texts in self.said.items():
            found = self.clone.texts(session)
            assert [text for text in texts if found.count(text) != 1] == []
        assert crash.fsck(self.clone) == ""
        for left in (self.clone.path / ".git/objects/pack").glob("tmp_*"):
            left.unlink()  # git gc does that after two weeks
        assert {one["level"] for one in self.clone.nc("doctor", "--json").json["items"]} == {"ok"}


@contextmanager
def a_site(box: Box, tmp_path: Path) -> Iterator[Site]:
    with small(tmp_path / "small", "96m") as disk:
        hub = box.remote()
        subprocess.run(["git", "clone", "-q", f"file://{hub}", str(disk / "ada")], check=True)
        clone = Clone(disk / "ada", env={"GIT_AUTHOR_EMAIL": "ada@example.com"})
        clone.nc("init")
        path = transcripts.write(tmp_path / "t.jsonl", transcripts.CONVERSATION)
        site = Site(disk, clone, path, clone.start("Together"), clone.start("Alone", "private"))
        for session, text in ((site.shared, "before"), (site.private, "before, alone")):
            clone.nc("session", "say", session, text)
            site.keep(session, text)
        clone.nc("sync")
        yield site


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[Site]:
    with a_site(box, tmp_path) as made:
        yield made


def tells(said: Said) -> bool:
    """True when it was done, or says that the disk is full and what to do."""
    if said.code == 0:
        return True
    return (
        said.code in (NEGATIVE, REMOTE)
        and ("disk is full" in said.err or "No space left" in said.err)
        and "hint: " in said.err
    )


def test_every_command_on_a_disk_without_room(site: Site) -> None:
    for number, room in enumerate(ROOMS):
        fill(site.disk, room)
        answers = {
            "say": site.say(site.shared, f"with {room} left"),
            "say, private": site.say(site.private, f"with {room} left, alone"),
            "start": attempt(site.clone, "session", "start", f"Begun with {room} left"),
            "import": attempt(site.clone, "session", "import", site.transcript),
            "share": attempt(site.clone, "session", "share", site.private),
            "sync": attempt(site.clone, "sync"),
            "init": attempt(site.clone, "init"),
            "list": attempt(site.clone, "session", "list"),
            "show": attempt(site.clone, "session", "show", site.shared),
            "search": attempt(site.clone, "session", "search", "before"),
            "status": attempt(site.clone, "status"),
            "doctor": attempt(site.clone, "doctor"),
        }
        for name in ("list", "show", "search"):
            assert "before" in answers[name].out or name == "list", (room, answers[name])
            assert answers[name].code == 0, (room, name, answers[name])
        assert "are free where" in answers.pop("doctor").out
        assert [(name, said) for name, said in answers.items() if not tells(said)] == [], room
        if number == 0:
            assert answers["say"].code == NEGATIVE
        site.check()
