"""What status and sync say, as text and as JSON."""

from typing import TYPE_CHECKING

from git_naturecode import clock
from git_naturecode.cli.answers import count, size
from git_naturecode.render.show import line, show
from git_naturecode.store.entry import Json
from git_naturecode.store.remotes import BRANCH, DELETION, FORCE, NOTES, OUTBOX, Event
from git_naturecode.trace import strike

if TYPE_CHECKING:
    from collections.abc import Mapping

    from git_naturecode.status import Status, Towards, Trusted
    from git_naturecode.sync import Outcome
    from git_naturecode.sync.preview import Preview, Side

_NOUNS = {"session": "session", "review": "review", "kb": "article"}
_FEW = 10
_REFUSES = {
    NOTES: "refuses notes: they stay in this clone",
    OUTBOX: "refuses the outbox: while others push, sync only tries again",
    DELETION: "lets nobody delete refs: its outbox is not emptied",
    FORCE: "forbids to force a push: what was purged stays in its history",
}


def status_text(found: "Status") -> str:
    """The state of a clone in a few sentences."""
    lines = [
        f"{count(found.shared, 'shared session')}, {found.private} private "
        f"(data branch `{found.branch}`)"
    ]
    if found.articles:
        lines.append(f"{count(found.articles, 'article')} in the knowledge base")
    if found.marked:
        lines += _marked(found)
    if found.to_review:
        lines.append(
            f"{count(found.to_review, 'review')} {'waits' if found.to_review == 1 else 'wait'} "
            "for you: git naturecode review list --to-review"
        )
    if found.queued:
        lines.append(f"{count(found.queued, 'text')} saved, waiting to be written to the log")
    if found.unlinked:
        lines.append(f"{count(found.unlinked, 'commit')} made or rewritten, not linked yet")
    if found.sessionless:
        waits = "waits" if found.sessionless == 1 else "wait"
        lines.append(
            f"{count(found.sessionless, 'commit')} {waits} for a session that is not here; "
            "`git naturecode session import --auto` may bring it"
        )
    if found.trusted:
        lines += _trusted(found.trusted)
    if found.usual is None:
        lines.append("no remote: everything stays in this clone")
    for one in (found.usual, *found.others):
        if one is not None:
            lines += _towards(one, one is not found.usual, found.automatic)
    if found.unsigned and found.usual and found.usual.known and not found.usual.ahead:
        went = "entry of yours was" if found.unsigned == 1 else "entries of yours were"
        lines.append(
            f"{found.unsigned} {went} sent without a signature, so that others may not believe "
            "what you said; `git naturecode sync` signs, or says why it cannot"
        )
    lines += [f"{show(path)} is left alone: {why}" for path, why in found.folder.items()]
    return "\n".join([*lines, *_edits(found.edits)])


def _edits(edits: "Mapping[str, str]") -> list[str]:
    return [f"{show(path)}: {show(why)}" for path, why in edits.items()]


def _marked(found: "Status") -> list[str]:
    """In which articles somebody has to decide, and the commands for that."""
    from git_naturecode import ids

    holds = "holds" if found.marked == 1 else "hold"
    lines = [f"{count(found.marked, 'article')} {holds} several people's texts for one place:"]
    lines += [
        f"  {line(slug)}: git naturecode ai resolve {ids.tail(name)} shows them and takes one, "
        f"git naturecode kb edit {ids.tail(name)} is by hand"
        for name, slug in found.settle
    ]
    more = found.marked - len(found.settle)
    return [*lines, f"  and {more} more: git naturecode kb list --marked"] if more else lines


def _trusted(found: "Trusted") -> list[str]:
    said = [f"team {line(found.names) or '(deleted)'}, {found.mode}"]
    if found.quarantined:
        held = count(found.quarantined, "entry")
        said.append(f"{held} kept in quarantine: git naturecode quarantine list")
    if found.twins:
        keys = count(found.twins, "device")
        said.append(f"{keys} said two things under one number: git naturecode trust show")
    return said


def _towards(one: "Towards", other: bool, automatic: bool) -> list[str]:
    memory = one.memory
    command = "git naturecode sync" + (f" --remote {line(one.remote)}" if other else "")
    lines = []
    if BRANCH in memory.refused:
        event = memory.refused[BRANCH]
        lines.append(f"{waiting(one.ahead)}: {show(event.text)} ({_when(event)})")
        lines += [f"{count(one.behind, 'log')} fetched and not yet taken in"] * bool(one.behind)
    elif memory.left and one.ahead:
        lines.append(
            f"{count(one.ahead, 'log')} left in the outbox of {one.remote}: the next sync of "
            f"anybody takes them in"
        )
    elif not one.known and memory.last and memory.unpurged:
        pass  # said below; how far it is was forgotten with the texts
    elif not one.known:
        lines.append(f"nothing was ever exchanged with {one.remote}; `{command}` does")
    else:
        lines.append(_distance(one, command))
    if one.unpurged and FORCE not in memory.refused:
        lines.append(
            f"{one.remote} may still hold texts that were purged here; `{command}` takes them out"
        )
    if memory.last and memory.last.text and BRANCH not in memory.refused:
        lines.append(f"the last sync failed ({_when(memory.last)}): {show(memory.last.text)}")
    for what, says in _REFUSES.items():
        if what in memory.refused:
            lines.append(f"{one.remote} {says} (since {_when(memory.refused[what])})")
    if automatic and memory.automatic:
        how = show(memory.automatic.text) or "done"
        lines.append(f"last automatic sync ({_when(memory.automatic)}): {how}")
    return lines


def waiting(logs: int) -> str:
    """`1 log waits here`, `2 logs wait here`."""
    return f"{count(logs, 'log')} {'waits' if logs == 1 else 'wait'} here"


def _when(event: Event) -> str:
    return clock.iso(event.at)[:16].replace("T", " ") + " UTC"


def _distance(one: "Towards", command: str) -> str:
    if not one.ahead and not one.behind:
        return f"in step with {one.remote}, as far as is known here"
    parts = []
    if one.ahead:
        parts.append(f"{count(one.ahead, 'log')} to push to {one.remote}")
    if one.behind:
        parts.append(f"{count(one.behind, 'log')} fetched and not yet taken in")
    return "; ".join(parts) + f"; `{command}` does it"


def status_json(found: "Status") -> dict[str, Json]:
    """The same for programs."""
    usual = found.usual
    towards = [one for one in (usual, *found.others) if one is not None]
    return {
        "branch": found.branch, "remote": usual.remote if usual else None, "shared": found.shared,
        "private": found.private, "queued": found.queued,
        "ahead": usual.ahead if usual else 0, "behind": usual.behind if usual else 0,
        "unlinked": found.unlinked, "sessionless": found.sessionless, "unsigned": found.unsigned,
        "toReview": found.to_review, "articles": found.articles, "marked": found.marked,
        "settle": [{"id": name, "slug": slug} for name, slug in found.settle],
        "known": bool(usual and usual.known), "remotes": [_towards_json(one) for one in towards],
        "autoSync": found.automatic, "team": found.trusted and found.trusted._asdict(),
        "folder": [{"path": path, "why": why} for path, why in found.folder.items()],
        "edits": [{"path": path, "why": why} for path, why in found.edits.items()],
    }  # fmt: skip


def _towards_json(one: "Towards") -> Json:
    memory = one.memory
    return {
        "name": one.remote, "ahead": one.ahead, "behind": one.behind, "known": one.known,
        "readOnly": BRANCH in memory.refused, "inOutbox": bool(memory.left and one.ahead),
        "unpurged": one.unpurged,
        "refused": {what: _event_json(event) for what, event in memory.refused.items()},
        "lastSync": _event_json(memory.last), "lastAutomaticSync": _event_json(memory.automatic),
    }  # fmt: skip


def _event_json(event: Event | None) -> Json:
    return None if event is None else {"at": clock.iso(event.at), "error": event.text}


def sync_text(outcome: "Outcome") -> str:
    """What a sync did."""
    if outcome.state == "waiting for a code branch":
        return empty_text(outcome.remote)
    if outcome.state == "left in the outbox" and outcome.held:
        return (
            f"what is new here was left in the outbox of {outcome.remote}, from where the next "
            "sync of anybody takes it in"
        )
    if outcome.state == "left in the outbox":
        return (
            f"{outcome.remote} is busy: what is new here was left in its outbox, from where the "
            "next sync of anybody takes it in"
        )
    notes = outcome.notes_received, outcome.notes_sent
    if outcome.failure:
        state = f"{outcome.state}: {waiting(outcome.waiting)}"
        return f"{state}; received {count(outcome.received, 'log')} from {outcome.remote}"
    team = (outcome.team_received, outcome.team_sent)
    if not outcome.received and not outcome.sent and not any(notes) and not any(team):
        return f"in step with {outcome.remote}: nothing new on either side"
    said = (
        f"in step with {outcome.remote}: received {count(outcome.received, 'log')}, "
        f"sent {count(outcome.sent, 'log')}"
    )
    if any(notes):
        said += f"; received {count(notes[0], 'note')}, sent {count(notes[1], 'note')}"
    if any(team):
        came, went = (count(number, "change") for number in team)
        said += f"; received {came} of the team, sent {went}"
    return said


def empty_text(remote: str) -> str:
    """What to do about a remote without any branch."""
    return (
        f"{remote} is empty: push your code first (`git push {remote} HEAD`), "
        "so that the host does not take the data branch for the main one; then sync again"
    )


def sync_json(outcome: "Outcome") -> dict[str, Json]:
    """The same for programs."""
    return {
        "remote": outcome.remote, "state": outcome.state, "received": outcome.received,
        "sent": outcome.sent, "tries": outcome.tries, "refused": outcome.refused,
        "problems": outcome.problems, "notices": outcome.notices,
        "notesReceived": outcome.notes_received, "notesSent": outcome.notes_sent,
        "waiting": outcome.waiting, "signed": outcome.signed,
        "teamReceived": outcome.team_received, "teamSent": outcome.team_sent,
        "quarantined": outcome.quarantined, "news": outcome.news, "alarms": outcome.alarms,
    }  # fmt: skip


def preview_text(found: "Preview", edits: "Mapping[str, str]") -> str:
    """What a sync would do; `edits` says of each file that was changed in the folder what would
    become of it."""
    if found.empty:
        return empty_text(found.remote)
    remote = f"{line(found.remote)} ({line(strike(found.url))})"
    if not found.coming and not found.going and not found.queued:
        if not edits:
            return f"in step with {remote}: nothing would come or go"
        return "\n".join([f"in step with {remote}, but for files that were changed here:",
                          *_edits(edits)])  # fmt: skip
    lines = [f"with {remote}"]
    for word, side in (("receive", found.coming), ("send", found.going)):
        lines.append(f"would {word} {_side(side)}")
        lines += [f"  {entity}  {line(name) or '(deleted)'}" for entity, name in side.named[:_FEW]]
        more = sum(side.things.values()) - _FEW
        if more > 0:
            lines.append(f"  and {count(more, 'other')}")
    if found.queued:
        lines.append(f"{count(found.queued, 'text')} not yet written to a log would go too")
    return "\n".join([*lines, *_edits(edits)])


def _side(side: "Side") -> str:
    if not side:
        return "nothing"
    parts = [
        f"{count(side.files, 'file')} with {count(side.entries, 'new entry')} of "
        f"{_things(side)} ({size(side.size)}, "
        f"{count(side.redacted, 'secret')} redacted)"
    ]
    parts += [f"{count(side.notes, 'note')}"] * bool(side.notes)
    parts += [f"{count(side.purges, 'purge')}"] * bool(side.purges)
    return ", ".join(parts)


def _things(side: "Side") -> str:
    """`2 sessions and 1 article`."""
    found = [count(number, _NOUNS[kind]) for kind, number in side.things.items() if number]
    return " and ".join(found) or "nothing that has a name"


def preview_json(found: "Preview", edits: "Mapping[str, str]") -> dict[str, Json]:
    """The same for programs."""
    return {
        "remote": found.remote, "url": strike(found.url), "dryRun": True, "empty": found.empty,
        "receive": _side_json(found.coming), "send": _side_json(found.going),
        "queued": found.queued, "problems": found.problems,
        "edits": [{"path": path, "why": why} for path, why in edits.items()],
    }  # fmt: skip


def _side_json(side: "Side") -> Json:
    return {
        "files": side.files, "entries": side.entries, "bytes": side.size,
        "redacted": side.redacted, "notes": side.notes, "purges": side.purges,
        **{f"{noun}s": side.things.get(kind, 0) for kind, noun in _NOUNS.items()},
        "items": [{"id": entity, "name": name} for entity, name in side.named],
    }  # fmt: skip
