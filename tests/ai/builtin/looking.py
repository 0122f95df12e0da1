"""The builtin reviewer on changes that a test writes as texts."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from benchmarks.changing import EVERY_ASPECT, change
from git_naturecode.ai.builtin.reviewer import Builtin
from git_naturecode.domain.findings.hit import Hit, Seen

HERE = Path(__file__).parent
Files = Mapping[str, str | bytes]


def seen(before: Files, after: Files, *, aspects: tuple[str, ...] = EVERY_ASPECT) -> Seen:
    """What the reviewer sees of the change from the files `before` to those `after`."""
    told = Builtin().look(change(before, after, aspects=aspects))
    assert told.inconclusive is None
    return told


def hits(text: str, path: str = "shop/pages.py", before: str | None = None) -> list[Hit]:
    """What it finds in a file that holds `text` now, and held `before` (None: it is new)."""
    old = {} if before is None else {path: dedent(before)}
    return list(seen(old, {path: dedent(text)}).hits)


def rules(text: str, path: str = "shop/pages.py", before: str | None = None) -> set[str]:
    """The last names of the rules that find something."""
    return {hit.rule.rpartition("/")[2] for hit in hits(text, path, before)}


def examples(name: str) -> dict[str, str]:
    """The texts in the file `name` here by the titles that stand above each, behind `===`."""
    parts = (HERE / name).read_text(encoding="utf-8").split("=== ")[1:]
    found = dict(part.split("\n", 1) for part in parts)
    assert len(found) == len(parts)
    return found
