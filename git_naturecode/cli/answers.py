"""What status, sync, import and share say, as text and as JSON."""

from typing import TYPE_CHECKING

from git_naturecode.render.show import show
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.folder.update import Updated
    from git_naturecode.importing import Imported
    from git_naturecode.sharing import Leaving
    from git_naturecode.status import Status
    from git_naturecode.sync import Outcome


def count(number: int, noun: str) -> str:
    """`1 session`, `2 sessions`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def status_text(found: "Status") -> str:
    """The state of a clone in a few sentences."""
    lines = [
        f"{count(found.shared, 'shared session')}, {found.private} private "
        f"(data branch `{found.branch}`)"
    ]
    if found.queued:
        lines.append(f"{count(found.queued, 'text')} saved, waiting to be written to the log")
    if found.remote is None:
        lines.append("no remote: everything stays in this clone")
    elif not found.known:
        lines.append(f"nothing was ever exchanged with {found.remote}; `git naturecode sync` does")
    else:
        lines.append(_distance(found))
    lines += [f"{show(path)} is left alone: {why}" for path, why in found.folder.items()]
    return "\n".join(lines)


def _distance(found: "Status") -> str:
    remote = found.remote
    if not found.ahead and not found.behind:
        return f"in step with {remote}, as far as is known here"
    parts = []
    if found.ahead:
        parts.append(f"{count(found.ahead, 'log')} to push to {remote}")
    if found.behind:
        parts.append(f"{count(found.behind, 'log')} fetched and not yet taken in")
    return "; ".join(parts) + "; `git naturecode sync` does it"


def status_json(found: "Status") -> dict[str, Json]:
    """The same for programs."""
    return {
        "branch": found.branch, "remote": found.remote, "shared": found.shared,
        "private": found.private, "queued": found.queued, "ahead": found.ahead,
        "behind": found.behind, "known": found.known,
        "folder": [{"path": path, "why": why} for path, why in found.folder.items()],
    }  # fmt: skip


def sync_text(outcome: "Outcome") -> str:
    """What a sync did."""
    if outcome.state == "waiting for a code branch":
        return (
            f"{outcome.remote} is empty: push your code first (`git push {outcome.remote} HEAD`), "
            "so that the host does not take the data branch for the main one; then sync again"
        )
    if outcome.state == "left in the outbox":
        return (
            f"{outcome.remote} is busy: what is new here was left in its outbox, from where the "
            "next sync of anybody takes it in"
        )
    if not outcome.received and not outcome.sent:
        return f"in step with {outcome.remote}: nothing new on either side"
    return (
        f"in step with {outcome.remote}: received {count(outcome.received, 'log')}, "
        f"sent {count(outcome.sent, 'log')}"
    )


def sync_json(outcome: "Outcome") -> dict[str, Json]:
    """The same for programs."""
    return {
        "remote": outcome.remote, "state": outcome.state, "received": outcome.received,
        "sent": outcome.sent, "tries": outcome.tries, "refused": outcome.refused,
        "problems": outcome.problems,
    }  # fmt: skip


def imported_text(done: "Imported", visibility: str) -> str:
    """What an import did."""
    if not done.entries:
        return f"nothing new in {count(done.files, 'file')}"
    return (
        f"imported {count(done.entries, 'entry')} into {count(len(done.sessions), 'session')} "
        f"({done.new_sessions} new, {visibility}); {count(done.redacted, 'secret')} redacted"
    )


def imported_json(done: "Imported") -> dict[str, Json]:
    """The same for programs."""
    return {
        "sessions": done.sessions, "newSessions": done.new_sessions, "entries": done.entries,
        "redacted": done.redacted, "files": done.files, "unknown": done.unknown,
        "stopped": done.stopped,
    }  # fmt: skip


def leaving_json(one: "Leaving") -> dict[str, Json]:
    """What leaves with one session."""
    return {
        "id": one.id, "name": one.name, "messages": one.messages, "bytes": one.size,
        "redacted": one.redacted, "redactedNow": one.more,
    }  # fmt: skip


def folder_text(found: "Updated") -> str:
    """What was done to the folder of a work tree."""
    if found.state == "tracked":
        return "git tracks .naturecode itself on this branch, so nothing is written there"
    if not found.written and not found.removed:
        return ".naturecode/ is up to date"
    return (
        f".naturecode/: {count(found.written, 'file')} written, "
        f"{count(found.removed, 'file')} removed"
    )


def folder_json(found: "Updated") -> dict[str, Json]:
    """The same for programs."""
    return {
        "state": found.state, "written": found.written, "removed": found.removed,
        "kept": [{"path": path, "why": why} for path, why in found.kept.items()],
    }  # fmt: skip
