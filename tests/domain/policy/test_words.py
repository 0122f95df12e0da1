"""The six words that two people read aloud: frozen, one for each number, none for what is none."""

import pytest

from git_naturecode.domain.policy.words import fingerprint


def digest(*numbers: int) -> str:
    """A digest that begins with these numbers of two bytes."""
    return "".join(f"{number:04x}" for number in numbers).ljust(64, "f")


def test_words_are_what_they_were() -> None:
    assert fingerprint(digest(0, 1, 6400, 12799, 12800, 65535)) == (
        "baba daba babab zuzub babad zager"
    )


def test_no_two_numbers_have_one_word() -> None:
    found = {
        word
        for first in range(0, 1 << 16, 6)
        for word in fingerprint(digest(*(min(first + more, 65535) for more in range(6)))).split()
    }
    assert len(found) == 1 << 16
    assert {len(word) for word in found} == {4, 5}


@pytest.mark.parametrize("wrong", ["", "ab", "ab" * 31, "AB" * 32, "ab" * 33, "x" * 64])
def test_what_is_no_digest_has_no_words(wrong: str) -> None:
    assert fingerprint(wrong) == ""
