"""Several commands at once, each killed at some moment; then the doctor, and all is there."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import crash
import transcripts
from box import Box, Clone
from seeds import SEED

ROUNDS, MANY_ROUNDS = 3, 40


class Killer:
    """Starts commands in a clone and kills them; remembers what was acknowledged."""

    def __init__(self, clone: Clone, chance: random.Random, transcript: str) -> None:
        self.clone, self.chance, self.transcript = clone, chance, transcript
        self.sessions = [clone.start("Together"), clone.start("Alone", "private")]
        self.said: list[tuple[str, str]] = []
        self.killed = 0
        began = time.monotonic()
        clone.nc("session", "list")
        self.short = time.monotonic() - began

    def round(self, number: int) -> None:
        """Several commands side by side, each with its own end."""
        running = []
        for place in range(3):
            session = self.chance.choice(self.sessions)
            text = f"round {number} place {place}"
            command = self.chance.choice(
                [
                    ["session", "say", session, text], ["session", "say", session, text],
                    ["sync"], ["session", "import", self.transcript], ["session", "list"],
                    ["session", "share", self.sessions[1]],
                ]
            )  # fmt: skip
            process = subprocess.Popen(
                [sys.executable, "-m", "git_naturecode", *command], cwd=self.clone.path,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                env={**os.environ, **self.clone.env},
            )  # fmt: skip
            running.append((process, session, text if text in command else ""))
        time.sleep(self.chance.uniform(0.5, 4) * self.short)
        for process, session, text in running:
            if self.chance.random() < 0.7:
                os.killpg(process.pid, signal.SIGKILL)
            _, err = process.communicate()
            self.killed += process.returncode == -signal.SIGKILL
            assert "Traceback" not in err
            assert process.returncode != 128, err
            if text and process.returncode == 0:
                self.said.append((session, text))


def torment(box: Box, tmp_path: Path, rounds: int) -> None:
    """Rounds of kills; after each the doctor, and all that was acknowledged is there once."""
    clone = box.clone(box.remote(), "ada")
    path = transcripts.write(tmp_path / "t.jsonl", transcripts.CONVERSATION)
    killer = Killer(clone, random.Random(SEED), path)
    for number in range(rounds * 10):
        if number >= rounds and killer.killed:
            break
        killer.round(number)
        crash.wait_for_orphans(clone)
        clone.nc("doctor", "--fix")
    for session, text in killer.said:
        assert clone.texts(session).count(text) == 1, (session, text)
    clone.nc("session", "import", path)
    clone.nc("sync")
    assert killer.killed
    for folder in (".git", ".git/naturecode/private.git"):
        assert crash.fsck(clone, folder) == ""


def test_killed_side_by_side(box: Box, tmp_path: Path) -> None:
    torment(box, tmp_path, ROUNDS)


@pytest.mark.torture
def test_killed_side_by_side_for_long(box: Box, tmp_path: Path) -> None:
    torment(box, tmp_path, MANY_ROUNDS)
