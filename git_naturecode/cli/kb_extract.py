"""kb extract: proposals for the knowledge base out of sessions or code, kept one by one."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from git_naturecode import errors, ids
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.ai.knowledge.proposal import Proposal
    from git_naturecode.cli.kb_extract_kept import Keeper, Offer
    from git_naturecode.cli.kb_extract_told import Told
    from git_naturecode.domain.session import Session

Paths = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH...]", help="More paths for --code.")
]
Code = Annotated[
    list[str] | None, typer.Option(metavar="PATH", help="A file or folder of the work tree.")
]
Sessions = Annotated[
    list[str] | None, typer.Option("--session", help="The session's id, or a part; several: each.")
]
Save = Annotated[
    bool, typer.Option("--save", help="Keep all that is proposed, without a question.")
]
Pick = Annotated[str, typer.Option(metavar="N,N", help="Keep those with these numbers.")]
Type = Annotated[
    list[str] | None,
    typer.Option(
        "--type", help="Only these: article, snippet, practice, faq, decision, problem..."
    ),
]
Provider = Annotated[
    str | None,
    typer.Option(help="builtin (no key, no network), deepseek, openai, anthropic, ollama, ..."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what would be sent, and what it costs.")
]


class Asked(NamedTuple):
    """Out of which sessions, or the files at which paths, and who is to propose."""

    sessions: list[str]
    paths: list[str]
    provider: str | None
    model: str | None


class Found(NamedTuple):
    """What was proposed, by whom, what was left out (in words), and about which sessions."""

    proposals: "Sequence[Proposal]"
    source: str
    told: "Sequence[str]" = ()
    sessions: "Sequence[Session]" = ()


def extract(
    path: Paths = None,
    session: Sessions = None,
    code: Code = None,
    type: Type = None,
    provider: Provider = None,
    model: Annotated[str | None, typer.Option(help="The name of the model.")] = None,
    save: Save = False,
    pick: Pick = "",
    dry_run: DryRun = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Agree that words of a private session become known.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Propose articles out of sessions or code. Of sessions: what was decided, solved,
    learned.

    At a terminal you are asked about each; nothing is kept that you have not seen, unless you say
    --save. What is in the knowledge base already is not proposed again, and what is nearly there
    is proposed as an edit. Ends with 6 when a model failed.
    """
    context = contexts.current(quiet)
    asked = _asked(path or [], session or [], code or [], provider, model)
    chosen, types = _numbers(pick), _types(type or [])
    if dry_run:
        if save or pick:
            raise errors.Usage("--dry-run keeps nothing; leave --save and --pick out")
        _tell_cost(context, asked, as_json)
        return
    keeper = _keeper(context)
    keeps = save or bool(chosen)
    if keeps:
        keeper.require_permitted()
    found = _found(context, asked, again=bool(chosen))
    offers = keeper.offers(found.proposals, types)
    if keeps:
        _keep(context, keeper, found, offers if save else _picked(offers, chosen), yes=yes)
    _answer(context, keeper, found, offers, keeps=keeps, as_json=as_json, yes=yes)


def _picked(offers: "Sequence[Offer]", chosen: set[int]) -> "list[Offer]":
    """Those with the numbers that were `chosen`; raises Negative for one that is not there."""
    if bad := sorted(chosen - {one.number for one in offers}):
        raise errors.Negative(
            f"there is no number {bad[0]} among what is proposed",
            "the same command without --pick shows them" if offers else "nothing new is proposed",
        )
    return [one for one in offers if one.number in chosen]


def _keep(
    context: contexts.Context, keeper: "Keeper", found: Found, taken: "Sequence[Offer]", *,
    yes: bool,
) -> None:  # fmt: skip
    """Write down those that are `taken`, if words of their sessions may become known."""
    if taken:
        _agree(context, found.sessions, len(taken), yes=yes)
    for one in taken:
        one.saved = keeper.save(one)


def _answer(
    context: contexts.Context, keeper: "Keeper", found: Found, offers: "Sequence[Offer]", *,
    keeps: bool, as_json: bool, yes: bool,
) -> None:  # fmt: skip
    """Say what is offered and what was kept of it; at a terminal ask what is to be kept."""
    from git_naturecode.cli.kb_extract_told import Told

    told = Told(context, found.source, len(found.proposals), len(offers))
    if as_json:
        context.json(told.json(offers, found.told))
        return
    for text in found.told:
        context.tell(f"note: {text}")
    if keeps:
        for one in filter(lambda one: one.saved, offers):
            context.say(one.saved)
            context.tell(told.saved(one))
    elif offers and told.may_ask():
        _ask_each(context, keeper, told, offers, found.sessions, yes=yes)
    elif offers:
        context.say(told.text(offers))
    told.conclude(offers, keeps=keeps)
    if any(one.saved for one in offers):
        context.tell(TELL_OTHERS)


def _asked(
    given: list[str], sessions: list[str], code: list[str], provider: str | None,
    model: str | None,
) -> Asked:  # fmt: skip
    """What was asked for; raises Usage for neither sessions nor paths, or both."""
    named = [one for one in given if ids.ENTITY.fullmatch(one) and one.startswith("session-")]
    wanted = list(dict.fromkeys([*sessions, *named]))
    paths = [*code, *(one for one in given if one not in named)]
    if not wanted and not paths:
        raise errors.Usage(
            "what should it be taken from?",
            "--session ID (git naturecode session list shows them), or --code PATH",
        )
    if wanted and paths:
        raise errors.Usage("it is taken from sessions or from code, not from both at once")
    return Asked(wanted, paths, provider, model)


def _numbers(pick: str) -> set[int]:
    words = [one.strip() for one in pick.split(",") if one.strip()]
    if pick and not words:
        raise errors.Usage("--pick needs numbers", "--pick 1,3")
    for one in words:
        if not one.isascii() or not one.isdigit() or len(one) > 4 or not int(one):
            raise errors.Usage(f"{line(one)!r} is no number of a proposal", "--pick 1,3")
    return {int(one) for one in words}


def _types(given: list[str]) -> set[str]:
    from git_naturecode.ai.knowledge.proposal import KINDS
    from git_naturecode.domain.kb.model import TYPES

    known = dict.fromkeys((*TYPES, *KINDS))
    found = {one.strip().lower() for each in given for one in each.split(",")}
    for one in sorted(found):
        if one not in known:
            raise errors.Usage(f"{line(one)!r} is no type", "use " + ", ".join(known))
    return found


def _keeper(context: contexts.Context) -> "Keeper":
    from git_naturecode.cli.kb_extract_kept import Keeper

    return Keeper(context)


def _found(context: contexts.Context, asked: Asked, *, again: bool) -> Found:
    """All that is proposed; `again`: of a model what it proposed last, where that is known."""
    from git_naturecode.cli import kb_extract_session as of_session
    from git_naturecode.cli.kb_opened import reading_kb

    by = (asked.provider, asked.model)
    with reading_kb(context) as (store, index):
        if asked.paths:
            from git_naturecode.cli import kb_extract_code as of_code

            of_files = of_code.proposed(context, store, asked.paths, *by, again=again)
            return Found(of_files.proposals, of_files.source, of_files.told)
        sessions = of_session.sessions(store, index, asked.sessions)
        proposals, source = of_session.proposed(context, store, sessions, *by, again=again)
    return Found(proposals, source, (), sessions)


def _tell_cost(context: contexts.Context, asked: Asked, as_json: bool) -> None:
    from git_naturecode.cli import kb_extract_session as of_session
    from git_naturecode.cli.kb_opened import reading_kb

    by = (asked.provider, asked.model)
    with reading_kb(context) as (store, index):
        if asked.paths:
            from git_naturecode.cli import kb_extract_code as of_code

            cost = of_code.cost(context, store, asked.paths, *by)
        else:
            sessions = of_session.sessions(store, index, asked.sessions)
            cost = of_session.cost(context, store, sessions, *by)
    if as_json:
        context.json({"dryRun": True, **cost.json()})
    else:
        context.say(cost.text())


def _agree(
    context: contexts.Context, sessions: "Sequence[Session]", many: int, *, yes: bool
) -> None:
    """Return where words of sessions that not all may read may become known to all."""
    from git_naturecode.cli.agreeing import agree

    closed = [one for one in sessions if one.encrypted or not one.shared or one.has_private]
    if not closed:
        return
    what = "encrypted" if any(one.encrypted for one in closed) else "private"
    if all(one.shared and not one.encrypted for one in closed):
        what = "not shared as a whole"
    names = ", ".join(one.id for one in closed[:3]) + (" ..." if len(closed) > 3 else "")
    agree(
        context, f"{names} is {what}, and everybody can read an article. Go on?", yes=yes,
        why=f"{names} is {what}, and {count(many, 'article')} with words of it "
        "would be for everybody who can read this repository",
        refused="nothing was kept",
    )  # fmt: skip


def _ask_each(
    context: contexts.Context, keeper: "Keeper", told: "Told", offers: "Sequence[Offer]",
    sessions: "Sequence[Session]", *, yes: bool,
) -> None:  # fmt: skip
    """Show each, and keep what the person takes."""
    agreed = False
    for number, one in enumerate(offers, 1):
        context.say(told.one(one))
        answer = told.answer(f"{number} of {len(offers)}")
        if answer == "q":
            told.stopped(len(offers) - number + 1)
            return
        if answer == "n":
            continue
        if not agreed:
            _agree(context, sessions, 1, yes=yes)
            agreed = True
        if answer == "e" and not keeper.edit(one):
            context.tell("nothing was left of it, so it was not kept")
            continue
        one.saved = keeper.save(one)
        context.tell(told.saved(one))
