"""Threads of a review as text: who said what, below the lines that it is about."""

from collections.abc import Iterator, Mapping

from git_naturecode.domain.review.following import EDITED, GONE, MOVED, Place
from git_naturecode.domain.review.handles import names, thread_names
from git_naturecode.domain.review.model import Comment, Review, Thread
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import line, show

_SURE = 0.95


class Threads:
    """The threads of one review on their way to the terminal; `places` says where they are now."""

    def __init__(self, review: Review, paint: Paint, places: Mapping[str, Place]) -> None:
        self.review, self.paint, self.places = review, paint, places
        self.comments, self.threads = names(review), thread_names(review)
        known = {one.who: one.name for one in review.reviewers if one.name}
        self.people = {review.owner: review.name, **known}

    def who(self, address: str) -> str:
        """How somebody is called."""
        return line(self.people.get(address) or address)

    def text(self, thread: Thread, indent: str = "", *, placed: bool = False) -> Iterator[str]:
        """A thread: where it stands (unless that is plain, since it is `placed` below its lines),
        then what was said."""
        state = "resolved" if thread.resolved else "open"
        if thread.news:
            state += f", {thread.news} new since resolved"
        draft = " (draft)" if thread.first.draft else ""
        where = "" if placed else f" {self.where(thread.first)}"
        moved = self.moved(thread)
        handle = self.paint.yellow(self.threads[thread.id])
        yield f"{indent}{handle}{where} · {state}{draft}{moved}"
        anchor = thread.first.anchor
        if anchor and not placed:
            for quoted in anchor.text:
                yield self.paint.dim(f"{indent}    | {show(quoted)}")
        for one in thread.comments:
            yield from self.comment(one, indent + "    ")

    def where(self, one: Comment) -> str:
        """Where a comment stood when it was made, or stands now."""
        anchor, place = one.anchor, self.places.get(one.id)
        if anchor is None:
            return "on the change"
        path, first, last = anchor.path, anchor.line, anchor.end
        if place and place.state != GONE:
            path, first, last = place.path or path, place.line, place.end
        lines = f":{first}" if first else ""
        if last > first:
            lines += f"-{last}"
        side = " (old side)" if anchor.side == "old" else ""
        return line(path) + lines + side + (" outside the diff" if anchor.outside else "")

    def moved(self, thread: Thread) -> str:
        """What became of the lines since."""
        place = self.places.get(thread.first.id)
        anchor = thread.first.anchor
        if place is None or anchor is None:
            return ""
        doubt = f", {round(place.confidence * 100)} % sure" if place.confidence < _SURE else ""
        if place.state == GONE:
            return " · the lines are gone"
        if place.state == EDITED:
            return f" · edited since{doubt}"
        if place.state == MOVED and (place.path, place.line) != (anchor.path, anchor.line):
            was = f"{line(anchor.path)}:" if place.path != anchor.path else "line "
            return f" · was {was}{anchor.line or ''}{doubt}"
        return ""

    def comment(self, one: Comment, indent: str) -> Iterator[str]:
        """One comment."""
        flags = f" ({line(', '.join(one.flags))})" if one.flags else ""
        when = one.time[:16].replace("T", " ")
        draft = " (draft)" if one.draft and one.on else ""
        head = f"{self.comments[one.id]} {self.who(one.by)} · {when}{draft}{flags}"
        yield indent + self.paint.dim(head)
        body = "[redacted]" if one.hidden else show(one.text)
        yield from (f"{indent}{text}".rstrip() for text in body.split("\n"))
        for value, people in one.reactions:
            yield self.paint.dim(f"{indent}{line(value)} {', '.join(map(self.who, people))}")
