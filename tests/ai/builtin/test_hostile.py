"""Texts made to break what reads them: nothing is raised, and what is passed over is said."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.changing import change, changed
from git_naturecode.ai.builtin.reviewer import Builtin
from git_naturecode.ai.builtin.taint.budget import TOO_MUCH, Budget
from git_naturecode.domain.findings.hit import Seen

DEEP = 6_000
TEXTS = {
    "parentheses": "x = " + "(" * DEEP,
    "closed": "x = " + "(" * DEEP + ")" * DEEP,
    "lists": "x = " + "[" * DEEP,
    "minus": "x = " + "-" * DEEP + "1",
    "not": "x = " + "not " * DEEP + "1",
    "sum": "x = 'a'" + " + b" * DEEP,
    "attributes": "x" + ".a" * DEEP,
    "calls": "f" + "()" * DEEP,
    "ifs": "".join(" " * n + "if x:\n" for n in range(300)) + " " * 300 + "y",
    "functions": "".join(" " * n + "def f(a):\n" for n in range(90)) + " " * 90 + "y",
    "elifs": "if a:\n  b\n" + "elif c:\n  d\n" * 3000,
    "lambdas": "x = " + "lambda: " * DEEP + "1",
    "conditions": "x = " + "a if b else " * DEEP + "c",
    "arrows": "x = " + "a => " * DEEP + "b",
    "question marks": "x = " + "a ? b : " * DEEP + "c",
    "templates": "x = " + "`${" * 2000,
    "braces": "{" * DEEP,
    "brackets": "]" * DEEP + "[" * DEEP,
    "async": "async " * DEEP + "f",
    "patterns": "function f(" + "[" * DEEP,
    "equal signs": "a = " * DEEP + "b",
    "new": "new " * DEEP + "b",
    "nul": "x = 'a\0b'\n\0\0\n",
    "surrogates": "x = '\udcff\udc80'\n",
    "carriage": "a\rb\r\nc\u2028d\x0ce = 1\n",
    "quotes": "'" * DEEP + '"' * DEEP,
    "comment": "/*" * DEEP,
    "doubling": "x = 'a'\n" + "x = x + x\n" * 200,
    "formats": "x = '%s' % y\n" + "x = '{0}{0}{0}'.format(x)\n" * 60 + "db.execute(x)\n",
    "sql": "db.execute('select a from b where c = ' + d" + " + ',' + d" * 400 + ")\n",
    "many queries": "db.execute(f'select a from b where c = {d}')\n" * 1500,
    "large queries": f"db.execute(f'select a from b where c in ({'{d},' * 250}0)')\n" * 60,
    "spaces": "print " + " " * 50_000 + "x\n",
    "backticks": "`" * DEEP,
    "slashes": "/" * DEEP,
    "regular": "x = /" + "[" * DEEP,
    "repairs": "def f(:\n" * 2000,
}  # fmt: skip


def look(path: str, text: str) -> Seen:
    """What is seen of a new file."""
    return Builtin().look(change({}, {path: text}, files=[changed(path, None, text)]))


@pytest.mark.parametrize("path", ["a.py", "a.ts"])
@pytest.mark.parametrize("name", TEXTS)
def test_nothing_is_raised_and_it_ends(name: str, path: str) -> None:
    told = look(path, TEXTS[name])
    assert told.inconclusive is None
    assert not any("failed on it" in why for why in told.skipped.values())


@pytest.mark.parametrize("name", ["parentheses", "minus", "sum", "attributes", "lambdas"])
def test_what_python_cannot_read_is_said(name: str) -> None:
    with pytest.raises((SyntaxError, RecursionError, MemoryError)):
        compile(TEXTS[name], "a.py", "exec", ast.PyCF_ONLY_AST)
    assert "a.py" in look("a.py", TEXTS[name]).skipped


@pytest.mark.parametrize("path", ["a.py", "a.js"])
def test_what_costs_too_much_is_given_up_and_said(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXTS["large queries"]
    if path == "a.js":
        text = text.replace("(f'", "(`").replace("')\n", "`)\n").replace("{d}", "${d}")
    assert not look(path, text).skipped
    monkeypatch.setattr(Budget.__init__, "__defaults__", (5_000,))
    told = look(path, text)
    assert told.skipped == {path: TOO_MUCH}
    assert 0 < len(told.hits) < 60


def test_a_line_of_ten_megabytes() -> None:
    line = "x = '" + "a" * 10_000_000 + "'"
    told = look("a.py", f"{line}\ndef f(c, n):\n    c.execute('delete from a where b = ' + n)\n")
    assert told.skipped["a.py"]
    assert [(hit.cwe, hit.line) for hit in told.hits] == [("CWE-89", 3)]


def test_a_rule_that_fails_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from git_naturecode.ai.builtin.facts import lines

    def fail(sheet: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(lines, "look", fail)
        told = look("a.py", "x = 1\n")
    assert told.skipped == {"a.py": "the rules failed on it (ZeroDivisionError)"}
    assert told.covered == frozenset()


PIECES = st.sampled_from([
    "def f(a):\n", "    ", "\t", "\n", "db.execute(", "f'select a from b where c={", "}'", "'", '"',
    "%s", " % ", "(", ")", "[", "]", "{", "}", "`", "${", "=>", "=", "+", "req.query.a", "x", ".",
    "os.system(", "innerHTML", ",", ":", "if ", "for ", "in ", "return ", "lambda ", "class A:\n",
    "async ", "await ", "/", "\\", "#", "//", "/*", "*/", "<", ">", "import ", "print ", "except ",
    "try:\n", "@", "const ", "function ", "\0", "\udcff", "\u202e", "...", "**", "yield ", "match ",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=300),
    st.sampled_from(["py", "tsx"]),
)
def test_no_text_makes_it_raise(text: str, suffix: str) -> None:
    path = f"a.{suffix}"
    file = changed(
        path, None, text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    )
    told = Builtin().look(change({}, {path: text.encode("utf-8", "surrogatepass")}, files=[file]))
    assert told.inconclusive is None
    assert not any("failed on it" in why for why in told.skipped.values())
    assert all(file.shows(hit.side, hit.line, hit.end) for hit in told.hits)
    assert set(told.skipped) | {one for one, _ in told.covered} >= ({path} if file.hunks else set())
