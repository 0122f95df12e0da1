"""A review in a clone, made of entries as the commands write them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from box import Clone
from git_naturecode import ids
from git_naturecode.clock import system_ms
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import KIND, Review, Target
from git_naturecode.git import commits, patches
from git_naturecode.reviewing import tips
from git_naturecode.reviewing.explaining import Explained, explained
from git_naturecode.reviewing.merging import Done, Merging, Request
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import TEAM, Store

ADA, BEN, CY = (f"{name}@example.com" for name in ("ada", "ben", "cy"))
LINES = "".join(f"{number}\n" for number in range(1, 41))


def commit(clone: Clone, files: Mapping[str, str | bytes | None], message: str = "change") -> str:
    """The id of a commit in `clone` in which `files` are as given (None: not there)."""
    for name, data in files.items():
        path = Path(clone.path, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data.encode() if isinstance(data, str) else data)
    clone.git("add", "-A")
    if hidden := [name for name in files if name.startswith(".naturecode/")]:
        clone.git("add", "-f", "--", *hidden)
    clone.git("commit", "-q", "-m", message)
    return clone.git("rev-parse", "HEAD").strip()


def branch(clone: Clone, files: Mapping[str, str | bytes | None], message: str = "change") -> None:
    """Branch `feature` with one commit on top of the present one; main stays checked out."""
    clone.git("checkout", "-q", "-b", "feature")
    commit(clone, files, message)
    clone.git("checkout", "-q", "main")


@dataclass
class Begun:
    """A review of branch `feature` that is to go into main, begun by Ada."""

    clone: Clone
    id: str = ""
    heard: list[str] = field(default_factory=list)

    def begin(self, title: str = "Make it better", text: str = "", target: str = "feature") -> None:
        """Write it down, and its first revision."""
        self.id = self.id or ids.new_entity(KIND, system_ms(), lambda n: bytes(range(n)))
        self.say(makers.opening(title, text, Target("branch", target), "main", "Ada"))
        self.push()

    def push(self, target: str = "feature") -> None:
        """Write down where the branch stands now."""
        with self.clone.store() as store:
            head = self.clone.git("rev-parse", target).strip()
            tip = tips.tip(store.repo, store.config, "main")
            base = commits.merge_base(store.repo, tip, head)
            table = patches.table(store.repo, base, head)
        self.say(makers.revision(head, base, tip, table.count, [], table.text))

    def say(self, *drafts: Draft, by: str = ADA) -> list[Entry]:
        """Write `drafts` as somebody."""
        as_him = Clone(self.clone.path, self.clone.way, {**self.clone.env, "GIT_AUTHOR_EMAIL": by})
        with as_him.store() as store:
            made = store.write(TEAM, self.id, drafts)
            store.settle()
        return made

    @contextmanager
    def opened(self) -> Any:
        """The store, the review, its entries."""
        with self.clone.store() as store:
            placed = store.read(ids.tail(self.id), KIND)
            yield store, build(placed), [one.entry for one in placed]

    def verdict(self, by: str, value: str = "approve", files: Sequence[str] = ()) -> None:
        """Somebody says what he thinks of the newest revision."""
        with self.opened() as (_, review, entries):
            draft = makers.verdict(entries, by, value, review.revision, files=files)
        self.say(draft, by=by)

    def explained(self) -> Explained:
        """May it be merged?"""
        with self.opened() as (store, review, _):
            return explained(store, review)

    def missing(self) -> list[str]:
        """What is missing for a merge."""
        return [one.text for one in self.explained().reasons if not one.ok]

    def merge(self, strategy: str = "", **more: Any) -> Done:
        """Merge it."""
        return self._with(Request(strategy, **more), Merging.run)

    def plan(self, strategy: str = "", **more: Any) -> Done:
        """What a merge would do."""
        return self._with(Request(strategy, **more), Merging.plan)

    def _with(self, request: Request, act: Callable[[Merging], Done]) -> Done:
        with self.opened() as (store, review, entries):
            return act(merging(store, review, entries, request, self.heard.append))

    def review(self) -> Review:
        """As it stands."""
        with self.opened() as (_, review, _):
            return review  # type: ignore[no-any-return]


def merging(
    store: Store, review: Review, entries: Sequence[Entry], request: Request,
    hear: Callable[[str], None] = lambda _: None,
) -> Merging:  # fmt: skip
    """The act of merging, in a repository where everybody may."""
    return Merging(store, review, entries, request, permit=lambda _: None, hear=hear)
