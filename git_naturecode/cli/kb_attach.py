"""kb attach: files beside an article, and the line that names one in its text."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import answer, size
from git_naturecode.cli.options import TELL_OTHERS, ArticleId, AsJson, Quiet
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.domain.kb.model import Article
    from git_naturecode.store.store import Store


def attach(
    article: ArticleId,
    file: Annotated[str | None, typer.Argument(help="The file.")] = None,
    name: Annotated[str | None, typer.Option(help="What it is called there.")] = None,
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="NAME", help="Take this one away again.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Keep long base64 unasked that may hold a secret.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Keep a file beside an article. It prints the line by which its text names the file.

    Everybody who reads the repository can read it. What looks secret in a text is replaced.
    """
    context = contexts.current(quiet)
    if (file is None) == (remove is None):
        raise errors.Usage("a file is needed, or --remove NAME", "git naturecode kb attach --help")
    if remove is not None:
        _remove(context, article, remove, as_json)
    elif file is not None:
        _attach(context, article, file, name, as_json, yes=yes)


def _attach(
    context: contexts.Context, article: str, path: str, name: str | None, as_json: bool, *,
    yes: bool,
) -> None:  # fmt: skip
    from git_naturecode.cli.agreeing import agree
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.domain.kb import makers
    from git_naturecode.kb import attaching

    called = attaching.check_name(
        os.path.basename(path) if name is None else name, context.redactor
    )
    read = attaching.read(path, called, context.redactor)
    if cut := read.cut:
        read = read.with_base64
        others = f" ({', '.join(read.redacted)} is replaced in any case)" if read.redacted else ""
        agree(
            context, "keep that base64 as it is?", yes=yes,
            why=f"{line(called)} has {size(cut)} of base64 in which something looks secret; "
            f"without them it would be lost{others}", refused="nothing was attached",
        )  # fmt: skip
    with opened_article(context, article) as here:
        there = [one for one in here.article.files if one.name == called]
        if there and there[0].sha == read.sha:
            raise errors.Negative(f"this very file is attached as {called} already")
        draft = makers.file(here.entries, called, read.sha, len(read.data), read.media)
        here.require_permitted(draft)
        attaching.put(here.store, [read])
        here.write(draft._replace(clean=True))
        slug = line(here.article.slug)
    link = attaching.markdown(read.file)
    facts = {
        "id": here.article.id, "name": called, "sha256": read.sha, "size": len(read.data),
        "media": read.media, "redacted": list(read.redacted), "markdown": link,
        "replaced": bool(there),
    }  # fmt: skip
    if not as_json:
        context.say(link)
    if read.redacted:
        context.tell(f"warning: replaced what looked secret: {', '.join(read.redacted)}")
    if cut:
        context.tell(f"warning: kept {size(cut)} of base64 in which something looks secret")
    told = f"{called} ({size(len(read.data))}) is {'now ' if there else ''}beside {slug}; "
    paste = f"paste the line above into its text: git naturecode kb edit {here.short}"
    answer(context, as_json, facts, told + paste, TELL_OTHERS)


def _remove(context: contexts.Context, article: str, name: str, as_json: bool) -> None:
    from git_naturecode.cli.kb_opened import opened_article
    from git_naturecode.domain.kb import makers
    from git_naturecode.kb import attaching

    with opened_article(context, article) as here:
        gone = attaching.find(here.article, name)
        here.write(makers.file(here.entries, name, "", 0, "")._replace(clean=True))
        text, slug = here.article.text, line(here.article.slug)
    facts = {"id": here.article.id, "name": name, "sha256": gone.sha, "removed": True}
    told = [f"{line(name)} is no longer beside {slug}; its bytes stay in the history"]
    if attaching.destination(gone.sha) in text:
        told.append(f"hint: its text still names it: git naturecode kb edit {here.short}")
    answer(context, as_json, facts, *told, TELL_OTHERS)


def show_attachment(
    context: contexts.Context, store: "Store", article: "Article", name: str, output: str | None
) -> None:
    """Write an attachment into the file `output`, or to stdout; raises Negative without one."""
    from git_naturecode.kb import attaching

    file, data = attaching.content(store, article, name)
    if output is not None:
        path = os.path.join(context.cwd, output)
        try:
            with open(path, "wb") as target:
                target.write(data)
        except OSError as error:
            raise errors.NaturecodeError(f"{output} cannot be written: {error.strerror}") from None
        context.tell(f"{output} written ({size(len(data))})")
        return
    if context.out.isatty():
        from git_naturecode.render.show import show

        if b"\0" in data or not file.media.startswith("text/"):
            raise errors.Usage("that is no text for a terminal", "write it into a file: -o FILE")
        context.say(show(data.decode("utf-8", "replace")))
        return
    context.out.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        context.out.write(data.decode("utf-8", "surrogateescape"))
    else:
        buffer.write(data)
