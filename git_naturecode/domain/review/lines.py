"""What reviews have to do with a line of code: the review of its commit, the threads on it."""

from typing import NamedTuple

from git_naturecode.domain.review.handles import thread_names
from git_naturecode.domain.review.model import Review, Thread
from git_naturecode.store.entry import Json


class Line(NamedTuple):
    """A line as it stands in the commit that changed it last."""

    commit: str
    path: str
    number: int


class Reviewed(NamedTuple):
    """A review that the commit of a line was part of, and its threads on that line."""

    review: Review
    threads: tuple[Thread, ...] = ()

    @property
    def handles(self) -> list[str]:
        """The short names of the threads."""
        names = thread_names(self.review)
        return [names[one.id] for one in self.threads]

    def json(self) -> dict[str, Json]:
        """For programs."""
        review = self.review
        return {
            "reviewId": review.id, "title": review.title, "status": review.status,
            "threads": [
                {
                    "thread": handle, "id": thread.id, "resolved": thread.resolved,
                    "comments": [
                        {
                            "id": one.id, "userId": one.by, "timestamp": one.time,
                            "comment": one.text, "redacted": one.hidden is not None,
                        }
                        for one in thread.comments if not one.draft
                    ],
                }
                for handle, thread in zip(self.handles, self.threads, strict=True)
            ],
        }  # fmt: skip
