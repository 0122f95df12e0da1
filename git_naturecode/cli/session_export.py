"""session export: a session as a file, to hand on or to read elsewhere."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.domain.session import Session
    from git_naturecode.store.store import Placed, Store

# Format -> how the name of its file ends.
ENDINGS = {
    "collaborative": ".naturecode.md", "markdown": ".md", "html": ".html", "json": ".json",
}  # fmt: skip


def export(
    session: SessionId,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="collaborative (everything, to import elsewhere), markdown, html or json.",
        ),
    ] = "collaborative",
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o",
            help="The file to write, `-` for stdout. Default: stdout in a pipe, at a terminal a "
            "file called like the session.",
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Write a session into one file; what was redacted does not leave."""
    from git_naturecode import ids
    from git_naturecode.cli.changing import deleted
    from git_naturecode.cli.reading import KIND, opened, session_id
    from git_naturecode.domain import session as sessions

    context = contexts.current(quiet)
    if form not in ENDINGS:
        raise errors.Usage(f"{form!r} is not a format", "use " + ", ".join(ENDINGS))
    if output == "":
        raise errors.Usage("--output names no file", "name one, or `-` for stdout")
    with opened(context) as (store, index):
        placed = store.read(ids.tail(session_id(index, session)), KIND)
        found = sessions.build(placed)
        if found.deleted:
            raise deleted(found.id, found.deleted.by)
        data = _made(store, placed, found, form)
    if output is None and context.out.isatty() and not as_json:
        output = found.id + ENDINGS[form]
        if os.path.exists(output):
            raise errors.Negative(f"{output} is there already", "name a file with -o")
    told = {"id": found.id, "format": form, "bytes": len(data)}
    if output in (None, "-"):
        text = data.decode()
        if as_json:
            context.json({**told, "content": text})
        else:
            context.out.write(text)
        return
    write(str(output), data)
    if as_json:
        context.json({**told, "file": output})
    else:
        context.tell(f"written: {output} ({len(data)} bytes)")
        if form == "collaborative":
            context.tell(f"hint: elsewhere: git naturecode session import {output}")


def _made(store: "Store", placed: "Sequence[Placed]", found: "Session", form: str) -> bytes:
    if form == "collaborative":
        from git_naturecode import collaborative

        return collaborative.exported(store, placed)
    if form == "html":
        from git_naturecode.render import html

        text = html.text(found)
    elif form == "markdown":
        from git_naturecode.render import document

        text = document.text(found)
    else:
        from git_naturecode.cli.context import json_text
        from git_naturecode.render import session_json

        text = json_text(session_json.exported(found)) + "\n"
    return text.encode("utf-8", "replace")


def write(path: str, data: bytes) -> None:
    """Put `data` at `path`, whole or not at all; into what is no file (/dev/null) as it is."""
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:
            device.write(data)
        return
    new = f"{path}.{os.getpid()}.new"
    try:
        with open(new, "xb") as file:
            file.write(data)
        os.replace(new, path)
    except OSError as failure:
        if os.path.exists(new):
            os.unlink(new)
        failure.filename = path  # nobody has heard of the other name
        raise
