"""A server of models, and a clone with a session whose model it is."""

from collections.abc import Iterator

import pytest

from ai.providers.server import ModelServer, serving
from box import Clone
from cli.asking import KEY, use


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
