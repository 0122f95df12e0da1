"""session share --public: a session as an encrypted page, and the link that opens it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from git_naturecode import clock, errors
from git_naturecode.cli import context as contexts

if TYPE_CHECKING:
    from git_naturecode.cli.changing import Opened
    from git_naturecode.linksharing import Going, Link
    from git_naturecode.store.entry import Json

DAYS = "7d"
ADVISORY = "advisory: the page refuses after that, but whoever holds the file can bypass it"


@dataclass(frozen=True)
class Wanted:
    """What the options of --public ask for; `expires_ms` is checked already."""

    expires_ms: int
    output: str | None
    yes: bool
    dry_run: bool
    as_json: bool


def wanted(
    expires: str | None, output: str | None, yes: bool, dry_run: bool, as_json: bool
) -> Wanted:
    """The options, read. Raises Usage."""
    if output == "":
        raise errors.Usage("--output names no file", "name one, or `-` for stdout")
    if output == "-" and as_json:
        raise errors.Usage("-o - and --json do not go together", "name a file")
    now = clock.system_ms()
    try:
        until = clock.until(expires or DAYS, now)
        clock.iso(until)
    except OverflowError:
        raise errors.Usage(f"{expires!r} is too far away", "write 7d, 4w or 3mo") from None
    return Wanted(until, output, yes, dry_run, as_json)


def make(context: contexts.Context, session: str, asked: Wanted) -> None:
    """Write the page of `session` and say the link; what leaves is said before."""
    from git_naturecode import linksharing
    from git_naturecode.cli.changing import changing
    from git_naturecode.render import share_page

    with changing(context, session) as here:
        _require(here)
        going = linksharing.prepare(here.placed, context.redactor)
        output = asked.output or f"{here.session.id}.share.html"
        if asked.output is None and os.path.exists(output):
            raise errors.Negative(f"{output} is there already", "name a file with -o")
        if not asked.as_json:
            _tell_leaving(context, going, to_stderr=output == "-")
        if asked.dry_run:
            if asked.as_json:
                context.json(_leaving(going))
            else:
                context.tell("a link would be made; nothing was")
            return
        _ask(context, here, asked.yes)
        link = linksharing.make(here.store, going, asked.expires_ms)
    page = share_page.text(link.sealed)
    if output == "-":
        context.out.write(page)
    else:
        from git_naturecode.cli.session_export import write

        write(output, page.encode())
    _tell(context, going, link, output, asked.as_json)


def _require(here: "Opened") -> None:
    """Raise NotPermitted unless this person may let anybody read it."""
    from git_naturecode import teaming
    from git_naturecode.domain import drafts

    if not here.session.shared:
        return
    if here.session.encrypted:
        here.require("invite", "let anybody read")
        here.require_permitted(drafts.invitation("anybody@example.com", ["read"]))
    teaming.require_sharing(here.store, [here.session], None)


def _ask(context: contexts.Context, here: "Opened", yes: bool) -> None:
    """Raise unless the person wants to let out what only some can read so far."""
    session = here.session
    if yes or (session.shared and not session.encrypted and not session.has_private):
        return
    if session.encrypted:
        known = "only those who take part can read it so far"
    else:
        known = "it, or some of it, is private so far"
    if not (sys.stdin.isatty() and context.err.isatty()):
        raise errors.NeedsConsent(
            f"a link lets anybody read {session.id} who gets it, and {known}",
            "add --yes to make it without being asked; --dry-run shows what would leave",
        )
    if not typer.confirm(f"{known}: make a link that lets anybody read it?", err=True):
        raise errors.Negative("no link was made")


def _tell_leaving(context: contexts.Context, going: "Going", *, to_stderr: bool) -> None:
    from git_naturecode.cli.answers import count
    from git_naturecode.render.show import line

    session = going.session
    text = (
        f"{session.id}  {line(session.name)}: {count(len(session.messages), 'message')}, "
        f"{count(len(session.comments), 'comment')}, {count(len(session.participants), 'name')} of "
        f"people, {count(going.redacted, 'secret')} redacted"
        + (f" ({going.more} found only now)" if going.more else "")
    )
    (context.tell if to_stderr else context.say)(text)
    if going.unread:
        context.tell(
            f"warning: {count(going.unread, 'text')} not in it: there is no key for them here"
        )


def _leaving(going: "Going") -> "dict[str, Json]":
    return {
        "id": going.session.id, "name": going.session.name, "bytes": going.size,
        "messages": len(going.session.messages), "comments": len(going.session.comments),
        "redacted": going.redacted, "redactedNow": going.more, "unread": going.unread,
    }  # fmt: skip


def _tell(
    context: contexts.Context, going: "Going", link: "Link", output: str, as_json: bool
) -> None:
    if output == "-":
        context.err.write(f"key: #{link.fragment}\nexpires: {link.expires} ({ADVISORY})\n")
        return
    url = f"{Path(os.path.abspath(output)).as_uri()}#{link.fragment}"
    if as_json:
        context.json({
            **_leaving(going), "shareId": link.id, "file": output, "link": url,
            "key": link.fragment, "expires": link.expires, "expiry": "advisory",
        })  # fmt: skip
        return
    context.say(f"file: {output}")
    context.say(f"link: {url}")
    context.say(f"expires: {link.expires} ({ADVISORY})")
    context.tell(
        "hint: send the file, and what stands behind its name in the link (#...) by another way: "
        "nobody can read the file without it. Links stay in the history of browsers and in chats"
    )
