"""What files of Go, Rust and Java say of themselves: what stands there for certain, and no more."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

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

_S = rf"\"({FILLED}*)\""
_MOST = 300


class _Form(NamedTuple):
    """How one language says what is looked for."""

    definition: "re.Pattern[str]"
    test: "re.Pattern[str]"
    environ: "re.Pattern[str]"
    main: "re.Pattern[str]"
    imports: Callable[[Lexed, list[int]], Iterator[Import]]
    module: Callable[[Lexed], str]


def _go_imports(seen: Lexed, lines: list[int]) -> Iterator[Import]:
    for block in re.finditer(r"^import\s*(\(([^)]*)\)|[^\n(]*)", seen.code, re.M):
        for found in re.finditer(_S, block[0]):
            start = block.start() + found.start(1)
            module = seen.text[start : start + len(found[1])]
            yield Import(module, (), comments.at(lines, start))


def _rust_imports(seen: Lexed, lines: list[int]) -> Iterator[Import]:
    for found in re.finditer(
        r"^[ \t]*(?:pub(?:\([^)\n]*\))? )?use\s+(\w{1,80}(?:::\w{1,80}){0,20})"
        r"(?:::(\{[^;]{0,2000}\}|\*))?",
        seen.code,
        re.M,
    ):
        names = re.findall(r"\b[A-Za-z_]\w*", found[2] or "")
        yield Import(found[1].strip(":"), tuple(names), comments.at(lines, found.start(1)))
    for found in re.finditer(r"^(?:pub(?:\([^)]*\))? )?mod\s+(\w{1,80})\s*;", seen.code, re.M):
        yield Import(f"self::{found[1]}", (), comments.at(lines, found.start(1)))


def _java_imports(seen: Lexed, lines: list[int]) -> Iterator[Import]:
    for found in re.finditer(
        r"^import\s+(?:static\s+)?([\w.]{1,200}?)(?:\.\*)?\s*;", seen.code, re.M
    ):
        yield Import(found[1], (), comments.at(lines, found.start(1)))


def _named(form: str) -> Callable[[Lexed], str]:
    pattern = re.compile(form, re.M)

    def name(seen: Lexed) -> str:
        found = pattern.search(seen.code)
        return found[1] if found else ""

    return name


_FORMS: Mapping[str, _Form] = {
    "Go": _Form(
        re.compile(
            r"^(?:type\s+(?P<name>\w{1,100})(?:\[[^\]\n]{0,100}\])?\s+(?P<kind>interface|struct|func|\w[\w.*\[\]]{0,60})"
            r"|func\s+(?P<function>\w{1,100})\s*[\[(])",
            re.M,
        ),
        re.compile(r"^func\s+(?:Test|Benchmark|Fuzz|Example)\w*\(", re.M),
        re.compile(rf"\bos\.(?:Getenv|LookupEnv)\(\s*{_S}"),
        re.compile(r"^func\s+main\(\)", re.M),
        _go_imports, _named(r"^package\s+(\w{1,100})"),
    ),
    "Rust": _Form(
        re.compile(
            r"^(?P<public>pub(?:\([^)\n]{0,40}\))?\s+)?(?:unsafe\s+|async\s+|const\s+|extern\s+\S{1,20}\s+){0,3}"
            r"(?P<kind>trait|struct|enum|fn|macro_rules!)\s+(?P<name>\w{1,100})",
            re.M,
        ),
        re.compile(r"^[ \t]*#\[(?:\w+::)?test(?:\([^\]\n]*\))?\]", re.M),
        re.compile(rf"\benv::var(?:_os)?\(\s*{_S}|\benv!\(\s*\"({FILLED}*)\""),
        re.compile(r"^(?:async\s+)?fn\s+main\(\)", re.M),
        _rust_imports, lambda seen: "",
    ),
    "Java": _Form(
        re.compile(
            r"^[ \t]{0,4}(?P<public>public\s+)?(?:(?:abstract|final|sealed|static)\s+){0,3}"
            r"(?P<kind>class|interface|record|enum|@interface)\s+(?P<name>\w{1,100})"
            r"(?:<[^{\n]{0,200}?>)?(?:\([^)]{0,500}\))?(?:\s+extends\s+(?P<base>[\w.]{1,100}))?"
            r"(?:[^{\n;]{0,100}?implements\s+(?P<more>[\w., <>]{1,300}))?",
            re.M,
        ),
        re.compile(r"^[ \t]*@(?:Test|ParameterizedTest|RepeatedTest)\b", re.M),
        re.compile(rf"\bSystem\.getenv\(\s*{_S}"),
        re.compile(r"\bpublic\s+static\s+void\s+main\s*\("),
        _java_imports, _named(r"^package\s+([\w.]{1,200})\s*;"),
    ),
}  # fmt: skip
_IMPL = re.compile(
    r"^impl(?:<[^{\n]{0,200}?>)?\s+(?P<trait>[\w:]{1,100})(?:<[^{\n]{0,100}>)?\s+for\s+(?P<name>\w{1,100})",
    re.M,
)
_MEETS = re.compile(
    r"^[ \t]*(?:var\s+)?_\s+(?P<trait>[\w.]{1,100})\s*=\s*(?:\(\*|&|new\()?(?P<name>\w{1,100})",
    re.M,
)


def read(path: str, text: str, language: str, *, is_test: bool) -> File:
    """What is kept of a file in `language`: Go, Rust or Java."""
    seen = lexed(text, language)
    lines = comments.starts(text)
    form = _FORMS[language]
    doc, doc_lines = _doc(seen, language)
    tests = [comments.at(lines, one.start()) for one in form.test.finditer(seen.code)]
    return File(
        path,
        language,
        text.count("\n") + 1,
        is_test,
        form.module(seen),
        doc,
        doc_lines,
        tuple(form.imports(seen, lines))[:_MOST],
        tuple(_definitions(seen, lines, form))[:_MOST],
        tuple(_settings(seen, lines, form))[:_MOST],
        reasons.noted(seen, ()),
        tuple(_marks(seen, lines, form, language))[:_MOST],
        Tested(len(tests), tests[0]) if tests else Tested(),
    )


def _doc(seen: Lexed, language: str) -> tuple[str, tuple[int, int]]:
    """What is said of the whole: `//!` in Rust, above `package` in Go and Java."""
    if language == "Rust":
        for first, last, words in reasons.blocks(seen):
            if words.startswith("//!"):
                from git_naturecode.ai.knowledge.from_code.sentences import first as sentence

                return sentence(reasons.stripped(words)), (first, last)
        return "", (0, 0)
    found = re.search(r"^package\b", seen.code, re.M)
    said = comments.above(seen, found.start()) if found else ""
    if not said or found is None:
        return "", (0, 0)
    line = seen.line(found.start())
    return said, (line, line)


def _definitions(seen: Lexed, lines: list[int], form: _Form) -> Iterator[Definition]:
    for found in form.definition.finditer(seen.code):
        groups = found.groupdict()
        name = groups.get("name") or groups.get("function") or ""
        kind = {"fn": "function", "func": "function"}.get(
            groups.get("kind") or "fn", groups["kind"]
        )
        if groups.get("function"):
            kind = "function"
        elif kind not in ("interface", "struct", "trait", "enum", "class", "record", "function"):
            kind = "type"
        is_out = bool(groups.get("public")) or ("public" not in groups and name[:1].isupper())
        bases = [groups["base"]] if groups.get("base") else []
        bases += re.findall(r"[\w.]+", re.sub(r"<[^>]*>", "", groups.get("more") or ""))
        line = comments.at(lines, found.start() + len(found[0]) - len(found[0].lstrip()))
        doc = comments.above(seen, found.start() + len(found[0]) - len(found[0].lstrip()))
        yield Definition(
            kind or "type", name, line, line, doc, tuple(bases), ("export",) if is_out else ()
        )


def _settings(seen: Lexed, lines: list[int], form: _Form) -> Iterator[Setting]:
    done: set[str] = set()
    for found in form.environ.finditer(seen.code):
        at = 1 if found[1] is not None else 2
        name = seen.text[slice(*found.span(at))]
        if name and name not in done:
            done.add(name)
            yield Setting("variable", name, comments.at(lines, found.start()))


def _marks(seen: Lexed, lines: list[int], form: _Form, language: str) -> Iterator[Mark]:
    for found in form.main.finditer(seen.code):
        if language != "Go" or form.module(seen) == "main":
            line = comments.at(lines, found.start())
            yield Mark(python_marks.MAIN, "main", line, line)
    meets = _IMPL if language == "Rust" else _MEETS if language == "Go" else None
    for found in meets.finditer(seen.code) if meets else ():
        line = comments.at(lines, found.start("trait"))
        yield Mark("implements", found["trait"], line, line, (found["name"],))
