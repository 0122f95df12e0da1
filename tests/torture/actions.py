"""What the steps do with the program, and what they may hold it to afterwards."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from . import articles, texts
from .ledger import Said, Session
from .plan import Step
from .runner import Done
from .world import REMOTES, Place, World

Action = Callable[[World, Place, Step], None]


def start(world: World, place: Place, step: Step) -> None:
    """Begin a session, one in five a private one."""
    private = step.pick % 5 == 0
    visibility = "private" if private else "team"
    name = f"{step.token} {' '.join(Random(step.pick).choices(texts.WORDS, k=3))}"
    done = world.program(
        step, place, ["session", "start", name, "--visibility", visibility, "--json"]
    )
    if done.code == 0:
        entity = done.json["id"]
        _begun(world, place, step, entity, private)


def _begun(world: World, place: Place, step: Step, entity: str, private: bool) -> None:
    here = {place.number}
    world.ledger.begin(
        Session(
            entity,
            place.number,
            "no" if private else "yes",
            seen=set(here),
            homes=set(here) if private else set(),
        )
    )
    side = "either" if private else "team"
    world.ledger.acknowledge(
        Said(step.token, "open", entity, "", place.number, step.token, side, set(here))
    )
    world.count("entries")


def say(world: World, place: Place, step: Step) -> None:
    """Add a message, by argument or by stdin."""
    session = world.ledger.choose(place.number, step.pick)
    if session is None:
        start(world, place, step)
        return
    text = texts.text(step.token, step.more)
    piped = len(text) > 30_000 or step.more % 4 == 0 or "\0" in text
    done = world.program(
        step, place, ["session", "say", session.id, "-" if piped else text, "--json"],
        text if piped else None,
    )  # fmt: skip
    _said(world, place, step, session, done, "message", text)


def comment(world: World, place: Place, step: Step) -> None:
    """Comment a session, or a message of it."""
    session = world.ledger.choose(place.number, step.pick)
    if session is None:
        return
    text = f"{step.token} a comment"
    target = world.ledger.message(session, place.number, step.more)
    on = ["--on", target.id] if target and target.kind == "message" and step.more % 2 else []
    argv = ["session", "comment", session.id, text, *on, "--json"]
    _said(world, place, step, session, world.program(step, place, argv), "comment", text)


def edit(world: World, place: Place, step: Step) -> None:
    """Say something anew."""
    session = world.ledger.choose(place.number, step.pick)
    target = world.ledger.message(session, place.number, step.more) if session else None
    if session is None or target is None:
        return
    text = texts.text(step.token, step.more)[:20_000]
    argv = ["session", "edit", session.id, target.id, text, "--json"]
    target.edited = True  # also a killed one may have
    done = world.program(step, place, argv)
    said = _said(world, place, step, session, done, "edit", text, target.id)
    if said and world.ledger.hidden_target(target) != "no":
        said.redacted = world.ledger.hidden_target(target)


def redact(world: World, place: Place, step: Step) -> None:
    """Take a message out of every view."""
    session = world.ledger.choose(place.number, step.pick)
    target = world.ledger.message(session, place.number, step.more) if session else None
    if session is None or target is None:
        return
    world.ledger.hide(target, certain=False)
    argv = ["session", "redact", session.id, target.id, "--json"]
    done = world.program(step, place, argv)
    if done.code == 0:
        world.ledger.hide(target, certain=world.ledger.reaches_all(session, place.number))
        world.count("redactions")


def _said(
    world: World, place: Place, step: Step, session: Session, done: Done, kind: str, text: str,
    target: str = "",
) -> Said | None:  # fmt: skip
    if done.code:
        return None
    answer = done.json
    name = _entry_id(answer)
    side = "team" if session.always_shared else "either"
    said = Said(
        step.token, kind, answer.get("id", session.id), name, place.number, text, side,
        {place.number}, target,
    )  # fmt: skip
    world.ledger.acknowledge(said)
    world.count("entries")
    return said


def _entry_id(answer: dict[str, Any]) -> str:
    if answer.get("entries"):
        return str(answer["entries"][0])
    return str(answer.get("commentId") or answer.get("messageId") or "")


def attend(verb: str) -> Action:
    """join, leave, close, reopen: what has no text."""

    def act(world: World, place: Place, step: Step) -> None:
        session = world.ledger.choose(place.number, step.pick)
        if session is not None:
            done = world.program(step, place, ["session", verb, session.id, "--json"])
            if done.code == 0:
                world.ledger.seen(session, place.number)
                world.count("entries")

    return act


def invite(world: World, place: Place, step: Step) -> None:
    """Invite somebody."""
    session = world.ledger.choose(place.number, step.pick)
    if session is not None:
        person = f"guest{step.number}@example.com"
        world.program(step, place, ["session", "invite", session.id, person, "--json"])


def fork(world: World, place: Place, step: Step) -> None:
    """Go on elsewhere from what was said so far."""
    session = world.ledger.choose(place.number, step.pick)
    if session is None:
        return
    name = f"{step.token} fork"
    done = world.program(step, place, ["session", "fork", session.id, "--name", name, "--json"])
    if done.code == 0:
        session.forks.append(done.json["id"])
        if session.shared == "yes":
            _begun(world, place, step, done.json["id"], private=False)


def share(world: World, place: Place, step: Step) -> None:
    """Share what is private here."""
    session = world.ledger.private_of(place.number, step.pick)
    if session is None:
        return
    along = world.ledger.begin_share(session)
    done = world.program(step, place, ["session", "share", session.id, "--json"])
    if done.code == 0:
        world.ledger.share(session, place.number, along)
        world.count("shared sessions")


def import_(world: World, place: Place, step: Step) -> None:
    """Import a transcript of an assistant, the same one several times and in several clones."""
    number = step.pick % 40
    path = world.folder / "transcripts" / f"{number:02d}.jsonl"
    path.parent.mkdir(exist_ok=True)
    lines = [
        {
            "type": role, "uuid": f"u{number}-{at}", "cwd": str(place.path), "version": "2.1.0",
            "sessionId": f"11111111-aaaa-4bbb-8ccc-{number:012d}",
            "timestamp": f"2026-11-22T10:00:{at:02d}.000Z",
            "message": {"role": role, "content": f"tk9{number:03d}{at:02d} imported by {role}"},
        }
        for at in range(4 + step.more % 12)
        for role in [("user", "assistant")[at % 2]]
    ]  # fmt: skip
    own = path.with_suffix(f".{step.number}.jsonl")
    own.write_text("".join(json.dumps(line) + "\n" for line in lines))
    side = "team" if number % 2 else "private"
    argv = ["session", "import", str(own), "--visibility", side, "--json"]
    done = world.program(step, place, argv)
    own.unlink()
    if done.code == 0 and side == "team":
        for at in range(4):
            token = f"tk9{number:03d}{at:02d}"
            if token not in world.ledger.said:
                world.ledger.acknowledge(
                    Said(token, "imported", "", "", place.number, "", "team", {place.number})
                )
        world.count("imports")


def export(world: World, place: Place, step: Step) -> None:
    """Export a session in some format."""
    session = world.ledger.choose(place.number, step.pick)
    if session is not None:
        kind = ("collaborative", "markdown", "html", "json")[step.more % 4]
        world.program(step, place, ["session", "export", session.id, "--format", kind])


def delete(world: World, place: Place, step: Step) -> None:
    """Delete a session."""
    session = world.ledger.choose(place.number, step.pick)
    if session is None:
        return
    session.deleted = "maybe"
    done = world.program(step, place, ["session", "delete", session.id, "--yes", "--json"])
    if done.code == 0 and session.always_shared:
        session.deleted = "yes"


def read(*argv: str) -> Action:
    """A command that only reads; `{session}` and `{word}` are filled in."""

    def act(world: World, place: Place, step: Step) -> None:
        session = world.ledger.choose(place.number, step.pick)
        if session is None:
            return
        word = Random(step.more).choice(texts.WORDS)
        world.program(step, place, [one.format(session=session.id, word=word) for one in argv])

    return act


def sync(world: World, place: Place, step: Step) -> None:
    """Sync with one of the remotes."""
    argv = ["sync", "--json"]
    if step.remote:
        argv += ["--remote", REMOTES[step.remote], "--yes"]
    done = world.program(step, place, argv)
    world.count("syncs")
    if done.code == 0:
        world.count(f"sync: {done.json.get('state', '?')}")


def purge(world: World, place: Place, step: Step) -> None:
    """Take a text out of every clone and remote: by its id, or by a word of it."""
    session = world.ledger.choose(place.number, step.pick)
    target = world.ledger.message(session, place.number, step.more) if session else None
    if session is None or target is None:
        return
    which = ["--text", target.token] if step.more % 3 == 0 else [session.id, target.id]
    argv = ["redact", "--rewrite", *which, "--yes", "--json"]
    world.ledger.may_purge(target)
    done = world.program(step, place, [*argv, *(["--no-sync"] if step.pick % 2 else [])])
    if done.code not in (0, 4) or (done.code == 4 and "taken out here" not in done.err):
        return
    world.count("purges")
    # A private copy in another clone is not reached.
    if world.ledger.reaches_all(session, place.number):
        told = [item["messageId"] for item in done.json["purged"]] if done.out.strip() else []
        world.ledger.purge([target.id, *told])


def doctor(world: World, place: Place, step: Step) -> None:
    """Let the doctor look, and mend what it finds."""
    world.program(step, place, ["doctor", *(["--fix"] if step.more % 3 else [])])


ACTIONS: dict[str, Action] = {
    "start": start, "say": say, "comment": comment, "edit": edit, "redact": redact,
    "join": attend("join"), "leave": attend("leave"), "close": attend("close"),
    "reopen": attend("reopen"), "invite": invite, "fork": fork, "share": share, "import": import_,
    "export": export, "delete": delete, "search": read("session", "search", "{word}"),
    "list": read("session", "list", "--json"),
    "show": read("session", "show", "{session}", "--json"), "status": read("status", "--json"),
    "sync": sync, "doctor": doctor, "purge": purge, **articles.ACTIONS,
}  # fmt: skip
# The commands of steps that are no verb of `session`.
NEEDS = {"status": "status", "sync": "sync", "doctor": "doctor", "purge": "redact"}
NEEDS |= dict.fromkeys(articles.ACTIONS, "kb")
