"""What passes to a terminal can neither command it nor hide in it, and fits its columns."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.render.paint import Paint
from git_naturecode.render.rows import rows_text
from git_naturecode.render.show import fit, in_json, line, show


@given(st.text())
def test_only_tabs_line_feeds_and_visible_characters_remain(text: str) -> None:
    shown = show(text)
    assert all(c in "\t\n" or unicodedata.category(c) not in ("Cc", "Cs") for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2069\u200b\ufeff\U000e0041")
    assert "\n" not in line(text)


@given(st.text(alphabet="abc é🙂漢字", max_size=30), st.integers(2, 40))
def test_a_fitted_text_has_just_these_columns(text: str, columns: int) -> None:
    fitted = fit(text, columns)
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in fitted)
    assert wide == columns


def test_plain_text_is_left_alone() -> None:
    text = "def f(x):\n\treturn {'é': 漢字}  # 🙂\r\n"
    assert show(text) == text.replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 100, 120, 1000])
def test_a_list_does_not_wrap(columns: int) -> None:
    row = {
        "id": "session-20261122-k3v9q2m7", "name": "A title that is much longer than a line " * 3,
        "messages": 12345, "shared": False, "visibility": "team", "tool": "claude-code",
        "updatedAt": "2026-11-22T10:00:00.000Z",
    }  # fmt: skip
    text = rows_text([row], Paint(False), columns)
    assert len(text) <= columns
    assert "2026-11-22" in text


@given(st.recursive(st.text(max_size=8) | st.integers(), lambda one: st.lists(one, max_size=3)))
def test_json_means_the_same_and_holds_nothing_that_acts(value: object) -> None:
    said = json.dumps(value, ensure_ascii=False, indent=2)
    safe = in_json(said)
    assert json.loads(safe) == value
    assert show(safe) == safe


def test_json_with_all_that_acts() -> None:
    text = "".join(map(chr, (*range(0x20), *range(0x7F, 0xAE), 0x2028, 0x202E, 0xE0041)))
    safe = in_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(safe) == text
    assert all(unicodedata.category(one) not in ("Cc", "Cf", "Zl") for one in safe)
    assert "\\udb40\\udc41" in safe
