"""Where values in JavaScript turn into queries, commands, paths and pages, or are run as code."""

import re
from collections.abc import Callable

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.script import names
from git_naturecode.ai.builtin.script.calls import Given
from git_naturecode.ai.builtin.taint import leads, pages, said, sql
from git_naturecode.ai.builtin.taint.values import GIVEN, LIST, OUTSIDE, UNKNOWN, Value

Report = Callable[[Found | None], None]

MARKUP_PROPERTIES = frozenset(("innerHTML", "outerHTML", "srcdoc", "dangerouslySetInnerHTML"))
_LANGUAGE = "javascript"
_QUERIES = re.compile(
    r"^(?:query|execute|raw|exec|run|all|get|each|prepare|\$queryRawUnsafe|\$executeRawUnsafe|any|none"
    r"|one|many|manyOrNone|oneOrNone|whereRaw|orderByRaw|havingRaw|joinRaw|fromRaw)$|[qQ]uery$|Sql$|SQL$"
)
_NO_QUERY = re.compile(r"^(?:log|debug|info|warn|error|trace|write|push|t|i18n|\w*Error)$")
_SHELL = re.compile(
    r"^(?:exec|execSync)$|(?:^|\.)(?:child_process|childProcess|cp|shell|shelljs|proc|process)\.exec(?:Sync)?$"
    r"|^execAsync$|(?:^|\.)execa\.command(?:Sync)?$|^execaCommand(?:Sync)?$|\(\)\.exec(?:Sync)?$"
)
_SPAWN = re.compile(r"(?:^|\.)(?:spawn|spawnSync|execFile|execFileSync)$")
_FILES = re.compile(
    r"(?:^|\.)(?:fs|fsp|fsPromises|promises|fse)\.(?:readFile|writeFile|appendFile|createReadStream"
    r"|createWriteStream|unlink|rmdir|rm|readdir|open|mkdir|copyFile|rename|readJson|writeJson|remove"
    r"|outputFile)(?:Sync)?$|^(?:readFile|writeFile|createReadStream|createWriteStream|unlink)(?:Sync)?$"
    r"|(?:^|\.)res\.(?:sendFile|download|sendfile)$"
)
_WRITES = re.compile(r"(?:^|\.)document\.(?:write|writeln)$")
_RESPONDS = re.compile(r"(?:^|\.)(?:res|response|reply)(?:\.\w+\(\))*\.(?:send|write|end)$")
_JQUERY = re.compile(
    r"^(?:\$|jQuery)\(\).*\.(?:html|append|prepend|after|before|replaceWith)$|\.html$"
)
_ASKS = re.compile(
    r"^(?:fetch|axios|got|request|superagent|needle)(?:\.(?:get|post|put|head))?$|^https?\.get$"
)
_BIND = "Give it as a parameter of the query (`query(sql, [value])`)."
_ARGS = "Give the program and its arguments as a list (`execFile`, `spawn` without a shell)."
_WITHIN = "Resolve the path and see that it begins with the folder first."
_ESCAPE = "Set it as text (`textContent`), or clean it (`DOMPurify.sanitize`)."


def called(name: str, given: Given, line: int, end: int, report: Report) -> None:
    """Report what the call of `name` does with values that it should not have like this."""
    short = names.last(name)
    value = given.args[0] if given.args else None
    if value is None:
        return
    if _query(short, value, line, end, report):
        return
    if _SHELL.search(name) or (_SPAWN.search(name) and _has_shell(given)):
        report(said.command(_LANGUAGE, value, line, end, surely=True, cure=_ARGS))
    elif _FILES.search(name) and not _has_root(given):
        report(said.path(_LANGUAGE, value, line, end, cure=_WITHIN))
    _page(name, short, given, line, end, report)
    _code(name, short, value, line, end, report)


def _query(short: str, value: Value, line: int, end: int, report: Report) -> bool:
    known = bool(_QUERIES.search(short))
    if value.kind == LIST or not (
        sql.is_query(value) or (known and value.built and sql.is_piece(value))
    ):
        return False
    if known or not _NO_QUERY.match(short):
        report(said.query(_LANGUAGE, value, line, end, called=known, cure=_BIND))
    return True


def _has_shell(given: Given) -> bool:
    return any(one.named and "shell" in one.named for one in given.args[1:])


def _has_root(given: Given) -> bool:
    return any(one.named and "root" in one.named for one in given.args[1:])


def _page(name: str, short: str, given: Given, line: int, end: int, report: Report) -> None:
    value = given.args[-1] if short == "insertAdjacentHTML" else given.args[0]
    if (
        short == "insertAdjacentHTML"
        or _WRITES.search(name)
        or short == "bypassSecurityTrustHtml"
        or (_JQUERY.search(name) and (short == "html" or pages.is_markup(value)))
    ):
        report(_markup(value, line, end))
    elif _RESPONDS.search(name) and (pages.is_markup(value) or _is_plain_outside(value)):
        report(said.page(_LANGUAGE, value, line, end, cure="Escape it before it is sent."))


def _is_plain_outside(value: Value) -> bool:
    return value.level == OUTSIDE and value.kind != LIST


def _code(name: str, short: str, value: Value, line: int, end: int, report: Report) -> None:
    is_code = name in (
        "eval",
        "new Function",
        "Function",
        "vm.runInNewContext",
        "vm.runInThisContext",
    )
    timer = short in ("setTimeout", "setInterval") and value.built and bool(value.literal)
    if (is_code and value.dirty("code")) or (timer and value.level > 0):
        report(
            Found(
                "nc/javascript/eval", "high", 0.7,
                f"`{name}` runs whatever text it is given as code. Read data with `JSON.parse`, or "
                "call what is meant.", line, end, "CWE-95",
            )
        )  # fmt: skip
    responds = name.startswith(("res.", "response.", "reply.", "ctx."))
    if short == "redirect" and responds and leads.is_chosen(value):
        report(leads.away(_LANGUAGE, line, end))
    elif _ASKS.search(name) and leads.is_chosen(value):
        report(leads.asked(_LANGUAGE, line, end))


def _markup(value: Value, line: int, end: int) -> Found | None:
    least = UNKNOWN if pages.is_markup(value) else GIVEN
    return said.page(_LANGUAGE, value, line, end, least=least, cure=_ESCAPE)


def assigned(target: str, value: Value, line: int, end: int, report: Report) -> None:
    """Report what is wrong with assigning `value` to `target`."""
    short = names.last(target)
    if short in MARKUP_PROPERTIES:
        inner = value.named.get("__html") if value.named else value
        if inner is not None:
            report(_markup(inner, line, end))
    elif short == "NODE_TLS_REJECT_UNAUTHORIZED" and value.literal == "0":
        report(_unverified(line))
    elif target in _PLACES and leads.is_chosen(value):
        report(leads.away(_LANGUAGE, line, end))
    property_set(short, value, line, report)


_PLACES = frozenset((
    "location", "window.location", "location.href", "window.location.href", "document.location",
))  # fmt: skip
_PASSWORD = re.compile(r"(?:password|passwd|secret|api_?key|auth_?token)$", re.I)
_NO_SECRET = re.compile(
    r"^(?:test.*|example.*|change.?me|x+|\*+|<.*|\$.*|\{.*|your.*|password|secret|none|null|string|text"
    r"|placeholder.*)$|\s|^[/.#]|^https?:",
    re.I,
)


def property_set(key: str, value: Value, line: int, report: Report) -> None:
    """Report what is wrong with a property `key` that holds `value`."""
    if key == "rejectUnauthorized" and value.holes and value.holes[0].name == "false":
        report(_unverified(line))
    elif key == "__html":
        report(_markup(value, line, line))
    elif _PASSWORD.search(key) and value.kind == "text" and not value.holes:
        text = value.literal
        if len(text) >= 6 and not _NO_SECRET.search(text) and text.casefold() != key.casefold():
            report(
                Found(
                    "nc/javascript/hard-coded-password", "medium", 0.5,
                    f"`{key[:60]}` stands in the code, where everybody who has the code reads it. "
                    "Take it from the environment, and change it.", line, line, "CWE-798",
                )
            )  # fmt: skip


def _unverified(line: int) -> Found:
    return Found(
        "nc/javascript/no-certificate-check", "high", 0.85,
        "The certificate of the server is not checked: anybody on the way can read and change what "
        "is sent. Leave the check on.", line, line, "CWE-295",
    )  # fmt: skip


def returned(value: Value, line: int, report: Report) -> None:
    """Report what is wrong with giving `value` back."""
    if sql.is_query(value) and value.built:
        report(said.query(_LANGUAGE, value, line, line, called=False, cure=_BIND))
