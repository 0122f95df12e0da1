"""A purge that is killed between any two steps: the next command heals, nothing else is lost."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import crash
from box import Box, Clone
from cli.test_redact import everywhere, said
from sync.meeting import pair

KILLER = Path(__file__).with_name("purge_killed.py")
EVERY = 23  # of the steps of a purge, in a usual run


class Course:
    """Purges of one secret after the other, killed at one step after the other."""

    def __init__(self, box: Box) -> None:
        self.hub, self.ada, self.ben, self.session = pair(box)
        self.private = self.ada.start("Mine", "private")
        self.kept: list[str] = []
        self.number = 0

    def purge(self, at: int) -> str:
        """Say a secret and purge it, killed before step `at`; what the process printed."""
        self.number += 1
        self.word = f"chrysanthemum-{self.number:04d}"
        for session, side in ((self.session, "team"), (self.private, "private")):
            with self.ada.store() as store:
                from git_naturecode.store.entry import Draft

                draft = Draft("message", {"role": "user"}, f"oh {self.word} on {side}", clean=True)
                store.write(side, session, [draft])
        said(self.ada, self.session, f"kept {self.number}")
        self.kept.append(f"kept {self.number}")
        self.ada.nc("sync")
        self.ben.nc("sync")
        done = subprocess.run(
            [sys.executable, str(KILLER), str(at), *self.command], cwd=self.ada.path,
            env=crash.environment(**self.ada.env), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == (-signal.SIGKILL if at else 0), done.stderr
        return done.stdout

    @property
    def command(self) -> list[str]:
        return ["redact", "--rewrite", "--text", self.word, "--yes"]

    def check(self, next_one: str) -> None:
        """After `next_one` what was begun has been ended, or nothing was done; then all is well."""
        crash.wait_for_orphans(self.ada)
        self.ada.nc(next_one)
        again = ["redact", "--check", "--text", self.word, "--json"]
        with self.ada.store() as store:
            head = store.team.head()
            assert head
        found = self.ada.tried(*again)
        if found.code == 1:  # it was not begun, or not for both branches
            self.ada.nc(*self.command)
        self.ada.nc("sync")
        self.ben.nc("sync")
        self.ada.nc("sync")
        private = Clone(self.ada.path / ".git/naturecode/private.git")
        held = private.git("cat-file", "--batch-all-objects", "--batch")
        assert self.word not in held
        assert self.word.encode() not in everywhere(self.ada, self.ben, Clone(self.hub))
        for clone in (self.ada, self.ben):
            texts = clone.texts(self.session)
            assert [text for text in self.kept if texts.count(text) != 1] == []
            assert texts.count("oh [REDACTED:own:1] on team") == self.number
        assert self.ada.texts(self.private) == ["oh [REDACTED:own:1] on private"] * self.number
        assert crash.fsck(self.ada) == ""


def sweep(box: Box, every: int) -> int:
    """Kill at every `every`th step; how many kills that were."""
    course = Course(box)
    steps = int(course.purge(0).split()[-1])
    course.check("status")
    chosen = range(1, steps - 1, every)
    for at in chosen:
        course.purge(at)
        try:
            course.check(("background", "sync")[at % 2])
        except AssertionError as error:
            raise AssertionError(f"killed before step {at} of {steps}: {error}") from error
    return len(chosen)


def test_a_purge_that_is_killed_is_ended_by_the_next_command(box: Box) -> None:
    assert sweep(box, EVERY) >= 2


@pytest.mark.torture
def test_a_purge_that_is_killed_at_any_step(box: Box) -> None:
    assert sweep(box, 1) > 30
