"""The SSH agent: a real one signs, and one that lies, stalls or floods is found out."""

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto import agents, openssh
from git_naturecode.crypto import member, ssh_keys, sshsig
from git_naturecode.crypto.ssh_agent import Agent, AgentFailed, AgentKey
from git_naturecode.crypto.ssh_wire import Malformed, number, string

MESSAGE, SPACE = b"what is said", "naturecode-device"
ADA = member.new(b"a" * 32)
SHORT = 0.4  # seconds
PATIENT = 60.0


@pytest.mark.parametrize("kind", openssh.KINDS)
def test_a_key_in_a_real_agent_signs(tmp_path: Path, kind: str) -> None:
    with agents.running(tmp_path) as path:
        assert Agent(path).held() == []
        line = openssh.make_key(tmp_path / "id", kind)
        agents.add(path, tmp_path / "id")
        (held,) = Agent(path).held()
        assert (ssh_keys.line_of(held.blob), held.comment) == (line, "ada@laptop")
        made = sshsig.create(MESSAGE, SPACE, AgentKey(Agent(path), held.blob))
        assert sshsig.verify(made, MESSAGE, SPACE, line)
        assert openssh.verifies(tmp_path, line, SPACE, MESSAGE, made)
        assert "rsa-sha2-512" in sshsig.parse(made).algorithm or kind == "ed25519"
        # What ssh-keygen has the agent sign verifies here.
        said = tmp_path / "said"
        said.write_bytes(MESSAGE)
        openssh.run(
            "ssh-keygen", "-q", "-Y", "sign", "-n", SPACE, "-f", str(tmp_path / "id.pub"),
            str(said), env={**os.environ, "SSH_AUTH_SOCK": path},
        )  # fmt: skip
        assert sshsig.verify((tmp_path / "said.sig").read_text(), MESSAGE, SPACE, line)


def test_keys_that_cannot_be_checked_are_passed_over(tmp_path: Path) -> None:
    with agents.running(tmp_path) as path:
        for name, kind in (("one", "ecdsa"), ("two", "ed25519")):
            line = openssh.make_key(tmp_path / name, kind)
            agents.add(path, tmp_path / name)
        assert [ssh_keys.line_of(one.blob) for one in Agent(path).held()] == [line]


def test_a_key_that_the_agent_does_not_hold_is_refused(tmp_path: Path) -> None:
    with agents.running(tmp_path) as path, pytest.raises(AgentFailed, match="said no"):
        Agent(path).sign(ADA.blob, MESSAGE)


@pytest.mark.parametrize("path", ["/nowhere/agent", "", "x" * 300, "\0", "/dev/null"])
def test_an_agent_that_is_not_there_is_said(path: str) -> None:
    with pytest.raises(AgentFailed, match="cannot be reached"):
        Agent(path).held()


def flood(channel: socket.socket, _: bytes) -> None:
    """Much more than anybody needs, as long as somebody listens."""
    channel.sendall(number(1 << 31) + b"\x0c")
    while True:
        channel.sendall(bytes(4096))


Answer = Callable[[socket.socket, bytes], None]


def framed(data: bytes) -> Answer:
    return lambda channel, _: channel.sendall(string(data))


def stall(channel: socket.socket, _: bytes) -> None:
    """Nothing, until whoever asks hangs up."""
    channel.recv(1)


def drip(channel: socket.socket, _: bytes) -> None:
    """One byte after the other, each just in time, until whoever asks hangs up."""
    channel.sendall(number(300))
    while True:
        channel.sendall(b"\0")
        time.sleep(SHORT / 4)


def break_off(channel: socket.socket, _: bytes) -> None:
    channel.sendall(number(100) + b"\x0c")


LIES: dict[str, Answer] = {
    "nothing": lambda channel, _: None,
    "an empty answer": framed(b""),
    "another kind": framed(b"\x06"),
    "another kind that looks well": framed(b"\x06" + number(0)),
    "a huge answer": flood,
    "an answer that breaks off": break_off,
    "more keys than it sends": framed(b"\x0c" + number(5)),
    "four thousand million keys": framed(b"\x0c\xff\xff\xff\xff"),
    "a key longer than the answer": framed(b"\x0c" + number(1) + number(1 << 30)),
}


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_makes_no_sense_is_said(tmp_path: Path, lie: str) -> None:
    with agents.lying(tmp_path, LIES[lie]) as path:
        with pytest.raises(AgentFailed, match="makes no sense"):
            Agent(path, PATIENT).held()
        with pytest.raises(AgentFailed, match="makes no sense"):
            Agent(path, PATIENT).sign(ADA.blob, MESSAGE)


@pytest.mark.parametrize("lie", [stall, drip])
def test_an_agent_that_does_not_answer_holds_nobody_up(tmp_path: Path, lie: Answer) -> None:
    with (
        agents.lying(tmp_path, lie) as path,
        pytest.raises(AgentFailed, match=r"within 0\.4 s"),
    ):
        Agent(path, SHORT).held()


@pytest.mark.parametrize(
    "signed",
    [
        string(b"ssh-ed25519") + string(b"s" * 64),
        string(b"ssh-ed25519") + string(member.new(b"e" * 32).sign(MESSAGE)[-64:]),
        string(b"rsa-sha2-512") + string(b"s" * 64),
        string(b"") + string(b""),
    ],
)
def test_what_an_agent_gives_for_a_signature_is_checked(tmp_path: Path, signed: bytes) -> None:
    with (
        agents.lying(tmp_path, framed(b"\x0e" + string(signed))) as path,
        pytest.raises(Malformed, match="no signature"),
    ):
        sshsig.create(MESSAGE, SPACE, AgentKey(Agent(path, PATIENT), ADA.blob))


@given(st.binary(max_size=60), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_answer_ends_in_one_way(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, listing: bool
) -> None:
    head = b"\x0c" if listing else b"\x0e"
    with agents.lying(tmp_path_factory.mktemp("a"), framed(head + data)) as path:
        agent = Agent(path, PATIENT)
        try:
            agent.held() if listing else sshsig.create(MESSAGE, SPACE, AgentKey(agent, ADA.blob))
        except (AgentFailed, Malformed):
            pass
        else:
            assert listing


def test_zeros_that_an_agent_leaves_out_are_put_back(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = member.MemberKey(rsa.generate_private_key(65537, 2048))
    number_of = 0
    while True:  # one signature of 256 begins with a zero
        number_of += 1
        message = b"%d" % number_of
        tbs = sshsig._signed(message, SPACE, "sha512")
        value = private.sign(tbs)[-256:]
        if value[0] == 0:
            break
    short = string(b"rsa-sha2-512") + string(value.lstrip(b"\0"))
    with agents.lying(tmp_path, framed(b"\x0e" + string(short))) as path:
        made = sshsig.create(message, SPACE, AgentKey(Agent(path, PATIENT), private.blob))
    assert sshsig.verify(made, message, SPACE, private.line)
