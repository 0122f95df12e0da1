"""What it takes to say each kind of entry of an article of the knowledge base."""

from collections.abc import Mapping

from git_naturecode.domain.policy import roles
from git_naturecode.domain.policy.facts import Authority, lacks
from git_naturecode.store.entry import Json

NOUN = "kb"
_OF_READERS = frozenset({"vote", "view", "react"})
_OF_PERSONS = frozenset({"vote", "react"})
_OF_WRITERS = frozenset(
    {"open", "revision", "rename", "set", "add", "remove", "link", "unlink", "file", "comment"}
)
_OWN = frozenset({"edit", "redact"})


def objection(
    who: Authority, kind: str, header: Mapping[str, Json], *, owns: bool, author: str
) -> str:
    """Why `who` may not say an entry of this `kind` with this `header`; "" when he may.

    `owns` is True when he began the article, `author` is the member who said what the entry is
    about ("" for nobody known). A bot writes articles only where it was allowed to by name.
    """
    if who.role == roles.BOT and kind in _OF_PERSONS:
        return "a bot has no opinion of an article"
    if kind in _OF_READERS:
        return lacks(who, "kb:view")
    if kind == "delete":
        return "" if owns and not lacks(who, "kb:edit") else lacks(who, "kb:delete")
    if why := lacks(who, "kb:edit"):
        return why
    leads = roles.RANK[who.role] >= roles.RANK[roles.MAINTAINER]
    if leads or kind in _OF_WRITERS:
        return ""
    if kind not in _OWN:
        return f"{kind[:40]!r} needs a maintainer"
    return "" if author == who.member_id else f"only a maintainer may {kind} what another wrote"
