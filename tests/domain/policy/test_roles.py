"""The roles: the specification's table, word for word, and what was added to it."""

from git_naturecode.domain.policy import roles

SPECIFIED = """
SESSION_VIEW: "session:view"    SESSION_EDIT: "session:edit"
SESSION_DELETE: "session:delete"    SESSION_INVITE: "session:invite"
TEAM_VIEW: "team:view"    TEAM_EDIT: "team:edit"    TEAM_DELETE: "team:delete"
TEAM_INVITE: "team:invite"
PROJECT_VIEW: "project:view"    PROJECT_EDIT: "project:edit"    PROJECT_DELETE: "project:delete"
KB_VIEW: "kb:view"    KB_EDIT: "kb:edit"    KB_DELETE: "kb:delete"
"""
VIEWER = {"session:view", "team:view", "kb:view"}
CONTRIBUTOR = VIEWER | {"session:edit", "kb:edit"}
MAINTAINER = CONTRIBUTOR | {"session:invite", "team:invite"}
ADDED = {
    "viewer": {"project:view"}, "contributor": {"project:view"},
    "maintainer": {"project:view", "project:edit"}, "admin": set(),
}  # fmt: skip


def test_the_permissions_are_those_of_the_specification() -> None:
    said = [word.strip('"') for word in SPECIFIED.split() if word.startswith('"')]
    assert list(roles.PERMISSIONS) == said
    assert len(roles.PERMISSIONS) == 14


def test_the_roles_are_those_of_the_specification_and_what_was_added() -> None:
    table = {
        "viewer": VIEWER, "contributor": CONTRIBUTOR, "maintainer": MAINTAINER,
        "admin": set(roles.PERMISSIONS),
    }  # fmt: skip
    for role, permissions in table.items():
        assert roles.ROLES[role] == permissions | ADDED[role]
    assert roles.ROLES["none"] == set()
    assert roles.ROLES["bot"] == VIEWER | {"session:edit", "project:view"}


def test_a_member_is_a_contributor() -> None:
    assert roles.named("Member") == roles.named("contributor") == "contributor"
    assert roles.named("ADMIN") == "admin"
    assert roles.named("king") == roles.named("") == ""


def test_what_members_may_besides() -> None:
    usual = {"createSessions", "joinSessions", "shareSessions"}
    assert roles.permissions("contributor") == roles.ROLES["contributor"] | usual
    assert roles.permissions("contributor", deny=["joinSessions"]) == (
        roles.ROLES["contributor"] | usual - {"joinSessions"}
    ) - {"joinSessions"}
    manages = roles.permissions("contributor", allow=["manageTeam"])
    assert {"manageTeam", "team:edit", "team:invite"} <= manages
    assert "team:delete" not in manages
    assert "team:invite" not in roles.permissions("viewer", ["manageTeam"], ["team:invite"])
    assert roles.permissions("none", allow=["session:edit"]) == set()
    assert roles.permissions("admin") >= set(roles.PERMISSIONS) | {"manageTeam"}
    assert roles.lower("viewer", "admin") == "viewer"
