"""Python code that is unsafe by what it calls, wherever its values come from."""

import ast
import re
from collections.abc import Callable, Iterator

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.python import names

Rule = Callable[[ast.Call, str], "Found | None"]

_PASSWORD = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|secret|api_?key|auth_?token|private_?key)$", re.I
)
_NO_SECRET = re.compile(
    r"^(?:|none|null|test\w*|example|changeme|change_me|xxx+|\*+|<.*>|\{.*\}|\$.*|%.*|your[_-].*|"
    r"placeholder|secret|password|passwd|pwd|token|api_?key|hunter2)$|[ \n]|^/|^https?:",
    re.I,
)
_HASHES_PASSWORDS = re.compile(r"pass(?:word|wd|phrase)?|pwd|credential", re.I)


def look(tree: ast.AST) -> Iterator[Found]:
    """The calls and assignments in `tree` that are evidently unsafe."""
    safe_xml = _imports(tree, "defusedxml")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = names.dotted(node.func)
            for rule in _RULES:
                if found := rule(node, name):
                    yield found
            if not safe_xml and (found := _xml(node, name)):
                yield found
        elif isinstance(node, ast.Assign):
            yield from _hard_coded(node.targets, node.value)
        elif isinstance(node, ast.keyword) and node.arg and _PASSWORD.search(node.arg):
            yield from _literal(node.arg, node.value)


def _found(node: ast.expr, rule: str, severity: str, sure: float, message: str, cwe: str) -> Found:
    return Found(
        f"nc/python/{rule}",
        severity,
        sure,
        message,
        node.lineno,
        node.end_lineno or node.lineno,
        cwe,
    )


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in node.keywords if one.arg == name), None)


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _evaluates(node: ast.Call, name: str) -> Found | None:
    if name not in ("eval", "exec", "execfile", "builtins.eval", "builtins.exec") or not node.args:
        return None
    if isinstance(node.args[0], ast.Constant):
        return None
    return _found(
        node, "eval", "high", 0.7,
        f"`{name}` runs whatever text it is given as code. Read the data with `ast.literal_eval` "
        "or `json.loads`, or call what is meant by name.", "CWE-95",
    )  # fmt: skip


def _unpickles(node: ast.Call, name: str) -> Found | None:
    if not re.match(
        r"(?:c?[pP]ickle|dill|shelve|marshal|jsonpickle|joblib)\.(?:loads?|open|decode)$", name
    ):
        return None
    if name in ("marshal.load", "shelve.open") or not node.args:
        return None
    return _found(
        node, "unpickle", "medium", 0.6,
        f"`{name}` can run code that is hidden in the data. Read data that others can write in a "
        "plain format such as JSON.", "CWE-502",
    )  # fmt: skip


def _yaml(node: ast.Call, name: str) -> Found | None:
    if name not in ("yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load"):
        return None
    loader = _keyword(node, "Loader") or (node.args[1] if len(node.args) > 1 else None)
    told = names.dotted(loader) if loader is not None else ""
    if name != "yaml.unsafe_load" and (
        "Safe" in told or "Base" in told or name == "yaml.full_load"
    ):
        return None
    return _found(
        node, "yaml-load", "high", 0.8,
        "This way to read YAML can build any object, and so run code. Use `yaml.safe_load`.",
        "CWE-502",
    )  # fmt: skip


def _unverified(node: ast.Call, name: str) -> Found | None:
    off = _is(_keyword(node, "verify"), False) or _is(_keyword(node, "verify_ssl"), False)
    if name.endswith("_create_unverified_context"):
        off = True
    if name.endswith("jwt.decode"):
        return _jwt(node, off)
    if not off:
        return None
    return _found(
        node, "no-certificate-check", "high", 0.8,
        "The certificate of the server is not checked: anybody on the way can read and change what "
        "is sent. Leave the check on, or give it the certificate to trust.", "CWE-295",
    )  # fmt: skip


def _jwt(node: ast.Call, off: bool) -> Found | None:
    options = _keyword(node, "options")
    if isinstance(options, ast.Dict):
        for key, value in zip(options.keys, options.values, strict=True):
            is_check = isinstance(key, ast.Constant) and key.value == "verify_signature"
            off = off or (is_check and _is(value, False))
    if not off:
        return None
    return _found(
        node, "unchecked-token", "high", 0.85,
        "The signature of the token is not checked: anybody can write one.", "CWE-347",
    )  # fmt: skip


def _weak_hash(node: ast.Call, name: str) -> Found | None:
    short = names.last(name)
    weak = short in ("md5", "sha1", "MD5", "SHA1", "SHA")
    by_name = short == "new" and name.startswith("hashlib") and node.args
    if by_name and isinstance(node.args[0], ast.Constant):
        weak = str(node.args[0].value).lower() in ("md5", "sha1")
    if not weak or _is(_keyword(node, "usedforsecurity"), False):
        return None
    inside = " ".join(
        names.dotted(one) for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)
    )
    if not _HASHES_PASSWORDS.search(inside):
        return None
    return _found(
        node, "weak-password-hash", "high", 0.75,
        f"`{short}` is too quick to keep passwords: they are guessed from it. Use "
        "`hashlib.scrypt`, bcrypt or argon2.", "CWE-327",
    )  # fmt: skip


def _debug(node: ast.Call, name: str) -> Found | None:
    if not name.endswith(".run") or not _is(_keyword(node, "debug"), True):
        return None
    return _found(
        node, "debug-server", "high", 0.7,
        "The server runs with its debugger on, which runs code for whoever makes it fail. Take "
        "`debug` from the environment.", "CWE-489",
    )  # fmt: skip


def _temporary(node: ast.Call, name: str) -> Found | None:
    if name not in ("tempfile.mktemp", "mktemp", "os.tempnam", "os.tmpnam"):
        return None
    return _found(
        node, "temporary-name", "medium", 0.8,
        "Between this name and the file, somebody else can put one there. Use "
        "`tempfile.NamedTemporaryFile` or `mkstemp`.", "CWE-377",
    )  # fmt: skip


def _unpacks(node: ast.Call, name: str) -> Found | None:
    short = names.last(name)
    if short not in ("extractall", "unpack_archive") or _keyword(node, "filter") is not None:
        return None
    if _keyword(node, "members") is not None or re.search(r"zip", name, re.I):
        return None
    return _found(
        node, "unpack-anywhere", "medium", 0.5,
        "Members of an archive may lie outside of the folder it is unpacked in. Give "
        "`filter=\"data\"`, or look at the names first.", "CWE-22",
    )  # fmt: skip


def _host_keys(node: ast.Call, name: str) -> Found | None:
    if not name.endswith("set_missing_host_key_policy") or not node.args:
        return None
    if names.last(names.dotted(node.args[0])) not in ("AutoAddPolicy", "WarningPolicy"):
        return None
    return _found(
        node, "any-host-key", "medium", 0.7,
        "Any host is believed to be the one that was meant. Load the known keys and reject others.",
        "CWE-295",
    )  # fmt: skip


def _open_to_all(node: ast.Call, name: str) -> Found | None:
    if name not in ("os.chmod", "os.fchmod") or len(node.args) < 2:
        return None
    mode = node.args[1]
    if (
        not isinstance(mode, ast.Constant)
        or not isinstance(mode.value, int)
        or not mode.value & 0o002
    ):
        return None
    return _found(
        node, "writable-by-all", "medium", 0.75,
        f"Everybody on the machine may write this file (`{mode.value:#o}`).", "CWE-732",
    )  # fmt: skip


def _xml(node: ast.Call, name: str) -> Found | None:
    if not re.match(r"(?:lxml\.)?etree\.(?:parse|fromstring|XML)$|xml\.sax\.parse", name):
        return None
    parser = _keyword(node, "parser") or (node.args[1] if len(node.args) > 1 else None)
    if parser is not None:
        return None
    return _found(
        node, "xml-entities", "low", 0.4,
        "This parser may follow entities of the document to files and hosts. Use `defusedxml`, or "
        "a parser with `resolve_entities=False`.", "CWE-611",
    )  # fmt: skip


def _hard_coded(targets: list[ast.expr], value: ast.expr) -> Iterator[Found]:
    for target in targets:
        name = names.last(names.dotted(target))
        if _PASSWORD.search(name):
            yield from _literal(name, value)


def _literal(name: str, value: ast.expr) -> Iterator[Found]:
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return
    if (
        len(value.value) < 4
        or _NO_SECRET.search(value.value)
        or value.value.lower() == name.lower()
    ):
        return
    yield _found(
        value, "hard-coded-password", "medium", 0.5,
        f"`{name}` stands in the code, where everybody who has the code reads it. Take it from the "
        "environment or a store of secrets, and change it.", "CWE-798",
    )  # fmt: skip


def _imports(tree: ast.AST, module: str) -> bool:
    return any(
        (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(module))
        or (isinstance(node, ast.Import) and any(one.name.startswith(module) for one in node.names))
        for node in ast.walk(tree)
    )


_RULES: tuple[Rule, ...] = (
    _evaluates, _unpickles, _yaml, _unverified, _weak_hash, _debug, _temporary, _unpacks,
    _host_keys, _open_to_all,
)  # fmt: skip
