"""Whether a YAML text from elsewhere is harmless, found out without building anything from it."""

import re

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_NODES = 10_000
_FRONT = re.compile(r"---\n(.*?)^---$", re.S | re.M)


def objection(text: bytes) -> str:
    """Why `text` must not be loaded as YAML; empty when it may.

    A few hundred bytes with anchors fill the memory when they are loaded, and a hundred thousand
    brackets end the process (research/security.md E); the events of the parser do neither.
    """
    import yaml  # 60 ms, paid only where a view came in

    if len(text) > MAX_BYTES:
        return f"{len(text)} bytes of YAML, more than {MAX_BYTES}"
    depth = nodes = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                return "its YAML has anchors"
            if getattr(event, "tag", None):
                return "its YAML has tags"
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            nodes += isinstance(event, yaml.NodeEvent)
            if depth > MAX_DEPTH or nodes > MAX_NODES:
                return "its YAML is too deep or too long"
    except (yaml.YAMLError, ValueError, RecursionError):
        return "its YAML cannot be read"
    return ""


def front_matter(text: bytes) -> bytes:
    """The YAML at the top of a Markdown text; empty where there is none."""
    found = _FRONT.match(text.decode("utf-8", "replace"))
    return found[1].encode() if found else b""
