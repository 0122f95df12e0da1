"""What files of configuration set up: one statement of each that says something, with its line."""

import pytest

from git_naturecode.ai.knowledge.from_code import configuration_files
from git_naturecode.ai.knowledge.from_code.facts import Document, Project


def said(path: str, text: str) -> list[tuple[str, int]]:
    """The statements about one file, and the line of each."""
    project = Project("shop", {}, {path: Document(path, text)}, ())
    made = configuration_files.statements(project)
    return [(one.text, one.places[0].start) for one in made]


@pytest.mark.parametrize(("path", "text", "statement", "line"), [
    ("Makefile", "# all\n\ntest: build\n\tx\nlint:\n", "`make` has `test` and `lint`.", 3),
    ("justfile", "test:\n", "`just` has `test`.", 1),
    ("Dockerfile", "# x\nFROM python:3.11\n", "The container is built on `python:3.11`.", 2),
    ("compose.yml", "services:\n  db:\n    image: x\n  web:\n",
     "Services that are started together: `db` and `web`.", 1),
    (".pre-commit-config.yaml", "repos:\n- hooks:\n  - id: ruff\n",
     "Before each commit: `ruff` (pre-commit).", 3),
    ("tox.ini", "\n[tox]\n", "`tox.ini` sets up `tox`.", 2),
    ("pyproject.toml", "[tool.ruff]\nline-length = 100\n",
     "`ruff` is set up in `pyproject.toml`: `line-length` `100`.", 1),
])  # fmt: skip
def test_each_file_is_told_with_its_line(path: str, text: str, statement: str, line: int) -> None:
    assert said(path, text) == [(statement, line)]


@pytest.mark.parametrize("path", [
    "Makefile", "Dockerfile", "compose.yaml", ".pre-commit-config.yaml", "setup.cfg",
    "pyproject.toml",
])  # fmt: skip
def test_nothing_is_said_of_a_file_that_sets_nothing_up(path: str) -> None:
    assert said(path, "# to come\n") == []
