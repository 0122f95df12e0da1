"""What stands at the top of an exported session: a few lines for people, ignored on reading."""

from collections.abc import Iterator

from git_naturecode.domain.session import Session
from git_naturecode.render import words
from git_naturecode.render.page import code, escaped
from git_naturecode.render.show import line


def text(session: Session) -> str:
    """Title, what the file is for, who takes part, as Markdown that does nothing."""
    return "\n".join(_lines(session)) + "\n"


def facts(session: Session) -> Iterator[tuple[str, str]]:
    """Name and value of what is to be known about a session, each in one line."""
    known = words.names(session)
    yield "Session", session.id
    zone = " UTC" if session.created.endswith("Z") else ""
    yield "Created", words.minute(line(session.created)) + zone
    yield "Status", f"{session.status}, {words.readers(session)}"
    yield "Participants", words.participants(session)
    if session.tags:
        yield "Tags", ", ".join(map(line, session.tags))
    if session.origin.get("tool"):
        yield "From", line(str(session.origin["tool"]))
    if session.forked:
        yield "Forked from", line(session.forked.session)
    if session.linked.live and not session.deleted:
        yield "Commits", line(words.commits(session))
    files = [line(f.path + (f":{f.lines}" if f.lines else "")) for f in session.files]
    if files:
        yield "Files", ", ".join(files)
    told = ", ".join(f"{number} {what}" for what, number in sorted(session.standing.items()))
    if told:
        yield "Signatures", f"all verified but {told}"
    if session.deleted:
        yield "Deleted", line(words.ended(session.deleted, known))


def _lines(session: Session) -> Iterator[str]:
    yield f"# {escaped(line(words.title(session)))}\n"
    yield (
        "*A session of git naturecode with all its entries. To take it into a repository:* "
        f"{code(f'git naturecode session import {session.id}.naturecode.md')}\n"
    )
    for name, value in facts(session):
        yield f"- {name}: {escaped(value)}"
