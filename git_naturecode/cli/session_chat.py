"""session chat: a conversation with a model, of which every turn is kept in the session."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId
from git_naturecode.cli.output import MOST_BYTES, written

if TYPE_CHECKING:
    from git_naturecode.cli.chatting import Chat

_PROMPT = "you> "
_HELP = """\
/file PATH...     show files of the work tree to the model from now on
/attach [COMMIT]  link a commit (without: HEAD) to the session
/edit             write what you say in your editor
/cost             what this session has taken so far
/help, /quit      Ctrl-C cuts an answer off, Ctrl-D ends"""


def chat(
    session: SessionId,
    text: Annotated[
        str | None, typer.Argument(help="One question; `-` reads stdin; nothing: a conversation.")
    ] = None,
    file: Annotated[
        list[str] | None, typer.Option("--file", help="A file to show; may be repeated.")
    ] = None,
    attach: Annotated[
        list[str] | None, typer.Option("--attach", help="A commit to link to the session.")
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(help="deepseek, openai, openrouter, anthropic, ollama, command or replay."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model, by its name there.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Talk with a model in a session; every turn is kept.

    Which model: git config --global naturecode.ai.provider (and .model, .endpoint for a server of
    your own, .command for a program). Its key: in DEEPSEEK_API_KEY, OPENAI_API_KEY,
    OPENROUTER_API_KEY or ANTHROPIC_API_KEY, which go to these hosts only; in NATURECODE_AI_KEY for
    any; in the system's keyring; or in git's credential helper. What leaves is redacted first.
    Limits: naturecode.ai.maxTokens, .maxCost, .timeout.
    """
    from git_naturecode.cli.chatting import Chat

    context = contexts.current(quiet)
    if text is None and (as_json or not sys.stdin.isatty()):
        raise errors.Usage("there is no text", "write it as an argument, or `-` to read from stdin")
    asked = None if text is None else written(context, text, "")
    if asked is not None and not asked.strip():
        raise errors.Usage("there is nothing to ask in an empty text")
    made = Chat(context, session, provider, model)
    made.attach(attach or [])
    made.show_files(file or [])
    if asked is None:
        _converse(context, made)
        return
    turn = made.ask(asked, aloud=not as_json)
    if as_json:
        context.json({"id": made.entity, **turn.json})
    if turn.cut == "interrupted":
        kept = "what came is kept" if turn.answered else "only the question is kept"
        raise errors.Interrupted(f"cut off; {kept} in {made.entity}")
    if turn.failure is not None:
        raise turn.failure


def _converse(context: contexts.Context, made: "Chat") -> None:
    """Ask and answer at the terminal until the person ends it."""
    context.tell(f"{made.about}; /help tells what else you can write, Ctrl-D ends")
    while (text := _next()) is not None:
        try:
            if _obeyed(context, made, text):
                break
        except errors.NaturecodeError as failure:
            _tell(context, failure)
    context.tell(f"this session has taken {made.cost}")


def _next() -> str | None:
    """What the person says next; None at the end. Ctrl-C forgets the line."""
    import readline  # noqa: F401  (gives input() its history and editing)

    while True:
        try:
            return input(_PROMPT)
        except KeyboardInterrupt:
            print()
        except EOFError:
            print()
            return None


def _obeyed(context: contexts.Context, made: "Chat", text: str) -> bool:
    """Do what a line says; True where it ends the conversation."""
    import shlex

    if not text.strip():
        return False
    if not text.startswith("/"):
        _say(context, made, text)
        return False
    try:
        verb, *rest = shlex.split(text)
    except ValueError as error:
        raise errors.Usage(f"{error} in {text!r}", "close the quote") from None
    if verb in ("/quit", "/exit"):
        return True
    if verb == "/file" and rest:
        made.show_files(rest)
    elif verb == "/attach":
        made.attach(rest or ["HEAD"])
    elif verb == "/edit" and not rest:
        _say(context, made, written(context, None, "What do you want to say?"))
    elif verb == "/cost" and not rest:
        context.say(made.cost)
    elif verb in ("/help", "/?"):
        context.say(_HELP)
    else:
        raise errors.Usage(f"{text.strip()!r} is not understood", "/help tells what there is")
    return False


def _say(context: contexts.Context, made: "Chat", text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise errors.Usage(f"one message holds {MOST_BYTES} bytes at most")
    turn = made.ask(text, aloud=True)
    if turn.cut == "interrupted":
        context.tell("(cut off)")
    if turn.failure is not None:
        raise turn.failure


def _tell(context: contexts.Context, failure: errors.NaturecodeError) -> None:
    from git_naturecode.render.show import show

    context.err.write(f"error: {show(failure.message)}\n")
    if failure.hint:
        context.err.write(f"hint: {show(failure.hint)}\n")
