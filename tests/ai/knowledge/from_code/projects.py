"""Made-up projects to read: files by path, laid into a repository, read as the command does."""

import os
from collections.abc import Mapping

from box import Box, Clone
from git_naturecode.ai.knowledge.from_code import extracting, gathering, reading
from git_naturecode.ai.knowledge.from_code.facts import Project
from git_naturecode.ai.knowledge.proposal import Proposal
from git_naturecode.git import repo as repos
from git_naturecode.redact import Redactor

SHOP = {
    "pyproject.toml": """\
[project]
name = "shop"
description = "Sells things over the wire"
dependencies = [
  "httpx>=0.27",      # talks to the payment host
  "pyyaml",
  "left-pad",
]

[project.optional-dependencies]
fast = ["orjson"]

[project.scripts]
shop = "shop.cli:main"

[dependency-groups]
dev = ["pytest>=8"]

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = "-q"

[tool.coverage.report]
fail_under = 90
""",
    "README.md": "# Shop\n\nShop sells things. It is small.\n",
    "CONTRIBUTING.md": "# Taking part\n\nEvery price must be an integer of cents.\n\nHello.\n",
    "docs/adr/0001-sqlite.md": """\
# 1. Keep orders in SQLite

## Status

Accepted

## Context

We need something.

## Decision

We keep orders in SQLite. It needs no server.
""",
    ".github/workflows/ci.yml": """\
name: checks
on: push
jobs:
  test:
    steps:
      - uses: actions/checkout@v4
      - run: pip install -e .
      - name: all of it
        run: |
          cd src
          pytest -q
""",
    "src/shop/__init__.py": (
        '"""Sells things."""\n\nfrom shop.orders import Order\n\n__all__ = ["Order"]\n'
    ),
    "src/shop/money.py": '''\
"""Amounts of money."""

from typing import Protocol


class Currency(Protocol):
    """What amounts are counted in."""

    def name(self) -> str: ...


class Euro(Currency):
    """Cents of a euro."""
''',
    "src/shop/orders.py": '''\
"""Orders: what somebody wants.

Totals are integers, because floats lose cents.
"""

import os
from typing import NamedTuple

import httpx
import yaml

from shop.money import Euro

LIMIT = int(os.environ.get("SHOP_LIMIT", "100"))
PASSWORD = os.environ.get("SHOP_PASSWORD", "hunter2hunter2")


class Order(NamedTuple):
    """One order."""

    id: str


def total(order: Order) -> int:
    """The sum of it."""
    # Rounded down instead of to the nearest, so that nobody pays too much.
    return yaml.safe_load(httpx.get("x").text)


def _card(x): return x
def _cash(x): return x
def _bill(x): return x


WAYS = {"card": _card, "cash": _cash, "bill": _bill}
''',
    "src/shop/cli.py": '''\
"""The command line."""

import argparse

from shop import orders


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbose", help="Say more.")
    parser.add_argument("--times", default=3)


if __name__ == "__main__":
    main()
''',
    "tests/conftest.py": '''\
import pytest


@pytest.fixture
def till():
    """An open till."""
''',
    "tests/test_orders.py": """\
import pytest


@pytest.mark.parametrize("x", [1, 2])
def test_total(x): pass


def test_nothing(): pass
""",
}


def lay(box: Box, files: Mapping[str, str | bytes]) -> Clone:
    """A repository whose work tree has `files`, all tracked."""
    clone = box.repo()
    write(clone, files)
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "all")
    return clone


def write(clone: Clone, files: Mapping[str, str | bytes]) -> None:
    """Put `files` into the work tree."""
    for path, text in files.items():
        where = clone.path / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(text if isinstance(text, bytes) else text.encode())


def read(clone: Clone, *paths: str) -> tuple[Project, gathering.Listing]:
    """The project as it is read, and the listing with what was skipped."""
    repo = repos.find(str(clone.path), {**os.environ, **clone.env})
    inside = gathering.inside(repo, str(clone.path), paths or (".",))
    listing = gathering.Listing(repo, inside)
    return reading.read(listing), listing


def proposals(clone: Clone, *paths: str) -> dict[str, Proposal]:
    """Topic -> proposal."""
    project, listing = read(clone, *paths)
    topics = extracting.topics(project, listing)
    inside = [""] if not paths or paths == (".",) else list(paths)
    found = extracting.proposed(topics, project, inside, Redactor())
    return {one.kind: one for one in found}
