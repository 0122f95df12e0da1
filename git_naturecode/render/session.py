"""A session as text for a terminal: what it is, then what was said."""

from collections.abc import Iterable, Iterator

from git_naturecode.domain.handles import handles
from git_naturecode.domain.people import USUAL, Invitation
from git_naturecode.domain.runs import Run, runs
from git_naturecode.domain.said import Comment, Message
from git_naturecode.domain.session import Session
from git_naturecode.render import words
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import line, show

_INDENT = "    "


def text(session: Session, paint: Paint) -> str:
    """A session to read: what it is, then what was said, in runs, each with its comments."""
    return "\n".join(_head(session, paint)) + "\n\n" + "\n".join(_Said(session, paint).lines())


def one_text(session: Session, said: Message | Comment, paint: Paint) -> str:
    """One message or comment to read; of a tool call also what it gave, as far as it was kept."""
    return "\n".join(_Said(session, paint).one(said)).rstrip("\n")


def _head(session: Session, paint: Paint) -> Iterator[str]:
    known = words.names(session)
    yield paint.bold(line(words.title(session)))
    yield (
        f"{paint.yellow(session.id)} · {words.readers(session)} · {session.status}"
        f" · {words.minute(session.created)}"
    )
    yield "participants: " + words.participants(session)
    if session.invited:
        yield "invited: " + ", ".join(map(_invited, session.invited))
    if session.encrypted:
        yield from _readers(session)
    if session.tags:
        yield "tags: " + ", ".join(map(line, session.tags))
    if session.forked:
        yield f"forked from {line(session.forked.session)}"
    if session.origin.get("tool"):
        yield f"from {line(str(session.origin['tool']))}"
    if session.linked.live and not session.deleted:
        yield f"commits: {words.commits(session)}"
    if words.summary(session):
        yield f"summary: {show(session.summary)}"
    for file in session.files:
        yield "file: " + line(file.path + (f":{file.lines}" if file.lines else ""))
    if session.deleted:
        yield line(words.ended(session.deleted, known))


def _readers(session: Session) -> Iterator[str]:
    """For whom it is encrypted, and what of it cannot be read here."""
    here, waiting = (", ".join(map(line, names)) for names in session.readers)
    yield f"encrypted for: {here}" + (f"; waiting for a key: {waiting}" if waiting else "")
    if session.unread:
        every = len(session.messages) + len(session.comments)
        what = "all of it" if session.unread == every else f"{session.unread} of {every} texts"
        yield f"no key here for {what}"


def _invited(one: Invitation) -> str:
    return line(one.id) + (f" ({', '.join(one.can)})" if one.can != USUAL else "")


def tool_line(message: Message) -> str:
    """A tool call in one line: what was done to what, and whether it went well."""
    header = message.header
    target = line(str(header.get("target", "")))
    return f"  > {line(str(header.get('tool', 'tool')))} {target} ({words.outcome(message)})"


class _Said:
    """The texts of one session on their way to the terminal."""

    def __init__(self, session: Session, paint: Paint) -> None:
        self.session, self.paint = session, paint
        self.names = words.names(session)
        self.handles = handles(session)

    def lines(self) -> Iterator[str]:
        """Each run, then what was remarked on the session as a whole."""
        threaded = set()
        for run in runs(self.session.messages):
            threaded |= {c.id for message in run.messages for c in message.comments}
            yield from self.run(run)
        rest = [c for c in self.session.comments if c.id not in threaded]
        if rest:
            yield self.paint.dim("comments on the session")
            yield from self.comments(rest)

    def one(self, said: Message | Comment) -> Iterator[str]:
        """A message as a run of its own, or a comment, below what it was said in."""
        session, handle = self.session, self.handles[said.id]
        where = f"{session.id}#{handle.removeprefix('#')}"
        yield f"{self.paint.yellow(where)} · {line(words.title(session))}"
        yield ""
        if isinstance(said, Comment):
            yield from self.comments([said])
            return
        yield from self.run(Run(int(handle[1:]), (said,)))
        given, gave = said.call
        if said.role == "tool" and not words.gone(said, self.names):
            yield show("\n\n".join(part for part in (given, gave) if part))

    def run(self, run: Run) -> Iterator[str]:
        """One run and the comments on it."""
        paint, message = self.paint, run.first
        missing = words.gone(message, self.names)
        if message.role == "tool" and not missing:
            yield paint.dim(f"{run.handle:<4}{tool_line(message)}")
        else:
            who = paint.cyan(line(words.speaker(message, self.names)))
            when = paint.dim("· " + words.minute(run.start))
            yield f"{paint.dim(run.handle)} {who} {when}{self.notes(message)}"
            yield paint.dim(f"[{line(missing)}]") if missing else show(run.text)
        for rival in message.rivals:
            yield paint.dim(f"[at the same time {line(rival.by)} made it:]\n{show(rival.text)}")
        for value, people in message.reactions:
            yield paint.dim(f"{_INDENT}{line(value)} {', '.join(map(line, people))}")
        yield from self.comments(message.comments)
        yield ""

    def comments(self, comments: Iterable[Comment]) -> Iterator[str]:
        """Comments, indented."""
        for comment in comments:
            who = line(self.names.get(comment.by) or comment.by)
            when = f"· {words.minute(comment.time)}"
            head = f"{self.handles[comment.id]} {who} {when}{self.notes(comment)}"
            missing = words.gone(comment, self.names)
            body = f"[{line(missing)}]" if missing else show(comment.text)
            yield _INDENT + self.paint.dim(head)
            yield _INDENT + body.replace("\n", "\n" + _INDENT)

    def notes(self, said: Message | Comment) -> str:
        """What is to be said about it, in brackets."""
        found = words.remarks(said, self.names)
        return f" ({line(', '.join(found))})" if found else ""
