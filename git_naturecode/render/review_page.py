"""A review as a page of Markdown with front matter: who reviews, what was said below which lines.

Nothing that somebody has written can pass for another's words, load anything, or act on a terminal.
"""

from collections.abc import Iterator

from git_naturecode.domain.review.handles import finding_names, thread_names
from git_naturecode.domain.review.model import Comment, Review, Reviewer, Thread
from git_naturecode.render import page, words
from git_naturecode.render.document import block
from git_naturecode.render.review_findings import counts, last, looked, placed
from git_naturecode.render.show import line

_TITLE = 200


def path(review: Review, tail: str) -> str:
    """Where the page stands in the folder: `reviews/2026-11/<day>-<slug>-<tail>.md`."""
    return page.dated("reviews", review.id, review.created, review.title, tail)


def text(review: Review) -> str:
    """The page: what the review is, as YAML and in words, who reviews, the threads."""
    return "\n".join(_Page(review).parts())


class _Page:
    """One review on its way to the page."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.title = line(review.title[:_TITLE]) or "(no title)"
        self.names = {one.who: one.name for one in review.reviewers if one.name}
        self.names |= {review.owner: review.name} if review.name else {}

    def parts(self) -> Iterator[str]:
        """All of it."""
        yield self.front_matter()
        yield f"# {page.escaped(self.title)}\n"
        yield from page.bounded(self.body(), f"git naturecode review show {self.review.id}")

    def front_matter(self) -> str:
        """What it is, for programs."""
        review, now = self.review, self.review.revision
        facts: dict[str, str | bool | list[str]] = {
            "id": review.id, "title": self.title, "status": review.status,
            "owner": line(review.owner), "target": line(review.target.name[:_TITLE]),
            "base": line(review.base), "created": line(review.created),
            "updated": line(review.updated),
            "reviewers": [f"{line(one.who)}: {one.status}" for one in review.reviewers],
        }  # fmt: skip
        if now:
            facts |= {"revision": str(now.number), "head": now.head, "mergeBase": now.base}
        return page.yaml_facts(facts)

    def body(self) -> Iterator[str]:
        """What people read."""
        review = self.review
        tail = review.id.rsplit("-", 1)[-1]
        yield (
            "*Written by git naturecode, and written anew when the review changes. The change:* "
            f"`git naturecode review diff {tail}`\n"
        )
        if review.description.strip():
            yield block(review.description)
        for merge in review.merges:
            into = page.code(line(merge.base) or "(no branch)")
            yield (
                f"*Merged into {into} by {self.who(merge.by)} · "
                f"{self.when(merge.time)}:* {page.code(merge.result[:12])}\n"
            )
        if review.reviewers:
            yield "## Reviewers\n"
        for one in review.reviewers:
            yield from self.reviewer(one)
        if review.threads:
            yield "## Threads\n"
        handles = thread_names(review)
        for thread in review.threads:
            yield from self.thread(thread, handles[thread.id])
        if review.findings or review.analyses:
            yield from self.findings()

    def reviewer(self, one: Reviewer) -> Iterator[str]:
        """What one of them says."""
        given, notes = one.verdict, ["has to approve"] if one.required else []
        if given:
            notes.append(self.when(given.time))
            notes += [f"of {given.head[:12]}"] if given.head else []
            notes += [f"only {', '.join(map(_word, given.files))}"] if given.files else []
        more = f" ({'; '.join(notes)})" if notes else ""
        yield f"- {self.who(one.who)}: **{one.status}**{more}\n"
        if given and given.text.strip():
            yield _quoted(block(given.text))

    def thread(self, thread: Thread, handle: str) -> Iterator[str]:
        """A thread below the lines that it is about."""
        anchor = thread.first.anchor
        state = "resolved" if thread.resolved else "open"
        if thread.news:
            state += f", {thread.news} new since resolved"
        place = "the change"
        if anchor:
            lines = f":{anchor.line}" if anchor.line else ""
            lines += f"-{anchor.end}" if anchor.end > anchor.line else ""
            place = page.code(line(anchor.path) + lines)
            place += " before the change" if anchor.side == "old" else ""
        yield f"### {handle} · {place} · {state}\n"
        if anchor and anchor.text:
            yield page.fenced("\n".join(map(line, anchor.text)))
        for one in thread.comments:
            yield _quoted(self.comment(one))

    def findings(self) -> Iterator[str]:
        """What analyses have found: what is live in full, the rest as one line each."""
        review, names = self.review, finding_names(self.review)
        yield f"## Findings\n\n{_word(counts(review).removeprefix('findings: '))}\n"
        yield "".join(f"- {_word(looked(one, review))}\n" for one in last(review.analyses))
        for one in review.live_findings:
            finding, anchor = one.finding, one.finding.anchor
            handle = names[finding.fingerprint]
            told = f"{finding.severity} · {_word(finding.rule)} · {one.state}"
            yield f"### {handle} · {page.code(line(placed(one, {})))} · {told}\n"
            if anchor.text:
                yield page.fenced("\n".join(map(line, anchor.text)))
            yield _quoted(f"*{_word(finding.source)}*\n\n{block(finding.message)}")
            if finding.suggestion is not None:
                yield "Suggested instead:\n"
                yield page.fenced("\n".join(map(line, finding.suggestion.split("\n"))))
        for one in review.findings:
            if not one.is_live:
                handle = names[one.finding.fingerprint]
                why = f": {_word(one.dismissed.reason)}" if one.dismissed else ""
                yield (
                    f"- {handle} {page.code(line(placed(one, {})))} · {_word(one.finding.rule)} · "
                    f"{one.state}{why}\n"
                )

    def comment(self, one: Comment) -> str:
        """One comment."""
        flags = [page.escaped(line(flag)) for flag in one.flags if flag != "purged"]
        flags += ["edited"] if one.edited else []
        noted = f" ({', '.join(flags)})" if flags else ""
        missing = words.withheld(one.hidden, one.flags, self.names)
        body = f"*{_word(missing)}*\n" if missing else block(one.text)
        for value, people in one.reactions:
            body += f"\n{_word(value)} {', '.join(map(self.who, people))}\n"
        return f"**{self.who(one.by)}** · {self.when(one.time)}{noted}\n\n{body}"

    def who(self, address: str) -> str:
        """How somebody is called."""
        return _word(self.names.get(address) or address)

    def when(self, time: str) -> str:
        """A time to read."""
        return _word(words.minute(time))


def _word(text: str) -> str:
    return page.escaped(line(text))


def _quoted(text: str) -> str:
    """`text` as a quotation, which nothing in it can end."""
    return "".join(f"> {row}".rstrip(" ") + "\n" for row in text.rstrip("\n").split("\n"))
