"""The command lines of the specification about sessions and reviews, as they are written there."""

import shlex

from box import Box, Clone
from reviewed import write

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


def test_an_unknown_id_is_a_no_with_what_is_near_or_how_to_list(clone: Clone) -> None:
    session = clone.start()
    for wanted in (SESSION, "uuuu", "uu", "session-20260101-uuuuuuuu"):
        said = clone.nc("session", "show", wanted, code=1)
        assert said.err.startswith(f"error: there is no session {wanted}\n")
        assert said.err.endswith("hint: `git naturecode session list` shows them\n")
    tail = session[-8:]
    other = "0" if tail[3] != "0" else "1"
    for wanted in (tail[:3] + other + tail[4:], tail[:3] + other):
        said = clone.nc("session", "show", wanted, code=1)
        assert said.err.endswith(f"hint: did you mean {session}?\n"), wanted


def test_an_id_from_elsewhere_names_one_session_alone(clone: Clone) -> None:
    clone.nc("session", "start", "One", "--id", SESSION)
    for again in (SESSION, f"shared-{SESSION}"):
        clone.nc("session", "start", "Two", "--id", again, code=1)
    for wrong in ("session-12", "k3v9q2m7", "a b c d e f g", "../../../../x", "x" * 200):
        clone.nc("session", "start", "Two", "--id", wrong, code=2)
    clone.nc("session", "share", SESSION, "--id", "another-one", code=2)
    assert clone.nc("session", "list", "--json").json["total"] == 1
    assert "\nfrom " not in clone.nc("session", "show", SESSION).out


REVIEW = "review-1234567890"
OF_AUTHOR = "review start --target feature-branch --reviewers team@example.com"
OF_REVIEWER = (
    "review join review-1234567890",
    "review comment review-1234567890 --file src/utils.js --line 42 "
    "--comment 'Consider error handling here'",
    "review ai review-1234567890 --aspect security",
    "review request-changes review-1234567890 --comment 'Needs more tests'",
    "review approve review-1234567890 --comment 'Looks good to me!'",
    "review merge review-1234567890",
)


def test_the_lines_about_reviews_work_as_they_are_written(box: Box) -> None:
    clone = box.repo()
    write(clone, "src/utils.js", "line();\n" * 60)
    clone.git("commit", "-q", "-m", "Base")
    clone.nc("init")
    clone.git("checkout", "-q", "-b", "feature-branch")
    write(clone, "src/utils.js", "line();\n" * 40 + "other();\n" * 4)
    clone.git("commit", "-q", "-m", "Less")
    clone.nc(*shlex.split(OF_AUTHOR), "--id", REVIEW)
    for wrong, code in ((REVIEW, 1), ("review-12", 2), ("../../x", 2)):
        clone.nc("review", "start", "--again", "--id", wrong, code=code)
    clone.env["GIT_AUTHOR_EMAIL"] = "team@example.com"
    for line in OF_REVIEWER:
        clone.nc(*shlex.split(line))
    told = clone.nc("review", "show", REVIEW, "--json").json
    assert told["status"] == "merged"
    assert [one["userId"] for one in told["reviewers"]] == ["team@example.com"]
    (comment,) = told["comments"]
    assert (comment["filePath"], comment["line"]) == ("src/utils.js", 42)
    assert clone.git("log", "-1", "--format=%s", "main").strip()
