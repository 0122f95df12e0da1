"""review start: begin the review of a branch, a commit, a range or a pull request."""

import re
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.answers import count, warn_of_secrets
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.reviewing.starting import Started, Wanted
    from git_naturecode.reviewing.targets import Found
    from git_naturecode.store.entry import Draft, Json
    from git_naturecode.store.index import Index
    from git_naturecode.store.store import Store

_WRITTEN = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>")


def start(
    target: Annotated[
        str,
        typer.Option(
            help="A branch, a commit, a range A..B, or the number of a pull request that was "
            "fetched; default: the branch that you are on."
        ),
    ] = "HEAD",
    base: Annotated[
        str, typer.Option(help="The branch to merge into; default: the remote's default branch.")
    ] = "",
    reviewers: Annotated[
        list[str] | None, typer.Option(help="Whom to ask: e-mail addresses, with commas.")
    ] = None,
    required: Annotated[
        list[str] | None, typer.Option(help="Who has to approve; they are asked, too.")
    ] = None,
    no_owners: Annotated[
        bool, typer.Option("--no-owners", help="Do not ask the CODEOWNERS of the files.")
    ] = False,
    title: Annotated[str, typer.Option(help="Default: the first commit's.")] = "",
    description: Annotated[
        str | None,
        typer.Option("--description", "-m", help="What it is about; `-` reads stdin."),
    ] = None,
    edit: Annotated[
        bool, typer.Option("--edit", help="Write title and description in your editor.")
    ] = False,
    foreign: Annotated[
        str, typer.Option("--id", help="An id from elsewhere by which it can also be named.")
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Also where an open review has that target.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Begin a code review."""
    from git_naturecode.cli.output import written
    from git_naturecode.cli.reading import check_foreign, opened
    from git_naturecode.reviewing import starting, targets

    context = contexts.current(quiet)
    asked, must = people(reviewers), people(required)
    with opened(context, writing=True) as (store, index):
        found = targets.find(context.repo, context.config, target, base)
        if foreign:
            check_foreign(index, foreign, "review")
        if not again:
            _refuse_second(index, found)
        text = written(context, description, "") if description is not None else ""
        wanted = starting.Wanted(title.strip(), text.strip(), asked, must, not no_owners, foreign)
        if edit:
            wanted = _edited(context, store, found, wanted)
        done = starting.start(store, found, wanted, partial(_permit, store))
        missing = _is_unpushed(store, found)
    if as_json:
        context.json(_json(done, found))
    else:
        _tell(context, done, found, missing)


def _permit(store: "Store", drafts: "Sequence[Draft]") -> None:
    from git_naturecode.teaming import Gate

    Gate(store).require_review(drafts, None)


def people(wanted: list[str] | None) -> list[str]:
    """The addresses and names that an option gave, with commas or several times; of somebody as
    git writes him, `Ada <ada@x>`, the address."""
    parts = [one.strip() for part in wanted or [] for one in part.split(",")]
    found = [told[1] if (told := _WRITTEN.fullmatch(one)) else one for one in parts]
    for one in found:
        if not one or any(ord(letter) < 32 for letter in one) or len(one) > 200:
            raise errors.Usage(f"{line(one)!r} is nobody's address", "write --reviewers a@x,b@x")
    return found


def _refuse_second(index: "Index", found: "Found") -> None:
    from git_naturecode.domain.review.model import CLOSED, MERGED, STATUSES

    going = [one for one in STATUSES if one not in (MERGED, CLOSED)]
    where = {"target": [found.target.name], "status": going}
    rows = index.page("review", where, limit=1).rows
    if rows:
        tail = str(rows[0]["id"])[16:]
        raise errors.Negative(
            f"{line(found.target.name)} is being reviewed already: {rows[0]['id']}",
            f"git naturecode review show {tail}; a new state of the branch belongs to it: "
            f"git naturecode review update {tail}; --again begins another review",
        )


def _edited(
    context: contexts.Context, store: "Store", found: "Found", wanted: "Wanted"
) -> "Wanted":
    from git_naturecode.cli.output import written
    from git_naturecode.reviewing import starting

    title, text = starting.texts(store, found, wanted)
    before = f"{title}\n\n{text}".rstrip() + "\n"
    both = written(context, None, "The first line is the title, the rest the description.", before)
    first, _, rest = both.strip().partition("\n")
    return wanted._replace(title=first.strip(), description=rest.strip())


def _is_unpushed(store: "Store", found: "Found") -> bool:
    """True when there is a remote, and none of its branches holds the change."""
    from git_naturecode.git import branches

    remotes = store.config.remotes()
    return bool(remotes) and not branches.is_on_remote(store.repo, found.state.head)


def _why(done: "Started", who: str) -> str:
    if who in done.required:
        return " (has to approve)"
    return " (owns some of it)" if who in done.owners.people else ""


def _json(done: "Started", found: "Found") -> "dict[str, Json]":
    return {
        "reviewId": done.id, "title": done.title, "target": found.target.name,
        "targetType": found.target.type, "base": found.base, "head": found.state.head,
        "mergeBase": found.state.base, "files": done.files, "commits": done.commits,
        "reviewers": list(done.reviewers), "required": list(done.required),
        "owners": list(done.owners.people),
    }  # fmt: skip


def _tell(context: contexts.Context, done: "Started", found: "Found", missing: bool) -> None:
    context.say(done.id)
    for entry in done.entries:
        warn_of_secrets(context, entry)
    what = f"{count(done.commits, 'commit')}, {count(done.files, 'file')}"
    into = f" into {line(found.base)}" if found.base else ""
    context.tell(f"{line(done.title)}: {what}, {line(found.target.name[:60])}{into}")
    if done.reviewers:
        named = [line(one) + _why(done, one) for one in done.reviewers]
        context.tell("asked: " + ", ".join(named))
    else:
        context.tell(f"hint: ask somebody: git naturecode review set {done.id[16:]} --ask EMAIL")
    if done.owners.unknown:
        names = ", ".join(map(line, done.owners.unknown))
        context.tell(f"note: CODEOWNERS names {names}, whom nobody here is called")
    if missing and found.target.type == "branch":
        context.tell(
            "hint: reviewers need the commits, too: git push "
            f"{context.config.get('naturecode.remote') or 'origin'} {line(found.target.name)}"
        )
    context.tell(TELL_OTHERS)
