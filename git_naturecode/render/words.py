"""The words in which every view speaks of who said what, when, and what became of it."""

from collections.abc import Collection

from git_naturecode.domain import links
from git_naturecode.domain.said import ENCRYPTED, Comment, Mark, Message
from git_naturecode.domain.session import Session
from git_naturecode.render.show import line

_COMMITS = 10
# What is kept of a message that nobody said to anybody.
_BESIDE = (("think", "reasoning"), ("side", "subagent"), ("meta", "added by the tool"))
# Why an answer of a model is not whole.
_CUT = {
    "interrupted": "cut off", "length": "cut off: as long as it may be", "refused": "refused",
    "failed": "cut off: the model failed",
}  # fmt: skip


def names(session: Session) -> dict[str, str]:
    """The names of those who take part, or did, by address."""
    return session.people.names


def participants(session: Session) -> str:
    """Those who take part now, in one line."""
    return ", ".join(line(p.name or p.id) for p in session.participants) or "nobody now"


def summary(session: Session) -> str:
    """The session's summary, unless it only repeats the title."""
    return "" if line(session.summary) == line(session.name) else session.summary


def speaker(message: Message, known: dict[str, str]) -> str:
    """Who said a message, as people know him."""
    if message.role == "assistant":
        return str(message.header.get("model") or "AI Assistant")
    if message.role == "user":
        return known.get(message.by) or message.by or "unknown"
    return message.role


def minute(time: str) -> str:
    """`2026-11-22 10:30` of an ISO time."""
    return time[:16].replace("T", " ")


def gone(said: Message | Comment, known: dict[str, str]) -> str:
    """What stands in the place of a text that was redacted or purged; "" when it is there."""
    return withheld(said.hidden, said.flags, known)


def withheld(hidden: Mark | None, flags: Collection[str], known: dict[str, str]) -> str:
    """The same of anything that was said: `hidden` tells who has redacted it."""
    if hidden:
        return f"redacted by {_done(hidden, known)}"
    if ENCRYPTED in flags:
        return "encrypted; there is no key for it here"
    return "purged" if "purged" in flags else ""


def remarks(said: Message | Comment, known: dict[str, str]) -> list[str]:
    """What is to be said about a message or comment beside its text."""
    told = ("redacted", "purged", "edited", ENCRYPTED)
    kept = [flag for flag in said.flags if flag not in told]
    if said.edited:
        by = "" if said.edited.by == said.by else f" by {known.get(said.edited.by, said.edited.by)}"
        kept.insert(0, f"edited{by}")
    if isinstance(said, Message):
        kept = [word for key, word in _BESIDE if said.header.get(key)] + kept
        cut = said.header.get("cut")
        kept += [_CUT[cut]] if isinstance(cut, str) and cut in _CUT else []
    return kept


def ended(mark: Mark, known: dict[str, str]) -> str:
    """What stands in the place of a deleted session."""
    return f"deleted by {_done(mark, known)}; its texts are hidden"


def where(session: Session) -> str:
    """Who may read a session: private, team or public; encrypted: only those who have a key."""
    if session.shared and session.encrypted:
        return "encrypted"
    return session.visibility if session.shared else "private"


def readers(session: Session) -> str:
    """The same for people: which team, where it is for one."""
    if session.team is None or where(session) == "private":
        return where(session)
    return f"{where(session)} ({line(session.team.name) or session.team.id})"


def commits(session: Session) -> str:
    """The linked commits as they are now, the latest said first."""
    now = links.current(session.linked.live.values())
    found = sorted(now, key=lambda link: link.at, reverse=True)
    said = [link.commit[:12] for link in found[:_COMMITS]]
    more, earlier = len(found) - len(said), len(session.linked.live) - len(found)
    said += [f"{more} more"] if more else []
    note = f" ({earlier} rewritten since)" if earlier else ""
    return ", ".join(said) + note


def title(session: Session) -> str:
    """The name of a session, or why it has none here."""
    return session.name or ("(encrypted)" if session.encrypted else "(no title)")


def outcome(message: Message) -> str:
    """Whether a tool call went well, and how much it gave."""
    header = message.header
    ended = "no result" if "ok" not in header else "ok" if header["ok"] else "failed"
    return ended + (f", {header['size']} bytes" if isinstance(header.get("size"), int) else "")


def _done(mark: Mark, known: dict[str, str]) -> str:
    why = f": {mark.reason}" if mark.reason else ""
    return f"{known.get(mark.by) or mark.by or 'somebody'} on {mark.time[:10]}{why}"
