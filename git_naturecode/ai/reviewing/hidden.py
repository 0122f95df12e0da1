"""What a change says to machines and not to people: hidden characters, hidden orders."""

import re
from collections.abc import Iterator

from git_naturecode.domain.findings.hit import Hit
from git_naturecode.domain.findings.model import SECURITY
from git_naturecode.git.changes import ADDED, FileChange

# As render/show.py, but for what a line of code may have, and with the variation selectors in
# which a whole text can be hidden behind one letter.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PAGES = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".txt", ".html", ".htm")
_CHARACTERS = "hidden-characters"
_COMMENT = re.compile(r"<!--")
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|your|"
    r"system)\b.{0,30}\b(?:instruction|prompt|rule|guideline|message|direction)s?\b"
    r"|\b(?:note|message|instructions?|attention)\b.{0,20}\b(?:to|for)\b.{0,20}\b(?:ai|llm|"
    r"language model|automated|code)[ -]?(?:reviewers?|assistants?|agents?|bots?|models?)\b"
    r"|\b(?:you are|act as)\b.{0,30}\b(?:reviewer|assistant|language model|ai|llm)\b"
    r"|\b(?:approve|lgtm|pass)\b.{0,30}\b(?:this|the)\b.{0,20}\b(?:pull request|merge request|pr|"
    r"mr|diff|change|review)\b"
    r"|\b(?:overallAssessment|criticalIssues|system prompt)\b"
    r"|<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]",
    re.IGNORECASE,
)
_MOST_LINE = 6_000  # characters of a line that are looked at
_MOST = 50  # hits of one file


def visible(text: str) -> str:
    """`text` with what no reader sees written as `<U+202E>`, so that all readers see the same."""
    return _HIDDEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def is_hidden(text: str) -> bool:
    """True when `text` holds characters that no reader sees."""
    return _HIDDEN.search(text) is not None


def hits(file: FileChange, source: str) -> Iterator[Hit]:
    """What is hidden in the lines that a file gains, and what speaks to whoever reviews it."""
    count = 0
    for hunk in file.hunks:
        for line in hunk.lines():
            if line.kind != ADDED or line.new is None:
                continue
            for rule, severity, confidence, message in _told(file.path, line.text[:_MOST_LINE]):
                count += 1
                if count > _MOST:
                    return
                cwe = "CWE-1007" if rule == _CHARACTERS else "CWE-1427"
                yield Hit(
                    f"ai/{rule}", severity, confidence, message, file.path, "new", line.new, 0,
                    None, SECURITY, source, cwe,
                )  # fmt: skip


def _told(path: str, text: str) -> Iterator[tuple[str, str, float, str]]:
    plain = text.removesuffix("\r").lstrip("\ufeff")
    found = sorted({f"U+{ord(one):04X}" for one in _HIDDEN.findall(plain)})
    if found and not _is_emoji(plain):
        named = ", ".join(found[:4]) + (" and others" if len(found) > 4 else "")
        yield (
            _CHARACTERS, "high", 0.9,
            f"This line holds characters that nobody sees ({named}). What a person reads here and "
            "what a program or a model reads are not the same.",
        )  # fmt: skip
    speaks = _ORDERS.search(visible(plain)) is not None
    if _COMMENT.search(plain) and (speaks or path.lower().endswith(_PAGES)):
        yield (
            "hidden-comment", "medium" if speaks else "low", 0.8 if speaks else 0.6,
            "A comment that the page does not show. Whoever reads the page does not see it, and a "
            "model that reads the file does.",
        )  # fmt: skip
    if speaks:
        yield (
            "speaks-to-reviewers", "medium", 0.7,
            "This text speaks to a machine that reviews. It was shown to the model as data, and a "
            "person should look at what it wants.",
        )  # fmt: skip


def _is_emoji(text: str) -> bool:
    """True when all that is hidden are joiners between pictures, and their variants."""
    rest = re.sub("(?<=[^\x00-\u02ff])[\u200d\ufe00-\ufe0f]+", "", text)
    return _HIDDEN.search(rest) is None
