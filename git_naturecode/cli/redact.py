"""redact: what looks secret in all that was said, and taking it out of the history for good."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.domain.kinds import KB, REVIEW
from git_naturecode.render.show import line, show

if TYPE_CHECKING:
    from git_naturecode.purging import Done, Found, FoundFile
    from git_naturecode.store.entry import Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.store import Placed, Store


_NO_WRITER = (
    "a file has no writer, and no purge reaches it: change what is secret in it; a new branch "
    "(naturecode.branch) begins without it"
)
_SHORTEST = 6  # the redactor looks for nothing shorter


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the command `name` of this module into `tree`."""
    tree.command(name)(redact)


def redact(
    session: Annotated[
        str | None,
        typer.Argument(help="With --rewrite: the session, review or article whose texts shall go."),
    ] = None,
    messages: Annotated[
        list[str] | None,
        typer.Argument(help="Its texts as they are numbered (#3, c2, r4), or ids."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="List what looks secret; change nothing.")
    ] = False,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="Take it out of every clone and remote.")
    ] = False,
    text: Annotated[
        str | None,
        typer.Option(help="Look for this text instead; `-` reads it from stdin, line by line."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    no_sync: Annotated[
        bool, typer.Option("--no-sync", help="Leave the remote to the next sync.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find secrets that were said, or take texts out for good.

    To hide a text in every view, `session redact` is enough. A rewrite replaces the data branch:
    what is left of the text is its id and a hash that cannot be guessed from.
    """
    if check == rewrite:
        raise errors.Usage("say --check or --rewrite", "one of the two; --check changes nothing")
    if session and (check or text is not None):
        raise errors.Usage("a session goes with --rewrite alone", "or leave it out to look at all")
    from git_naturecode.cli.reading import opened

    context = contexts.current(quiet)
    with opened(context, writing=True) as (store, index):
        if session and not messages:
            _ask_which(index, session)
        found, files = (
            (_named(context, store, index, session, messages or []), [])
            if session
            else _looked(context, store, text)
        )
        if check:
            _report(context, found, files, as_json, text is not None)
            return
        for one in files:
            context.tell(f"warning: not taken out: {_file_line(one)}; {_NO_WRITER}")
        _rewrite(context, store, found, yes, no_sync, as_json)


def _ask_which(index: "Index", wanted: str) -> NoReturn:
    shows = {REVIEW: "review show", KB: "kb history"}
    shown = shows.get(_entity(index, wanted).partition("-")[0], "session show")
    raise errors.Usage("which texts of it?", f"`git naturecode {shown} {wanted}` shows their ids")


def _looked(
    context: contexts.Context, store: "Store", text: str | None
) -> "tuple[list[Found], list[FoundFile]]":  # fmt: skip
    from git_naturecode import purging
    from git_naturecode.redact import Redactor

    redactor, rule = context.redactor, ""
    if text is not None:
        lines = (sys.stdin.read() if text == "-" else text).split("\n")
        wanted = [one.strip() for one in lines if one.strip()]
        short = [one for one in wanted if len(one) < _SHORTEST]
        if short or not wanted:
            raise errors.Usage(
                "there is no text to look for" if not wanted else "a text to look for is too short",
                f"give at least {_SHORTEST} characters; by id: redact --rewrite SESSION MESSAGE",
            )
        redactor, rule = Redactor(wanted), "own"
    found = sorted(
        purging.look(store, redactor, rule, context.progress),
        key=lambda one: (one.entity, one.entry.order),
    )
    files = list(purging.look_in_files(store, redactor, rule))
    context.progress_done()
    return found, files


def _named(
    context: contexts.Context, store: "Store", index: "Index", session: str, messages: list[str]
) -> "list[Found]":  # fmt: skip
    from git_naturecode import ids, purging

    entity = _entity(index, session)
    placed = store.read(ids.tail(entity), entity.partition("-")[0])
    chosen = {_one(placed, entity, wanted) for wanted in messages}
    found = purging.named(store, entity, chosen, context.progress)
    context.progress_done()
    return found


def _entity(index: "Index", wanted: str) -> str:
    """The full id of the session, the review or the article that `wanted` means."""
    from git_naturecode.cli.reading import entity_id
    from git_naturecode.domain.kinds import KB, REVIEW, SESSION

    kinds = (SESSION, REVIEW, KB)
    for kind in kinds:
        if wanted.startswith(f"{kind}-"):
            return entity_id(index, wanted, kind, whole=True)
    try:
        return entity_id(index, wanted, SESSION)
    except errors.Negative:
        from git_naturecode.cli.kb_named import PartOfName

        for kind in kinds[1:]:
            try:
                return entity_id(index, wanted, kind, whole=True)
            except PartOfName:
                raise
            except errors.Negative:
                continue
        raise


def _one(placed: "list[Placed]", entity: str, wanted: str) -> str:
    """The id of the entry that `wanted` means: the beginning of one, or a number in `show`."""
    from git_naturecode.domain.kinds import KB, REVIEW

    fits = {one.entry.id for one in placed if one.entry.id.startswith(wanted)}
    if wanted in fits or len(fits) == 1:
        return wanted if wanted in fits else fits.pop()
    if len(fits) > 1:
        raise errors.Negative(
            f"{line(wanted)} fits {len(fits)} texts of {entity}",
            f"`git naturecode {entity.partition('-')[0]} show {entity} --json` has the ids",
        )
    if entity.startswith(f"{KB}-"):
        from git_naturecode.domain.kb import build as of_articles
        from git_naturecode.domain.kb import handles as of_revisions

        return of_revisions.revision(of_articles.build(placed), wanted).id
    if entity.startswith(f"{REVIEW}-"):
        from git_naturecode.domain.review import build, handles

        return handles.comment(build.build(placed), wanted).id
    from git_naturecode.domain import handles as of_sessions
    from git_naturecode.domain import session as sessions

    return of_sessions.said(sessions.build(placed), wanted).id


def _report(
    context: contexts.Context, found: "list[Found]", files: "list[FoundFile]", as_json: bool,
    asked: bool,
) -> None:  # fmt: skip
    """Say what was found; `asked`: a text that was given, not what looks secret."""
    from git_naturecode.cli.answers import count

    if as_json:
        context.json({"items": [_json(one) for one in found], "files": list(map(_file, files))})
    else:
        for one in found:
            context.say(_line(one))
        for file in files:
            context.say(_file_line(file))
    if files:
        context.tell(f"hint: {_NO_WRITER}")
    if not found and not files:
        context.tell(f"nothing that {'was asked for' if asked else 'looks secret'} was found")
        return
    raise errors.Negative(
        f"{count(len(found) + len(files), 'text')} with something that "
        f"{'was asked for' if asked else 'looks secret'}",
        f"take it out with `git naturecode redact --rewrite{' --text TEXT' if asked else ''}`, "
        "and change the secret itself",
    )


def rewrite_found(
    context: contexts.Context, store: "Store", found: "list[Found]", yes: bool
) -> None:
    """Take out what another command has `found`, as `--rewrite` does; see there what is raised."""
    _rewrite(context, store, found, yes, no_sync=False, as_json=False)


def _rewrite(
    context: contexts.Context, store: "Store", found: "list[Found]", yes: bool, no_sync: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from git_naturecode import purging
    from git_naturecode.cli.agreeing import agree
    from git_naturecode.cli.answers import count
    from git_naturecode.folder.update import update_all

    mine = [one for one in found if one.mine]
    others = [one for one in found if not one.mine]
    for one in mine if not as_json else ():
        context.say(_line(one))
    for one in others:
        context.tell(f"warning: not yours to take out: {_line(one)}")
    if not mine:
        _nothing(others)
    many = count(len(mine), "text")
    agree(context, f"take {many} out for good?", yes=yes, why=f"taking {many} out cannot be undone")
    done = purging.take_out(store, mine)
    with suppress(errors.NaturecodeError):  # whoever is at it in the background does it
        update_all(store)
    carried, failure = _carry(context, store, done, no_sync)
    if as_json:
        items = {"purged": [_json(one) for one in mine], "others": [_json(one) for one in others]}
        context.json({**items, "said_again": done.kept, "remote": carried, "refs": done.refs})
    else:
        _tell_rest(context, done, carried, failure is not None)
    if failure:
        raise failure
    if others:
        raise errors.NotPermitted(*_ask_writers(others))


def _nothing(others: "list[Found]") -> None:
    if others:
        raise errors.NotPermitted(*_ask_writers(others))
    raise errors.Negative("nothing was found that could be taken out")


def _ask_writers(others: "list[Found]") -> tuple[str, str]:
    from git_naturecode.store.unsigned import NOBODY

    of_pages = [one for one in others if one.writer == NOBODY]
    if of_pages:
        one, were = of_pages[0], "was" if len(of_pages) == 1 else "were"
        return (
            f"{len(of_pages)} of the texts {were} written on a host's page, by no device that "
            "could sign that they go",
            f"`git naturecode kb redact {one.entity.rpartition('-')[2]} {line(one.entry.id)}` "
            "hides such a text in every view; a new branch (naturecode.branch) begins without it",
        )
    people = sorted({line(str(one.entry.header.get("by", ""))) for one in others})
    return (
        f"{len(others)} of the texts were written by devices whose keys are not here",
        f"{', '.join(people)} can run the same command where they were written; only the device "
        "that wrote a text may purge it",
    )


def _carry(
    context: contexts.Context, store: "Store", done: "Done", no_sync: bool
) -> tuple[str | None, errors.Remote | None]:  # fmt: skip
    """Bring the purge to the usual remote.

    Gives its name (None where it did not lose the texts), and what kept it from that.
    """
    from git_naturecode import sync as syncing

    name = syncing.choose_remote(store, None)
    if not done.shared or no_sync or name is None:
        return None, None
    try:
        outcome = syncing.sync(store, name, lambda text: context.tell(show(text)))
    except errors.Remote as failed:
        return None, _not_there(name, failed.message)
    for problem in outcome.problems:
        context.tell(f"warning: {line(problem)}")
    if outcome.state == "in step":
        return name, None
    if outcome.state == "waiting for a code branch":  # it has nothing of ours
        return None, None
    if outcome.held:
        return None, errors.Remote(
            f"taken out here, but {line(name)} keeps it in its history",
            f"who may, deletes the branch {store.branch} there once; then `git naturecode sync`",
        )
    why = outcome.failure.message if outcome.failure else "others are pushing there too"
    return None, _not_there(name, why)


def _not_there(name: str, why: str) -> errors.Remote:
    return errors.Remote(
        f"taken out here, but not yet at {line(name)}: {why}",
        "nothing is half done: the next `git naturecode sync` takes it there",
    )


def _tell_rest(context: contexts.Context, done: "Done", carried: str | None, failed: bool) -> None:
    from git_naturecode.cli.answers import count

    kept = f"; {count(done.kept, 'text')} said again without it" if done.kept else ""
    context.tell(f"took {count(done.purged, 'text')} out of this clone{kept}")
    if carried:
        context.tell(f"{carried} has lost them too; other clones lose them when they sync")
    elif done.shared and not failed:
        context.tell("the next `git naturecode sync` takes them out of the remote and other clones")
    if done.behind:
        context.tell(f"warning: {line(done.behind)}")
    for ref in done.refs:
        step = "delete or move it" if ref.startswith("refs/") else "check something else out there"
        context.tell(f"warning: {line(ref)} still holds them: it is yours; {step}")
    context.tell(
        "hint: change what was secret: who has read it, has it. Objects that nothing names any "
        "more go with `git gc --prune=now` here, and with the host's own clean-up there"
    )


def _file_line(one: "FoundFile") -> str:
    labels = ", ".join(label.split(":")[0] for label in one.labels)
    return f"{line(one.path)}  {labels}{'' if one.side == 'team' else ' (private)'}"


def _file(one: "FoundFile") -> "dict[str, Json]":
    return {"path": one.path, "labels": list(one.labels), "side": one.side}


def _line(one: "Found") -> str:
    labels = ", ".join(label.split(":")[0] for label in one.labels) or one.entry.kind
    by = line(str(one.entry.header.get("by", "")))
    where = "" if one.side == "team" else " (private)"
    return f"{one.entity}  {line(one.entry.id)}  {by}  {labels}{where}"


def _json(one: "Found") -> "dict[str, Json]":
    return {
        "id": one.entity, "messageId": one.entry.id, "senderId": one.entry.header.get("by", ""),
        "kind": one.entry.kind, "labels": list(one.labels), "mine": one.mine, "side": one.side,
    }  # fmt: skip
