"""What why and blame have in common: a file, the store, and what is behind lines of the file."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_naturecode.cli.context import Context
from git_naturecode.domain.kinds import KB, REVIEW
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import blame
from git_naturecode.render.show import show
from git_naturecode.tracing.trace import Traced, Tracer

if TYPE_CHECKING:
    from git_naturecode.domain.kb.behind import About
    from git_naturecode.domain.review.lines import Reviewed


@dataclass
class Found:
    """A file, what is behind the lines asked for, and who can tell more about them."""

    path: str
    rev: str
    traced: list[Traced]
    tracer: Tracer

    def reviews(self) -> "dict[int, list[Reviewed]]":
        """The reviews that the commits of the lines were part of, by the number of the line, with
        the threads there; costs one question where there are no reviews."""
        if not self.tracer.index.page(REVIEW, limit=1).rows:
            return {}
        from git_naturecode.domain.review.lines import Line
        from git_naturecode.reviewing.behind import Reviews

        known = Reviews(self.tracer.store, self.tracer.index)
        lines = (one.line for one in self.traced if one.line.commit.oid)
        return {one.number: known.of(Line(one.commit.oid, one.path, one.original)) for one in lines}

    def articles(self) -> "dict[int, list[About]]":
        """The articles that the lines or their commits are linked to, by the number of the line;
        costs one question where there are none."""
        if not self.tracer.index.page(KB, limit=1).rows:
            return {}
        from git_naturecode.kb.behind import Articles

        store, now = self.tracer.store, None
        if not self.rev and store.repo.work_tree is not None:
            now = _lines(os.path.join(store.repo.work_tree, self.path))
        known = Articles(store, self.tracer.index, self.path, self.rev, now)
        return known.of({one.line.number: one.line.commit.oid for one in self.traced})


def _lines(path: str) -> list[str] | None:
    """The lines of a file of the work tree; None where it is no text that can be read."""
    from git_naturecode.domain.review.anchor import lines_of

    try:
        with open(path, "rb") as file:
            return lines_of(file.read())
    except OSError:
        return None


@contextmanager
def traced(
    context: Context, file: str, ranges: Sequence[str], rev: str | None, options: Sequence[str]
) -> Iterator[Found]:
    """What is behind the lines of `file`, with what the hooks have noted taken in before."""
    repo = context.repo
    path = blame.inside(repo, context.cwd, file)
    commit = blame.commit_of(repo, rev) if rev else ""
    lines = blame.blame(repo, blame.Asked(path, commit, tuple(ranges), tuple(options)))
    with context.store() as store:
        from git_naturecode import linking

        try:
            linking.drain(store)
        except (NaturecodeError, OSError) as error:  # a disk that is full, or may not be written
            said = error.strerror if isinstance(error, OSError) else error.message
            context.tell(f"warning: {show(said or str(error))}")
        from git_naturecode.cli.reading import catch_up

        catch_up(context, store)
        tracer = Tracer(store)
        try:
            yield Found(path, commit, tracer.trace(lines), tracer)
        finally:
            tracer.close()


def git_options(blanks: bool, moved: bool, copied: bool) -> list[str]:
    """The options of git blame that a person may ask for."""
    given = (("-w", blanks), ("-M", moved), ("-C", copied))
    return [name for name, wanted in given if wanted]
