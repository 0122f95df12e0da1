"""Work with an agent in a repository of its own, for what asks about lines."""

import pytest

from box import Box
from transcript_work import Work


@pytest.fixture
def work(box: Box) -> Work:
    clone = box.repo()
    clone.nc("init")
    return Work(clone)
