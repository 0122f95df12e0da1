"""Six words for a digest: two people read them aloud to know that they mean the same team."""

import re

_FIRST, _VOWELS, _LAST = "bdfghklmnprstvxz", "aeiou", "bdfgklmnprstvxz"
_WORDS, _BYTES = 6, 2
_COUNT = 1 << 8 * _BYTES
_DIGEST = re.compile(r"[0-9a-f]{64}")


def fingerprint(digest: str) -> str:
    """The first 96 bits of `digest` (SHA-256 in hex) as six words; "" for "".

    A word is two syllables, such as `bokir`: consonant, vowel, consonant, vowel, and for what is
    left a consonant or none. Each number below 65,536 has a word of its own.
    """
    if not _DIGEST.fullmatch(digest):
        return ""
    data = bytes.fromhex(digest)
    numbers = (int.from_bytes(data[2 * i : 2 * i + 2], "big") for i in range(_WORDS))
    return " ".join(map(_word, numbers))


def _word(number: int) -> str:
    number, a = divmod(number, len(_FIRST))
    number, b = divmod(number, len(_VOWELS))
    number, c = divmod(number, len(_FIRST))
    number, d = divmod(number, len(_VOWELS))
    last = _LAST[number - 1] if number else ""
    return _FIRST[a] + _VOWELS[b] + _FIRST[c] + _VOWELS[d] + last
