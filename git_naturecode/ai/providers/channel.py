"""One way to a host over HTTP: the key goes to that host alone, and everything ends in time."""

import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import httpx2

from git_naturecode.ai.providers import failures
from git_naturecode.ai.providers.asking import Deadline
from git_naturecode.ai.providers.protocol import WRAPPING, Limits, ProviderFailed

# What a client library sends besides (its version, this machine, organisations of the environment)
# stays here.
_SENT = frozenset({
    "accept", "anthropic-version", "connection", "content-length", "content-type", "host",
    "transfer-encoding",
})  # fmt: skip
_OPENED = ("connection.connect_tcp.complete", "proxy_stream.complete")
_SECURED = "start_tls.complete"
_LIBRARIES = ("openai", "anthropic", "httpx2", "httpcore2")
LOCAL = ("localhost", "127.0.0.1", "::1")


class Channel:
    """A client for questions to one endpoint, good for one attempt; a context manager.

    `headers` hold what proves who asks. They are put on a request only when it goes to the host
    of `endpoint`, after all that a library does, so no library ever sees them.
    """

    def __init__(
        self, endpoint: str, headers: Mapping[str, str], limits: Limits, deadline: Deadline
    ) -> None:
        for name in _LIBRARIES:  # else the environment could have them write what is asked
            logging.getLogger(name).setLevel(logging.WARNING)
        self._origin = _origin(httpx2.URL(endpoint))
        self._headers = headers
        self._limits = limits
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.is_over = False
        self._timer = threading.Timer(deadline.left(), self._cut)
        self._timer.daemon = True
        seconds, url = deadline.left(), httpx2.URL(endpoint)
        self.client = httpx2.Client(
            follow_redirects=False,
            trust_env=url.host not in LOCAL,
            verify=url.scheme == "https",  # else all that is trusted would be loaded for nothing
            timeout=httpx2.Timeout(
                min(limits.silence, seconds), connect=min(limits.connect, seconds)
            ),
            event_hooks={"request": [self._send], "response": [self._receive]},
        )

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._timer.cancel()
        self.client.close()

    def _send(self, request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in _SENT:
                del request.headers[name]
        request.headers["accept-encoding"] = "identity"
        request.headers["user-agent"] = "git-naturecode"
        if _origin(request.url) != self._origin:
            raise ProviderFailed("a question was about to go to another host than the one set")
        request.headers.update(self._headers)
        request.extensions["trace"] = self._trace

    def _receive(self, response: httpx2.Response) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code == 200 and kind != "text/event-stream":
            raise failures.nonsense(response.url.host, kind or "something unnamed")
        most = self._limits.size * WRAPPING
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        if packed not in ("", "identity"):
            raise ProviderFailed(
                f"the host packed its answer ({packed[:20]!r}) without being asked"
            )
        with suppress(ValueError):
            if int(response.headers.get("content-length", "0")) > most:
                raise _too_large(most)
        stream = response.stream
        assert isinstance(stream, httpx2.SyncByteStream)
        response.stream = _Counted(stream, most)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Note the socket as soon as there is one, so that it can be cut off."""
        if not event.endswith((*_OPENED, _SECURED)):
            return
        stream: Any = info.get("return_value")
        found = stream.get_extra_info("socket") if hasattr(stream, "get_extra_info") else None
        with self._lock:
            self._socket = found if isinstance(found, socket.socket) else None
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            if self._socket is not None:
                with suppress(OSError):  # it may be closed by now
                    self._socket.shutdown(socket.SHUT_RDWR)


class _Counted(httpx2.SyncByteStream):
    """A stream that is read as far as `most` bytes, and no further."""

    def __init__(self, inner: httpx2.SyncByteStream, most: int) -> None:
        self._inner = inner
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if size > self._most:
                raise _too_large(self._most)
            yield piece

    def close(self) -> None:
        self._inner.close()


@contextmanager
def in_time(channel: Channel, deadline: Deadline, seconds: float) -> Iterator[None]:
    """Have a failure in here be one of the time where that is over."""
    try:
        yield
    except Exception:
        if channel.is_over or not deadline.left():
            raise out_of_time(seconds) from None
        raise


def out_of_time(seconds: float) -> ProviderFailed:
    """What is said where a question took longer than it may."""
    return ProviderFailed(
        f"the model did not answer within {seconds:g} seconds", kind="time",
        hint="more time: git config --global naturecode.ai.timeout SECONDS",
    )  # fmt: skip


def _too_large(most: int) -> ProviderFailed:
    return ProviderFailed(f"the host sent more than {most} bytes", kind="too large")


def _origin(url: httpx2.URL) -> tuple[str, str, int]:
    usual = {"http": 80, "https": 443}.get(url.scheme, 0)
    return url.scheme, url.host, url.port or usual
