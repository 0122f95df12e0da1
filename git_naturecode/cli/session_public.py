"""session share --public: a session as an encrypted page, and the link that opens it."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from git_naturecode import clock, errors
from git_naturecode.cli import context as contexts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_naturecode.cli.changing import Opened
    from git_naturecode.linksharing import Going, Link
    from git_naturecode.linksharing.book import Kept
    from git_naturecode.linksharing.serving import Server
    from git_naturecode.store.entry import Json

DAYS = "7d"
ADVISORY = "advisory: the page refuses after that, but whoever holds the file can bypass it"
ENFORCED = "enforced, if this server is honest and nobody opened it before"
PORT, BIND = 8082, "127.0.0.1"


@dataclass(frozen=True)
class Wanted:
    """What the options of --public ask for; `expires_ms` is checked already."""

    expires_ms: int
    output: str | None
    yes: bool
    dry_run: bool
    as_json: bool
    server: "Server | None" = None


@dataclass(frozen=True)
class Chosen:
    """The sessions that were named, and whether a date was."""

    sessions: "Sequence[str]"
    dated: bool


@dataclass(frozen=True)
class Serving:
    """Whether to serve, and where (None: as usual)."""

    wanted: bool
    port: int | None
    bind: str | None


def link(
    context: contexts.Context, chosen: Chosen, asked: Wanted, serving: Serving, listed: bool,
    taken_back: str | None,
) -> None:  # fmt: skip
    """Do what --public asks for: make a link, serve links, list them, or take one back."""
    if (serving.port, serving.bind) != (None, None) and not serving.wanted:
        raise errors.Usage("--port and --bind belong to --serve", "add it, or leave them out")
    if listed or taken_back is not None:
        making = (chosen.sessions, chosen.dated, asked.output, asked.yes, asked.dry_run)
        if any(making) or serving.wanted or (listed and taken_back is not None):
            raise errors.Usage("--list and --revoke stand alone", "use one command for each")
        if taken_back is not None:
            revoke(context, taken_back, asked.as_json)
        else:
            show_links(context, asked.as_json)
    elif serving.wanted:
        new = bool(chosen.sessions) or chosen.dated
        session = _one(context, chosen.sessions) if new else None
        serve(context, session, asked, serving.port, serving.bind)
    else:
        make(context, _one(context, chosen.sessions), asked)


def _one(context: contexts.Context, wanted: "Sequence[str]") -> str:
    """The session to make a link to: the one that is named, or the active one."""
    if len(wanted) > 1:
        raise errors.Usage("a link is to one session", "make one for each")
    if wanted:
        return wanted[0]
    with context.store() as store:
        active = store.active()
    if not active:
        raise errors.Usage("which session?", "name one; `git naturecode session list` shows them")
    return active


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
    from git_naturecode.linksharing import book
    from git_naturecode.render import share_page

    with changing(context, session) as here:
        _require(here)
        going = linksharing.prepare(here.placed, context.redactor)
        output = asked.output or f"{here.session.id}.share.html"
        if asked.server is None and asked.output is None and os.path.exists(output):
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
    if asked.server is not None:
        book.keep(here.store.state_dir, linksharing.kept(link, here.session.id))
        _tell_served(context, going, link, asked.server, asked.as_json)
        return
    page = share_page.text(link.sealed)
    if output == "-":
        context.out.write(page)
    else:
        from git_naturecode.cli.session_export import write

        write(output, page.encode())
        where = os.path.abspath(output)
        book.keep(here.store.state_dir, linksharing.kept(link, here.session.id, where))
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
    from git_naturecode.cli.agreeing import agree

    session = here.session
    if session.shared and not session.encrypted and not session.has_private:
        return
    if session.encrypted:
        known = "only those who take part can read it so far"
    else:
        known = "it, or some of it, is private so far"
    agree(
        context, f"{known}: make a link that lets anybody read it?", yes=yes,
        why=f"a link lets anybody read {session.id} who gets it, {known}",
        refused="no link was made", look="--dry-run shows what would leave",
    )  # fmt: skip


def _tell_leaving(context: contexts.Context, going: "Going", *, to_stderr: bool) -> None:
    from git_naturecode.cli.answers import count
    from git_naturecode.render.show import line

    session = going.session
    text = (
        f"{session.id}  {line(session.name)}: {count(len(session.messages), 'message')}, "
        f"{count(len(session.comments), 'comment')}, "
        f"{count(len(session.participants), 'participant')}, "
        f"{count(going.redacted, 'secret')} redacted"
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


def _tell_served(
    context: contexts.Context, going: "Going", link: "Link", server: "Server", as_json: bool
) -> None:
    url = f"{_address(server)}/s/{link.id}#{link.fragment}"
    if as_json:
        context.json({
            **_leaving(going), "shareId": link.id, "link": url, "key": link.fragment,
            "expires": link.expires, "expiry": "enforced",
        })  # fmt: skip
        return
    context.say(f"link: {url}")
    context.say(f"expires: {link.expires} ({ENFORCED})")
    context.tell(
        "half of the key is here and is deleted then; the other half is in the link only, which "
        "is shown this once"
    )


def _address(server: "Server") -> str:
    host = str(server.server_address[0])
    return f"http://{f'[{host}]' if ':' in host else host}:{server.server_address[1]}"


def serve(
    context: contexts.Context, session: str | None, asked: Wanted, port: int | None,
    bind: str | None,
) -> None:  # fmt: skip
    """Make a served link to `session` (None: to none), and serve all such links of this clone.

    Ends when the last is over, or when it is stopped; raises Negative where there is none to serve.
    """
    from git_naturecode.cli.answers import count
    from git_naturecode.linksharing import book
    from git_naturecode.linksharing.serving import Server

    if asked.output is not None:
        raise errors.Usage("--serve writes no file", "leave out --output, or --serve")
    if asked.dry_run:
        raise errors.Usage("--serve cannot be tried", "leave out --serve to see what would leave")
    if port is not None and not 0 <= port < 1 << 16:
        raise errors.Usage(f"{port} is no port", "choose one from 1024 to 65535")
    with context.store() as store:
        state = store.state_dir
    address = bind if bind is not None else BIND
    with Server(state, context.now_ms, address, PORT if port is None else port) as server:
        if session is not None:
            make(context, session, replace(asked, server=server))
        served = [one for one in book.every(state, context.now_ms()) if one.is_served]
        if not served:
            raise errors.Negative(
                "there is no link to serve",
                "git naturecode session share ID --public --expires 7d --serve",
            )
        if not _is_loopback(str(server.server_address[0])):
            context.tell(
                "warning: browsers decrypt only on this machine or by https: put a proxy with a "
                "certificate in front, and its address into the link"
            )
        last = max(one.expires for one in served)
        context.tell(
            f"serving {count(len(served), 'link')} at {_address(server)} until {last}; "
            "Ctrl-C stops it"
        )
        context.out.flush()
        try:
            server.serve()
        except KeyboardInterrupt:
            context.tell(
                "\nstopped; `git naturecode session share --public --serve` goes on with what is "
                "not over"
            )
            return
    context.tell("all links are over, and their halves of keys deleted")


def _is_loopback(host: str) -> bool:
    return host == "::1" or host.startswith("127.")


def show_links(context: contexts.Context, as_json: bool) -> None:
    """The links of this clone that are not over, without what opens them."""
    from git_naturecode.linksharing import book

    with context.store() as store:
        found = book.every(store.state_dir, context.now_ms())
    if as_json:
        context.json({"items": [_json(one) for one in found]})
        return
    for one in found:
        context.say(f"{one.id}  {one.session}  {_form(one)}  until {one.expires} ({_level(one)})")
    if not found:
        context.tell("there are no links that are not over")


def revoke(context: contexts.Context, link: str, as_json: bool) -> None:
    """Take a link back as far as that goes, and say how far it went."""
    from git_naturecode.linksharing import book

    with context.store() as store:
        kept = book.find(store.state_dir, link, context.now_ms())
        gone = kept.is_served or book.take_file(kept)
        book.drop(store.state_dir, kept)
    if as_json:
        context.json({**_json(kept), "revoked": kept.is_served, "deleted": gone})
        return
    context.say(f"{kept.id}  {'revoked' if kept.is_served else 'forgotten'}")
    if kept.is_served:
        context.tell("half of its key is deleted; who has opened it before may have kept the text")
        return
    from git_naturecode.render.show import line

    done = f"deleted: {line(kept.file)}" if gone else f"not there any more: {line(kept.file)}"
    context.tell(
        f"{done}; copies of it open until {kept.expires} ({ADVISORY}): a file cannot be called back"
    )


def _form(one: "Kept") -> str:
    from git_naturecode.render.show import line

    return "served" if one.is_served else line(one.file)


def _level(one: "Kept") -> str:
    return "enforced" if one.is_served else "advisory"


def _json(one: "Kept") -> "dict[str, Json]":
    return {
        "shareId": one.id, "id": one.session, "expires": one.expires, "expiry": _level(one),
        "served": one.is_served, "file": one.file or None,
    }  # fmt: skip
