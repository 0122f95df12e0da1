"""review comment --diff: the whole change in the editor, with comments written below its lines."""

import os
from typing import TYPE_CHECKING

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.cli.review_opened import Opened
    from git_naturecode.domain.review.form import FormLine, Remark
    from git_naturecode.domain.review.model import Revision
    from git_naturecode.store.entry import Draft, Entry


def comment_on_diff(
    context: contexts.Context, here: "Opened", given: str | None, *, draft: bool
) -> "list[Entry]":
    """Hand the change out, take what was written into it (or into the text `given`), and send it.

    What cannot be understood is kept in a file, which the error names: nobody writes it twice.
    """
    from git_naturecode.cli.review_opened import PRIVATE, TEAM

    here.may_comment()
    about = here.revision(silently=draft)
    if about is None:
        raise errors.Negative(f"{here.review.id} has no revision to comment on")
    lines = _lines(here, about)
    written = _written(context, lines, given)
    kept = os.path.join(here.store.repo.git_dir, f"naturecode-review-{here.short}.txt")
    try:
        made = [_draft(context, here, about, one) for one in _remarks(written, lines, here.short)]
        entries = here.write(*made, side=PRIVATE if draft else TEAM)
    except errors.NaturecodeError as error:
        if given is None and written.strip():
            with open(kept, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(written)
            error.hint = (
                f"what you wrote is in {kept}: put it right, then git naturecode review comment "
                f"{here.short} --diff --from {kept}"
            )
        raise
    if given is None and os.path.exists(kept):
        os.unlink(kept)
    return entries


def _lines(here: "Opened", about: "Revision") -> "list[FormLine]":
    from git_naturecode.git import changes
    from git_naturecode.render.review_form import form_lines
    from git_naturecode.reviewing.looking import look

    review = here.again().review
    files = changes.changes(here.store.repo, about.base, about.head)
    return form_lines(files, review, look(here.store, review).places)


def _written(context: contexts.Context, lines: "Sequence[FormLine]", given: str | None) -> str:
    from git_naturecode.cli.output import written
    from git_naturecode.domain.review import form

    if given == "-":
        return written(context, "-", "")
    if given is not None:
        path = os.path.join(context.cwd, given)
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise errors.Usage(
                f"{line(given)} cannot be read: {why}",
                "--from names the file that an editor has written, or `-` for stdin",
            ) from None
    return written(context, None, "", form.form(lines))


def _remarks(written: str, lines: "Sequence[FormLine]", short: str) -> "list[Remark]":
    from git_naturecode.domain.review import form

    found = form.remarks(written, lines)
    if not found:
        raise errors.Negative(
            "nothing was written below the lines, so nothing was sent",
            f"git naturecode review diff {short} only shows the change",
        )
    return found


def _draft(context: contexts.Context, here: "Opened", about: "Revision", one: "Remark") -> "Draft":
    from git_naturecode.domain.review import makers
    from git_naturecode.reviewing import anchoring

    spot, store = one.spot, here.store
    if spot.thread:
        return makers.comment(one.text, about.id, on=spot.thread)
    if not spot.path:
        return makers.comment(one.text, about.id)
    wanted = anchoring.Wanted(spot.path, spot.line, spot.line, spot.side)
    anchor = anchoring.place(store.repo, store.team.objects, about, wanted)
    return makers.comment(one.text, about.id, anchor)
