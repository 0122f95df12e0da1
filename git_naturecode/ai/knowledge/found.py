"""What a rule has found in a session, and how its words become titles and statements."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from git_naturecode.ai.knowledge import marks
from git_naturecode.ai.knowledge.course import Episode, Said
from git_naturecode.ai.knowledge.parts import LIST, TABLE, TEXT, Part, Topic, plain
from git_naturecode.ai.knowledge.proposal import Source, Statement, titled
from git_naturecode.ai.knowledge.sentences import clean, is_chatter, sentences, tells, words

_MOST_TEXT = 1_800  # characters of one statement
_MOST_QUOTE = 500
_LEAST_POINT, _LEAST_HEAD, _MOST_HEAD = 30, 45, 90  # characters of a title that is cut
_CLAUSE = re.compile(
    r" [–—-] |[,;:] | \(| (?:which|because|so that|since|like|such as|while|whereas|when|if|"
    r"but|without|using) |[，；：]"
)
_TAIL = re.compile(r" (?:and|in|on|at|by|from|via|for|with|after|before|during|as|to) ")
_PASSING = re.compile(
    r"^(?:\*\*)?(?:the |all |both )*(?:[\w`/.-]+ ){0,4}?(?:linter|lint|build|tests?|checks?|"
    r"suite)\b[^.]{0,40}\b(?:pass(?:es|ed|ing)?|clean|green|ok|succeed(?:s|ed)?)\b",
    re.I,
)
_LEADING = re.compile(r"^.{1,60}[:：]$")
_BARE = re.compile(r"^the \w+ (?:is|are|was|were|should|must|needs?|has|can|will)\b", re.I)
_IDENTIFIER = re.compile(r"\b(?:[A-Za-z]\w*[a-z][A-Z]\w+|[A-Za-z]+_[A-Za-z]\w+)\b")
_WAYS = re.compile(
    r"^\**(?:the |possible |some |two |three )*(?:options?|approach(?:es)?|alternatives?)\b|选项",
    re.I,
)
_OPEN = re.compile(
    r"\boptions?\b|\b(?:potential|possible) |\bworkarounds\b|\bapproach (?:\d|[a-c]\b)|"
    r"\balternatives?\b|\bpropos|\bquestion|"
    r"\bshould\b|[?？]$|"
    r"选项|提议",
    re.I,
)
_STATUS = re.compile(
    r"\|\s*\**(?:[✅❌✓✗⚠️ ]*)\**(?:pass(?:ed)?|fail(?:ed)?|fixed|done|todo|pending|"
    r"still valid|addressed|expected|complete[d]?|clean)\b"
    r"|\|\s*`[0-9a-f]{7,40}`",
    re.I,
)
_WHERE = re.compile(
    r"^(?:at|on|in) lines? \d+(?:-\d+)?(?: (?:of|in) `[^`]+`)?,\s*"
    r"| (?:at|on|in) (?:line \d+|`[^`\s]+:\d+(?:-\d+)?`)",
    re.I,
)
_LIKE = re.compile(r" \((?:like|e\.g\.|such as|for example)[^()]*\)", re.I)
_NOBODY = re.compile(
    r"^(?:does|is|has|makes|shows|adds|creates|uses|handles|returns|removes|sets|gets|keeps|"
    r"updates|fixes|allows|ensures|prevents)\b",
    re.I,
)
_DANGLING = re.compile(
    r"(?:[?？]|\b(?:when|where|(?:means|so|such|says) that|which|because|so|but|if|with|and|or|the|"
    r"an?|to|of|is|are|was|were))$",
    re.I,
)
_POINTS_BACK = re.compile(
    r"^(?:the (?:original|previous|former|latter|above|following|harder|easier|same)|"
    r"the tests? (?:needs?|should|must|has|have|is|was)|"
    r"this|that|it|its|they|these|those|both|here|there|he|she|then|so|and|but|also|"
    r"however|which|"
    r"same|such|your|you|i|we'?re|i'?m|my|since|because|for|on|in|to|as|if|"
    r"when|it's|that's)\b",
    re.I,
)
_LEAD = re.compile(
    r"^(?:(?:ah|oh|ok(?:ay)?|good|great|perfect|yes|no|right|indeed|so|and|but|now|well|"
    r"unfortunately|"
    r"hm+)[,.!: ]+)*"
    r"(?:root cause(?=:)|an? (?:bug|issue|problem) (?:where|in which|that)"
    r"|(?:i (?:also )?(?:found|see|know|understand|think i see|identified|spotted|"
    r"noticed)(?: that)?"
    r"(?: (?:the|what'?s the|an?) (?:\w+ )?(?:issue|problem|bug|cause|culprit|"
    r"pattern)s?(?: (?:more )?(?:now|clearly|here))*)?"
    r"|(?:the|an?) (?:actual |real |underlying |core |main |remaining )?(?:root )?"
    r"(?:issue|problem|bug|reason|cause|culprit|thing|key|point)(?: here)? (?:is|"
    r"was)(?: that| because)?"
    r"|(?:it )?turn(?:s|ed) out(?: that)?|looks like|it (?:seems|looks)(?: like| that)?)"
    r"(?!\w)|(?:根本|真正的?|主要)?原因(?:是|在于)?|问题(?:在于|出在|是))[\s,.!:：，。—–-]*",
    re.I,
)
_ADVERB = re.compile(
    r"^(?:unfortunately|currently|basically|essentially|actually|yes|no|right)[,.:]\s+", re.I
)
_OPINION = re.compile(
    r"^i(?:'d| would)? (?:strongly )?(?:recommend|suggest|prefer|propose|lean (?:towards?|to))"
    r"(?: that we| that| to| using| we)?\s+|^we (?:should|need to) (?:also )?|^我?(?:建议|推荐)",
    re.I,
)
_YIELDED = re.compile(
    r"^(?:(?:yes|ah|oh|hm+|ok)[,. -]+)*(?:you'?re|you are|that'?s|that is|good|great|"
    r"excellent|fair|nice|agreed?|my mistake|"
    r"apologies|sorry|i was wrong|i misread|i missed|i misunderstood|(?:你|您)说得(?:很)?对|"
    r"没错|确实|抱歉|对不起)"
    r"[^.!?。！，,—–:-]*[.!?。！，,—–:-]+\s*",
    re.I,
)


class Found(NamedTuple):
    """A candidate: what it would be, what it says, how sure that is, and where it was said last."""

    kind: str
    title: str
    statements: tuple[Statement, ...]
    files: tuple[str, ...]
    confidence: float
    why: str
    number: int

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join((self.title, *(one.text for one in self.statements)))


class Read(NamedTuple):
    """A session as the rules see it."""

    session: str
    episodes: Sequence[Episode]

    def source(self, *those: Said) -> tuple[Source, ...]:
        """Links to the messages of `those`."""
        every = dict.fromkeys((one.number, one.id) for one in those)
        return tuple(Source(self.session, name, number) for number, name in every)

    def told(self, text: str, *those: Said, heading: str = "") -> Statement:
        """A statement that rests on `those`."""
        return Statement(text.strip(), self.source(*those), heading)


def title(*choices: str) -> str:
    """The first of `choices` that says something by itself, as a title; else ""."""
    for one in choices:
        bare = _LIKE.sub("", _WHERE.sub("", bared(one)))
        whole = bare[:1].upper() + bare[1:]
        bare = _cut(whole)
        odd = (
            _POINTS_BACK.match(whole)
            or _POINTS_BACK.match(bare)
            or _DANGLING.search(bare)
            or _NOBODY.match(bare)
        )
        if len(words(bare)) >= 2 and not odd and len(bare) <= _MOST_HEAD:
            return titled(bare)
    return ""


def named(head: str, *texts: str) -> str:
    """`head` with its subject before it, the first name of code in `texts`, where it speaks of a
    thing that was named before: "the fallback should ..."."""
    if not head or not _BARE.match(head) or "`" in head:
        return head
    for text in texts:
        if found := _IDENTIFIER.search(text):
            whole = f"`{found[0]}`: {head[:1].lower()}{head[1:]}"
            return whole if len(whole) <= _MOST_HEAD else head
    return head


def _cut(text: str) -> str:
    """`text` as far as its last clause that has room in a title, if it is too long for one."""
    if len(text) <= _MOST_HEAD:
        return text
    _, turn, point = text.partition(", but ")
    if turn and len(point) >= _LEAST_POINT:  # what comes before only leads to it
        return _cut(point[:1].upper() + point[1:])
    for ends, least in ((_CLAUSE, _LEAST_HEAD), (_TAIL, _LEAST_HEAD), (_CLAUSE, _LEAST_POINT)):
        whole = [
            text[: found.start()]
            for found in ends.finditer(text)
            if found.start() >= least and _is_whole(text[: found.start()])
        ]
        if whole:
            return whole[-1]
    return text


def _is_whole(text: str) -> bool:
    """True of what has room in a title, and ends in no code and no brackets."""
    ends = text.count("`") % 2 == 0 and text.count("(") == text.count(")")
    return len(text) <= _MOST_HEAD and ends and not _DANGLING.search(text)


def bared(sentence: str) -> str:
    """`sentence` without what leads to its point: "I found the issue: ..."."""
    sentence = _OPINION.sub("", _ADVERB.sub("", clean(sentence).strip(" *_#>")))
    return (
        re.sub(r"\*\*|__", "", _LEAD.sub("", sentence))
        .strip(" :：,-–—")
        .removesuffix(", which means")
    )


def after_yielding(text: str) -> str:
    """`text` without the words that take an objection: "You're right - ..."."""
    return _YIELDED.sub("", text.strip(), count=1)


def informative(name: str) -> bool:
    """True of a heading that tells what stands below it."""
    bare = clean(plain(name))
    named = (
        marks.GENERIC_NAMES,
        marks.PROBLEM_NAMES,
        marks.FIX_NAMES,
        marks.LESSON_NAMES,
        marks.PRACTICE_NAMES,
        marks.DECISION_NAMES,
    )
    return (
        len(bare) > 3
        and not bare.endswith(("?", "？"))
        and not any(one.search(bare) for one in named)
    )


def prose(parts: Iterable[Part], most: int = _MOST_TEXT) -> str:
    """`parts` as Markdown without reports of progress; as many as have room in `most`."""
    made: list[str] = []
    room = most
    every = list(parts)
    for at, part in enumerate(every):
        leads = at + 1 < len(every) and every[at + 1].kind != TEXT
        text = _shown(part, leads=leads)
        if not text.strip():
            continue
        if len(text) > room:
            if part.kind == LIST and (text := _shortened(part, room)):
                made.append(text)
            break
        room -= len(text)
        made.append(text)
    while made and made[-1].rstrip().endswith((":", "：")):
        made.pop()
    return "\n\n".join(made)


def _shown(part: Part, *, leads: bool) -> str:
    if part.kind == TEXT:
        return paragraph(part.text, leads=leads)
    return _listed(part) if part.kind == LIST else part.text


def paragraph(text: str, *, leads: bool = False) -> str:
    """The sentences of a paragraph that tell something, and the one that `leads` to a list."""
    every = sentences(text)
    kept = [one for one in every[:-1] if tells(one)]
    last = every[-1] if every else ""
    is_lead = last.endswith((":", "："))
    if (leads and is_lead and not is_chatter(last)) or (tells(last) and not is_lead):
        kept.append(last)
    return " ".join(kept)


def _listed(part: Part) -> str:
    """A list without the items that only say that checks went well."""
    if not any(_PASSING.search(item) for item in part.items):
        return part.text
    kept = [item for item in part.items if not _PASSING.search(item)]
    return "\n".join("- " + item.replace("\n", "\n  ") for item in kept)


def _shortened(part: Part, room: int) -> str:
    made = ""
    for item in part.items:
        row = "- " + item.replace("\n", "\n  ")
        if len(made) + len(row) > room:
            break
        made += ("\n" if made else "") + row
    return made


def quoted(text: str, most: int = _MOST_QUOTE) -> str:
    """What a person said, as a quotation, cut where a word ends."""
    text = "\n".join(row.rstrip() for row in text.strip().split("\n"))
    if len(text) > most:
        text = (text[:most].rpartition(" ")[0] or text[:most]) + " …"
    return "\n".join(f"> {row}".rstrip() for row in text.split("\n"))


def lists(parts: Iterable[Part]) -> list[Part]:
    """The lists among `parts`."""
    return [part for part in parts if part.kind == LIST]


def is_open(found: Iterable[Topic]) -> bool:
    """True of a text that lays out ways to go, and takes none."""
    for topic in found:
        parts = [*topic.parts, *(part for _, inner in topic.fields for part in inner)]
        names = [topic.title, *(name for name, _ in topic.fields)]
        leads = [part.text for part in parts if part.kind == TEXT and _LEADING.match(part.text)]
        if any(_OPEN.search(name) for name in names) or any(_WAYS.search(one) for one in leads):
            return True
    return False


def is_status(part: Part) -> bool:
    """True of a table that tells how far one has come, and of no other."""
    if part.kind != TABLE:
        return False
    rows = [row for row in part.text.split("\n") if row.strip()][2:]
    return sum(bool(_STATUS.search(row)) for row in rows) * 2 > len(rows)
