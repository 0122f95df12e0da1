"""Two people and a change to review: the author's clone and a reviewer's, over one remote."""

from dataclasses import dataclass
from typing import Any

from box import Box, Clone, Said

ANN, BOB = "ann@example.com", "bob@example.com"
LINES = "".join(f"line {number}\n" for number in range(1, 41))


@dataclass
class Pair:
    """Ann has changed something on branch `feature`; Bob reviews it."""

    ann: Clone
    bob: Clone
    review: str

    def sync(self) -> None:
        """Bring both to the same state."""
        for clone in (self.ann, self.bob, self.ann):
            clone.nc("sync")

    def shown(self, clone: Clone | None = None) -> Any:
        """The review as JSON, as Ann sees it."""
        return (clone or self.ann).nc("review", "show", self.review, "--json").json

    def push(self, **files: str) -> str:
        """Ann commits and pushes `files` (`a__py` is a.py); the new head, which Bob has fetched."""
        for name, text in files.items():
            write(self.ann, name.replace("__", "."), text)
        self.ann.git("commit", "-q", "--allow-empty", "-m", "More")
        self.ann.git("push", "-q", "origin", "feature")
        self.bob.git("fetch", "-q")
        return self.ann.git("rev-parse", "HEAD").strip()


def write(clone: Clone, name: str, text: str) -> None:
    """Put a text into a file and into the index."""
    path = clone.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    clone.git("add", "--", name)


def changed(box: Box) -> tuple[Clone, Clone]:
    """The clones of Ann, who has changed a.py on branch `feature`, and of Bob."""
    return box.scene("a change and a reviewer", lambda: _changed(box))


def _changed(box: Box) -> tuple[Clone, Clone]:
    hub = box.remote()
    ann = box.clone(hub, "ann")
    write(ann, "a.py", LINES)
    write(ann, "lib/b.py", "def f():\n    return 1\n")
    ann.git("commit", "-q", "-m", "Lines")
    ann.git("push", "-q", "origin", "main")
    ann.git("checkout", "-q", "-b", "feature")
    write(ann, "a.py", LINES.replace("line 5\n", "line five\n"))
    ann.git("commit", "-q", "-m", "Say five\n\nIt reads better.")
    ann.git("push", "-q", "origin", "feature")
    return ann, box.clone(hub, "bob")


def pair(box: Box) -> Pair:
    """Both, with a review that Ann has begun and Bob knows of."""
    return box.scene("two who review", lambda: reviewed(*_changed(box)))


def reviewed(ann: Clone, bob: Clone) -> Pair:
    """Both, with a review of what Ann is at that she has begun and Bob knows of."""
    review = begun(ann.nc("review", "start", "--reviewers", BOB))
    made = Pair(ann, bob, review)
    made.sync()
    return made


def begun(said: Said) -> str:
    """The id of the review that was begun."""
    return said.out.strip()
