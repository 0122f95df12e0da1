"""What is behind a line, for people: its commit, the session, the message, the request."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from git_naturecode.domain.handles import handles
from git_naturecode.domain.kb.behind import SAID, About
from git_naturecode.domain.review.lines import Reviewed
from git_naturecode.domain.said import Message
from git_naturecode.domain.session import Session
from git_naturecode.render import words
from git_naturecode.render.paint import Paint
from git_naturecode.render.review_rows import said_of
from git_naturecode.render.session import tool_line
from git_naturecode.render.show import line, show

SHORT = 8  # characters of a commit's id
_LINES = 6  # of a message that is shown
_COLUMNS = 300
_INDENT = "    "


@dataclass(frozen=True)
class Piece:
    """Neighbouring lines behind which stands the same.

    `how` tells it in words; `commit` is (id, subject, author, time) or nothing; `session_id` may
    name one that is not here. `answer` is what the assistant said before its call `message`,
    `request` what a person had asked for. `remarks` are further lines to say, `noted` those of
    notes on the commit, `reviews` those that it was part of, `articles` those about it.
    """

    path: str
    lines: tuple[tuple[int, str], ...]
    how: str
    commit: tuple[str, str, str, str] | None = None
    session_id: str = ""
    session: Session | None = None
    message: Message | None = None
    answer: Message | None = None
    request: Message | None = None
    remarks: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    reviews: tuple[Reviewed, ...] = ()
    articles: tuple[About, ...] = ()


def text(pieces: Sequence[Piece], paint: Paint) -> str:
    """All pieces, one below the other."""
    return "\n\n".join("\n".join(_piece(one, paint)) for one in pieces)


def _piece(piece: Piece, paint: Paint) -> Iterator[str]:
    for number, content in piece.lines:
        yield f"{paint.bold(f'{line(piece.path)}:{number}')}  {_cut(show(content))}"
    if piece.commit:
        oid, subject, author, time = piece.commit
        yield (
            f"commit   {paint.yellow(oid[:SHORT])}  {line(subject)} "
            + paint.dim(f"· {line(author)} · {time}")
        )
    if piece.session_id:
        yield "session  " + "".join(_session(piece, paint))
    yield f"         {line(piece.how)}"
    yield from (f"         {line(one)}" for one in piece.remarks)
    if piece.session is not None:
        yield from _said(piece, piece.session, paint)
    for reviewed in piece.reviews:
        yield from _reviewed(reviewed, paint)
    for about in piece.articles:
        one = about.article
        yield (
            f"article  {paint.yellow(line(one.slug))}  {line(one.title)} "
            + paint.dim(f"· {one.type} · {SAID[about.how]}")
        )
    for note in piece.noted:
        yield f"note     {line(note)}"


def _session(piece: Piece, paint: Paint) -> Iterator[str]:
    yield str(paint.yellow(line(piece.session_id)))
    session = piece.session
    if session is None:
        return
    yield f"  {line(session.name) or '(no title)'} "
    people = ", ".join(line(one.name or one.id) for one in session.participants)
    tool = line(str(session.origin.get("tool") or ""))
    yield str(paint.dim("· " + " · ".join(filter(None, (words.readers(session), tool, people)))))


def _said(piece: Piece, session: Session, paint: Paint) -> Iterator[str]:
    known, names = words.names(session), handles(session)
    shown = (("message", piece.message), ("saying", piece.answer), ("request", piece.request))
    for label, message in shown:
        if message is None:
            continue
        handle, when = names.get(message.id, ""), words.minute(message.time)
        missing = words.gone(message, known)
        if message.role == "tool" and not missing:
            called = tool_line(message).removeprefix("  > ")
            yield f"{label:<8} {paint.dim(handle)} {called} {paint.dim('· ' + when)}"
        else:
            who = paint.cyan(line(words.speaker(message, known)))
            yield f"{label:<8} {paint.dim(handle)} {who} {paint.dim('· ' + when)}"
            yield from _indented([f"[{line(missing)}]"] if missing else _first(message.text))
        for comment in message.comments:
            gone = words.gone(comment, known)
            who = line(known.get(comment.by) or comment.by)
            yield f"{_INDENT}{paint.dim(names.get(comment.id, ''))} {who} remarks:"
            yield from _indented([f"[{line(gone)}]"] if gone else _first(comment.text), 2)


def _reviewed(found: Reviewed, paint: Paint) -> Iterator[str]:
    """A review, and what was said in it of these lines."""
    review = found.review
    names = {one.who: one.name for one in review.reviewers if one.name}
    names |= {review.owner: review.name} if review.name else {}
    by = line(names.get(review.owner) or review.owner)
    yield (
        f"review   {paint.yellow(line(review.id))}  {line(review.title) or '(no title)'} "
        + paint.dim(f"· {said_of(review.status)} · {by}")
    )
    for handle, thread in zip(found.handles, found.threads, strict=True):
        for one in thread.comments:
            if one.draft:
                continue
            who, when = line(names.get(one.by) or one.by), words.minute(one.time)
            state = "resolved" if thread.resolved else "open"
            about = f" · {state}" if one is thread.first else ""
            yield f"{_INDENT}{paint.dim(handle)} {paint.cyan(who)} {paint.dim(f'· {when}{about}')}"
            gone = words.withheld(one.hidden, one.flags, names)
            yield from _indented([f"[{line(gone)}]"] if gone else _first(one.text), 2)


def _first(text: str) -> list[str]:
    """The first lines of a text, and how many more there are."""
    lines = [one.rstrip() for one in show(text.strip("\n")).split("\n")]
    kept = [_cut(one) for one in lines[:_LINES]]
    more = len(lines) - len(kept)
    return [*kept, f"[{more} more line{'' if more == 1 else 's'}]"] if more else kept


def _cut(text: str) -> str:
    return text if len(text) <= _COLUMNS else text[: _COLUMNS - 1] + "…"


def _indented(lines: Iterable[str], depth: int = 1) -> Iterator[str]:
    yield from ((_INDENT * depth + one).rstrip() for one in lines)
