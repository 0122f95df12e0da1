"""Which key certifies the devices of this person: his SSH key where one can be used, else our own.

In this order: one given to a job (NATURECODE_MEMBER_KEY); git's `user.signingkey` with
`gpg.format` ssh; the one that was used before; the first in the SSH agent; `~/.ssh/id_ed25519`;
one of our own, made now. The public half of the choice is remembered beside the keys.
"""

import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.config import PROTECTED_SCOPES
from git_naturecode.errors import NaturecodeError
from git_naturecode.identity import places
from git_naturecode.identity.places import Chosen, Unusable
from git_naturecode.store.device import config_folder

if TYPE_CHECKING:
    from git_naturecode.store.store import Store

GIVEN = "NATURECODE_MEMBER_KEY"
_NAMED = "user.signingkey"


class Before(NamedTuple):
    """The key that was used before: its public line, and the file that it was in ("": none)."""

    key: str
    path: str


def choose(store: "Store", *, anew: bool = False) -> Chosen:
    """The key that certifies the devices of this person; his own is made where there is none.

    With `anew` what was used before does not count. Raises NaturecodeError when the key of before,
    or the one that a job was given, cannot be used.
    """
    from git_naturecode.crypto import member

    environ = store.environ
    if environ.get(GIVEN):
        try:
            return Chosen(member.read_given(environ[GIVEN]), GIVEN)
        except NaturecodeError as error:
            raise NaturecodeError(f"{GIVEN} is of no use: {error.message}", error.hint) from None
    passed: list[str] = []
    before = None if anew else remembered(environ)
    named = _tried(lambda: _named(store), passed)
    if named is None and before is not None:
        return _again(store, before)._replace(passed=tuple(passed))
    chosen = (
        named
        or _tried(lambda: places.first_in_agent(environ), passed)
        or _tried(lambda: _usual(environ), passed)
        or _own(store)
    )
    if before is None and not (named and _is_of_this_clone(store)):
        remember(environ, chosen)
    return chosen._replace(passed=tuple(passed))


def remembered(environ: Mapping[str, str]) -> Before | None:
    """The key that was used before; None before the first."""
    try:
        with open(_file(environ), encoding="utf-8") as file:
            said = json.load(file)
        found = Before(said["key"], said["path"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found if isinstance(found.key, str) and isinstance(found.path, str) else None


def remember(environ: Mapping[str, str], chosen: Chosen) -> None:
    """Use `chosen` from now on."""
    from git_naturecode.crypto import keys, ssh_keys

    path = "" if chosen.place == places.IN_AGENT else chosen.place
    said = {"key": ssh_keys.line_of(chosen.signer.blob), "path": path}
    keys.keep_secret(_file(environ), json.dumps(said).encode(), replace=True)


def member_key(store: "Store") -> str:
    """The public line `ssh-ed25519 AAAA...` of the key that certifies this person's devices.

    It is chosen (or made) where there is none yet; raises NaturecodeError when it cannot be used.
    """
    from git_naturecode.crypto import ssh_keys

    before = None if store.environ.get(GIVEN) else remembered(store.environ)
    return before.key if before else ssh_keys.line_of(choose(store).signer.blob)


def own_file(environ: Mapping[str, str]) -> str:
    """Where a person's own member key stands."""
    return os.path.join(config_folder(environ), "member.key")


def _file(environ: Mapping[str, str]) -> str:
    return os.path.join(config_folder(environ), "identity.json")


def _tried(find: Callable[[], Chosen | None], passed: list[str]) -> Chosen | None:
    try:
        return find()
    except Unusable as error:
        passed.append(f"{error.message} ({error.hint})" if error.hint else error.message)
        return None


def _named(store: "Store") -> Chosen | None:
    """git's own signing key, where that is an SSH key: a file, or the key itself."""
    value = store.config.get(_NAMED)
    if store.config.get("gpg.format") != "ssh" or not value:
        return None
    if value.startswith(("key::", "ssh-")):
        return places.in_agent(store.environ, places.blob_of(value.removeprefix("key::"), _NAMED))
    if value.startswith("~/"):
        value = places.home(store.environ) + value[1:]
    return places.in_file(store.environ, value.removesuffix(".pub"))


def _is_of_this_clone(store: "Store") -> bool:
    """True when git's signing key is that of one clone, and not this person's everywhere."""
    return store.config.values[_NAMED][-1][0] not in PROTECTED_SCOPES


def _usual(environ: Mapping[str, str]) -> Chosen | None:
    path = places.usual_file(environ)
    return places.in_file(environ, path) if os.path.lexists(path) else None


def _again(store: "Store", before: Before) -> Chosen:
    """The key of before, where it was or in the agent; raises Unusable."""
    from git_naturecode.crypto import ssh_keys

    environ = store.environ
    blob = places.blob_of(before.key, _file(environ))
    passed: list[str] = []
    chosen = (
        _tried(lambda: places.in_file(environ, before.path, store.unlock), passed)
        if before.path
        else None
    )
    if chosen is not None and chosen.signer.blob == blob:
        return chosen
    held = _tried(lambda: places.in_agent(environ, blob), passed)
    if held is not None:
        return held
    raise Unusable(
        f"the key {ssh_keys.fingerprint(blob)} certifies your devices, and cannot be used now: "
        f"{passed[0]}",
        "make it usable and run `git naturecode init` again; `git naturecode key rotate` takes "
        "another one",
    )


def _own(store: "Store") -> Chosen:
    from git_naturecode.crypto import keys, member

    path = own_file(store.environ)
    try:
        return Chosen(member.read(keys.read_secret(path, store.unlock)), path)
    except FileNotFoundError:
        return make_own(store)


def make_own(store: "Store") -> Chosen:
    """A new member key of our own."""
    from git_naturecode.crypto import keys, member

    path, made = own_file(store.environ), member.new(store.random(32))
    try:
        keys.keep_secret(path, made.text())
    except FileExistsError:  # another process was faster
        return _own(store)
    return Chosen(made, path)
