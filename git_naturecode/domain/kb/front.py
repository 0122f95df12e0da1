"""Front matter: what stands above a Markdown text in YAML or TOML, read without trusting it."""

import re
from datetime import UTC, date, datetime
from typing import NamedTuple

from git_naturecode.store import yaml_scan
from git_naturecode.store.entry import Json

_YAML = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.S | re.M)
_DEEP = re.compile(r"[\[{]")
_MOST_OPEN = 1_000  # brackets in TOML, of which each may be a level that its reader goes down
_LIST = re.compile(r"[,;]|\s+#|^#")


class Front(NamedTuple):
    """What was told above a text, and the text below; `problem` says why nothing was read."""

    told: dict[str, Json]
    text: str
    problem: str = ""


def read(text: str) -> Front:
    """The front matter of `text` (LF, no byte order mark) and what stands below it.

    Where it cannot be read, or is built to hurt, all of `text` stays text.
    """
    for form, load in ((_YAML, _yaml), (_TOML, _toml)):
        if found := form.match(text):
            told, problem = load(found[1])
            if problem:
                return Front({}, text, problem)
            return Front(told, text[found.end() :].lstrip("\n"))
    return Front({}, text)


def _yaml(block: str) -> tuple[dict[str, Json], str]:
    if why := yaml_scan.objection(block.encode("utf-8", "surrogatepass")):
        return {}, why
    import yaml

    try:
        told = yaml.load(block, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        return {}, "its YAML cannot be read"
    if told is None:
        return {}, ""
    return (_keyed(told), "") if isinstance(told, dict) else ({}, "its YAML names no fields")


def _toml(block: str) -> tuple[dict[str, Json], str]:
    import tomllib

    if len(block) > yaml_scan.MAX_BYTES or len(_DEEP.findall(block)) > _MOST_OPEN:
        return {}, "its TOML is too long"
    try:
        return _keyed(tomllib.loads(block)), ""
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return {}, "its TOML cannot be read"


def _keyed(told: dict[Json, Json]) -> dict[str, Json]:
    return {str(key).strip().casefold(): value for key, value in told.items()}


def word(told: dict[str, Json], *names: str) -> str:
    """The first of the fields `names` that says something, on one line."""
    for name in names:
        value = told.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):  # an author with a name and an address
            value = value.get("email") or value.get("name")
        is_word = isinstance(value, str | int | float) and not isinstance(value, bool)
        if is_word and (text := " ".join(str(value).split())):
            return text
    return ""


def words(told: dict[str, Json], *names: str) -> list[str]:
    """All that the fields `names` list, each once: lists, or words with commas between."""
    found: dict[str, None] = {}
    for name in names:
        value = told.get(name)
        listed = _LIST.split(value) if isinstance(value, str) else value
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, str | int | float) and not isinstance(one, bool):
                found[" ".join(str(one).strip().lstrip("#").split())] = None
    found.pop("", None)
    return list(found)


def time_ms(told: dict[str, Json], *names: str) -> int:
    """The first of the fields `names` that is a time, in milliseconds since the epoch, else 0; a
    time without a zone is taken for UTC."""
    for name in names:
        value = told.get(name)
        if isinstance(value, str):
            value = _parsed(value.strip())
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, datetime):
            try:
                known = value if value.tzinfo else value.replace(tzinfo=UTC)
                ms = int(known.timestamp() * 1000)
            except (ValueError, OverflowError):
                continue
            if 0 < ms < 253_402_300_800_000:  # up to the year 9999
                return ms
    return 0


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
