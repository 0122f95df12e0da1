"""A clone to write in, by each way to reach git."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import crash
from box import Box, Clone, Way


@pytest.fixture(autouse=True)
def closing(tmp_path: Path) -> Iterator[None]:
    """What a test has opened is closed after it, before its folder goes."""
    yield
    crash.close_all()


@pytest.fixture
def clone(box: Box, way: Way) -> Clone:
    return crash.set_up(box, way=way)
