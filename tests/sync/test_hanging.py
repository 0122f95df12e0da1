"""A remote that takes the call and then says nothing, or never stops talking."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from box import Box


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that gives each caller to `answer`; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    calls: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                call, _ = listener.accept()
            except OSError:
                return
            calls.append(call)
            threading.Thread(target=_quietly, args=(answer, call), daemon=True).start()

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes the one who waits for callers
        serving.join()
        listener.close()
        for call in calls:
            call.close()


def _quietly(answer: Callable[[socket.socket], None], call: socket.socket) -> None:
    with suppress(OSError):
        answer(call)


def _refs_without_end(call: socket.socket) -> None:
    call.recv(4096)
    lines = b"".join(b"003e%040x refs/heads/%07x\n"[:-1] % (n, n) + b"\n" for n in range(10_000))
    while True:
        call.sendall(lines)


@pytest.mark.parametrize("scheme", ["git", "http"])
def test_silence_ends_after_the_time_that_the_user_set(box: Box, scheme: str) -> None:
    clone = box.repo()
    with server(lambda call: None) as port:
        clone.git("remote", "add", "origin", f"{scheme}://127.0.0.1:{port}/x.git")
        clone.git("config", "naturecode.timeout", "1")
        clone.nc("init")
        session = clone.start()
        start = time.monotonic()
        said = clone.nc("sync", code=4)
        assert time.monotonic() - start < 200
    assert "hint: " in said.err
    assert session in clone.ids()
    clone.nc("sync", code=4)  # the server is gone now


def test_endless_talk_ends_too(box: Box) -> None:
    clone = box.repo()
    with server(_refs_without_end) as port:
        clone.git("remote", "add", "origin", f"git://127.0.0.1:{port}/x.git")
        clone.git("config", "naturecode.timeout", "3")
        clone.nc("init")
        code = clone.process("sync", timeout=250).returncode
        assert code in (3, 4)


def test_a_time_out_that_is_none(box: Box) -> None:
    clone = box.repo()
    clone.git("remote", "add", "origin", "file:///nowhere")
    clone.nc("init")
    clone.git("config", "naturecode.timeout", "0")
    assert "naturecode.timeout" in clone.nc("sync", code=2).err
