"""What it takes to say each kind of entry of a code review."""

from collections.abc import Callable, Container, Iterable, Mapping

from git_naturecode.domain.policy import roles
from git_naturecode.domain.policy.facts import Authority, lacks, same
from git_naturecode.store.entry import Entry, Json

NOUN = "review"
REVIEWERS = "reviewers"
"""The set of those who are asked to review."""
SETTLING = frozenset({"resolve", "reopen"})
_OF_BOTS = frozenset({"comment", "finding", "analysis"})
_OF_ALL = frozenset(
    {
        "open", "revision", "comment", "verdict", "join", "leave", "merge", "link", "unlink",
        "finding", "analysis", "dismiss", "source",
    }
)  # fmt: skip
_OF_OWNER = frozenset({"set", "add", "remove"})
_OWN = frozenset({"edit", "redact"})


def objection(
    who: Authority, kind: str, header: Mapping[str, Json], *, owns: bool, author: str,
    asked: Callable[[], bool],
) -> str:  # fmt: skip
    """Why `who` may not say an entry of this `kind` with this `header`; "" when he may.

    `owns` is True when he began the review, `author` is the member who said what the entry is
    about ("" for nobody known), `asked()` is True when others want him to review it. A bot never
    judges a change, whatever it is allowed besides.
    """
    if who.role == roles.BOT and kind not in _OF_BOTS:
        return "a bot may only comment on a review, and tell what it found"
    if kind == "react":
        return lacks(who, "session:view")
    if kind == "delete":
        return "" if owns else lacks(who, "session:delete")
    if why := lacks(who, "session:edit"):
        return why
    leads = roles.RANK[who.role] >= roles.RANK[roles.MAINTAINER]
    if kind in _OF_ALL or leads:
        return ""
    if kind in _OWN:
        return "" if author == who.member_id else f"only a maintainer may {kind} what another said"
    if kind in SETTLING:
        if owns or author == who.member_id or asked():
            return ""
        return f"only who began the thread or the review, was asked to review, or leads may {kind}"
    if kind not in _OF_OWNER:
        return f"{kind[:40]!r} needs a maintainer"
    if owns or _is_himself(who, kind, header):
        return ""
    return "only who began the review or a maintainer may change it"


def is_asked(said: Iterable[Entry], emails: Container[str]) -> bool:
    """True when `said`, what others than himself said of who reviews, asks who has `emails`."""
    from git_naturecode.domain import fold

    about = [
        entry for entry in said
        if isinstance(value := entry.header.get("value"), str) and same(value) in emails
    ]  # fmt: skip
    return bool(fold.members(about, REVIEWERS))


def tells_who_reviews(entry: Entry) -> bool:
    """True for an entry that asks somebody to review, or asks him no longer."""
    return entry.kind in ("add", "remove") and entry.header.get("field") == REVIEWERS


def _is_himself(who: Authority, kind: str, header: Mapping[str, Json]) -> bool:
    """True when somebody puts himself among the reviewers, or takes himself out."""
    value = header.get("value")
    named = isinstance(value, str) and same(value) in who.emails
    return kind in ("add", "remove") and header.get("field") == REVIEWERS and named
