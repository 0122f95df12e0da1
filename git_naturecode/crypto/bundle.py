"""Bundles: a text under a key of its own that only a link holds, bound to its name and its date.

AES-256-GCM (NIST SP 800-38D); the associated data are canonical JSON of name, date and version, so
that a bundle whose date was edited does not open. `render/share_page` opens them in a browser.
"""

import base64
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
STEP = 4096


def context(name: str, expires: str) -> bytes:
    """What is authenticated beside the text of bundle `name`, which is to be read till `expires`.

    `expires` is an ISO time. Both are ASCII, so that a browser writes the same bytes.
    """
    said = {"expires": expires, "id": name, "v": VERSION}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def seal(key: bytes, nonce: bytes, name: str, expires: str, text: str) -> bytes:
    """`text` under `key`, which must never be used again; the length shows in steps of 4 KiB.

    Spaces at the end of `text` make up for the rest.
    """
    plain = text.encode("utf-8", "replace")
    plain += b" " * (-len(plain) % STEP)
    return AESGCM(key).encrypt(nonce, plain, context(name, expires))


def half(key: bytes, other: bytes) -> bytes:
    """What makes `key` together with `other`, a random text of its length: each alone says nothing.

    It is also the key of two halves.
    """
    return bytes(one ^ two for one, two in zip(key, other, strict=True))


def coded(data: bytes) -> str:
    """`data` in the letters that a link may hold (base64url without padding, RFC 4648)."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
