"""Where a private SSH key can be: in a file, or in the SSH agent."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.errors import NaturecodeError

if TYPE_CHECKING:
    from git_naturecode.crypto.sshsig import Signer
    from git_naturecode.crypto.unlocking import Unlock

IN_AGENT = "in your SSH agent"
_MOST = 64 * 1024


class Chosen(NamedTuple):
    """A key that can sign, and where it is: a path, or words.

    `passed` says which keys would have come first, and why they could not be used.
    """

    signer: "Signer"
    place: str
    passed: tuple[str, ...] = ()


class Unusable(NaturecodeError):
    """A key that is wanted here, and cannot be used at this moment."""


def in_file(environ: Mapping[str, str], path: str, unlock: "Unlock | None" = None) -> Chosen:
    """The key in the file `path`; where that is locked or not here, the same one in the agent.

    `unlock` unlocks one that we have locked ourselves. Raises Unusable.
    """
    from git_naturecode.crypto import keys, member, unlocking

    try:
        return Chosen(member.read(keys.read_secret(path, unlock or unlocking.refuse)), path)
    except OSError as error:
        why = Unusable(f"{path} cannot be read ({error.strerror})")
    except NaturecodeError as error:
        why = Unusable(f"{path}: {error.message}", error.hint)
    try:
        with open(f"{path}.pub", encoding="utf-8", errors="replace") as file:
            blob = blob_of(file.read(_MOST), f"{path}.pub")
        return in_agent(environ, blob)
    except (OSError, Unusable):
        raise why from None


def in_agent(environ: Mapping[str, str], blob: bytes) -> Chosen:
    """The key `blob` in the agent; raises Unusable when it is not there."""
    from git_naturecode.crypto import ssh_keys
    from git_naturecode.crypto.ssh_agent import Agent, AgentFailed, AgentKey

    name, path = ssh_keys.fingerprint(blob), environ.get("SSH_AUTH_SOCK")
    if not path:
        raise Unusable(f"the key {name} is not in a file here, and no SSH agent runs", "`ssh-add`")
    agent = Agent(path)
    try:
        if any(one.blob == blob for one in agent.held()):
            return Chosen(AgentKey(agent, blob), IN_AGENT)
    except AgentFailed as failed:
        raise Unusable(failed.message, failed.hint) from None
    raise Unusable(f"the SSH agent does not hold the key {name}", "`ssh-add` gives it to it")


def first_in_agent(environ: Mapping[str, str]) -> Chosen | None:
    """The first key of the agent; None where there is none. Raises Unusable."""
    from git_naturecode.crypto.ssh_agent import Agent, AgentFailed, AgentKey

    path = environ.get("SSH_AUTH_SOCK")
    if not path:
        return None
    agent = Agent(path)
    try:
        held = agent.held()
    except AgentFailed as failed:
        raise Unusable(failed.message, failed.hint) from None
    return Chosen(AgentKey(agent, held[0].blob), IN_AGENT) if held else None


def blob_of(text: str, where: str) -> bytes:
    """The public key in `text`, which stands at `where`; raises Unusable."""
    from git_naturecode.crypto import ssh_keys
    from git_naturecode.crypto.ssh_wire import Malformed

    try:
        return ssh_keys.blob_of(text)
    except Malformed as error:
        raise Unusable(f"{where} is no key that can be used: {error}") from None


def usual_file(environ: Mapping[str, str]) -> str:
    """Where a person's SSH key stands if he did as everybody does."""
    return os.path.join(home(environ), ".ssh", "id_ed25519")


def home(environ: Mapping[str, str]) -> str:
    """The home of this person."""
    return environ.get("HOME") or os.path.expanduser("~")
