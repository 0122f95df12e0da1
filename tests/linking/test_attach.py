"""session attach and detach, and what other commands then say about commits."""

from box import Box, Clone, Way
from linking.test_drain import change, found, made, sessions_of, told, trailer
from sync.meeting import pair

NOTE = ("notes", "--ref=naturecode/sessions", "show")


def test_a_commit_is_attached_and_detached(box: Box, way: Way) -> None:
    clone = box.ready(way=way)
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a")
    said = clone.nc("session", "attach", session, "--json").json
    assert said["commits"] == [{"id": commit, "changed": True}]
    assert "was linked before" in clone.nc("session", "attach", session).out
    assert clone.git(*NOTE).split()[:3] == ["session", session, "via=attach"]
    shown = clone.nc("session", "show", session, "--json").json["commits"]
    assert [(one["id"], one["via"], one["current"]) for one in shown] == [(commit, "attach", True)]
    assert f"commits: {commit[:12]}" in clone.nc("session", "show", session).out
    assert "1 commit" in clone.tried("session", "list").out
    assert "no longer linked" in clone.nc("session", "detach", session).out
    assert found(clone) == []
    assert clone.git("notes", "--ref=naturecode/sessions", "list") == ""
    assert "is not linked" in clone.nc("session", "detach", session, code=1).err
    clone.nc("session", "attach", session, "HEAD")
    assert sessions_of(found(clone)) == {session}


def test_ranges_and_what_is_no_commit(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    commits = [change(clone, "a.py", f"{n}\n", f"Change {n}") for n in range(3)]
    said = clone.nc("session", "attach", session, "HEAD~3..HEAD", "--json").json["commits"]
    assert {one["id"] for one in said} == set(commits)
    for bad in ("nothing", "--all", "HEAD:a.py", ""):
        assert "no commit" in clone.nc("session", "attach", session, "--", bad, code=2).err
    assert "no commit" in clone.nc("session", "attach", session, "HEAD..HEAD", code=2).err
    assert "there is no session" in clone.nc("session", "attach", "zzzzzzzz", code=1).err


def test_what_was_detached_stays_so_whatever_hooks_say(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    line = made(clone, commit, session)
    told(clone, line)
    clone.nc("session", "detach", session)
    told(clone, line)
    assert found(clone) == []
    clone.git("commit", "-q", "--amend", "-m", "Add a\n\n" + trailer(session))
    new = clone.git("rev-parse", "HEAD").strip()
    told(clone, f"rewrite 1 amend {commit} {new}", made(clone, new, session))
    assert found(clone) == []


def test_the_other_clone_sees_the_same_after_one_sync(box: Box) -> None:
    _, ada, ben, session = pair(box)
    commit = change(ada, "a.py", "one\n", "Add a", trailer(session))
    ada.git("push", "-q", "origin", "main")
    told(ada, made(ada, commit, session))
    ada.nc("sync")
    ben.git("pull", "-q", "origin", "main")
    ben.nc("sync")
    assert sessions_of(found(ben)) == {session}
    assert ben.git(*NOTE) == ada.git(*NOTE) != ""
    # Ben takes it back while Ada's clone still has the line.
    ben.nc("session", "detach", session)
    ben.nc("sync")
    ada.nc("session", "say", session, "meanwhile")
    ada.nc("sync")
    ben.nc("sync")
    for clone in (ada, ben):
        assert found(clone) == []
        assert clone.git("notes", "--ref=naturecode/sessions", "list") == ""
        assert "nothing new" in clone.nc("sync").out


def test_elsewhere_only_the_trailer_of_a_private_session_is_seen(box: Box) -> None:
    _, ada, ben, _ = pair(box)
    private = ada.start("Mine", visibility="private")
    commit = change(ada, "a.py", "one\n", "Add a", trailer(private))
    told(ada, made(ada, commit, private))
    ada.nc("sync")
    ada.git("push", "-q", "origin", "main")
    ben.git("pull", "-q", "origin", "main")
    ben.nc("sync")
    assert [(link.session, link.state) for link in found(ben)] == [(private, "elsewhere")]
    assert [(link.session, link.state) for link in found(ada)] == [(private, "linked")]
    for clone in (ada, ben):
        assert clone.git("notes", "--ref=naturecode/sessions", "list") == ""
    ada.nc("session", "share", private)
    ada.nc("sync")
    ben.nc("sync")
    assert [(link.session, link.state) for link in found(ben)] == [(private, "linked")]
    assert ben.git(*NOTE) == ada.git(*NOTE) != ""


def test_a_line_waits_for_its_session(box: Box) -> None:
    _, ada, ben, _ = pair(box)
    late: str = ben.start("Later")
    commit = change(ada, "a.py", "one\n", "Add a", trailer(late))
    ada.git("commit", "-q", "--amend", "-m", "Add a again\n\n" + trailer(late))
    new = ada.git("rev-parse", "HEAD").strip()
    lines = (made(ada, commit, late), f"rewrite 1 amend {commit} {new}")
    assert told(ada, *lines).waiting == 2
    assert "1 commit waits for a session" in ada.nc("status").out
    ben.nc("sync")
    ada.nc("sync")
    assert told(ada).waiting == 0
    assert sessions_of(found(ada)) == {late}
    assert "for a session" not in ada.nc("status").out


def test_a_deleted_session_is_not_linked(box: Box) -> None:
    clone: Clone = box.repo()
    clone.nc("init")
    session = clone.start()
    commit = change(clone, "a.py", "one\n", "Add a", trailer(session))
    told(clone, made(clone, commit, session))
    clone.nc("session", "delete", session, "--yes")
    assert [link.state for link in found(clone)] == ["deleted"]
    second = change(clone, "a.py", "two\n", "Change a", trailer(session))
    assert told(clone, made(clone, second, session)).linked == 0
    clone.nc("session", "list")
    with clone.store() as store:
        from git_naturecode import linking

        linking.keep_notes(store)
    assert clone.git("notes", "--ref=naturecode/sessions", "list") == ""
