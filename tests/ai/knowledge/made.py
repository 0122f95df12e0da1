"""Made-up sessions for the rules: what was said and done, one after the other."""

from typing import Any

from git_naturecode.ai.knowledge.from_session import by_rules
from git_naturecode.ai.knowledge.proposal import Proposal
from git_naturecode.domain.said import Message
from git_naturecode.domain.session import Session
from git_naturecode.redact import Redactor

ID = "session-20260105-k3v9q2m7"


def asked(text: str, **header: Any) -> Message:
    return _message("user", text, header)


def said(text: str, **header: Any) -> Message:
    return _message("assistant", text, {"model": "m-1", **header})


def edited(path: str) -> Message:
    return _message("tool", "done", {"tool": "Edit", "type": "write", "target": path, "ok": True})


def ran(command: str, output: str = "", *, ok: bool = True) -> Message:
    header = {"tool": "Bash", "type": "shell", "target": command, "ok": ok}
    return _message("tool", output, header)


def declined(path: str, why: str) -> Message:
    text = f"The tool use was rejected. To tell you how to proceed, the user said:\n{why}"
    return _message("tool", text, {"tool": "Edit", "type": "write", "target": path, "ok": False})


def session(*messages: Message) -> Session:
    made = Session(ID)
    made.name = "A made-up session"
    made.messages = [
        one._replace(id=f"m{number:02}", time=f"2026-01-05T10:{number:02}:00.000Z")
        for number, one in enumerate(messages, 1)
    ]
    return made


def proposed(*messages: Message) -> list[Proposal]:
    return by_rules(session(*messages), Redactor())


def only(*messages: Message) -> Proposal:
    found = proposed(*messages)
    assert len(found) == 1, [one.title for one in found]
    return found[0]


def numbers(one: Proposal) -> list[int]:
    """The messages that a proposal rests on."""
    return [source.number for source in one.sources]


def _message(role: str, text: str, header: dict[str, Any]) -> Message:
    by = "ada@example.com"
    return Message("", role, by, "", text, {"role": role, **header}, "device")
