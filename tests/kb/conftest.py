"""An article with its file in the folder, for the tests that edit it."""

from pathlib import Path

import pytest

from box import Clone
from kb.edited import begun


@pytest.fixture
def article(clone: Clone) -> Path:
    """The file of an article in the folder of `clone`."""
    return begun(clone)
