"""Where the key of a model comes from: environment, keyring or git's credential helpers.

A key is never in a command line, a file of ours, a trace or a message.
"""

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from git_naturecode.ai.settings import Settings
from git_naturecode.errors import NotPermitted, Usage
from git_naturecode.git.run import TIMED_OUT, GitFailed, Limits, Program

VARIABLE = "NATURECODE_AI_KEY"
SERVICE = "git-naturecode-ai"
USER = "naturecode"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_HELPER_SECONDS = 20.0
_PERSON_SECONDS = 300.0
_MOST = 4096  # characters


class Key(NamedTuple):
    """A key, and where it comes from: `environment`, `keyring`, `credential`, or `` for none."""

    value: str
    origin: str = ""

    def __repr__(self) -> str:
        return f"Key({self.origin!r})"


NOTHING = Key("")


def find(
    settings: Settings, environ: Mapping[str, str], git: Program, *, may_ask: bool = False,
    on_ask: Callable[[str], None] | None = None,
) -> Key:  # fmt: skip
    """The key for the model of `settings`; the empty one where none is needed.

    The key of a provider goes to the provider's own address, and not to another one that is set.
    With `may_ask` git may ask the person at the terminal, once `on_ask` has
    told what it will ask for. Raises Usage where there is none for a
    provider that wants one, NotPermitted where it would travel readable.
    """
    key = _found(settings, environ, git, may_ask, on_ask)
    parts = urlsplit(settings.endpoint)
    if key.value and parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise NotPermitted(
            f"the key would travel to {parts.hostname} so that everybody on the way can read it",
            "use an https address, or a tunnel: ssh -L PORT:localhost:PORT HOST",
        )
    if not key.value and settings.variable:
        raise Usage(
            f"there is no key for {settings.provider}",
            f"give it in {settings.variable} or {VARIABLE}, or to git's credential helper, "
            f"for {_place(settings)}",
        )
    if len(key.value) > _MOST or not (key.value.isascii() and key.value.isprintable()):
        raise Usage(f"the key for {settings.provider} from the {key.origin} cannot be one")
    return key


def settle(settings: Settings, key: Key, git: Program, *, is_good: bool) -> None:
    """Tell git's credential helpers whether the key that they gave was accepted."""
    if key.origin == "credential":
        told = _described(settings) + f"password={key.value}\n\n"
        git.run(
            "credential", "approve" if is_good else "reject", data=told.encode(), check=False,
            extra=_SILENT, limits=Limits(wall=_HELPER_SECONDS),
        )  # fmt: skip


def _found(
    settings: Settings, environ: Mapping[str, str], git: Program, may_ask: bool,
    on_ask: Callable[[str], None] | None,
) -> Key:  # fmt: skip
    for name in (VARIABLE, settings.variable):
        if name and (value := environ.get(name, "").strip()):
            return Key(value, "environment")
    host = urlsplit(settings.endpoint).hostname
    if not host:
        return NOTHING
    if value := _from_keyring(settings):
        return Key(value, "keyring")
    if host in _LOCAL and not settings.variable:
        return NOTHING
    may_ask = may_ask and bool(settings.variable)
    if value := _from_git(settings, git, may_ask=False):
        return Key(value, "credential")
    if may_ask and on_ask is not None:
        on_ask(
            f"there is no key for {settings.provider} in {settings.variable}, {VARIABLE}, the "
            "keyring or git's credential helper; git asks for it as a password (Ctrl-C ends)"
        )
    if may_ask and (value := _from_git(settings, git, may_ask=True)):
        return Key(value, "credential")
    return NOTHING


def _from_keyring(settings: Settings) -> str:
    """What the system's keyring holds for the address; "" also where there is no keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return (keyring.get_password(SERVICE, _place(settings)) or "").strip()
    except KeyringError:
        return ""


# Nobody is asked, by no program: for a pipe and for CI.
_SILENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS": "true",
           "GCM_INTERACTIVE": "never"}  # fmt: skip


def _from_git(settings: Settings, git: Program, may_ask: bool) -> str:
    limits = Limits(wall=_PERSON_SECONDS if may_ask else _HELPER_SECONDS, terminal=may_ask)
    try:
        status, out, _ = git.run(
            "credential", "fill", data=(_described(settings) + "\n").encode(), check=False,
            extra={} if may_ask else _SILENT, limits=limits,
        )  # fmt: skip
    except GitFailed as failed:
        if failed.status != TIMED_OUT:
            raise
        return ""
    if status:
        return ""
    lines = out.decode("utf-8", "replace").splitlines()
    found = [one.removeprefix("password=") for one in lines if one.startswith("password=")]
    return found[-1].strip() if found else ""


def _described(settings: Settings) -> str:
    parts = urlsplit(settings.endpoint)
    host = parts.netloc.rpartition("@")[2]
    return f"protocol={parts.scheme}\nhost={host}\nusername={USER}\n"


def _place(settings: Settings) -> str:
    parts = urlsplit(settings.endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def at_terminal(environ: Mapping[str, str]) -> bool:
    """True where a person can be asked: at a terminal, and not in a job of CI."""
    return not environ.get("CI") and all(os.isatty(number) for number in (0, 2))
