"""GitHub's workflow commands, read: `::error file=,line=::text` in the output of a tool."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.incoming import given

_COMMAND = re.compile(r"(?m)^::(error|warning|notice) ([^\n]{0,4096}?)::([^\r\n]*)")


def hits(output: str, root: str) -> Iterator[Hit]:
    """Every annotation that names a file and a line."""
    for kind, options, said in _COMMAND.findall(output):
        told = dict(pair.split("=", 1) for pair in options.split(",") if "=" in pair)
        told = {name.strip(): unquote(value) for name, value in told.items()}
        title = told.get("title", "")
        found = given.hit(
            title.rpartition(":")[2], given.severity(kind), unquote(said),
            given.path(told.get("file"), root),
            given.lines(told.get("line"), told.get("endLine")), "annotations",
            cwe=given.cwe_in(title.split()),
        )  # fmt: skip
        if found:
            yield found


def is_one(output: str) -> bool:
    """True when there is an annotation in `output`."""
    return _COMMAND.search(output) is not None
