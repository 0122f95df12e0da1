"""The branches that hold the record: there, whole, and checked out nowhere."""

import os
from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor import repair
from git_naturecode.doctor.case import ERROR, WARNING, Case, Finding
from git_naturecode.git.objects import Missing
from git_naturecode.store.log import Log
from git_naturecode.store.store import TEAM


def branches(case: Case) -> Iterator[Finding]:
    """Each ref names a commit that is there with its whole history."""
    for log in case.logs():
        below = log.objects.refs(log.ref + "/")
        if below:
            yield Finding(
                ERROR,
                f"the branch {min(below)} leaves git no place for {log.ref}",
                "rename it with `git branch -m`",
            )
            continue
        why = fault(log)
        if why:
            plan = repair.make_plan(case, log)
            yield Finding(
                ERROR,
                f"{log.ref}{_of(log)} {why}: nothing can be read or written",
                fix=plan.words,
                mend=partial(repair.mend, case, log, plan),
            )
    yield from _tracking(case)


def _of(log: Log) -> str:
    return "" if log.name == TEAM else " of the private repository"


def fault(log: Log) -> str:
    """What is wrong with the ref of `log`, in words; "" when nothing is."""
    path = os.path.join(log.repo.common_dir, log.ref)
    if os.path.isfile(path):
        with open(path, "rb") as file:
            said = file.read(300)
        if said.startswith(b"ref:"):
            return f"is only another name of {said[4:].decode('utf-8', 'replace').strip()}"
    head = log.objects.resolve(log.ref)
    if head is None:
        if os.path.isfile(path):
            return "says nothing (a power cut leaves such)"
        return "" if log.name != TEAM and not repair.was_known(log) else "is not there"
    try:
        kind = log.objects.header(head)[0]
    except Missing:
        return f"points to {head[:12]}, which is missing"
    if kind != "commit":
        return f"points to {head[:12]}, a {kind} and no commit"
    lost = repair.lost(log, head)
    return f"is not whole ({lost})" if lost else ""


def _tracking(case: Case) -> Iterator[Finding]:
    """Where the remotes stood: what is damaged there hinders each fetch, and comes back with it."""
    for log in (one for one in case.logs() if one.name == TEAM):
        for name in case.config.remotes():
            ref = f"refs/remotes/{name}/{case.store.branch}"
            path = os.path.join(case.repo.common_dir, ref)
            there = os.path.isfile(path) or log.objects.resolve(ref)
            if there and not repair.is_whole(log, log.objects.resolve(ref)):
                yield Finding(
                    WARNING,
                    f"{ref}, where {name} stood, is damaged: fetches from there may fail",
                    fix="takes it away; the next sync brings it again",
                    mend=partial(repair.drop_ref, log, ref),
                )


def work_trees(case: Case) -> Iterator[Finding]:
    """What is checked out there is behind after each command, and a commit of it undoes others."""
    out = case.repo.program.run("worktree", "list", "--porcelain", "-z")[1]
    folder = ""
    names = {f"branch {log.ref}" for log in case.logs() if log.name == TEAM}
    for line in out.decode("utf-8", "surrogateescape").split("\0"):
        folder = line[9:] if line.startswith("worktree ") else folder
        if line in names:
            yield Finding(
                WARNING,
                f"the data branch is checked out in {folder}: its files fall "
                "behind, and a commit made of them would take back what came since",
                f"git -C {folder!r} switch -",
            )
