"""Git's configuration as one typed value."""

from collections.abc import Mapping
from typing import NamedTuple

from git_naturecode.errors import Usage

# What runs code or decides where data goes never comes from a file inside the repository's copy.
PROTECTED_SCOPES = frozenset({"system", "global", "command"})
_TRUE = frozenset({"true", "yes", "on", "1", ""})
_FALSE = frozenset({"false", "no", "off", "0"})


class Config(NamedTuple):
    """All values, by lower-case key (the middle part keeps its case), with their scopes."""

    values: Mapping[str, tuple[tuple[str, str], ...]]

    def get(self, key: str, default: str = "", *, protected: bool = False) -> str:
        """The last value of `key`; with `protected` only from the user's own files."""
        found = [
            value
            for scope, value in self.values.get(_normal(key), ())
            if not protected or scope in PROTECTED_SCOPES
        ]
        return found[-1] if found else default

    def all(self, key: str) -> list[str]:
        """Every value of `key`."""
        return [value for _, value in self.values.get(_normal(key), ())]

    def flag(self, key: str, default: bool) -> bool:
        """`key` as git reads a bool; raises Usage when it is none."""
        text = self.get(key, "true" if default else "false").lower()
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        raise Usage(f"{key} is {text!r}, not true or false", f"git config {key} true")

    def number(self, key: str, default: int) -> int:
        """`key` as a whole number; raises Usage when it is none."""
        text = self.get(key, str(default))
        try:
            return int(text)
        except ValueError:
            raise Usage(f"{key} is {text!r}, not a number", f"git config {key} {default}") from None

    def remotes(self) -> list[str]:
        """The names of the configured remotes, in order."""
        names = [k[7:-4] for k in self.values if k.startswith("remote.") and k.endswith(".url")]
        return list(dict.fromkeys(names))


def parse(listing: bytes) -> Config:
    """Read what `git config --list -z --show-scope` prints."""
    parts = listing.decode("utf-8", "surrogateescape").split("\0")
    values: dict[str, list[tuple[str, str]]] = {}
    for scope, pair in zip(parts[0::2], parts[1::2], strict=False):
        key, _, value = pair.partition("\n")
        values.setdefault(key, []).append((scope, value))
    return Config({key: tuple(found) for key, found in values.items()})


def _normal(key: str) -> str:
    section, _, rest = key.partition(".")
    middle, dot, name = rest.rpartition(".")
    return f"{section.lower()}.{middle}{dot}{name.lower()}"
