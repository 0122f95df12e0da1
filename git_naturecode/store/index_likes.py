"""What the best hits of a search say besides what was asked: what is like them answers, too.

Their most telling words become a second query (Rocchio 1971, "relevance feedback", with the best
hits taken for right): pages about one subject share more words than a question has.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from git_naturecode.store import index_file
from git_naturecode.store.index_scores import Counts
from git_naturecode.store.words import STOP

HITS = 4  # of the best ones are read
_LENGTH = 3_000  # characters of each: pages say early what they are about
_LOOKED_UP = 40  # words of each, those that stand there most; of long ones more often rare
_LONG = 10  # letters of a word; what is longer is hardly rarer
_TOLD = 16  # words of all of them are asked for
_SHARE = 0.3  # of the texts: what stands in more tells nothing
_SOME = 20  # texts, of which any share may have it
_MOST = 300  # texts that have a word, so that the second query stays cheap
_WORD = re.compile(r"\w{2,}")


class Liked(NamedTuple):
    """A hit: its kind, the row of its text, its entity, how well it matched (the best: 1)."""

    kind: str
    number: int
    entity: int
    weight: float


def telling(counts: Counts, hits: Sequence[Liked], kinds: Sequence[str]) -> dict[str, float]:
    """The terms, for FTS5, that tell most about `hits`, and what each counts (at most 1).

    Words that stand in many texts of `kinds` tell nothing, and would be the dearest to weigh.
    """
    said = [_words(_text(counts, hit)) for hit in hits]
    stems = index_file.stems(list({word for words in said for word in words}))
    one_of: dict[str, str] = {}
    rare: dict[str, float] = {}
    total: dict[str, float] = defaultdict(float)
    for hit, words in zip(hits, said, strict=True):
        often: dict[str, int] = defaultdict(int)
        for word, count in words.items():
            often[one_of.setdefault(stems[word], word)] += count
        for word in often.keys() - rare.keys():
            rare[word] = _rare(counts, kinds, word)
        found = {word: (1 + math.log(count)) * rare[word] for word, count in often.items()}
        length = math.hypot(*found.values()) or 1.0
        for word, weight in found.items():
            total[word] += hit.weight * weight / length
    best = sorted((word for word in total if total[word]), key=lambda word: (-total[word], word))
    return {f'"{word}"': total[word] / total[best[0]] for word in best[:_TOLD]}


def _text(counts: Counts, hit: Liked) -> str:
    """Title, names and text of a hit, as they are indexed."""
    *above, body = index_file.texts_of(hit.kind)
    query = " union all ".join(
        f'select text from "{one}" where rowid in (select number from said where entity = ?1)'
        for one in above
    )
    query += f' union all select substr(text, 1, {_LENGTH}) from "{body}" where rowid = ?2'
    found = counts.db.execute(query, (hit.entity, hit.number))
    return "\n".join(text for (text,) in found)[:_LENGTH]


def _words(text: str) -> dict[str, int]:
    """The words that stand in `text` most, and how often; no stop words."""
    often = Counter(_WORD.findall(text.lower()))
    for word in STOP:
        often.pop(word, None)

    def order(word: str) -> tuple[float, str]:
        return -(1 + math.log(often[word])) * min(len(word), _LONG), word

    return {word: often[word] for word in sorted(often, key=order)[:_LOOKED_UP]}


def _rare(counts: Counts, kinds: Sequence[str], word: str) -> float:
    """How rare `word` is in what `kinds` say, are called or filed under; 0 if it tells nothing."""
    fields = list(zip(*map(index_file.texts_of, kinds), strict=True))
    total = counts.texts_of(kinds)
    most = int(min(_MOST, max(_SOME, _SHARE * total)))
    term = f'"{word}"'
    if not counts.are_rare([table for field in fields for table in field], term, most):
        return 0.0
    number = max(sum(counts.of(table, term) for table in field) for field in fields)
    return math.log(total / number) if 1 < number < total else 0.0
