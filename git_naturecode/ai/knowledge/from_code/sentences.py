"""Words of others as they are quoted: one line, bounded, harmless; the first sentence of a text."""

import re

from git_naturecode.ai.reviewing.hidden import visible

MOST = 220  # characters that are quoted of one text
_ENDS = re.compile(r"(?<=[^.\s][.!?。！？])(?=\s+[A-Z0-9`\"'(\[]|\s*$)|(?<=[。！？])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|resp|approx|no|Mr|Dr|Inc)\.|\b[A-Z]\.)$", re.I
)
_DOUBLED = re.compile(r"``([^`\n]+)``")
_ROLE = re.compile(r":(?:[a-z]+:){1,2}`~?([^`<\n]+?)(?:\s*<[^>`\n]*>)?`")
_SIGNS = re.compile(r"([<>\[\]])")
_LIVE = re.compile(r"(?<![`\w])(?:https?://[^\s`)>\]]+|@[\w][\w/-]*|#\d+)")
_TICKS = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"!?\[([^\]\n]{1,200})\]\([^)\n]{0,500}\)")
_PAGE = re.compile(r"`([^`<\n]{1,200}?)\s*<[^>`\n]{1,300}>`__?")


def quoted(text: str, most: int = MOST) -> str:
    """`text` on one line of Markdown in which nothing is alive: no link, HTML, mention or number
    of an issue; code stays between backticks. Cut after `most` characters."""
    text = " ".join(visible(text[: 8 * most]).split())
    text = _DOUBLED.sub(r"`\1`", _ROLE.sub(r"`\1`", text))
    text = _PAGE.sub(r"\1", _LINK.sub(r"\1", text))
    if len(text) > most:
        text = text[:most].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    if text.count("`") % 2:
        text = text.replace("`", "'")
    made, done = [], 0
    for code in _TICKS.finditer(text):
        made += [_still(text[done : code.start()]), code[0]]
        done = code.end()
    return "".join((*made, _still(text[done:])))


def _still(text: str) -> str:
    text = _LIVE.sub(lambda found: f"`{found[0]}`", text)
    made, done = [], 0
    for code in _TICKS.finditer(text):
        made += [_SIGNS.sub(r"\\\1", text[done : code.start()]), code[0]]
        done = code.end()
    return "".join((*made, _SIGNS.sub(r"\\\1", text[done:])))


def first(text: str, most: int = MOST) -> str:
    """The first sentence of the first paragraph of `text`, a docstring or a comment."""
    paragraphs = text.strip()[:4_000].split("\n\n")
    told = (one for one in paragraphs if not re.match(r"\s*#+ [^\n]*$", one))
    paragraph = next(told, paragraphs[0])[:2_000]
    return quoted(_first(" ".join(paragraph.split())), most).rstrip(":")


def _first(text: str) -> str:
    for end in _ENDS.finditer(text):
        if end.start() and not _ABBREVIATED.search(text[max(0, end.start() - 8) : end.start()]):
            return text[: end.start()].strip()
    return text.strip()


def sentences(text: str) -> list[str]:
    """The sentences of `text`."""
    text = " ".join(text.split())
    found, done = [], 0
    for end in _ENDS.finditer(text):
        if _ABBREVIATED.search(text[max(0, end.start() - 8) : end.start()]):
            continue
        found.append(text[done : end.start()].strip())
        done = end.start()
    found.append(text[done:].strip())
    return [one for one in found if one]


def code(text: str, most: int = 80) -> str:
    """`text`, a name or a value, between backticks."""
    text = " ".join(visible(text).split()).replace("`", "'")
    return f"`{text if len(text) <= most else text[: most - 1] + '…'}`"


def listed(names: list[str], most: int = 8) -> str:
    """`a`, `b`, `c` and 4 more."""
    shown = [code(one) for one in names[:most]]
    left = len(names) - len(shown)
    if left > 0:
        return f"{', '.join(shown)} and {left} more"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)


def roughly(lines: int) -> str:
    """`about 460 lines`: two digits, so that a page does not change with each line of code."""
    if lines < 10:
        return "a few lines"
    unit = 10 ** (len(str(lines)) - 2)
    return f"about {round(lines / unit) * unit:,} lines"


def counted(number: int, noun: str) -> str:
    """`1 file`, `1,200 files`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeo" else noun + "s"
    plural = noun + "es" if noun.endswith(("ss", "ch", "x")) else plural
    return f"{number:,} {noun if number == 1 else plural}"
