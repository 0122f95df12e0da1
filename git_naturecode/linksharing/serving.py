"""Serving links: sealed pages with half of their keys, until they are over.

Plain HTTP/1.0 of the standard library, for few readers: a handful at a time, each for seconds, and
each address only so often. It tells nothing but pages, takes nothing, and writes no log. The other
half of a key stands behind the `#` of the link, which never gets here.
"""

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import BoundedSemaphore, Lock
from typing import Any

from git_naturecode.clock import NowMs
from git_naturecode.errors import NotPermitted, Usage
from git_naturecode.linksharing import book
from git_naturecode.render import share_page

AT_ONCE = 8
SECONDS = 10
MOST, WINDOW_MS = 60, 60_000
_ADDRESSES = 1024
_HEADERS = {
    "Content-Security-Policy": f"{share_page.POLICY}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip


class Server(ThreadingHTTPServer):
    """Listens at `bind`:`port` (0: any that is free) for the links of `state`.

    Raises Usage where it cannot listen there.
    """

    daemon_threads = True
    request_queue_size = AT_ONCE
    allow_reuse_address = True

    def __init__(self, state: str, now_ms: NowMs, bind: str, port: int) -> None:
        self.state, self.now_ms = state, now_ms
        self._free = BoundedSemaphore(AT_ONCE)
        self._rates = Rates(now_ms)
        if ":" in bind:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((bind, port), _Handler)
        except PermissionError:
            raise NotPermitted(f"port {port} may not be opened by this user") from None
        except (OSError, OverflowError) as error:
            raise Usage(
                f"nothing can be served at {bind}, port {port}: {_reason(error)}",
                "choose another with --port, or 0 for any that is free",
            ) from None

    def server_bind(self) -> None:
        """Listen; HTTPServer would also ask the network for the name of the address."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def serve(self, hear: Callable[[], None] = lambda: None) -> None:
        """Answer until no served link is left; deletes each at its date. `hear` is called often."""
        self.timeout = 0.5
        while any(kept.is_served for kept in book.every(self.state, self.now_ms())):
            self.handle_request()
            hear()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """True where this address has not asked too often."""
        return self._rates.allow(str(client_address[0]))

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own; hang up where all are at work."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One answer."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who went away is nobody's fault, and an error tells him nothing."""


class Rates:
    """How often each address has asked in this minute; a flood of addresses forgets the oldest."""

    def __init__(self, now_ms: NowMs, most: int = MOST) -> None:
        self._now_ms, self._most = now_ms, most
        self._asked: dict[str, tuple[int, int]] = {}
        self._lock = Lock()

    def allow(self, address: str) -> bool:
        """True unless `address` has asked too often."""
        with self._lock:
            window = self._now_ms() // WINDOW_MS
            before, number = self._asked.pop(address, (window, 0))
            number = number + 1 if before == window else 1
            self._asked[address] = (window, number)
            while len(self._asked) > _ADDRESSES:
                del self._asked[next(iter(self._asked))]
            return number <= self._most


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "naturecode", ""
    timeout = SECONDS

    def do_GET(self) -> None:
        """A page, or that there is none."""
        name = self.path.removeprefix("/s/") if self.path.startswith("/s/") else ""
        kept = book.get(self.server.state, name, self.server.now_ms())
        if kept is None or not kept.is_served:
            text = share_page.notice(
                "There is nothing behind this link: it is over, was taken back, or never was."
            )
            self._answer(404, text)
        else:
            self._answer(200, share_page.text(kept.sealed))

    do_HEAD = do_GET

    def _answer(self, code: int, text: str) -> None:
        data = text.encode()
        self.send_response(code)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written down about readers."""


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
