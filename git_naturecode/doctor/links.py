"""Links between commits and sessions: missing ones, and notes that are not as the links are."""

from collections.abc import Iterator
from functools import partial

from git_naturecode import linking
from git_naturecode.doctor.case import DAY, WARNING, Case, Finding, count
from git_naturecode.domain.links import Link
from git_naturecode.git import commits as git
from git_naturecode.linking import notes, queue, repair
from git_naturecode.linking.attaching import described
from git_naturecode.linking.known import Known
from git_naturecode.linking.writing import write
from git_naturecode.render.show import line
from git_naturecode.store import followed

MOST = 5_000
DAYS = 90
_HOW = {True: "made anew from a linked one", False: "by its message"}


def waiting(case: Case) -> Iterator[Finding]:
    """What was committed, or noted by hooks, and nobody has worked through."""
    lines = queue.count(case.state_dir) + followed.count(case.repo, case.config)
    if lines:
        yield Finding(
            WARNING,
            f"{count(lines, 'commit')} made or rewritten, not looked at yet",
            fix="links these commits",
            mend=partial(linking.drain, case.store),
        )
    late = queue.sessionless(case.state_dir)
    if late:
        yield Finding(
            WARNING,
            f"{count(late, 'commit')} of sessions that are not here",
            "`git naturecode session import --auto` may bring them, or a sync",
        )


def commits(case: Case) -> Iterator[Finding]:
    """Commits of all branches, of the last days, whose session is known and that have no link."""
    found = _found(case)
    for one in found[:1]:
        anew = sum(bool(link.origins) for link in found)
        gone = f", {anew} of them made anew from linked ones" if anew else ""
        how = _HOW[bool(one.origins)]
        yield Finding(
            WARNING,
            f"{count(len(found), 'commit')} without a link to the session they came out of{gone}, "
            f"such as {one.commit[:12]} ({one.session}, {how})",
            fix="links them",
            mend=lambda: _link(case, found),
        )


def _found(case: Case) -> list[Link]:
    store = case.store
    seconds = case.now_ms() // 1000 - int(case.days * DAY)
    recent = git.since(case.repo, f"refs/heads/{store.branch}", seconds, MOST)
    known = Known(store)
    try:
        found = repair.look_many(store, known, recent)
    finally:
        known.close()
    return [link for oid in recent for link in found.get(oid, ())]


def _link(case: Case, fresh: list[Link]) -> None:
    store = case.store
    infos = git.infos(store.team.objects, [one.commit for one in fresh])
    known = Known(store)
    try:
        write(store, known, described(store, known, fresh, infos))
    finally:
        known.close()


def of_notes(case: Case) -> Iterator[Finding]:
    """Notes that do not say what the links say, and those that no link stands behind."""
    wrong, unverified = notes.audit(case.store)
    if wrong:
        yield Finding(
            WARNING,
            f"{count(len(wrong), 'note')} on commits not as the links are, such as on "
            f"{min(wrong)[:12]}",
            fix="writes them anew",
            mend=lambda: notes.rebuild(case.store),
        )
    for commit, session in unverified[:1]:
        yield Finding(
            WARNING,
            f"{count(len(unverified), 'note')} without a link (unverified), such as on "
            f"{commit[:12]}, of {line(session)}",
            "a sync may bring the link; if it is right: "
            f"git naturecode session attach {line(session)} {commit[:12]}",
        )
