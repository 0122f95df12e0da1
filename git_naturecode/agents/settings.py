"""Our hook in the settings of an AI tool: put in, taken out, looked for; all else stays."""

import hashlib
import json
import os
import shlex
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from git_naturecode.agents import json_text
from git_naturecode.agents.ground import read_plain
from git_naturecode.agents.json_text import Json, Node, NotJson
from git_naturecode.agents.tools import TOOLS, Tool
from git_naturecode.errors import NaturecodeError, NotPermitted, Usage
from git_naturecode.store.device import config_folder

LOCAL, PROJECT, USER = "local", "project", "user"
_MOST = 8 << 20
_MARK = "hook agent "
_HOOKS = ""  # in place of the name of an event: the object that holds the events


@dataclass(frozen=True)
class Place:
    """A file of settings: of which tool, for whom (LOCAL, PROJECT, USER), where."""

    tool: Tool
    scope: str
    path: str


@dataclass(frozen=True)
class Done:
    """What was done to a file; `changed` is False where it was as wanted before."""

    place: Place
    changed: bool
    gone: bool = False


def place(tool: str, work_tree: str | None, environ: Mapping[str, str], user: bool) -> Place:
    """Where our hook for `tool` goes: the user's own file, or one of this work tree.

    That is the local one where the tool has one: what is tracked is for the team to decide.
    Raises Usage for a tool that we do not know, or without a work tree.
    """
    known = TOOLS.get(tool)
    if known is None:
        raise Usage(f"{tool!r} is not a tool that I know hooks of", "use " + ", ".join(TOOLS))
    if user:
        return Place(known, USER, _user_file(known, environ))
    if work_tree is None:
        raise Usage("there is no work tree here", "use --user")
    scope, file = (LOCAL, known.local) if known.local else (PROJECT, known.project)
    return Place(known, scope, os.path.join(work_tree, file))


def places(work_tree: str | None, environ: Mapping[str, str], tool: str = "") -> list[Place]:
    """All files in which a hook of ours (for `tool` alone, where it is named) may stand."""
    found = []
    for known in TOOLS.values() if not tool else [place(tool, "", environ, True).tool]:
        files = [(LOCAL, known.local), (PROJECT, known.project)] if work_tree else []
        found += [
            Place(known, scope, os.path.join(work_tree or "", file))
            for scope, file in files
            if file
        ]
        found.append(Place(known, USER, _user_file(known, environ)))
    return found


def install(where: Place, program: str, work_tree: str | None, environ: Mapping[str, str]) -> Done:
    """Put our hook into `where`; `program` is the path of git-naturecode ("": on the PATH).

    Raises NaturecodeError where the file is no JSON that can be changed, NotPermitted where it
    lies elsewhere than it seems.
    """
    before = _read(where, work_tree)
    text = "{}\n" if before is None or not before.strip() else before
    try:
        kept = _known(_record(where, environ)).get("kept") or ()
        after = _with(where.tool, _without(where.tool, text, kept), _command(where, program))
    except NotJson as error:
        raise _broken(where, error) from None
    if after == before:
        return Done(where, False)
    _write(where, after)
    _remember(where, before, after, environ)
    return Done(where, True)


def uninstall(where: Place, work_tree: str | None, environ: Mapping[str, str]) -> Done:
    """Take our hook out of `where`; what was there before it is there again, to the byte.

    A file that was made for it goes away. Raises as `install`.
    """
    if not is_installed(where):
        return Done(where, False)
    before = _read(where, work_tree) or ""
    try:
        known = _known(_record(where, environ))
        after = _without(where.tool, before, known.get("kept") or ())
        if known.get("first") is True:
            root = _root(where.tool, after)
            after = json_text.without(after, root, lambda one: one.name in dict(where.tool.first))
    except NotJson as error:
        raise _broken(where, error) from None
    made, blank = known.get("made") is True, known.get("blank")
    if isinstance(blank, str) and known.get("after") == _sha(before):
        after = blank
    elif made and not _root(where.tool, after).inner:
        os.unlink(where.path)
        with suppress(OSError):
            os.rmdir(os.path.dirname(where.path))
        _forget(where, environ)
        return Done(where, True, gone=True)
    _write(where, after)
    _forget(where, environ)
    return Done(where, True)


def is_installed(where: Place) -> bool:
    """True when our hook stands in the file."""
    data = read_plain(where.path, _MOST).decode("utf-8", "replace")
    return _is_in(where, data)


def _is_in(where: Place, text: str) -> bool:
    try:
        hooks = json_text.scan(text, where.tool.comments).member("hooks")
    except NotJson:
        return False
    arrays = hooks.inner if hooks and isinstance(hooks.value, dict) else []
    return any(_has_ours(where.tool, item) for array in arrays for item in array.inner)


def _user_file(tool: Tool, environ: Mapping[str, str]) -> str:
    home = environ.get("HOME", "")
    own = environ.get(tool.home, "").split(",")[0]
    return os.path.join(own or os.path.join(home, tool.user_folder), tool.user)


def _command(where: Place, program: str) -> str:
    """What the tool's shell runs: nothing where git-naturecode is gone.

    No `$`, which Gemini CLI would replace. A file of the project may be the team's, so that it
    names no path of this machine.
    """
    call = f"{_MARK}{where.tool.name}"
    on_path = f"if command -v git-naturecode >/dev/null; then exec git-naturecode {call}; fi"
    if where.scope == PROJECT or not program:
        return on_path
    path = shlex.quote(program)
    return f"if test -x {path}; then exec {path} {call}; fi; {on_path}"


def _is_ours(tool: Tool, hook: Json) -> bool:
    command = hook.get("command") if isinstance(hook, dict) else None
    if not isinstance(command, str) or "git-naturecode" not in command:
        return False
    return f"{_MARK}{tool.name};" in command + ";"


def _has_ours(tool: Tool, item: Node) -> bool:
    hooks = item.member("hooks")
    inner = hooks.inner if hooks else []
    return _is_ours(tool, item.value) or any(_is_ours(tool, one.value) for one in inner)


def _with(tool: Tool, text: str, command: str) -> str:
    for name, value in dict(tool.first).items():
        root = _root(tool, text)
        if root.member(name) is None:
            text = json_text.add(text, root, name, value)
    for event in tool.events:
        root = _root(tool, text)
        text = json_text.put(text, root, ["hooks", event], tool.item(event, command))
    return text


def _without(tool: Tool, text: str, kept: Collection[str] = ()) -> str:
    """`text` without our hooks, and without what held nothing else and is not among `kept`."""
    for _ in range(1000):
        hooks = _root(tool, text).member("hooks")
        if hooks is None or not isinstance(hooks.value, dict):
            return text
        array = next((a for a in hooks.inner if any(_has_ours(tool, i) for i in a.inner)), None)
        if array is None:
            return text
        text = _without_first(tool, text, hooks, array, kept)
    return text


def _without_first(tool: Tool, text: str, hooks: Node, array: Node, kept: Collection[str]) -> str:
    item = next(item for item in array.inner if _has_ours(tool, item))
    inner = item.member("hooks")
    if inner and not all(_is_ours(tool, one.value) for one in inner.inner):
        return json_text.without(text, inner, lambda one: _is_ours(tool, one.value))
    if len(array.inner) > 1 or array.name in kept:
        return json_text.without(text, array, lambda one: one is item)
    if len(hooks.inner) > 1 or _HOOKS in kept:
        return json_text.without(text, hooks, lambda one: one is array)
    return json_text.without(text, _root(tool, text), lambda one: one.name == "hooks")


def _root(tool: Tool, text: str) -> Node:
    root = json_text.scan(text, tool.comments)
    if not isinstance(root.value, dict):
        raise NotJson("it is not an object")
    return root


def _read(where: Place, work_tree: str | None) -> str | None:
    """The text of the file; None where it is not there."""
    if where.scope != USER and work_tree is not None:
        top = os.path.realpath(work_tree) + os.sep
        if not os.path.realpath(where.path).startswith(top):
            raise NotPermitted(
                f"{where.path} is a link to somewhere else, which a repository must not decide",
                "remove the link, or use --user",
            )
    try:
        mode = os.stat(where.path).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise NaturecodeError(f"{where.path} is not a file", "move it away")
    data = read_plain(where.path, _MOST)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise _broken(where, NotJson("it is not UTF-8")) from None


def _broken(where: Place, error: NotJson) -> NaturecodeError:
    return NaturecodeError(
        f"{where.path} cannot be changed: {error}", "mend it first; nothing was written"
    )


def _write(where: Place, text: str) -> None:
    path = os.path.realpath(where.path)  # a link of the user's own stays one
    os.makedirs(os.path.dirname(path), exist_ok=True)
    new = f"{path}.naturecode-new"
    try:
        with open(new, "w", encoding="utf-8", newline="") as file:
            with suppress(FileNotFoundError):
                os.fchmod(file.fileno(), stat.S_IMODE(os.stat(path).st_mode))
            file.write(text)
        os.replace(new, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(new)
        raise


def _record(where: Place, environ: Mapping[str, str]) -> str:
    name = hashlib.sha256(os.fsencode(os.path.abspath(where.path))).hexdigest()[:32]
    return os.path.join(config_folder(environ), "agents", f"{name}.json")


def _remember(where: Place, before: str | None, after: str, environ: Mapping[str, str]) -> None:
    """Note how the file was before: not what stood in it, only where ours does."""
    path = _record(where, environ)
    known = _known(path)
    if before is not None and _is_in(where, before):
        told = {**known, "after": _sha(after)}
    else:
        told = {"after": _sha(after), **_shape(where.tool, before)}
    with suppress(OSError):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(told, file)


def _shape(tool: Tool, before: str | None) -> dict[str, Json]:
    """What has to be known of a file to give back its bytes: what was there, though empty."""
    if before is None:
        return {"made": True, "first": True}
    if not before.strip():
        return {"blank": before[:1000]}
    root = _root(tool, before)
    hooks = root.member("hooks")
    kept = [_HOOKS, *(str(array.name) for array in hooks.inner)] if hooks else []
    return {"kept": kept, "first": not any(root.member(name) for name in dict(tool.first))}


def _forget(where: Place, environ: Mapping[str, str]) -> None:
    with suppress(OSError):
        os.unlink(_record(where, environ))


def _known(path: str) -> dict[str, Json]:
    try:
        found = json.loads(read_plain(path, _MOST) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
