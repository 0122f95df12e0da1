"""Roads to a remote: git's own servers on loopback, and a line with latency and loss."""

import os
import queue
import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from torture.proxy import Daemon, Proxy

__all__ = ["Daemon", "Proxy", "lossy", "served", "web"]


@contextmanager
def served(folder: Path) -> Iterator[tuple[Daemon, Proxy]]:
    """`git daemon` over `folder`, and a proxy before it."""
    daemon = Daemon(folder, dict(os.environ))
    proxy = Proxy(daemon.port)
    try:
        yield daemon, proxy
    finally:
        proxy.close()
        daemon.close()


@contextmanager
def lossy(target: int, latency: float, loss: float, seed: int) -> Iterator[int]:
    """A line to the port `target`: each piece arrives `latency` seconds later; what is lost comes
    after a retransmission (1 s and four latencies, scaled like TCP's), and all behind it waits.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        number = 0
        while True:
            try:
                call, _ = listener.accept()
            except OSError:
                return
            number += 1
            args = (call, target, latency, loss, f"{seed}-{number}")
            threading.Thread(target=_pass, args=args, daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _pass(call: socket.socket, target: int, latency: float, loss: float, seed: str) -> None:
    with call, socket.create_connection(("127.0.0.1", target)) as server:
        ways = [
            _Way(a, b, latency, loss, random.Random(seed + salt))
            for a, b, salt in ((call, server, "up"), (server, call, "down"))
        ]
        threads = [thread for way in ways for thread in way.start()]
        for thread in threads:
            thread.join()


class _Way:
    """One direction of one connection."""

    def __init__(
        self, a: socket.socket, b: socket.socket, latency: float, loss: float, rng: random.Random
    ) -> None:
        self.a, self.b, self.latency, self.loss, self.rng = a, b, latency, loss, rng
        self.waiting: queue.Queue[tuple[float, bytes]] = queue.Queue()

    def start(self) -> list[threading.Thread]:
        parts = (self._take, self._give)
        threads = [threading.Thread(target=part, daemon=True) for part in parts]
        for thread in threads:
            thread.start()
        return threads

    def _take(self) -> None:
        data = b"x"
        while data:
            try:
                data = self.a.recv(8192)
            except OSError:
                data = b""
            lost = 5 * self.latency if self.rng.random() < self.loss else 0.0
            self.waiting.put((time.monotonic() + self.latency + lost, data))

    def _give(self) -> None:
        while True:
            due, data = self.waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                if not data:
                    self.b.shutdown(socket.SHUT_WR)
                    return
                self.b.sendall(data)
            except OSError:
                return


@contextmanager
def web(folder: Path) -> Iterator[int]:
    """`git http-backend` over `folder`, behind a plain HTTP server; its port."""

    class Handler(_Backend):
        root: ClassVar[str] = str(folder)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Backend(BaseHTTPRequestHandler):
    """Passes each request to git's own CGI program."""

    root: ClassVar[str]
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self._pass(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(self._chunks())
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._pass(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _pass(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        env = {
            **os.environ, "GIT_PROJECT_ROOT": self.root, "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING":
            self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }  # fmt: skip
        if self.headers.get("Authorization"):
            env["REMOTE_USER"] = "somebody"
        git = shutil.which("git")
        assert git
        out = subprocess.run([git, "http-backend"], input=body, env=env, capture_output=True,
                             check=False).stdout  # fmt: skip
        head, _, rest = out.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        status = next((value for name, value in lines if name == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(rest)
