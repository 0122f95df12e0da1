"""Sessions as text and as JSON."""

from collections.abc import Iterable, Sequence

from git_naturecode.domain.session import Message, Session
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import fit, line, show
from git_naturecode.store.entry import Json
from git_naturecode.store.index import Hit

_MATCH_OPEN, _MATCH_CLOSE = "\x02", "\x03"
_OTHER_COLUMNS = 65  # of a row besides the title and the tool
_TOOL_COLUMNS = 13
_LEAST_TITLE, _MOST_TITLE = 16, 44


def rows_text(rows: Sequence[dict[str, Json]], paint: Paint, columns: int) -> str:
    """A list of sessions, one line each, for a terminal of `columns` columns."""
    spare = columns - _OTHER_COLUMNS
    with_tool = spare >= _LEAST_TITLE + _TOOL_COLUMNS
    wanted = spare - (_TOOL_COLUMNS if with_tool else 0)
    width = max(_LEAST_TITLE, min(_MOST_TITLE, wanted))
    return "\n".join(_row(row, paint, width, with_tool) for row in rows)


def _row(row: dict[str, Json], paint: Paint, width: int, with_tool: bool) -> str:
    name = fit(line(str(row["name"])) or "(no title)", width)
    count = f"{row['messages']} message{'' if row['messages'] == 1 else 's'}"
    where = "private" if not row["shared"] else str(row["visibility"])
    day = str(row["updatedAt"])[:10]
    tool = paint.dim("  " + line(str(row["tool"]))) if with_tool and row["tool"] else ""
    return f"{paint.yellow(row['id'])}  {name}  {where:<7}  {count:>13}  {day}{tool}"


def text(session: Session, paint: Paint) -> str:
    """A session to read: what it is, then what was said."""
    people = ", ".join(line(p.name or p.id) for p in session.participants)
    head = [
        paint.bold(line(session.name) or "(no title)"),
        f"{paint.yellow(session.id)} · {_where(session)} · {session.status}"
        f" · {session.created[:16].replace('T', ' ')}",
        f"participants: {people}",
    ]
    if session.tags:
        head.append("tags: " + ", ".join(map(line, session.tags)))
    if session.origin:
        head.append(f"from {line(str(session.origin.get('tool', '')))}")
    if session.summary:
        head.append(f"summary: {show(session.summary)}")
    return "\n".join(head) + "\n\n" + "\n".join(_messages(session, paint))


def _where(session: Session) -> str:
    return session.visibility if session.shared else "private"


def _messages(session: Session, paint: Paint) -> Iterable[str]:
    names = {p.id: p.name for p in session.participants if p.name}
    for message in session.messages:
        if message.role == "tool":
            yield paint.dim(tool_line(message)) + "\n"
            continue
        flags = f" ({', '.join(message.flags)})" if message.flags else ""
        when = message.time[:16].replace("T", " ")
        who = speaker(message, names)
        yield f"{paint.cyan(line(who))} {paint.dim('· ' + when)}{flags}\n{show(message.text)}\n"


def speaker(message: Message, names: dict[str, str]) -> str:
    """Who said a message, as people know him."""
    if message.role == "assistant":
        return str(message.header.get("model") or "AI Assistant")
    if message.role == "user":
        return names.get(message.by) or message.by
    return message.role


def tool_line(message: Message) -> str:
    """A tool call in one line: what was done to what, and whether it went well."""
    header = message.header
    outcome = "no result" if "ok" not in header else "ok" if header["ok"] else "failed"
    size = f", {header['size']} bytes" if isinstance(header.get("size"), int) else ""
    target = line(str(header.get("target", "")))
    return f"  > {line(str(header.get('tool', 'tool')))} {target} ({outcome}{size})"


def json(session: Session) -> dict[str, Json]:
    """A session with everything that was said in it."""
    return {
        "id": session.id,
        "name": session.name,
        "createdAt": session.created,
        "updatedAt": session.updated,
        "status": session.status,
        "visibility": session.visibility,
        "shared": session.shared,
        "ownerId": session.owner,
        "participants": [
            {"userId": p.id, "name": p.name, "joinedAt": p.joined} for p in session.participants
        ],
        "tags": session.tags,
        "origin": session.origin,
        "summary": session.summary or session.derived_summary,
        "summaryDerived": not session.summary,
        "messages": [message_json(m) for m in session.messages],
    }


def message_json(message: Message) -> dict[str, Json]:
    """One message; what a tool call did is under `toolCall`."""
    header = message.header
    found: dict[str, Json] = {
        "messageId": message.id,
        "senderId": str(header.get("model") or "assistant")
        if message.role == "assistant"
        else message.by,
        "role": message.role,
        "timestamp": message.time,
        "content": message.text,
        "redacted": message.redacted,
    }
    if message.role == "tool":
        keys = ("tool", "type", "target", "ok", "size", "sha", "in")
        found["toolCall"] = {key: header[key] for key in keys if key in header}
    for key in ("model", "meta", "side", "think"):
        if key in header:
            found[key] = header[key]
    if message.flags:
        found["flags"] = list(message.flags)
    return found


def hits_text(hits: Sequence[Hit], paint: Paint) -> str:
    """What a search found: the session, and the words around the match."""
    return "\n".join(
        f"{paint.yellow(hit.row['id'])}  {line(str(hit.row['name']))}\n    {_marked(hit, paint)}"
        for hit in hits
    )


def hit_json(hit: Hit) -> dict[str, Json]:
    """One match."""
    plain = hit.snippet.replace(_MATCH_OPEN, "").replace(_MATCH_CLOSE, "")
    return {
        "id": hit.row["id"],
        "name": hit.row["name"],
        "messageId": hit.entry,
        "snippet": plain,
        "score": round(hit.score, 4),
    }


def _marked(hit: Hit, paint: Paint) -> str:
    parts = hit.snippet.split(_MATCH_OPEN)
    shown = [line(parts[0])] if parts[0].strip() else []
    for part in parts[1:]:
        match, _, rest = part.partition(_MATCH_CLOSE)
        shown.append(paint.bold(line(match)) + (" " if rest[:1].isspace() else "") + line(rest))
    return " ".join(shown)
