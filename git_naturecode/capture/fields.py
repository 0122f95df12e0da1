"""Values out of JSON of others: what is not of the expected kind counts as absent."""

import json
from typing import Any

from .lines import parse

Json = Any
Record = dict[str, Json]


def text(record: Json, *path: str) -> str:
    """The text under `path` in nested objects, or ""."""
    value = reach(record, *path)
    return value if isinstance(value, str) else ""


def record(value: Json, *path: str) -> Record:
    """The object under `path`, or an empty one."""
    found = reach(value, *path)
    return found if isinstance(found, dict) else {}


def records(value: Json, *path: str) -> list[Record]:
    """The objects in the list under `path`."""
    found = reach(value, *path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def reach(value: Json, *path: str) -> Json:
    """What stands under `path` in nested objects, None where one of them is missing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def unfolded(value: Json) -> Json:
    """`value`, or the object that it holds where it is the JSON text of one."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    found = parse(value.encode("utf-8", "surrogatepass"))
    return value if found is None else found


def written(value: Json) -> str:
    """`value` as a text to read: itself, or JSON ("" for nothing or what is nested too deep)."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, indent=2) if value else ""
    except RecursionError:
        return ""
