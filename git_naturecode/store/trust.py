"""Trust logs: the signed, hash-chained lines of one device (research/security.md C).

A line is canonical JSON in ASCII: `at dev key deps ops prev root seq sig v`. `sig` is the Ed25519
signature, by the key `key` whose hash is the device `dev`, of everything else in the line.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from git_naturecode.clock import STAMP
from git_naturecode.store.entry import Json

VERSION = 1
MAX_LINE = 256 * 1024
MAX_TRIES = 2_000  # signatures that one process verifies, 0.4 ms each
_KEY, _SIGNATURE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{128}")
_CONTEXT = b"naturecode/log/v1\0"
_GENUINE, _FALSE = "genuine-lines", "!"

Signer = Callable[[bytes], bytes]
Verify = Callable[[bytes, str], bool]


def line(
    before: bytes, device: str, public: bytes, at: str, ops: Sequence[Json], sign: Signer
) -> bytes:
    """The next line (without line break) of `device`, whose log so far is `before`."""
    lines = [one for one in before.split(b"\n") if one]
    said = {
        "v": VERSION, "dev": device, "key": public.hex(), "at": at, "seq": _next(lines), "deps": [],
        "prev": digest(lines[-1]) if lines else "", "root": digest(lines[0]) if lines else "",
        "ops": list(ops),
    }  # fmt: skip
    return signed(said, sign)


def signed(said: Mapping[str, Json], sign: Signer) -> bytes:
    """The line that says `said` (all keys but `sig`), signed; canonical JSON without line break."""
    return canonical({**said, "sig": sign(_CONTEXT + canonical(said)).hex()})


def digest(line: bytes) -> str:
    """What other lines call `line`: its SHA-256 in hex."""
    return hashlib.sha256(line).hexdigest()


def read(line: bytes) -> dict[str, Json] | None:
    """The fields of a line that is written as this program writes it; None for any other."""
    if len(line) > MAX_LINE:
        return None
    try:
        said = json.loads(line)
        good = isinstance(said, dict) and said.get("v") == VERSION and canonical(said) == line
    except (ValueError, RecursionError):
        return None
    if not good or not isinstance(said.get("ops"), list):
        return None
    at = said.get("at")
    return said if isinstance(at, str) and re.fullmatch(STAMP, at) else None


def is_genuine(line: bytes, device: str) -> bool:
    """True when `line` was signed by `device`. Loads cryptography; see `Remembered`."""
    said = read(line)
    return said is not None and is_signed(line, said, device)


def is_signed(line: bytes, said: Mapping[str, Json], device: str) -> bool:
    """`is_genuine` of a line whose fields `said` were read already."""
    from git_naturecode.crypto import keys

    if said.get("dev") != device:
        return False
    key, sig = said.get("key"), said.get("sig")
    # Spelled in one way only: by another spelling of a signature anybody could make a second line
    # of somebody's, who would be taken to have said two things under one number.
    if not isinstance(key, str) or not isinstance(sig, str):
        return False
    if not _KEY.fullmatch(key) or not _SIGNATURE.fullmatch(sig):
        return False
    public, signature = bytes.fromhex(key), bytes.fromhex(sig)
    # The line is canonical, so that without its signature it is what was signed. Of what has the
    # same form elsewhere in it all stands before: keys are sorted, and only texts come after.
    mark = b'"sig":"%s",' % sig.encode()
    at = line.rfind(mark)
    signed = _CONTEXT + line[:at] + line[at + len(mark) :]
    return (
        at >= 0 and keys.device_of(public) == device and keys.is_signed(public, signature, signed)
    )


class Remembered:
    """`is_genuine` that remembers in a file which lines it has found genuine before.

    Only so does a sync in a repository where somebody once purged something not load cryptography.
    At most `tries` unknown lines are looked at; a flood of them would hold the sync for minutes.
    Also those are remembered that are not genuine: else a flood of them would stand for ever
    before the others.
    """

    def __init__(self, path: str, tries: int = MAX_TRIES) -> None:
        self._path = path
        self._tries = tries
        self._known: set[str] | None = None

    def __call__(self, line: bytes, device: str) -> bool:
        """True when `line` was signed by `device`."""
        name = f"{device} {digest(line)}"
        known = self._read()
        if name in known or f"{_FALSE}{name}" in known:
            return name in known
        said = read(line)
        if said is None or said.get("dev") != device:  # that costs nothing to find out again
            return False
        self._tries -= 1
        if self._tries < 0:
            return False
        good = is_genuine(line, device)
        self._remember(name if good else f"{_FALSE}{name}")
        return good

    def _remember(self, name: str) -> None:
        self._read().add(name)
        # Where nothing can be written it is found out again.
        with suppress(OSError), open(self._path, "a", encoding="ascii") as file:
            file.write(f"{name}\n")

    def _read(self) -> set[str]:
        if self._known is None:
            try:
                with open(self._path, encoding="ascii", errors="replace") as file:
                    self._known = set(file.read().split("\n"))
            except FileNotFoundError:
                self._known = set()
        return self._known


def verifier(state_dir: str) -> Verify:
    """Verifies trust lines and remembers in `state_dir` which ones were genuine."""
    return Remembered(os.path.join(state_dir, _GENUINE))


def operations(lines: bytes, name: str) -> Iterator[tuple[bytes, Mapping[str, Json]]]:
    """(line, operation) of each operation called `name` in a log, unverified."""
    mark = f'"op":"{name}"'.encode()
    for one in lines.split(b"\n"):
        said = read(one) if mark in one else None
        if said is not None:
            found = (op for op in said["ops"] if isinstance(op, dict) and op.get("op") == name)
            yield from ((one, op) for op in found)


def _next(lines: Sequence[bytes]) -> int:
    said = read(lines[-1]) if lines else None
    seq = said.get("seq") if said else None
    return seq + 1 if isinstance(seq, int) else len(lines) + 1


_canonical_text = partial(
    json.dumps, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
)


def canonical(said: Mapping[str, Json]) -> bytes:
    """`said` as canonical JSON: keys sorted, no spaces, ASCII."""
    return _canonical_text(said).encode()
