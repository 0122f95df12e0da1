"""Sentences of what was said: cut apart, without what only tells of the next step, and compared."""

import re
from collections.abc import Iterable

from git_naturecode.ai.knowledge import marks

_CODE = re.compile(r"`[^`\n]*`")
_END = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\betc\.)[\"')*_]*\s+(?=[\"'(*_`\[]*[A-Z一-鿿`])"
    r"|(?<=[?？])\s+|(?<=[。！？])\s*"
)
_WORD = re.compile(r"[A-Za-z_][\w]{2,}|[一-鿿]")
_STOP = frozenset(
    re.findall(
        r"\S+",
        "the and for that this with are was were will would can could has have had not but its it's"
        " from into they them then than when what which who how why all any our your you there here"
        " now also been being should does did done use used using via per one two three new",
    )
)
_PICTURES = re.compile("[☀-➿\U0001f000-\U0001faff️‍]+")
_COUNTED = re.compile(r"^\s*(?:[-*+]|#?\d+[.):]?)\s+")
_FEWEST = 3


def sentences(text: str) -> list[str]:
    """The sentences of `text`, one paragraph of Markdown; what is in code ends none."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"`\x00{len(held) - 1}\x00`"

    masked = _CODE.sub(hold, " ".join(text.split()))
    parts = [part for part in _END.split(masked) if part and part.strip()]
    return [re.sub("`\x00(\\d+)\x00`", lambda m: held[int(m[1])], part).strip() for part in parts]


def spoken(text: str) -> list[str]:
    """The sentences of what a person has typed, who ends them by lines too."""
    return [one for row in text.split("\n") for one in sentences(_COUNTED.sub("", row))]


def telling(text: str) -> list[str]:
    """The sentences of `text` that are more than a report of progress or a question back."""
    return [one for one in sentences(text) if tells(one)]


def tells(sentence: str) -> bool:
    """True when `sentence` says something that is not over with the next step."""
    bare = sentence.strip(" *_#>-–—\"'")
    if is_chatter(sentence):
        return False
    return bool(len(words(bare)) >= _FEWEST) and not bare.endswith(("?", "？"))


def is_chatter(sentence: str) -> bool:
    """True when `sentence` only says what is done next, or leads to what was done."""
    bare = sentence.strip(" *_#>-–—\"'")
    return bool(marks.PROCESS.search(bare)) and not marks.CAUSE.search(bare)


def words(text: str) -> set[str]:
    """The words of `text` that carry its meaning, for comparing texts; of Chinese each sign."""
    found = [word.casefold() for word in _WORD.findall(text)]
    return {word for word in found if word not in _STOP}


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of the smaller of two sets of words the other has too, from 0 to 1."""
    a, b = set(one), set(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def shared(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of two sets of words is in both, from 0 to 1."""
    a, b = set(one), set(other)
    return len(a & b) / len(a | b) if a or b else 0.0


def clean(text: str) -> str:
    """`text` without pictures that only cheer."""
    return _PICTURES.sub("", text).strip()
