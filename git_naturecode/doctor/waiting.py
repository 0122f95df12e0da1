"""The spool: what waits to be written to its log, and what could not be read."""

import os
from collections.abc import Iterator
from functools import partial

from git_naturecode.doctor.case import HOUR, WARNING, Case, Finding, age, count, inside
from git_naturecode.doctor.repair import drain
from git_naturecode.errors import Unsupported
from git_naturecode.store import format
from git_naturecode.store.spool import Spool
from git_naturecode.store.store import PRIVATE, TEAM


def spool(case: Case) -> Iterator[Finding]:
    """What is acknowledged and not in its log yet; half-written and unreadable texts."""
    for name in (TEAM, PRIVATE) if case.set_up else ():
        one = Spool(case.path("spool", name))
        yield from _waiting(case, one)
        yield from _unreadable(one)
        old = [path for path in inside(one.folder) if _is_hidden(path) and age(path) > HOUR]
        if old:
            yield Finding(
                WARNING,
                f"{count(len(old), 'text')} in {one.folder} not written to the end by a "
                "process that was killed; nobody was told that they are kept",
                fix="removes them",
                mend=partial(_remove, old),
            )


def _waiting(case: Case, one: Spool) -> Iterator[Finding]:
    later = [name for name in one.waiting() if _is_later(one, name)]
    now = len(one.waiting()) - len(later)
    if now or (one.doubted and case.logs()):
        texts = [f"{count(now, 'text')} safe in {one.folder}, but not in the log yet"] * bool(now)
        if one.doubted:
            texts.append("the log has lost what was drained: the journal is to be drained again")
        text = "; ".join(texts)
        yield Finding(WARNING, text, fix="writes them to the log", mend=partial(drain, case))
    if later:
        yield Finding(
            WARNING,
            f"{count(len(later), 'text')} in {one.folder} of a later version "
            "of this program; they are safe, and wait for it",
            "install the newest version",
        )


def _is_later(one: Spool, name: str) -> bool:
    try:
        with open(os.path.join(one.folder, name), "rb") as file:
            return (format.version(file.read(200)) or 0) > 1
    except OSError:
        return False


def _is_hidden(path: str) -> bool:
    return os.path.basename(path).startswith(".")


def _unreadable(one: Spool) -> Iterator[Finding]:
    for path in inside(one.unreadable):
        name = os.path.basename(path)
        text = f"{path} was set aside, since {_fault(path)}"
        if _fault(path):
            yield Finding(
                WARNING,
                f"{text}; what could be read of it is in the log",
                "look into it; remove it when you need nothing of it",
            )
        else:  # an older version of this program could not read it, or somebody has mended it
            yield Finding(
                WARNING,
                f"{path} was set aside, but can be read",
                fix="writes it to the log",
                mend=partial(os.replace, path, os.path.join(one.folder, name)),
            )


def _fault(path: str) -> str:
    try:
        with open(path, "rb") as file:
            problems = format.parse(file.read()).problems
    except Unsupported as error:
        return error.message
    except OSError as error:
        return str(error)
    return problems[0] if problems else ""


def _remove(paths: list[str]) -> None:
    for path in paths:
        os.unlink(path)
