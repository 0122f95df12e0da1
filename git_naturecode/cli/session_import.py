"""session import: what comes in from the histories of AI tools, and from other repositories."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet

if TYPE_CHECKING:
    from git_naturecode.importing import Imported


def import_sessions(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files or folders; with --from entire a repository or a ref."),
    ] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="Find the histories that belong to this repository.")
    ] = False,
    tool: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Only this tool: aider, chatgpt, claude-code, codex, copilot, cursor, entire, "
            "gemini, llm, naturecode, specstory.",
        ),
    ] = None,
    visibility: Annotated[
        str, typer.Option(help="private (until you share them), team or public.")
    ] = "private",
    full: Annotated[
        bool, typer.Option("--full", help="Keep reasoning and whole tool inputs and outputs.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(help="Only if the last message is not older: 12h, 7d, 4w, 3mo or a date."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Bring AI sessions from this disk in. Once again, only what is new.

    Reads the histories of AI tools, and what `session export` wrote in another repository.
    Stopped by Ctrl-C or anything else, it keeps what it has read; the same command goes on there.
    """
    from git_naturecode import clock, importing, teaming
    from git_naturecode.cli import session_taking
    from git_naturecode.cli.progress import Meter, stoppable
    from git_naturecode.cli.session_say import check_visibility

    context = contexts.current(quiet)
    check_visibility(visibility)
    after = clock.since(since, context.now_ms()) if since else 0
    exports, rest = session_taking.parted(paths or [], tool)
    done = importing.Imported()
    with context.store(many=True, writing=True) as store:
        if visibility != "private":
            teaming.require_sharing(store, [], None)
        if rest or auto or not exports:
            options = importing.Options(visibility, full, context.config.get("user.name"))
            meter = Meter(context, "session")
            with (
                # A folder that holds nothing but exports of ours holds no transcripts.
                suppress(*((errors.Negative,) if exports else ())),
                importing.chosen(store, rest, auto, tool, after) as chosen,
                stoppable(lambda: meter.note("stopping: what was read is written down")) as stop,
            ):
                done = importing.import_files(
                    store, chosen.paths, context.redactor, options, meter.step, stop, chosen.links
                )
            meter.done()
        for path in exports:
            session_taking.take_in(context, store, path, visibility, done)
    _report(context, done, visibility, as_json)


def _report(context: contexts.Context, done: "Imported", visibility: str, as_json: bool) -> None:
    from git_naturecode.cli import answers
    from git_naturecode.render.show import line

    for problem in done.problems:
        context.tell(f"warning: {line(problem)}")
    for path in done.unknown:
        context.tell(f"warning: not a transcript that I know: {line(path)}")
    if as_json:
        context.json(answers.imported_json(done))
    elif not done.stopped:
        context.say(answers.imported_text(done, visibility))
        if done.entries and visibility == "private":
            context.tell("hint: they are private; `git naturecode session share ID...` shares them")
    if done.stopped:
        raise errors.Interrupted(
            f"stopped; {done.finished} of {answers.count(done.found, 'conversation')} are imported",
            "run the same command again: it goes on where it stopped",
        )
    if done.left_out:
        raise errors.Unsafe(
            f"{answers.count(done.left_out, 'part')} of it could not be taken in and stayed out",
            "ask for the file once more, unchanged; what was taken in is not taken in twice",
        )
