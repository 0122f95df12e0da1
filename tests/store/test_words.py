"""Words as the search counts them: identifiers, scripts without spaces, and snippets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.store import index_file, index_rows, words
from git_naturecode.store.asked import asked
from git_naturecode.store.described import TITLE, Described
from git_naturecode.store.index_search import search
from git_naturecode.store.words import CLOSE, OPEN, excerpt, expanded, shown

TEXT = "the sendAsync of HTTPServer calls get_user_by_id, 用缓存加速测试 and retries"


def found(text: str, query: str, *, title: str = "") -> str | None:
    """The snippet that `query` gets of `text`; None where it does not find it."""
    db = index_file.in_memory()
    db.execute("begin")
    described = Described({"id": "x"}, "", [(TITLE, title), ("m", text)])
    index_rows.put(db, "k", "tail", described, texts=True)
    db.execute("commit")
    hits = search(db, ["k"], query, 5)
    return hits[0].snippet if hits else None


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("sendAsync", "sendAsync"), ("async", "Async"), ("SENDASYNC", "sendAsync"),
        ("server", "Server"), ("HTTPServer", "HTTPServer"), ("http", "HTTP"),
        ("get_user_by_id", "get_user_by_id"), ("user", "user"), ("缓存", "缓存"),
        ("加速测试", "加速测试"), ("试", "试"), ("retry", "retries"), ("calling", "calls"),
    ],
)  # fmt: skip
def test_a_word_is_found_and_marked(query: str, marked: str) -> None:
    snippet = found(TEXT, query)
    assert snippet is not None
    assert f"{OPEN}{marked}{CLOSE}" in snippet
    assert snippet.replace(OPEN, "").replace(CLOSE, "") == TEXT


@pytest.mark.parametrize(
    "query", ["测加", "速缓", "sendAs", "the of", "???", "", '"', "a*b OR", "NOT"]
)
def test_what_is_not_there_is_not_found_and_nothing_breaks(query: str) -> None:
    assert found("用缓存加速测试 postAsync", query) is None


def test_stop_words_count_where_there_are_no_others() -> None:
    assert asked("what is the cache").terms == ('"cache"',)
    assert asked("to be or not to be").terms == (
        '"to"',
        '"be"',
        '"or"',
        '"not"',
    )
    assert found("to be or not to be", "to be") is not None


def test_all_words_stand_above_many_of_one() -> None:
    db = index_file.in_memory()
    db.execute("begin")
    for name, text in (("many", "jitter " * 30), ("both", f"retry {'word ' * 300} jitter")):
        index_rows.put(db, "k", name, Described({"id": name}, "", [("m", text)]), texts=True)
    for number in range(20):
        other = Described({"id": f"{number}"}, "", [("m", "something else")])
        index_rows.put(db, "k", f"{number}", other, texts=True)
    db.execute("commit")
    hits = search(db, ["k"], "retry jitter", 5)
    assert [hit.row["id"] for hit in hits] == ["both", "many"]


def test_a_match_in_the_title_lifts_what_was_said_below_it() -> None:
    assert found("jitter it is", "retry", title="Retry policy") == f"{OPEN}Retry{CLOSE} policy"
    assert found("jitter it is", "retry jitter", title="Retry") == f"{OPEN}jitter{CLOSE} it is"


def test_the_snippet_is_around_the_match() -> None:
    text = "lead " * 100 + "the needleInHay here" + " tail" * 100
    snippet = found(text, "needle")
    assert snippet is not None
    assert f"{OPEN}needle{CLOSE}InHay" in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert len(snippet) < 200


@given(
    st.text(st.sampled_from("aB cD_缓存é.\x02\x04\x05\n7")), st.text(st.sampled_from("aBcD_缓存é"))
)
def test_a_snippet_is_a_piece_of_the_text(text: str, query: str) -> None:
    snippet = found(text, query)
    if snippet is None:
        return
    plain = text.translate(dict.fromkeys((2, 3, 4, 5), " "))
    assert snippet.replace(OPEN, "").replace(CLOSE, "").strip("…") in plain
    assert OPEN in snippet
    assert snippet.count(OPEN) == snippet.count(CLOSE)


@given(st.text())
def test_any_text_can_be_indexed(text: str) -> None:
    expanded(text).encode()
    assert len(excerpt(shown(text[:100]))) <= 202
    found(text + "\ud800", text)


@settings(max_examples=200, deadline=None)
@given(st.text("aB1_ é缓\nAAb", max_size=60))
def test_words_without_an_inner_capital_are_passed_over_only_where_they_have_no_parts(
    text: str,
) -> None:
    slowly = words._IDENTIFIER.sub(words._with_humps, text)
    assert words.expanded(text) == words._RUN.sub(words._with_pairs, slowly)
