"""Segment files: entries as Markdown that any forge can show, and back, byte for byte.

docs/design/format.md is the specification. Lines end at "\\n" and nowhere else.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.store.entry import (
    SHORT_HASH,
    Entry,
    Json,
    fits,
    header_fault,
    header_line,
    joined_pairs,
    read_header,
)

START = "<!-- nc:entry "
END = "<!-- nc:end "
CLOSE = " -->"
PREAMBLE = re.compile(
    r"---\nnaturecode: log/1\nentity: ([a-z]{2,16}-[0-9]{8}-[0-9a-hjkmnp-tv-z]{8})\n"
    r"device: ([0-9a-hjkmnp-tv-z]{16})\nsegment: ([1-9][0-9]{0,5})\n---\n"
)
_VERSION = re.compile(rb"(?:\xef\xbb\xbf)?---\r?\nnaturecode: log/([1-9][0-9]{0,5})\r?\n")
_END_LINE = re.compile(rf"<!-- nc:end (\S+) sha256:([0-9a-f]{{{SHORT_HASH}}}) -->")
MARKER = "\n<!-- nc:e"
_ESCAPE = re.compile(r"^(<!-- \\*)nc:", re.M)
_UNESCAPE = re.compile(r"^(<!-- \\*)\\nc:", re.M)
_RUNS = re.compile(r"`{3,}")

_PLAIN = frozenset((str, int, float, bool, type(None)))
_BROKEN_BYTES = re.compile("[\udc80-\udcff]")


class Segment(NamedTuple):
    """What one segment file says; `problems` are sentences about what it should not hold."""

    entity: str
    device: str
    number: int
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()


def make(header: Mapping[str, Json], body: str | None, *, fenced: bool = False) -> Entry:
    """The entry that says `header` and `body`; decides how the body is written (`enc`).

    `fenced` puts the body into a fence even where it need not be. ValueError when the header
    lacks an id, stamp or kind; Unsafe when it is too long or too deep for a reader.
    """
    values = dict(header)
    values.pop("enc", None)
    if body is not None:
        body, enc = _encoding(values, body, fenced)
        if enc:
            values["enc"] = enc
    fault = header_fault(values, body)
    if fault:
        raise ValueError(f"an entry {fault}")
    line = header_line(values)
    if not fits(line):
        raise Unsafe("the fields of an entry are too long", "put long text into its body")
    entry = Entry(line, body)
    if _PLAIN.issuperset(map(type, values.values())) and "\\ud" not in line:
        # What a reader of the line would get; spares the next one to read it.
        entry.__dict__["header"] = values
    return entry


def preamble(entity: str, device: str, segment: int) -> str:
    """The first lines of a segment file."""
    return f"---\nnaturecode: log/1\nentity: {entity}\ndevice: {device}\nsegment: {segment}\n---\n"


def block(entry: Entry) -> str:
    """`entry` as it stands in a segment; a segment grows by adding blocks at its end."""
    entry = entry.as_written
    header = entry.header
    end = f"{END}{header['id']} sha256:{entry.stated or entry.hash[:SHORT_HASH]}{CLOSE}\n\n"
    if entry.body is None:
        return f"{START}{entry.line}{CLOSE}\n{end}"
    from git_naturecode.store.heading import heading  # reading does without

    text = written(entry.body, header.get("enc"))
    return f"{START}{entry.line}{CLOSE}\n{heading(header)}\n\n{text}\n\n{end}"


def render(segment: Segment) -> bytes:
    """The canonical bytes of `segment`."""
    head = preamble(segment.entity, segment.device, segment.number)
    return (head + "".join(map(block, segment.entries))).encode()


def version(data: bytes) -> int | None:
    """The version of the log format that `data` declares, or None when it is no segment."""
    found = _VERSION.match(data)
    return int(found[1]) if found else None


def parse(data: bytes) -> Segment:
    """Read a segment file, whatever has happened to it below its first lines.

    Torn and unreadable entries are dropped and reported; entries edited by hand are kept and
    marked (`Entry.stated`); anything between entries is skipped and reported. Unsupported when
    the first lines are not those of a segment that this program knows.
    """
    text, problems = _decode(data)
    head = PREAMBLE.match(text)
    if not head:
        raise _unsupported(data)
    reader = _Reader(text, problems)
    entries = tuple(reader.entries(head.end()))
    sides = _conflict_sides(text) if problems else None
    if sides:
        entries = _with_sides(entries, sides, head.end(), problems)
    return Segment(head[1], head[2], int(head[3]), entries, tuple(problems))


# -- writing ------------------------------------------------------------------------------------


def _encoding(header: Mapping[str, Json], body: str, fenced: bool) -> tuple[str, str | None]:
    if not body.isascii():
        try:
            body.encode()
        except UnicodeEncodeError:
            joined = joined_pairs(body)
            return (joined, "json") if joined == body else _encoding(header, joined, fenced)
    if fenced or header.get("role") == "tool":
        return body, "fence"
    from git_naturecode.store import markdown  # reading does without

    return body, None if markdown.safe(body) else "fence"


def written(body: str, enc: Json) -> str:
    """`body` as it stands in a segment under a header with `enc`."""
    if enc == "json":
        body = json.dumps(body)
    text = _ESCAPE.sub(r"\1\\nc:", body) if "<!-- " in body else body
    if enc not in ("fence", "json"):
        return text
    fence = "`" * max(3, 1 + max(map(len, _RUNS.findall(body)), default=0))
    return f"{fence}\n{text}\n{fence}"


# -- reading ------------------------------------------------------------------------------------


def _decode(data: bytes) -> tuple[str, list[str]]:
    problems = []
    if data.startswith(b"\xef\xbb\xbf"):
        problems.append("a byte order mark stands before the first line")
        data = data[3:]
    if data.startswith(b"---\r\n"):
        problems.append("the line ends were changed to CRLF; read as if they had not been")
        data = data.replace(b"\r\n", b"\n")
    try:
        return data.decode(), problems
    except UnicodeDecodeError:
        problems.append("not all of it is UTF-8")
        return data.decode("utf-8", "surrogateescape"), problems


def _unsupported(data: bytes) -> Unsupported:
    number = version(data)
    if number is not None and number > 1:
        return Unsupported(
            f"a log is written in format {number}; this program knows format 1",
            "install a newer git-naturecode",
        )
    return Unsupported("a log does not begin with the lines that name its entity and device")


class _Reader:
    """One walk over the text of a segment."""

    def __init__(self, text: str, problems: list[str]) -> None:
        self.text = text
        self.problems = problems
        self.seen = 0
        self.line = 1
        self.broken_bytes = bool(problems) and bool(_BROKEN_BYTES.search(text))

    def entries(self, pos: int) -> Iterator[Entry]:
        """The entries from `pos` on."""
        text = self.text
        while pos < len(text):
            if not text.startswith(START, pos):
                pos = self.skip(pos)
                continue
            entry, pos = self.block(pos)
            if entry:
                yield entry

    def skip(self, pos: int) -> int:
        """Step over what is no entry; empty lines are not worth a word."""
        found = _find_start(self.text, pos)
        if self.text[pos:found].strip("\n"):
            self.report(pos, "stands between entries, and was skipped")
        return found

    def block(self, pos: int) -> tuple[Entry | None, int]:
        """The entry whose start line begins at `pos`, and where to go on."""
        text = self.text
        eol = text.find("\n", pos)
        end = _find_marker(text, eol)
        if not text.startswith(END, end):
            return self.drop(pos, "was not written to its end", end)
        end_eol = text.find("\n", end)
        rest = len(text) if end_eol < 0 else end_eol + 1
        stated = _END_LINE.fullmatch(text, end, rest - 1 if end_eol >= 0 else rest)
        if not text.startswith(CLOSE, eol - len(CLOSE)):
            return self.drop(pos, "has a broken first line", rest)
        line = text[pos + len(START) : eol - len(CLOSE)]
        if self.broken_bytes and _BROKEN_BYTES.search(text, pos, end):
            return self.drop(pos, "is not UTF-8", rest)
        try:
            header, canonical = read_header(line)
        except ValueError as error:
            return self.drop(pos, str(error), rest)
        body = read_body(text[eol + 1 : end], header.get("enc")) if end > eol + 1 else None
        fault = header_fault(header, body)
        if fault:
            return self.drop(pos, fault, rest)
        if not stated or stated[1] != header["id"]:
            return self.drop(pos, "does not end with its own last line", rest)
        if not canonical:
            self.report(pos, "has a first line that this program would write otherwise")
        return self.entry(pos, Entry(line, body), header, stated[2]), self.after(rest)

    def entry(self, pos: int, entry: Entry, header: dict[str, Json], stated: str) -> Entry:
        """`entry`, marked when its end line states another hash than it has."""
        # Read and checked above; Entry would read the line again.
        entry.__dict__["header"] = header
        if entry.hash[:SHORT_HASH] == stated:
            return entry
        self.report(pos, "was edited by hand")
        return Entry(entry.line, entry.body, stated)

    def after(self, pos: int) -> int:
        """Step over the empty line that ends a block."""
        if self.text.startswith("\n", pos):
            return pos + 1
        self.report(pos, "lacks the empty line before it")
        return pos

    def drop(self, pos: int, why: str, rest: int) -> tuple[None, int]:
        """Report the entry at `pos` as lost and go on at `rest`."""
        self.report(pos, f"{why}; dropped")
        return None, rest

    def report(self, pos: int, what: str) -> None:
        """Remember a problem with the line at `pos`."""
        self.line += self.text.count("\n", self.seen, pos)
        self.seen = pos
        self.problems.append(f"line {self.line} {what}")


def _find_marker(text: str, eol: int) -> int:
    """Where the next line begins that starts or ends an entry, from the line end `eol` on."""
    found = text.find(MARKER, eol) if eol >= 0 else -1
    while found >= 0 and not text.startswith((START, END), found + 1):
        found = text.find(MARKER, found + 1)
    return len(text) if found < 0 else found + 1


def _find_start(text: str, pos: int) -> int:
    if text.startswith(START, pos):
        return pos
    found = text.find("\n" + START, pos)
    return len(text) if found < 0 else found + 1


def read_body(inner: str, enc: Json) -> str:
    """The body out of what stands between the start line and the end line."""
    if inner.startswith("#### "):
        inner = inner[inner.find("\n") + 1 :].removeprefix("\n")
    inner = inner[:-2] if inner.endswith("\n\n") else inner.removesuffix("\n")
    if enc in ("fence", "json"):
        inner = _unfenced(inner)
    if "<!-- \\" in inner:
        inner = _UNESCAPE.sub(r"\1nc:", inner)
    return _read_string(inner) if enc == "json" else inner


def _unfenced(text: str) -> str:
    fence = text[: text.find("\n")] if "\n" in text else ""
    length = len(fence)
    if length < 3 or fence.strip("`") or not text.endswith("\n" + fence):
        return text
    if len(text) < 2 * length + 2:
        return text
    return text[length + 1 : -length - 1]


def _read_string(text: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str) else text


# -- what a plain merge by git leaves ------------------------------------------------------------


def _conflict_sides(text: str) -> tuple[str, str] | None:
    """Both versions of a text with git's conflict marks; None where there are none."""
    if "\n<<<<<<< " not in text:
        return None
    ours: list[str] = []
    theirs: list[str] = []
    targets: tuple[list[str], ...] = (ours, theirs)
    for line in _lines(text):
        if line.startswith("<<<<<<< "):
            targets = (ours,)
        elif line.startswith("||||||| "):
            targets = ()
        elif line == "=======\n" and len(targets) < 2:
            targets = (theirs,)
        elif line.startswith(">>>>>>> ") and len(targets) < 2:
            targets = (ours, theirs)
        else:
            for target in targets:
                target.append(line)
    return "".join(ours), "".join(theirs)


def _lines(text: str) -> list[str]:
    return [line + "\n" for line in text.split("\n")]


def _with_sides(
    entries: tuple[Entry, ...], sides: tuple[str, str], start: int, problems: list[str]
) -> tuple[Entry, ...]:
    """`entries` and what only one side of a conflict has.

    A text edited by hand that holds the marks keeps them: it has both sides already.
    """
    known = {entry.id for entry in entries}
    found = list(entries)
    for side in sides:
        # What it reports has been said of the whole; that there was something still matters.
        read = _Reader(side, [*problems]).entries(start)
        found += [entry for entry in read if entry.stated is None or entry.id not in known]
    whole = {entry.key: entry for entry in found if entry.stated is None}
    ids = {entry.id for entry in whole.values()}
    edited = {entry.key: entry for entry in found if entry.id not in ids}
    return (*whole.values(), *edited.values())
