"""session start and session say: begin a session, add a message."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.activating import activate
from git_naturecode.cli.answers import answer
from git_naturecode.cli.options import AsJson, Quiet, SessionId
from git_naturecode.cli.output import worded
from git_naturecode.cli.reading import KIND, opened_at

ForeignId = Annotated[
    str, typer.Option("--id", help="An id from elsewhere by which it can also be named.")
]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.store.entry import Draft, Entry
    from git_naturecode.store.store import Store
    from git_naturecode.teaming.beginning import Plan


def start(
    name: Annotated[str, typer.Argument(help="What it is about.")],
    visibility: Annotated[
        str | None,
        typer.Option(
            help="private (this clone only), team, or public; default: as the team has set it, "
            "else team."
        ),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be repeated.")] = None,
    foreign: ForeignId = "",
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Shared, but only those can read it who take part.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Begin a session."""
    context = contexts.current(quiet)
    entity, visibility = begin(context, name, visibility, tag or [], foreign, encrypt)
    if as_json:
        context.json({"id": entity, "name": name, "visibility": visibility})
    else:
        context.say(entity)
        if encrypt:
            _tell_encrypted(context, entity)
        context.tell(f'hint: say something with `git naturecode session say {entity[17:]} "..."`')


def _tell_encrypted(context: contexts.Context, entity: str) -> None:
    from git_naturecode.sealed import beginning

    context.tell("encrypted: only you can read it")
    context.tell(beginning.LEAKS)
    context.tell(f"hint: git naturecode session invite {entity[17:]} EMAIL lets somebody in")


def begin(
    context: contexts.Context, name: str, wanted: str | None, tags: list[str], foreign: str = "",
    encrypt: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """Write the first entries of a session and make it the active one; its id and visibility.

    The latter is `wanted`, or what the team has set. It can also be named by `foreign`, the id
    that another system gave it. Raises NotPermitted where the team does not let this person.
    """
    from git_naturecode import ids, teaming
    from git_naturecode.domain import drafts
    from git_naturecode.store.store import PRIVATE, TEAM

    if encrypt and wanted in (None, "team"):
        wanted = "team"
    elif encrypt:
        raise errors.Usage(
            f"--encrypt and {wanted} do not go together",
            "a private session leaves this clone encrypted when you invite somebody",
        )
    if wanted is not None:
        check_visibility(wanted)
    check_tags(tags)
    if not name.strip():
        raise errors.Usage("a session needs a name")
    foreign = foreign.removeprefix("shared-")  # as everywhere
    if foreign:
        _check_foreign(context, foreign)
    with context.store(writing=True) as store:
        plan = teaming.plan(store, wanted)
        entity = ids.new_entity(KIND, context.now_ms(), context.random)
        first = [drafts.opening(name, plan.visibility, context.config.get("user.name"), foreign)]
        first += [drafts.element([], "tags", tag, there=True) for tag in tags]
        first += plan.drafts
        shared = plan.visibility != "private"
        if shared:
            teaming.Gate(store).require(first)
        made = store.entries_of(first)
        if encrypt and store.vault is not None:
            made = store.vault.begin(entity, made)
        store.keep(TEAM if shared else PRIVATE, entity, made)
        store.settle()
        activate(store, entity)
    _tell_plan(context, plan, wanted)
    return entity, plan.visibility


def _tell_plan(context: contexts.Context, plan: "Plan", wanted: str | None) -> None:
    """Say what the team has set for the session that was begun, where that is not the usual."""
    from git_naturecode.cli.answers import count

    if plan.held:
        context.tell(
            f"note: the team's new sessions are {plan.held}, which this clone follows only when "
            f"told to: git config naturecode.sessionVisibility {plan.held}"
        )
    elif wanted is None and plan.visibility != "team":
        context.tell(f"it is {plan.visibility}, as new sessions of the team are")
    if plan.joining:
        context.tell(f"{count(len(plan.joining), 'member')} of the team take part (autoJoin)")


def _check_foreign(context: contexts.Context, foreign: str) -> None:
    """Raise unless `foreign` can name a session, and names none yet."""
    from git_naturecode.cli.reading import check_foreign, opened

    with opened(context) as (_, index):
        check_foreign(index, foreign, KIND)


def check_visibility(visibility: str) -> None:
    """Raise Usage unless it is one of the three."""
    from git_naturecode.domain.session import VISIBILITIES

    if visibility not in VISIBILITIES:
        raise errors.Usage(f"{visibility!r} is not a visibility", "use " + ", ".join(VISIBILITIES))


def check_tags(tags: "Sequence[str]") -> None:
    """Raise Usage where one of them is empty."""
    if not all(tag.strip() for tag in tags):
        raise errors.Usage("a tag cannot be empty")


def say(
    session: SessionId,
    text: Annotated[
        str | None, typer.Argument(help="What to say; `-` reads stdin; nothing: your editor.")
    ] = None,
    role: Annotated[str, typer.Option(help="user, assistant, system, tool or note.")] = "user",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Add a message to a session."""
    from git_naturecode.domain import drafts
    from git_naturecode.domain import session as sessions

    context = contexts.current(quiet)
    if role not in sessions.ROLES:
        raise errors.Usage(f"{role!r} is not a role", "use " + ", ".join(sessions.ROLES))
    if text is None:  # nobody is to write for a session that there is not
        with opened_at(context, session) as (store, entity, row):
            _check(store.person, row, "message")
            if row.get("shared"):
                require_permitted(store, entity, drafts.message("", role))
    body = worded(context, text, f"What do you want to say in {session}?")
    entity, entry = add(context, session, drafts.message(body, role))
    facts = {"id": entity, "messageId": entry.id, "redacted": entry.header.get("red", [])}
    answer(context, as_json, facts, f"said in {entity}", entries=[entry])


def add(context: contexts.Context, session: str, draft: "Draft") -> "tuple[str, Entry]":
    """Write one entry about an existing session, on the side where it lives.

    The session is not folded for that: what the index says of it has to do.
    """
    from git_naturecode import ids
    from git_naturecode.store.store import PRIVATE, TEAM

    with opened_at(context, session) as (store, entity, row):
        if row.get("status") == "deleted" or row.get("readOnly"):
            _check(store.person, row, draft.kind)
        shared = store.has(TEAM, KIND, ids.tail(entity))
        if shared:
            require_permitted(store, entity, draft)
        entries = store.write(TEAM if shared else PRIVATE, entity, [draft])
        store.settle()
        if draft.kind == "join":
            activate(store, entity)
    _warn_of_clock(context, entries[0], str(row.get("updatedAt", "")))
    return entity, entries[0]


def require_permitted(store: "Store", entity: str, draft: "Draft") -> None:
    """Raise NotPermitted unless the team lets this person say `draft` about a shared session.

    It is folded only where a team enforces anything.
    """
    from git_naturecode import ids, teaming

    gate = teaming.Gate(store)
    if gate.standing is None:
        return
    from git_naturecode.domain import session as sessions

    gate.require([draft], sessions.build(store.read(ids.tail(entity), KIND)))


def _warn_of_clock(context: contexts.Context, entry: "Entry", before: str) -> None:
    """Say when a date cannot be right: of what was just written, or of what stood there before."""
    from git_naturecode import clock

    horizon = clock.iso(context.now_ms() + clock.DAY_MS)
    if entry.at > horizon:
        context.tell(
            f"warning: this clone dates what is said {entry.at[:10]}, since the machine's clock "
            "was wrong once; `git naturecode doctor --fix` sets it right"
        )
    elif before > horizon:
        context.tell(
            f"warning: this session was last changed on {before[:10]}, by the clock here in the "
            "future: what you say stands before that; is the clock right?"
        )


def _check(person: str, row: dict[str, object], kind: str) -> None:
    from git_naturecode.cli.changing import deleted, refused
    from git_naturecode.domain.people import key

    entity, readers = str(row["id"]), row.get("readOnly")
    if row.get("status") == "deleted":
        raise deleted(entity)
    if kind == "message" and isinstance(readers, list) and key(person) in readers:
        raise refused(person, str(row["owner"]), entity[17:], "write", "write in")
