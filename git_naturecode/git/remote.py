"""Talking to a remote, always through the git program: what it has, fetch, push."""

import glob
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from git_naturecode.config import Config
from git_naturecode.errors import Remote, Unsafe, Usage
from git_naturecode.git import complaints
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import TIMED_OUT, GitFailed, Limits

# git checks each object, never writes a received one anew (a bomb costs it half then), streams big
# ones, and fetches all of a data branch even in a partial clone.
_SAFE_FETCH = (
    "-c", "fetch.fsckObjects=true", "-c", "fetch.unpackLimit=1", "-c", "core.bigFileThreshold=1m",
    "-c", "fetch.writeCommitGraph=false", "-c", "submodule.recurse=false",
    "-c", "fetch.recurseSubmodules=false",
)  # fmt: skip
TIMEOUT = 60  # seconds that a remote may take to answer a question (naturecode.timeout)
PATIENT = 10  # a transfer may take that many times longer; so may a person who types a password
_MEBI = 1 << 20
_QUESTION = Limits(cpu=30, memory=256 * _MEBI, output=64 * _MEBI)
# 3 s of work unpack 300 MB of small files (docs/design/sync.md); a bomb is found out by them. Who
# received much in that time is honestly busy and gets the second, longer chance.
_FIRST = Limits(cpu=3, memory=256 * _MEBI, file=2048 * _MEBI, output=_MEBI)
_QUICK = 1.0  # seconds of work in which no process has used up what `_FIRST` gives it
_SECOND = _FIRST._replace(cpu=300, memory=1024 * _MEBI)
_BY_ID = (("-c", "fetch.negotiationAlgorithm=noop"), ("--filter=blob:none", "--stdin"))
_ROUNDS = 4
_HALF_AGE = 3600  # seconds; a transfer that goes on writes all the time
_MUCH = 2 * _MEBI
_PUSH = Limits(output=16 * _MEBI)
_ELSEWHERE = (
    "all is kept here and can be read; to push elsewhere: git naturecode init --remote NAME, "
    "or ask who runs it for the right to push"
)
_NO_ATOMIC = "does not support --atomic"
_PROGRESS = re.compile(
    rb"(Counting|Compressing|Receiving|Writing|Resolving) (objects|deltas): +\d{1,3}% "
    rb"\(\d+/\d+\)(, [0-9.]+ [A-Za-z]+)?"
)


class Refused(Remote):
    """The remote was reached, and refused what was pushed; it will do so again."""


class Gone(Remote):
    """A clean-up of this clone took away what a push was to send."""


class ReadOnly(Refused):
    """The remote lets this person read, and push nothing."""


class Vanished(Remote):
    """A ref that the remote had a moment ago is gone."""


class Push(NamedTuple):
    """One ref to push: `new` None deletes; `lease` (with its old value) makes it conditional."""

    ref: str
    new: str | None
    lease: bool = False
    old: str | None = None


class Link(NamedTuple):
    """A remote as one repository sees it; `timeout` in seconds, see TIMEOUT.

    `hear` is told in a few words how far a transfer is, many times a second.
    """

    repo: Repo
    name: str
    timeout: float = TIMEOUT
    hear: Callable[[str], None] | None = None

    def list_refs(self, patterns: Sequence[str]) -> dict[str, str]:
        """Full name -> id of its refs that match `patterns`, in one request; raises Remote."""
        status, out, err = self._run(
            "ls-remote", "--end-of-options", self.name, *patterns, limits=_QUESTION
        )
        if status:
            raise complaints.unreachable(self.name, err)
        lines = (line.split("\t", 1) for line in out.decode("utf-8", "replace").split("\n"))
        return {pair[1]: pair[0] for pair in lines if len(pair) == 2}

    def fetch(self, refspecs: Sequence[str], *, most: int = 0) -> None:
        """Fetch `refspecs`, each object checked by git; a pack of at most `most` bytes, if given.

        Raises Remote when that did not work (Vanished when one of them is gone), Unsafe when git
        refuses what came.
        """
        if not most:
            self._guarded(refspecs)
            return
        before = self._half_packs()
        status, err = self._fetch(refspecs, None, _FIRST._replace(cpu=30, file=most))
        if status:
            self._remove_new(before)
            if complaints.is_cut(err):
                raise Unsafe(f"{self.name} sends more than {most >> 20} MiB, and was stopped")
            raise complaints.malformed(self.name, err) or complaints.unreachable(self.name, err)

    def complete(self, commits: Sequence[str]) -> None:
        """Bring, in one go, what a partial clone lacks of the trees of `commits`.

        Without it git would ask the remote for each missing object by itself. Like git it asks for
        objects by their ids: trees come with all trees in them, then the files. Raises as `fetch`.
        """
        args = ("rev-list", "--objects", "--no-walk", "--missing=print", "--end-of-options")
        for _ in range(_ROUNDS):
            out = self.repo.program.run(*args, *commits)[1].decode("ascii", "replace")
            lacking = [line[1:] for line in out.split("\n") if line[:1] == "?"]
            if not lacking:
                return
            self._guarded((), "\n".join(lacking).encode())

    def _guarded(self, refspecs: Sequence[str], wanted: bytes | None = None) -> None:
        """A fetch that a bomb does not survive; an honestly large one gets a second chance.

        git says the same of a process of its own that met a limit and of one that somebody killed;
        who was stopped long before the limit is tried once more.
        """
        before = self._half_packs()
        began = _worked()
        status, err = self._fetch(refspecs, wanted, _FIRST)
        if status and complaints.is_cut(err) and _worked() - began < _QUICK:
            self._remove_new(before)
            status, err = self._fetch(refspecs, wanted, _FIRST)
        if status and not complaints.is_malformed(err):
            left = self._half_packs() - before
            size = sum(map(_size, left))
            if left and complaints.is_cut(err) and size < _MUCH and not _lost(err):
                _remove(left)
                raise Unsafe(
                    f"what {self.name} sends unpacks to far more than it is, and was stopped",
                    "nothing was taken in; you can go on working here, and should ask who pushed",
                )
            if complaints.is_cut(err):
                _remove(left)
                status, err = self._fetch(refspecs, wanted, _SECOND)
        if "couldn't find remote ref" in err or "not our ref" in err:
            raise Vanished(f"{self.name} has just changed", "sync again")
        if status:
            self._remove_new(before)
            raise complaints.malformed(self.name, err) or complaints.unreachable(self.name, err)

    def push(self, refs: Sequence[Push]) -> bool:
        """Push all of `refs` or none; False when the remote has moved on; raises Remote."""
        leases = [f"--force-with-lease={p.ref}:{p.old or ''}" for p in refs if p.lease]
        status, out, err = self._send(refs, *leases, "--atomic")
        if status and _NO_ATOMIC in err:
            return self._one_by_one(refs)
        return self._answer(refs, status, out, err)

    def _one_by_one(self, refs: Sequence[Push]) -> bool:
        """For a host that cannot do all or nothing: deletions wait for the rest."""
        for push in sorted(refs, key=lambda push: push.new is None):
            lease = [f"--force-with-lease={push.ref}:{push.old or ''}"] if push.lease else []
            if not self._answer([push], *self._send([push], *lease)):
                return False
        return True

    def _send(self, refs: Sequence[Push], *options: str) -> tuple[int, str, str]:
        specs = [f"{push.new or ''}:{push.ref}" for push in refs]
        status, out, err = self._run(
            "-c", "push.gpgSign=false", "push", "--porcelain", "--no-verify",
            "--progress" if self.hear else "--no-progress", "--no-follow-tags",
            "--recurse-submodules=no", *options, "--end-of-options", self.name, *specs,
            limits=_PUSH, times=PATIENT,
        )  # fmt: skip
        return status, out.decode("utf-8", "replace"), err

    def _answer(self, refs: Sequence[Push], status: int, out: str, err: str) -> bool:
        if status == 0:
            return True
        lost = complaints.gone(err)
        if lost and self.repo.program.run("cat-file", "-e", lost, check=False)[0]:
            raise Gone(
                f"what was to go to {self.name} is not in this clone any more",
                "git naturecode doctor --fix",
            )
        answers = [line for line in out.split("\n") if line[:1] == "!"]
        # What only went down with another ref says nothing about why.
        causes = [line for line in answers if "atomic" not in line] or answers
        leased = {push.ref for push in refs if push.lease}
        final = [
            line for line in causes if not complaints.moved_on(line) or _forbids_force(line, leased)
        ]
        if causes and not final:
            return False
        if causes:
            raise self._refusal(final[0].split("\t")[-1], err)
        if complaints.denies(err):  # but it has let us read a moment ago
            said = complaints.unreachable(self.name, err).message
            raise ReadOnly(f"{self.name} is read-only for you: {said}", _ELSEWHERE)
        raise complaints.unreachable(self.name, err)

    def _refusal(self, said: str, err: str) -> Remote:
        if "unpacker error" in said or "remote failure" in said:
            if complaints.denies(err):
                return ReadOnly(f"{self.name} is read-only for you: nothing can be written there",
                                _ELSEWHERE)  # fmt: skip
            return complaints.unreachable(self.name, err)
        return Refused(
            f"{self.name} refused the push: {said}",
            "everything is kept here; ask who runs that host, or use another remote",
        )

    def _fetch(
        self, refspecs: Sequence[str], wanted: bytes | None, limits: Limits
    ) -> tuple[int, str]:
        told = "--progress" if self.hear else "--quiet"
        haves, scope = ((), ("--no-filter",)) if wanted is None else _BY_ID
        status, _, err = self._run(
            *_SAFE_FETCH, *haves, "fetch", told, "--no-tags", "--no-write-fetch-head",
            "--no-auto-gc", "--refmap=", *scope, "--end-of-options", self.name, *refspecs,
            limits=limits, times=PATIENT, data=wanted,
        )  # fmt: skip
        return status, err

    def _half_packs(self) -> set[str]:
        """What a killed fetch leaves behind; git would keep it for two weeks."""
        folder = glob.escape(os.path.join(self.repo.common_dir, "objects", "pack"))
        return set(glob.glob(f"{folder}/tmp_pack_*"))

    def sweep(self, seconds: float) -> None:
        """Remove what killed fetches left and nobody has touched for an hour before `seconds`."""
        for path in self._half_packs():
            with suppress(OSError):
                if seconds - os.stat(path).st_mtime > _HALF_AGE:
                    os.unlink(path)

    def _remove_new(self, before: set[str]) -> None:
        _remove(self._half_packs() - before)

    def _run(
        self, *args: str, limits: Limits, times: int = 1, data: bytes | None = None
    ) -> tuple[int, bytes, str]:
        asks = os.isatty(0) and sys.stderr.isatty()
        limits = limits._replace(
            terminal=asks, wall=self.timeout * (PATIENT if asks else 1) * times
        )
        slow = ("-c", "http.lowSpeedLimit=1", "-c", f"http.lowSpeedTime={int(self.timeout)}")
        try:
            return self.repo.program.run(
                *slow, *args, check=False, extra={} if asks else {"GIT_TERMINAL_PROMPT": "0"},
                limits=limits, data=data, hear=self._progress if self.hear else None,
            )  # fmt: skip
        except GitFailed as failed:
            if failed.status != TIMED_OUT:
                raise Unsafe(f"{self.name} says more than anybody wants to hear") from None
            raise Remote(
                f"{self.name} did not answer within {limits.wall:g} s",
                "nothing here is lost; try again later (git config naturecode.timeout SECONDS)",
            ) from None

    def _progress(self, heard: bytes) -> None:
        found = list(_PROGRESS.finditer(heard))
        if found and self.hear is not None:
            self.hear(f"{self.name}: {found[-1][0].decode()}")


def choose(config: Config, named: str | None = None) -> str | None:
    """The remote to use: `named`, else `naturecode.remote`, else `origin` or the only one.

    None where there is none; raises Usage when the one that is named is not configured.
    """
    known = config.remotes()
    chosen = config.get("naturecode.remote") if named is None else named
    if chosen or named is not None:
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


def _worked() -> float:
    """Seconds of processor time that all processes have used which this one has seen end.

    What waits for a busy machine uses none.
    """
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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


def _lost(err: str) -> bool:
    """True when it was the connection that broke, not a process of ours that met its limit."""
    lower = err.lower()
    ours = ("died of signal", "malloc failed", "out of memory")
    return not any(sign in lower for sign in ours) and ("hung up" in lower or "early eof" in lower)
