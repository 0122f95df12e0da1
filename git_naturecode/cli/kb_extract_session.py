"""What a session brings for kb extract: by the rules that are built in, or by a model."""

import json
import os
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import ids
from git_naturecode.ai.knowledge.proposal import Proposal, Source
from git_naturecode.cli import context as contexts
from git_naturecode.cli import proposing
from git_naturecode.cli.answers import count
from git_naturecode.cli.changing import deleted
from git_naturecode.cli.proposing import BUILTIN
from git_naturecode.cli.reading import KIND, session_id
from git_naturecode.domain import session as of
from git_naturecode.domain.session import Session
from git_naturecode.render.show import line
from git_naturecode.store.index import Index
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.ai.settings import Settings
    from git_naturecode.store.entry import Json


def sessions(store: Store, index: Index, wanted: Sequence[str]) -> list[Session]:
    """The sessions that are `wanted`; raises Negative for one that is not there, or was deleted."""
    names = dict.fromkeys(session_id(index, one) for one in wanted)
    found = [of.build(store.read(ids.tail(name), KIND)) for name in names]
    for one in found:
        if one.deleted:
            raise deleted(one.id, one.deleted.by)
    return found


def proposed(
    context: contexts.Context, store: Store, about: Sequence[Session], provider: str | None,
    model: str | None, *, again: bool,
) -> tuple[list[Proposal], str]:  # fmt: skip
    """What is proposed out of `about`, and who proposes it.

    `again`: of a model what it said last, so that numbers mean what was shown.
    """
    wanted = proposing.settings_for(context, store, provider, model)
    made: list[Proposal] = []
    for one in about:
        if wanted is None:
            from git_naturecode.ai.knowledge.from_session import by_rules

            made += by_rules(one, context.redactor)
        else:
            made += _of_model(context, store, one, wanted, again=again)
    return made, wanted.label if wanted else BUILTIN


def _of_model(
    context: contexts.Context, store: Store, session: Session, wanted: "Settings", *, again: bool
) -> list[Proposal]:
    from git_naturecode.ai.knowledge.by_model import by_model
    from git_naturecode.cli import model as models

    kept = _Kept(store, session, wanted.label)
    if again and (known := kept.read()) is not None:
        return known
    if session.encrypted:
        where = line(wanted.endpoint or wanted.provider)
        context.tell(f"warning: {session.id} is encrypted, and {where} reads it")
    asked = models.opened(context, store, wanted, session.id)
    made = by_model(
        session, asked.model, wanted.limits, context.redactor, room=wanted.context_tokens,
        mark=proposing.mark(context),
    )  # fmt: skip
    asked.settle(context, is_good=True)
    if not session.encrypted:
        kept.write(made)
    return made


class _Kept:
    """What a model proposed last about a session as it stands, in a file of this clone."""

    def __init__(self, store: Store, session: Session, label: str) -> None:
        self.path = os.path.join(store.state_dir, "ai", f"proposed-{ids.tail(session.id)}.json")
        last = session.messages[-1].id if session.messages else ""
        self.about: list[Json] = [label, last, len(session.messages), session.updated]

    def read(self) -> list[Proposal] | None:
        """The proposals; None where there are none, or the session has changed since."""
        try:
            with open(self.path, encoding="utf-8") as file:
                found = json.load(file)
            if found["about"] != self.about:
                return None
            return [_proposal(one) for one in found["proposals"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, made: Sequence[Proposal]) -> None:
        """Keep `made`; where nothing can be written the next command asks again."""
        text = json.dumps({"about": self.about, "proposals": [one._asdict() for one in made]})
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            with open(
                os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
            ) as file:
                file.write(text)
        except OSError:
            return


def _proposal(found: "dict[str, Json]") -> Proposal:
    fields = {
        name: tuple(value) if isinstance(value, list) else value for name, value in found.items()
    }
    made = Proposal(**fields)  # type: ignore[arg-type]
    return made._replace(sources=tuple(Source(*one) for one in made.sources))


class Cost(NamedTuple):
    """What asking would take at most."""

    source: str
    questions: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal | None = Decimal(0)

    def text(self) -> str:
        """For people."""
        from git_naturecode.ai.budget import money

        if self.source == BUILTIN:
            return "builtin: looks in this clone; nothing is sent, and it costs nothing"
        return (
            f"{line(self.source)}: {count(self.questions, 'question')}, at most "
            f"{self.tokens_in:,} tokens in and {self.tokens_out:,} out, cost {money(self.cost)}"
        )

    def json(self) -> "dict[str, Json]":
        """For programs."""
        from git_naturecode.ai.budget import money

        return {
            "source": self.source, "questions": self.questions, "tokensIn": self.tokens_in,
            "tokensOut": self.tokens_out, "cost": money(self.cost),
        }  # fmt: skip


def cost(
    context: contexts.Context, store: Store, about: Sequence[Session], provider: str | None,
    model: str | None,
) -> Cost:  # fmt: skip
    """What asking about `about` would take at most, if each question is asked once."""
    wanted = proposing.settings_for(context, store, provider, model)
    if wanted is None:
        return Cost(BUILTIN)
    from git_naturecode.ai.budget import Spent, estimate
    from git_naturecode.ai.knowledge.by_model import questions

    every = [
        asked for one in about
        for asked, _ in questions(
            one, context.redactor, room=wanted.context_tokens, mark=proposing.mark(context)
        )
    ]  # fmt: skip
    total = Spent()
    for asked in every:
        total = total.plus(estimate(asked, wanted.limits, wanted.price))
    return Cost(wanted.label, len(every), total.tokens_in, total.tokens_out, total.cost)
