"""The signature in a commit object, and the bytes that it is over."""

from typing import NamedTuple

from git_naturecode.git.objects import Objects

NAMESPACE = "git"  # what an SSH signature of git says that it is for
_HEADERS = {40: b"gpgsig", 64: b"gpgsig-sha256"}  # by the length of an object id
_ANY = b"gpgsig"


class Signed(NamedTuple):
    """A signature as it stands in a commit (in armour), and what was signed."""

    signature: str
    payload: bytes


def signed(objects: Objects, commit: str) -> Signed | None:
    """The signature of `commit`; None where it has none for objects of this kind.

    Whether it is good, and by which key, is for `crypto.sshsig.verify` to say. Raises Missing.
    """
    kind, data = objects.read(commit)
    return split(data, objects.hexsz) if kind == "commit" else None


def split(data: bytes, hexsz: int = 40) -> Signed | None:
    """The signature in the commit object `data`, and the rest (gitformat-signature).

    Signatures over objects of the other hash are no part of what is signed. Should there be
    several they come as one text, which no reader of signatures takes.
    """
    head, blank, message = data.partition(b"\n\n")
    found: list[bytes] = []
    kept: list[bytes] = []
    into = kept
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        if not line.startswith(b" "):
            into = found if name == _HEADERS[hexsz] else [] if line.startswith(_ANY) else kept
        into.append(value if into is found else line)
    if not found:
        return None
    payload = b"\n".join(kept) + blank + message
    return Signed(b"\n".join(found).decode("utf-8", "replace"), payload)
