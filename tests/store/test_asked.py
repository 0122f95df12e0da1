"""What is typed into a search: words, phrases, beginnings, exclusions; nothing is wrong to type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.store import index_file, index_rows
from git_naturecode.store.asked import asked
from git_naturecode.store.described import NAMED, TITLE, WHOLE, Described
from git_naturecode.store.index_search import search

TEXTS = {
    "cache": ("Warm the cache", "the cache answers first; calls of sendAsync wait. 用缓存加速测试"),
    "retry": ("Retry policy", "retries with jitter; configuration of the cartographer"),
    "both": ("Queues", "a retry of what the cache lost, without policy"),
}


def found(query: str, **texts: tuple[str, str]) -> set[str]:
    db = index_file.in_memory()
    db.execute("begin")
    for name, (title, text) in (texts or TEXTS).items():
        said = [(TITLE, title), (NAMED, f"ci {name}-page"), (WHOLE, text)]
        index_rows.put(db, "k", name, Described({"id": name}, "", said), texts=True)
    db.execute("commit")
    return {hit.row["id"] for hit in search(db, ["k"], query, 5, grouped=True)}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"warm the cache"', "cache"), ('"the warm"', ""), ('"retry policy"', "retry"),
        ('"calls of sendAsync wait"', "cache"), ('"of sendasync"', "cache"),
        ('"缓存加速"', "cache"), ('"加速缓存"', ""), ('"wait 用缓存"', "cache"), ('"试"', "cache"),
        ('retry "the cache"', "cache both"), ("cache -retry", "cache"),
        ("cache -重试", "cache both"),
        ('cache -"the cache lost"', "cache"), ("retry -缓存", "retry both"),
        ("configurati*", "retry"), ("carto*", "retry"), ("cartog*", "retry"),
        ("retr*", "retry both"),
        ("缓*", "cache"), ("zzz*", ""), ("-cache", "cache both"), ('-"warm the"', "cache"),
        ("git push --retry", "retry both"), ('5" cache', "cache both"),
        ("retry-page", "cache retry both"),
        ("page", "cache retry both"), ('"', ""), ("*", ""), ("-", ""), ('""', ""), ("- *", ""),
    ],
)  # fmt: skip
def test_a_query_means(query: str, names: str) -> None:
    assert found(query) == set(names.split())


def test_what_is_excluded_may_stand_in_another_field() -> None:
    assert found("cache -queues") == {"cache"}
    assert found("jitter -ci") == set()


def test_slips_are_looked_for_only_among_plain_words() -> None:
    assert asked('retrry "full jitter" -lost poli*').typed == ("retrry", "full", "jitter")


def test_a_long_query_is_cut_off() -> None:
    assert len(asked(" ".join(f"word{n}Of{n}" for n in range(1000))).terms) <= 200
    assert found("aB" * 5000) == set()
    assert found('"' + "retry " * 5000 + '"') == set()
    assert found("cache " + "-nothing " * 500) == {"cache", "both"}


_PIECES = st.sampled_from(
    ["cache", '"', "-", "*", "(", ")", "NEAR(", "AND", "OR", "NOT", "^", ":", "+", "{", "}", " ",
     "'", "\\", "缓存", "getUser", "\x00", "\ud83d", "é", "%", "--", ",", "title_k",
     "\u0345", "ـ", "़"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(_PIECES, max_size=12).map("".join), st.text(max_size=40)))
def test_nothing_that_is_typed_is_an_error(query: str) -> None:
    found(query, one=("getUser cache", "缓存 cache"))
