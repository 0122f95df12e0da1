"""docs/design/kb.md names the keys of what the knowledge base says to programs, and no others."""

import re
from pathlib import Path

import pytest

from box import Box

PAGE = Path(__file__).parents[2] / "docs/design/kb.md"
_ROW = re.compile(r"^\| `([^`]+) --json` \| `([^`]+)` \|", re.M)
_ITEM = re.compile(r"^\| each of `(\w+)` of `([^`]+)` \| `([^`]+)` \|", re.M)


@pytest.fixture
def said(box: Box) -> dict[str, dict[str, object]]:
    """What each command answers, by its name."""
    ann = box.clone(box.remote(), "ann")
    (ann.path / "x.md").write_text("# Retry\n\nThree times.\n")
    added = ann.nc("kb", "add", "--file", "x.md", "--json").json
    ann.nc("kb", "tag", "retry", "--add", "net")
    calls = {
        "kb show": ("retry",), "kb list": (), "kb search": ("times",), "kb history": ("retry",),
        "sync --dry-run": (),
    }  # fmt: skip
    answers = {name: ann.nc(*name.split(), *more, "--json").json for name, more in calls.items()}
    return {"kb add": added, **answers}


def test_every_key_is_named_and_no_other(said: dict[str, dict[str, object]]) -> None:
    page = PAGE.read_text()
    told = {command: set(keys.split()) for command, keys in _ROW.findall(page)}
    assert told == {command: set(answer) for command, answer in said.items()}


def test_so_are_those_of_what_they_list(said: dict[str, dict[str, object]]) -> None:
    told = {
        (key, command): set(keys.split()) for key, command, keys in _ITEM.findall(PAGE.read_text())
    }
    found = {}
    for key, command in told:
        listed = said[command][key]
        assert isinstance(listed, list)
        found[key, command] = set(listed[0])
    assert told == found
    assert {("items", "kb search"), ("changes", "kb history")} <= set(told)
