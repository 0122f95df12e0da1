"""What a purge leaves in the clone that made it: nothing, in no reflog either."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone, Way
from git_naturecode.sync import run as syncing
from git_naturecode.sync import theirs
from sync import by_hand
from sync.meeting import pair

SECRET = "the word is xyzzyplugh"


def reachable(clone: Clone) -> str:
    """All that any ref or reflog still leads to, as text."""
    names = clone.git("rev-list", "--objects", "--no-object-names", "--all", "--reflog").split()
    return "".join(clone.git("cat-file", "-p", name) for name in names)


def purged(clone: Clone, session: str, *more: str) -> None:
    message = clone.nc("session", "show", session, "--json").json["messages"][-1]["messageId"]
    clone.nc("redact", "--rewrite", session, message, "--yes", *more)


@pytest.mark.parametrize("more", [(), ("--no-sync",)])
def test_no_reflog_of_the_purging_clone_names_it(box: Box, way: Way, more: tuple[str, ...]) -> None:
    _, ada, _, session = pair(box, way)
    ada.nc("session", "say", session, SECRET)
    ada.nc("sync")
    assert SECRET in reachable(ada)
    purged(ada, session, *more)
    ada.nc("sync")
    assert SECRET not in reachable(ada)


def test_nor_after_a_fetch_from_a_remote_that_went_back(box: Box) -> None:
    hub, ada, _, session = pair(box)
    ada.nc("session", "say", session, SECRET)
    ada.nc("sync")
    old = ada.git("rev-parse", "naturecode").strip()
    purged(ada, session)
    ada.git("push", "-q", "--force", str(hub), f"{old}:refs/heads/naturecode", check=False)
    Path(hub, "refs/heads/naturecode").write_text(old + "\n")
    ada.git("fetch", "-q")
    ada.nc("sync")
    assert SECRET not in reachable(ada)
    assert ada.git("ls-remote", "origin", "naturecode").split()[0] != old


def test_nor_after_plain_fetches_while_a_remote_was_back_for_a_while(box: Box) -> None:
    """Nothing is left of it but a line in a reflog; the ref is again where it was."""
    hub, ada, ben, session = pair(box)
    ada.nc("session", "say", session, SECRET)
    ada.nc("sync")
    old = ada.git("rev-parse", "naturecode").strip()
    purged(ada, session)
    ben.nc("sync")
    assert SECRET not in reachable(ben)
    Path(hub, "refs/heads/naturecode").write_text(old + "\n")
    ben.git("fetch", "-q")
    ada.nc("sync")
    ben.git("fetch", "-q")
    assert SECRET in reachable(ben)
    ben.nc("sync")
    assert SECRET not in reachable(ben)


def test_nor_after_a_commit_on_our_branch_that_was_taken_back_at_once(box: Box) -> None:
    _, ada, _, session = pair(box)
    ada.nc("session", "say", session, SECRET)
    ada.nc("sync")
    by_hand.renew(ada)
    purged(ada, session)
    by_hand.commit(ada, "index", ada.path, 0)
    assert SECRET in reachable(ada)
    Clone(ada.path / "hand").git("reset", "-q", "--hard", "HEAD~1")
    ada.nc("sync")
    assert SECRET not in reachable(ada)


@pytest.mark.parametrize("pushed", [False, True])
@pytest.mark.parametrize("how", ["index", "squash"])
def test_nor_after_plain_git_has_brought_it_back(box: Box, how: str, pushed: bool) -> None:
    """A commit from an index of before the purge; a squashed merge of a clone that was offline."""
    hub, ada, ben, session = pair(box)
    ada.nc("session", "say", session, SECRET)
    ada.nc("sync")
    ben.nc("sync")
    by_hand.renew(ada)
    old = box.path / "old"
    shutil.copytree(ben.path, old)
    purged(ada, session)
    ben.nc("sync")
    by_hand.commit(ada, how, old, 0)
    assert SECRET in reachable(ada)
    if pushed:
        ada.git("push", "-q", "origin", "naturecode")
        ben.git("fetch", "-q")
        assert SECRET in reachable(ben)
    ada.nc("session", "say", session, "said on top of it")
    for clone in (ada, ben, ada):
        clone.nc("sync")
    for clone in (ada, ben, Clone(hub)):
        assert SECRET not in reachable(clone)
    for clone in (ada, ben):
        assert clone.texts(session) == ["", "said on top of it"]
    assert "nothing new" in ada.nc("sync").out


def test_a_purge_between_the_question_and_the_fetch_harms_nobody(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada, ben, session = pair(box)
    ada.nc("session", "say", session, SECRET)
    ada.nc("sync")
    ben.nc("session", "say", session, "what ben says")
    asked: list[str | None] = []

    def ask(*args: Any) -> theirs.Theirs:
        found = theirs.ask(*args)
        if not asked:
            asked.append(found.tip)
            purged(ada, session)
        return found

    monkeypatch.setattr(syncing, "ask", ask)
    ben.nc("sync")
    assert asked != [ben.git("ls-remote", "origin", "naturecode").split()[0]]
    ada.nc("sync")
    for clone in (ada, ben):
        assert "what ben says" in clone.texts(session)
        assert SECRET not in reachable(clone)
