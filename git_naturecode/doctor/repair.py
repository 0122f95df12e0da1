"""Setting a broken branch back to what is whole, with all that can still be read beside it."""

import hashlib
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from git_naturecode.doctor import index, salvage
from git_naturecode.doctor.case import Case, count, inside
from git_naturecode.doctor.salvage import read
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import objects as git
from git_naturecode.git.objects import Change, Content
from git_naturecode.store import paths, reconcile, seal
from git_naturecode.store.lock import alone
from git_naturecode.store.log import ATTRIBUTES, README, Log
from git_naturecode.store.memory import recall
from git_naturecode.store.store import TEAM

WAIT = 15.0
_REFLOG, _MOST = 50, 20
_STATES = 40  # damaged ones that are read, the newest first


@dataclass(frozen=True)
class Plan:
    """How to mend one branch: the newest `base` that is whole, and what else is joined to it."""

    base: str | None
    whole: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    when: str = ""

    @property
    def words(self) -> str:
        """What mending does."""
        if self.base:
            start = (
                f"sets it back to {self.base[:12]} of {self.when}, the newest state that is whole"
            )
        elif self.whole or self.damaged:
            start = "writes it anew"
        else:
            start = "begins it anew, since no state of it can be read"
        more = len(self.whole) + len(self.damaged)
        rest = f", takes in what can be read of {count(more, 'other state')}" if more else ""
        return f"{start}{rest}, and puts back what was said here within the last day"


def make_plan(case: Case, log: Log) -> Plan:
    """Find the states that the branch had: by its reflog, by what was remembered or fetched.

    Only where all that is gone, by the commits of ours that nothing points to any more.
    """
    logged = reflog(log)
    known = [*logged, *_remembered(case, log)]
    if not logged:
        known += _dangling(log)
    known = list(dict.fromkeys(known))
    base = next((one for one in known[:_MOST] if is_whole(log, one)), None)
    if base is None:
        return Plan(None, (), tuple(known[:_STATES]))
    # What the reflog says came before is in the base; what was remembered may be beside it.
    whole: list[str] = []
    damaged = known[: known.index(base)]
    for one in known[known.index(base) + 1 :]:
        if one not in logged and not reconcile.holds(log.objects, base, one):
            (whole if is_whole(log, one) else damaged).append(one)
    return Plan(base, tuple(whole), tuple(damaged[:_STATES]), _date(log, base))


def was_known(log: Log) -> bool:
    """True when the branch existed before."""
    return bool(reflog(log))


def mend(case: Case, log: Log, plan: Plan) -> None:
    """Do what `plan` says, and drain the journal again; what was there is set aside, not lost."""
    objects = log.objects
    with alone(case.store.lock, WAIT, "wait for it to end"):
        log.unlock(WAIT)
        if clear_damaged(case, log):
            plan = make_plan(case, log)  # what seemed whole is not
        others, shut = list(plan.whole), list[str]()
        for state in plan.damaged:
            files = dict(_readable(log, state, shut))
            others += [_commit(case, log, files)] if files else []
        # Without a reflog nobody knows whether a newer state has lost its very commit.
        if shut or not reflog(log) or (plan.base is None and not others):
            known = [*filter(None, [plan.base]), *plan.whole]
            others += [_commit(case, log, files) for files in salvage.states(log, known)]
        if plan.base is None and not others:
            new = _commit(case, log, {})
        else:
            new = reconcile.reconcile(objects, plan.base, None, others, case.now_ms()).commit
        set_ref(case, log, new)
        log.spool.doubt()
    objects.close()
    log.repo.program.run(
        "reflog",
        "expire",
        "--stale-fix",
        "--expire=never",
        "--expire-unreachable=never",
        log.ref,
        check=False,
    )
    index.remove(case)  # it may name trees that are gone
    drain(case)


def drain(case: Case) -> None:
    """Drain all that waits; where a damaged object is in the way, it is set aside."""
    try:
        case.store.settle(WAIT)
    except NaturecodeError:
        if not sum(clear_damaged(case, log) for log in case.logs()):
            raise
        case.store.settle(WAIT)


def set_ref(case: Case, log: Log, new: str) -> None:
    """Let the ref of `log` point to `new`, whatever stands there."""
    path = os.path.join(log.repo.common_dir, log.ref)
    if os.path.isfile(path):
        aside = case.path("broken-refs")
        os.makedirs(aside, mode=0o700, exist_ok=True)
        os.replace(path, os.path.join(aside, f"{log.name}-{case.now_ms()}"))
    drop_ref(log, log.ref)  # a packed one
    log.repo.program.run("update-ref", "--no-deref", "-m", "git naturecode: doctor", log.ref, new)


def drop_ref(log: Log, ref: str) -> None:
    """Take `ref` away, also where it says nothing that git could read."""
    path = os.path.join(log.repo.common_dir, ref)
    if os.path.isfile(path) and log.objects.resolve(ref) is None:
        os.unlink(path)
    log.repo.program.run("update-ref", "--no-deref", "-d", ref, check=False)


def is_whole(log: Log, commit: str | None) -> bool:
    """True when `commit` is there with all of its history."""
    return commit is not None and not lost(log, commit)


def lost(log: Log, commit: str) -> str:
    """What is missing of `commit` or its history, in git's words; "" when nothing is."""
    promised = ("--exclude-promisor-objects",) if log.repo.is_partial else ()
    status, _, err = log.repo.program.run(
        "rev-list", "--objects", "--quiet", *promised, commit, "--", check=False
    )
    said = [line for line in err.strip().split("\n") if line]
    return (said[-1] if said else f"git says {status}").removeprefix("fatal: ") if status else ""


def reflog(log: Log) -> list[str]:
    """What the branch pointed to earlier, the latest first, read past git's own opinion of it."""
    try:
        with open(os.path.join(log.repo.common_dir, "logs", log.ref), "rb") as file:
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    nothing = "0" * log.objects.hexsz
    found = [word for line in reversed(lines) for word in reversed(line.split(" ")[:2])]
    good = [one for one in found if len(one) == log.objects.hexsz and one != nothing]
    return list(dict.fromkeys(good))[:_REFLOG]


def _remembered(case: Case, log: Log) -> list[str]:
    if log.name != TEAM:
        return []
    named = [recall(case.store, "admitted"), recall(case.store, "taken")]
    for name in case.config.remotes():
        named.append(log.objects.resolve(f"refs/remotes/{name}/{case.store.branch}") or "")
    return [one for one in named if len(one) == log.objects.hexsz]


def _dangling(log: Log) -> list[str]:
    """Commits of ours that nothing points to, the latest first."""
    out = log.repo.program.run(
        "fsck", "--unreachable", "--no-reflogs", "--no-progress", "--connectivity-only", check=False
    )[1].decode("utf-8", "replace")
    found = []
    for line in out.split("\n"):
        words = line.split(" ")
        if words[:2] == ["unreachable", "commit"] and len(words) == 3:
            info = _info(log, words[2])
            if info is not None:
                found.append((info.seconds, words[2]))
    return [oid for _, oid in sorted(found, reverse=True)]


def _info(log: Log, commit: str) -> git.CommitInfo | None:
    """What the commit says, if it can be read and is one of ours."""
    data = read(log, commit)
    if data is None or f"\ncommitter {git.AUTHOR} ".encode() not in data:
        return None
    return git.parse_commit(data)


def _date(log: Log, commit: str) -> str:
    return log.repo.program.text("show", "-s", "--format=%ci", commit, "--")


def loose_file(log: Log, oid: str) -> str:
    """Where the object is while it is in no pack."""
    return os.path.join(log.repo.common_dir, "objects", oid[:2], oid[2:])


def set_aside(case: Case, log: Log, oid: str) -> None:
    """Move a damaged object out of the store, so that a good one can take its place."""
    folder = case.path("broken-objects")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    os.replace(loose_file(log, oid), os.path.join(folder, oid))


def clear_damaged(case: Case, log: Log) -> int:
    """Set every loose object aside that is not what its name says; how many those were.

    Nobody can read such a one, and git would not write a good one while it is there.
    """
    bad = [oid for oid in _loose(log) if not _is_good(log, oid)]
    for oid in bad:
        set_aside(case, log, oid)
    log.objects.close()
    return len(bad)


def _loose(log: Log) -> Iterator[str]:
    for folder in inside(os.path.join(log.repo.common_dir, "objects")):
        start = os.path.basename(folder)
        if len(start) == 2:
            rest = (start + os.path.basename(path) for path in inside(folder))
            yield from (oid for oid in rest if len(oid) == log.objects.hexsz)


def _is_good(log: Log, oid: str) -> bool:
    try:
        with open(loose_file(log, oid), "rb") as file:
            data = zlib.decompress(file.read())
    except FileNotFoundError:  # packed meanwhile
        return True
    except (OSError, zlib.error):
        return False
    return hashlib.new("sha256" if len(oid) == 64 else "sha1", data).hexdigest() == oid


def _readable(log: Log, commit: str, shut: list[str]) -> Iterator[tuple[str, Content]]:
    """What can be read of a damaged state: path and blob.

    The commit or folders that cannot be read, so that what is below them is unknown, go to `shut`.
    """
    data = read(log, commit)
    if data is None:
        shut.append(commit)
    elif data.startswith(b"tree "):
        yield from _below(log, git.parse_commit(data).tree, "", shut)


def _below(log: Log, folder: str, prefix: str, shut: list[str]) -> Iterator[tuple[str, Content]]:
    data = read(log, folder)
    if data is None:
        shut.append(folder)
    for entry in git.parse_tree(data, log.objects.hexsz) if data else ():
        path = prefix + entry.name.decode("utf-8", "surrogateescape")
        if entry.is_tree:
            yield from _below(log, entry.oid, path + "/", shut)
        elif paths.allowed(path) and read(log, entry.oid) is not None:
            yield path, entry.oid


def _commit(case: Case, log: Log, files: Mapping[str, Content]) -> str:
    """A commit without parents that holds `files`, to be joined with others."""
    first: dict[str, Content] = {
        "README.md": README.encode(),
        ".gitattributes": ATTRIBUTES.encode(),
    }
    text = seal.message("Put together what could be read", frozenset())
    change = Change(None, {**first, **files}, (), case.now_ms() // 1000, text)
    return log.objects.commit(change)
