"""A session for programs: the keys of the specification, and ours beside them."""

from git_naturecode.domain import links
from git_naturecode.domain.people import RIGHTS, Participant
from git_naturecode.domain.runs import Run, runs
from git_naturecode.domain.said import Comment, Mark, Message, Rival
from git_naturecode.domain.session import Session
from git_naturecode.store.entry import Json

_TOOL_KEYS = ("tool", "type", "target", "ok", "size", "sha", "in")


def json(session: Session) -> dict[str, Json]:
    """A session with everything that was said in it, each message by itself."""
    found: dict[str, Json] = {
        "id": session.id,
        "name": session.name,
        "createdAt": session.created,
        "updatedAt": session.updated,
        "status": session.status,
        "visibility": session.visibility,
        "shared": session.shared,
        "teamId": session.team.id if session.team else None,
        "encrypted": session.encrypted,
        "ownerId": session.owner,
        "participants": [_participant(one) for one in session.participants],
        "invited": [
            {"userId": one.id, "invitedBy": one.by, "timestamp": one.time, **_rights(one.can)}
            for one in session.invited
        ],
        "tags": session.tags,
        "origin": session.origin,
        "links": session.links,
        "commits": [] if session.deleted else _commits(session),
        "summary": session.summary or session.derived_summary,
        "summaryDerived": not session.summary,
        "messages": [message_json(m) for m in session.messages],
        "comments": [_comment(c) for c in session.comments],
        "fileAccess": [
            {"path": f.path, "lines": f.lines, "blob": f.blob, "userId": f.by, "timestamp": f.time}
            for f in session.files
        ],
    }
    if session.forked:
        found["forked"] = {
            "session": session.forked.session, "messageId": session.forked.message,
        }  # fmt: skip
    if session.encrypted:
        found["readers"], found["waiting"] = map(list, session.readers)
        found["unread"] = session.unread
    if session.standing:
        found["standing"] = dict(session.standing)
    if session.deleted:
        found["deleted"] = _mark(session.deleted)
    if session.merged:
        found |= {"mergedAt": session.merged, "conflictResolved": True}
    return found


def _commits(session: Session) -> list[dict[str, Json]]:
    """The commits that it is linked to; `current` is false for those that were made anew since."""
    live = session.linked.live
    now = {link.commit for link in links.current(live.values())}
    return [link_json(link) | {"current": link.commit in now} for link in live.values()]


def link_json(link: links.Link) -> dict[str, Json]:
    """One link of a commit to a session."""
    return {
        "id": link.commit, "tree": link.tree, "patch": link.patch, "via": link.via,
        "from": list(link.origins), "tool": link.tool, "model": link.model,
        "messages": link.messages, "userId": link.by, "timestamp": link.at[:24],
        "wrote": [
            {"messageId": one.message, "path": one.path, "lines": links.ranges_text(one.ranges)}
            for one in link.wrote
        ],
    }  # fmt: skip


def exported(session: Session) -> dict[str, Json]:
    """`json`, and the conversation as it is read: messages of one minute as one."""
    told = json(session)
    said = [run_json(run) for run in runs(session.messages)]
    return {**told, "conversation": {"summary": told["summary"], "messages": said}}


def message_json(message: Message) -> dict[str, Json]:
    """One message; what a tool call did is under `toolCall`."""
    header = message.header
    sender = sender_id(message)
    found: dict[str, Json] = {
        "messageId": message.id,
        "senderId": sender,
        "participantId": sender,
        "role": message.role,
        "type": message.role,
        "timestamp": message.time,
        "content": message.text,
        "redacted": message.redacted,
    }
    if message.role == "tool":
        found["toolCall"] = {key: header[key] for key in _TOOL_KEYS if key in header}
    for key in ("model", "meta", "side", "think", "cut"):
        if key in header:
            found[key] = header[key]
    if message.comments:
        found["comments"] = [comment.id for comment in message.comments]
    if message.reactions:
        found["reactions"] = {value: list(people) for value, people in message.reactions}
    return found | _state(message)


def sender_id(message: Message) -> str:
    """Whom the specification calls the sender: a person, or the model that answered."""
    if message.role == "assistant":
        return str(message.header.get("model") or "assistant")
    return message.by


def run_json(run: Run) -> dict[str, Json]:
    """Messages that are read as one, with their times and the ids of each."""
    return {
        **message_json(run.first), "content": run.text, "startTime": run.start, "endTime": run.end,
        "messageIds": [message.id for message in run.messages],
    }  # fmt: skip


def _participant(one: Participant) -> dict[str, Json]:
    return {"userId": one.id, "name": one.name, "joinedAt": one.joined, **_rights(one.can)}


def _rights(can: tuple[str, ...]) -> dict[str, Json]:
    return {"permissions": {right: right in can for right in RIGHTS}}


def said_json(said: Message | Comment) -> dict[str, Json]:
    """A message or a comment by itself."""
    return _comment(said) if isinstance(said, Comment) else message_json(said)


def _comment(comment: Comment) -> dict[str, Json]:
    return {
        "id": comment.id, "messageId": comment.on, "userId": comment.by, "timestamp": comment.time,
        "content": comment.text, **_state(comment),
    }  # fmt: skip


def _state(said: Message | Comment) -> dict[str, Json]:
    """What became of a text, where anything did."""
    found: dict[str, Json] = {"flags": list(said.flags)} if said.flags else {}
    if said.standing:
        state, reason, signer = said.standing
        found["standing"] = {"state": state, "reason": reason, "memberId": signer or None}
    if said.edited:
        found["edited"] = _mark(said.edited)
    if said.hidden:
        found["redaction"] = _mark(said.hidden)
    if said.rivals:
        found["rivals"] = [_rival(one) for one in said.rivals]
    return found


def _mark(mark: Mark) -> dict[str, Json]:
    reason = {"reason": mark.reason} if mark.reason else {}
    return {"userId": mark.by, "timestamp": mark.time, **reason}


def _rival(one: Rival) -> dict[str, Json]:
    return {"userId": one.by, "timestamp": one.time, "content": one.text}
