"""Changing a review itself: title, description, base branch, who is asked."""

from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.domain.drafts import setting
from git_naturecode.domain.people import key
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.model import Review
from git_naturecode.errors import Negative, Usage
from git_naturecode.reviewing import targets
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import Store


class Change(NamedTuple):
    """What is to be changed; None and nobody: as it is."""

    title: str | None
    description: str | None
    base: str | None
    ask: Sequence[str]
    unask: Sequence[str]
    require: Sequence[str]
    release: Sequence[str]


def changes(store: Store, review: Review, entries: Sequence[Entry], wanted: Change) -> list[Draft]:
    """The entries that make the change; raises Usage for a branch that is not there, Negative for
    somebody who was not asked."""
    made: list[Draft] = []
    if wanted.title is not None:
        made.append(setting(entries, "title", wanted.title.strip()))
    if wanted.description is not None:
        draft = setting(entries, "description", None)
        made.append(draft._replace(body=wanted.description.strip()))
    if wanted.base is not None:
        if not targets.is_branch(store.repo, store.config, wanted.base):
            raise Usage(f"there is no branch {wanted.base!r}", "see `git branch -a`")
        made.append(setting(entries, "base", wanted.base))
    made += _people(review, entries, wanted)
    return made


def _people(review: Review, entries: Sequence[Entry], wanted: Change) -> list[Draft]:
    asked = {key(one.who): one for one in review.reviewers if one.asked}
    made = []
    for who in (*wanted.ask, *wanted.require):
        if key(who) not in asked:
            made.append(makers.reviewer(entries, who, there=True))
    for who in wanted.require:
        name = asked[key(who)].who if key(who) in asked else who
        made.append(makers.required(entries, name, value=True))
    for who in (*wanted.unask, *wanted.release):
        if key(who) not in asked:
            raise Negative(f"{who} was not asked to review {review.id}")
        made.append(makers.required(entries, asked[key(who)].who, value=False))
    for who in wanted.unask:
        made.append(makers.reviewer(entries, asked[key(who)].who, there=False))
    return made
