"""Entries: the immutable things that are said or done, and what identifies them.

An entry is one line of JSON (the header) and, mostly, a text (the body). It is known by
(id, hash), where the hash is the SHA-256 of header and body; the header holds a random salt, so
that the hash of a short text cannot be guessed once the text is gone (DESIGN 4).
"""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

Json = Any

STUB_KEYS = ("at", "device", "hash", "id", "kind")
_SEALED_KEYS = frozenset(("id", "at", "device", "by", "epoch", "kind", "target", "over", "enc"))
SHORT_HASH = 16
# What a header line may not hold as such: line breaks of other programs, and lone surrogates.
_ESCAPED = "[\x7f\x85\u2028\u2029\ud800-\udfff]"
LINE_LIMIT = 64 * 1024
DEPTH_LIMIT = 32
_INTEGER_DIGITS = 20
ID_LETTERS = r"[0-9A-Za-z][0-9A-Za-z._:-]{0,127}"
ID = re.compile(rf"(?!.*--){ID_LETTERS}")
AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z/[0-9]{4}")
_DEVICE = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_HEX64 = r"[0-9a-f]{64}"
_STRINGS = r'"(?:[^"\\]|\\.)*"'
_PAIR = "[\ud800-\udbff][\udc00-\udfff]"
_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode

_NOTHING: Mapping[str, Json] = {}


class Draft(NamedTuple):
    """What somebody wants to say, before it gets its id, stamp, device and salt.

    `fields` are header keys (JSON values); `body` is the text, if any. `id` is set only for
    imported entries, whose id comes from their source. `redacted` lists the replaced spans of the
    body and the fields; `clean` says that the redaction has seen every text in it.
    """

    kind: str
    fields: Mapping[str, Json] = _NOTHING
    body: str | None = None
    id: str | None = None
    redacted: tuple[str, ...] = ()
    clean: bool = False


class Entry:
    """One entry as it stands in a log; nothing changes it.

    `line` is the header exactly as written, `body` the text (None: the entry has none). `stated`
    is the short hash of the end line when it is not the true one: somebody edited by hand.
    """

    def __init__(self, line: str, body: str | None = None, stated: str | None = None) -> None:
        self.line = line
        self.body = body
        self.stated = stated

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        return f"Entry{self._content}"

    @property
    def _content(self) -> tuple[str, str | None, str | None]:
        return (self.line, self.body, self.stated)

    @cached_property
    def header(self) -> dict[str, Json]:
        """The header as a mapping."""
        value: dict[str, Json] = json.loads(self.line)
        return value

    @cached_property
    def hash(self) -> str:
        """SHA-256 over header and body (for a purged entry: the hash that it had), in hex."""
        if self.is_stub:
            return str(self.header["hash"])
        return content_hash(self.line, self.body)

    @property
    def id(self) -> str:
        """The entry's id; several versions of one imported entry share it."""
        return str(self.header["id"])

    @property
    def at(self) -> str:
        """The stamp of the writer's hybrid clock."""
        return str(self.header["at"])

    @property
    def kind(self) -> str:
        """What sort of entry this is (DESIGN 4 lists them)."""
        return str(self.header["kind"])

    @property
    def is_stub(self) -> bool:
        """True when the text was purged and only the name of the entry is left.

        A stub never has a body: else anybody could put a text of his own under its hash.
        """
        return (
            self.body is None and '"hash"' in self.line and tuple(sorted(self.header)) == STUB_KEYS
        )

    @property
    def as_written(self) -> "Entry":
        """The entry as it stands in a log: itself, but where it was opened for a reader."""
        return self

    @property
    def is_sealed(self) -> bool:
        """True when what it says is encrypted (store/opened.py)."""
        return (
            '"epoch":"' in self.line
            and self.body is not None
            and self.header.keys() <= _SEALED_KEYS
        )

    @property
    def key(self) -> tuple[str, str]:
        """(id, hash): what the join is a union of."""
        return (self.id, self.hash)

    @property
    def order(self) -> tuple[str, str, str]:
        """(at, id, hash): the order of a log."""
        return (self.at, self.id, self.hash)

    @property
    def edited_by_hand(self) -> bool:
        """True when the end line does not fit the content."""
        return self.stated is not None


def content_hash(line: str, body: str | None) -> str:
    """SHA-256 in hex of a header line and a body."""
    from hashlib import sha256  # a list needs none, and loading it costs 1 ms

    state = sha256(line.encode("utf-8", "surrogatepass"))
    if body is not None:
        state.update(b"\n")
        state.update(body.encode("utf-8", "surrogatepass"))
    return state.hexdigest()


def header_line(header: Json) -> str:
    """`header` (or a list of such) as one line of canonical JSON that may stand in an HTML comment.

    ValueError when JSON has no such value (NaN, infinity).
    """
    text = _encode(header)
    if "--" in text:
        text = text.replace("--", "-\\u002d")
    if ">" in text:
        text = text.replace(">", "\\u003e")
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(_ESCAPED, _escape, joined_pairs(text))


def joined_pairs(text: str) -> str:
    """`text` with each pair of surrogates as the one character that JSON reads in their place."""
    if not re.search(_PAIR, text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def writer(entry: Entry, device: str) -> str:
    """The device that wrote `entry`, found in a segment of `device`: copies name the first one.

    It stands in the header of imported entries and of stubs, and at the end of all other ids.
    """
    named = entry.header.get("device")
    if isinstance(named, str):
        return named
    last = entry.id.rpartition("-")[2]
    return last if _DEVICE.fullmatch(last) and last != entry.id else device


def stub_of(entry: Entry, device: str) -> Entry:
    """What a purge leaves of `entry`, found in a segment of `device`."""
    kept = {
        "at": entry.at,
        "device": writer(entry, device),
        "hash": entry.hash,
        "id": entry.id,
        "kind": entry.kind,
    }
    return Entry(header_line(kept))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def read_header(line: str) -> tuple[dict[str, Json], bool]:
    """The header in `line`, and whether `line` is how this program would write it.

    ValueError, with a few words for the user, when it is no header; a hostile line costs no more
    than a good one.
    """
    if _too_long(line):
        raise ValueError("has a first line that is too long")
    if _too_deep(line):
        raise ValueError("has a first line that is nested too deep")
    try:
        header = decode(line)
        canonical = header_line(header) == line
    except (ValueError, RecursionError):
        raise ValueError("has a first line that is not JSON") from None
    if not isinstance(header, dict):
        raise ValueError("has a first line that is not a JSON object")
    return header, canonical


def header_fault(header: Mapping[str, Json], body: str | None) -> str:
    """What no header may lack, in words; empty when nothing is wrong."""
    name, at, kind = header.get("id"), header.get("at"), header.get("kind")
    if not isinstance(name, str) or not ID.fullmatch(name):
        return "names no id"
    if not isinstance(at, str) or not AT.fullmatch(at):
        return "names no time"
    if not isinstance(kind, str) or not kind:
        return "names no kind"
    if body is None and "hash" in header and len(header) == len(STUB_KEYS):
        # Only then can it be a stub, which vouches for a text that is gone.
        was = header["hash"]
        if header.keys() == set(STUB_KEYS) and not (
            isinstance(was, str) and re.fullmatch(_HEX64, was)
        ):
            return "names no hash"
    return ""


def fits(line: str) -> bool:
    """True when no reader will refuse the header `line` for its length or depth."""
    return not _too_long(line) and not _too_deep(line)


def _too_long(line: str) -> bool:
    if len(line) * 4 <= LINE_LIMIT:
        return False
    return len(line.encode("utf-8", "surrogatepass")) > LINE_LIMIT


def _too_deep(line: str) -> bool:
    """Counted in the text, so that no reader's own limit decides."""
    if line.count("{") + line.count("[") <= DEPTH_LIMIT:
        return False
    depth = 0
    for character in re.sub(_STRINGS, "", line):
        if character in "{[":
            depth += 1
            if depth > DEPTH_LIMIT:
                return True
        elif character in "}]":
            depth -= 1
    return False


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_DIGITS:
        raise ValueError("a number that is too long")
    return int(digits)


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_int=_integer, parse_constant=_no_constant)
decode = _decoder.decode
raw_decode = _decoder.raw_decode
"""The JSON value at the beginning of a line and where it ends; ValueError, RecursionError."""
