"""session publish: a shared session as a page on a branch of the code."""

from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, SessionId

if TYPE_CHECKING:
    from git_naturecode.publishing import Page, Published


def publish(
    session: SessionId,
    branch: Annotated[str, typer.Option(help="The branch that it is written to.")],
    remote: Annotated[
        str | None, typer.Option(help="Push there; default: where git pushes that branch.")
    ] = None,
    no_push: Annotated[bool, typer.Option("--no-push", help="Only commit it here.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a shared session to a branch, commit and push it. It is
    `.naturecode/sessions/ID.md` there.

    Again it updates that page. Your work tree and index stay as they are, but for the page itself
    where the branch is checked out.
    """
    from git_naturecode import ids, publishing
    from git_naturecode.cli.reading import KIND, opened, session_id
    from git_naturecode.git import branches
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    if no_push and remote is not None:
        raise errors.Usage("--remote and --no-push do not go together", "leave one of them out")
    with opened(context, writing=True) as (store, index):
        found = session_id(index, session)
        name = branches.named(store.repo, branch)
        if name == store.branch:
            raise errors.Usage(
                f"{name} is the branch of what is shared, which `git naturecode sync` pushes",
                "name a branch of your code",
            )
        page = publishing.page(store.read(ids.tail(found), KIND), context.redactor)
        chosen = "" if no_push else publishing.remote_of(store.config, name, remote)
        work = publishing.Publishing(
            store, page, name, chosen, lambda said: context.tell(line(said))
        )
        done = work.plan() if dry_run else work.run()
    if as_json:
        context.json(_json(page, done, dry_run))
        return
    _tell(context, page, done, dry_run, no_push)


def _json(page: "Page", done: "Published", dry_run: bool) -> dict[str, object]:
    return {
        "id": page.session, "name": page.name, "branch": done.branch, "path": page.path,
        "bytes": len(page.data), "messages": page.messages, "privateMessages": page.private,
        "redactedNow": page.found, "changed": bool(done.commit),
        "commit": "" if dry_run else done.commit, "message": page.message,
        "remote": done.remote, "pushed": done.pushed, "dryRun": dry_run,
    }  # fmt: skip


def _tell(
    context: contexts.Context, page: "Page", done: "Published", dry_run: bool, no_push: bool
) -> None:
    from git_naturecode.cli.answers import count, size
    from git_naturecode.render.show import line

    what = f"{count(page.messages, 'message')}, {size(len(page.data))}"
    context.tell(f"{page.session}  {line(page.name)}: {what}")
    if page.private:
        context.tell(
            f"{count(page.private, 'message')} of it not shared yet, so not published: "
            f"git naturecode session share {page.session[17:]}"
        )
    if page.found:
        context.tell(
            f"warning: {count(page.found, 'secret')} found only now and taken out of the page; "
            "what is shared still holds it: git naturecode redact --check"
        )
    where = f"{line(done.branch)}:{page.path}"
    if not done.commit:
        context.tell(f"nothing new: {where} is as it would be")
        return
    to = f" and pushed to {line(done.remote)}" if done.remote else ""
    if dry_run:
        context.tell(f'would be committed as "{page.message}" to {where}{to}; nothing was')
        return
    context.say(done.commit)
    context.tell(f"published: {where}{to}")
    if not done.remote and not no_push:
        context.tell("there is no remote, so it was not pushed")
    if done.behind:
        context.tell(f"hint: {line(done.behind)}")
