"""kb extract --code: what the files of this work tree say of themselves, as proposals."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode import errors
from git_naturecode.ai.knowledge.from_code import extracting, gathering, reading
from git_naturecode.ai.knowledge.proposal import Proposal
from git_naturecode.cli import proposing
from git_naturecode.cli.answers import count
from git_naturecode.cli.context import Context
from git_naturecode.cli.kb_extract_session import Cost
from git_naturecode.cli.proposing import BUILTIN
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.ai.knowledge.from_code.asking import Told
    from git_naturecode.ai.knowledge.from_code.facts import Project, Skipped
    from git_naturecode.ai.settings import Settings
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
    model: str | None, *, again: bool = False,
) -> Proposed:  # fmt: skip
    """Proposals about the files at and below `paths`, as seen from where we are.

    `again`: of a model what it said last, as long as the files are as they were. Raises Negative
    where there is nothing to read, or nothing to say; ProviderFailed.
    """
    inside, listing, project = _read(context, paths)
    told = skipped(project.skipped)
    topics = extracting.topics(project, listing)
    wanted = proposing.settings_for(context, store, provider, model)
    if wanted is not None:
        from git_naturecode.ai.knowledge.from_code import asking

        answer = _answer(context, store, project, wanted, again=again)
        topics = asking.with_told(topics, answer, wanted.label)
        if answer.dropped:
            statements = count(answer.dropped, "statement")
            told.append(f"{statements} of {line(wanted.label)} stood on no line that there is")
    made = extracting.proposed(topics, project, inside, context.redactor)
    if not made:
        raise errors.Negative(
            "nothing in these files says enough for a page", "name more of them, or a folder"
        )
    return Proposed(made, told, wanted.label if wanted else BUILTIN)


def cost(
    context: Context, store: "Store", paths: Sequence[str], provider: str | None,
    model: str | None,
) -> Cost:  # fmt: skip
    """What asking about the files would take at most, if each question is asked once."""
    wanted = proposing.settings_for(context, store, provider, model)
    if wanted is None:
        return Cost(BUILTIN)
    from git_naturecode.ai.budget import Spent, estimate
    from git_naturecode.ai.knowledge.from_code import asking
    from git_naturecode.ai.reviewing.prompts import marks

    every = asking.questions(
        _read(context, paths)[2], context.redactor, _team(store), wanted.context_tokens,
        marks(context.random),
    )  # fmt: skip
    total = Spent()
    for asked in every:
        total = total.plus(estimate(asked, wanted.limits, wanted.price))
    return Cost(wanted.label, len(every), total.tokens_in, total.tokens_out, total.cost)


def _read(context: Context, paths: Sequence[str]) -> "tuple[list[str], gathering.Listing, Project]":
    """The paths from the top, what stands there, and what of it was kept."""
    inside = gathering.inside(context.repo, context.cwd, paths)
    listing = gathering.Listing(context.repo, inside)

    def hear(number: int, path: str) -> None:
        if number % _EVERY == 0:
            context.progress(f"file {number}: {line(path)[:60]}")

    project = reading.read(listing, hear)
    context.progress_done()
    read = [*project.files, *project.documents]  # the manifests above what was named, too
    if not any(path == one or path.startswith(f"{one}/") or not one for path in read
               for one in inside):  # fmt: skip
        told = "; ".join(skipped(project.skipped))
        raise errors.Negative(
            "there is no code that can be read", told or "name files or folders of code"
        )
    return inside, listing, project


def _answer(
    context: Context, store: "Store", project: "Project", wanted: "Settings", *, again: bool
) -> "Told":
    from git_naturecode.ai.knowledge.from_code import asking
    from git_naturecode.cli import model as models

    kept = _Kept(store, asking.fingerprint(project, wanted.label))
    if again and (known := kept.read()) is not None:
        return known
    asked = models.opened(context, store, wanted, "kb-extract")
    said = asking.by_model(
        project, asked.model, wanted.limits, context.redactor, team=_team(store),
        room=wanted.context_tokens, random=context.random, hear=context.progress,
    )  # fmt: skip
    context.progress_done()
    asked.settle(context, is_good=True)
    kept.write(said)
    return said


class _Kept:
    """What a model said last about these files as they are, in a file of this clone."""

    def __init__(self, store: "Store", about: str) -> None:
        self.path = os.path.join(store.state_dir, "ai", "proposed-code.json")
        self.about = about

    def read(self) -> "Told | None":
        """What it said; None where that is not known, or the files have changed since."""
        from git_naturecode.ai.knowledge.from_code.asking import Told
        from git_naturecode.ai.knowledge.from_code.facts import Place, Statement

        try:
            with open(self.path, encoding="utf-8") as file:
                found = json.load(file)
            if found["about"] != self.about:
                return None
            topics = {
                topic: tuple(
                    Statement(text, tuple(Place(*place) for place in places))
                    for text, places in some
                )
                for topic, some in found["topics"].items()
            }
            return Told(topics, found["dropped"], found["questions"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, said: "Told") -> None:
        """Keep it; where nothing can be written the next command asks again."""
        text = json.dumps({
            "about": self.about, "topics": said.topics, "dropped": said.dropped,
            "questions": said.questions,
        })  # fmt: skip
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            opened = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(opened, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            return


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
