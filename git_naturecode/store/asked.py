"""What somebody typed into a search, taken apart: words, "phrases", beginnings*, -exclusions.

There is no wrong way to type: what cannot be read as one of these is read as words.
"""

import re
from typing import NamedTuple

from git_naturecode.store.words import (
    MOST_WORDS,
    STOP,
    dense_runs,
    expanded,
    inner,
    term,
    without_dense_stops,
)

_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+|")')
_WORD = re.compile(r"\w+")
_MINUS = re.compile(r"-(?=[^\W\d])")
_MOST_TERMS = 200
_MOST_PIECES = 200  # of what was typed; more is no question
# Beginnings of the endings that stemming takes off: whoever wants words that begin with
# "configurati" means "configuration", which stands as "configur" in the index.
_ENDINGS = """
ational ation ator ating iveness fulness ousness aliti iviti biliti icate ative alize iciti ical
ness ance ence able ible ement ment ings ions ism ate ous ive ize ing
"""
_STARTS = frozenset(end[:size] for end in _ENDINGS.split() for size in range(2, len(end) + 1))
_SHORTEST_STEM = 4


class Asked(NamedTuple):
    """A query, in the words of FTS5.

    `terms` are what is ranked by; every one of `phrases` has to stand in what is found, and none of
    `without`. `typed` are the plain words, for whoever looks for slips; `loose` is what stands in
    no quotes, and may be taken in a wider sense.
    """

    terms: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    loose: str = ""


def asked(query: str) -> Asked:
    """`query` taken apart; of one that only excludes, what it excludes is looked for."""
    terms: dict[str, None] = {}
    phrases: list[str] = []
    without: list[str] = []
    typed: list[str] = []
    loose: list[str] = []
    read = 0
    for found in list(_PIECE.finditer(inner(query)))[:_MOST_PIECES]:
        piece, is_quoted = found["phrase"] or found["word"] or "", found["word"] is None
        shut = found["minus"] if is_quoted else _MINUS.match(piece)
        whole = phrase(piece[0 if is_quoted else 1 :]) if shut else phrase(piece)
        if shut and whole:
            without.append(whole)
            continue
        if is_quoted and whole:
            phrases.append(whole)
        elif not piece.endswith("*"):
            loose.append(piece)
        parts = [one for one in _WORD.findall(piece) if one.strip("_")]
        if not is_quoted and (telling_parts := _WORD.findall(without_dense_stops(piece))):
            parts = telling_parts
        for word in parts[: MOST_WORDS - read]:
            read += 1
            begins = not is_quoted and piece.endswith("*") and word is parts[-1]
            if not begins:  # a beginning is no word that could have been mistyped
                typed.append(word)
            terms.update(dict.fromkeys(_beginning(word) if begins else term(word)))
    if not terms and without:
        return asked(re.sub(r'(?<!\S)-|"', " ", query))
    telling = tuple(one for one in list(terms)[:_MOST_TERMS] if one.strip('"').lower() not in STOP)
    ranked_by = telling or tuple(terms)[:_MOST_TERMS]
    return Asked(ranked_by, tuple(phrases), tuple(without), tuple(typed), " ".join(loose))


def phrase(text: str) -> str:
    """What stands for the words of `text`, one right after the other; "" where it has none.

    In the index an identifier is followed by its parts, as it is here; a run of characters without
    spaces is looked for by its pairs.
    """
    runs = dense_runs(text)
    if not runs:
        plain = _quoted(text)
        wide = _quoted(expanded(text))
        return plain if wide == plain else f"({plain} OR {wide})" if plain else ""
    pieces, position = [], 0
    for start, end in runs:
        run = text[start:end]
        pieces.append(_quoted(text[position:start]))
        pairs = " ".join(run[i : i + 2] for i in range(len(run) - 1))
        pieces.append(f'"{pairs}"' if pairs else f'"{run}" *')
        position = end
    pieces.append(_quoted(text[position:]))
    return f"({' AND '.join(piece for piece in pieces if piece)})"


def _quoted(text: str) -> str:
    words = [word for word in _WORD.findall(text) if word.strip("_")][:MOST_WORDS]
    return f'"{" ".join(words)}"' if words else ""


def _beginning(word: str) -> list[str]:
    """Terms for all words that begin with `word`."""
    if dense_runs(word):
        return term(word)
    stems = [
        word[:size]
        for size in range(_SHORTEST_STEM, len(word))
        if word[size:].lower() in _STARTS and word.isascii()
    ]
    any_of = " OR ".join([f'"{word}" *', *(f'"{stem}"' for stem in stems)])
    return [f"({any_of})" if stems else any_of]
