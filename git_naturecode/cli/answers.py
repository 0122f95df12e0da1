"""What import and share say, as text and as JSON."""

from typing import TYPE_CHECKING

from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_naturecode.cli.context import Context
    from git_naturecode.folder.update import Updated
    from git_naturecode.importing import Imported
    from git_naturecode.sharing import Leaving
    from git_naturecode.store.entry import Entry


def answer(
    context: "Context", as_json: bool, facts: "Mapping[str, Json]", *told: str,
    entries: "Sequence[Entry]" = (),
) -> None:  # fmt: skip
    """Say what was done: `facts` to a program, else the lines `told`, after what was replaced in
    the texts of `entries` before they were written."""
    if as_json:
        context.json(facts)
        return
    for entry in entries:
        warn_of_secrets(context, entry)
    for line in told:
        context.tell(line)


def warn_of_secrets(context: "Context", entry: "Entry") -> None:
    """Say what was replaced in a text before it was written."""
    if entry.header.get("red"):
        context.tell(f"warning: replaced what looked secret: {', '.join(entry.header['red'])}")


def count(number: int, noun: str) -> str:
    """`1 session`, `2 sessions`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def size(number: int) -> str:
    """`512 bytes`, `3.1 KB`, `20.0 MB`."""
    if number < 1000:
        return count(number, "byte")
    return f"{number / 1000:.1f} KB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"


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
        "stopped": done.stopped, "problems": done.problems, "leftOut": done.left_out,
    }  # fmt: skip


def leaving_json(one: "Leaving") -> dict[str, Json]:
    """What leaves with one session."""
    return {
        "id": one.id, "name": one.name, "messages": one.messages, "bytes": one.size,
        "redacted": one.redacted, "redactedNow": one.more, "tooLarge": one.too_large,
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
