"""A server of models over a real socket, which answers by a script: well, badly, or not at all."""

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

USAGE = (11, 7)  # tokens that it says to have read and written
NAME = "scripted-1"
_DRIP = 0.02  # seconds


class Asked(NamedTuple):
    """One question as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: Any

    @property
    def is_anthropic(self) -> bool:
        """Which of the two forms it has."""
        return self.path.endswith("/messages")


Act = Callable[["Talk"], None]


class Talk:
    """What a part of the script gets: the question, and the wire to answer on."""

    def __init__(self, asked: Asked, handler: BaseHTTPRequestHandler, closing: threading.Event):
        self.asked = asked
        self._handler = handler
        self.closing = closing

    def head(self, status: int = 200, kind: str = "text/event-stream", **more: str) -> None:
        """The head of an answer whose length is not said."""
        self._handler.send_response(status)
        self._handler.send_header("content-type", kind)
        for name, value in more.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("connection", "close")
        self._handler.end_headers()
        self._handler.close_connection = True

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def events(self, *values: Any) -> None:
        """Events of a stream."""
        for value in values:
            name = f"event: {value['type']}\n" if self.asked.is_anthropic else ""
            self.send(f"{name}data: {json.dumps(value)}\n\n".encode())

    def begin(self) -> None:
        """What stands before the first text."""
        self.head()
        if self.asked.is_anthropic:
            usage = {"input_tokens": USAGE[0], "output_tokens": 1}
            message: dict[str, Any] = {
                "id": "m", "type": "message", "role": "assistant", "content": [], "model": NAME,
                "stop_reason": None, "stop_sequence": None, "usage": usage,
            }  # fmt: skip
            block = {"type": "text", "text": ""}
            self.events(
                {"type": "message_start", "message": message},
                {"type": "content_block_start", "index": 0, "content_block": block},
            )

    def text(self, piece: str) -> None:
        """One piece of the answer."""
        if self.asked.is_anthropic:
            delta = {"type": "text_delta", "text": piece}
            self.events({"type": "content_block_delta", "index": 0, "delta": delta})
        else:
            self.events(self._chunk({"content": piece}, None))

    def end(self, finish: str) -> None:
        """What stands after the last text; `finish` in the words of OpenAI."""
        if self.asked.is_anthropic:
            words = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
            delta = {"stop_reason": words[finish], "stop_sequence": None}
            self.events(
                {"type": "content_block_stop", "index": 0},
                {"type": "message_delta", "delta": delta, "usage": {"output_tokens": USAGE[1]}},
                {"type": "message_stop"},
            )
            return
        usage = {"prompt_tokens": USAGE[0], "completion_tokens": USAGE[1], "total_tokens": 18}
        self.events(self._chunk({}, finish), {**self._chunk({}, None), "choices": [],
                                              "usage": usage})  # fmt: skip
        self.send(b"data: [DONE]\n\n")

    def _chunk(self, delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {
            "id": "c", "object": "chat.completion.chunk", "created": 1, "model": NAME,
            "choices": [choice],
        }  # fmt: skip


def says(*pieces: str, finish: str = "stop") -> Act:
    """A whole answer; `finish` is stop, length or content_filter."""

    def act(talk: Talk) -> None:
        talk.begin()
        for piece in pieces:
            talk.text(piece)
        talk.end(finish)

    return act


def status(code: int, said: str = "", **headers: str) -> Act:
    """An answer with a status, and an error in it."""

    def act(talk: Talk) -> None:
        talk.head(code, "application/json", **headers)
        error = {"type": "some_error", "message": said}
        talk.send(json.dumps({"type": "error", "error": error}).encode())

    return act


def cut(*pieces: str) -> Act:
    """An answer that breaks off after these pieces."""

    def act(talk: Talk) -> None:
        talk.begin()
        for piece in pieces:
            talk.text(piece)

    return act


def reset(talk: Talk) -> None:
    """The connection is gone before there is any answer."""
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    talk._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    talk._handler.close_connection = True
    talk._handler.connection.close()


def raw(data: bytes, kind: str = "text/event-stream", **headers: str) -> Act:
    """Whatever `data` is."""

    def act(talk: Talk) -> None:
        talk.head(200, kind, **headers)
        talk.send(data)

    return act


def never(talk: Talk) -> None:
    """No answer as long as the server is there."""
    talk.closing.wait()


def drips_head(talk: Talk) -> None:
    """A head that never ends, a byte at a time: each of them in good time."""
    talk.send(b"HTTP/1.1 200 OK\r\nx: ")
    _drip(talk, b"y")


def drips_pings(talk: Talk) -> None:
    """A stream of nothing but signs of life."""
    talk.begin()
    _drip(talk, b"event: ping\ndata: {}\n\n" if talk.asked.is_anthropic else b": wait\n\n")


def _drip(talk: Talk, data: bytes) -> None:
    while not talk.closing.wait(_DRIP):
        talk.send(data)


def endless(talk: Talk) -> None:
    """Text without an end."""
    talk.begin()
    while not talk.closing.is_set():
        talk.text("x" * 10_000)


def redirect(url: str, code: int = 307) -> Act:
    """The question is to be put to somebody else."""
    return lambda talk: talk.head(code, location=url)


def bomb(talk: Talk) -> None:
    """A gigabyte of zeros in a megabyte."""
    talk.head(200, content_encoding="gzip")
    talk.send(gzip.compress(b"data: " + bytes(1 << 24)) * 64)


class ModelServer:
    """The server: its address, what it was asked, and its script.

    Each question takes the next act; the last one is for all that follow.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.script: list[Act] = [says("Hello.")]
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def plays(self, *acts: Act) -> None:
        """Have it answer so from now on."""
        with self._lock:
            self.script = list(acts)

    def close(self) -> None:
        """End it, and all that it is in the middle of."""
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _next(self, asked: Asked) -> Act:
        with self._lock:
            self.asked.append(asked)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.path, headers, json.loads(self.rfile.read(length) or b"null"))
                with suppress(OSError):  # the other side has hung up
                    server._next(asked)(Talk(asked, self, server._closing))

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


@contextmanager
def serving(*acts: Act, tls: ssl.SSLContext | None = None) -> Iterator[ModelServer]:
    """A server for as long as this lasts."""
    server = ModelServer(tls)
    if acts:
        server.plays(*acts)
    try:
        yield server
    finally:
        server.close()


def texts(messages: Iterable[dict[str, Any]]) -> Sequence[str]:
    """What the messages of a question say."""
    return [str(one["content"]) for one in messages]
