"""What a model has to answer, as JSON Schema, and the check of an answer against it.

The check knows the words of JSON Schema that stand in these schemas (type, enum, required,
properties, items, minimum, maximum, maxItems, maxLength); a library for all of them would be loaded
for a page of code. What is not named in a schema is let pass and never looked at.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST = 100  # elements of a list
_MOST_TEXT = 20_000
_MOST_FAULTS = 5
_DEPTH = 12
_MOST_TRIES = 30  # places in an answer where its object may begin

_TEXT = {"type": "string", "maxLength": _MOST_TEXT}
_SURE = {"type": "number", "minimum": 0, "maximum": 1}
_ISSUE: dict[str, Any] = {
    "type": "object",
    "required": ["file", "line", "message"],
    "properties": {
        "file": _TEXT, "line": {"type": "integer", "minimum": 1},
        "endLine": {"type": ["integer", "null"], "minimum": 1},
        "side": {"type": ["string", "null"], "enum": ["new", "old", None]},
        "code": {"type": ["string", "null"], "maxLength": _MOST_TEXT},
        "aspect": {"type": ["string", "null"], "maxLength": 100},
        "message": _TEXT, "suggestion": {"type": ["string", "null"], "maxLength": _MOST_TEXT},
        "cwe": {"type": ["string", "null"], "maxLength": 100},
        "confidence": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    },
}  # fmt: skip
LISTS = ("criticalIssues", "importantSuggestions", "minorSuggestions")
ASSESSMENTS = ("approve", "requestChanges", "comment")
REVIEW: dict[str, Any] = {
    "type": "object",
    "required": ["summary", *LISTS, "overallAssessment", "confidence"],
    "properties": {
        "summary": _TEXT,
        **{name: {"type": "array", "maxItems": MOST, "items": _ISSUE} for name in LISTS},
        "overallAssessment": {"type": "string", "enum": list(ASSESSMENTS)},
        "confidence": _SURE,
    },
}
DOUBT: dict[str, Any] = {
    "type": "object",
    "required": ["remarks"],
    "properties": {
        "remarks": {
            "type": "array", "maxItems": 4 * MOST,
            "items": {
                "type": "object", "required": ["number", "real"],
                "properties": {
                    "number": {"type": "integer", "minimum": 1}, "real": _SURE,
                    "why": {"type": ["string", "null"], "maxLength": _MOST_TEXT},
                },
            },
        }
    },
}  # fmt: skip
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "array": (list,),
    "object": (dict,), "null": (type(None),),
}  # fmt: skip


class Wrong(Exception):
    """An answer that is not what was asked for; each of `faults` is a sentence."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object in `text`, which fits `schema`; raises Wrong.

    Models like to put it between fences, or between sentences: the first that looks like it counts.
    """
    found = _object(text, schema.get("required", ()))
    faults = list(_faults(found, schema, "the answer"))
    if faults:
        raise Wrong(*faults[:_MOST_FAULTS])
    return found


def _object(text: str, names: Sequence[str]) -> dict[str, Any]:
    """The first object in `text` that has one of `names`."""
    if not text.strip():
        raise Wrong("the answer is empty")
    told = "there is no JSON object in the answer"
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at = -1
    for number in range(_MOST_TRIES):
        at = text.find("{", at + 1)
        if at < 0:
            break
        try:
            found, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            why = str(error) if isinstance(error, json.JSONDecodeError) else "it cannot be read"
            told = told if number else f"the JSON cannot be read ({why[:120]})"
            continue
        if isinstance(found, dict) and any(name in found for name in names):
            return found
    raise Wrong(told)


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _faults(value: Any, schema: Mapping[str, Any], where: str, depth: int = 0) -> Iterator[str]:
    """What of `value` does not fit, in words."""
    if depth > _DEPTH:
        yield f"{where} is nested too deeply"
        return
    wanted = schema.get("type")
    names = [wanted] if isinstance(wanted, str) else list(wanted or ())
    if names and not any(_is(value, name) for name in names):
        yield f"{where} has to be {' or '.join(names)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        choices = ", ".join(str(one) for one in schema["enum"] if one is not None)
        yield f"{where} has to be one of {choices}"
    yield from _limits(value, schema, where)
    if isinstance(value, dict):
        yield from (f"{where} lacks {n}" for n in schema.get("required", ()) if n not in value)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from _faults(
                    value[name], inner, name if not depth else f"{where}.{name}", depth + 1
                )
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            yield from _faults(one, schema["items"], f"{where}[{number}]", depth + 1)


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return False
    if name == "integer" and isinstance(value, float):
        return value.is_integer() and abs(value) < 2**53
    return isinstance(value, _TYPES[name])


def _limits(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            yield f"{where} is {value}, which is out of bounds"
    elif isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        yield f"{where} is too long"
    elif isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        yield f"{where} has too many elements"
