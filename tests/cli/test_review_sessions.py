"""The sessions behind a change under review: at each hunk, in the list, and where none is known."""

import pytest

from box import Box, Clone
from cli.behind import linked
from git_naturecode.git import blame
from git_naturecode.tracing import behind
from reviewed import write
from transcript_work import Work

LINES = "".join(f"line {number}\n" for number in range(1, 41))


class Change:
    """Ada's clone with a branch on which a session and she herself have written."""

    def __init__(self, box: Box) -> None:
        hub = box.remote()
        self.work = Work(box.clone(hub, "ada"))
        self.ada = self.work.clone
        write(self.ada, "a.py", LINES)
        self.work.commit("-m", "Lines")
        self.ada.git("push", "-q", "origin", "main")
        self.ada.git("checkout", "-q", "-b", "feature")
        self.ben = box.clone(hub, "ben")

    def edited(self, old: str, new: str) -> str:
        """The session replaces a line in a.py; the id of its message."""
        return self.work.edit("a.py", f"line {old}\n", f"{new}\n")

    def started(self) -> str:
        """A review of it."""
        self.ada.git("push", "-q", "origin", "feature")
        return self.ada.nc("review", "start").out.strip()

    def hunks(self, review: str, clone: Clone | None = None, *args: str) -> list[list[object]]:
        """For each hunk: (state, ranges, messages) of each session."""
        said = (clone or self.ada).nc("review", "diff", review, "--json", *args).json
        return [
            [
                (s["state"], s["lines"], [m["messageId"] for m in s["messages"]])
                for s in hunk["sessions"]
            ]
            for file in said["files"] for hunk in file["hunks"]
        ]  # fmt: skip


@pytest.fixture
def change(box: Box) -> Change:
    return Change(box)


def test_each_hunk_tells_which_message_wrote_it(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = change.edited("5", "five"), change.edited("30", "thirty")
    change.work.commit("-m", "Words")
    session = linked(change.work)
    review = change.started()
    monkeypatch.setattr(blame, "blame", None)  # one commit wrote the file: nobody has to be asked
    assert change.hunks(review) == [
        [("here", [[5, 5]], [first])], [("here", [[30, 30]], [second])],
    ]  # fmt: skip
    told = change.ada.nc("review", "diff", review).out
    assert told.count(f"from session {session[17:]}") == 2
    assert session[17:] not in change.ada.nc("review", "diff", review, "--no-sessions").out
    assert change.hunks(review, None, "--no-sessions") == [[], []]
    (one,) = change.ada.nc("review", "show", review, "--json").json["sessions"]
    assert (one["sessionId"], one["commits"], one["tool"]) == (session, 1, "claude-code")
    assert f"session {session[17:]}" in change.ada.nc("review", "show", review).out


def test_a_list_of_files_names_the_sessions_behind_each(change: Change) -> None:
    change.edited("5", "five")
    change.work.commit("-m", "Five")
    session = linked(change.work)
    write(change.ada, "b.py", "by hand\n")
    change.work.commit("-m", "By hand")
    review = change.started()
    stat = ("review", "diff", review, "--stat")
    assert change.ada.nc(*stat).out.split("\n")[:3] == [
        f"a.py +1 -1  from {session[17:]}", "b.py +1 -0 (added)", "2 files, +2 -1",
    ]  # fmt: skip
    assert "from" not in change.ada.nc(*stat, "--no-sessions").out
    files = change.ada.nc(*stat, "--json").json["files"]
    assert [[s["sessionId"] for s in one["sessions"]] for one in files] == [[session], []]


def test_lines_by_hand_and_lines_of_later_commits_are_told_apart(change: Change) -> None:
    message = change.edited("5", "five")
    change.work.commit("-m", "Five")
    session = linked(change.work)
    text = (change.ada.path / "a.py").read_text()
    write(change.ada, "a.py", "new first line\n" + text.replace("line 6\n", "by hand\n"))
    change.work.commit("-m", "By hand")
    review = change.started()
    assert change.hunks(review) == [[("here", [[6, 6]], [message])]]
    assert f"session {session[17:]}" in (told := change.ada.nc("review", "diff", review).out)
    assert "lines 6" in told


def test_a_renamed_file_leads_to_who_wrote_it_under_its_old_name(change: Change) -> None:
    message = change.work.edit("new.py", "", "one\ntwo\nthree\n")
    change.work.commit("-m", "New")
    linked(change.work)
    change.ada.git("mv", "new.py", "renamed.py")
    change.work.commit("-m", "Rename")
    review = change.started()
    assert change.hunks(review) == [[("here", [[1, 3]], [message])]]


def test_of_a_private_session_others_see_only_that_there_is_one(change: Change) -> None:
    change.edited("5", "five")
    session = change.work.imported("--visibility", "private")
    change.work.commit("-m", f"Five\n\nNatureCode-Session: {session}")
    linked(change.work)
    review = change.started()
    change.ada.nc("sync")
    change.ben.nc("sync")
    change.ben.git("fetch", "-q")
    assert change.hunks(review, change.ben) == [[("elsewhere", [[5, 5]], [])]]
    for command in ("diff", "show"):
        said = change.ben.nc("review", command, review).out
        assert "a session that is not in this clone" in said
    stat = change.ben.nc("review", "diff", review, "--stat").out
    assert "a.py +1 -1  from a session that is not here\n" in stat
    # What the author has written into the message of her commit is in the description.
    assert session[17:] not in change.ben.nc("review", "diff", review).out
    (one,) = change.ben.nc("review", "show", review, "--json").json["sessions"]
    assert (one["state"], one["sessionId"], one["name"]) == ("elsewhere", None, None)
    assert "(private)" in change.ada.nc("review", "diff", review).out


def test_nothing_is_looked_at_where_no_commit_belongs_to_a_session(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(change.ada, "a.py", LINES.replace("line 5\n", "by hand\n"))
    change.work.commit("-m", "By hand")
    review = change.started()
    for name in ("blame", "commits.changed"):
        monkeypatch.setattr(f"git_naturecode.tracing.behind.{name}", None)
    assert change.hunks(review) == [[]]
    assert change.ada.nc("review", "show", review, "--json").json["sessions"] == []


def test_what_is_new_since_one_looked_is_traced_as_well(change: Change) -> None:
    first = change.edited("5", "five")
    change.work.commit("-m", "Five")
    linked(change.work)
    review = change.started()
    second = change.edited("6", "six")
    change.work.commit("-m", "Six")
    linked(change.work)
    change.ada.nc("review", "update", review)
    assert change.hunks(review) == [[("here", [[5, 6]], [first, second])]]
    since = change.hunks(review, None, "--revision", "1..")
    assert since == [[("here", [[6, 6]], [second])]]
    assert change.hunks(review, None, "--revision", "1") == [[("here", [[5, 5]], [first])]]


def test_where_too_many_files_would_be_asked_their_commits_tell(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    change.edited("5", "five")
    change.work.commit("-m", "Five")
    linked(change.work)
    write(change.ada, "a.py", (change.ada.path / "a.py").read_text() + "by hand\n")
    change.work.commit("-m", "By hand")
    review = change.started()
    monkeypatch.setattr(behind, "MOST_BLAMED", 0)
    assert change.hunks(review) == [[("here", [], [])], [("here", [], [])]]
