"""What the commits say that a merge makes: a subject, a text, and trailers for people and tools."""

import re
from collections.abc import Iterable, Sequence

from git_naturecode.domain.links import TRAILER
from git_naturecode.domain.review.circle import Circle
from git_naturecode.domain.review.model import Given, Review
from git_naturecode.render.show import line, show

REVIEW, REVIEWED, WROTE = "Review", "Reviewed-by", "Co-authored-by"
_MOST = 200  # characters of a subject
_OURS = re.compile(rf"(?im)^[ \t]*(?=(?:{REVIEW}|{REVIEWED}|{TRAILER})[ \t]*:)")
_IS_TRAILER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*: \S.*|[ \t]+\S.*")


def merging(review: Review) -> str:
    """What a merge commit says, without trailers."""
    title = _title(review)
    source = line(review.target.name) if review.target.type == "branch" else ""
    return f"Merge {source}: {title}" if source and source != title else f"Merge {title}"


def squashing(review: Review) -> str:
    """What the one commit says that stands for all of them, without trailers."""
    # Nobody has approved anything by being named in a description.
    text = _OURS.sub("> ", show(review.description).strip())
    return f"{_title(review)}\n\n{text}" if text else _title(review)


def _title(review: Review) -> str:
    title = line(review.title) or line(review.target.name) or review.id
    return title if len(title) <= _MOST else title[: _MOST - 1] + "…"


def trailers(
    review: Review, circle: Circle, approvals: Iterable[Given], sessions: Iterable[str] = (),
    authors: Iterable[tuple[str, str]] = (),
) -> list[str]:  # fmt: skip
    """The trailers: who approved, of which review, out of which sessions, who wrote it as well."""
    people = [(circle.name(circle.who(one.by)), one.by) for one in approvals]
    lines = [f"{REVIEWED}: {_person(name, mail)}" for name, mail in people]
    lines += [f"{WROTE}: {_person(name, mail)}" for name, mail in authors]
    lines.append(f"{REVIEW}: {review.id}")
    lines += [f"{TRAILER}: {session}" for session in sessions]
    return list(dict.fromkeys(lines))


def _person(name: str, mail: str) -> str:
    """Somebody as trailers name him; of whom no name is known the address has one."""
    address = line(mail).replace("<", "").replace(">", "")
    called = line(name).replace("<", "").replace(">", "").strip()
    if not called or "@" in called:
        called = address.partition("@")[0] or address
    return f"{called} <{address}>"


def with_trailers(text: str, lines: Sequence[str]) -> str:
    """`text` with `lines` in its last paragraph, if that is one of trailers, else in one more."""
    text = text.rstrip()
    there = set(text.split("\n"))
    fresh = [one for one in lines if one not in there]
    if not fresh:
        return text
    last = text.rsplit("\n\n", 1)
    joined = len(last) == 2 and all(map(_IS_TRAILER.fullmatch, last[1].split("\n")))
    return text + ("\n" if joined else "\n\n") + "\n".join(fresh)
