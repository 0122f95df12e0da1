"""Words of what somebody is working on: which tell, which do not, and how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.kb import work_words
from git_naturecode.kb.work_words import TASK, Words


def test_of_code_identifiers_imports_and_errors_tell_and_keywords_do_not() -> None:
    found = dict(work_words.of_code([
        "from tenacity import retry_if_result", "    def parse_retry_after(self, value):",
        '        raise ValueError("the header has no seconds")', "return 12345, deadbeef0123",
    ]))  # fmt: skip
    assert {"tenacity", "retry_if_result", "parse_retry_after", "header", "seconds"} <= found.keys()
    assert not {"self", "def", "value", "return", "from", "12345", "deadbeef0123"} & found.keys()
    assert found["tenacity"] > found["parse_retry_after"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("feature/JIRA-123-retry-jitter", ["jira", "retry", "jitter"]), ("main", []),
        ("fix/parseRetryAfter", ["parse", "retry", "after"]), ("", []), ("users/ada/wip", ["ada"]),
    ],
)  # fmt: skip
def test_of_a_branch_what_branches_are_usually_called_does_not_tell(
    name: str, words: list[str]
) -> None:
    assert work_words.of_branch(name) == words


def test_of_a_path_the_last_two_names_tell() -> None:
    assert work_words.of_path("src/shop/orders/test_refund_rules.py") == [
        "orders",
        "refund",
        "rules",
    ]
    assert work_words.of_path("src/index.js") == []


def test_what_is_said_is_taken_word_by_word_and_chinese_by_pairs() -> None:
    assert work_words.said("How do I make the retry wait?") == ["make", "retry", "wait"]
    assert work_words.said("重试退避") == ["重试", "试退", "退避"]


def test_a_task_is_fitted_by_several_of_its_words_or_one_in_the_title() -> None:
    words = Words()
    words.task(work_words.said("add jitter to the backoff of clients that retry"))
    assert "add" not in words.asked
    assert words.fits({"jitter": 1.0, "retry": 1.0}, frozenset())
    assert words.fits({"jitter": 1.0}, frozenset({"jitter"}))
    assert not words.fits({"jitter": 1.0}, frozenset())
    assert not words.fits({"add": 1.0, "code": 1.0, "other": 1.0}, frozenset({"add"}))


def test_without_a_task_what_a_person_has_chosen_has_to_be_there() -> None:
    words = Words()
    words.add(["retry", "jitter"], 2.0)
    words.add(["seconds", "header", "pause"], 1.0, strong=False)
    assert words.fits({"retry": 1.0, "jitter": 1.0}, frozenset())
    assert words.fits({"retry": 1.0, "header": 1.0, "pause": 1.0}, frozenset())
    assert not words.fits({"seconds": 1.0, "header": 1.0, "pause": 1.0}, frozenset())


def test_of_a_word_from_several_places_the_heaviest_counts_and_the_others_a_little() -> None:
    words = Words()
    for weight in (1.0, TASK, 0.5):
        words.add(["Retry"], weight)
    assert TASK < words.weights["retry"] < TASK + 1


@given(st.lists(st.text(max_size=600), max_size=20), st.text(max_size=300))
def test_any_text_gives_few_words(lines: list[str], text: str) -> None:
    assert len(work_words.of_code(lines)) <= 60
    assert len(work_words.said(text)) <= 80
    for word in (*work_words.of_branch(text), *work_words.of_path(text)):
        assert word == word.lower()
