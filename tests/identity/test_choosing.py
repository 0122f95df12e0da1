"""Which key certifies a device: git's signing key, the agent's, the usual file, our own."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from box import Box, Clone
from crypto import agents, openssh
from git_naturecode import identity
from git_naturecode.crypto import member


@pytest.fixture
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real agent; the path of its socket."""
    with agents.running(tmp_path_factory.mktemp("agent")) as path:
        yield path


@pytest.fixture
def ssh(sealed: Path) -> Path:
    """The folder of this person's SSH keys."""
    openssh.require()
    (sealed / ".ssh").mkdir(mode=0o700)
    return sealed / ".ssh"


def certifier(clone: Clone) -> str:
    """The key that certifies the device of `clone`, "" for none."""
    with clone.store() as store:
        (said,) = identity.first_ops(store)
        return str(said.get("cert", {}).get("key", ""))


def init(clone: Clone) -> str:
    """What `init` says of the key."""
    lines = clone.nc("init").out.split("\n")
    return "\n".join(line for line in lines if "linked to" in line or "not used" in line)


def lock(key: Path) -> None:
    """Put a passphrase on a key."""
    openssh.run("ssh-keygen", "-q", "-p", "-N", "secret", "-f", str(key))


def test_without_an_ssh_key_a_key_of_our_own_is_made(box: Box, sealed: Path) -> None:
    clone = box.repo()
    path = sealed / ".config/naturecode/member.key"
    assert init(clone) == f"the device is linked to {fingerprint(path)} ({path})"
    assert init(clone) == f"the device is linked to {fingerprint(path)} (as before)"
    assert certifier(clone) == member.read(path.read_bytes()).line


def fingerprint(path: Path) -> str:
    return openssh.run("ssh-keygen", "-l", "-f", str(path)).decode().split()[1]


@pytest.mark.parametrize("kind", openssh.KINDS)
def test_the_first_key_of_the_agent(box: Box, agent: str, ssh: Path, kind: str) -> None:
    line = openssh.make_key(ssh / "id_work", kind)
    agents.add(agent, ssh / "id_work")
    openssh.make_key(ssh / "other", "ed25519")
    agents.add(agent, ssh / "other")
    clone = box.repo()
    clone.env["SSH_AUTH_SOCK"] = agent
    assert (
        init(clone) == f"the device is linked to {fingerprint(ssh / 'id_work')} (in your SSH agent)"
    )
    assert certifier(clone) == line
    assert not (ssh.parent / ".config/naturecode/member.key").exists()


def test_the_usual_file_where_no_agent_runs(box: Box, ssh: Path) -> None:
    line = openssh.make_key(ssh / "id_ed25519", "ed25519")
    clone = box.repo()
    assert (
        init(clone)
        == f"the device is linked to {fingerprint(ssh / 'id_ed25519')} ({ssh}/id_ed25519)"
    )
    assert certifier(clone) == line


def test_a_locked_file_is_used_through_the_agent_and_else_passed_over(
    box: Box, ssh: Path, agent: str
) -> None:
    line = openssh.make_key(ssh / "id_ed25519", "ed25519")
    clone = box.repo()
    clone.git("config", "gpg.format", "ssh")
    clone.git("config", "user.signingkey", str(ssh / "id_ed25519.pub"))
    agents.add(agent, ssh / "id_ed25519")
    lock(ssh / "id_ed25519")
    other = box.repo("other")
    said = init(other)
    assert "not used: " in said
    assert "has a passphrase" in said
    assert "ssh-add" in said
    assert certifier(other) not in ("", line)
    clone.env["SSH_AUTH_SOCK"] = agent
    assert "(in your SSH agent)" in init(clone)
    assert certifier(clone) == line


@pytest.mark.parametrize("named", ["{}", "{}.pub", "key::{line}", "{line}", "~/.ssh/id_sign"])
def test_the_signing_key_of_git_comes_first(box: Box, ssh: Path, agent: str, named: str) -> None:
    agents.add(agent, _made(ssh / "first"))
    line = openssh.make_key(ssh / "id_sign", "ed25519")
    agents.add(agent, ssh / "id_sign")
    clone = box.repo()
    clone.env["SSH_AUTH_SOCK"] = agent
    value = named.format(str(ssh / "id_sign"), line=line)
    clone.git("config", "--global", "user.signingkey", value)
    clone.git("config", "--global", "gpg.format", "ssh")
    init(clone)
    assert certifier(clone) == line


def _made(path: Path) -> Path:
    openssh.make_key(path, "ed25519")
    return path


def test_a_signing_key_of_openpgp_is_none_of_ours(box: Box, ssh: Path) -> None:
    openssh.make_key(ssh / "id_ed25519", "ed25519")
    clone = box.repo()
    clone.git("config", "user.signingkey", "0xDEADBEEF")
    assert "not used" not in init(clone)


def test_one_choice_holds_for_every_clone(box: Box, ssh: Path, agent: str) -> None:
    line = openssh.make_key(ssh / "id_ed25519", "ed25519")
    one, two = box.repo("one"), box.repo("two")
    init(one)
    agents.add(agent, _made(ssh / "newer"))
    two.env["SSH_AUTH_SOCK"] = agent  # an agent that comes later changes nothing
    init(two)
    assert certifier(one) == certifier(two) == line


def test_the_signing_key_of_one_clone_is_for_that_clone_only(box: Box, ssh: Path) -> None:
    usual = openssh.make_key(ssh / "id_ed25519", "ed25519")
    work = openssh.make_key(ssh / "work", "ed25519")
    one, two = box.repo("one"), box.repo("two")
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", str(ssh / "work"))):
        one.git("config", name, value)
    init(one)
    init(two)
    assert (certifier(one), certifier(two)) == (work, usual)


def test_a_key_of_before_that_cannot_be_used_is_not_replaced_silently(box: Box, ssh: Path) -> None:
    line = openssh.make_key(ssh / "id_ed25519", "ed25519")
    one, two = box.repo("one"), box.repo("two")
    init(one)
    shutil.move(ssh / "id_ed25519", ssh / "away")
    said = init(two)
    assert "the device is linked to no key of yours" in said
    assert fingerprint(ssh / "away") in said
    assert "git naturecode key rotate" in said
    assert certifier(two) == ""
    shutil.move(ssh / "away", ssh / "id_ed25519")
    init(two)
    assert certifier(two) == line


def test_a_stuck_agent_does_not_keep_init_from_its_work(
    box: Box, ssh: Path, tmp_path: Path
) -> None:
    with agents.lying(tmp_path, lambda channel, _: None) as path:
        clone = box.repo()
        clone.env["SSH_AUTH_SOCK"] = path
        said = init(clone)
    assert "not used: what the SSH agent says makes no sense" in said
    assert certifier(clone)


def test_a_key_that_others_can_read_is_not_used(box: Box, ssh: Path) -> None:
    line = openssh.make_key(ssh / "id_ed25519", "ed25519")
    (ssh / "id_ed25519").chmod(0o644)
    clone = box.repo()
    assert "others on this machine can read" in init(clone)
    assert certifier(clone) != line


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"key": 1, "path": ""}', '{"key": "x"}'])
def test_a_torn_memory_of_the_choice_is_made_anew(box: Box, sealed: Path, text: str) -> None:
    one, two = box.repo("one"), box.repo("two")
    init(one)
    (sealed / ".config/naturecode/identity.json").write_text(text)
    init(two)
    assert certifier(one) == certifier(two)


def test_a_remembered_key_that_is_none_is_said(box: Box, sealed: Path) -> None:
    clone = box.repo()
    path = sealed / ".config/naturecode/identity.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"key": "ssh-rsa AAAA\x1b[2J", "path": ""}))
    assert "no key that can be used" in init(clone)


def test_the_key_of_a_job_is_of_use_or_said_to_be_not(box: Box) -> None:
    clone = box.repo()
    clone.env["NATURECODE_MEMBER_KEY"] = "c2VjcmV0IHRleHQ="
    said = init(clone)
    assert "NATURECODE_MEMBER_KEY is of no use" in said
    assert "c2VjcmV0IHRleHQ" not in said
    clone.env["NATURECODE_MEMBER_KEY"] = base64.b64encode(b"b" * 32).decode()
    assert "(NATURECODE_MEMBER_KEY)" in init(clone)
    assert certifier(clone) == member.new(b"b" * 32).line
