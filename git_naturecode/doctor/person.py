"""Whose this clone is: the key that certifies its device, and the keys that lie beside it."""

import os
from collections.abc import Iterator

from git_naturecode import identity
from git_naturecode.doctor.case import OK, WARNING, Case, Finding
from git_naturecode.errors import NaturecodeError
from git_naturecode.store import device as devices
from git_naturecode.store.device import config_folder


def person(case: Case) -> Iterator[Finding]:
    """The certificate of this device, its key to open what is sealed, and where its keys lie."""
    if devices.read(case.state_dir) is None:
        return  # another check says that
    yield from _seal(case)
    yield from _folder(case)
    linked = identity.linked(case.store)
    if linked:
        yield Finding(OK, f"the device is linked to {linked}")
    else:
        yield Finding(
            WARNING,
            "no key of yours certifies this device (any more): a team does not know whose it is",
            "if that fails, `git naturecode init` says why",
            fix="has your key certify it",
            mend=lambda: identity.certify(case.store),
        )


def _seal(case: Case) -> Iterator[Finding]:
    """The key to open what is sealed for this device: gone or damaged, it comes from a backup."""
    from git_naturecode.crypto import keys, locked

    folder, device = os.path.join(config_folder(case.environ), "keys"), case.store.device
    if device not in keys.sealed_for(folder):
        if identity.is_introduced(case.store):
            yield Finding(
                WARNING,
                "the key of this device that opens sealed sessions is gone",
                "`git naturecode key restore` brings it back by its recovery code; without one "
                "another participant shares them anew",
            )
        return
    try:
        keys.seal_public(folder, device)
    except locked.Locked:
        pass
    except NaturecodeError as error:
        yield Finding(WARNING, error.message, error.hint)


def _folder(case: Case) -> Iterator[Finding]:
    """A work tree around the keys: its next commit would take them along."""
    folder = config_folder(case.environ)
    around = devices.tracked_in(folder, case.environ)
    if around:
        yield Finding(
            WARNING,
            f"your private keys lie in the work tree of {around}: a commit there takes them along",
            f"have git ignore {folder}, or point XDG_CONFIG_HOME elsewhere and move it there",
        )
