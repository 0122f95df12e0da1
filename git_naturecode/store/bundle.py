"""Bundles: all entries and files of one entity in one readable file, and back, byte for byte.

The file is Markdown: its first lines, a few words about the entity, then every entry as it stands
in a segment, in the order of the log. Before an entry of another device a line names that device;
after the entries come the files. docs/design/export.md describes it.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from git_naturecode.errors import Unsupported
from git_naturecode.store import format
from git_naturecode.store.entry import Entry
from git_naturecode.store.hygiene import MAX_FILE, fits

MOST_BYTES = 256 << 20
_VERSION = re.compile(rb"(?:\xef\xbb\xbf)?---\r?\nnaturecode: bundle/([1-9][0-9]{0,5})\r?\n")
_HEAD = re.compile(
    rb"---\nnaturecode: bundle/1\nentity: ([a-z]{2,16}-[0-9]{8}-[0-9a-hjkmnp-tv-z]{8})\n"
    rb"sha256: ([0-9a-f]{64})\n---\n"
)
_PART = re.compile(rb"^<!-- nc:(device|file) ([0-9a-z]{16,64}) -->\n", re.M)
_DEVICE = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_SHA = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"line ([0-9]+) ")
_COLUMNS = 76


@dataclass
class Bundle:
    """What one file holds: entries with the device in whose log each stood, files by SHA-256.

    `problems` are sentences about what was left out, or should not be as it is.
    """

    entity: str
    entries: list[tuple[str, Entry]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def render(
    entity: str, about: str, entries: Iterable[tuple[str, Entry]], files: Mapping[str, bytes]
) -> bytes:
    """The file that holds `entries` (device and entry) and `files`, below the Markdown `about`."""
    parts = [about.strip("\n"), "\n\n"]
    device = ""
    for where, entry in sorted(entries, key=lambda pair: (pair[1].order, pair[0])):
        if where != device:
            parts.append(f"<!-- nc:device {where} -->\n\n")
            device = where
        parts.append(format.block(entry))
    parts += [_file(sha, data) for sha, data in sorted(files.items())]
    rest = "".join(parts).encode()
    digest = hashlib.sha256(rest).hexdigest()
    head = f"---\nnaturecode: bundle/1\nentity: {entity}\nsha256: {digest}\n---\n"
    return head.encode() + rest


def is_bundle(start: bytes) -> bool:
    """True when a file that begins with `start` says that it is a bundle."""
    return bool(_VERSION.match(start))


def parse(data: bytes) -> Bundle:
    """Read a bundle, whatever has happened to it below its first lines.

    What is torn, was edited by hand or is too large is left out, entry by entry, and reported with
    its line. Unsupported when the first lines are not those of a bundle that this program knows.
    """
    problems = []
    if data.startswith((b"\xef\xbb\xbf", b"---\r\n")):
        problems.append("its line ends or first bytes were changed; read as if they had not been")
        data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    head = _HEAD.match(data)
    if not head:
        raise _unknown(data)
    found = Bundle(head[1].decode(), problems=problems)
    if hashlib.sha256(data[head.end() :]).hexdigest().encode() != head[2]:
        problems.append("it is not as it was written: the sum in its first lines does not fit")
    for kind, name, start, end in _parts(data, head.end()):
        if kind == b"file" and _SHA.fullmatch(name):
            _take_file(found, name, data[start:end])
        elif kind == b"device" and _DEVICE.fullmatch(name):
            _take_entries(found, name, data[start:end], data.count(b"\n", 0, start))
        else:
            problems.append(f"the part {name[:12]} names no device and no file; left out")
    return found


def _parts(data: bytes, start: int) -> Iterator[tuple[bytes, str, int, int]]:
    """(kind, name, start, end) of each part; what stands before the first is for people."""
    marks = list(_PART.finditer(data, start))
    ends = [*(mark.start() for mark in marks), len(data)][1:]
    for mark, end in zip(marks, ends, strict=True):
        yield mark[1], mark[2].decode(), mark.end(), end


def _take_entries(found: Bundle, device: str, part: bytes, before: int) -> None:
    """Read the entries in `part`; `before` lines of the file stand above it."""
    head = format.preamble(found.entity, device, 1)
    segment = format.parse(head.encode() + part.removeprefix(b"\n"))
    shift = before + part.startswith(b"\n") - head.count("\n")
    for problem in segment.problems:
        moved = _LINE.sub(lambda m: f"line {int(m[1]) + shift} ", problem, count=1)
        found.problems.append(moved + ("; left out" if "edited by hand" in moved else ""))
    for entry in segment.entries:
        if entry.edited_by_hand:
            continue
        if not fits(entry):
            found.problems.append(f"entry {entry.id} is too large; left out")
            continue
        found.entries.append((device, entry))


def _file(sha: str, data: bytes) -> str:
    text = base64.b64encode(data).decode()
    rows = "\n".join(text[i : i + _COLUMNS] for i in range(0, len(text), _COLUMNS))
    return f"<!-- nc:file {sha} -->\n```\n{rows}\n```\n\n"


def _take_file(found: Bundle, sha: str, part: bytes) -> None:
    inner = part.strip(b"\n").removeprefix(b"```\n").removesuffix(b"\n```").removesuffix(b"```")
    try:
        data = base64.b64decode(inner.replace(b"\n", b""), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) > MAX_FILE:
        found.problems.append(f"the file {sha[:12]} is too large; left out")
    elif hashlib.sha256(data).hexdigest() != sha:
        found.problems.append(
            f"the file {sha[:12]} does not have the content of that name; left out"
        )
    else:
        found.files[sha] = data


def _unknown(data: bytes) -> Unsupported:
    version = _VERSION.match(data)
    if version and int(version[1]) > 1:
        return Unsupported(
            f"it is a bundle of format {int(version[1])}; this program knows format 1",
            "install a newer git-naturecode",
        )
    return Unsupported("it does not begin with the lines of a bundle")
