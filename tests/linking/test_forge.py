"""Squash merges of forges: recognised in sync by the commits of the request."""

import subprocess
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode.linking import repair
from git_naturecode.linking.known import Known
from git_naturecode.sync import forge, link_to
from linking.test_drain import change, found, sessions_of, trailer
from sync.meeting import pair, refs

PULL, MERGE = "refs/pull/12/head", "refs/merge-requests/12/head"
BY_NOTHING = "Topic, made short"


def topic(clone: Clone, session: str) -> str:
    """A branch of two linked commits without trailers, its last commit; main goes on."""
    clone.git("switch", "-q", "-c", "topic")
    for name in ("a", "b"):
        change(clone, f"{name}.py", f"{name} 1\n{name} 2\n", f"Add {name}")
        clone.nc("session", "attach", session)
    return clone.git("rev-parse", "HEAD").strip()


def squashed(clone: Clone, message: str, tip: str = "topic", more: str = "") -> str:
    """What the forge makes of `tip` on main, pushed; the squash commit."""
    clone.git("switch", "-q", "main")
    change(clone, "other.py", "other\n", "Other")
    clone.git("merge", "-q", "--squash", tip)
    if more:
        (clone.path / more).write_text("by the forge\n")
        clone.git("add", more)
    tree = clone.git("write-tree").strip()
    new = clone.git("commit-tree", tree, "-p", "HEAD", "-m", message).strip()
    clone.git("reset", "-q", "--hard", new)
    clone.git("push", "-q", "origin", "main")
    return new


def merged(clone: Clone, message: str) -> str:
    """GitLab's merge commit on top of the squash commit."""
    tree = clone.git("rev-parse", "HEAD^{tree}").strip()
    new = clone.git("commit-tree", tree, "-p", "HEAD~1", "-p", "HEAD", "-m", message).strip()
    clone.git("reset", "-q", "--hard", new)
    clone.git("push", "-q", "origin", "main")
    return new


@pytest.mark.parametrize(
    ("ref", "title", "merge"),
    [(PULL, "Topic (#12)", ""), (MERGE, "Topic", "Merge 'topic'\n\nSee merge request g/p!12")],
)
def test_a_squash_is_linked_in_a_clone_that_never_saw_the_branch(
    box: Box, ref: str, title: str, merge: str
) -> None:
    hub, ada, ben, session = pair(box)
    tip = topic(ada, session)
    ada.nc("sync")
    ada.git("push", "-q", "origin", f"{tip}:{ref}")
    work = box.clone(hub, "forge")  # the forge itself, which knows nothing of sessions
    work.git("fetch", "-q", "origin", f"{ref}:topic")
    squash = squashed(work, title)
    if merge:
        merged(work, merge)
    ben.git("pull", "-q", "origin", "main")
    ben.nc("sync")
    (link,) = found(ben, squash)
    assert (link.session, link.via, set(link.origins)) == (
        session, "forge", set(ada.git("rev-list", f"{tip}~2..{tip}").split()),
    )  # fmt: skip
    assert refs(ben.path, "refs/naturecode/") == []
    ada.git("fetch", "-q")
    ada.nc("sync")
    assert sessions_of(found(ada, squash)) == {session}
    assert "nothing new" in ben.nc("sync").out


def test_where_the_branch_is_known_no_request_is_needed(box: Box) -> None:
    _, ada, _, session = pair(box)
    topic(ada, session)
    squash = squashed(ada, BY_NOTHING)
    ada.nc("sync")
    (link,) = found(ada, squash)
    assert (link.session, link.via) == (session, "repair")


def test_a_session_that_comes_later_is_linked_then(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    tip = topic(ada, session)
    ada.git("push", "-q", "origin", f"{tip}:{PULL}")
    work = box.clone(hub, "forge")
    work.git("fetch", "-q", "origin", f"{PULL}:topic")
    squash = squashed(work, "Topic (#12)")
    ben.git("pull", "-q", "origin", "main")
    ben.nc("session", "attach", ben.start("x"), "HEAD~1")
    ben.nc("sync")
    assert found(ben, squash) == []
    ada.nc("sync")
    ben.nc("sync")
    assert sessions_of(found(ben, squash)) == {session}


def test_what_a_message_claims_is_no_proof(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    tip = topic(ada, session)
    ada.nc("sync")
    ada.git("push", "-q", "origin", f"{tip}:{PULL}")
    work = box.clone(hub, "forge")
    liar = change(work, "evil.py", "evil\n", "Looks fine (#12)")
    work.git("push", "-q", "origin", "main")
    ben.git("pull", "-q", "origin", "main")
    ben.nc("sync")
    assert found(ben, liar) == []


def test_a_message_chooses_no_ref_and_not_many(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    from git_naturecode.git import remote

    asked: list[str] = []
    plain = remote.Link.list_refs

    def heard(link: remote.Link, patterns: list[str]) -> dict[str, str]:
        asked.extend(patterns)
        return plain(link, patterns)

    hub, ada, ben, session = pair(box)
    topic(ada, session)
    ada.nc("sync")
    work = box.clone(hub, "forge")
    for number in range(30):
        work.git("commit", "-q", "--allow-empty", "-m", f"Topic (#{number + 100})")
    for message in ("x (#../../heads/main)", "x (#1*)", "x (#--upload-pack=x)", "(#0)", "(#1e9)",
                    "See merge request ../../x!*", "x (#99999999999999999999)"):  # fmt: skip
        work.git("commit", "-q", "--allow-empty", "-m", message)
    work.git("push", "-q", "origin", "main")
    ben.nc("sync")
    ben.git("pull", "-q", "origin", "main")
    monkeypatch.setattr(remote.Link, "list_refs", heard)
    ben.nc("sync")
    requests = [one for one in asked if "naturecode" not in one]
    assert 0 < len(requests) <= 40
    allowed = {f"refs/{kind}/{n}/head" for kind in ("pull", "merge-requests") for n in range(130)}
    assert set(requests) <= allowed


def test_a_huge_request_is_not_brought(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    hub, ada, ben, session = pair(box)
    tip = topic(ada, session)
    ada.nc("sync")
    ada.git("push", "-q", "origin", f"{tip}:{PULL}")
    work = box.clone(hub, "forge")
    work.git("fetch", "-q", "origin", f"{PULL}:topic")
    squash = squashed(work, "Topic (#12)")
    work.git("switch", "-q", "topic")
    (work.path / "big").write_bytes(os.urandom(3 << 20))
    work.git("add", "big")
    work.git("commit", "-q", "-m", "Big")
    work.git("push", "-q", "-f", "origin", f"topic:{PULL}")
    monkeypatch.setattr(forge, "_MOST_BYTES", 1 << 20)
    ben.git("pull", "-q", "origin", "main")
    said = ben.nc("sync")
    assert "sends more than 1 MiB" in said.err
    assert found(ben, squash) == []
    assert refs(ben.path, "refs/naturecode/") == []


def test_ci_can_ask_for_one_commit(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    tip = topic(ada, session)
    ada.nc("sync")
    ada.git("push", "-q", "origin", f"{tip}:{PULL}")
    work = box.clone(hub, "forge")
    work.git("fetch", "-q", "origin", f"{PULL}:topic")
    squash = squashed(work, "Another title")
    ben.nc("sync")
    ben.git("pull", "-q", "origin", "main")
    with ben.store(many=False) as store:
        assert forge.recognise(store, link_to(store, "origin"), {squash: 12}) == 1
        assert forge.recognise(store, link_to(store, "origin"), {squash: 12}) == 0
    assert sessions_of(found(ben, squash)) == {session}


def test_trailers_in_fetched_commits_of_known_sessions_become_links(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    work = box.clone(hub, "forge")
    commit = change(work, "a.py", "a\n", "Topic (#9)\n\n* Add a\n\n  " + trailer(session))
    work.git("push", "-q", "origin", "main")
    ben.git("pull", "-q", "origin", "main")
    ben.nc("sync")
    assert [(one.session, one.via) for one in found(ben, commit)] == [(session, "repair")]
    ada.nc("sync")
    assert sessions_of(found(ada, commit)) == {session}


def test_the_number_of_git_processes_does_not_grow_with_the_history(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = box.ready()
    started: list[object] = []
    real = subprocess.Popen

    def counted(*args: Any, **more: Any) -> Any:
        started.append(args)
        return real(*args, **more)

    numbers = []
    for size in (6, 40):
        for number in range(size):
            (clone.path / f"{size}-{number}.txt").write_text("x")
            clone.git("add", ".")
            clone.git("commit", "-q", "-m", f"{size} {number}")
            if number % 5 == 0:
                clone.nc("session", "attach", clone.start())
        commits = clone.git("rev-list", f"-{size}", "HEAD").split()
        with clone.store() as store, monkeypatch.context() as patch:
            known = Known(store)
            patch.setattr(subprocess, "Popen", counted)
            assert repair.look_many(store, known, commits) == {}
            known.close()
        numbers.append(len(started))
        started.clear()
    assert numbers[1] <= numbers[0] + 1
