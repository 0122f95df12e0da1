"""Names for files and commands: made of titles, never of anything that means something else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode.domain.kb import slugs

TITLES = {
    "Retry with jitter": "retry-with-jitter",
    "  How do I   use `git rebase`?! ": "how-do-i-use-git-rebase",
    "Don't panic": "dont-panic",
    "Naïve Café: Ångström & Œuvre": "naive-cafe-angstrom-œuvre",
    "Straße": "strasse",
    "重试与退避 (retry)": "重试与退避-retry",
    "настройка CI": "настройка-ci",
    "कैसे करें": "कैसे-करें",
    "C++": "c",
    "v1.2.3": "v1-2-3",
    "snake_case_name": "snake-case-name",
    "README": "readme-page",
    "CON": "con-page",
    "kb-20261126-k3v9q2m7": "kb-20261126-k3v9q2m7-page",
    "../../etc/passwd": "etc-passwd",
    "a\u202eb": "a-b",
    "\u3164": "",
    "!!!": "",
    "": "",
}


@pytest.mark.parametrize("title", TITLES)
def test_a_title_makes_a_name(title: str) -> None:
    made = slugs.slug_of(title)
    if title.startswith("kb-"):  # none of ours may begin like an id
        assert not made or slugs.is_slug(made)
    else:
        assert made == TITLES[title]


@given(st.text(max_size=300))
def test_what_is_made_is_a_name_that_every_file_system_takes(title: str) -> None:
    made = slugs.slug_of(title, "otherwise")
    assert slugs.is_slug(made)
    assert len(made.encode()) <= slugs.MOST_BYTES
    assert len(made) <= slugs.MOST_CHARACTERS + len("-page")
    assert made == unicodedata.normalize("NFC", made)
    assert made == made.casefold()
    assert not set(made) & set('<>:"/\\|?*. \t\n')
    assert made.strip("-") == made
    assert "--" not in made
    assert slugs.slug_of(made) == made


@given(st.text(max_size=100), st.integers(2, 10**6))
def test_a_numbered_name_is_one(title: str, number: int) -> None:
    made = slugs.numbered(slugs.slug_of(title, "otherwise"), number)
    assert slugs.is_slug(made)
    assert made.endswith(f"-{number}")


@pytest.mark.parametrize(
    "text",
    ["A", "a b", "-a", "a-", "a--b", "a_b", "a.md", "con", "lpt1", "readme", "index", "e\u0301",
     "kb-20261126-k3v9q2m7", "session-20261126", "x" * 61, "ﬁ", "a/b", "a\n"],
)  # fmt: skip
def test_what_is_no_name(text: str) -> None:
    assert not slugs.is_slug(text)


def test_of_those_with_one_name_the_smallest_id_keeps_it() -> None:
    one, two, three = "kb-20261101-aaaa1111", "kb-20261102-bbbb2222", "kb-20261103-bbbb3333"
    assert slugs.shown([(three, "x"), (one, "x"), (two, "x")]) == {
        one: "x", two: "x-bbbb", three: "x-bbbb3",
    }  # fmt: skip
    taken = slugs.shown([(two, "x-bbbb"), (one, "x"), (three, "x")])
    assert taken == {one: "x", two: "x-bbbb", three: "x-bbbb3"}


@given(st.lists(st.tuples(st.integers(0, 999), st.sampled_from(["x", "y", "x-0000", "x-0001"]))))
def test_all_shown_names_differ_and_say_nothing_of_the_order(pairs: list[tuple[int, str]]) -> None:
    named = {f"kb-20261101-0000{number:04}": slug for number, slug in pairs}
    shown = slugs.shown(named.items())
    assert len(set(shown.values())) == len(shown) == len(named)
    assert slugs.shown(reversed(list(named.items()))) == shown
