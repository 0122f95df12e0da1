"""Who may take in reviews where a team has rules: nothing is written that would be held back."""

import re

from appraising import append, changed, comment, one, request
from box import Box, Clone

IMPORT = ("review", "import", "--from", "git-appraise")


def team(box: Box, role: str) -> tuple[Clone, Clone]:
    """Two clones of one remote: the admin's, and that of a member with `role`."""
    hub = box.remote()
    ada, ben = box.person(hub, "ada"), box.person(hub, "ben")
    ada.nc("team", "create", "Core")
    invited = ada.nc("team", "add", "ben@example.com", "--role", role)
    code = re.search(r"team join (\S+)", invited.out + invited.err)
    assert code
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("team", "join", code[1])
    for clone in (ben, ada, ben):
        clone.nc("sync")
    return ada, ben


def test_a_viewer_takes_nothing_in_and_a_contributor_does(box: Box) -> None:
    for role, code in (("viewer", 5), ("contributor", 0)):
        below = Box(box.path / role)
        below.path.mkdir()
        ada, ben = team(below, role)
        head, _ = changed(ben)
        append(ben.path, "reviews", head, request())
        append(ben.path, "discuss", head, comment(description="one"), comment(2, resolved=True))
        append(ben.path, "ci", head, {"timestamp": "1600000000", "agent": "x"})
        said = ben.nc(*IMPORT, code=code)
        if code:
            assert "viewer" in said.err
            continue
        ben.nc("sync")
        ada.nc("sync")
        found = one(ada)
        assert [t.first.text for t in found.threads] == ["one"]
        assert len(found.reports) == 1
        assert not found.standing
        # It is Ben's review: Ada's import brings what is new all the same, as she leads the team.
        ada.git("fetch", "-q", str(ben.path), "change:change",
                "refs/notes/devtools/*:refs/notes/devtools/*")  # fmt: skip
        assert ada.nc(*IMPORT).out == "nothing new in 1 review\n"


def test_what_one_may_not_change_stays_out_and_is_told(box: Box) -> None:
    ada, ben = team(box, "contributor")
    head, _ = changed(ada)
    append(ada.path, "reviews", head, request())
    ada.nc(*IMPORT)
    ada.nc("sync")
    ben.nc("sync")
    append(ada.path, "reviews", head, request(timestamp="1600000009", description="Another"))
    append(ada.path, "discuss", head, comment(description="one"))
    ben.git("fetch", "-q", str(ada.path), "change:change",
            "refs/notes/devtools/*:refs/notes/devtools/*")  # fmt: skip
    said = ben.nc(*IMPORT, code=3)
    assert "only who began the review or a maintainer may change it" in said.err
    found = one(ben)
    assert found.title == "Add jitter"
    assert [t.first.text for t in found.threads] == ["one"]
    ben.nc("sync")
    ada.nc("sync")
    assert not one(ada).standing
    ada.nc(*IMPORT)
    assert one(ada).title == "Another"
