"""doctor --links: what is missing is found again, and notes are made right."""

from box import Clone
from linking.test_drain import change, found, made, sessions_of, trailer

REF = "refs/notes/naturecode/sessions"


def warnings(clone: Clone, *args: str, code: int = 1) -> str:
    items = clone.nc("doctor", "--links", "--json", *args, code=code).json["items"]
    return "\n".join(one["message"] for one in items if one["level"] != "ok")


def test_all_is_well(clone: Clone) -> None:
    session = clone.start()
    change(clone, "a.py", "a\n", "Add a")
    clone.nc("session", "attach", session)
    assert warnings(clone, code=0) == ""


def test_commits_are_linked_that_were_made_anew(clone: Clone) -> None:
    session = clone.start()
    change(clone, "a.py", "a\n", "Add a")
    clone.nc("session", "attach", session)
    clone.git("commit", "-q", "--amend", "-m", "Add a, said better")
    clone.git("switch", "-q", "-c", "other", "HEAD~1")
    with_trailer = change(clone, "b.py", "b\n", "Add b", trailer(session))
    said = warnings(clone)
    assert "2 commits without a link" in said
    assert "1 of them made anew" in said
    assert [one.state for one in found(clone, "main")] == ["unverified"]  # git took the note along
    assert "2 commits" in clone.nc("doctor", "--links", "--fix").out
    assert sessions_of(found(clone, "main")) == sessions_of(found(clone, with_trailer)) == {session}
    assert warnings(clone, code=0) == ""


def test_old_commits_are_looked_at_when_asked_for(clone: Clone) -> None:
    session = clone.start()
    clone.env["GIT_COMMITTER_DATE"] = "2020-01-01T00:00:00Z"
    change(clone, "a.py", "a\n", "Add a", trailer(session))
    del clone.env["GIT_COMMITTER_DATE"]
    clone.git("commit", "-q", "--allow-empty", "-m", "Now")
    assert warnings(clone, code=0) == ""
    assert "1 commit without" in warnings(clone, "--since", "2019-01-01")
    assert "goes with --links" in clone.nc("doctor", "--since", "7d", code=2).err


def test_what_was_detached_is_not_proposed(clone: Clone) -> None:
    session = clone.start()
    change(clone, "a.py", "a\n", "Add a", trailer(session))
    clone.nc("session", "attach", session)
    clone.nc("session", "detach", session)
    assert warnings(clone, code=0) == ""


def test_notes_are_made_right(clone: Clone) -> None:
    session = clone.start()
    first = change(clone, "a.py", "a\n", "Add a")
    clone.nc("session", "attach", session)
    right = clone.git("rev-parse", f"{REF}^{{tree}}")
    forged = "session session-20260101-aaaaaaaa via=hook"
    clone.git("notes", "--ref", REF, "add", "-f", "-m", f"session {session} via=forge", first)
    clone.git("notes", "--ref", REF, "add", "-m", forged, f"{first}^")
    said = warnings(clone)
    assert "1 note on commits not as the links are" in said
    assert "1 note without a link (unverified)" in said
    assert "1 warning" in clone.nc("doctor", "--links", "--fix", code=1).err
    assert [one.state for one in found(clone, f"{first}^")] == ["unverified"]
    clone.git("notes", "--ref", REF, "remove", f"{first}^")
    assert warnings(clone, code=0) == ""
    assert clone.git("rev-parse", f"{REF}^{{tree}}") == right


def test_what_waits_is_said_and_done(clone: Clone) -> None:
    session = clone.start()
    commit = change(clone, "a.py", "a\n", "Add a", trailer(session))
    queue = clone.path / ".git/naturecode/queue"
    second = change(clone, "a.py", "b\n", "Add b")
    late = made(clone, second, "session-20260101-aaaaaaaa")
    queue.write_text(made(clone, commit, session) + "\n" + late + "\n")
    assert "2 commits made or rewritten" in warnings(clone)
    clone.nc("doctor", "--links", "--fix", code=1)
    assert sessions_of(found(clone, commit)) == {session}
    assert "1 commit of sessions that are not here" in warnings(clone)
