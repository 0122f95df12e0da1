"""What git's messages about a remote mean for a person."""

import re

from git_naturecode.errors import Remote, Unsafe
from git_naturecode.trace import strike

_OFFLINE = (
    "could not resolve host", "connection refused", "timed out", "network is unreachable",
    "unable to access", "no route to host", "connection reset", "could not read from remote",
    "early eof", "unexpected disconnect", "hung up", "unable to connect", "rpc failed",
    "broken pipe", "unexpectedly closed",
)  # fmt: skip
_REFUSED = (
    "authentication failed", "permission denied", "could not read username",
    "could not read password", "host key verification failed", "returned error: 401",
    "returned error: 403", "access denied", "terminal prompts disabled", "service not enabled",
    "insufficient permission", "read-only file system", "permission to ", "not permitted",
)  # fmt: skip
_NOT_THERE = (
    "does not appear to be a git repository", "repository not found", "returned error: 404",
    "not found",
)  # fmt: skip
_MOVED = (
    "fetch first", "non-fast-forward", "stale info", "failed to update ref",
    "cannot lock ref", "incorrect old value", "atomic", "failed to lock",
    "reference already exists",
    "needs force",  # also where a clean-up takes away an old object while git looks at it
)  # fmt: skip
_CUT = (
    "index-pack output", "died of signal", "pack-objects died", "malloc failed",
    "out of memory", "hung up", "early eof", "unpack-objects",
)  # fmt: skip
_GONE = re.compile(
    r"^(?:fatal|error): (?:bad (?:tree |commit |blob )?object|unable to read) ([0-9a-f]{40,64})$",
    re.M,
)


def unreachable(remote: str, err: str) -> Remote:
    """What git's messages `err` about `remote` mean for a person."""
    lines = [line for line in strike(err).strip().split("\n") if line.strip()]
    fatal = [line for line in lines if line.lower().startswith(("fatal:", "error:"))]
    said = (fatal or lines or ["it gave no reason"])[0]
    lower = err.lower()
    if denies(err):
        return Remote(
            f"{remote} did not let us in ({said})",
            f"nothing here is lost; `git ls-remote {remote}` must work first",
        )
    if any(word in lower for word in _NOT_THERE):
        return Remote(
            f"{remote} has no such repository ({said})",
            f"nothing here is lost; see `git remote get-url {remote}`",
        )
    if any(word in lower for word in _OFFLINE):
        return Remote(
            f"{remote} cannot be reached ({said})",
            "you can go on working; run `git naturecode sync` again when it is there",
        )
    return Remote(f"{remote} did not do its part ({said})", "nothing here is lost; try again")


def denies(err: str) -> bool:
    """True when git says that this person may not do that there."""
    lower = err.lower()
    return any(word in lower for word in _REFUSED)


def malformed(remote: str, err: str) -> Unsafe | None:
    """What to raise when git's own checks found what `remote` sent malformed."""
    if not is_malformed(err):
        return None
    lines = [line for line in err.split("\n") if line.lower().startswith("error: object")]
    said = lines[0].removeprefix("error: ") if lines else "it is malformed"
    return Unsafe(f"git refuses what {remote} sends: {said}")


def is_malformed(err: str) -> bool:
    """True when git's own checks found an object malformed."""
    return "fsck error" in err or "error: object " in err.lower()


def is_cut(err: str) -> bool:
    """True when a fetch ended because one of its processes was stopped by a limit."""
    lower = err.lower()
    return "no space left" not in lower and any(sign in lower for sign in _CUT)


def gone(err: str) -> str:
    """The object that could not be read, here or there, so that a push ended; "" for none."""
    found = _GONE.search(err)
    return found[1] if found else ""


def moved_on(line: str) -> bool:
    """True when a line of `git push --porcelain` says that somebody else was faster."""
    return any(reason in line for reason in _MOVED)
