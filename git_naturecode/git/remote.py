"""Talking to a remote, always through the git program: what it has, fetch, push."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from git_naturecode.errors import Remote, Usage
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed, Limits

# Big objects are streamed, never held; what git itself refuses never reaches our reader.
_SAFE_FETCH = (
    "-c", "fetch.fsckObjects=true", "-c", "core.bigFileThreshold=1m", "-c", "fetch.writeCommitGraph=false",
    "-c", "submodule.recurse=false", "-c", "fetch.recurseSubmodules=false",
)  # fmt: skip
FETCH_LIMITS = Limits(wall=600.0, cpu=60)
_OFFLINE = (
    "could not resolve host", "could not read from remote", "connection refused", "timed out",
    "network is unreachable", "unable to access", "no route to host", "connection reset",
    "does not appear to be a git repository", "repository not found", "early eof",
)  # fmt: skip


@dataclass(frozen=True)
class Push:
    """One ref to push: `new` None deletes; `lease` (with its old value) makes it conditional."""

    ref: str
    new: str | None
    lease: bool = False
    old: str | None = None


def check_name(name: str, known: Sequence[str]) -> None:
    """Raise Usage unless `name` is a configured remote: an address could run a command."""
    if name not in known:
        names = ", ".join(known) or "none"
        raise Usage(f"there is no remote called {name!r}", f"known remotes: {names}")


def list_refs(repo: Repo, remote: str, patterns: Sequence[str]) -> dict[str, str]:
    """Full name -> id of the remote's refs that match `patterns`, in one request."""
    out = _talk(repo, "ls-remote", "--end-of-options", remote, *patterns)
    lines = (line.split("\t", 1) for line in out.decode("utf-8", "replace").split("\n") if line)
    return {name: oid for oid, name in lines}


def fetch(repo: Repo, remote: str, refspecs: Sequence[str], shallow: bool = False) -> None:
    """Fetch `refspecs`, each object checked by git; raises Remote."""
    depth = ("--depth=1",) if shallow else ()
    _talk(
        repo, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", *depth,
        "--end-of-options", remote, *refspecs, config=_SAFE_FETCH, limits=FETCH_LIMITS,
    )  # fmt: skip


def push(repo: Repo, remote: str, refs: Sequence[Push]) -> bool:
    """Push all of `refs` or none; False when the remote has moved on; raises Remote otherwise."""
    leases = [f"--force-with-lease={p.ref}:{p.old or ''}" for p in refs if p.lease]
    specs = [f"{p.new or ''}:{p.ref}" for p in refs]
    status, out, err = _run(
        repo, "push", "--porcelain", "--atomic", "--no-verify", "--no-follow-tags",
        "--recurse-submodules=no", *leases, "--end-of-options", remote, *specs,
    )  # fmt: skip
    if status == 0:
        return True
    answers = [line for line in out.decode("utf-8", "replace").split("\n") if line[:1] == "!"]
    if any(_moved_on(line) for line in answers):
        return False
    if answers:
        raise Remote(
            f"{remote} refused the push: {answers[0].split(chr(9))[-1]}",
            "everything is kept here; ask who runs that host, or use another remote",
        )
    raise _unreachable(remote, err)


def _moved_on(line: str) -> bool:
    reasons = ("fetch first", "non-fast-forward", "stale info", "failed to update ref",
               "cannot lock ref", "incorrect old value", "atomic", "failed to lock")  # fmt: skip
    return any(reason in line for reason in reasons)


def _talk(
    repo: Repo, *args: str, config: Sequence[str] = (), limits: Limits | None = None
) -> bytes:
    status, out, err = _run(repo, *args, config=config, limits=limits)
    if status:
        raise _unreachable(args[-1] if args[0] != "ls-remote" else "the remote", err)
    return out


def _run(
    repo: Repo, *args: str, config: Sequence[str] = (), limits: Limits | None = None
) -> tuple[int, bytes, str]:
    asks = {} if os.isatty(0) else {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_VARIANT": "auto"}
    asks.pop("GIT_SSH_VARIANT", None)
    try:
        return repo.program.run(*config, *args, check=False, extra=asks, limits=limits)
    except GitFailed as failed:
        raise Remote(f"the remote took too long: {failed.message}", "try again later") from None


def _unreachable(remote: str, err: str) -> Remote:
    lines = [line for line in err.strip().split("\n") if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:", "ERROR:"))]
    said = (fatal or lines or ["it gave no reason"])[0]
    lower = err.lower()
    if any(word in lower for word in _OFFLINE):
        return Remote(
            f"the remote cannot be reached ({said})",
            "you can go on working; run `git naturecode sync` again when it is there",
        )
    return Remote(f"the remote did not do its part ({said})", "nothing here is lost; try again")
