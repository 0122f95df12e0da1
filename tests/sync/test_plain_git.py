"""What plain git does to the data branch is read right by the next command, and lost by nobody."""

import json
import shutil
from pathlib import Path

import pytest

from box import Box, Clone, Way
from git_naturecode.store import device
from sync.meeting import is_linear, pair

Merge = ("merge", "-q", "--no-edit", "--allow-unrelated-histories")


def merged(clone: Clone, other: str) -> None:
    """`git merge` on a checked out data branch, as a user does it; no conflict may be left."""
    clone.git("checkout", "-q", "naturecode")
    clone.git(*Merge, other)
    assert clone.git("diff", "--name-only", "--diff-filter=U") == ""
    assert len(clone.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    clone.git("checkout", "-q", "main")


def drained(clone: Clone, session: str, *texts: str) -> None:
    for text in texts:
        clone.nc("session", "say", session, text)
        clone.nc("session", "list")


def test_unrelated_roots(box: Box, way: Way) -> None:
    hub = box.remote(way=way)
    ada, ben = box.clone(hub, "ada", way), box.clone(hub, "ben", way)
    ben.git("update-ref", "-d", "refs/heads/naturecode")
    first = ben.git("commit-tree", ben.git("mktree", check=True).strip(), "-m", "unlike").strip()
    ben.git("update-ref", "refs/heads/naturecode", first)
    one, two = ada.start("One"), ben.start("Two")
    ada.nc("sync")
    ben.nc("session", "list")
    ben.git("fetch", "-q")
    merged(ben, "origin/naturecode")
    assert ben.ids() == {one, two}
    ben.nc("sync")
    ada.nc("sync")
    assert ada.ids() == {one, two}


@pytest.mark.parametrize("spoken", [False, True])
def test_both_added_to_one_session(box: Box, way: Way, spoken: bool) -> None:
    _, ada, ben, session = pair(box, way)
    drained(ada, session, "ada 1", "ada 2")
    drained(ben, session, "ben 1", "ben 2")
    ada.nc("sync")
    ben.git("fetch", "-q")
    merged(ben, "origin/naturecode")
    if spoken:  # the next thing that happens is a new entry, drained on top of the merge
        drained(ben, session, "after")
    assert {"ada 1", "ada 2", "ben 1", "ben 2"} <= set(ben.texts(session))
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == ben.texts(session)


def _one_device_in_two_states(box: Box, way: Way) -> tuple[Path, Clone, Clone, str]:
    """A clone and its copy that go on with the same segment (as two machines with one backup)."""
    return box.scene(f"one device in two states {way}", lambda: _two_states(box, way))


def _two_states(box: Box, way: Way) -> tuple[Path, Clone, Clone, str]:
    hub, ada, _, session = pair(box, way)
    drained(ada, session, "both")
    ada.nc("sync")
    twin = box.path / "twin"
    shutil.copytree(ada.path, twin, symlinks=True)
    copy = Clone(twin, way, ada.env)
    state = twin / ".git/naturecode"
    with (state / "device").open("r+") as file:  # as if nobody could have noticed the copy
        known = json.load(file)
        known["place"] = device._place(str(state), file.fileno())
        file.seek(0)
        file.truncate()
        json.dump(known, file)
    drained(ada, session, "first 1", "first 2\n\nwith a second paragraph")
    drained(copy, session, "second 1\n\nwith a second paragraph", "second 2", "second 3")
    changed = [
        one.git("diff", "--name-only", "origin/naturecode", "naturecode") for one in (ada, copy)
    ]
    assert changed[0] == changed[1] != ""
    return hub, ada, copy, session


SAID = {"both", "first 1", "first 2\n\nwith a second paragraph",
        "second 1\n\nwith a second paragraph", "second 2", "second 3"}  # fmt: skip


@pytest.mark.parametrize("pushed_plainly", [False, True])
def test_one_devices_segment_in_two_states(box: Box, way: Way, pushed_plainly: bool) -> None:
    hub, ada, copy, session = _one_device_in_two_states(box, way)
    ada.nc("sync")
    copy.git("fetch", "-q")
    merged(copy, "origin/naturecode")
    if pushed_plainly:  # nobody of us has looked at the merge before others get it
        copy.git("push", "-q", "origin", "naturecode")
        ada.nc("sync")
    else:
        assert set(copy.texts(session)) == SAID
        copy.nc("sync")
        ada.nc("sync")
    assert set(ada.texts(session)) == SAID
    ben = box.clone(hub, "late", way)
    assert set(ben.texts(session)) == SAID
    copy.nc("sync")
    assert copy.texts(session) == ada.texts(session) == ben.texts(session)


def test_conflict_marks_committed_by_hand(box: Box, way: Way) -> None:
    _, ada, copy, session = _one_device_in_two_states(box, way)
    ada.nc("sync")
    copy.git("fetch", "-q")
    copy.git("checkout", "-q", "naturecode")
    (copy.path / ".git/info/attributes").write_text("* merge=text\n")
    copy.git(*Merge, "origin/naturecode", check=False)
    marked = copy.git("diff", "--name-only", "--diff-filter=U").split()
    assert marked
    assert "<<<<<<< " in (copy.path / marked[0]).read_text()
    copy.git("commit", "-q", "-a", "-m", "will do")
    copy.git("checkout", "-q", "main")
    assert set(copy.texts(session)) == SAID
    copy.nc("sync")
    ada.nc("sync")
    assert set(ada.texts(session)) == SAID
    held = ada.git("show", f"naturecode:{marked[0]}")
    assert "<<<<<<<" not in held
    assert ">>>>>>>" not in held


def test_conflict_marks_in_a_squashed_merge(box: Box, way: Way) -> None:
    """The other parent is gone, so only what is whole between the marks can be read."""
    _, ada, copy, session = _one_device_in_two_states(box, way)
    ada.nc("sync")
    copy.git("fetch", "-q")
    copy.git("checkout", "-q", "naturecode")
    (copy.path / ".git/info/attributes").write_text("* merge=text\n")
    copy.git("merge", "-q", "--squash", "origin/naturecode", check=False)
    copy.git("commit", "-q", "-a", "-m", "squashed")
    copy.git("checkout", "-q", "main")
    copy.nc("sync")
    ada.nc("sync")
    assert set(ada.texts(session)) == SAID
    assert set(copy.texts(session)) == SAID


def test_a_merge_made_on_the_host(box: Box, way: Way) -> None:
    hub, ada, copy, session = _one_device_in_two_states(box, way)
    ada.git("push", "-q", "origin", "naturecode")
    copy.git("push", "-q", "origin", "naturecode:side")
    host = Clone(box.path / "host", way)
    box._git("clone", "-q", "-b", "naturecode", f"file://{hub}", str(host.path))
    host.git(*Merge, "origin/side")
    drained_on_top = host.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "more").strip()
    host.git("push", "-q", "origin", f"{drained_on_top}:refs/heads/naturecode")
    late = box.clone(hub, "late", way)
    assert set(late.texts(session)) == SAID
    late.nc("sync")
    ada.nc("sync")
    assert ada.texts(session) == late.texts(session)


@pytest.mark.parametrize("where", ["here", "on the host"])
def test_a_merge_that_says_it_holds_what_it_does_not(box: Box, way: Way, where: str) -> None:
    """`git merge -s ours` keeps one side, and yet nobody will ever merge the other again."""
    hub, ada, ben, session = pair(box, way)
    drained(ada, session, "ada")
    drained(ben, session, "ben")
    ada.nc("sync")
    ben.git("fetch", "-q")
    ben.git("checkout", "-q", "naturecode")
    ben.git("merge", "-q", "--no-edit", "-s", "ours", "origin/naturecode")
    ben.git("checkout", "-q", "main")
    if where == "here":
        ben.nc("sync")
    else:
        ben.git("push", "-q", "origin", "naturecode")
    late = box.clone(hub, "late", way)
    assert {"ada", "ben"} <= set(late.texts(session))


def test_a_commit_from_an_old_index_takes_nothing_away_from_others(box: Box, way: Way) -> None:
    _, ada, ben, session = pair(box, way)
    ada.git("worktree", "add", "-q", "hand", "naturecode")
    drained(ada, session, "said since")
    Clone(ada.path / "hand").git("commit", "-q", "-m", "By hand")
    ada.git("push", "-q", "origin", "naturecode")
    ben.nc("sync")  # and ada's clone is never used again
    assert ben.texts(session) == ["said since"]


def test_a_branch_set_back_by_hand_stays_back(box: Box) -> None:
    _, ada, _, session = pair(box)
    before = ada.git("rev-parse", "naturecode").strip()
    drained(ada, session, "a slip")
    ada.git("update-ref", "refs/heads/naturecode", before)
    assert ada.texts(session) == []
    ada.nc("sync")
    assert ada.texts(session) == []


def test_what_a_pull_brought_into_our_branch_is_looked_at(box: Box, way: Way) -> None:
    hub, ada, ben, session = pair(box, way)
    drained(ada, session, "good")
    ada.git("checkout", "-q", "naturecode")
    (ada.path / "conftest.py").write_text("evil\n")
    ada.git("add", "conftest.py")
    ada.git("commit", "-q", "-m", "more")
    ada.git("push", "-q", "origin", "naturecode")
    ben.git("fetch", "-q", "origin", "naturecode:naturecode")
    said = ben.nc("session", "list")
    assert "kept out: conftest.py: no such file belongs here" in said.err
    assert "conftest.py" not in ben.git("ls-tree", "--name-only", "naturecode")
    assert ben.texts(session) == ["good"]
    ben.nc("sync")
    names = box.clone(hub, "late", way).git("ls-tree", "--name-only", "origin/naturecode")
    assert "conftest.py" not in names
    assert is_linear(hub)


def test_a_branch_whose_newest_commit_was_pruned_is_not_taken_for_a_foreign_change(
    box: Box,
) -> None:
    ada = box.clone(box.remote(), "ada")
    session = ada.start()
    ada.nc("sync")
    ada.nc("session", "say", session, "gone with the commit, kept in the journal")
    newest = ada.git("rev-parse", "naturecode").strip()
    (ada.path / ".git/objects" / newest[:2] / newest[2:]).unlink()
    answer = ada.nc("sync", code=1)
    assert "doctor --fix" in answer.err
    assert "other means" not in answer.err
    ada.nc("doctor", "--fix")
    ada.nc("sync")
    assert ada.texts(session) == ["gone with the commit, kept in the journal"]
