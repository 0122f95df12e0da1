"""ai summarize, ai resolve: proposals about sessions; a person accepts them or not."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups, proposing
from git_naturecode.cli.options import AsJson, Quiet, SessionId
from git_naturecode.render.show import line, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.ai.proposals.resolving import Proposal, Versions
    from git_naturecode.ai.proposals.summarizing import Summary
    from git_naturecode.cli.changing import Opened
    from git_naturecode.cli.model import Asked
    from git_naturecode.domain import session as sessions
    from git_naturecode.domain.said import Message
    from git_naturecode.store.entry import Json

Provider = Annotated[
    str | None,
    typer.Option(help="builtin (no key, no network), deepseek, openai, anthropic, ollama, ..."),
]
Model = Annotated[str | None, typer.Option(help="The name of the model.")]
Accept = Annotated[
    bool, typer.Option("--accept", help="Take what is proposed, without being asked.")
]


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the group into `tree`."""
    about = "Proposals by a model, or without one, that a person accepts."
    verbs: groups.Verbs = {"summarize": summarize, "resolve": resolve}
    groups.hang(tree, name, about, verbs)


def summarize(
    session: SessionId,
    provider: Provider = None,
    model: Model = None,
    accept: Accept = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Propose a summary of a session: about what, with what outcome. It says what was
    decided and what is left to do.

    It becomes the summary when you say so, at the question or by --accept.
    """
    from git_naturecode import ids
    from git_naturecode.ai.proposals import summarizing
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts

    context = contexts.current(quiet)
    with changing(context, session) as here:
        here.require("write", "change anything in")
        _require_something(here.session.messages)
        asked = proposing.model_for(context, here.store, here.session.id, provider, model)
        if asked is None:
            made = summarizing.by_rules(here.session, context.redactor)
        else:
            _warn(context, here, asked)
            made = summarizing.by_model(
                here.session, asked.model, asked.settings.limits, context.redactor,
                room=asked.settings.context_tokens, mark=proposing.mark(context),
            )  # fmt: skip
            asked.settle(context, is_good=True)
        text = made.markdown()
        if not as_json:
            context.say(show(text))
        taken = proposing.is_wanted(context, accept, "Make this the summary?", as_json)
        if taken:
            here.write(drafts.setting(here.entries, "summary", text))
    if as_json:
        context.json(_summary_json(here.session.id, made, asked, taken))
        return
    how = f"git naturecode ai summarize {ids.tail(here.session.id)} --accept"
    proposing.conclude(context, taken, "it is the summary now", how)


def resolve(
    id: Annotated[
        str, typer.Argument(help="An article's slug or id, or the id of a session that is a fork.")
    ],
    other: Annotated[
        str | None,
        typer.Argument(help="The other version; left out, what the session is a fork of."),
    ] = None,
    about: Annotated[
        str, typer.Option("--context", help="What the model should know besides.")
    ] = "",
    provider: Provider = None,
    model: Model = None,
    accept: Accept = False,
    take: Annotated[
        str | None,
        typer.Option(help="Of an article: 1, 2, ... keeps that text, both joins them."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Propose one text where people wrote different ones. They wrote without knowing of
    each other.

    Of an article for each marked place; it becomes the text when you say so. Where the texts say
    different things and no model is asked, you choose: --take 1, or --take 1,2,both for three
    places. Of two forks of a
    session what both say, once, in a good order; it becomes a new private session when you say so,
    and both forks stay as they are.
    """
    from git_naturecode.cli import ai_settle

    context = contexts.current(quiet)
    wanted = ai_settle.numbers(take)
    if take is not None and (provider or model or accept or about):
        raise errors.Usage("--take chooses a text, so nothing is proposed", "leave the others out")
    article = ai_settle.article_id(context, id)
    if not article:
        if wanted:
            raise errors.Usage("--take chooses between texts of an article", "leave it out")
        _resolve_forks(context, id, other, about, provider, model, accept, as_json)
        return
    if other:
        raise errors.Usage(
            "an article has no other version to name", "what others wrote is in it already"
        )
    ai_settle.settle(context, article, about, provider, model, accept, wanted, as_json)


def _resolve_forks(
    context: contexts.Context, id: str, other: str | None, about: str, provider: str | None,
    model: str | None, accept: bool, as_json: bool,
) -> None:  # fmt: skip
    """Propose one session of two versions; keep it where a person accepts."""
    from git_naturecode import ids
    from git_naturecode.cli.changing import changing

    with changing(context, id) as here:
        theirs = _second(context, here, other)
        asked, made, found = _resolved(context, here, theirs, about, provider, model)
        if not as_json:
            context.say(_told(made, found))
        taken = proposing.is_wanted(context, accept, "Keep this as a new private session?", as_json)
        entity = _kept(here, made) if taken else ""
    if as_json:
        context.json(_proposal_json(here.session.id, theirs.id, made, asked, entity))
        return
    proposing.conclude(
        context, taken, f"kept as {entity}; `git naturecode session share` gives it to the others",
        f"git naturecode ai resolve {ids.tail(here.session.id)} {ids.tail(theirs.id)} --accept",
    )  # fmt: skip


def _resolved(
    context: contexts.Context, here: "Opened", theirs: "sessions.Session", about: str,
    provider: str | None, model: str | None,
) -> "tuple[Asked | None, Proposal, Versions]":  # fmt: skip
    """Who was asked (None: the rules), the proposal, and what both versions say of their own."""
    from git_naturecode.ai.proposals import resolving

    found = resolving.versions(here.session.messages, theirs.messages)
    if not found.one and not found.other:
        raise errors.Negative("both say the same: there is nothing to make one of")
    asked = proposing.model_for(context, here.store, here.session.id, provider, model)
    if asked is None:
        return None, resolving.by_rules(found), found
    _warn(context, here, asked)
    made = resolving.by_model(
        found, asked.model, asked.settings.limits, context.redactor,
        room=asked.settings.context_tokens, mark=proposing.mark(context), context=about,
    )  # fmt: skip
    asked.settle(context, is_good=True)
    return asked, made, found


def _second(context: contexts.Context, here: "Opened", other: str | None) -> "sessions.Session":
    """The other version; raises where there is none, or where one of them is encrypted."""
    from git_naturecode import ids
    from git_naturecode.cli.reading import KIND, entity_id
    from git_naturecode.domain import session as sessions
    from git_naturecode.domain.kinds import open_index

    wanted = other or (here.session.forked.session if here.session.forked else "")
    if not wanted:
        raise errors.Usage(
            f"{here.short} is no fork: the other version has to be named",
            f"git naturecode ai resolve {here.short} ID2",
        )
    index = open_index(here.store)
    try:
        index.refresh()
        entity = entity_id(index, wanted, KIND)
    finally:
        index.close()
    if entity == here.session.id:
        raise errors.Usage("both versions are the same session")
    found = sessions.build(here.store.read(ids.tail(entity), KIND))
    if found.deleted:
        raise errors.Negative(f"{entity} was deleted")
    if found.encrypted or here.session.encrypted:
        raise errors.NotPermitted(
            "an encrypted session is not copied into one that is not",
            "read both with `git naturecode session show`",
        )
    return found


def _kept(here: "Opened", made: "Proposal") -> str:
    """The proposal as a private session of its own; its id."""
    from git_naturecode import forking
    from git_naturecode.store.entry import Draft

    me = here.store.person
    turns = []
    for turn in made.turns:
        first = turn.of[0]
        who = f"**{first.by}:** " if first.role != "assistant" and first.by != me else ""
        fields: dict[str, Json] = {"role": first.role, "of": [one.id for one in turn.of]}
        turns.append(Draft("message", fields, who + (turn.text or first.text)))
    last = made.common[-1] if made.common else None
    name = f"{here.session.name} (both versions)"
    return forking.resolved(here.store, here.placed, name, last, turns)


def _require_something(messages: "Sequence[Message]") -> None:
    from git_naturecode.ai.proposals import transcript

    if not transcript.told(messages):
        raise errors.Negative("nothing was said in this session that could be summed up")


def _warn(context: contexts.Context, here: "Opened", asked: "Asked") -> None:
    if here.session.encrypted:
        where = line(asked.settings.endpoint or asked.settings.provider)
        context.tell(f"warning: this session is encrypted, and {where} reads it")


def _told(made: "Proposal", found: "Versions") -> str:
    """The proposal for people: every message with where it comes from, and what is left out."""
    names = {id(m): f"A{n}" for n, m in enumerate(found.one, 1)}
    names |= {id(m): f"B{n}" for n, m in enumerate(found.other, 1)}
    said = [f"{len(made.common)} messages are common to both; then:"]
    for turn in made.turns:
        first = turn.of[0]
        of = "+".join(names[id(one)] for one in turn.of)
        text = show(turn.text or first.text)
        said.append(f"[{of}] {line(first.role)}, {line(first.by)}:")
        said += [f"    {row}" for row in text.split("\n")]
    for one, why in made.left_out:
        said.append(f"left out {names[id(one)]}: {line(why)}")
    return "\n".join(said)


def _summary_json(
    entity: str, made: "Summary", asked: "Asked | None", taken: bool
) -> "dict[str, Json]":
    return {
        "sessionId": entity, "summary": made.text, "keyDecisions": list(made.decisions),
        "actionItems": list(made.to_do), "source": proposing.source(asked), "accepted": taken,
    }  # fmt: skip


def _proposal_json(
    one: str, other: str, made: "Proposal", asked: "Asked | None", entity: str
) -> "dict[str, Json]":
    return {
        "sessions": [one, other], "common": len(made.common), "source": proposing.source(asked),
        "messages": [
            {
                "role": turn.of[0].role, "userId": turn.of[0].by,
                "of": [one.id for one in turn.of], "content": turn.text or turn.of[0].text,
            }
            for turn in made.turns
        ],
        "leftOut": [{"messageId": one.id, "reason": why} for one, why in made.left_out],
        "accepted": bool(entity), "id": entity or None,
    }  # fmt: skip
