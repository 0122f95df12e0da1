"""What models at hosts have in common, whatever they speak: asking in time, telling failures."""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from git_naturecode.ai.providers import failures
from git_naturecode.ai.providers.asking import WORLD, Chance, Deadline, Stream, ask
from git_naturecode.ai.providers.channel import LOCAL, Channel, in_time
from git_naturecode.ai.providers.masking import masked
from git_naturecode.ai.providers.protocol import USUAL, Answer, Limits, Message
from git_naturecode.errors import NaturecodeError

Wanted = dict[str, Any]
UNKEYED = "-"  # what a library gets in the place of the key
_UNFIT = (400, 422)  # a host that does not know a field of the question


@dataclass(frozen=True)
class Hosted(ABC):
    """A model at `endpoint`, called `model` there; `name` is what the user calls the provider.

    `on_wait` hears of a pause that the host wants, in seconds, and why.
    """

    name: str
    model: str
    endpoint: str
    key: str = field(default="", repr=False)
    on_wait: Callable[[float, str], None] | None = None
    chance: Chance = WORLD

    @property
    def host(self) -> str:
        """The host as messages name it."""
        return urlsplit(self.endpoint).netloc.rpartition("@")[2]

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None,
        limits: Limits = USUAL, on_text: Callable[[str], None] | None = None,
    ) -> Answer:  # fmt: skip
        """See `Provider`."""
        wanted = self._wanted(messages, schema, limits)

        def attempt(deadline: Deadline) -> Stream:
            return masked(self._attempt(wanted, limits, deadline), self.key)

        return ask(attempt, limits, on_text=on_text, chance=self.chance, on_wait=self.on_wait)

    def _attempt(self, wanted: Wanted, limits: Limits, deadline: Deadline) -> Stream:
        channel = Channel(self.endpoint, self._proof(), limits, deadline)
        with channel, self._failing(limits), in_time(channel, deadline, limits.seconds):
            return (yield from self._read(self._opened(channel.client, wanted)))

    def _opened(self, client: httpx2.Client, wanted: Wanted) -> Any:
        """The stream of the answer to `wanted`, from which goes what the host does not know."""
        while True:
            try:
                return self._open(client, wanted)
            except Exception as error:
                status = getattr(error, "status_code", None)
                if status not in _UNFIT or not self._fitted(wanted, _said(error).lower()):
                    raise

    @abstractmethod
    def _fitted(self, wanted: Wanted, said: str) -> bool:
        """Take out of `wanted` what the host complains of; False where that is nothing we know."""

    @abstractmethod
    def _wanted(
        self, messages: Sequence[Message], schema: Mapping[str, Any] | None, limits: Limits
    ) -> Wanted:
        """The question, as arguments of the library."""

    @abstractmethod
    def _proof(self) -> Mapping[str, str]:
        """The headers that say who asks."""

    @abstractmethod
    def _open(self, client: httpx2.Client, wanted: Wanted) -> Any:
        """The stream of events, by the library."""

    @abstractmethod
    def _read(self, events: Any) -> Stream:
        """The texts of a stream of events."""

    @contextmanager
    def _failing(self, limits: Limits) -> Iterator[None]:
        """Have whatever the wire or the libraries raise become our own failures.

        What a host sends is not checked by the libraries: any attribute may be missing or odd.
        """
        try:
            yield
        except NaturecodeError:
            raise
        except (TypeError, ValueError, AttributeError, LookupError, RecursionError):
            raise failures.nonsense(self.host) from None
        except Exception as error:
            raise self._failure(error, limits) from None

    def _failure(self, error: Exception, limits: Limits) -> NaturecodeError:
        status = getattr(error, "status_code", None)
        cause = _cause(error)
        if isinstance(cause, NaturecodeError):
            return cause
        if isinstance(status, int) and status != 200:
            headers = getattr(getattr(error, "response", None), "headers", {})
            return failures.of_status(self.host, status, _said(error), headers, self.key)
        if isinstance(cause, httpx2.ConnectTimeout | httpx2.ConnectError | ssl.SSLError):
            is_here = httpx2.URL(self.endpoint).host in LOCAL
            return failures.unreachable(self.host, str(cause), is_here=is_here)
        if isinstance(cause, httpx2.ReadTimeout | httpx2.WriteTimeout | httpx2.PoolTimeout):
            return failures.silent(self.host, limits.silence)
        if isinstance(cause, httpx2.HTTPError | OSError):
            return failures.broken(self.host)
        return failures.told(self.host, _said(error), self.key)


def _cause(error: Exception) -> Exception:
    """Our own failure, or that of the wire, in what a library has wrapped around it."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, NaturecodeError | httpx2.HTTPError):
            return found
        found = found.__cause__
    return error


def _said(error: Exception) -> str:
    """What a host wrote in its refusal: the message in it, where it has one, else all of it."""
    body = getattr(error, "body", None)
    for _ in range(2):
        if isinstance(body, Mapping):
            body = body.get("error") or body.get("message") or body.get("detail") or ""
    if isinstance(body, Mapping):
        body = body.get("message", "")
    return body if isinstance(body, str) else ""
