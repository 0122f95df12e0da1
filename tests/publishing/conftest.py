"""Each test here has a remote, and a clone of it on main with a branch docs on both sides."""

from pathlib import Path

import pytest

from box import Box, Clone
from publishing.branches import ready


@pytest.fixture
def hub(box: Box) -> Path:
    return box.remote()


@pytest.fixture
def ada(box: Box, hub: Path) -> Clone:
    """A clone on `main`, with a branch `docs` that the remote has, too."""
    return ready(box.clone(hub, "ada"))
