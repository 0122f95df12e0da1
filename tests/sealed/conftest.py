"""A team in which some have keys and others have not."""

import pytest

from box import Box, Clone
from crews import ada, ben, cy, hub, synced
from sealed.people import BEN, begun

__all__ = ["ada", "ben", "cy", "hub"]


@pytest.fixture
def zebra(box: Box, ada: Clone, ben: Clone) -> str:
    """An encrypted session of Ada and Ben, which both have."""

    def make() -> str:
        entity = begun(ada, BEN)
        synced(ada, ben)
        return entity

    return box.scene("rhinoceros", make)
