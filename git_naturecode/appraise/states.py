"""The states of a change that a review of git-appraise has seen, and what each of them changes."""

from collections.abc import Iterable
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.appraise import lines
from git_naturecode.appraise.history import History
from git_naturecode.appraise.told import Told
from git_naturecode.domain.review.build import time_of
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Entry


class State(NamedTuple):
    """One state: `named` is when the notes first spoke of it (ISO); `id` that of its revision."""

    head: str
    base: str
    named: str
    id: str
    parents: list[str]
    table: str = ""
    changed: int = 0
    digest: str = ""


def states(told: Told, history: History, there: Iterable[Entry], *, ours: bool) -> list[State]:
    """The states of the change, each after those that it was made from.

    Those that another program told of are: the commit that the notes are on, what it became by a
    rebase, and every commit that somebody commented on in the change. Of a review of this program
    (`ours`) they are those that it has.
    """
    known = [one for one in there if one.kind == "revision"]
    if ours:
        return [_known(one) for one in known]
    made = {text_of(one, "head"): one for one in known if text_of(one, "base")}
    found: list[State] = []
    for head, base, named in _heads(told, history):
        name = ids.imported_entry("git-appraise", told.about, head, "revision")
        parents = [found[-1].id] if found else []
        if head in made:
            found.append(_known(made[head])._replace(named=named))
            continue
        read = history.table(base, head) if base or _is_root(history, head) else None
        state = State(head, base, named, name, parents)
        if read is not None:
            state = state._replace(table=read.text, changed=read.count, digest=read.digest)
        found.append(state)
    return found


def _is_root(history: History, head: str) -> bool:
    info = history.info(head)
    return info is not None and not info.parents


def _known(entry: Entry) -> State:
    """A state that is written down already: its table is in its entry, or in a file."""
    from git_naturecode.git.patches import Table

    count = entry.header.get("count")
    table = text_of(entry, "table")
    digest = table or Table(entry.body or "", 0).digest
    return State(
        text_of(entry, "head"), text_of(entry, "base"), time_of(entry), entry.id, [],
        entry.body or "", count if isinstance(count, int) else 0, digest,
    )  # fmt: skip


def _heads(told: Told, history: History) -> list[tuple[str, str, str]]:
    """(head, base, when it was first named) of each state."""
    named = _named(told)
    first, start = told.about, _first_base(told, history)
    bases = {first: start}
    for head in named:
        if head == first or history.info(head) is None:
            continue
        if any(one.alias == head for one, _ in told.requests):
            bases[head] = _base_of_rebased(told, history, head, start)
        elif not history.is_within(head, start) and not history.is_within(head, first):
            bases[head] = ""
    rebased = [one for one in bases if bases[one]]
    for head in bases:
        if not bases[head] and head != first:
            below = [one for one in rebased if history.is_within(one, head)]
            bases[head] = history.base(head, bases[below[-1]] if below else start)
    order = sorted(bases, key=lambda head: (head != first, history.seconds(head), named[head]))
    return [(head, bases[head], named[head]) for head in order]


def _named(told: Told) -> dict[str, str]:
    """The commits that may be states of the change -> when they were first named."""
    began = told.began
    found = {told.about: began}
    for one, _ in told.requests:
        if one.alias:
            found.setdefault(one.alias, lines.time_of(one.timestamp) or began)
    said = [c for remark in told.comments.remarks.values() for c in remark.versions]
    for comment in sorted(said, key=lambda one: (one.timestamp, one.hash)):
        if comment.location and comment.location.commit:
            found.setdefault(comment.location.commit, lines.time_of(comment.timestamp) or began)
    return found


def _first_base(told: Told, history: History) -> str:
    """What the first state is compared with: what the last request says, else its last parent."""
    for one, _ in reversed(told.requests):
        if one.base and history.info(one.base) is not None:
            return one.base
    return history.parent(told.about)


def _base_of_rebased(told: Told, history: History, head: str, start: str) -> str:
    tip = history.tip(told.request.target)
    if tip and not history.is_within(head, tip):
        return history.base(head, tip)
    return history.parent(head) or history.base(head, start)
