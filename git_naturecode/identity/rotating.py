"""Taking another member key in place of the one that was used so far."""

import os
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.errors import Negative
from git_naturecode.identity import choosing, introducing
from git_naturecode.identity.places import Chosen
from git_naturecode.identity.recovering import set_aside
from git_naturecode.store.entry import Json

if TYPE_CHECKING:
    from git_naturecode.store.store import Store


class Rotated(NamedTuple):
    """The fingerprints before ("": none) and after, where the new key is, what is to be signed."""

    before: str
    after: str
    place: str
    operations: list[Json]


def rotate(store: "Store", member: str, *, own: bool = False) -> Rotated:
    """Choose a member key anew, and certify this device by it; `member` is who this person is.

    The operations replace the keys of that member, who is "" before there is a team. With `own`
    it is a new key of our own, whatever SSH keys there are. Raises Negative when there is no other
    key to be had, NaturecodeError when the one to be used cannot sign.
    """
    from git_naturecode.crypto import ssh_keys

    before = choosing.remembered(store.environ)
    # Who changes the key says first who he is, by the key of before.
    first = [] if introducing.is_introduced(store) else introducing.first_ops(store)
    chosen = None if own else choosing.choose(store, anew=True)
    path = choosing.own_file(store.environ)
    if chosen is None or (chosen.place == path and before and _is(chosen, before.key)):
        if os.path.isfile(path):
            set_aside(path)
        chosen = choosing.make_own(store)
    elif before is not None and _is(chosen, before.key):
        raise Negative(
            f"the key that would be used is the one of before ({chosen.place})",
            "set another in user.signingkey (with gpg.format ssh), or make one: `--own`",
        )
    choosing.remember(store.environ, chosen)
    operation = introducing.certify(store, chosen).operation
    line = ssh_keys.line_of(chosen.signer.blob)
    said = {"op": "keys", "member": member, "keys": [line]}
    name = ssh_keys.fingerprint(ssh_keys.blob_of(before.key)) if before else ""
    after = ssh_keys.fingerprint(chosen.signer.blob)
    return Rotated(name, after, chosen.place, [*first, said, operation])


def _is(chosen: Chosen, line: str) -> bool:
    from git_naturecode.crypto import ssh_keys

    return ssh_keys.line_of(chosen.signer.blob) == line
