"""A real SSH agent, and ones that lie."""

import contextlib
import os
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from crypto import openssh


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """A real ssh-agent without keys; the path of its socket."""
    openssh.require()
    path = folder / "agent"
    said = openssh.run("ssh-agent", "-s", "-a", str(path)).decode()
    found = re.search(r"SSH_AGENT_PID=(\d+)", said)
    assert found is not None
    try:
        yield str(path)
    finally:
        os.kill(int(found[1]), signal.SIGTERM)


def add(path: str, key: Path) -> None:
    """Have the agent hold the key in a file."""
    openssh.run("ssh-add", "-q", str(key), env={**os.environ, "SSH_AUTH_SOCK": path})


@contextlib.contextmanager
def lying(folder: Path, answer: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """Something behind a socket that does with each question whatever `answer` does."""
    path = str(folder / "liar")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()

    def serve() -> None:
        while True:
            try:
                channel = server.accept()[0]
            except OSError:
                return
            with channel, contextlib.suppress(OSError):
                size = int.from_bytes(channel.recv(4, socket.MSG_WAITALL), "big")
                answer(channel, channel.recv(size, socket.MSG_WAITALL))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield path
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()
