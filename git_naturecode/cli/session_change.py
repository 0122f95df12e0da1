"""session comment, edit, redact: what is said about what was said."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer
from git_naturecode.cli.options import AsJson, Quiet, Reason, SessionId
from git_naturecode.cli.output import worded, written

if TYPE_CHECKING:
    from git_naturecode.cli.changing import Opened
    from git_naturecode.domain.said import Comment, Message
    from git_naturecode.store.entry import Draft

Handle = Annotated[
    str,
    typer.Argument(
        help="Its number in `session show` (3; c2 for a comment), or the beginning of its id."
    ),
]


def comment(
    session: SessionId,
    text: Annotated[
        str | None, typer.Argument(help="The comment; `-` reads stdin; nothing: your editor.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The message or comment that it is about (see `edit`).")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Comment on a session, or on one message of it."""
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts

    context = contexts.current(quiet)
    with changing(context, session) as here:
        here.require("write", "comment in")
        target = here.said(on).id if on else ""
        here.require_permitted(drafts.comment("", target))
        body = worded(context, text, f"What is your comment on {on or session}?")
        (entry,) = here.write(drafts.comment(body, target))
    facts = {"id": here.session.id, "commentId": entry.id, "messageId": target}
    answer(context, as_json, facts, f"commented in {here.session.id}", entries=[entry])


def edit(
    session: SessionId,
    message: Annotated[
        str | None,
        typer.Argument(
            help="What to change: a number of `session show` (3; c2 for a comment), or the "
            "beginning of its id."
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Argument(help="The new text; `-` reads stdin; nothing: your editor.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="A new name for the session.")] = None,
    summary: Annotated[str | None, typer.Option(help="A summary; `-` reads stdin.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Add a tag; may be repeated.")] = None,
    untag: Annotated[list[str] | None, typer.Option(help="Take a tag away.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Give a message a new text, or a session a name, a summary, tags. A comment can have a
    new text too."""
    from git_naturecode.cli.answers import warn_of_secrets
    from git_naturecode.cli.changing import changing
    from git_naturecode.cli.session_say import check_tags

    context = contexts.current(quiet)
    of_session = not (name is None and summary is None and not tag and not untag)
    if (message is None) != of_session:
        raise errors.Usage(
            "a message and --name, --summary, --tag, --untag do not go together"
            if of_session
            else "there is nothing to change",
            "name a message, or at least one of these options",
        )
    if name is not None and not name.strip():
        raise errors.Usage("a session needs a name")
    check_tags(tag or [])
    with changing(context, session) as here:
        if message is not None:
            made = [_new_text(context, here, message, text)]
        else:
            summary = written(context, summary, "") if summary == "-" else summary
            made = _new_fields(here, name, summary, tag or [], untag or [])
        entries = here.write(*made)
    if as_json:
        context.json({"id": here.session.id, "entries": [entry.id for entry in entries]})
        return
    for entry in entries:
        warn_of_secrets(context, entry)
    context.tell(f"changed in {here.session.id}: {message or 'the session'}")


def _new_text(context: contexts.Context, here: "Opened", message: str, text: str | None) -> "Draft":
    from git_naturecode.domain import drafts

    said = here.said(message)
    here.require_own(said, "change what others said in")
    here.require_permitted(drafts.edit(here.entries, said.id, ""))
    body = written(context, text, f"The new text of {message}", said.text)
    if not body.strip():
        raise errors.Usage(
            "an empty text would leave nothing",
            f"`git naturecode session redact {here.short} {message}` hides it",
        )
    if body == said.text and not said.rivals:
        raise errors.Negative("the text is as it was; nothing was changed")
    return drafts.edit(here.entries, said.id, body)


def _new_fields(
    here: "Opened", name: str | None, summary: str | None, tag: list[str], untag: list[str]
) -> "list[Draft]":
    from git_naturecode.domain import drafts

    here.require("write", "change anything in")
    if name is not None:
        here.require("manage", "rename")
    entries = here.entries
    both = sorted(set(tag) & set(untag))
    if both:
        raise errors.Usage(f"{both[0]!r} cannot be added and taken away at once")
    missing = [one for one in untag if one not in here.session.tags]
    if missing:
        known = ", ".join(here.session.tags) or "no tags"
        raise errors.Negative(f"it has no tag {missing[0]!r}", f"it has {known}")
    made = [
        drafts.setting(entries, field, value)
        for field, value in (("title", name), ("summary", summary))
        if value is not None
    ]
    made += [drafts.element(entries, "tags", one, there=True) for one in dict.fromkeys(tag)]
    made += [drafts.element(entries, "tags", one, there=False) for one in dict.fromkeys(untag)]
    return made


def redact(
    session: SessionId,
    message: Handle,
    reason: Reason = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hide the text of a message or comment in every view. It is hidden in forks too, and
    for good."""
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts, handles
    from git_naturecode.render import words
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    with changing(context, session) as here:
        said = handles.said(here.session, message)
        here.require_own(said, "redact what others said in")
        if not said.hidden:
            here.write(drafts.redaction(said.id, reason))
        forks = _in_forks(context, here, said.id, reason)
    if said.hidden and not forks:
        raise errors.Negative(f"{message} was redacted before")
    if as_json:
        context.json({"id": here.session.id, "redacted": said.id, "forks": forks})
        return
    for entity in ([] if said.hidden else [here.session.id]) + forks:
        by = f"{line(said.by)}, {words.minute(said.time)}"
        context.say(f"{entity}  redacted what was said ({by})")
    context.tell(
        "hint: views hide it from now on; the text itself stays in the log until "
        f"`git naturecode redact {here.short} {said.id} --rewrite`"
    )


def _in_forks(context: contexts.Context, here: "Opened", target: str, reason: str) -> list[str]:
    """Hide the same entry in every session that shares it by forking; the ids of these.

    What others said in a session that one may not manage stays: a fork gives no rights over it.
    """
    from git_naturecode import ids
    from git_naturecode.cli.changing import Opened
    from git_naturecode.cli.reading import KIND, opened
    from git_naturecode.domain import drafts, family
    from git_naturecode.domain import session as sessions

    done = []
    with opened(context, writing=True) as (store, index):
        for entity in family.members(index.rows(KIND), here.session.id):
            placed = store.read(ids.tail(entity), KIND)
            there = Opened(store, sessions.build(placed), placed)
            said: list[Message | Comment] = [*there.session.messages, *there.session.comments]
            if any(s.id == target and not s.hidden and there.may_redact(s) for s in said):
                there.write(drafts.redaction(target, reason))
                done.append(entity)
    return done
