"""What a file of JavaScript or TypeScript says of itself: imports, exports, what is certain."""

import re
from collections.abc import Iterator

from git_naturecode.ai.knowledge.from_code import comments, python_marks, reasons
from git_naturecode.ai.knowledge.from_code.facts import (
    Definition,
    File,
    Import,
    Mark,
    Setting,
    Tested,
)
from git_naturecode.ai.knowledge.from_code.lexing import FILLED, Lexed, lexed

_STRING = rf"([\"'`])({FILLED}*)\1"
_FROM = re.compile(
    r"(?:^|[;}])[ \t]*(import|export)\b(?P<type>\s+type\b)?"
    r"(?P<names>[^;\"'`()=]{0,2000}?)\bfrom\s*"
    rf"(?P<string>[\"'])(?P<inside>{FILLED}*)(?P=string)",
    re.M,
)
_BARE = re.compile(rf"^[ \t]*import\s*([\"'])({FILLED}*)\1", re.M)
_REQUIRE = re.compile(
    rf"(?:(?:const|let|var)\s+(?P<names>[\w$]{{1,80}}|\{{[^}};]{{0,500}}\}})\s*=\s*)?"
    rf"\brequire\(\s*(?P<string>[\"'`])(?P<inside>{FILLED}*)(?P=string)\s*\)"
)
_DYNAMIC = re.compile(rf"\bimport\(\s*([\"'`])({FILLED}*)\1\s*\)")
_EXPORT = re.compile(
    r"^[ \t]*export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?"
    r"(?P<kind>class|function\*?|const|let|interface|type|enum)\s+(?P<name>[\w$]{1,100})"
    r"(?:(?:<[^>\n]{0,200}>)?\s+extends\s+(?P<base>[\w$.]{1,100}))?",
    re.M,
)
_LOCAL = re.compile(
    r"^(?:async\s+)?(?P<kind>class|function\*?)\s+(?P<name>[\w$]{1,100})"
    r"(?:(?:<[^>\n]{0,200}>)?\s+extends\s+(?P<base>[\w$.]{1,100}))?",
    re.M,
)
_COMMON = re.compile(
    r"^(?:module\.)?exports(?:\.(?P<name>[\w$]{1,100}))?\s*=(?!=)(?P<more>[^;\n]{0,200})", re.M
)
_NAMED = re.compile(r"^[ \t]*export\s*\{([^}]{0,4000})\}", re.M)
_ENVIRON = re.compile(
    rf"\b(?:process\.env|import\.meta\.env|Deno\.env|Bun\.env)(?:\.([A-Za-z_]\w{{0,80}})"
    rf"|\[\s*([\"'])({FILLED}*)\2\s*\])(?:\s*(?:\|\||\?\?)\s*(?P<default>[\w.\"'{FILLED}]{{1,60}}))?"
)
_ROUTE = re.compile(
    rf"\b(?P<on>app|router|server|fastify|api)\.(?P<verb>get|post|put|delete|patch|all)\(\s*"
    rf"(?P<string>[\"'`])(?P<inside>{FILLED}*)(?P=string)"
)
_TEST = re.compile(r"^[ \t]*(?:await\s+)?(?:t\.)?(?:it|test)(?:\.\w+)?\(\s*[\"'`]", re.M)
_MOST = 300


def read(path: str, text: str, language: str, *, is_test: bool) -> File:
    """What is kept of it."""
    seen = lexed(text, language)
    lines = comments.starts(text)
    doc, doc_lines = comments.header(seen)
    exports = tuple(dict.fromkeys(_exports(seen)))
    tests = [comments.at(lines, found.start()) for found in _TEST.finditer(seen.code)]
    return File(
        path,
        language,
        text.count("\n") + 1,
        is_test,
        "",
        doc,
        doc_lines,
        tuple(_imports(seen, lines))[:_MOST],
        tuple(_definitions(seen, lines, set(exports)))[:_MOST],
        tuple(_settings(seen, lines))[:_MOST],
        reasons.noted(seen, ()),
        tuple(_marks(seen, lines))[:_MOST] if not is_test else (),
        Tested(len(tests), tests[0]) if tests and is_test else Tested(),
        exports[:_MOST],
    )


def _inside(seen: Lexed, found: "re.Match[str]", group: str | int) -> str:
    return seen.text[slice(*found.span(group))]


def _imports(seen: Lexed, lines: list[int]) -> Iterator[Import]:
    for found in _FROM.finditer(seen.code):
        way = "typing" if found["type"] else ""
        names = _names(found["names"])
        at = comments.at(lines, found.start(1))
        yield Import(_inside(seen, found, "inside"), names, at, way)
    for found in _BARE.finditer(seen.code):
        yield Import(_inside(seen, found, 2), (), comments.at(lines, found.start(1)))
    for found in _REQUIRE.finditer(seen.code):
        names = _names(found["names"] or "") if (found["names"] or "").startswith("{") else ()
        at = comments.at(lines, found.start("string"))
        start = seen.code.rfind("\n", 0, found.start()) + 1
        way = "lazy" if seen.code[start : start + 1] in " \t" and found.start() > start else ""
        yield Import(_inside(seen, found, "inside"), names, at, way)
    for found in _DYNAMIC.finditer(seen.code):
        yield Import(_inside(seen, found, 2), (), comments.at(lines, found.start()), "lazy")


def _names(text: str) -> tuple[str, ...]:
    inside = re.search(r"\{([^}]*)\}", text)
    if not inside:
        return ()
    names = (one.split(" as ")[0].split(":")[0].strip() for one in inside[1].split(","))
    return tuple(one.removeprefix("type ").strip() for one in names if one)


def _definitions(seen: Lexed, lines: list[int], exported: set[str]) -> Iterator[Definition]:
    done: set[str] = set()
    for form in (_EXPORT, _LOCAL):
        for found in form.finditer(seen.code):
            name = found["name"]
            is_out = form is _EXPORT or name in exported
            if name in done:
                continue
            done.add(name)
            kind = found["kind"].rstrip("*")
            line = comments.at(lines, found.start("kind"))
            bases = (found["base"],) if found["base"] else ()
            doc = comments.above(seen, found.start())
            yield Definition(kind, name, line, line, doc, bases, ("export",) if is_out else ())


def _exports(seen: Lexed) -> Iterator[str]:
    for found in _EXPORT.finditer(seen.code):
        yield found["name"]
    for found in _NAMED.finditer(seen.code):
        for one in found[1].split(","):
            name = one.split(" as ")[-1].strip()
            if re.fullmatch(r"[\w$]{1,100}", name):
                yield name
    for found in _COMMON.finditer(seen.code):
        if found["name"]:
            yield found["name"]
        elif one := re.fullmatch(r"\s*([A-Za-z_$][\w$]*)\s*", found["more"]):
            yield one[1]


def _settings(seen: Lexed, lines: list[int]) -> Iterator[Setting]:
    from git_naturecode.ai.knowledge.from_code.python_settings import shown

    done: set[str] = set()
    for found in _ENVIRON.finditer(seen.code):
        name = found[1] or _inside(seen, found, 3)
        if name and name not in done:
            done.add(name)
            default = _inside(seen, found, "default") if found["default"] else ""
            line = comments.at(lines, found.start())
            yield Setting("variable", name, line, shown(name, default))


def _marks(seen: Lexed, lines: list[int]) -> Iterator[Mark]:
    for found in _ROUTE.finditer(seen.code):
        path = _inside(seen, found, "inside")
        if path.startswith("/"):
            line = comments.at(lines, found.start())
            yield Mark(python_marks.ROUTE, path, line, line, (found["verb"], ""))
