"""Beginning a review: what is changed, what it is called, who is asked."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.domain.people import key
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.model import KIND
from git_naturecode.git import commits
from git_naturecode.reviewing import noting, on_base, revising, watched
from git_naturecode.reviewing.on_base import Asked
from git_naturecode.reviewing.targets import Found
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import TEAM, Store

_MOST = 1_000  # commits that are looked at for a title


class Wanted(NamedTuple):
    """What somebody wants to begin: title and description ("" for that of the commits), whom he
    asks, and who of them has to approve. With `owners` those are asked, too, whose files these
    are; `foreign` is an id from elsewhere."""

    title: str = ""
    description: str = ""
    reviewers: Sequence[str] = ()
    required: Sequence[str] = ()
    owners: bool = True
    foreign: str = ""


class Started(NamedTuple):
    """A review that was begun."""

    id: str
    title: str
    files: int
    commits: int
    reviewers: tuple[str, ...]
    required: tuple[str, ...]
    owners: Asked
    entries: list[Entry]


def start(
    store: Store, found: Found, wanted: Wanted, permit: Callable[[Sequence[Draft]], None]
) -> Started:
    """Begin a review of `found`; `permit` raises where the team does not let this person."""
    inside = commits.messages(store.repo, found.state.base, found.state.head, _MOST)
    title, text = _texts(found, wanted, inside)
    revision = revising.first(store, found.state)
    paths = revising.rows(revision.table.text) if wanted.owners else ()
    owners = on_base.owners_of(store, found.state.tip, paths)
    asked = _once([*wanted.required, *wanted.reviewers, *owners.people])
    required = _once(wanted.required)
    name = store.config.get("user.name")
    drafts = [makers.opening(title, text, found.target, found.base, name, wanted.foreign)]
    drafts += [makers.reviewer([], who, there=True) for who in asked]
    drafts += [makers.required([], who, value=True) for who in required]
    drafts.append(revision.draft)
    permit(drafts)
    entity = ids.new_entity(KIND, store.now_ms(), store.random)
    revising.prepare(store, entity, revision)
    if found.target.type == "branch":  # before it is there: else one who is stopped never is told
        watched.watch(store, entity, found.target.name, found.state.head)
    entries = store.write(TEAM, entity, drafts)
    store.settle()
    noting.refresh(store)
    return Started(
        entity, title, revision.table.count, len(inside), asked, required, owners, entries
    )  # fmt: skip


def texts(store: Store, found: Found, wanted: Wanted) -> tuple[str, str]:
    """Title and description as they would be, with the template of the base branch below."""
    inside = commits.messages(store.repo, found.state.base, found.state.head, _MOST)
    title, text = _texts(found, wanted, inside)
    below = on_base.template(store, found.state.tip) if not wanted.description else ""
    return title, f"{text}\n\n{below}".strip()


def _texts(found: Found, wanted: Wanted, inside: Sequence[str]) -> tuple[str, str]:
    title = wanted.title or _title(found, inside)
    return title, wanted.description or _description(inside, title)


def _title(found: Found, inside: Sequence[str]) -> str:
    first = inside[-1].partition("\n")[0].strip() if inside else ""
    return first or found.target.name


def _description(inside: Sequence[str], title: str) -> str:
    """Of one commit the rest of its message, of several their subjects."""
    if len(inside) == 1:
        subject, _, rest = inside[0].partition("\n")
        return rest.strip() if subject.strip() == title else inside[0].strip()
    return "\n".join(f"- {one.partition(chr(10))[0].strip()}" for one in reversed(inside))


def _once(people: Sequence[str]) -> tuple[str, ...]:
    """Each of `people` once, as it was written first."""
    return tuple({key(who): who for who in reversed(people)}.values())[::-1]
