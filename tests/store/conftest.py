"""A clone to write in, by each way to reach git."""

from collections.abc import Iterator

import pytest

import crash
from box import Box, Clone, Way


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """What a test has opened is closed after it."""
    yield
    crash.close_all()


@pytest.fixture
def clone(box: Box, way: Way) -> Clone:
    return crash.set_up(box, way=way)
