"""session close, reopen, delete: how a session ends."""

from typing import Annotated

import typer

from git_naturecode.cli import context as contexts
from git_naturecode.cli.options import AsJson, Quiet, Reason, SessionId


def close(session: SessionId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Mark a session as done; it stays readable and can be reopened."""
    _become("closed", session, as_json, quiet)


def reopen(session: SessionId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Make a closed session active again."""
    _become("active", session, as_json, quiet)


def _become(status: str, session: str, as_json: bool, quiet: bool) -> None:
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts

    context = contexts.current(quiet)
    with changing(context, session) as here:
        here.require("manage", "close or reopen")
        already = here.session.status == status
        if not already:
            here.write(drafts.setting(here.entries, "status", status))
        if status == "closed":
            here.store.forget_active(here.session.id)
    if as_json:
        context.json({"id": here.session.id, "status": status, "changed": not already})
    else:
        context.tell(f"{here.session.id} is {status}" + (" already" if already else ""))


def delete(
    session: SessionId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    reason: Reason = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Delete a session for good. Its texts are hidden everywhere, its name stays in the
    log."""
    from git_naturecode import linking
    from git_naturecode.agents import notes
    from git_naturecode.cli.agreeing import agree
    from git_naturecode.cli.answers import count
    from git_naturecode.cli.changing import changing
    from git_naturecode.domain import drafts
    from git_naturecode.render.show import line

    context = contexts.current(quiet)
    with changing(context, session) as here:
        here.require("manage", "delete")
        here.require_permitted(drafts.deletion(reason))
        name = line(here.session.name) or here.session.id
        many = count(len(here.session.messages), "message")
        agree(
            context, f"delete {name} with {many}, for everybody?", yes=yes,
            why=f"{name} would be deleted for everybody", refused="nothing was deleted",
        )  # fmt: skip
        here.write(drafts.deletion(reason))
        linking.keep_notes(here.store)
        here.store.forget_active(here.session.id)
        notes.forget(here.store.repo.common_dir, here.session.id)
    if as_json:
        context.json({"id": here.session.id, "status": "deleted"})
        return
    context.tell(f"deleted {here.session.id}")
    context.tell(
        "hint: its texts stay in the log, where nobody shows them; "
        "`git naturecode redact --rewrite --text TEXT` takes one out of it"
    )
