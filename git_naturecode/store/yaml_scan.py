"""Whether a YAML text from elsewhere is harmless, found out without building anything from it."""

import re
from typing import Any

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_NODES = 10_000
_FRONT = re.compile(r"---\n(.*?)^---$", re.S | re.M)


def objection(text: bytes) -> str:
    """Why `text` must not be loaded as YAML; empty when it may.

    A few hundred bytes with anchors fill the memory when they are loaded, and a hundred thousand
    brackets end the process (research/security.md E); the events of the parser do neither.
    """
    found = fault(text)
    return found[1] if found else ""


def fault(text: bytes) -> tuple[int, str] | None:
    """The same with the line, from 1, in which it was found; None when it may be loaded."""
    import yaml  # 60 ms, paid only where a view came in

    if len(text) > MAX_BYTES:
        return 1, f"{len(text)} bytes of YAML, more than {MAX_BYTES}"
    depth = nodes = 0
    event = None
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            number = getattr(event.start_mark, "line", 0) + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return number, "its YAML has anchors"
            if getattr(event, "tag", None):
                return number, "its YAML has tags"
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            nodes += isinstance(event, yaml.NodeEvent)
            if depth > MAX_DEPTH or nodes > MAX_NODES:
                return number, "its YAML is too deep or too long"
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return _where(error, event), "its YAML cannot be read"
    return None


def _where(error: Exception, last: Any) -> int:
    """The line to mend: where nobody closed a quote, the one in which it was opened.

    `last` is the event before: a quote that ends at the next one in the file, lines below.
    """
    mark = getattr(error, "problem_mark", None)
    is_quoted = last is not None and getattr(last, "style", None) in ("'", '"')
    if mark and is_quoted and last.start_mark.line < last.end_mark.line == mark.line:
        mark = last.start_mark
    if mark and "quoted" in str(getattr(error, "context", "")):
        mark = getattr(error, "context_mark", None) or mark
    return mark.line + 1 if mark else 1


def front_matter(text: bytes) -> bytes:
    """The YAML at the top of a Markdown text; empty where there is none."""
    found = _FRONT.match(text.decode("utf-8", "replace"))
    return found[1].encode() if found else b""
