"""Sealing an entry under the key of an epoch, and opening it (research/security.md D).

What the header goes on saying in the clear is bound to the ciphertext, with the session and the
epoch: an entry that is moved, renamed or said to be by somebody else does not open.
"""

import json

from git_naturecode.crypto import sealing
from git_naturecode.crypto.hpke import NotOpened
from git_naturecode.domain.epochs import Epoch
from git_naturecode.errors import Unsafe
from git_naturecode.store import format
from git_naturecode.store.entry import Entry, Json, header_line, writer
from git_naturecode.store.hygiene import fits
from git_naturecode.store.opened import CLEAR, Opened

_SURELY_FITS = 1 << 20  # characters; to write a text out costs more than to seal it
# Of no use once a text has a random nonce, and how a body was written.
_DROPPED = frozenset({"salt", "enc"})


def seal(entry: Entry, device: str, epoch: Epoch, key: bytes, nonce: bytes) -> Entry:
    """`entry`, found in a log of `device` and written by whoever it says, sealed under `epoch`.

    Raises Unsafe when it is too long for any reader then.
    """
    header = entry.header
    clear = {name: header[name] for name in CLEAR if name in header}
    if not isinstance(clear.get("target", ""), str):
        del clear["target"]
    if not _is_names(clear.get("over", [])):
        del clear["over"]
    clear.update(device=writer(entry, device), epoch=epoch.digest)
    inside = {k: v for k, v in header.items() if k not in clear and k not in _DROPPED}
    plain = header_line(inside) + ("" if entry.body is None else "\n" + entry.body)
    data = plain.encode("utf-8", "surrogatepass")
    text = sealing.seal(key, _context(clear, epoch), data, nonce)
    made = format.make(clear, text, fenced=True)
    if len(text) > _SURELY_FITS and not fits(made):
        raise Unsafe(
            f"a text of {len(data)} bytes is too long for an encrypted session",
            "sealed it would not fit into a log; say it in parts",
        )
    return made


def unseal(entry: Entry, epoch: Epoch, key: bytes) -> Opened:
    """The sealed `entry` opened by the `key` of its `epoch`; raises NotOpened."""
    clear = {name: value for name, value in entry.header.items() if name != "enc"}
    if clear.get("epoch") != epoch.digest or entry.body is None:
        raise NotOpened("it is of another epoch")
    data = sealing.unseal(key, _context(clear, epoch), entry.body)
    try:
        line, mark, body = data.decode("utf-8", "surrogatepass").partition("\n")
        inside: Json = json.loads(line)
    except (ValueError, RecursionError):
        raise NotOpened("there is no entry in it") from None
    if not isinstance(inside, dict) or not inside.keys().isdisjoint(clear):
        raise NotOpened("what is in it denies what stands outside")
    del clear["epoch"]
    return Opened(entry, {**inside, **clear}, body if mark else None)


def _context(clear: dict[str, Json], epoch: Epoch) -> bytes:
    """What a sealed text is bound to."""
    return header_line({**clear, "session": epoch.session}).encode("utf-8", "surrogatepass")


def _is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
