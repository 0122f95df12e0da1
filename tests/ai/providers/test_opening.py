"""Opening a provider: what has to be set, and what has to be installed."""

import os
import subprocess
import sys

import pytest

from ai.test_settings import given
from box import Clone
from git_naturecode.ai import providers
from git_naturecode.ai.providers.command import Command
from git_naturecode.ai.providers.replay import Recording, Replay
from git_naturecode.errors import Usage

# As on a machine where the extra was not installed.
_BARE = """
import sys
for name in ("openai", "anthropic", "httpx2"):
    sys.modules[name] = None
from git_naturecode.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("provider", "model", "name"),
    [("deepseek", "m", "OpenAICompatible"), ("anthropic", "m", "AnthropicMessages")],
)
def test_each_speaks_its_language(provider: str, model: str, name: str) -> None:
    made = providers.opened(given(provider=provider, model=model), "k", {}, ".")
    assert type(made).__name__ == name
    assert (made.name, made.model) == (provider, model)


def test_what_needs_no_library() -> None:
    told = given(("replay", "/x"), ("command", "a b"), ("record", "/y"))
    made = providers.opened(told._replace(speaks="replay"), "", {}, ".")
    assert isinstance(made, Recording)
    assert made.inner == Replay("/x")
    bare = told._replace(speaks="command", record="", model="m")
    assert providers.opened(bare, "", {}, "/z") == Command(("a", "b"), "m", {}, "/z")


@pytest.mark.parametrize("speaks", ["replay", "command", "builtin"])
def test_what_is_not_set(speaks: str) -> None:
    with pytest.raises(Usage):
        providers.opened(given()._replace(speaks=speaks), "", {}, ".")


@pytest.mark.parametrize("provider", ["deepseek", "anthropic"])
def test_without_the_libraries_it_says_how_to_get_them(clone: Clone, provider: str) -> None:
    made = clone.start()
    done = subprocess.run(
        [sys.executable, "-c", _BARE, "session", "chat", made, "hi", "--provider", provider,
         "--model", "m"],
        cwd=clone.path, capture_output=True, text=True, check=False,
        env={**os.environ, **clone.env, "NATURECODE_AI_KEY": "some-key"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "pip install 'git-naturecode[ai]'" in done.stderr
    assert "Traceback" not in done.stderr
