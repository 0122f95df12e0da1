"""Threads of a review as text: who said what, below the lines that it is about."""

from collections.abc import Iterator, Mapping

from git_naturecode.domain.review.following import EDITED, GONE, MOVED, Place
from git_naturecode.domain.review.handles import names, thread_names
from git_naturecode.domain.review.model import Comment, Review, Thread
from git_naturecode.domain.review.suggestion import WORD, pieces
from git_naturecode.render.folded import NO_LIMIT, dedented, folded
from git_naturecode.render.paint import Paint
from git_naturecode.render.show import columns_of, fit, line, show

_SURE = 0.95


class Threads:
    """The threads of one review on their way to a terminal of `columns` columns; `places` says
    where they are now. Resolved ones are one line each unless they are to be shown `whole`."""

    def __init__(
        self, review: Review, paint: Paint, places: Mapping[str, Place],
        columns: int = NO_LIMIT, *, whole: bool = False,
    ) -> None:  # fmt: skip
        self.review, self.paint, self.places = review, paint, places
        self.columns, self.whole = columns, whole
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
        head = f"{where} · {state}{draft}{moved}"
        if not thread.is_open and not self.whole:
            yield indent + handle + self.gist(thread, head, len(indent))
            return
        yield f"{indent}{handle}{head}"
        anchor = thread.first.anchor
        if anchor and not placed and not self.suggests(thread):
            for quoted in dedented([show(one) for one in anchor.text]):
                for text in folded(quoted, self.columns, f"{indent}    | "):
                    yield self.paint.dim(text)
        for one in thread.comments:
            yield from self.comment(one, indent + "    ", thread)

    def gist(self, thread: Thread, head: str, before: int) -> str:
        """What there is of a resolved thread, in the rest of a line."""
        first, more = thread.first, len(thread.comments) - 1
        said = next((line(one.text) for one in pieces(first.text) if one.text), f"a {WORD}")
        said = "[redacted]" if first.hidden else said
        answers = f" (+{more})" if more else ""
        room = self.columns - before - len(self.threads[thread.id]) - columns_of(head + answers)
        text = f" · {self.who(first.by)}: {said}"
        if self.columns < NO_LIMIT:
            text = fit(text, room).rstrip() if room > 12 else ""
        return head + self.paint.dim(text + answers)

    def suggests(self, thread: Thread) -> bool:
        """True when the lines of a thread show in the difference that its first comment wants."""
        first = thread.first
        return not first.hidden and any(one.suggests for one in pieces(first.text))

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

    def comment(self, one: Comment, indent: str, thread: Thread) -> Iterator[str]:
        """One comment."""
        flags = f" ({line(', '.join(one.flags))})" if one.flags else ""
        when = one.time[:16].replace("T", " ")
        draft = " (draft)" if one.draft and one.on else ""
        head = f"{self.comments[one.id]} {self.who(one.by)} · {when}{draft}{flags}"
        yield indent + self.paint.dim(head)
        yield from self.body(one, indent, thread)
        for value, people in one.reactions:
            yield self.paint.dim(f"{indent}{line(value)} {', '.join(map(self.who, people))}")

    def body(self, one: Comment, indent: str, thread: Thread) -> Iterator[str]:
        """What a comment says; a suggestion in it as the difference that it would make."""
        if one.hidden:
            yield f"{indent}[redacted]"
            return
        for piece in pieces(one.text):
            if piece.suggests is None:
                yield from folded(show(piece.text), self.columns, indent)
                continue
            new = piece.suggests
            anchor = thread.first.anchor
            old = anchor.text if anchor and not (new.above or new.below) else ()
            both = dedented([show(text) for text in (*old, *new.lines)])
            more = " (and lines around them)" if new.above or new.below else ""
            yield self.paint.dim(f"{indent}suggests{more}:")
            for number, text in enumerate(both):
                sign = "-" if number < len(old) else "+"
                colour = self.paint.red if number < len(old) else self.paint.green
                for shown in folded(text, self.columns, f"{indent}{sign} "):
                    yield colour(shown)
            if not both:
                yield self.paint.dim(f"{indent}(to take the lines out)")
