"""Five pushes of a branch, looked at and posted by jobs: no finding twice, none on a wrong line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from box import Box, Clone
from bridges.http import served
from bridges.hub import Hub
from git_naturecode.bridges.lines import shown

BAD = "def run{0}(name):\n    os.system('ls ' + name)\n\n\n"
FINE = "def fine{0}(name):\n    return name\n\n\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A GitHub with one pull request."""
    made = Hub({})
    with served(made.answer) as address:
        made.address = address
        yield made


def written(clone: Clone, *parts: str) -> None:
    (clone.path / "app.py").write_text("import os\n\n\n" + "".join(parts))


def push(clone: Clone, hub: Hub, folder: Path) -> dict[str, int]:
    """What a job does after a push: it looks, and another one posts; what that says."""
    base, head = (clone.git("rev-parse", name).strip() for name in ("main", "feature"))
    hub.head = head
    patch = clone.git("diff", f"{base}...{head}", "--", "app.py")
    hub.files = {"app.py": patch[patch.index("@@") :]}
    event = {"pull_request": {"number": 7, "base": {"sha": base}, "head": {"sha": head}}}
    (folder / "event.json").write_text(json.dumps(event))
    clone.env |= {
        "GITHUB_ACTIONS": "true", "GITHUB_API_URL": hub.address, "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_EVENT_PATH": str(folder / "event.json"), "GITHUB_TOKEN": "secret-token",
    }  # fmt: skip
    source = str(folder / "result.json")
    clone.nc("ci", "review", "--aspect", "security", "--format", "json", "-o", source)
    told: dict[str, int] = clone.nc("ci", "post", "--from", source, "--json").json
    return told


def test_five_pushes(box: Box, hub: Hub, tmp_path: Path) -> None:
    clone = box.ready()
    written(clone, FINE.format(0))
    clone.git("add", "-A")
    clone.git("commit", "-qm", "first")
    clone.git("checkout", "-qb", "feature")

    written(clone, BAD.format(1), FINE.format(0), BAD.format(2))
    clone.git("commit", "-qam", "two that are bad")
    assert push(clone, hub, tmp_path)["posted"] == 2

    written(clone, FINE.format(3), BAD.format(1), FINE.format(0), BAD.format(2), BAD.format(4))
    clone.git("commit", "-qam", "lines move, one more")
    told = push(clone, hub, tmp_path)
    assert (told["posted"], told["kept"], told["resolved"]) == (1, 2, 0)

    clone.git("checkout", "-q", "main")  # a rebase
    (clone.path / "other.py").write_text("x = 1\n")
    clone.git("add", "-A")
    clone.git("commit", "-qm", "meanwhile")
    clone.git("checkout", "-q", "feature")
    clone.git("rebase", "-q", "main")
    told = push(clone, hub, tmp_path)
    assert (told["posted"], told["kept"], told["resolved"]) == (0, 3, 0)

    clone.git("reset", "-q", "--soft", "main")  # a force push, squashed; one is mended
    written(clone, FINE.format(3), FINE.format(1), FINE.format(0), BAD.format(2), BAD.format(4))
    clone.git("commit", "-qam", "all in one")
    told = push(clone, hub, tmp_path)
    assert (told["posted"], told["kept"], told["resolved"]) == (0, 2, 1)

    written(clone, FINE.format(3), BAD.format(1), FINE.format(0), BAD.format(2), BAD.format(4))
    clone.git("commit", "-qam", "and is back")
    told = push(clone, hub, tmp_path)
    assert (told["posted"], told["kept"], told["resolved"]) == (0, 3, 0)

    assert len(hub.threads) == 3
    assert not any(thread.resolved_by for thread in hub.threads)
    assert len({re.findall("finding ([0-9a-f]{32})", one.body)[0] for one in hub.threads}) == 3
    assert len(hub.comments) == 1
    for review in hub.reviews:
        for one in review["comments"]:
            assert one["side"] == "RIGHT"
    assert shown(hub.files["app.py"] or "")
