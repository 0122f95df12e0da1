"""The command lines of the specification about sessions, as they are written there."""

import shlex

from box import Clone

SESSION = "session-1234567890"
# Each with the exit code that it has; what needs teams or encryption says that it cannot yet.
LINES = (
    ("session share --name 'Team Design Session' --visibility team --id session-1234567890", 0),
    ("session join session-1234567890", 0),
    ("session invite session-1234567890 user@example.com", 0),
    ("session shared list", 0),
    ("session share session-1234567890 --team backend-team", 1),
    ("session share session-1234567890 --public --expires 7d", 0),
    ("session fork shared-session-1234567890 --name 'My Fork'", 0),
    ("session comment shared-session-1234567890 'Great solution!'", 0),
    ("session export shared-session-1234567890 --format collaborative", 0),
    ("session leave session-1234567890", 0),
)


def test_the_lines_work_as_they_are_written(clone: Clone) -> None:
    said = {line: clone.nc(*shlex.split(line), code=code) for line, code in LINES}
    told = clone.nc("session", "show", SESSION, "--json").json
    assert told["name"] == "Team Design Session"
    assert told["origin"] == {"session": SESSION}
    assert [one["userId"] for one in told["invited"]] == ["user@example.com"]
    assert [one["content"] for one in told["comments"]] == ["Great solution!"]
    assert told["participants"] == []
    assert "Team Design Session" in said["session shared list"].out
    assert clone.nc("session", "list", "--json").json["total"] == 2


def test_an_unknown_id_is_a_no_with_the_nearest(clone: Clone) -> None:
    session = clone.start()
    said = clone.nc("session", "join", SESSION, code=1)
    assert said.err.startswith(f"error: there is no session {SESSION}\nhint: did you mean")
    assert session in said.err


def test_an_id_from_elsewhere_names_one_session_alone(clone: Clone) -> None:
    clone.nc("session", "start", "One", "--id", SESSION)
    for again in (SESSION, f"shared-{SESSION}"):
        clone.nc("session", "start", "Two", "--id", again, code=1)
    for wrong in ("session-12", "k3v9q2m7", "a b c d e f g", "../../../../x", "x" * 200):
        clone.nc("session", "start", "Two", "--id", wrong, code=2)
    clone.nc("session", "share", SESSION, "--id", "another-one", code=2)
    assert clone.nc("session", "list", "--json").json["total"] == 1
    assert "\nfrom " not in clone.nc("session", "show", SESSION).out
