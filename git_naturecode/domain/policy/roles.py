"""The roles and what each of them may do: the specification's table, and what was added to it."""

from collections.abc import Iterable

PERMISSIONS = (
    "session:view", "session:edit", "session:delete", "session:invite",
    "team:view", "team:edit", "team:delete", "team:invite",
    "project:view", "project:edit", "project:delete",
    "kb:view", "kb:edit", "kb:delete",
)  # fmt: skip
MEMBER_PERMISSIONS = ("createSessions", "joinSessions", "shareSessions", "manageTeam")
"""What `team role --allow|--deny` may name besides; everybody has all but the last."""
USUAL = frozenset({"createSessions", "joinSessions", "shareSessions"})

NONE, VIEWER, BOT, CONTRIBUTOR, MAINTAINER, ADMIN = (
    "none", "viewer", "bot", "contributor", "maintainer", "admin",
)  # fmt: skip
RANK = {role: rank for rank, role in enumerate((NONE, VIEWER, BOT, CONTRIBUTOR, MAINTAINER, ADMIN))}
ALIASES = {"member": CONTRIBUTOR}
"""Other names of roles, accepted everywhere."""

_VIEWER = frozenset({"session:view", "team:view", "kb:view", "project:view"})
_CONTRIBUTOR = _VIEWER | {"session:edit", "kb:edit"}
_MAINTAINER = _CONTRIBUTOR | {"session:invite", "team:invite", "project:edit"}
ROLES: dict[str, frozenset[str]] = {
    NONE: frozenset(),
    VIEWER: _VIEWER,
    BOT: _VIEWER | {"session:edit"},  # for messages and comments, and nothing else
    CONTRIBUTOR: _CONTRIBUTOR,
    MAINTAINER: _MAINTAINER,
    ADMIN: frozenset(PERMISSIONS),
}


def named(role: str) -> str:
    """The role that `role` means, in any case and by any of its names; "" for none."""
    name = ALIASES.get(role.casefold(), role.casefold())
    return name if name in ROLES else ""


def permissions(role: str, allow: Iterable[str] = (), deny: Iterable[str] = ()) -> frozenset[str]:
    """What somebody with `role` may do who was also allowed `allow`, and denied `deny`.

    Who may do nothing at all cannot be allowed anything. `manageTeam` is more than a word: with it
    come `team:edit` and `team:invite`.
    """
    if role == NONE:
        return frozenset()
    has = ROLES[role] | USUAL | frozenset(allow)
    if role == ADMIN:
        has |= {"manageTeam"}
    has -= frozenset(deny)
    if "manageTeam" in has:
        has |= {"team:edit", "team:invite"} - frozenset(deny)
    return has


def lower(a: str, b: str) -> str:
    """The lower of two roles."""
    return a if RANK[a] <= RANK[b] else b
