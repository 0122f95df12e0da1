"""Talking to a remote, always through the git program: what it has, fetch, push."""

import glob
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from git_naturecode.config import Config
from git_naturecode.errors import Remote, Unsafe, Usage
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import TIMED_OUT, GitFailed, Limits
from git_naturecode.trace import strike

# git checks each object, never writes a received one anew (a bomb costs it half then), streams big
# ones, and fetches all of a data branch even in a partial clone.
_SAFE_FETCH = (
    "-c", "fetch.fsckObjects=true", "-c", "fetch.unpackLimit=1", "-c", "core.bigFileThreshold=1m",
    "-c", "fetch.writeCommitGraph=false", "-c", "submodule.recurse=false",
    "-c", "fetch.recurseSubmodules=false",
)  # fmt: skip
TIMEOUT = 60  # seconds that a remote may take to answer a question (naturecode.timeout)
_PATIENT = 10  # a transfer may take that many times longer; so may a person who types a password
_MEBI = 1 << 20
_QUESTION = Limits(cpu=30, memory=256 * _MEBI, output=64 * _MEBI)
# 3 s of work unpack 300 MB of small files (docs/design/sync.md); a bomb is found out by them. Who
# received much in that time is honestly busy and gets the second, longer chance.
_FIRST = Limits(cpu=3, memory=256 * _MEBI, file=2048 * _MEBI, output=_MEBI)
_SECOND = replace(_FIRST, cpu=300, memory=1024 * _MEBI)
_MUCH = 2 * _MEBI
_PUSH = Limits(output=16 * _MEBI)
_OFFLINE = (
    "could not resolve host", "connection refused", "timed out", "network is unreachable",
    "unable to access", "no route to host", "connection reset", "could not read from remote",
    "early eof", "unexpected disconnect", "hung up",
)  # fmt: skip
_REFUSED = (
    "authentication failed", "permission denied", "could not read username",
    "could not read password", "host key verification failed", "returned error: 401",
    "returned error: 403", "access denied", "terminal prompts disabled",
)  # fmt: skip
_NOT_THERE = (
    "does not appear to be a git repository", "repository not found", "returned error: 404",
    "not found",
)  # fmt: skip


class Refused(Remote):
    """The remote was reached, and refused what was pushed."""


class Vanished(Remote):
    """A ref that the remote had a moment ago is gone."""


@dataclass(frozen=True)
class Push:
    """One ref to push: `new` None deletes; `lease` (with its old value) makes it conditional."""

    ref: str
    new: str | None
    lease: bool = False
    old: str | None = None


@dataclass(frozen=True)
class Link:
    """A remote as one repository sees it; `timeout` in seconds, see TIMEOUT."""

    repo: Repo
    name: str
    timeout: float = TIMEOUT

    def list_refs(self, patterns: Sequence[str]) -> dict[str, str]:
        """Full name -> id of its refs that match `patterns`, in one request; raises Remote."""
        status, out, err = self._run(
            "ls-remote", "--end-of-options", self.name, *patterns, limits=_QUESTION
        )
        if status:
            raise unreachable(self.name, err)
        lines = (line.split("\t", 1) for line in out.decode("utf-8", "replace").split("\n"))
        return {pair[1]: pair[0] for pair in lines if len(pair) == 2}

    def fetch(self, refspecs: Sequence[str]) -> None:
        """Fetch `refspecs`, each object checked by git.

        Raises Remote when that did not work (Vanished when one of them is gone), Unsafe when git
        refuses what came.
        """
        before = self._half_packs()
        status, err = self._fetch(refspecs, _FIRST)
        if status and not _malformed(err):
            left = self._half_packs() - before
            size = sum(map(_size, left))
            if left and _cut(err) and size < _MUCH:
                _remove(left)
                raise Unsafe(
                    f"what {self.name} sends unpacks to far more than it is, and was stopped",
                    "nothing was taken in; you can go on working here, and should ask who pushed",
                )
            if _cut(err):
                _remove(left)
                status, err = self._fetch(refspecs, _SECOND)
        if "couldn't find remote ref" in err:
            raise Vanished(f"{self.name} has just changed", "sync again")
        if status:
            raise _refused_by_git(self.name, err) or unreachable(self.name, err)

    def push(self, refs: Sequence[Push]) -> bool:
        """Push all of `refs` or none; False when the remote has moved on; raises Remote."""
        leases = [f"--force-with-lease={p.ref}:{p.old or ''}" for p in refs if p.lease]
        specs = [f"{p.new or ''}:{p.ref}" for p in refs]
        status, out, err = self._run(
            "-c", "push.gpgSign=false", "push", "--porcelain", "--atomic", "--no-verify",
            "--no-follow-tags", "--recurse-submodules=no", *leases, "--end-of-options", self.name,
            *specs, limits=_PUSH, times=_PATIENT,
        )  # fmt: skip
        if status == 0:
            return True
        answers = [line for line in out.decode("utf-8", "replace").split("\n") if line[:1] == "!"]
        # What only went down with another ref says nothing about why.
        causes = [line for line in answers if "atomic" not in line] or answers
        leased = {push.ref for push in refs if push.lease}
        final = [line for line in causes if not _moved_on(line) or _forbids_force(line, leased)]
        if causes and not final:
            return False
        if causes:
            cause = final[0]
            raise Refused(
                f"{self.name} refused the push: {cause.split(chr(9))[-1]}",
                "everything is kept here; ask who runs that host, or use another remote",
            )
        raise unreachable(self.name, err)

    def _fetch(self, refspecs: Sequence[str], limits: Limits) -> tuple[int, str]:
        status, _, err = self._run(
            *_SAFE_FETCH, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
            "--no-auto-gc", "--no-filter", "--refmap=", "--end-of-options", self.name, *refspecs,
            limits=limits, times=_PATIENT,
        )  # fmt: skip
        return status, err

    def _half_packs(self) -> set[str]:
        """What a killed fetch leaves behind; git would keep it for two weeks."""
        folder = glob.escape(os.path.join(self.repo.common_dir, "objects", "pack"))
        return set(glob.glob(f"{folder}/tmp_pack_*"))

    def _run(self, *args: str, limits: Limits, times: int = 1) -> tuple[int, bytes, str]:
        asks = os.isatty(0) and sys.stderr.isatty()
        limits = replace(
            limits, terminal=asks, wall=self.timeout * (_PATIENT if asks else 1) * times
        )
        slow = ("-c", "http.lowSpeedLimit=1", "-c", f"http.lowSpeedTime={int(self.timeout)}")
        try:
            return self.repo.program.run(
                *slow, *args, check=False, extra={} if asks else {"GIT_TERMINAL_PROMPT": "0"},
                limits=limits,
            )  # fmt: skip
        except GitFailed as failed:
            if failed.status != TIMED_OUT:
                raise Unsafe(f"{self.name} says more than anybody wants to hear") from None
            raise Remote(
                f"{self.name} did not answer within {limits.wall:g} s",
                "nothing here is lost; try again later (git config naturecode.timeout SECONDS)",
            ) from None


def choose(config: Config, named: str | None = None) -> str | None:
    """The remote to use: `named`, else `naturecode.remote`, else `origin` or the only one.

    None where there is none; raises Usage when the one that is named is not configured.
    """
    known = config.remotes()
    chosen = named or config.get("naturecode.remote")
    if chosen:
        check_name(chosen, known)
        return chosen
    if "origin" in known or len(known) == 1:
        return "origin" if "origin" in known else known[0]
    return None


def check_name(name: str, known: Sequence[str]) -> None:
    """Raise Usage unless `name` is a configured remote: an address could run a command."""
    if name not in known:
        names = ", ".join(known) or "none"
        raise Usage(f"there is no remote called {name!r}", f"known remotes: {names}")


def missing_refspecs(config: Config, remote: str, branch: str) -> list[str]:
    """What `git fetch` has to be told: notes always, the data `branch` in a single-branch clone.

    With patterns, since a plain name would fail every fetch while the remote lacks it.
    """
    present = config.all(f"remote.{remote}.fetch")
    wanted = [f"+refs/notes/naturecode/*:refs/notes/remotes/{remote}/naturecode/*"]
    if f"+refs/heads/*:refs/remotes/{remote}/*" not in present:
        wanted.insert(0, f"+refs/heads/{branch}*:refs/remotes/{remote}/{branch}*")
    return [spec for spec in wanted if spec not in present]


def unreachable(remote: str, err: str) -> Remote:
    """What git's messages `err` about `remote` mean for a person."""
    lines = [line for line in strike(err).strip().split("\n") if line.strip()]
    fatal = [line for line in lines if line.lower().startswith(("fatal:", "error:"))]
    said = (fatal or lines or ["it gave no reason"])[0]
    lower = err.lower()
    if any(word in lower for word in _REFUSED):
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


def _refused_by_git(remote: str, err: str) -> Unsafe | None:
    if not _malformed(err):
        return None
    lines = [line for line in err.split("\n") if line.lower().startswith("error: object")]
    said = lines[0].removeprefix("error: ") if lines else "it is malformed"
    return Unsafe(f"git refuses what {remote} sends: {said}")


def _malformed(err: str) -> bool:
    return "fsck error" in err or "error: object " in err.lower()


def _cut(err: str) -> bool:
    """True when a fetch ended because one of its processes was stopped by a limit."""
    signs = ("index-pack output", "died of signal", "pack-objects died", "malloc failed",
             "out of memory", "hung up", "early eof", "unpack-objects")  # fmt: skip
    lower = err.lower()
    return "no space left" not in lower and any(sign in lower for sign in signs)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def _remove(paths: set[str]) -> None:
    """Remove what our own killed fetch left; of several, one may be somebody else's."""
    if len(paths) == 1:
        os.unlink(*paths)


def _forbids_force(line: str, leased: set[str]) -> bool:
    """True when the remote itself, and not our lease, is against replacing a branch."""
    ref = line.split("\t")[1].rpartition(":")[2] if line.count("\t") > 1 else ""
    return ref in leased and "[remote rejected] (non-fast-forward)" in line


def _moved_on(line: str) -> bool:
    reasons = ("fetch first", "non-fast-forward", "stale info", "failed to update ref",
               "cannot lock ref", "incorrect old value", "atomic", "failed to lock",
               "reference already exists")  # fmt: skip
    return any(reason in line for reason in reasons)
