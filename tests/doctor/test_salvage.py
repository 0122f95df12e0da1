"""What the doctor takes from bare objects: all that was said, and nothing that was purged."""

from collections.abc import Callable

import pytest

from box import Box, Clone
from damage import (
    REF,
    gone_long_ago,
    lost_and_gone,
    lost_long_ago,
    only_blobs_stay,
    segment,
    state,
    write,
)

SECRET = "the word is xyzzyplugh"


def reachable(clone: Clone) -> str:
    """All that any ref or reflog leads to, as text."""
    names = clone.git("rev-list", "--objects", "--no-object-names", "--all", "--reflog").split()
    return "".join(clone.git("cat-file", "-p", name) for name in names)


def purge(clone: Clone, session: str) -> None:
    """The newest message is purged, which no other clone hears of."""
    message = clone.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    clone.nc("redact", "--rewrite", session, message, "--yes", "--no-sync")


def old_history_stays(clone: Clone) -> None:
    """What was written since the purge is lost, and the branch; a whole commit of before is not."""
    only_blobs_stay(clone)
    gone_long_ago(clone)


def all_history_goes(clone: Clone) -> None:
    """No commit and no tree is left, of before the purge neither."""
    out = clone.git("cat-file", "--batch-all-objects", "--batch-check")
    of_code = clone.git("rev-list", "--objects", "--no-object-names", "main").split()
    gone_long_ago(clone)
    for oid, kind, _ in map(str.split, out.splitlines()):
        if kind != "blob" and oid not in of_code:
            (clone.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


def blobs(clone: Clone) -> str:
    """The content of every blob, also of those that nothing leads to."""
    out = clone.git("cat-file", "--batch-all-objects", "--batch-check")
    listed = [line.split()[0] for line in out.splitlines() if " blob " in line]
    return "".join(clone.git("cat-file", "-p", oid) for oid in listed)


@pytest.mark.parametrize("lose", [old_history_stays, all_history_goes])
def test_what_was_purged_does_not_come_back(box: Box, lose: Callable[[Clone], None]) -> None:
    clone = box.clone(box.remote(), "ada")
    session = clone.start()
    clone.nc("session", "say", session, "hello")
    clone.nc("session", "list")
    clone.nc("session", "say", session, SECRET)
    clone.nc("session", "list")
    purge(clone, session)
    lose(clone)
    assert SECRET in blobs(clone)
    clone.nc("doctor", "--fix")
    assert clone.texts(session)[0] == "hello"
    assert SECRET not in "".join(clone.texts(session))
    assert SECRET not in reachable(clone)


@pytest.mark.parametrize("lose", [lost_long_ago, lost_and_gone, only_blobs_stay])
def test_a_log_in_a_branch_of_code_is_not_taken_in(box: Box, lose: Callable[[Clone], None]) -> None:
    clone = box.clone(box.remote(), "ada")
    session = clone.start()
    clone.nc("session", "say", session, "hello")
    clone.nc("session", "list")
    found = segment(clone)
    example = found.rsplit("/", 2)[1]
    data = clone.git("show", f"{REF}:{found}")
    other = "session-20200101-zzzzzzzz"
    write(clone.path / "tests" / "example.md", data.replace(example, other))
    clone.git("add", "tests/example.md")
    clone.git("commit", "-q", "-m", "An example of a log")
    clone.nc("session", "say", session, "and on")
    clone.nc("session", "list")
    lose(clone)
    clone.nc("doctor", "--fix")
    assert clone.ids() == {session}
    assert clone.texts(session) == ["hello", "and on"]


def test_a_copy_of_the_branch_under_another_name_is_taken_in(box: Box) -> None:
    clone = box.clone(box.remote(), "ada")
    session = clone.start()
    clone.nc("session", "say", session, "hello")
    clone.nc("session", "list")
    clone.git("branch", "backup", "naturecode")
    gone_long_ago(clone)
    for name in ("admitted", "taken"):
        state(clone, name).unlink(missing_ok=True)
    clone.nc("doctor", "--fix")
    assert clone.texts(session) == ["hello"]
