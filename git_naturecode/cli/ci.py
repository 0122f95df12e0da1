"""ci review, post, init: a job looks at a change, posts what was found; the files of such jobs."""

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups
from git_naturecode.cli.ci_reports import summarise
from git_naturecode.cli.ci_review import review
from git_naturecode.cli.options import AsJson, Quiet
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.ci.posting import Done
    from git_naturecode.ci.where import Where
    from git_naturecode.domain.findings.result import Result
    from git_naturecode.store.entry import Json

_MOST = 30  # comments of one run: a page with more is not read


class ForgeName(StrEnum):
    """The forges that can be posted on."""

    github = "github"
    gitlab = "gitlab"


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the group into `tree`."""
    about = "Reviews in CI: reports, comments on a forge, workflow files."
    verbs: groups.Verbs = {"review": review, "post": post, "init": init}
    groups.hang(tree, name, about, verbs)


def post(
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FILE",
            help="What was found: by `ci review`, or SARIF, rdjson, Code Quality, JUnit...; "
            "`-` reads stdin.",
        ),
    ],
    most: Annotated[
        int, typer.Option(min=0, help="So many comments at most; the rest is listed in one.")
    ] = _MOST,
    forge: Annotated[
        ForgeName | None, typer.Option(help="Outside of a job: where to post.")
    ] = None,
    repository: Annotated[str, typer.Option(help="Outside of a job: OWNER/NAME.")] = "",
    number: Annotated[
        int, typer.Option(min=0, help="Outside of a job: of the pull or merge request.")
    ] = 0,
    url: Annotated[str, typer.Option(help="The address of the API of a server of your own.")] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Post findings as comments on a pull or merge request, each once. Each stands on its
    lines.

    The token is in GITHUB_TOKEN or GITLAB_TOKEN. What is mended is resolved, also after a force
    push; nothing is posted on a state of the change that nobody has looked at.
    """
    from git_naturecode.ci import forges, posting

    context = contexts.current(quiet)
    result = _read(source)
    at = _where(context, forge, repository, number, url)
    result = _of_this_job(result, at)
    try:
        done = posting.post(forges.opened(at, context.environ), result, most)
    except errors.NotPermitted:
        _annotate(context, at, result)
        raise
    if not done.moved:
        counts = (done.posted, done.kept, done.resolved, done.refused)
        summarise(context, result, counts)
    if as_json:
        context.json(_json(done))
    else:
        _tell(context, done)


def _where(
    context: contexts.Context, forge: ForgeName | None, repository: str, number: int, url: str
) -> "Where":
    """Where to post: as the job says, over which stands what the command line names."""
    from git_naturecode.ci import where

    at = where.here(context.environ)
    if not (forge or repository or number or url):
        return at
    return where.Where(
        forge.value if forge else at.forge, url or at.url, repository or at.repository,
        number or at.number,
    )  # fmt: skip


def _of_this_job(result: "Result", at: "Where") -> "Result":
    """`result` with the commit of the job; raises Unsafe where it is about another one."""
    if at.head and result.head and at.head != result.head:
        raise errors.Unsafe(
            f"the result is of {result.head[:12]}, this job is about {at.head[:12]}",
            "nothing was posted: let `ci review` run on that commit",
        )
    return result._replace(head=result.head or at.head)


def _read(source: str) -> "Result":
    """The result in a file; raises Usage for what is none."""
    from git_naturecode.domain.findings import incoming, result

    most = result.MOST_BYTES + 1
    try:
        if source == "-":
            data = sys.stdin.buffer.read(most)
        else:
            with open(source, "rb") as file:
                data = file.read(most)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise errors.Usage(
            f"cannot read {line(source)}: {why}",
            "`git naturecode ci review --format json -o FILE` writes one",
        ) from None
    try:
        if result.is_one(data):
            return result.read(data)
        return result.of_hits(incoming.read(data, os.getcwd()))
    except (result.Unreadable, incoming.Unreadable) as error:
        raise errors.Usage(
            f"{line(source)} is no report that can be posted: {error}",
            "`git naturecode ci review --format json -o FILE` writes one",
        ) from None


def _annotate(context: contexts.Context, at: "Where", result: "Result") -> None:
    """Without the right to post, what was found is at least shown with the job."""
    from git_naturecode import __version__
    from git_naturecode.ci.where import GITHUB
    from git_naturecode.render.reports import github
    from git_naturecode.render.reports.report import Report

    if at.forge == GITHUB and context.environ.get("GITHUB_ACTIONS") == "true":
        why = result.inconclusive
        report = Report(result.findings, __version__, inconclusive=why, skipped=result.skipped)
        context.say(github.text(report).rstrip("\n"))


def _json(done: "Done") -> "dict[str, Json]":
    return {
        "posted": done.posted, "kept": done.kept, "resolved": done.resolved,
        "listed": done.listed, "refused": done.refused, "url": done.url or None,
        "movedTo": done.moved or None,
    }  # fmt: skip


def _tell(context: contexts.Context, done: "Done") -> None:
    context.say(_told(done))
    if done.refused:
        context.tell(
            f"note: {done.refused} threads stay as they are, for this token may not resolve them; "
            "on GitHub that takes `contents: write` besides"
        )


def _told(done: "Done") -> str:
    if done.moved:
        return f"nothing was posted: the change stands at {done.moved[:12]} by now, whose job posts"
    said = [f"posted {done.posted}", f"{done.kept} were there", f"resolved {done.resolved}"]
    if done.listed:
        said.append(f"{done.listed} listed in the comment about the whole")
    return f"{', '.join(said)}: {line(done.url)}"


def init(
    forge: Annotated[ForgeName, typer.Argument(help="Where the repository is hosted.")],
    force: Annotated[
        bool, typer.Option("--force", help="Write over files that say something else.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write the files by which each pull or merge request is reviewed."""
    from git_naturecode.ci import laying_out

    context = contexts.current(quiet)
    top = context.repo.work_tree
    if not top:
        raise errors.Usage("there is no work tree here to write files into")
    done = laying_out.lay_out(forge.value, top, force=force)
    if as_json:
        context.json({
            "written": list(done.written), "unchanged": list(done.there), "left": done.left or None,
        })  # fmt: skip
        return
    for path in done.written:
        context.say(f"wrote {path}")
    if not done.written:
        context.say("all files are there")
    if done.left:
        context.say(done.left.rstrip())
    context.tell(f"hint: {_NEXT[forge]}")


_NEXT = {
    ForgeName.github: "look at them, commit them to the default branch and push",
    ForgeName.gitlab: "look at them, commit and push; with a project access token (scope api) in "
    "the masked variable GITLAB_TOKEN findings are comments, too",
}
