"""What several files begin with: a server of models, who asks it, and a review of two faults."""

from collections.abc import Iterator

import pytest

from ai.providers.server import ModelServer, serving
from box import Box, Clone
from cli import two_faults
from cli.asking import KEY, use
from reviewed import Pair


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A server that says hello until it is told otherwise."""
    with serving() as made:
        yield made


@pytest.fixture
def chat(clone: Clone, server: ModelServer) -> Clone:
    """A clone whose model is the server's, and that has a session."""
    use(server)
    clone.env["NATURECODE_AI_KEY"] = KEY
    clone.start("Retry jitter")
    return clone


@pytest.fixture
def both(box: Box) -> Pair:
    """Ann and Bob, and a review of a change of hers that has two faults."""
    return two_faults.both(box)
