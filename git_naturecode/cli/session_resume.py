"""session resume: giving a conversation back to an agent, out of git."""

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId

if TYPE_CHECKING:
    from git_naturecode.domain.session import Session
    from git_naturecode.resuming import Conversation, Given, Where
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
    """Give a session back to an agent: writes a transcript where its tool looks for one.

    Prints the command that goes on with it. What the agent adds becomes a session of its own when
    it is imported, forked from this one.
    """
    from git_naturecode import ids, resuming
    from git_naturecode.cli.changing import deleted
    from git_naturecode.cli.reading import KIND, opened, session_id
    from git_naturecode.domain import handles
    from git_naturecode.domain import session as sessions
    from git_naturecode.render.show import show
    from git_naturecode.store.lock import hold

    context = contexts.current(quiet)
    if to_stdout and as_json:
        raise errors.Usage("--print and --json do not go together", "leave one of them out")
    with opened(context) as (store, index):

        def read(entity: str) -> "Session":
            return sessions.build(store.read(ids.tail(entity), KIND))

        found = read(session_id(index, session))
        if found.deleted:
            raise deleted(found.id, found.deleted.by)
        chosen = _tool(found, tool)
        upto = handles.message(found, at) if at else None
        before = resuming.begun(found, read)
        conversation = resuming.given(found, upto, last or 0, comments, before)
        where = _where(context, needed=not to_stdout)
        name, content = resuming.data(chosen, conversation, where)
        if to_stdout:
            context.out.write(content.decode())
            return
        # Who may only read here can still resume; two at once are then not kept apart.
        alone = os.access(store.state_dir, os.W_OK)
        with hold(os.path.join(store.state_dir, "resume.lock"), 10.0) if alone else nullcontext():
            given = resuming.give(chosen, name, content, where)
        others = _others(store, conversation)
    whole = at is None and last is None and found.origin.get("tool") == chosen
    own = str(found.origin.get("session") or "") if whole else ""
    line = resuming.command(chosen, name, where.work_tree, context.cwd)
    if as_json:
        context.json(_json(found, chosen, conversation, given, line, where) | {"others": others})
        return
    _tell(context, chosen, conversation, given, len(content))
    if own and resuming.original(chosen, own, where):
        there = resuming.command(chosen, own, where.work_tree, context.cwd)
        context.tell(f"hint: the agent's own transcript, which holds more, is here: {show(there)}")
    _warn(context, found, conversation, others, last)
    context.say(line)


def _others(store: "Store", conversation: "Conversation") -> list[str]:
    """Who wrote what is given back, but for the person who asks for it."""
    try:
        me = store.person
    except errors.NaturecodeError:  # git does not know, and nothing is written in his name
        me = ""
    return [one for one in conversation.authors if one.casefold() != me.casefold()]


def _tool(session: "Session", wanted: str | None) -> str:
    from git_naturecode.render.show import line
    from git_naturecode.resuming import TOOLS

    names = ", ".join(TOOLS)
    own = str(session.origin.get("tool") or "")
    if wanted is not None and wanted not in TOOLS:
        raise errors.Usage(f"a session cannot be given back to {wanted!r}", f"use one of {names}")
    if wanted is None and own not in TOOLS:
        where = f"it comes from {line(own)}" if own else "it comes from no such tool"
        raise errors.Usage(f"to which agent? {where}", f"add --tool with one of {names}")
    return wanted or own


def _where(context: contexts.Context, needed: bool) -> "Where":
    from git_naturecode.git import branches
    from git_naturecode.resuming import Where

    tree = context.repo.work_tree
    if tree is None and needed:
        raise errors.Negative(
            "a bare repository has no work tree in which an agent could go on",
            "run it in a work tree, or use --print",
        )
    branch = branches.current(context.repo)
    real = os.path.realpath(tree or context.cwd)
    return Where(real, branch, context.environ, context.now_ms())


def _json(
    session: "Session", tool: str, conversation: "Conversation", given: "Given", command: str,
    where: "Where",
) -> dict[str, object]:  # fmt: skip
    return {
        "id": session.id, "tool": tool, "conversationId": given.name, "file": given.path,
        "command": command, "cwd": where.work_tree, "written": not given.there,
        "messages": conversation.texts, "toolCalls": conversation.calls,
        "lastMessageId": conversation.last, "characters": conversation.characters,
        "earlier": conversation.earlier, "side": conversation.side,
        "comments": conversation.remarks, "authors": conversation.authors,
    }  # fmt: skip


def _tell(
    context: contexts.Context, tool: str, conversation: "Conversation", given: "Given", size: int
) -> None:
    from git_naturecode.cli.answers import count
    from git_naturecode.render.show import line
    from git_naturecode.resuming import TOOLS

    if given.made:
        context.tell(f"made {line(given.made)}: {TOOLS[tool].NAME} had no folder here yet")
    if given.there:
        more = ", and the agent has gone on with it" if given.grown(size) else ""
        context.tell(f"it is there already{more}: {line(given.path)}")
        return
    messages = count(conversation.texts, "message")
    calls = count(conversation.calls, "tool call")
    context.tell(f"written: {line(given.path)} ({messages}, {calls})")


def _warn(
    context: contexts.Context, session: "Session", conversation: "Conversation",
    others: list[str], last: int | None,
) -> None:  # fmt: skip
    from git_naturecode.cli.answers import count
    from git_naturecode.render.show import line
    from git_naturecode.resuming import LIMIT, suggested

    if conversation.side:
        context.tell(f"{count(conversation.side, 'message')} of subagents left out")
    if conversation.remarks:
        context.tell(
            f"{count(conversation.remarks, 'remark')} of people on it: not said to the agent "
            "unless with --comments"
        )
    if conversation.characters > LIMIT and (last is None or last > 1):
        fits = suggested(conversation.steps, LIMIT)
        context.tell(
            f"warning: {conversation.characters} characters may be more than an agent holds in "
            f"mind; --last {fits} would fit"
        )
    if others:
        context.tell(
            f"warning: written by {', '.join(map(line, others))}, and an agent may do what it "
            f"reads: git naturecode session show {session.id[17:]}"
        )
