"""What a model is shown: every hunk, whole where it fits, numbered, without secrets."""

import re

from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.ai.reviewing.pieces import cut
from git_naturecode.redact import Redactor

from .scripted import change, file_of

KEY = "AKIA" + "IOSFODNN7EXAMPLQ"
CLEAN = Redactor().lines


def test_a_hunk_as_it_is_shown() -> None:
    old = "def f(x):\n" + "".join(f"    a{n} = x\n" for n in range(1, 21)) + "    return x\n"
    new = old.replace("    a15 = x\n", "    a15 = y\n    b = z\n")
    (piece,) = cut(change({"src/a.py": (old, new)}), CLEAN).pieces
    assert piece.text.split("\n") == [
        "=== file src/a.py",
        "--- hunk 1 of 1, in: def f(x):",
        *(f"{n:>6} .|     a{n - 1} = x" for n in range(5, 13)),
        *(f"{n:>6}  |     a{n - 1} = x" for n in range(13, 16)),
        "    16 -|     a15 = x",
        "    16 +|     a15 = y",
        "    17 +|     b = z",
        *(f"{n:>6}  |     a{n - 2} = x" for n in range(18, 21)),
        *(f"{n:>6} .|     a{n - 2} = x" for n in range(21, 23)),
        "    23 .|     return x",
    ]
    assert piece.hunks == {("src/a.py", 1)}


def test_a_line_that_counts_as_seen_is_shown_to_its_end() -> None:
    for long in (100, 1_600, 5_900):
        made = cut(change({"a.py": (None, "x" * long + "END\n")}), CLEAN)
        assert not made.skipped
        assert "END" in made.pieces[0].text
    assert "a.py" in cut(change({"a.py": (None, "x" * 6_001 + "END\n")}), CLEAN).skipped


def test_secrets_are_gone_and_lines_stay() -> None:
    pem = (
        "-----BEGIN RSA PRIVATE KEY-----\n"
        + "MIIEowIBAAKCAQEA7bq\n" * 3
        + "-----END RSA PRIVATE KEY-----\n"
    )
    new = f"key = '{KEY}'\n{pem}last = 1\n"
    (piece,) = cut(change({"a.py": (None, new)}), CLEAN).pieces
    assert KEY not in piece.text
    assert "MIIE" not in piece.text
    assert "[REDACTED:" in piece.text
    assert piece.text.split("\n")[-1] == "     7 +| last = 1"


def test_what_nobody_sees_is_visible() -> None:
    new = "a = 1\u202e\u200b # \U000e0041\nb = 2\x1b[2J\rc = 3\n"
    (piece,) = cut(change({"a\u202e.py": (None, new)}), CLEAN).pieces
    assert "=== file a<U+202E>.py" in piece.text
    assert "<U+202E><U+200B> # <U+E0041>" in piece.text
    assert "<U+001B>[2J" in piece.text
    assert piece.text.isascii()


def test_what_is_not_shown_is_told() -> None:
    made = change({"a.py": (None, "x\n"), "min.js": (None, "x" * 9_000 + "\n")})
    files = [
        *made.files, file_of("logo.png", None, None, binary=True, hunks=()),
        file_of("lib", "x\n", "y\n", new_mode=0o160000), file_of("big", None, "x\n", cut=True),
    ]  # fmt: skip
    found = cut(made._replace(files=files), CLEAN)
    assert [piece.hunks for piece in found.pieces] == [{("a.py", 1)}]
    assert found.skipped == {
        "min.js": "a line of 9001 bytes: generated or minified", "logo.png": "binary",
        "lib": "a submodule", "big": "more than anybody could read",
    }  # fmt: skip


def test_a_renamed_file_has_both_names() -> None:
    moved = file_of("b.py", "x\n", "y\n", old_path="a.py", status="R")
    (piece,) = cut(change({})._replace(files=[moved]), CLEAN).pieces
    assert piece.text.startswith("=== file b.py (before: a.py)\n")


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(80, 2_000))
def test_all_of_a_change_is_in_its_pieces(lengths: list[int], size: int) -> None:
    files: dict[str, tuple[str | None, str | None]] = {
        f"f{n}.py": (None, "".join(f"line {i}\n" for i in range(length)))
        for n, length in enumerate(lengths)
    }
    found = cut(change(files), CLEAN, size)
    spots = [
        (part.path, spot.number)
        for piece in found.pieces for part in piece.parts for spot in part.spots
    ]  # fmt: skip
    wanted = [
        (path, n) for path, (_, new) in files.items() for n in range(1, (new or "").count("\n") + 1)
    ]
    assert spots == wanted
    for piece in found.pieces:
        assert sum(len(part.text) for part in piece.parts) <= size + 60
        shown = re.findall(r"^ +(\d+) \+\| line (\d+)$", piece.text, re.M)
        assert all(int(number) == int(text) + 1 for number, text in shown)
    if sum(lengths) * 20 < size / 2:
        assert len(found.pieces) == 1
