"""session resume: giving a conversation back to an agent, out of git."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.domain.session import Session
    from git_naturecode.resuming import Given, Resumption
    from git_naturecode.store.store import Store


def resume(
    session: SessionId,
    tool: Annotated[
        str | None,
        typer.Option(help="claude-code, codex or gemini; default: the tool that it came from."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="The last message to give back (its number, or the beginning of its id)."
        ),
    ] = None,
    last: Annotated[
        int | None, typer.Option(min=1, help="Only so many messages, the last ones.")
    ] = None,
    comments: Annotated[
        bool, typer.Option("--comments", help="Tell the agent what people remarked on it, too.")
    ] = False,
    to_stdout: Annotated[
        bool, typer.Option("--print", help="Write the transcript to stdout, and no file.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Give a session back to an agent. A transcript is written where its tool looks for
    one.

    Prints the command that goes on with it. What the agent adds becomes a session of its own when
    it is imported, forked from this one.
    """
    from git_naturecode import ids, resuming
    from git_naturecode.cli.changing import deleted
    from git_naturecode.cli.reading import KIND, opened, session_id
    from git_naturecode.domain import session as sessions

    context = contexts.current(quiet)
    if to_stdout and as_json:
        raise errors.Usage("--print and --json do not go together", "leave one of them out")
    asked = resuming.Asked(tool, at or "", last or 0, comments)
    with opened(context) as (store, index):

        def read(entity: str) -> "Session":
            return sessions.build(store.read(ids.tail(entity), KIND))

        found = read(session_id(index, session))
        if found.deleted:
            raise deleted(found.id, found.deleted.by)
        where = resuming.place(
            context.repo, context.cwd, context.environ, context.now_ms(), to_write=not to_stdout
        )
        made = resuming.prepare(found, asked, where, read)
        if to_stdout:
            context.out.write(made.content.decode())
            return
        given = made.give(store.state_dir)
        others = made.others(_person(store))
    if as_json:
        context.json(_json(found, made, given, made.command(context.cwd)) | {"others": others})
        return
    _tell(context, made, given)
    _warn(context, found, made, others, asked.last)
    context.say(made.command(context.cwd))


def _person(store: "Store") -> str:
    try:
        return store.person
    except errors.NaturecodeError:  # git does not know, and nothing is written in his name
        return ""


def _json(
    session: "Session", made: "Resumption", given: "Given", command: str
) -> dict[str, object]:
    conversation = made.conversation
    return {
        "id": session.id, "tool": made.tool, "conversationId": given.name, "file": given.path,
        "command": command, "cwd": made.where.work_tree, "written": not given.there,
        "messages": conversation.texts, "toolCalls": conversation.calls,
        "lastMessageId": conversation.last, "characters": conversation.characters,
        "earlier": conversation.earlier, "side": conversation.side,
        "comments": conversation.remarks, "authors": conversation.authors,
    }  # fmt: skip


def _tell(context: contexts.Context, made: "Resumption", given: "Given") -> None:
    from git_naturecode.cli.answers import count
    from git_naturecode.render.show import line, show
    from git_naturecode.resuming import TOOLS

    if given.made:
        context.tell(f"made {line(given.made)}: {TOOLS[made.tool].NAME} had no folder here yet")
    if given.there:
        grown = given.grown(len(made.content))
        more = ", and the agent has gone on with it" if grown else ""
        context.tell(f"it is there already{more}: {line(given.path)}")
    else:
        messages = count(made.conversation.texts, "message")
        calls = count(made.conversation.calls, "tool call")
        context.tell(f"written: {line(given.path)} ({messages}, {calls})")
    if better := made.better(context.cwd):
        context.tell(f"hint: the agent's own transcript, which holds more, is here: {show(better)}")


def _warn(
    context: contexts.Context, session: "Session", made: "Resumption", others: "Sequence[str]",
    last: int,
) -> None:  # fmt: skip
    from git_naturecode.cli.answers import count
    from git_naturecode.render.show import line

    conversation = made.conversation
    if conversation.side:
        context.tell(f"{count(conversation.side, 'message')} of subagents left out")
    if conversation.remarks:
        context.tell(
            f"{count(conversation.remarks, 'remark')} of people on it: not said to the agent "
            "unless with --comments"
        )
    if fits := made.fitting(last):
        context.tell(
            f"warning: {conversation.characters} characters may be more than an agent holds in "
            f"mind; --last {fits} would fit"
        )
    if others:
        context.tell(
            f"warning: written by {', '.join(map(line, others))}, and an agent may do what it "
            f"reads: git naturecode session show {session.id[17:]}"
        )
