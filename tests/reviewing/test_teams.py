"""Reviews in an enforced team: the rules name its members and teams, and only they count."""

from pathlib import Path

import pytest

from box import Box, Clone
from reviewing.made import LINES, commit

RULES = """
version: 1
rules:
  - {required: [backend-team], owners: true}
"""


@pytest.fixture
def crew(box: Box) -> dict[str, Clone]:
    """Ada, who founded the team; Ben, a contributor; Vic, who may only look."""
    return box.scene("a founder, a contributor, a viewer", lambda: _crew(box))


def _crew(box: Box) -> dict[str, Clone]:
    hub = box.remote()
    found = {name: box.person(hub, name) for name in ("ada", "ben", "vic")}
    ada = found["ada"]
    ada.nc("team", "create", "Backend Team")
    for name, role in (("ben", "contributor"), ("vic", "viewer")):
        mail = f"{name}@example.com"
        code = ada.nc("team", "add", mail, "--role", role, "--json").json["code"]
        ada.nc("sync")
        found[name].nc("sync")
        found[name].nc("team", "join", code)
        found[name].nc("sync")
        ada.nc("sync")
    return found


def test_who_is_who_decides(crew: dict[str, Clone]) -> None:
    ada, ben, vic = crew["ada"], crew["ben"], crew["vic"]
    commit(ada, {
        "f": LINES, ".naturecode/review.yml": RULES,
        "CODEOWNERS": "* @nobody\nf @org/backend-team\n",
    })  # fmt: skip
    ada.git("push", "-q", "origin", "main")
    ben.git("pull", "-q")
    ben.git("checkout", "-q", "-b", "feature")
    commit(ben, {"f": "new\n" + LINES})
    ben.git("push", "-q", "origin", "feature")
    review = ben.nc("review", "start").out.strip()
    ben.nc("sync")
    for each in (ada, vic):
        each.nc("sync")
        each.git("fetch", "-q")
        each.git("branch", "-q", "feature", "origin/feature")
    told = ada.nc("review", "explain", review, "--json", code=1).json
    assert [one["text"] for one in told["reasons"] if not one["ok"]] == [
        "backend-team has to approve", "@org/backend-team has to approve f (CODEOWNERS:2)",
    ]  # fmt: skip
    vic.nc("review", "approve", review, code=5)
    vic.nc("review", "merge", review, code=5)
    ben.nc("review", "approve", review, code=5)
    ada.nc("review", "approve", review)
    ada.git("checkout", "-q", "main")
    done = ada.nc("review", "merge", review, "--json").json
    assert done["merged"]
    assert "Reviewed-by: Ada <ada@example.com>" in ada.git("log", "-1", "--format=%B")
    ada.nc("sync")
    ben.nc("sync")
    assert ben.nc("review", "show", review, "--json").json["status"] == "merged"
    assert Path(ada.path, "f").read_text().startswith("new\n")
