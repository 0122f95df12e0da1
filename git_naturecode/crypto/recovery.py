"""Recovery codes: a secret to be printed, and the box that it opens when all else is lost.

A code has 35 letters of base 32 in groups of five: 4 name the box, 26 are the secret (130 bits),
5 notice a typing error. The box is AES-256-GCM under the key that Argon2id makes of the secret.
"""

import base64
import json
import re
from typing import NamedTuple

from git_naturecode import ids
from git_naturecode.crypto import locked
from git_naturecode.errors import NaturecodeError, Negative, Usage
from git_naturecode.ids import RandomBytes

_NAME, _SECRET, _CHECK, _GROUP = 4, 26, 5, 5
_ALIKE = str.maketrans("oil", "011")  # as Crockford reads them


class Kept(NamedTuple):
    """What a box holds: the member key as an OpenSSH file ("": none), and seal keys.

    `seals` has the 32 secret bytes of the X25519 key of each device.
    """

    member: str
    seals: dict[str, bytes]


class Code(NamedTuple):
    """A recovery code in its two parts."""

    name: str
    secret: str

    def __str__(self) -> str:
        text = self.name + self.secret + _check(self.name, self.secret)
        groups = [text[at : at + _GROUP] for at in range(0, len(text), _GROUP)]
        return "-".join(groups).upper()


def new_code(random: RandomBytes) -> Code:
    """A fresh code."""
    return Code(ids.base32(random(5), _NAME), ids.base32(random(20), _SECRET))


def read_code(text: str) -> Code:
    """The code that somebody typed; raises Usage when it cannot be one."""
    bare = re.sub(r"[\s-]", "", text).lower().translate(_ALIKE)
    name, secret, check = bare[:_NAME], bare[_NAME:-_CHECK], bare[-_CHECK:]
    if len(bare) != _NAME + _SECRET + _CHECK or check != _check(name, secret):
        raise Usage(
            "this is no recovery code, or a letter of it is wrong",
            "it has seven groups of five letters and digits",
        )
    return Code(name, secret)


def seal(kept: Kept, code: Code, random: RandomBytes) -> str:
    """The box with `kept` that `code` opens, as text that may lie anywhere."""
    seals = {device: private.hex() for device, private in sorted(kept.seals.items())}
    secret = json.dumps({"member": kept.member, "seals": seals}).encode()
    stretched = locked.stretch(code.secret, random)
    data = locked.lock(secret, f"recovery {code.name}", stretched, random)
    return base64.b64encode(data).decode()


def open_box(box: str, code: Code) -> Kept:
    """What is in a box; raises Negative when `code` does not open it."""
    try:
        data = base64.b64decode(box, validate=True)
        text = locked.Opener(code.secret).open(data, f"recovery {code.name}")
    except (ValueError, NaturecodeError):
        raise Negative(
            "the code does not open this backup", "is it the code of another one?"
        ) from None
    said = json.loads(text)
    seals = {device: bytes.fromhex(private) for device, private in said["seals"].items()}
    return Kept(said["member"], seals)


def _check(name: str, secret: str) -> str:
    return ids.digest32(("recovery", name, secret), _CHECK)
