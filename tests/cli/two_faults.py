"""A review of a change that has two faults, and what became of what was found."""

from box import Box, Clone
from git_naturecode import ids
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import Review
from reviewed import Pair, reviewed, write

SAFE = """\
import os
import subprocess

from flask import request


def names(connection):
    cursor = connection.cursor()
    return cursor.execute("select name from people").fetchall()


def listing():
    return subprocess.run(["ls"], check=True)
"""
QUERY = (
    '    name = request.args["name"]\n'
    '    cursor.execute("select * from people where name = \'" + name + "\'")\n'
)
SHELL = '    os.system("ls " + request.args["folder"])\n'


def bad(text: str = SAFE, *, query: bool = True, shell: bool = True) -> str:
    """A file with what a reviewer has to find."""
    if query:
        text = text.replace("    return cursor", QUERY + "    return cursor")
    if shell:
        text = text.replace("    return subprocess", SHELL + "    return subprocess")
    return text


def both(box: Box) -> Pair:
    """Ann and Bob, and a review of a change of hers that has two faults."""
    return box.scene("a review of two faults", lambda: _both(box))


def _both(box: Box) -> Pair:
    hub = box.remote()
    ann = box.clone(hub, "ann")
    write(ann, "shop/pages.py", SAFE)
    write(ann, "shop/other.py", "".join(f"value_{n} = {n}\n" for n in range(40)))
    ann.git("commit", "-q", "-m", "Shop")
    ann.git("push", "-q", "origin", "main")
    ann.git("checkout", "-q", "-b", "feature")
    write(ann, "shop/pages.py", bad())
    ann.git("commit", "-q", "-m", "Find people by name")
    ann.git("push", "-q", "origin", "feature")
    return reviewed(ann, box.clone(hub, "bob"))


def review_of(clone: Clone, review: str) -> Review:
    with clone.store() as store:
        return build(store.read(ids.tail(review), "review"))


def states(clone: Clone, review: str) -> dict[str, str]:
    """The state of each finding, by the last name of its rule."""
    found = clone.nc("review", "show", review, "--json").json["findings"]
    return {one["rule"].rpartition("/")[2]: one["state"] for one in found}


def settled(clone: Clone, name: str, text: str) -> None:
    """Commit a file of ours, which is ignored unless it is forced in."""
    path = clone.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    clone.git("add", "-f", name)
    clone.git("commit", "-q", "-m", f"Write {name}")


def on_main(clone: Clone, name: str, text: str) -> None:
    """The same on main, which is pushed."""
    clone.git("checkout", "-q", "main")
    settled(clone, name, text)
    clone.git("push", "-q", "origin", "main")
    clone.git("checkout", "-q", "feature")
