"""Merge rules: what `.naturecode/review.yml` of the base branch asks for, read strictly.

Whatever in it is not understood stops every merge, for it may have been meant to.
"""

import difflib
from collections.abc import Callable
from typing import Any, NamedTuple

from git_naturecode.domain.findings.model import SEVERITIES
from git_naturecode.domain.review import globs
from git_naturecode.store import yaml_scan

PLACE = ".naturecode/review.yml"
VERSION = 1
MERGE, SQUASH, REBASE, FF = "merge", "squash", "rebase", "ff"
STRATEGIES = (MERGE, SQUASH, REBASE, FF)
_MOST_APPROVALS = 100
_MOST_RULES, _MOST_ITEMS = 200, 500


class Rule(NamedTuple):
    """One rule, for changes of files that `paths` mean (none: for every change).

    So many `approvals`; the approval of each of `required`; of an owner of each file (`owners`); no
    open threads (`resolved`); no finding as severe as `findings`; success of each check of `ci`;
    `own` False: who wrote one of the commits has no say; `linear`: no merge commit; `strategies`:
    the only ways to merge.
    """

    number: int = 1
    paths: tuple[str, ...] = ()
    approvals: int = 0
    required: tuple[str, ...] = ()
    owners: bool = False
    resolved: bool = False
    findings: str = ""
    ci: tuple[str, ...] = ()
    own: bool = True
    linear: bool = False
    strategies: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        """True when the rule speaks of the file `path`."""
        return not self.paths or globs.chosen(self.paths, path)


class Rules(NamedTuple):
    """All rules that hold; `problem` says what of their file cannot be understood.

    `found` is False where there is no such file: then one approval is enough.
    """

    rules: tuple[Rule, ...] = (Rule(approvals=1),)
    found: bool = False
    problem: str = ""


WITHOUT_FILE = Rules()


class Wrong(Exception):
    """What is wrong with a file of rules, in words for people."""


def parse(data: bytes) -> Rules:
    """The rules in the YAML text `data`; with a problem, and none of them, where it is wrong."""
    try:
        return Rules(_rules(_loaded(data)), True)
    except Wrong as error:
        return Rules((), True, str(error))


def _loaded(data: bytes) -> Any:
    if why := yaml_scan.objection(data):
        raise Wrong(why)
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_twins(yaml.compose(data, Loader=loader))
        return yaml.load(data, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Wrong("its YAML cannot be read") from None


def _refuse_twins(node: Any) -> None:
    """Of two lines with one key the loader would forget the first."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        names = [str(name.value) for name, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise Wrong(f"it says {name!r} twice in one place")
        for _, value in node.value:
            _refuse_twins(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            _refuse_twins(one)


def _rules(said: Any) -> tuple[Rule, ...]:
    if not isinstance(said, dict):
        raise Wrong("it is no list of settings (version, rules)")
    _known(said, ("version", "rules"), "")
    if said.get("version") != VERSION or isinstance(said.get("version"), bool):
        raise Wrong(f"version is {said.get('version')!r}, and this program knows {VERSION}")
    listed = said.get("rules", [])
    if not isinstance(listed, list) or len(listed) > _MOST_RULES:
        raise Wrong(f"rules is no list, or has more than {_MOST_RULES}")
    return tuple(_rule(number, one) for number, one in enumerate(listed, 1))


def _rule(number: int, said: Any) -> Rule:
    where = f"rule {number}: "
    if not isinstance(said, dict):
        raise Wrong(where + "it is no list of settings")
    _known(said, tuple(_READERS), where)
    found = {name: _READERS[name](where + name, value) for name, value in said.items()}
    return Rule(number, **found)


def _known(said: dict[Any, Any], names: tuple[str, ...], where: str) -> None:
    for name in said:
        if name not in names:
            near = difflib.get_close_matches(str(name), names, 1)
            more = f" (did you mean {near[0]}?)" if near else f" (known: {', '.join(names)})"
            raise Wrong(f"{where}unknown key {str(name)[:60]!r}{more}")


def _texts(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or len(value) > _MOST_ITEMS:
        raise Wrong(f"{where} is no list of names")
    for one in value:
        if not isinstance(one, str) or not one.strip():
            raise Wrong(f"{where} has {one!r} in it, which is no name")
    return tuple(dict.fromkeys(value))


def _paths(where: str, value: Any) -> tuple[str, ...]:
    found = _texts(where, value)
    for one in found:
        try:
            globs.rule(one)
        except ValueError as error:
            raise Wrong(f"{where}: {error}") from None
    return found


def _count(where: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_APPROVALS:
        raise Wrong(f"{where} is {value!r}, and no number from 0 to {_MOST_APPROVALS}")
    return value


def _switch(where: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"{where} is {value!r}, and neither true nor false")
    return value


def _severity(where: str, value: Any) -> str:
    if value not in SEVERITIES:
        raise Wrong(f"{where} is {value!r}, and none of {', '.join(SEVERITIES)}")
    return str(value)


def _strategies(where: str, value: Any) -> tuple[str, ...]:
    found = _texts(where, value)
    for one in found:
        if one not in STRATEGIES:
            raise Wrong(
                f"{where} has {one!r} in it, and none but {', '.join(STRATEGIES)} are known"
            )
    return found


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "paths": _paths, "approvals": _count, "required": _texts, "owners": _switch,
    "resolved": _switch, "findings": _severity, "ci": _texts, "own": _switch, "linear": _switch,
    "strategies": _strategies,
}  # fmt: skip
