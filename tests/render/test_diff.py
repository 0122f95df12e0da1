"""A difference on a terminal: numbers to name lines by, folded lines, nothing that commands it."""

import re

import pytest

from git_naturecode.git.changes import FileChange, Hunk
from git_naturecode.render.diff import Look, file_text
from git_naturecode.render.paint import Paint

PLAIN, COLOURED = Paint(False), Paint(True)
SGR = re.compile(r"\x1b\[[0-9;]*m")


def change(*raw: bytes, **more: object) -> FileChange:
    old = sum(line[:1] in b" -" for line in raw)
    new = sum(line[:1] in b" +" for line in raw)
    fields = {"added": 1, "removed": 1, **more}
    return FileChange(
        "M", "a.py", "a.py", 0o100644, 0o100644, "1" * 40, "2" * 40,
        hunks=(Hunk(9, old, 9, new, "def f():", raw),) if raw else (),
    )._replace(**fields)  # type: ignore[arg-type]  # fmt: skip


def shown(one: FileChange, paint: Paint = PLAIN, columns: int = 80) -> list[str]:
    return list(file_text(one, Look(paint, columns)))


def test_lines_have_the_numbers_by_which_they_are_named() -> None:
    assert shown(change(b" same", b"-old", b"+new", b" same")) == [
        "--- a.py +1 -1", "@@ -9,3 +9,3 @@ def f():", " 9  9  same", "10    -old", "   10 +new",
        "11 11  same",
    ]  # fmt: skip


def test_changed_words_stand_out_only_in_colour() -> None:
    one = change(b"-return compute(value)", b"+return compute(other)")
    coloured = shown(one, COLOURED)
    assert "\x1b[7mvalue\x1b[27m" in coloured[2]
    assert [SGR.sub("", text) for text in coloured] == shown(one)


@pytest.mark.parametrize("columns", [30, 60])
def test_long_lines_are_folded(columns: int) -> None:
    text = "x = '" + "漢字 word " * 30 + "'"
    found = shown(change(b"+" + text.encode()), columns=columns)[2:]
    assert len(found) > 2
    assert "".join(line[7:] for line in found) == text
    wide = [sum(2 if ord(c) > 0x2E80 else 1 for c in line) for line in found]
    assert max(wide) <= columns


def test_nothing_in_a_line_commands_the_terminal() -> None:
    one = change(b"+\x1b[2Jclear \x07 \xe2\x80\xae hidden \xff\r")
    text = "\n".join(shown(one))
    assert "\x1b" not in text
    assert "\\x1b[2Jclear \\x07 \\u{202e} hidden" in text
    assert text.endswith("\\r")


def test_what_is_no_text() -> None:
    assert "binary" in "\n".join(shown(change(binary=True)))
    moved = change(status="R", old_path="b\n.py", similarity=90)
    assert shown(moved)[0] == "--- a.py +1 -1 (renamed from b .py, 90 % alike)"
    assert "executable now" in shown(change(new_mode=0o100755))[0]
    assert "submodule" in shown(change(new_mode=0o160000))[0]
    assert "no line break" in "\n".join(
        shown(change(b"-a", b"+b", b"\\ No newline at end of file"))
    )


def test_remarks_stand_below_their_line() -> None:
    one = change(b" same", b"-old", b"+new")
    found = list(
        file_text(one, Look(PLAIN, 80), lambda side, at: [f"{side} {at}"] if at == 10 else [])
    )
    assert found[3:] == ["10    -old", "old 10", "   10 +new", "new 10"]
