"""audit export: who did what, when, by which device, and what was refused."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups
from git_naturecode.cli.options import Quiet
from git_naturecode.cli.reading import opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.trusting.telling import Act

FORMATS = ("jsonl", "csv")


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the group into `tree`."""
    groups.hang(tree, name, "Who did what, for those who have to know.", {"export": export})


def export(
    format: Annotated[
        str, typer.Option(help="jsonl or csv (default: as the name of the file says, else jsonl).")
    ] = "",
    output: Annotated[
        str, typer.Option("-o", "--output", help="A file; without it, stdout.")
    ] = "-",
    since: Annotated[str | None, typer.Option(help="12h, 7d, 4w, 3mo or a date.")] = None,
    refused: Annotated[
        bool, typer.Option("--refused", help="Only what was refused or kept out.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write down every act, with what became of it. Acts are those on teams and devices,
    and every shared entry.

    No text of any message is in it.
    """
    from git_naturecode import clock
    from git_naturecode.cli.answers import count
    from git_naturecode.render.show import line
    from git_naturecode.trusting import telling

    context = contexts.current(quiet)
    format = format or ("csv" if output.lower().endswith(".csv") else "jsonl")
    if format not in FORMATS:
        raise errors.Usage(f"{format!r} is no format of this", "use jsonl or csv")
    after = clock.iso(clock.since(since, context.now_ms())) if since else ""
    with opened(context) as (store, _):
        acts = [*telling.lines(store), *telling.entries(store)]
    acts = sorted(act for act in acts if act.at >= after)
    if refused:
        acts = [act for act in acts if act.state in ("refused", "quarantined")]
    _write(context, output, _text(acts, format))
    if output != "-":
        context.tell(f"wrote {count(len(acts), 'act')} to {line(output)}")


def _text(acts: "Sequence[Act]", format: str) -> str:
    import json

    from git_naturecode.render import trust as render

    if format == "csv":
        return render.acts_csv(acts)
    rows = (json.dumps({"schema": contexts.SCHEMA, **render.act_json(act)}) for act in acts)
    return "".join(f"{row}\n" for row in rows)


def _write(context: contexts.Context, output: str, text: str) -> None:
    if output == "-":
        context.out.write(text)
        return
    try:
        with open(output, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise errors.Negative(f"{output} cannot be written ({error.strerror})") from None
