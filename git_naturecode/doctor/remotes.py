"""The remote: what a plain fetch brings, what a plain push would break, whether it answers."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial

from git_naturecode.doctor.case import ERROR, OK, WARNING, Case, Finding
from git_naturecode.doctor.settings import change
from git_naturecode.errors import NaturecodeError, Usage
from git_naturecode.git import remote
from git_naturecode.git.remote import Link
from git_naturecode.store.store import DEFAULT_BRANCH

_TRUE = ("true", "yes", "on", "1", "")


def remotes(case: Case) -> Iterator[Finding]:
    """Refspecs that are missing or dangerous, and (when allowed to ask) the remote itself."""
    try:
        branch = case.store.branch
    except Usage:
        branch = DEFAULT_BRANCH
    ref = f"refs/heads/{branch}"
    for one in case.config.remotes():
        yield from _dangers(case, one, ref)
    try:
        name = remote.choose(case.config)
    except Usage:
        return  # the check of the settings says why
    if name is None:
        yield Finding(OK, "there is none: everything stays in this clone")
        return
    if case.set_up:
        for spec in remote.missing_refspecs(case.config, name, branch):
            yield Finding(
                WARNING,
                f"a plain `git fetch` does not bring {spec.split(':')[0].lstrip('+')} of {name}",
                fix="adds the refspec",
                mend=partial(change, case, "--add", f"remote.{name}.fetch", spec),
            )
    if case.ask:
        seconds = case.config.number("naturecode.timeout", remote.TIMEOUT)
        try:
            found = Link(case.repo, name, max(seconds, 1)).list_refs([ref])
        except NaturecodeError as error:
            yield Finding(WARNING, error.message, error.hint)
            return
        have = "has the data branch" if found else "does not have the data branch yet"
        yield Finding(OK, f"{name} answers, and {have}")
    else:
        yield Finding(OK, f"sync goes to {name} (not asked; --remote does)")


def _dangers(case: Case, name: str, ref: str) -> Iterator[Finding]:
    """What plain git would do to a data branch, here or there."""
    for spec in case.config.all(f"remote.{name}.fetch"):
        target = spec.partition(":")[2]
        if target and fnmatchcase(ref, target):
            pattern = f"^{_escaped(spec)}$"
            yield Finding(
                ERROR,
                f"`git fetch {name}` would write to {ref} itself ({spec}), over what is not "
                "pushed yet",
                "git config --unset-all remote." + name + ".mirror" if _mirrors(case, name) else "",
                fix="takes that refspec away",
                mend=partial(change, case, "--unset-all", f"remote.{name}.fetch", pattern),
            )
    for spec in case.config.all(f"remote.{name}.push"):
        if spec.startswith("+") and fnmatchcase(ref, spec.partition(":")[2] or spec[1:]):
            yield Finding(
                WARNING,
                f"`git push {name}` forces the data branch ({spec}), over what others have said",
                f"leave it to sync: git config --edit, remote {name}",
            )
    if _mirrors(case, name):
        yield Finding(
            WARNING,
            f"{name} is a mirror: `git push {name}` forces the data branch, "
            "over what others have said",
            f"git config --unset remote.{name}.mirror",
        )


def _mirrors(case: Case, name: str) -> bool:
    return case.config.get(f"remote.{name}.mirror", "false").lower() in _TRUE


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "+*.^$[](){}?|\\" else c for c in text)
