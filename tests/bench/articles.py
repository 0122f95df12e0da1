"""A knowledge base of many articles: an index made anew, lists, reading and writing one of them."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from git_naturecode import ids
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.model import KIND, TYPES
from git_naturecode.domain.kinds import SESSION, open_index
from git_naturecode.kb import beside
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Draft, Entry
from git_naturecode.store.store import TEAM, Store

from . import made
from .measure import Line, Times, against, figure, interleave
from .reading import _anew
from .stage import Stage

_FLAT = 1.3
_LONG = "kb-20260101-zzzzzzz1"
_REVISIONS = 5_000
_PARAGRAPHS, _WORDS = 6, 60


def articles(stage: Stage) -> Iterator[Line]:
    """Commands among many articles against the same ones among a hundred; one that is long."""
    clones = [_filled(stage, count) for count in (100, stage.entities)]
    for clone in clones:
        _anew(stage, clone, texts=True)
    one = _entity(7)
    text = stage.folder / "edited.md"
    commands = (
        ("kb", "list"), ("kb", "list", "--tag", "one", "--type", "faq"), ("kb", "show", one),
        ("kb", "show", "slug-7"), ("kb", "history", one), ("kb", "vote", one, "--helpful"),
    )  # fmt: skip
    for command in commands:
        small, large = interleave(
            stage.rounds(11),
            *(partial(stage.run, stage.program, *command, cwd=clone) for clone in clones), warm=2,
        )  # fmt: skip
        what = " ".join(word for word in command if not word.startswith("kb-2"))
        yield against(f"{what}, {stage.entities:,} articles", large, small, "100 articles", _FLAT)
    numbers = iter(range(10**6))

    def edit(clone: Path) -> None:
        text.write_text(f"# Edited {next(numbers)}\n")
        stage.run(stage.program, "kb", "edit", one, "--file", str(text), cwd=clone)

    small, large = interleave(stage.rounds(9), *(partial(edit, clone) for clone in clones))
    yield against(f"kb edit, {stage.entities:,} articles", large, small, "100 articles", _FLAT)
    yield from _long(stage, clones[0])
    yield from _index(stage, clones[1])


def _long(stage: Stage, clone: Path) -> Iterator[Line]:
    """An article with thousands of revisions."""
    times = Times()
    for _ in range(stage.rounds(5)):
        with times.taking():
            stage.run(stage.program, "kb", "show", _LONG, cwd=clone)
    budget = f"kb show of an article with {_REVISIONS:,} revisions"
    yield figure(budget, times.least / 1000, "s", 1)


def _index(stage: Stage, clone: Path) -> Iterator[Line]:
    """An index of articles made anew, against one of as many sessions."""
    ours, peer = interleave(
        stage.rounds(3), partial(_anew, stage, clone, texts=False),
        partial(_anew, stage, stage.year(stage.entities), texts=False), warm=0,
    )  # fmt: skip
    budget = f"cold index of {stage.entities:,} articles, until a list works"
    yield against(budget, ours, peer, "as many sessions", 1)
    with stage.store(clone) as store:
        index = open_index(store)
        assert index.count(KIND) == stage.entities + 1
        assert index.count(SESSION) == 0
        index.close()


def _filled(stage: Stage, count: int) -> Path:
    """A repository of so many articles and the long one, with their files beside the logs."""
    path = stage.repo("articles")
    with stage.store(path) as store:
        with bulk(store, TEAM) as writer:
            for number in range(count):
                writer.write(_entity(number), list(_said(store, number)))
            writer.write(_LONG, [makers.opening("Long", "article", "long")])
        with bulk(store, TEAM) as writer:
            _revise(store, writer.keep)
        beside.refresh(store)
    stage.run("git", "repack", "-adq", cwd=path)
    return path


def _entity(number: int) -> str:
    return f"{KIND}-20260101-{ids.digest32(('article', str(number)), 8)}"


def _said(store: Store, number: int) -> Iterator[Draft]:
    """An article with two tags."""
    rng = random.Random(number)
    title = " ".join(rng.choices(made.vocabulary(2_000), k=5))
    yield makers.opening(title, TYPES[number % 4], f"slug-{number}")._replace(clean=True)
    for tag in rng.sample(["one", "two", "three", "four", "five"], 2):
        yield Draft("add", {"field": "tags", "value": tag, "over": []}, clean=True)
    yield makers.revision(_text(rng), [])._replace(clean=True)


def _revise(store: Store, keep: Callable[[str, Sequence[Entry]], None]) -> None:
    """Write the revisions of the long article, each made of the one before it."""
    rng = random.Random(0)
    lines = _text(rng).split("\n")
    heads: list[str] = []
    for _ in range(_REVISIONS):
        lines[rng.randrange(len(lines))] = " ".join(rng.choices(made.vocabulary(2_000), k=9))
        (entry,) = store.entries_of([
            makers.revision("\n".join(lines) + "\n", heads)._replace(clean=True)
        ])  # fmt: skip
        keep(_LONG, [entry])
        heads = [entry.id]


def _text(rng: random.Random) -> str:
    words = made.vocabulary(2_000)
    parts = (" ".join(rng.choices(words, k=_WORDS)) for _ in range(_PARAGRAPHS))
    return "# Title\n\n" + "\n\n".join(parts) + "\n"
