"""Where values in Python code turn into queries, commands, paths and pages."""

import ast
import re
from collections.abc import Callable

from git_naturecode.ai.builtin.found import Found
from git_naturecode.ai.builtin.python import names, templates
from git_naturecode.ai.builtin.python.calls import Given
from git_naturecode.ai.builtin.taint import leads, pages, paths, said, shell, sql
from git_naturecode.ai.builtin.taint.values import GIVEN, LIST, OUTSIDE, UNKNOWN, Value

Report = Callable[[Found | None], None]

_QUERIES = re.compile(
    r"(?:^|_)(?:execute\w*|query\w*|sql\w*|raw|read_sql\w*|fetch\w*|prepare|db)(?:_|$)|^RawSQL$|^text$"
    r"|(?:execute|query|sql)(?=[A-Z_]|$)|Query$|Sql$|SQL$"
)
_NO_QUERY = re.compile(
    r"^(?:debug|info|warn|warning|error|critical|exception|log|print|write|writelines|append|extend|add"
    r"|insert|format|len|str|repr|join|replace|split|strip|lower|upper|startswith|endswith|dedent|join"
    r"|put|puts|echo|fail|assert\w*|_|gettext|ugettext|\w*Error|\w*Exception|\w*Warning)$"
)
_WRITES = frozenset(("add", "insert", "append", "write"))
_SHELLS = re.compile(
    r"^(?:os\.(?:system|popen[234]?)|commands\.(?:getoutput|getstatusoutput)|popen2\.\w+"
    r"|subprocess\.(?:getoutput|getstatusoutput)|(?:asyncio\.)?create_subprocess_shell|system|popen"
    r"|pexpect\.(?:spawn|run|runu)|getstatusoutput|getoutput)$|(?:^|\.)exec_command$"
)
_PROCESS = re.compile(
    r"(?:^|\.)(?:Popen|call|check_call|check_output|run|create_subprocess_exec|execute)$"
)
_SH = re.compile(r"(?:.*/)?(?:ba|da|z|k|c)?sh$|.*cmd(?:\.exe)?$|.*powershell$")
_FILES = re.compile(
    r"^(?:open|file|io\.open|codecs\.open|gzip\.open|os\.(?:open|remove|unlink|rename|replace|mkdir"
    r"|makedirs|rmdir|removedirs|listdir|scandir|chmod|chown|symlink|link)|shutil\.\w+|send_file"
    r"|flask\.send_file|FileResponse|web\.FileResponse|sendfile|ZipFile|zipfile\.ZipFile"
    r"|tarfile\.open|aiofiles\.open|np\.load|numpy\.load|joblib\.load)$"
)
_OF_PATHS = frozenset((
    "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rmdir", "mkdir", "touch",
))  # fmt: skip
_RESPONSES = re.compile(r"^(?:HttpResponse\w*|Response|HTMLResponse|make_response|HTTPResponse)$")
_REDIRECTS = frozenset(("redirect", "HttpResponseRedirect", "RedirectResponse", "HTTPFound"))
_ASKS = re.compile(
    r"^(?:requests|httpx|session|client|urllib2?|urllib\.request|aiohttp)\."
    r"(?:get|post|put|head|urlopen|request)$|^urlopen$"
)
_NO_MARKUP = frozenset(
    ("HttpResponseRedirect", "HttpResponsePermanentRedirect", "HttpResponseNotAllowed")
)
_MARKS = frozenset(("mark_safe", "Markup", "SafeString", "SafeText", "SafeUnicode"))
_MAKES_HTML = re.compile(r"html|render|markup|widget|_link|link_|_tag(?:$|_)", re.I)
_MARKDOWN = frozenset(("markdown", "markdown2", "mistune", "render_markdown"))
_BIND = "Give it as a parameter of the query (`execute(sql, (value,))`)."
_ARGS = "Give the program and its arguments as a list, without a shell; else `shlex.quote` it."
_WITHIN = "Resolve the path and see that it stays in the folder (`is_relative_to`) first."
_ESCAPE = "Escape it (`html.escape`, a template that escapes by itself)."


def call(node: ast.Call, name: str, given: Given, report: Report) -> None:
    """Report what `node`, a call of `name`, does with values that it should not have like this."""
    short = names.last(name)
    line, end = node.lineno, node.end_lineno or node.lineno
    queried = _query(short, given, line, end, report)
    if not queried:
        _command(node, name, short, given, report)
    _path(name, short, given, line, end, report)
    _page(node, short, given, report)
    _lead(name, short, given, line, end, report)
    report(templates.engine(node, name, given))
    for found in templates.json_in_page(node, name):
        report(found)


def returned(value: Value, node: ast.stmt | ast.expr, about: str, report: Report) -> None:
    """Report what is wrong with giving `value` back from the function `about`."""
    line, end = node.lineno, node.end_lineno or node.lineno
    if sql.is_query(value) and value.built:
        report(said.query("python", value, line, end, called=False, cure=_BIND))
    elif pages.is_markup(value):
        whole = bool(re.search(r"<(?:html|body)\b", value.literal, re.I))
        least = UNKNOWN if whole or _MAKES_HTML.search(about) else GIVEN
        report(said.page("python", value, line, end, least=least, cure=_ESCAPE))
    elif re.search(r"path|file", about, re.I):
        dirty = paths.led_astray(value)
        if any(re.search(r"ur[li]|request", one.name, re.I) for one in dirty):
            report(said.path("python", value, line, end, cure=_WITHIN))


def _query(short: str, given: Given, line: int, end: int, report: Report) -> bool:
    """True where what the call is given is a query, whether there is something wrong or not."""
    called = bool(_QUERIES.search(short))
    values = [
        *given.args[:3],
        *(given.named[k] for k in ("sql", "query", "statement") if k in given.named),
    ]
    for value in values:
        if value.kind == LIST:
            continue
        if sql.is_query(value):
            if called or short in _WRITES or not _NO_QUERY.match(short):
                report(said.query("python", value, line, end, called=called, cure=_BIND))
            return True
        if called and value.built and sql.is_piece(value):
            report(said.query("python", value, line, end, called=True, cure=_BIND))
            return True
        if called and value.level == OUTSIDE and not value.literal and short.startswith("exec"):
            report(said.query("python", value, line, end, called=True, cure=_BIND))
            return True
    return False


def _command(node: ast.Call, name: str, short: str, given: Given, report: Report) -> None:
    value = given.at(0, "args", "cmd", "command", "cmdline")
    if value is None:
        return
    surely = bool(_SHELLS.search(name)) or (bool(_PROCESS.search(name)) and _has_shell(node))
    if surely or (_PROCESS.search(name) and _is_sh(value)):
        value = value.items[-1] if value.kind == LIST and value.items else value
        report(said.command("python", value, *_lines(node), surely=True, cure=_ARGS))
        return
    if name.startswith("subprocess."):
        return
    runs = shell.runs_commands(short) and value.built and " " in value.literal
    if value.kind != LIST and (runs or (shell.may_run(short) and shell.is_command(value))):
        report(said.command("python", value, *_lines(node), surely=False, cure=_ARGS))


def _has_shell(node: ast.Call) -> bool:
    return any(
        one.arg == "shell" and not (isinstance(one.value, ast.Constant) and not one.value.value)
        for one in node.keywords
    )


def _is_sh(value: Value) -> bool:
    """True for a list such as `["sh", "-c", ...]`."""
    if not value.items or len(value.items) < 3:
        return False
    first, option = value.items[0], value.items[1]
    return bool(_SH.match(first.literal)) and option.literal.lower() in (
        "-c",
        "/c",
        "-lc",
        "-command",
    )


def _path(name: str, short: str, given: Given, line: int, end: int, report: Report) -> None:
    values: list[Value | None] = []
    if _FILES.match(name):
        values = [
            given.at(0, "file", "path", "filename", "name", "src"),
            given.at(1, "dst", "dest"),
        ]
        values = values if name.startswith(("shutil.", "os.rename", "os.replace")) else values[:1]
    elif short in _OF_PATHS or (short == "open" and given.on is not None and not given.args[1:]):
        values = [given.on]
    for value in values:
        if value is not None:
            report(said.path("python", value, line, end, cure=_WITHIN))


def _page(node: ast.Call, short: str, given: Given, report: Report) -> None:
    line, end = _lines(node)
    value = given.at(0, "content", "response", "body", "source", "s", "text")
    if value is None:
        return
    if short in _MARKS:
        least = UNKNOWN if pages.is_markup(value) else GIVEN
        report(said.page("python", value, line, end, least=least, cure=_ESCAPE))
    elif _RESPONSES.match(short):
        if short not in _NO_MARKUP and not _typed(node):
            report(said.page("python", value, line, end, cure=_ESCAPE))
    elif short == "render_template_string":
        report(said.page("python", value, line, end, cure="Give values to the template instead."))
    elif short in _MARKDOWN:
        cure = "Markdown lets HTML through: escape what goes in, or clean what comes out."
        report(said.page("python", value, line, end, least=UNKNOWN, cure=cure))
    elif _is_written(short, value):
        report(said.page("python", value, line, end, cure=_ESCAPE))


def _is_written(short: str, value: Value) -> bool:
    """True for a page, or what came from outside as it came, that is sent."""
    if short in ("write", "finish", "send") and pages.is_markup(value):
        return True
    return short == "write" and value.level == OUTSIDE and not value.built


def _lead(name: str, short: str, given: Given, line: int, end: int, report: Report) -> None:
    value = given.at(0, "url", "location", "redirect_to")
    if value is None or not leads.is_chosen(value):
        return
    if short in _REDIRECTS:
        report(leads.away("python", line, end))
    elif _ASKS.search(name):
        report(leads.asked("python", line, end))


def _typed(node: ast.Call) -> bool:
    """True where the response is said to be of a type that is no HTML."""
    for one in node.keywords:
        if one.arg in ("content_type", "mimetype", "media_type"):
            return not (isinstance(one.value, ast.Constant) and "html" in str(one.value.value))
    return False


def _lines(node: ast.Call) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno
