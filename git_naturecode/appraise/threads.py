"""The comments on one commit as threads, and what git-appraise makes of their `resolved`; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from git_naturecode.appraise.lines import Comment

Known = Callable[[str], Comment | None]


@dataclass
class Remark:
    """A comment with its newer versions (`edits`) and the replies to it, the earliest first.

    `root` is the remark that begins its thread: itself where it answers none that is here.
    """

    comment: Comment
    parent: "Remark | None" = None
    edits: list[Comment] = field(default_factory=list)
    replies: list["Remark"] = field(default_factory=list)
    lost: bool = False  # it answers a comment that is not here

    @property
    def newest(self) -> Comment:
        """What stands there now."""
        return self.edits[-1] if self.edits else self.comment

    @property
    def versions(self) -> list[Comment]:
        """The comment and its edits."""
        return [self.comment, *self.edits]

    @property
    def is_verdict(self) -> bool:
        """True when it accepts or rejects the change: it answers nothing and is on no file."""
        where = self.newest.location
        is_whole = self.parent is None and not self.lost and not (where and where.path)
        return is_whole and any(one.resolved is not None for one in self.versions)


@dataclass
class Threads:
    """All remarks by the hash of their comment, and those that begin threads."""

    remarks: dict[str, Remark]
    roots: list[Remark]

    def thread(self, root: Remark) -> list[Remark]:
        """`root` and all below it, each before its replies."""
        found = [root]
        for one in found:  # grows while it is walked
            found.extend(one.replies)
        return found


def threads(comments: Iterable[Comment], names: Mapping[str, str]) -> Threads:
    """`comments` (each hash once) hung together; `names` are other hashes of them -> their own."""
    by_hash = {one.hash: one for one in comments}

    def known(name: str) -> Comment | None:
        return by_hash.get(name) or by_hash.get(names.get(name, ""))

    firsts: dict[str, Comment] = {}
    for one in by_hash.values():
        _find_first(one, known, firsts)
    remarks = {name: Remark(one) for name, one in by_hash.items() if firsts[name] is one}
    for name, first in firsts.items():
        if first.hash != name:
            remarks[first.hash].edits.append(by_hash[name])
    for remark in remarks.values():
        remark.edits.sort(key=_age)
        if above := remark.comment.parent:
            answered = known(above)
            remark.parent = remarks[firsts[answered.hash].hash] if answered else None
        remark.lost = remark.parent is None and bool(above or remark.comment.original)
    _break_circles(remarks.values())
    for remark in sorted(remarks.values(), key=lambda r: _age(r.comment)):
        if remark.parent is not None:
            remark.parent.replies.append(remark)
    roots = sorted((r for r in remarks.values() if r.parent is None), key=lambda r: _age(r.comment))
    return Threads(remarks, roots)


def _age(comment: Comment) -> tuple[str, str]:
    return comment.timestamp, comment.hash


def _find_first(comment: Comment, known: Known, firsts: dict[str, Comment]) -> None:
    """Note in `firsts` of what `comment` is a version, as far back as that is here."""
    path: dict[str, Comment] = {}
    here: Comment | None = comment
    while here is not None and here.hash not in firsts and here.hash not in path:
        path[here.hash] = here
        here = known(here.original) if here.original else None
    if here is None:
        first = list(path.values())[-1] if path else comment
    elif here.hash in firsts:
        first = firsts[here.hash]
    else:  # versions of each other
        first = path[min(path)]
    firsts.update(dict.fromkeys(path, first))


def _break_circles(remarks: Iterable[Remark]) -> None:
    """Let remarks that answer each other in a circle each begin a thread."""
    sound: set[int] = set()
    for one in remarks:
        path: dict[int, Remark] = {}
        here: Remark | None = one
        while here is not None and id(here) not in sound and id(here) not in path:
            path[id(here)] = here
            here = here.parent
        if here is not None and id(here) in path:
            here.parent, here.lost = None, True
        sound.update(path)


def aggregate(threads: Threads, root: Remark) -> bool | None:
    """What git-appraise says of a thread: accepted, rejected, or neither.

    Rejected as long as one remark in it is and nobody has accepted that one; accepted where its
    first comment is and nothing below is rejected.
    """
    told: dict[int, bool | None] = {}
    for one in reversed(threads.thread(root)):
        own = one.newest.resolved
        below = [said for reply in one.replies if (said := told[id(reply)]) is not None]
        if not below:
            told[id(one)] = own
        elif not all(below):
            told[id(one)] = False
        else:
            told[id(one)] = True if own else None
    return told[id(root)]
