"""The list of checks, in the order in which they are made and mended, and one run of them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from git_naturecode.doctor import (
    articles,
    branch,
    device,
    gone,
    ground,
    hooks,
    index,
    leftovers,
    links,
    locks,
    missing,
    person,
    private,
    record,
    remotes,
    reviews,
    settings,
    trust,
    waiting,
)
from git_naturecode.doctor.case import ERROR, OK, Case, Check, Finding
from git_naturecode.errors import NaturecodeError

_ROUNDS = 3
_BROKEN = (NaturecodeError, OSError, LookupError, ValueError, sqlite3.Error)

# Name, check, and what to say when it finds nothing. What stands on something comes after it.
CHECKS: tuple[tuple[str, Check, str], ...] = (
    ("git", ground.git_program, ""),
    ("disk", ground.disk, "there is room"),
    ("access", ground.access, "the repository can be written by you, and ours read by nobody else"),
    ("settings", settings.values, "every setting of ours makes sense"),
    ("git settings", settings.of_git, "no setting of git endangers what is written"),
    ("locks", locks.locks, "no lock was left behind"),
    ("device", device.device, ""),
    ("person", person.person, ""),
    ("clock", device.clock, "in step with the system's"),
    ("private", private.private, "private sessions are where no push can take them"),
    ("branch", branch.branches, "whole, with all of its history"),
    ("work trees", branch.work_trees, "the data branch is checked out nowhere"),
    ("spool", waiting.spool, "all that was said is in the log"),
    ("journal", missing.journal, "what was said within the last day is all there"),
    ("record", record.record, ""),
    ("trust", trust.trust, "whom this clone trusts is clear"),
    ("index", index.index, "whole"),
    ("reviews", reviews.reviews, "what was derived from reviews is as they are"),
    ("articles", articles.articles, "the notes on commits say what articles are linked to"),
    ("files", articles.files, "the files of articles say what was said of these"),
    ("remote", remotes.remotes, ""),
    ("exclude", settings.excludes, "the folder `.naturecode/` does not disturb `git status`"),
    ("hooks", hooks.hooks, ""),
    ("leftovers", leftovers.leftovers, "nothing was left by killed processes"),
    ("background", leftovers.background, "nothing failed"),
)


# What is looked at when only links are asked for.
LINKS: tuple[tuple[str, Check, str], ...] = (
    ("hooks", links.waiting, "all that hooks have noted was worked through"),
    ("commits", links.commits, "every commit whose session is known has a link"),
    ("notes", links.of_notes, "the notes on commits say what the links say"),
)
# What may have been mended without all of its texts.
_OF_TEXTS = ("branch", "journal", "record")
# What can be looked at in a repository where `init` was never run.
_BEFORE_INIT = ("git", "disk", "access", "settings", "git settings", "device")


@dataclass
class Report:
    """One line of the doctor: what `check` found, and whether it was mended."""

    check: str
    level: str
    text: str
    advice: str = ""
    fix: str = ""
    fixed: bool = False


def visit(
    case: Case, *, fix: bool, checks: tuple[tuple[str, Check, str], ...] = CHECKS
) -> list[Report]:
    """Make all `checks`; with `fix` mend what can be mended, and look again.

    Gives what was mended, and what there is in the end; with the texts that are gone with that.
    """
    before_all = gone.known(case) if fix else {}
    mended: list[Report] = []
    failed: dict[tuple[str, str], str] = {}
    for _ in range(_ROUNDS if fix else 1):
        before = len(mended) + len(failed)
        found: list[Report] = []
        for name, check, fine in checks:
            if case.set_up or name in _BEFORE_INIT:
                found += _made(case, name, check, fine, mended if fix else None, failed)
        if len(mended) + len(failed) == before:
            break
    lost: list[Finding] = []
    if any(one.check in _OF_TEXTS for one in mended):
        lost = _look(case, lambda case: gone.gone(case, before_all))
    return [*mended, *found, *(Report("record", one.level, one.text, one.advice) for one in lost)]


def _made(
    case: Case,
    name: str,
    check: Check,
    fine: str,
    mended: list[Report] | None,
    failed: dict[tuple[str, str], str],
) -> Iterator[Report]:
    """One check, after what it finds was mended where `mended` takes note of that."""
    case.tell(f"looking at: {name}")
    findings = _look(case, check)
    tried = False
    for one in findings if mended is not None else ():
        if one.mend is not None and (name, one.text) not in failed:
            tried = True
            why = _mend(one)
            if why:
                failed[name, one.text] = why
            elif mended is not None:
                mended.append(Report(name, one.level, one.text, "", one.fix, fixed=True))
    if tried:
        findings = _look(case, check)
    if not findings and fine:
        yield Report(name, OK, fine)
    for one in findings:
        why = failed.get((name, one.text), "")
        advice = f"could not be mended: {why}" if why else one.advice
        yield Report(name, one.level, one.text, advice, one.fix if one.mend else "")


def _look(case: Case, check: Check) -> list[Finding]:
    try:
        return list(check(case))
    except _BROKEN as error:
        return [Finding(ERROR, f"could not be looked at: {_words(error)}", _hint(error))]


def _mend(finding: Finding) -> str:
    """Mend it; why that did not work, or ""."""
    assert finding.mend is not None
    try:
        finding.mend()
    except _BROKEN as error:
        hint = _hint(error)
        return _words(error) + (f"; {hint}" if hint else "")
    return ""


def _words(error: Exception) -> str:
    return (
        error.message if isinstance(error, NaturecodeError) else str(error) or type(error).__name__
    )


def _hint(error: Exception) -> str:
    return error.hint if isinstance(error, NaturecodeError) else ""
