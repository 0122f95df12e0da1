"""Python's second version, line by line in the words of the third, as far as rules need it."""

import re

# What print, exec and raise may be followed by in the third version, too.
_PRINT = re.compile(r"^(\s*|.*[:;]\s*)print(?:\s+(?![=.)\]},:])|(?=[\"']))(.*?)\s*(;?)$")
_CALL = re.compile(r"\(.*\)\s*(?:#.*)?$")
_TO = re.compile(r">>\s*[\w.]+\s*,?\s*")
_EXEC = re.compile(r"^(\s*)exec\s+(?![=(.])(.+?)(?:\s+in\s+(.+))?$")
_EXCEPT = re.compile(r"^(\s*except\s+)([^:#]+?)\s*,\s*(\w+)\s*:")
_RAISE = re.compile(r"^(\s*raise\s+)([\w.]+)\s*,\s*(.+)$")
_OCTAL = re.compile(r"(?<![\w.\"'])0([0-7]+)(?![\w.\"'])")
_LONG = re.compile(r"(?<![\w.])(\d+)[lL]\b")
_RAW = re.compile(r"(?<![\w])[uU][rR](?=[\"'])")
_BACKTICKS = re.compile(r"`([^`]*)`")
_MOST = 4_000


def modern(text: str) -> str:
    """`text` with the statements and signs that the third version no longer has put in its own."""
    return "\n".join(_line(line) if len(line) <= _MOST else line for line in text.split("\n"))


def _line(line: str) -> str:
    if "print" in line and (found := _PRINT.match(line)):
        line = _printed(line, found)
    elif "except" in line:
        line = _EXCEPT.sub(r"\1\2 as \3:", line)
    elif "raise" in line and "," in line and "(" not in line.split(",", 1)[0]:
        line = _RAISE.sub(r"\1\2(\3)", line)
    elif "exec" in line and (found := _EXEC.match(line)):
        line = f"{found[1]}exec({found[2]})"
    if "<>" in line:
        line = line.replace("<>", "!=")
    if "0" in line:
        line = _OCTAL.sub(r"0o\1", line)
    line = _RAW.sub("r", _LONG.sub(r"\1", line))
    return _BACKTICKS.sub(r"repr(\1)", line) if "`" in line else line


def _printed(line: str, found: "re.Match[str]") -> str:
    what = found[2]
    if what.startswith("(") and _CALL.match(what) and not what.endswith(","):
        return line
    what = _TO.sub("", what, count=1) if what.startswith(">>") else what
    if what.count("(") != what.count(")") or what.endswith(("\\", '"""', "'''")):
        return line
    comment = ""
    if "#" in what and not re.search(r"[\"'][^\"']*#", what):
        what, _, comment = what.partition("#")
    return f"{found[1]}print({what.rstrip().rstrip(',')}){'  #' + comment if comment else ''}"
