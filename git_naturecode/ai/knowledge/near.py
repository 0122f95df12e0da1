"""How much a proposal says what an article says already, and how it is made a part of that."""

import re
from collections.abc import Iterable, Sequence

from git_naturecode.ai.knowledge.proposal import Near, Proposal
from git_naturecode.ai.knowledge.sentences import shared, words

LEAST = 0.4
"""From where on a proposal is offered as an edit of the article."""
_SAID = 0.9
_FEWEST = 3  # words of titles that may be the same by chance
_LINK = re.compile(r"\[[^\]\n]*\]\([^)\n]*\)")
_CITED = re.compile(r"^(?:Source|Files): .*$", re.M)
_HEADING = re.compile(r"^(#{1,5}) ")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_MOST_ASKED = 24  # words that are searched for


def near(proposal: Proposal, articles: Iterable[tuple[str, str, str]]) -> tuple[Near, ...]:
    """Those of `articles` (id, title, text) that say much the same, the likest first."""
    title, said = words(proposal.title), _said(proposal.body)
    found = []
    for name, called, text in articles:
        theirs = words(called)
        score = max(shared(said, _said(text)), 0.95 * is_said(proposal, text))
        if len(title & theirs) >= _FEWEST:
            score = max(score, 0.9 * shared(title, theirs))
        if score >= LEAST:
            found.append(Near(name, called, round(score, 2)))
    return tuple(sorted(found, key=lambda one: (-one.score, one.id)))


def is_said(proposal: Proposal, text: str) -> bool:
    """True when `text` holds nearly every word of `proposal`."""
    said = _said(proposal.body)
    return bool(said) and len(said & _said(text)) >= _SAID * len(said)


def added(text: str, proposal: Proposal) -> str:
    """The text of an article with `proposal` as its last section."""
    return f"{text.rstrip()}\n\n## {proposal.title}\n\n{_lowered(proposal.body)}"


def _lowered(text: str) -> str:
    """`text` with each heading a level lower; a `#` in code stays as it is."""
    made, fence = [], ""
    for row in text.split("\n"):
        mark = _FENCE.match(row)
        if mark and not fence:
            fence = mark[1]
        elif mark and row.strip().startswith(fence) and not row.strip(" `~"):
            fence = ""
        elif not fence:
            row = _HEADING.sub(r"#\1 ", row)
        made.append(row)
    return "\n".join(made)


def asked(proposal: Proposal) -> str:
    """What to search for to find articles that say the same."""
    every = [*sorted(words(proposal.title)), *sorted(_said(proposal.body), key=len, reverse=True)]
    return " ".join(dict.fromkeys(every[:_MOST_ASKED]))


def distinct(proposals: Sequence[Proposal]) -> list[Proposal]:
    """`proposals` with origins that tell them apart: several may come from one message."""
    made, seen = list[Proposal](), dict[str, int]()
    for one in proposals:
        topic = {**one.origin, "topic": one.kind}
        key = one._replace(origin=topic).key
        number = seen[key] = seen.get(key, 0) + 1
        if number > 1:
            topic["topic"] = f"{one.kind}-{number}"
        made.append(one._replace(origin=topic))
    return made


def _said(text: str) -> set[str]:
    return words(_LINK.sub("", _CITED.sub("", text)))
