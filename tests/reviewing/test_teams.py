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


def test_a_bot_finds_and_dismisses_nothing(crew: dict[str, Clone], box: Box) -> None:
    ada, ben, vic = crew["ada"], crew["ben"], crew["vic"]
    hub = Path(ada.git("remote", "get-url", "origin").strip())
    bot = box.person(hub, "bot")
    code = ada.nc("team", "add", "bot@example.com", "--role", "bot", "--json").json["code"]
    ada.nc("sync")
    bot.nc("sync")
    bot.nc("team", "join", code)
    bot.nc("sync")
    ben.git("checkout", "-q", "-b", "feature")
    commit(ben, {"a.py": "import os\n\nos.system(input())\neval(input())\n"})
    ben.git("push", "-q", "origin", "feature")
    review = ben.nc("review", "start").out.strip()
    ben.nc("sync")
    for each in (bot, vic):
        each.nc("sync")
        each.git("fetch", "-q")
        each.git("branch", "-q", "feature", "origin/feature")
    vic.nc("review", "ai", review, code=5)
    vic.nc("review", "ai", review, "--no-save")
    bot.nc("review", "ai", review)
    assert (
        "a bot may only"
        in bot.nc("review", "dismiss", review, "f1", "--reason", "later", code=5).err
    )
    bot.nc("sync")
    for each in (ada, ben, vic):
        each.nc("sync")
        found = each.nc("review", "show", review, "--json").json["findings"]
        assert found
        assert {one["state"] for one in found} == {"new"}
    vic.nc("review", "dismiss", review, "f1", "--reason", "later", code=5)
    ben.nc("review", "dismiss", review, "f1", "--reason", "later")
    ben.nc("sync")
    bot.nc("sync")
    assert bot.nc("review", "show", review, "--json").json["findings"][0]["state"] == "dismissed"
    # A push that nobody has written down yet: a bot writes no revision, and finds all the same.
    commit(ben, {"a.py": "import os\n\n\nos.system(input())\n"})
    ben.git("push", "-q", "origin", "feature")
    bot.git("fetch", "-q")
    bot.git("branch", "-q", "-f", "feature", "origin/feature")
    bot.nc("review", "ai", review)
    bot.nc("sync")
    ben.nc("sync")
    found = ben.nc("review", "show", review, "--json").json
    assert [one["state"] for one in found["findings"]].count("fixed") == 1
    assert len(found["revisions"]) == 2
    assert found["analyses"][-1]["head"] == found["head"]
