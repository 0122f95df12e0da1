"""key show, protect, backup, restore, rotate: the key that says which devices are a person's."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from git_naturecode import errors
from git_naturecode.cli import context as contexts
from git_naturecode.cli import groups
from git_naturecode.cli.answers import count
from git_naturecode.cli.options import TELL_OTHERS, AsJson, Quiet
from git_naturecode.render.show import line

if TYPE_CHECKING:
    from git_naturecode.crypto.recovery import Code
    from git_naturecode.identity.recovering import Restored
    from git_naturecode.store.store import Store

_MOST = 1 << 20  # bytes of a backup


def register(tree: typer.Typer, name: str, _wanted: list[str]) -> None:
    """Hang the key commands into `tree`."""
    about = "Your member key, which certifies your devices, and this one's."
    verbs: groups.Verbs = {
        "show": show, "protect": protect, "backup": backup, "restore": restore, "rotate": rotate
    }  # fmt: skip
    groups.hang(tree, name, about, verbs)


def show(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Say which key certifies your devices, and where it is. Also says how your private
    keys are kept."""
    from git_naturecode import identity
    from git_naturecode.crypto import ssh_keys
    from git_naturecode.identity import choosing, protecting

    context = contexts.current(quiet)
    with context.store() as store:
        key = identity.member_key(store)
        name = ssh_keys.fingerprint(ssh_keys.blob_of(key))
        before = choosing.remembered(store.environ)
        place = before.path if before and before.key == key else ""
        kept = {path: protecting.how_kept(path) for path in protecting.key_files(store)}
    if as_json:
        context.json({"fingerprint": name, "key": key, "file": place or None, "kept": kept})
        return
    context.say(f"{name}  {line(place) or 'in your SSH agent'}")
    context.say(key)
    for path, how in kept.items():
        if how == protecting.EXPOSED:
            context.tell(f"hint: chmod 600 {line(path)}; it is used by nothing before")
        context.say(f"{line(path)}: {_HOW[how]}")


_HOW = {
    "open": "readable by you alone", "exposed": "READABLE BY OTHERS",
    "passphrase": "under a passphrase", "keyring": "in the keyring",
}  # fmt: skip


def protect(
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Lock them with a passphrase (asked for).")
    ] = False,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Keep them in the keyring of your system.")
    ] = False,
    off: Annotated[
        bool, typer.Option("--off", help="Keep them in files that only you can read.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Choose how your private keys are kept. That is this clone's and your member key.

    Under a passphrase whatever signs asks for it (or takes NATURECODE_PASSPHRASE); what runs in the
    background cannot, and leaves the signing to the next sync.
    """
    from git_naturecode.identity import protecting

    if passphrase + keyring + off != 1:
        raise errors.Usage("say --passphrase, --keyring or --off", "one of the three")
    context = contexts.current(quiet)
    how = "passphrase" if passphrase else "keyring" if keyring else "open"
    with context.store() as store:
        done = protecting.choose(store, how)
    if as_json:
        context.json({"kept": dict.fromkeys(done, how)})
        return
    for path in done:
        context.say(f"{line(path)}: {_HOW[how]}")


def backup(
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", help="Write the box to this file, not to the record."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print a recovery code, for when all devices are lost. It brings your keys back.

    The keys are sealed by that code into a box, which goes into the record of this repository: the
    code and any clone are enough. A code is shown once, and nobody can make it again.
    """
    from git_naturecode import trusting
    from git_naturecode.crypto import keys
    from git_naturecode.identity import recovering

    context = contexts.current(quiet)
    with context.store() as store:
        made = recovering.back_up(store)
        if output is None:
            trusting.append(store, [made.operation])
        else:
            path = os.path.join(context.cwd, output)
            try:
                keys.keep_secret(path, f"{made.operation['box']}\n".encode())
            except FileExistsError:
                raise errors.Negative(f"{line(output)} is there already", "name another") from None
    place = "the record" if output is None else output
    if as_json:
        context.json({
            "code": str(made.code), "linkedTo": made.member or None, "devices": made.devices,
            "box": place,
        })  # fmt: skip
        return
    context.say(str(made.code))
    what = f"the member key {made.member} and " if made.member else ""
    context.tell(
        f"in its box ({line(place)}): {what}the keys of {count(len(made.devices), 'device')} "
        "to open sealed sessions"
    )
    if not made.member:
        context.tell("hint: your member key is your SSH key: back that up yourself")
    context.tell(
        "hint: write the code down or print it, and keep it where your devices are not; "
        "`git naturecode key restore` asks for it"
    )
    if output is None:
        context.tell("hint: `git naturecode sync` takes the box to the others")


def restore(
    box: Annotated[
        str | None, typer.Option("--from", help="A box that `key backup -o` wrote.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Bring your keys back by a recovery code. It is asked for (or read from stdin).

    This clone's device is then certified by the restored member key. A member key that is here
    already is set aside, never deleted.
    """
    from git_naturecode import identity, trusting
    from git_naturecode.crypto import recovery

    context = contexts.current(quiet)
    with context.store() as store:
        boxes = None if box is None else [_box_in(os.path.join(context.cwd, box))]
        code = recovery.read_code(_typed())
        done = _open(store, _boxes(store, code) if boxes is None else boxes, code)
        if done.member:
            trusting.append(store, [identity.certify(store).operation])
    if as_json:
        context.json({
            "linkedTo": done.member or None, "devices": done.devices, "aside": done.aside or None
        })  # fmt: skip
        return
    if done.member:
        context.say(f"your member key is {done.member} again, and certifies this clone")
    if done.aside:
        context.tell(f"the member key that was here is {line(done.aside)} now")
    if done.devices or not done.member:
        number = count(len(done.devices), "device")
        context.say(f"the keys of {number} to open sealed sessions are back")
    if done.member:
        context.tell(TELL_OTHERS)
        context.tell(
            "hint: `git naturecode device list` shows the devices of before; "
            "`git naturecode device revoke ID` ends one that is lost"
        )


def rotate(
    own: Annotated[
        bool, typer.Option("--own", help="Make a new key, whatever SSH keys there are.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Use another member key from now on. That is your present SSH key, else a new one.

    Your devices stay yours; the key of before certifies no new one any more.
    """
    from git_naturecode import trusting
    from git_naturecode.cli.whose import people
    from git_naturecode.identity import rotating

    context = contexts.current(quiet)
    with context.store() as store:
        found = people(store).get(store.device)
        done = rotating.rotate(store, found.member if found else "", own=own)
        trusting.append(store, done.operations)
    if as_json:
        context.json({"before": done.before or None, "linkedTo": done.after, "file": done.place})
        return
    context.say(f"your member key is {done.after} ({line(done.place)})")
    if done.before:
        context.tell(f"{done.before} certifies no new device any more")
    context.tell("hint: a recovery code of before holds the key of before: `key backup` again")
    context.tell(TELL_OTHERS)


def _typed() -> str:
    """The recovery code: typed at a terminal, unseen, else the first line of stdin."""
    from git_naturecode.crypto import unlocking

    if not sys.stdin.isatty():
        return sys.stdin.readline()
    typed = unlocking.at_terminal("recovery code: ")
    if typed is None:
        raise errors.Usage("there is no code", "type it, or give it on stdin")
    return typed


def _box_in(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read(_MOST).strip()
    except (OSError, ValueError) as error:
        raise errors.Negative(f"{line(path)} cannot be read ({error})") from None


def _boxes(store: "Store", code: "Code") -> list[str]:
    """The boxes of the record that are called as `code` says, the newest first."""
    from git_naturecode.identity import devices

    lines = [one for device in devices.known(store).values() for one in device.lines]
    found = [
        op["box"]
        for one in sorted(lines, key=lambda one: one.at, reverse=True)
        for op in one.ops
        if op.get("op") == "backup" and op.get("id") == code.name and isinstance(op.get("box"), str)
    ]
    if not found:
        raise errors.Negative(
            "there is no backup of that code in this clone",
            "`git naturecode sync`, if it was made elsewhere; `--from FILE` for one in a file",
        )
    return found


def _open(store: "Store", boxes: list[str], code: "Code") -> "Restored":
    from git_naturecode.identity import recovering

    for box in boxes[:-1]:
        try:
            return recovering.restore(store, box, code)
        except errors.Negative:  # somebody gave his box the same name
            continue
    return recovering.restore(store, boxes[-1], code)
