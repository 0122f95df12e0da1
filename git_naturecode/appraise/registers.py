"""What an import says over what: one register for each thing of which the last word counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from git_naturecode.domain import fold
from git_naturecode.domain.review.build import author_of
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import Entry, Json

Key = tuple[str, str]
_THREADS = ("resolve", "reopen")
_ELEMENTS = ("add", "remove")


def key_of(entry: Entry) -> Key | None:
    """The register that `entry` speaks to; None for an entry that only adds."""
    return key(entry.kind, entry.header, author_of(entry))


def key(kind: str, header: Mapping[str, Json], author: str) -> Key | None:
    """The same for an entry that is not written yet."""

    def text(name: str) -> str:
        value = header.get(name)
        return value if isinstance(value, str) else ""

    if kind in _THREADS:
        return "thread", text("target")
    if kind in _ELEMENTS:
        return text("field"), text("value")
    if kind == "verdict":
        return kind, author.casefold()
    if kind == "edit":
        return kind, text("target")
    return ("set", text("field")) if kind == "set" else None


@dataclass
class _Live:
    value: Json
    time: str
    imported: bool


@dataclass
class Register:
    """The words that nobody has replaced, the earliest first."""

    live: dict[str, _Live] = field(default_factory=dict)

    @property
    def value(self) -> Json:
        """What holds; None where nothing was said."""
        return list(self.live.values())[-1].value if self.live else None

    @property
    def ours(self) -> str:
        """The last word that somebody has said here, and that came from no notes; "" for none."""
        return next((name for name in reversed(self.live) if not self.live[name].imported), "")

    def is_later(self, name: str) -> bool:
        """True when the word `name` was said after all that is imported."""
        return all(
            said.time <= self.live[name].time for said in self.live.values() if said.imported
        )

    def say(self, name: str, value: Json, time: str) -> list[str]:
        """Entry `name` says `value`; the imported words that it replaces: those before `time`."""
        over = [one for one, said in self.live.items() if said.imported and said.time <= time]
        return self._put(name, value, time, over)

    def settle(self, name: str, value: Json, time: str) -> list[str]:
        """Entry `name` says `value` over all that is imported, whatever its time."""
        return self._put(name, value, time, [one for one in self.live if self.live[one].imported])

    def _put(self, name: str, value: Json, time: str, over: list[str]) -> list[str]:
        for one in over:
            del self.live[one]
        self.live[name] = _Live(value, time, True)
        return over


class Registers:
    """All registers of one review, as they stand after `entries`."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._found: dict[Key, Register] = {}
        said = sorted(((one, k) for one in entries if (k := key_of(one))), key=_order)
        out = fold.replaced(entry for entry, _ in said)
        for entry, name in said:
            if entry.id not in out and not entry.is_stub:
                time = text_of(entry, "t") or entry.at[:24]
                live = _Live(value_of(entry.kind, entry.header, entry.body), time,
                             fold.is_imported(entry))  # fmt: skip
                self[name].live[entry.id] = live

    def __getitem__(self, name: Key) -> Register:
        return self._found.setdefault(name, Register())


def _order(pair: tuple[Entry, Key]) -> tuple[str, str, str]:
    return pair[0].order


def value_of(kind: str, header: Mapping[str, Json], body: str | None) -> Json:
    """What an entry says in its register."""
    if kind in _THREADS or kind in _ELEMENTS:
        return kind
    return body or "" if kind == "edit" or header.get("field") == "description" else header["value"]
