"""session attach and detach: which commits belong to a session, said by hand."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId

if TYPE_CHECKING:
    from git_naturecode.git.objects import CommitInfo
    from git_naturecode.store.store import Store

_MOST = 1000
Commits = Annotated[
    list[str] | None,
    typer.Argument(metavar="[COMMIT]...", help="Commits or ranges a..b; without one: HEAD."),
]


def attach(
    session: SessionId,
    commit: Commits = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say that commits came out of a session."""
    from git_naturecode import linking
    from git_naturecode.cli.changing import changing
    from git_naturecode.linking.attaching import attach as attached
    from git_naturecode.store.entry import Draft

    context = contexts.current(quiet)
    with changing(context, session) as here:
        here.require("write", "link commits")
        here.require_permitted(Draft("link", {}))
        linking.drain(here.store)
        infos = meant(here.store, commit or ["HEAD"])
        fresh = attached(here.store, here.session.id, infos)
    _answer(context, here.session.id, infos, fresh, as_json, ("linked", "was linked before"))


def detach(
    session: SessionId,
    commit: Commits = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take back that commits came out of a session."""
    from git_naturecode import linking
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import links
    from git_naturecode.domain import session as sessions
    from git_naturecode.store.entry import Draft

    context = contexts.current(quiet)
    with changing(context, session) as here:
        here.require("write", "take links back")
        here.require_permitted(Draft("unlink", {}))
        linking.drain(here.store)
        infos = meant(here.store, commit or ["HEAD"])
        entity = here.session.id
        live = sessions.build(here.store.read(here.short, sessions.KIND)).linked.live
        named = {oid for oid, info in infos.items() if entity in links.sessions_named(info.message)}
        gone = [oid for oid in infos if oid in live or oid in named]
        if not gone:
            raise errors.Negative(
                f"{entity} is not linked to {_some(infos)}",
                f"`git naturecode session show {here.short}` says what it is linked to",
            )
        done = linking.unlink(here.store, entity, gone)
    if not done:
        raise errors.Negative(f"the link of {entity} to {_some(infos)} was taken back before")
    _answer(context, entity, infos, gone, as_json, ("no longer linked", "was not linked"))


def meant(store: "Store", wanted: list[str]) -> "dict[str, CommitInfo]":
    """The commits that the user names; raises Usage where that is none, or very many."""
    from git_naturecode.git import commits

    found: dict[str, None] = {}
    for one in wanted:
        found |= dict.fromkeys(commits.named(store.repo, one, _MOST + 1))
    if len(found) > _MOST:
        raise errors.Usage(f"these are more than {_MOST} commits", "name fewer at once")
    if not found:
        raise errors.Usage(f"there is no commit in {' '.join(wanted)!r}", "see `git log`")
    return commits.infos(store.team.objects, found)


def _some(infos: "dict[str, CommitInfo]") -> str:
    first = next(iter(infos))[:12]
    return first if len(infos) == 1 else f"{first} or {len(infos) - 1} more"


def _answer(
    context: contexts.Context, entity: str, infos: "dict[str, CommitInfo]", changed: list[str],
    as_json: bool, words: tuple[str, str],
) -> None:  # fmt: skip
    from git_naturecode.render.show import line

    if as_json:
        items = [{"id": oid, "changed": oid in changed} for oid in infos]
        context.json({"id": entity, "commits": items})
        return
    for oid, info in infos.items():
        subject = line(info.message.split("\n", 1)[0])
        context.say(f"{words[0] if oid in changed else words[1]}: {oid[:12]} {subject}")
