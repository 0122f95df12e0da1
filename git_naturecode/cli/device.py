"""device list, add, revoke, rename: the clones of a person, each with keys of its own."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups
from git_naturecode.cli.agreeing import agree
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet
from git_naturecode.cli.whose import Person, people
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.identity.devices import Device
    from git_naturecode.store.entry import Json
    from git_naturecode.store.store import Store

DeviceId = Annotated[str, typer.Argument(help="Its id, the beginning of it, or its name.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the device commands into `tree`."""
    about = "Clones with keys of their own: yours, and those of others."
    verbs: groups.Verbs = {"list": list_devices, "add": add, "revoke": revoke, "rename": rename}
    groups.hang(tree, name, about, verbs)


def list_devices(
    everybody: Annotated[bool, typer.Option("--all", help="Also those of other people.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List your devices: name, when last seen, what became of each. Others' with --all.

    A device has been seen when it last signed something that is in this clone.
    """
    from git_naturecode.identity import devices

    context = contexts.current(quiet)
    with context.store() as store:
        found = devices.known(store)
        found.setdefault(store.device, _of_this_clone(store))
        whose = people(store)
        own = _own(store, found, whose)
        every = (_seen(found, one, own, store.device, whose.get(one.id)) for one in found.values())
    shown = [one for one in every if everybody or one.own]
    shown.sort(key=lambda one: (not one.here, not one.own, one.label, one.device.id))
    if as_json:
        context.json({"items": list(map(_json, shown))})
        return
    for one in shown:
        context.say(_text(one))
    if len(shown) == 1 and not everybody:
        context.tell(
            "hint: a clone elsewhere is yours too if the same key links it; else run "
            "`git naturecode device add ID` here once it has synced"
        )


def add(
    device: DeviceId,
    label: Annotated[str, typer.Option(help="How to call it from now on.")] = "",
    expires: Annotated[
        str, typer.Option(help="Until when it is yours: 12h, 7d, 3mo or a date (default: always).")
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say that another clone is yours. It is for one that your member key could not certify
    there.

    Compare its id with what `git naturecode device list` says over there: whoever writes at that
    clone writes in your name from now on.
    """
    from git_naturecode import clock, identity, trusting
    from git_naturecode.identity import devices

    context = contexts.current(quiet)
    with context.store() as store:
        until = clock.iso(clock.until(expires, store.now_ms())) if expires else ""
        found = devices.known(store)
        one = devices.one(found, device)
        whose = people(store)
        own = _own(store, found, whose)
        if one.id in own:
            raise errors.Negative(f"{one.id} is yours already")
        if _seen(found, one, own, store.device, whose.get(one.id)).ended:
            raise errors.Negative(
                f"{one.id} was revoked, and is never taken again",
                "there, `git naturecode doctor --fix` or a fresh clone makes a new device",
            )
        name = identity.as_label(label) if label else ""
        trusting.append(store, [devices.addition(one, name, until)])
    _said(context, as_json, one, "added", f"{one.id} ({line(label or one.label)}) is yours")


def revoke(
    device: DeviceId,
    after: Annotated[
        str,
        typer.Option(
            help="What still counts: the number of its last good line, or a time such as 2d "
            "(default: all that this clone has seen)."
        ),
    ] = "",
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """End a device that was lost, stolen or given away. What it signs from now on does not
    count.

    Nothing brings it back. Sealed sessions begin a new epoch without it when they are next written.
    """
    from git_naturecode import trusting
    from git_naturecode.identity import devices

    context = contexts.current(quiet)
    with context.store() as store:
        found = devices.known(store)
        found.setdefault(store.device, _of_this_clone(store))
        one = devices.one(found, device)
        whose = people(store)
        own = _own(store, found, whose)
        if _seen(found, one, own, store.device, whose.get(one.id)).ended:
            raise errors.Negative(f"{one.id} was revoked already")
        operation = devices.revocation(one, after, store.now_ms())
        _may_revoke(store.device, one, own, whose)
        this = one.id == store.device
        named = f"{one.id} ({line(one.label)})"
        agree(
            context, f"revoke {'THIS clone, ' if this else ''}{named} for good?", yes=yes,
            why=f"revoking {named} cannot be undone",
            look="`git naturecode device list` shows your devices",
        )  # fmt: skip
        trusting.append(store, [operation])
    _said(context, as_json, one, "revoked", f"{one.id} ({line(one.label)}) is revoked")
    if this:
        context.tell("hint: that was this clone; a fresh clone makes a new device")
    else:
        context.tell("hint: if its disk is in other hands, also `git naturecode key rotate`")


def rename(
    name: Annotated[str, typer.Argument(help="How to call this clone's device.")],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Give this clone's device another name; everybody can read it."""
    from git_naturecode import identity, trusting

    context = contexts.current(quiet)
    text = identity.as_label(name)
    with context.store() as store:
        trusting.append(store, identity.renamed(store, text))
        mine = store.device
    if as_json:
        context.json({"device": mine, "label": text})
    else:
        context.say(f"this clone's device {mine} is called {line(text)}")
        context.tell(TELL_OTHERS)


def _may_revoke(here: str, one: "Device", own: set[str], whose: dict[str, Person]) -> None:
    """Raise NotPermitted where nobody would obey: it is another's, and this person is no admin."""
    me, there = whose.get(here), whose.get(one.id)
    if me is None or there is None:
        if one.id in own or (me is not None and "team:edit" in me.permissions):
            return
        raise errors.NotPermitted(
            f"{one.id} is not a device of yours, and you are not an admin of its team",
            "`git naturecode device list` lists yours",
        )
    if me.member != there.member and "team:edit" not in me.permissions:
        raise errors.NotPermitted(
            f"{one.id} is a device of {line(there.email)}", "he, or an admin, can revoke it"
        )


def _said(context: contexts.Context, as_json: bool, one: "Device", what: str, text: str) -> None:
    if as_json:
        context.json({"device": one.id, "done": what})
    else:
        context.say(text)
        context.tell(TELL_OTHERS)


def _of_this_clone(store: "Store") -> "Device":
    """This clone's device before it has signed anything."""
    from git_naturecode import identity
    from git_naturecode.identity.devices import Device

    (said,) = identity.first_ops(store)
    cert = said.get("cert") or {"key": "", "expires": ""}
    return Device(
        store.device, "", said["seal"], said["label"], cert["key"], cert["expires"], {},
        frozenset(), (),
    )  # fmt: skip


def _own(store: "Store", found: "dict[str, Device]", whose: dict[str, Person]) -> set[str]:
    """The devices of this person, as they say and as his team knows them."""
    from git_naturecode.identity import devices

    me = whose.get(store.device)
    known = {one for one, person in whose.items() if me and person.member == me.member}
    return devices.mine(store, found) | (known & found.keys())


class Seen(NamedTuple):
    """A device as this person sees it: what he calls it, who ended it ("": nobody)."""

    device: "Device"
    here: bool
    own: bool
    label: str
    ended: str
    added: str
    member: str | None


def _seen(
    found: "dict[str, Device]", one: "Device", own: set[str], here: str, person: Person | None
) -> Seen:
    from git_naturecode.identity import devices

    mine = sorted(one.added.keys() & own) if one.id in own else []
    label = next((one.added[by] for by in mine if one.added[by]), one.label)
    ended = devices.ended_by(found, one, own)
    if person is not None:  # then the team says what counts
        ended = (ended or min(one.revoked, default="the team")) if person.revoked else ""
    member = person.email if person else None
    return Seen(one, one.id == here, one.id in own, label, ended, "".join(mine[:1]), member)


def _text(seen: Seen) -> str:
    """A device on one line."""
    one = seen.device
    about = ["this clone"] if seen.here else []
    if seen.member:
        about.append(seen.member)
    elif not seen.own:
        about.append("not yours" if one.person else "nobody's: no key certifies it")
    about.append(
        f"last seen {one.seen[:16].replace('T', ' ')}" if one.seen else "has signed nothing yet"
    )
    if one.expires:
        about.append(f"until {one.expires[:16].replace('T', ' ')}")
    if seen.ended:
        about.append("revoked")
    if seen.own and not one.person and not seen.added:
        about.append("linked to no key: run `git naturecode init`")
    return f"{one.id}  {line(seen.label) or '-'}  {line(', '.join(about))}"


def _json(seen: Seen) -> "dict[str, Json]":
    from git_naturecode.crypto import ssh_keys

    one = seen.device
    blob = ssh_keys.blob_of(one.person) if one.person else b""
    return {
        "id": one.id, "label": seen.label, "thisClone": seen.here, "mine": seen.own,
        "member": seen.member, "linkedTo": ssh_keys.fingerprint(blob) if blob else None,
        "addedBy": seen.added or None, "expires": one.expires or None,
        "lastSeen": one.seen[:24] or None, "lines": len(one.lines),
        "revoked": bool(seen.ended), "revokedBy": seen.ended or None,
    }  # fmt: skip
