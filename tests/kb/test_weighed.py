"""Words looked up one by one: rare ones and those in titles count for more, common ones nothing."""

import pytest

from box import Clone
from git_naturecode.domain.kinds import KB, open_index
from git_naturecode.store.index_weighed import Weighed


def weighed(clone: Clone, **words: float) -> dict[str, Weighed]:
    """Title -> what speaks for it, the best first."""
    with clone.store() as store:
        index = open_index(store)
        try:
            index.refresh()
            while index.fill(kinds=(KB,)):
                pass
            return {str(row["title"]): one for row, one in index.weighed(KB, words, 50)}
        finally:
            index.close()


def add(clone: Clone, title: str, text: str, tags: str = "") -> None:
    where = clone.path.parent / "text.md"
    where.write_text(text)
    clone.nc("kb", "add", "--type", "article", "--title", title, "--file", str(where),
             *(("--tags", tags) if tags else ()))  # fmt: skip


@pytest.fixture
def many(clone: Clone) -> Clone:
    """Twenty-four articles that speak of one thing, one of which speaks of another, too."""
    for number in range(24):
        add(clone, f"Number {number}", "All speak of money." + " Of zebras." * (number == 7))
    return clone


def test_what_stands_nearly_everywhere_says_nothing(many: Clone) -> None:
    assert list(weighed(many, money=3.0, zebra=1.0)) == ["Number 7"]
    assert not weighed(many, money=3.0)
    assert not weighed(many, unheard=3.0)
    assert not weighed(many)


def test_a_title_counts_more_than_a_tag_and_a_tag_more_than_the_text(clone: Clone) -> None:
    add(clone, "One", "It speaks of jitter.")
    add(clone, "Two", "It speaks.", "jitter")
    add(clone, "Jitter", "It speaks.")
    found = weighed(clone, jitter=1.0)
    assert list(found) == ["Jitter", "Two", "One"]
    assert [one.titled for one in found.values()] == [{"jitter"}, {"jitter"}, set()]


def test_parts_of_an_identifier_count_less_than_all_of_it(clone: Clone) -> None:
    add(clone, "Whole", "Call `parseRetryAfter` here.")
    add(clone, "Part", "It is about a retry.")
    found = weighed(clone, parseRetryAfter=1.0)
    assert list(found) == ["Whole", "Part"]
    assert found["Whole"].score > 2 * found["Part"].score > 0


def test_a_word_counts_once_however_often_it_stands_there(clone: Clone) -> None:
    add(clone, "Once", "zebra")
    add(clone, "Often", "zebra " * 500)
    once, often = weighed(clone, zebra=1.0).values()
    assert once.score == often.score


@pytest.mark.parametrize(
    "word", ['"', "*", "a OR b", "near(", "'", "col:x", "\x00", "é", "中文", "-x", "_"]
)
def test_words_of_any_kind_are_no_syntax(clone: Clone, word: str) -> None:
    add(clone, "One", "It speaks of jitter.")
    assert list(weighed(clone, **{word: 1.0, "jitter": 1.0})) == ["One"]
