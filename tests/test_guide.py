"""The guide's chapters on reviews and on what looks at a change are sessions that run."""

import os
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
ORDERS = '''"""Orders of a customer."""


def orders(db, customer):
    """All orders of one customer."""
    return db.execute("select id from orders where customer = ?", (customer,)).fetchall()
'''
SEARCH = '''

def search(db, request):
    """Orders whose title holds what was asked for."""
    word = request.args["q"]
    print("looking for", word)
    return db.execute(f"select id from orders where title like '%{word}%'").fetchall()
'''
PAGE_OF_ORDERS = """export function show(list, order) {
  list.textContent = order.title;
}
"""


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


def shop(box: Box) -> Player:
    """Ann has written a search for orders on branch `search`, in Python and JavaScript."""
    ann = box.person(box.remote(), "ann")
    write(ann, "orders.py", ORDERS)
    write(ann, "web/list.js", PAGE_OF_ORDERS)
    ann.git("commit", "-q", "-m", "Orders")
    ann.git("push", "-q", "origin", "main")
    ann.git("switch", "-q", "-c", "search")
    write(ann, "orders.py", ORDERS + SEARCH)
    write(ann, "web/list.js", PAGE_OF_ORDERS.replace("textContent", "innerHTML"))
    ann.git("commit", "-q", "-m", "Search for orders")
    ann.git("push", "-q", "-u", "origin", "search")
    model = box.path / "llm"
    model.write_text(
        "#!/bin/sh\ncat > /dev/null\necho 'As a parameter: it never becomes SQL then.'\n"
    )
    model.chmod(0o755)
    ann.env["PATH"] = f"{box.path}:{os.environ['PATH']}"
    return Player({"ann": ann}, box.path, lambda: None)


def test_what_looks_at_a_change_in_the_guide_runs(box: Box) -> None:
    steps = list(shop(box).play(chapter("Have a change looked at")))
    done = [step.command for step, _ in steps]
    assert {"review ai", "review dismiss", "session chat", "ci review", "ai summarize"} <= {
        " ".join(command.split()[2:4]) for command in done
    }
