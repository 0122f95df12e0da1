"""Names: of the project, of its modules, and to which of them an import leads."""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from git_naturecode.ai.knowledge.from_code.facts import Document, File, Import

_MOST = 60  # characters of a name
_SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".d.ts")
_BAD = (ValueError, RecursionError, TypeError, AttributeError)


def roots(paths: Iterable[str]) -> list[str]:
    """The folders in which packages of Python stand, the deepest first: those above a folder that
    has an `__init__.py` and has none itself."""
    packages = {
        posixpath.dirname(path) for path in paths if posixpath.basename(path) == "__init__.py"
    }
    found = {posixpath.dirname(one) for one in packages} - packages
    return sorted(found | {"", "src", "lib"}, key=lambda one: (-len(one), one))


def module(path: str, roots: Sequence[str]) -> str:
    """The dotted name of the file of Python at `path`."""
    inside = path
    for root in roots:
        if not root or path.startswith(root + "/"):
            inside = path[len(root) + 1 :] if root else path
            break
    name = re.sub(r"(?:/__init__)?\.pyi?$", "", inside)
    return name.replace("/", ".") if name not in ("__init__.py", "__init__") else ""


def project(documents: Mapping[str, Document]) -> str:
    """What the project calls itself in the manifest that stands highest; "" for none."""
    for path in sorted(documents, key=lambda one: (one.count("/"), one)):
        text = documents[path].text
        base = posixpath.basename(path)
        name: Any = ""
        if base in ("pyproject.toml", "Cargo.toml"):
            said = toml(text)
            name = _get(said, "project", "name") or _get(said, "package", "name")
            name = name or _get(said, "tool", "poetry", "name")
        elif base == "package.json":
            name = _get(of_json(text), "name")
        elif base == "go.mod":
            found = re.search(r"^module\s+(\S+)", text, re.M)
            name = posixpath.basename(found[1]) if found else ""
        elif base == "setup.cfg":
            found = re.search(r"^name\s*=\s*([\w.-]+)", text, re.M)
            name = found[1] if found else ""
        if isinstance(name, str) and name.strip():
            return " ".join(name.split())[:_MOST]
    return ""


def toml(text: str) -> dict[str, Any]:
    """What a text in TOML says; empty where it cannot be read."""
    try:
        return tomllib.loads(text)
    except _BAD:
        return {}


def of_json(text: str) -> dict[str, Any]:
    """The object that a text in JSON holds; empty where it cannot be read."""
    try:
        found = json.loads(text)
    except _BAD:
        return {}
    return found if isinstance(found, dict) else {}


def _get(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


get = _get


class Resolver:
    """To which files the imports of a project lead."""

    def __init__(self, files: Mapping[str, File], documents: Mapping[str, Document]) -> None:
        self._files = files
        self._modules: dict[str, str] = {}
        for path, one in files.items():
            if one.language == "Python" and one.module:
                self._modules.setdefault(one.module, path)
        self.tops = {name.split(".")[0] for name in self._modules}
        self._go = _go_modules(documents)
        self._folders: dict[str, list[str]] = {}
        for path in files:
            self._folders.setdefault(posixpath.dirname(path), []).append(path)

    def targets(self, one: File, what: Import) -> list[str]:
        """The paths of the files of the project that `what`, an import in `one`, leads to."""
        if one.language == "Python":
            return self._python(what)
        if one.language in ("JavaScript", "TypeScript"):
            found = self._script(one.path, what.module)
            return [found] if found else []
        if one.language == "Go":
            return self._in_go(what.module)
        if one.language == "Rust":
            return self._rust(one.path, what)
        return self._java(what.module)

    def outside(self, one: File, what: Import) -> str:
        """The name of the package of others that `what` is taken from; "" for one's own and for
        what comes with the language."""
        import sys

        name = what.module
        if one.language == "Python":
            top = name.split(".")[0]
            own = top in self.tops or top in sys.stdlib_module_names or not top
            beside = posixpath.join(posixpath.dirname(one.path), top + ".py")
            return "" if own or beside in self._files else top
        if one.language in ("JavaScript", "TypeScript"):
            if name.startswith((".", "/", "node:", "#", "~", "@/")) or not name:
                return ""
            parts = name.split("/")
            top = "/".join(parts[:2]) if name.startswith("@") else parts[0]
            return "" if top in NODE else top
        if one.language == "Go":
            own = any(name == base or name.startswith(base + "/") for base, _ in self._go)
            return "" if own or "." not in name.split("/")[0] else name
        if one.language == "Rust":
            top = name.split("::")[0]
            return "" if top in ("self", "super", "crate", "std", "core", "alloc") else top
        if name.startswith(("java.", "javax.")):
            return ""
        return "" if self._java(name) else ".".join(name.split(".")[:3])

    def _python(self, what: Import) -> list[str]:
        found = []
        for name in what.names or ("",):
            whole = f"{what.module}.{name}" if name and name != "*" else what.module
            while whole and whole not in self._modules:
                whole = whole.rpartition(".")[0]
            # Not what merely begins alike: `import a.b` leads nowhere where there is only `a`.
            if whole and (whole == what.module or whole.startswith(what.module + ".")):
                found.append(self._modules[whole])
        return list(dict.fromkeys(found))

    def _script(self, path: str, name: str) -> str:
        if not name.startswith("."):
            return ""
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        stem = re.sub(r"\.(?:m|c)?jsx?$", "", whole)
        for base in dict.fromkeys((whole, stem)):
            if base in self._files:
                return base
            for ending in _SCRIPTS:
                for form in (base + ending, f"{base}/index{ending}"):
                    if form in self._files:
                        return form
        return ""

    def _in_go(self, name: str) -> list[str]:
        for base, folder in self._go:
            if name == base or name.startswith(base + "/"):
                inside = posixpath.normpath(posixpath.join(folder, name[len(base) + 1 :]))
                inside = "" if inside == "." else inside
                return [one for one in self._folders.get(inside, ()) if one.endswith(".go")][:1]
        return []

    def _rust(self, path: str, what: Import) -> list[str]:
        parts = what.module.split("::")
        folder = posixpath.dirname(path)
        stem = posixpath.basename(path).removesuffix(".rs")
        here = folder if stem in ("mod", "lib", "main") else posixpath.join(folder, stem)
        if parts[0] == "crate":
            while folder and posixpath.join(folder, "lib.rs") not in self._files and (
                posixpath.join(folder, "main.rs") not in self._files
            ):  # fmt: skip
                folder = posixpath.dirname(folder)
            here = folder
        elif parts[0] == "super":
            here = posixpath.dirname(here)
        elif parts[0] != "self":
            return []
        for length in range(len(parts) - 1, 0, -1):
            base = posixpath.join(here, *parts[1 : length + 1])
            for form in (f"{base}.rs", f"{base}/mod.rs"):
                if form in self._files:
                    return [form]
        return []

    def _java(self, name: str) -> list[str]:
        ending = name.replace(".", "/") + ".java"
        for root in ("", "src/main/java/", "src/test/java/", "src/"):
            if root + ending in self._files:
                return [root + ending]
        return []


def _go_modules(documents: Mapping[str, Document]) -> list[tuple[str, str]]:
    """The modules of Go by their names, the longest first, with their folders."""
    found = []
    for path, one in documents.items():
        if posixpath.basename(path) == "go.mod":
            said = re.search(r"^module\s+(\S+)", one.text, re.M)
            if said:
                found.append((said[1], posixpath.dirname(path)))
    return sorted(found, key=lambda one: -len(one[0]))


NODE = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
        "test",
    ]
)
