"""kb extract --code: what the files of this work tree say of themselves, as proposals."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import errors
from git_naturecode.ai.knowledge.from_code import extracting, gathering, reading
from git_naturecode.ai.knowledge.proposal import Proposal
from git_naturecode.cli.answers import count
from git_naturecode.cli.context import Context
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.ai.knowledge.from_code.asking import Told
    from git_naturecode.ai.knowledge.from_code.facts import Project, Skipped
    from git_naturecode.store.store import Store

_EVERY = 50  # files between two words of progress
_NAMED = 3  # files that are named of those skipped for one reason


class Proposed(NamedTuple):
    """The proposals, what is to be told beside them, and who made them."""

    proposals: list[Proposal]
    told: list[str]
    source: str


def proposed(
    context: Context, store: "Store", paths: Sequence[str], provider: str | None,
    model: str | None,
) -> Proposed:  # fmt: skip
    """Proposals about the files at and below `paths`, as seen from where we are.

    Raises Negative where there is nothing to read, or nothing to say; ProviderFailed.
    """
    inside = gathering.inside(context.repo, context.cwd, paths)
    listing = gathering.Listing(context.repo, inside)

    def hear(number: int, path: str) -> None:
        if number % _EVERY == 0:
            context.progress(f"file {number}: {line(path)[:60]}")

    project = reading.read(listing, hear)
    context.progress_done()
    told = skipped(project.skipped)
    if not project.files and not project.documents:
        raise errors.Negative(
            "there is no code that can be read", "; ".join(told) or "name files or folders of code"
        )
    topics = extracting.topics(project, listing)
    source, answer = _asked(context, store, project, provider, model)
    if answer is not None:
        from git_naturecode.ai.knowledge.from_code import asking

        topics = asking.with_told(topics, answer, source)
        if answer.dropped:
            statements = count(answer.dropped, "statement")
            told.append(f"{statements} of {line(source)} stood on no line that there is: dropped")
    made = extracting.proposed(topics, project, inside, context.redactor)
    if not made:
        raise errors.Negative(
            "nothing in these files says enough for a page", "name more of them, or a folder"
        )
    return Proposed(made, told, source)


def _asked(
    context: Context, store: "Store", project: "Project", provider: str | None, model: str | None
) -> "tuple[str, Told | None]":
    """Who was asked besides, and what he said; the rules alone are the default."""
    from git_naturecode.ai import settings
    from git_naturecode.cli import model as models

    wanted = models.chosen(context, store, provider, model)
    if wanted.speaks == settings.BUILTIN:
        if model:
            raise errors.Usage("the built-in rules have no models", "leave --model out")
        return settings.BUILTIN, None
    from git_naturecode.ai.knowledge.from_code import asking

    asked = models.opened(context, store, wanted, "kb-extract")
    said = asking.by_model(
        project, asked.model, wanted.limits, context.redactor, team=_team(store),
        room=wanted.context_tokens, random=context.random, hear=context.progress,
    )  # fmt: skip
    context.progress_done()
    asked.settle(context, is_good=True)
    return wanted.label, said


def _team(store: "Store") -> str:
    """The name of the team that counts here; "" for none."""
    from git_naturecode.teaming import beginning, looking

    standing = looking.look(store)
    team = beginning.mine(store, standing) if standing else None
    return team.name if team else ""


def skipped(some: "Sequence[Skipped]") -> list[str]:
    """What was not read, a line for each reason."""
    reasons = Counter(one.why for one in some)
    told = []
    for why, number in reasons.most_common():
        names = [line(one.path) for one in some if one.why == why][:_NAMED]
        more = ", ..." if number > _NAMED else ""
        told.append(f"not read: {count(number, 'file')} ({why}): {', '.join(names)}{more}")
    return told
