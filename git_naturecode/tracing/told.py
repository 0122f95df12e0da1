"""What has been traced, put into words and into JSON."""

from collections.abc import Iterator, Mapping, Sequence

from git_naturecode import clock
from git_naturecode.domain.handles import handles
from git_naturecode.domain.kb.behind import About
from git_naturecode.domain.kb.notes import article_of
from git_naturecode.domain.links import ELSEWHERE, UNVERIFIED
from git_naturecode.domain.review import notes as lines
from git_naturecode.domain.review.lines import Reviewed
from git_naturecode.domain.said import Message
from git_naturecode.git.blame import Commit
from git_naturecode.render import session_json, why, words
from git_naturecode.store.entry import Json
from git_naturecode.tracing import trace
from git_naturecode.tracing.trace import Traced

_NOT_HERE = "a session that is not in this clone: a private one, or not synced yet"
_VIA = {
    "hook": "the commit was made in this session",
    "capture": "the commit was made while this session wrote its files",
    "attach": "somebody attached the commit to this session",
    "rewrite": "the commit was made anew from one of this session",
    "pick": "the commit was picked from one of this session",
    "squash": "the commit squashes others of this session",
    "repair": "the commit holds the same as one of this session, or names it",
    "forge": "the forge merged a request of this session into the commit",
    "entire": "Entire linked the commit to this session",
}


Reviews = Mapping[int, Sequence[Reviewed]]
"""Number of a line -> the reviews of its commit, with the threads on the line."""
Articles = Mapping[int, Sequence[About]]
"""Number of a line -> the articles about it."""


def pieces(
    path: str, traced: Sequence[Traced], notes: Mapping[str, list[str]], at_work: Sequence[str],
    reviews: Reviews, articles: Articles,
) -> list[why.Piece]:  # fmt: skip
    """Neighbouring lines behind which stands the same as one piece each."""
    found: list[list[Traced]] = []
    for one in traced:
        if found and _key(found[-1][0], reviews, articles) == _key(one, reviews, articles):
            found[-1].append(one)
        else:
            found.append([one])
    return [_piece(path, group, notes, at_work, reviews, articles) for group in found]


def _key(one: Traced, reviews: Reviews, articles: Articles) -> tuple[object, ...]:
    message = one.message.id if one.message else ""
    said = [(r.review.id, *r.handles) for r in reviews.get(one.line.number, ())]
    about = [(each.article.id, each.how) for each in articles.get(one.line.number, ())]
    return one.line.commit.oid, one.how, one.session_id, message, one.said_by_git_ai, said, about


def _piece(
    path: str, group: Sequence[Traced], notes: Mapping[str, list[str]], at_work: Sequence[str],
    reviews: Reviews, articles: Articles,
) -> why.Piece:  # fmt: skip
    one = group[0]
    commit = one.line.commit
    asked = answered = None
    if one.session is not None and one.message is not None:
        asked = trace.request(one.session, one.message)
        answered = trace.answer(one.session, one.message) if one.message.role == "tool" else None
    shown = tuple((each.line.number, each.line.text) for each in group)
    who = (commit.oid, commit.subject, commit.author, words.minute(_time(commit)))
    return why.Piece(
        path, shown, how(one), who if commit.oid else None, one.session_id, one.session,
        one.message, answered, asked, tuple(_remarks(one, path, at_work)),
        tuple(_other(
            notes.get(commit.oid, ()), reviews.get(one.line.number, ()),
            articles.get(one.line.number, ()),
        )),
        tuple(reviews.get(one.line.number, ())), tuple(articles.get(one.line.number, ())),
    )  # fmt: skip


def _other(
    notes: Sequence[str], reviews: Sequence[Reviewed], articles: Sequence[About]
) -> Iterator[str]:
    """The lines of notes that say more than the reviews and articles themselves."""
    known = {one.review.id for one in reviews} | {one.article.id for one in articles}
    for one in notes:
        line = one.encode("utf-8", "replace")
        if lines.review_of(line) not in known and article_of(line) not in known:
            yield one


def how(one: Traced) -> str:
    """How sure it is, in words."""
    link = one.link
    via = _VIA.get(link.via, "") if link else ""
    if one.how == trace.WROTE:
        return "this message wrote the line"
    if one.how == trace.LIKELY:
        return f"likely this message, the last that wrote the file; {via}"
    if one.not_here:
        return "a message of this session wrote the line, but has not come here; import or sync"
    if one.how == trace.SESSION:
        return f"{via}; by hand, or changed since a message wrote it" if one.by_hand else via
    if one.how == trace.AWAY and link is not None and link.state == UNVERIFIED:
        return "a note names this session, which is not here, and nothing confirms it"
    if one.how == trace.AWAY:
        return "this session was deleted" if one.deleted else _NOT_HERE
    if one.how == trace.GIT_AI and (said := one.said_by_git_ai):
        by = " ".join(filter(None, (said.tool, said.model and f"({said.model})"))) or said.key
        for_ = f" for {said.person}" if said.person and said.tool else ""
        return f"git-ai says: {by if said.tool else said.person or said.key}{for_}"
    if one.how == trace.UNCOMMITTED:
        return "not committed yet"
    return f"no session is known; {one.line.commit.author} committed it"


def _remarks(one: Traced, path: str, at_work: Sequence[str]) -> Iterator[str]:
    if one.line.path != path and one.line.commit.oid:
        yield f"there the line is {one.line.path}:{one.line.original}"
    if one.session is not None and one.link is not None and one.link.state == UNVERIFIED:
        yield "only a note says so; nothing here confirms it"
    if one.cut_off:
        yield "the history ends there; `git fetch --unshallow` may bring what is before"
    if one.others:
        yield "also of " + ", ".join(one.others)
    if one.how == trace.UNCOMMITTED and at_work:
        yield "at work here: " + ", ".join(at_work)
    if one.checkpoints:
        yield (
            f"the commit names the checkpoint {one.checkpoints[0]} of Entire: "
            "git naturecode session import --from entire"
        )


def json(
    one: Traced, notes: Mapping[str, list[str]], reviews: Sequence[Reviewed],
    articles: Sequence[About] = (),
) -> dict[str, Json]:  # fmt: skip
    """One line for programs."""
    line, found = one.line, _commit(one.line.commit)
    if found is not None:
        found |= {"path": line.path, "line": line.original}
    told: dict[str, Json] = {
        "line": line.number, "text": line.text, "how": one.how, "commit": found,
        "session": _session(one), "message": None, "request": None,
        "otherSessions": list(one.others), "notes": notes.get(line.commit.oid, []),
        "reviews": [each.json() for each in reviews],
        "articles": [each.json() for each in articles],
    }  # fmt: skip
    if one.session is not None and one.message is not None:
        told["message"] = _message(one, one.message)
        if asked := trace.request(one.session, one.message):
            told["request"] = _message(one, asked)
    if said := one.said_by_git_ai:
        told["gitAi"] = {
            "key": said.key, "tool": said.tool, "model": said.model, "session": said.session,
            "person": said.person,
        }  # fmt: skip
    if one.checkpoints:
        told["entireCheckpoints"] = list(one.checkpoints)
    return told


def _message(one: Traced, message: Message) -> dict[str, Json]:
    assert one.session is not None
    return {"handle": handles(one.session)[message.id], **session_json.message_json(message)}


def _session(one: Traced) -> dict[str, Json] | None:
    if not one.session_id:
        return None
    found: dict[str, Json] = {"id": one.session_id, "here": one.session is not None}
    if one.link is not None:
        found["via"] = "" if one.link.state == ELSEWHERE else one.link.via
        found["state"] = one.link.state
    if one.session is not None:
        found |= {
            "name": one.session.name, "visibility": words.where(one.session),
            "tool": str(one.session.origin.get("tool") or ""),
            "participants": [participant.id for participant in one.session.participants],
        }  # fmt: skip
    return found


def _commit(commit: Commit) -> dict[str, Json] | None:
    if not commit.oid:
        return None
    return {
        "id": commit.oid, "subject": commit.subject, "author": commit.author,
        "email": commit.mail, "date": _time(commit),
    }  # fmt: skip


def _time(commit: Commit) -> str:
    return clock.iso(commit.seconds * 1000)
