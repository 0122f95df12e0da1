"""A review as text for a terminal: what it is, who reviews, what was said, what it waits for."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from git_naturecode.domain.review.model import Reviewer, Thread
from git_naturecode.render.folded import folded
from git_naturecode.render.paint import Paint
from git_naturecode.render.review_findings import Findings
from git_naturecode.render.review_rows import colour, said_of
from git_naturecode.render.review_threads import Threads
from git_naturecode.render.show import line, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.domain.review.behind import Behind
    from git_naturecode.domain.review.looked import Looked

_INDENT = "    "
_MOST_FILES = 40
_STANDING = {
    "kept": "kept: each file changes as it did", "stale": "stale: the change is another one now",
}  # fmt: skip


def text(
    looked: "Looked", paint: Paint, columns: int, sessions: "Sequence[Behind]" = (), *,
    whole: bool = False,
) -> str:  # fmt: skip
    """A review to read, with the `sessions` that the change comes from; resolved threads are one
    line each unless they are to be `whole`."""
    return "\n".join(_Shown(looked, paint, columns, sessions, whole).lines())


def threads_text(
    looked: "Looked", paint: Paint, columns: int, threads: Sequence[Thread]
) -> str:  # fmt: skip
    """Only `threads` of a review, with all that was said in them."""
    texts = Threads(looked.review, paint, looked.places, columns, whole=True)
    return "\n\n".join("\n".join(texts.text(one)) for one in threads)


class _Shown:
    """One review on its way to the terminal."""

    def __init__(
        self, looked: "Looked", paint: Paint, columns: int, sessions: "Sequence[Behind]",
        whole: bool,
    ) -> None:  # fmt: skip
        self.sessions = sessions
        self.looked, self.review, self.paint = looked, looked.review, paint
        self.texts = Threads(looked.review, paint, looked.places, columns, whole=whole)
        self.findings = Findings(looked.review, paint, looked.places, columns, whole=whole)
        self.columns, self.whole = columns, whole

    def lines(self) -> Iterator[str]:
        """All of it."""
        yield from self.head()
        if self.review.description and self.review.reviewers:
            yield ""
        yield from self.reviewers()
        yield from self.files()
        yield from self.behind()
        yield from self.reports()
        folded_before = False
        for thread in self.review.threads:
            fold = not self.whole and not thread.is_open
            if not (fold and folded_before):
                yield ""
            folded_before = fold
            yield from self.thread(thread)
        yield from self.findings.block()
        if self.review.has_drafts:
            yield ""
            yield self.paint.dim(
                f"drafts that only you see; git naturecode review submit {self.short} sends them"
            )

    @property
    def short(self) -> str:
        """The part of the id that is enough to name it."""
        return self.review.id[16:]

    def head(self) -> Iterator[str]:
        """What it is and where it stands."""
        review, looked, paint = self.review, self.looked, self.paint
        yield paint.bold(line(review.title) or "(no title)")
        target = line(review.target.name[:80])
        into = f" into {line(review.base)}" if review.base else ""
        status = colour(said_of(looked.status), paint)
        yield f"{paint.yellow(review.id)} · {status} · {target}{into} · by {self.who(review.owner)}"
        yield from self.revision()
        if review.merged:
            one = review.merged
            yield f"merged by {self.who(one.by)} ({line(one.strategy)}): {line(one.result[:12])}"
            for lost in review.merges[1:]:
                yield f"also merged by {self.who(lost.by)}: {line(lost.result[:12])}, not counted"
        if review.description:
            yield ""
            yield from folded(show(review.description), self.columns)

    def revision(self) -> Iterator[str]:
        """Which state of the change is meant."""
        last, looked = self.review.revision, self.looked
        if last:
            yield (
                f"revision {last.number}: {line(last.head[:12])} on {line(last.base[:12])}, "
                f"{last.changed} file{'' if last.changed == 1 else 's'}"
            )
        if looked.moved:
            yield self.paint.yellow(
                f"the change stands at {looked.head[:12]} here: "
                f"git naturecode review update {self.short} writes it down"
            )
        elif last and not looked.here:
            yield self.paint.yellow(
                "the commits are not in this clone: git fetch, or ask for a push of "
                + line(self.review.target.name[:80])
            )

    def reviewers(self) -> Iterator[str]:
        """Who reviews, and what each says."""
        for one in self.review.reviewers:
            yield f"{_INDENT}{self.verdict(one)}"

    def verdict(self, one: Reviewer) -> str:
        """One reviewer."""
        given = one.verdict
        notes = ["has to approve"] if one.required else []
        if one.who.casefold() == self.review.owner.casefold():
            notes.append("his own change, which does not count")
        if given:
            kept = self.looked.kept.get(given.id)
            if given.files:
                notes.append(f"only {', '.join(map(line, given.files))}")
            if given.imported:
                notes.append("as another system says")
            if kept and kept.state == "partial":
                notes.append(f"stale for {', '.join(map(line, kept.stale_files))}")
            elif kept and kept.state in _STANDING:
                notes.append(_STANDING[kept.state])
        status = colour(said_of(one.status), self.paint)
        said = f": {line(given.text)}" if given and given.text else ""
        more = f" ({'; '.join(notes)})" if notes else ""
        return f"{self.who(one.who)} {status}{more}{said}"

    def files(self) -> Iterator[str]:
        """The files of the change."""
        found = self.looked.files
        if not found:
            return
        yield ""
        for row in list(found.values())[:_MOST_FILES]:
            was = f"{line(row.old)} -> " if row.old else ""
            yield f"{_INDENT}{row.status} {was}{line(row.path)}"
        if len(found) > _MOST_FILES:
            yield f"{_INDENT}and {len(found) - _MOST_FILES} more; see --json"

    def behind(self) -> Iterator[str]:
        """The sessions that the change comes from."""
        if self.sessions:
            from git_naturecode.render.review_behind import listed

            yield ""
            yield "written in:"
            yield from (f"{_INDENT}{one}" for one in listed(self.sessions, self.paint))

    def reports(self) -> Iterator[str]:
        """What builds and analyses said, the latest of each who reported of one commit."""
        last = {(one.what, one.commit, one.agent): one for one in self.review.reports}
        if last:
            yield ""
        for one in list(last.values())[-_MOST_FILES:]:
            said = " ".join(filter(None, (one.status or "reported", one.agent, one.url)))
            name = "CI" if one.what == "ci" else "analysis"
            yield f"{_INDENT}{name} of {line(one.commit[:12])}: {line(said)}"

    def thread(self, thread: Thread) -> Iterator[str]:
        """A thread with its answers."""
        return self.texts.text(thread)

    def who(self, address: str) -> str:
        """How somebody is called."""
        return self.texts.who(address)
