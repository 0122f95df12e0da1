"""The guide's chapter on reviews is a session of two people that runs."""

from pathlib import Path

import pytest

from box import Box
from pages import Player
from reviewed import write

PAGE = Path(__file__).parent.parent / "docs/guide.md"
BEFORE = '''"""Doing something again until it works."""

import time


def retry(call, tries=5):
    """Call until it works, and wait twice as long each time."""
    for number in range(tries):
        try:
            return call()
        except OSError:
            time.sleep(2**number)
    raise TimeoutError(f"failed {tries} times")
'''


def chapter(name: str) -> str:
    """The text of one chapter of the guide."""
    return PAGE.read_text().partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def people(box: Box) -> Player:
    """Ann has made waits random on branch `jitter`; Bob has a clone of what there was before."""
    hub = box.remote()
    ann = box.person(hub, "ann")
    write(ann, "retry.py", BEFORE)
    write(ann, "README.md", "# Retry\n\nWaits twice as long each time.\n")
    ann.git("commit", "-q", "-m", "Retry")
    ann.git("push", "-q", "origin", "main")
    bob = box.person(hub, "bob")
    ann.git("switch", "-q", "-c", "jitter")
    after = BEFORE.replace("import time", "import random\nimport time")
    write(ann, "retry.py", after.replace("2**number", "random.random() * 2**number"))
    write(ann, "README.md", "# Retry\n\nWaits up to twice as long each time.\n")
    ann.git("commit", "-q", "-m", "Make waits random\n\nElse all clients come back at once.")
    ann.git("push", "-q", "-u", "origin", "jitter")
    return Player({"ann": ann, "bob": bob}, box.path, lambda: None)


def test_the_reviews_of_the_guide_run(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    player = people(box)
    player.terminal = lambda: monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    done = [step.command for step, _ in player.play(chapter("Reviewing"))]
    assert sum("review" in command for command in done) >= 15
    assert player.clones["bob"].git("log", "-1", "--format=%s", "origin/main") == (
        "Make waits random\n"
    )
