"""What can be set from outside, in Python: environment, keys, options, classes of settings."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from git_naturecode.ai.knowledge.from_code.facts import Setting
from git_naturecode.ai.knowledge.from_code.python_names import (
    dotted,
    literal,
    spelled,
    text_of,
    walk,
)
from git_naturecode.ai.knowledge.from_code.sentences import first

if TYPE_CHECKING:
    from git_naturecode.ai.knowledge.from_code.python_facts import Stated

_TELLS = re.compile(
    r"environ|getenv|add_argument|option\(|Option\(|(?i:config|conf|cfg|settings?)(?:\.\w+\(|\[)"
)
_CONFIG = re.compile(r"(?:^|[._])(?:config|conf|cfg|settings?|configparser)$", re.I)
_GETTERS = frozenset((
    "get", "getint", "getboolean", "getfloat", "all", "number", "flag", "setdefault", "pop",
    "get_main_option", "getoption", "getini", "get_bool", "get_int",
))  # fmt: skip
_KEY = re.compile(r"[A-Za-z][\w-]*(?:\.[\w*-]+)*$")
_CLASS = re.compile(r"(?:Settings|Config|Configuration|Options|Preferences|Limits|Defaults)$")
_SECRET = re.compile(r"secret|password|passwd|token|credential|private|api_?key|^key$|_key$", re.I)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
_MOST = 200


def wanted(text: str, trees: Sequence[ast.Module]) -> list[ast.AST]:
    """The nodes in which a setting may be; none where no word in `text` says so."""
    if not _TELLS.search(text):
        return []
    return [
        node
        for tree in trees
        for node in walk(tree)
        if isinstance(node, ast.Call | ast.Subscript | ast.Compare)
    ]


def settings(nodes: Iterable[ast.AST], stated: "Sequence[Stated]") -> list[Setting]:
    """All settings, each name of a kind once, by line."""
    found: dict[tuple[str, str, str], Setting] = {}
    known = {
        target.id: text
        for node, _, depth, _ in stated
        if not depth and isinstance(node, ast.Assign)
        and (text := text_of(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }  # fmt: skip
    for one in (*_of_nodes(nodes, known), *_fields(stated)):
        before = found.get((one.kind, one.owner, one.name))
        if before is None or (one.default and not before.default):
            found[one.kind, one.owner, one.name] = one
    return sorted(found.values(), key=lambda one: (one.line, one.kind, one.name))[:_MOST]


def shown(name: str, default: str) -> str:
    """`default` unless `name` says that it may be a secret."""
    if _SECRET.search(name) and default not in ("", "None", "''", '""'):
        return "…"
    return default


def _text(node: ast.AST | None, known: Mapping[str, str]) -> str | None:
    """A text, also by the name that the file gives to it."""
    return known.get(node.id) if isinstance(node, ast.Name) else text_of(node)


def _of_nodes(nodes: Iterable[ast.AST], known: Mapping[str, str]) -> Iterator[Setting]:
    for node in nodes:
        if isinstance(node, ast.Subscript):
            yield from _subscript(node, known)
        elif isinstance(node, ast.Compare):
            name = _text(node.left, known)
            is_in = len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn)
            if name and is_in and _is_environ(node.comparators[0]) and _VARIABLE.match(name):
                yield Setting("variable", name, node.lineno)
        elif isinstance(node, ast.Call):
            yield from _call(node, known)


def _is_environ(node: ast.AST) -> bool:
    name = dotted(node) if not isinstance(node, ast.Call) else ""
    return name.split(".")[-1] in ("environ", "environb") or name in ("env", "os.env")


def _subscript(node: ast.Subscript, known: Mapping[str, str]) -> Iterator[Setting]:
    name = _text(node.slice, known)
    if not name:
        return
    if _is_environ(node.value) and _VARIABLE.match(name):
        yield Setting("variable", name, node.lineno)
    elif _KEY.match(name) and _CONFIG.search(spelled(node.value)):
        yield Setting("key", name, node.lineno)


def _call(node: ast.Call, known: Mapping[str, str]) -> Iterator[Setting]:
    name = dotted(node.func)
    base, _, last = name.rpartition(".")
    given = _text(node.args[0], known) if node.args else None
    default = literal(node.args[1]) if len(node.args) > 1 else ""
    if last == "getenv" or (last in ("get", "pop", "setdefault") and _is_env_get(node)):
        if given and _VARIABLE.match(given):
            yield Setting("variable", given, node.lineno, shown(given, default))
    elif last in _GETTERS and base and _CONFIG.search(base):
        if given and _KEY.match(given) and len(given) > 1:
            yield Setting("key", given, node.lineno, shown(given, default))
    elif last in ("add_argument", "option", "Option"):
        yield from _option(node)


def _is_env_get(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and _is_environ(node.func.value)


def _option(node: ast.Call) -> Iterator[Setting]:
    names = [text for text in map(text_of, node.args) if text and text.startswith("--")]
    if not names:
        return
    named = {one.arg: one.value for one in node.keywords if one.arg}
    about = text_of(named.get("help")) or ""
    default = literal(named.get("default"))
    name = names[0].split("/")[0].split(" ")[0]
    yield Setting("option", name, node.lineno, shown(name, default), "", first(about, 120))


def _fields(stated: "Sequence[Stated]") -> Iterator[Setting]:
    """The fields with defaults of classes that hold settings."""
    for node, _, depth, _ in stated:
        if depth > 1 or not isinstance(node, ast.ClassDef):
            continue
        bases = [dotted(one).split(".")[-1] for one in node.bases]
        if not (_CLASS.search(node.name) or "BaseSettings" in bases):
            continue
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                name, default = field.target.id, literal(field.value)
            elif isinstance(field, ast.Assign) and isinstance(field.targets[0], ast.Name):
                name, default = field.targets[0].id, literal(field.value)
            else:
                continue
            if name.startswith("_") or name in ("Meta", "model_config"):
                continue
            yield Setting("field", name, field.lineno, shown(name, default), node.name)
