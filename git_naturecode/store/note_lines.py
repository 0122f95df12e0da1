"""Lines of the notes on commits: what they say of sessions, how large a note gets, where it lies.

`session SESSION via=VIA[ tool=T][ model=M][ messages=N]` and `wrote SESSION MESSAGE RANGES PATH`.
Values are percent-encoded: `%`, blanks and what is not to be seen; in a path blanks stay.
"""

import re
from collections.abc import Iterable, Iterator

MAX_NOTE = 64 * 1024
MAX_LINE = 4 * 1024
SESSION, WROTE = "session", "wrote"
Lines = frozenset[bytes]
_LINE = re.compile(rb"(session|wrote) (session-\d{8}-[0-9a-hjkmnp-tv-z]{8})(?: |$)")


def session_of(line: bytes) -> str | None:
    """The session that a line speaks of; None for a line of another kind."""
    found = _LINE.match(line)
    return found[2].decode() if found else None


def words(line: bytes) -> dict[str, str]:
    """What a `session` line says besides: `via`, `tool`, `model`, `messages`."""
    parts = line.decode("utf-8", "replace").split(" ")[2:] if line.startswith(b"session ") else []
    return {key: _decoded(value) for key, _, value in (part.partition("=") for part in parts)}


def encoded(text: str, *, blanks: bool = False) -> str:
    """`text` as one word of a line; with `blanks` these stay."""
    return "".join(map(_letter, text) if not blanks else (_in_path(one) for one in text))


def _letter(one: str) -> str:
    if one != "%" and one != " " and one.isprintable():
        return one
    data = one.encode("utf-8", "surrogateescape" if "\udc80" <= one <= "\udcff" else "replace")
    return "".join(f"%{byte:02X}" for byte in data)


def _in_path(one: str) -> str:
    return one if one == " " else _letter(one)


def _decoded(word: str) -> str:
    from urllib.parse import unquote

    return unquote(word, errors="replace")


def within(lines: Iterable[bytes]) -> Lines:
    """As many of `lines` as a note may hold: of what was written only the first."""
    found = frozenset(line for line in lines if len(line) <= MAX_LINE)
    if sum(map(len, found)) + len(found) <= MAX_NOTE:
        return found
    kept, size = set[bytes](), 0
    for line in sorted(found, key=lambda line: (line.startswith(b"wrote "), line)):
        size += len(line) + 1
        if size > MAX_NOTE and line.startswith(b"wrote "):
            break
        kept.add(line)
    return frozenset(kept)


def places(names: Iterable[str]) -> dict[str, str]:
    """The path of the note on each of `names`, as git itself would lay out all of them.

    One more folder wherever each of the sixteen next digits begins at least two names
    (git's notes.c, determine_fanout).
    """
    return dict(_places(sorted(names), 0))


def _places(names: list[str], depth: int) -> Iterator[tuple[str, str]]:
    counts = dict.fromkeys("0123456789abcdef", 0)
    for name in names:
        counts[name[depth]] += 1
    if min(counts.values()) < 2:
        for name in names:
            folders = [name[at : at + 2] for at in range(0, depth, 2)]
            yield name, "/".join([*folders, name[depth:]])
        return
    start = 0
    while start < len(names):
        prefix = names[start][: depth + 2]
        end = start
        while end < len(names) and names[end].startswith(prefix):
            end += 1
        yield from _places(names[start:end], depth + 2)
        start = end
