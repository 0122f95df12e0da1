"""A scene to do harm in."""

import pytest

from box import Box, Way
from security.hostile import Scene, scene


@pytest.fixture
def stage(box: Box) -> Scene:
    """A remote with good entries, and two clones."""
    return scene(box)


@pytest.fixture
def stage_in(box: Box, way: Way) -> Scene:
    """The same by each way to reach git."""
    return scene(box, way)
