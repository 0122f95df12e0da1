"""Which format a report is in, and what it says; nothing in it is believed but its places."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import code_quality, github, rdjson, sarif, xml

MOST_BYTES, MOST_HITS = 50 * 1024 * 1024, 25_000
_NO_FORMAT = "it is neither SARIF, rdjson, Code Quality, JUnit, Checkstyle nor workflow commands"


class Unreadable(ValueError):
    """Why a file is no report; its text is one phrase."""


def read(data: bytes, root: str = "") -> list[Hit]:
    """What the report `data` says of files in the repository whose work tree is `root`.

    The format is found out. At most MOST_HITS hits, of at most MOST_BYTES; raises Unreadable. A
    result without a path in the repository, or without a line, is left out.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(f"it is larger than {MOST_BYTES >> 20} MiB")
    try:
        return list(islice(_hits(data.removeprefix(b"\xef\xbb\xbf"), root), MOST_HITS))
    except xml.Refused as refused:
        raise Unreadable(str(refused)) from None
    except RecursionError:
        raise Unreadable("it is nested too deep") from None


def _hits(data: bytes, root: str) -> Iterator[Hit]:
    head = data.lstrip()[:1]
    if head == b"<":
        return xml.hits(xml.tree(data), root)
    output = data.decode("utf-8", "replace")
    if head in (b"{", b"["):
        return _json(output, root)
    if github.is_one(output):
        return github.hits(output, root)
    raise Unreadable(_NO_FORMAT)


def _json(output: str, root: str) -> Iterator[Hit]:
    try:
        said: Any = json.loads(output)
    except ValueError:
        return _rows(output, root)
    if isinstance(said, list):
        return code_quality.hits(said, root)
    if "runs" in said:
        return sarif.hits(said, root)
    if "diagnostics" in said:
        return rdjson.hits(said, root)
    return _rows(output, root)


def _rows(output: str, root: str) -> Iterator[Hit]:
    rows = [row for row in output.splitlines() if row.strip()]
    try:
        some = [json.loads(row) for row in rows]
    except ValueError:
        raise Unreadable("it is no sound JSON") from None
    if not all(isinstance(one, dict) and "location" in one for one in some):
        raise Unreadable(_NO_FORMAT)
    return filter(None, (rdjson.hit(one, root) for one in some))
