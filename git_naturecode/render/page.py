"""A session as a page of Markdown with front matter: to read in an editor or on a forge.

Nothing in a message can hide what follows it, pass for another message, or act on a terminal that
shows the file.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from git_naturecode.domain.runs import Run, runs
from git_naturecode.domain.said import Comment, Message
from git_naturecode.domain.session import Session
from git_naturecode.render import words
from git_naturecode.render.show import line, show
from git_naturecode.store import markdown, paths

MOST_CHARACTERS = 2 << 20
_SLUG_LENGTH = 48
_TITLE_LENGTH = 200
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_ACTIVE = re.compile(r"[!#$&*<>\[\\\]_`{|}~]")
_RUNS = re.compile(r"`+")
_NO_YAML = re.compile("[\ufffe\uffff]")
# A line of a text that would pass for the heading of another message.
_FALSE_HEADING = re.compile(r"^( {0,3})(?=####[ \t].* · )", re.M)


def path(session: Session, tail: str) -> str:
    """Where the page of `session` stands in the folder: see `dated`."""
    return dated("sessions", session.id, session.created, session.name, tail)


def dated(folder: str, entity: str, created: str, title: str, tail: str) -> str:
    """Where the page of an entity stands: `<folder>/2026-11/<day>-<slug>-<tail>.md`.

    The name holds nothing but letters, digits and hyphens, whatever the title is.
    """
    day = created[:10]
    if not _DAY.fullmatch(day):
        number = entity.split("-")[1]
        day = f"{number[:4]}-{number[4:6]}-{number[6:]}"
    name = "-".join(part for part in (day, slug(title), tail) if part)
    if not paths.is_slug(name):
        raise ValueError(f"not the last part of an id: {tail!r}")
    return f"{folder}/{day[:7]}/{name}.md"


def slug(name: str) -> str:
    """`name` in small letters, digits and hyphens; "" where nothing of it can be written so."""
    plain = unicodedata.normalize("NFKD", name[:_TITLE_LENGTH]).encode("ascii", "ignore").decode()
    whole = "-".join(re.findall(r"[a-z0-9]+", plain.lower().replace("'", "")))
    if len(whole) <= _SLUG_LENGTH:
        return whole
    return whole[: _SLUG_LENGTH + 1].rpartition("-")[0] or whole[:_SLUG_LENGTH]


def text(session: Session) -> str:
    """The page: what the session is, as YAML and in words, then what was said."""
    parts = [_front_matter(session), f"# {escaped(_title(session))}\n", *_about(session)]
    rest = f"git naturecode session show {session.id}"
    return "\n".join([*parts, *bounded(conversation(session), rest)])


def bounded(parts: Iterable[str], rest: str) -> Iterator[str]:
    """`parts` as far as a page may be long; then `rest`, the command that shows all."""
    size = 0
    for part in parts:
        size += len(part)
        if size > MOST_CHARACTERS:
            yield f"*The rest is too long for a page:* `{rest}`\n"
            return
        yield part


def block(body: str) -> str:
    """`body` as it stands where it is harmless Markdown, else in a fence; ends with a line break.

    Control and invisible characters are made visible, and no picture is loaded from elsewhere.
    """
    shown = show(body).rstrip("\n")
    if "![" not in shown and markdown.safe(shown):
        return _FALSE_HEADING.sub(r"\1\\", shown) + "\n"
    return fenced(shown)


def fenced(body: str) -> str:
    """`body` in a fence that nothing in it ends."""
    fence = "`" * max(3, 1 + max(map(len, _RUNS.findall(body)), default=0))
    return f"{fence}\n{body}\n{fence}\n"


def code(text: str) -> str:
    """`text`, one line, as a code span."""
    longest = max(map(len, _RUNS.findall(text)), default=0)
    mark, pad = "`" * (longest + 1), " " if "`" in (text[:1], text[-1:]) else ""
    return f"{mark}{pad}{text}{pad}{mark}"


def escaped(text: str) -> str:
    """`text`, one line, as Markdown that shows it as it is."""
    return _ACTIVE.sub(lambda found: "\\" + found[0], text)


def _word(text: str) -> str:
    return escaped(line(text))


def _title(session: Session) -> str:
    return line(words.title(session)[:_TITLE_LENGTH])


def _front_matter(session: Session) -> str:
    people = [
        f"{line(one.name)} <{line(one.id)}>" if one.name else line(one.id)
        for one in session.participants
    ]
    facts: dict[str, str | bool | list[str]] = {
        "id": session.id,
        "name": _title(session),
        "status": line(session.status),
        "visibility": words.where(session),
        "shared": session.shared,
        "owner": line(session.owner),
        "participants": people,
        "created": line(session.created),
        "updated": line(session.updated),
    }
    if session.tags:
        facts["tags"] = list(map(line, session.tags))
    if session.origin.get("tool"):
        facts["tool"] = line(str(session.origin["tool"]))
    if session.forked:
        facts["forkedFrom"] = line(session.forked.session)
    return yaml_facts(facts)


def yaml_facts(facts: Mapping[str, str | bool | list[str]]) -> str:
    """`facts` as the front matter of a page."""
    # A JSON string is a YAML string, once nothing is in it that YAML counts as a line break.
    rows = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts.items()]
    return "---\n" + _NO_YAML.sub(lambda c: f"\\u{ord(c[0]):04x}", "".join(rows)) + "---\n"


def _about(session: Session) -> Iterator[str]:
    if not session.shared:
        yield "**Private: only in this clone.**\n"
    elif session.has_private:
        yield "**Holds what is not shared yet and is only in this clone.**\n"
    tail = session.id.rsplit("-", 1)[-1]
    yield (
        "*Written by git naturecode, and written anew when the session changes. To answer:* "
        f'`git naturecode session say {tail} "..."`\n'
    )
    if words.summary(session):
        yield "## Summary\n"
        yield block(session.summary)
    if session.files:
        yield "## Files\n"
        shared = (line(one.path + (f":{one.lines}" if one.lines else "")) for one in session.files)
        yield "".join(f"- {code(name)}\n" for name in shared)
    yield "## Conversation\n"


def conversation(session: Session, written: Callable[[str], str] = block) -> Iterator[str]:
    """What was said, in runs, each with the comments on it; tool calls in a row are one list.

    `written` makes each text harmless.
    """
    names, calls = words.names(session), []
    threaded: set[str] = set()
    for run in runs(session.messages):
        comments = [one for message in run.messages for one in message.comments]
        threaded.update(one.id for one in comments)
        if run.first.role == "tool" and not words.gone(run.first, names) and not comments:
            calls.append(_tool(run.first))
            continue
        if calls:
            yield "".join(calls)
            calls = []
        yield from _run(run, names, written)
        yield from _comments(comments, names, written)
    if calls:
        yield "".join(calls)
    rest = [one for one in session.comments if one.id not in threaded]
    if rest:
        yield "## Comments\n"
        yield from _comments(rest, names, written)


def _run(run: Run, names: dict[str, str], written: Callable[[str], str]) -> Iterator[str]:
    message = run.first
    missing = words.gone(message, names)
    yield _heading(words.speaker(message, names), run.start, words.remarks(message, names))
    if missing:
        yield f"*{_word(missing)}*\n"
    elif message.role == "tool":
        yield _tool(message)
    elif run.text.strip():
        yield written(run.text)
    for rival in message.rivals:
        yield f"*At the same time {_word(names.get(rival.by, rival.by))} made it:*\n"
        yield written(rival.text)
    for value, people in message.reactions:
        yield f"{_word(value)} {', '.join(_word(names.get(one, one)) for one in people)}\n"


def _heading(who: str, when: str, remarks: list[str]) -> str:
    noted = f" ({_word(', '.join(remarks))})" if remarks else ""
    return f"#### {_word(who)} · {_word(words.minute(when))}{noted}\n"


def _comments(
    comments: Iterable[Comment], names: dict[str, str], written: Callable[[str], str]
) -> Iterator[str]:
    """Comments as quotations."""
    for one in comments:
        remarks = words.remarks(one, names)
        noted = f" ({_word(', '.join(remarks))})" if remarks else ""
        missing = words.gone(one, names)
        body = f"*{_word(missing)}*\n" if missing else written(one.text)
        head = f"**{_word(names.get(one.by) or one.by)}** · {_word(words.minute(one.time))}{noted}"
        quoted = "\n".join(f"> {row}".rstrip(" ") for row in body.rstrip("\n").split("\n"))
        yield f"> {head}\n>\n{quoted}\n"


def _tool(message: Message) -> str:
    """A tool call as an item of a list: what was done to what, and whether it went well."""
    target = line(str(message.header.get("target") or ""))
    shown = f" {code(target)}" if target else ""
    name = _word(str(message.header.get("tool") or "tool"))
    return f"- {name}{shown} ({words.outcome(message)})\n"
