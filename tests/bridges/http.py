"""A server on loopback that answers as a forge does, for clients that believe it is one."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request: `query` has the last value of each parameter."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """`body` is sent as JSON; `cut` breaks the connection off after the work was done."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


Serve = Callable[[Asked], Answer]


@contextmanager
def served(answer: Serve) -> Iterator[str]:
    """The address at which `answer` is asked, as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(size)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            body = json.loads(data) if data else None
            told = answer(Asked(self.command, parts.path, query, dict(self.headers), body))
            if told.cut:
                self.close_connection = True
                self.connection.shutdown(2)
                return
            text = b"" if told.body is None else json.dumps(told.body).encode()
            self.send_response(told.status)
            kind = {"Content-Type": "application/json"} if text else {}
            for name, value in {**kind, **told.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
