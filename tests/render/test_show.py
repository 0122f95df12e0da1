"""What passes to a terminal can neither command it nor hide in it, and fits its columns."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.render import kb
from git_naturecode.render.paint import Paint
from git_naturecode.render.rows import MATCH_CLOSE, MATCH_OPEN, marked, rows_text, wrapped
from git_naturecode.render.show import columns_of, fit, in_json, line, show
from git_naturecode.store.entry import Json


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


@pytest.mark.parametrize("columns", range(20, 44))
def test_a_passage_is_broken_between_words_and_its_matches_stay_marked(columns: int) -> None:
    snippet = (
        f"the client {MATCH_OPEN}retries{MATCH_CLOSE} with a delay, then {MATCH_OPEN}gives up "
        f"at once{MATCH_CLOSE}: 超时{MATCH_OPEN}重试{MATCH_CLOSE}之前先"
        "等一等再说, 不要马上再来一次"
    )
    lines = wrapped(snippet, columns)
    plain = [marked(one, Paint(False)) for one in lines]
    assert all(columns_of(one) <= columns for one in plain)
    whole = marked(snippet, Paint(False))
    assert "".join("".join(plain).split()) == "".join(whole.split())
    assert all(word in " ".join(plain).split() for word in ("client", "retries", "delay,", "gives"))
    for one in lines:
        assert one.count(MATCH_OPEN) == one.count(MATCH_CLOSE)
    bold = "".join(part.split(MATCH_CLOSE)[0] for part in "".join(lines).split(MATCH_OPEN)[1:])
    assert "".join(bold.split()) == "retriesgivesupatonce重试"
    assert wrapped("", columns) == []


def test_a_list_of_articles_has_the_tags_in_what_room_there_is() -> None:
    row: dict[str, Json] = {
        "id": "kb-20261126-k3v9q2m7", "type": "practice", "title": "Retry",
        "updatedAt": "2026-11-26T10:00:00Z", "tags": ["http", "\u91cd\u8bd5", "timeouts"],
        "marked": True, "deleted": False, "helpful": 2, "unhelpful": 0, "slug": "retry",
    }  # fmt: skip

    def told(columns: int) -> str:
        return kb.rows_text([row], {"kb-20261126-k3v9q2m7": "again"}, Paint(False), columns)

    whole = told(1000)
    assert whole.split() == [
        "k3v9q2m7", "practice", "Retry", "2026-11-26", "marked", "+2", "(again)", "#http",
        "#\u91cd\u8bd5", "#timeouts",
    ]  # fmt: skip
    assert told(columns_of(whole)) == whole
    for columns in range(80, columns_of(whole)):
        assert columns_of(told(columns)) <= columns
        assert "#http" in told(columns)
    assert "#" not in told(columns_of(whole.split("  #")[0]) + 5)
    row["tags"] = []
    assert kb.rows_text([row], {}, Paint(True), 1000).endswith("+2")
