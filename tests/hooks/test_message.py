"""What the message of a commit says of its session, whatever way it was written."""

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from box import Box
from hooking import Yard, shells, yard
from seeds import SEED

TRAILER = "NatureCode-Session: {}\n"
WRITES = "sed -i '1s/^/Say hello/'"  # an editor in which somebody types on the first line


@pytest.fixture
def here(box: Box) -> Yard:
    """A repository with an active session."""
    return yard(box)


def test_a_message_ends_with_the_session(here: Yard) -> None:
    assert here.commit("-m", "One", "-m", "Two.") == f"One\n\nTwo.\n\n{TRAILER}".format(
        here.session
    )
    assert here.commit("-m", "One", "-m", "Fixes: 7").endswith(
        f"\n\nFixes: 7\n{TRAILER}".format(here.session)
    )
    assert here.commits()[-1] == [here.head(), here.session, "."]
    assert here.linked() == [here.session]


@pytest.mark.parametrize("shell", shells())
def test_each_shell_does_the_same(box: Box, here: Yard, shell: str) -> None:
    sh = box.path / "bin" / "sh"
    sh.parent.mkdir()
    sh.symlink_to(shells()[shell])
    for hook in (here.common / "hooks").iterdir():
        if not hook.name.endswith(".sample"):
            hook.write_text(hook.read_text().replace("#!/bin/sh", f"#!{sh}", 1))
    here.commit("-m", "#1 first", "--cleanup=whitespace")
    assert here.named() == [here.session]
    here.git("commit", "-q", "--amend", "-m", "again")
    assert here.commit(GIT_EDITOR=WRITES) == f"Say hello\n\n{TRAILER}".format(here.session)
    here.change()
    here.git("commit", "-q", GIT_EDITOR="true", code=1)
    here.git("reset", "-q", "--hard")
    here.git("checkout", "-q", "-b", "side", "HEAD~1")
    here.change("b.txt")
    here.git("commit", "-q", "-m", "side")
    here.git("rebase", "-q", "main")
    tip = here.head()
    here.git("checkout", "-q", "main")
    here.git("merge", "-q", "--squash", "side")
    here.git("commit", "-q", "--no-edit")
    here.git("checkout", "-q", "-b", "third", "HEAD~2")
    here.git("cherry-pick", tip)
    assert here.named() == [here.session]
    told = [line[0] for line in here.queue()]
    assert [verb for verb in told if verb != "commit"] == ["rewrite", "rewrite", "squash"]
    assert told.count("commit") == 5
    here.change()
    here.git("commit", "-q", "-m", "Not this", NATURECODE="0")
    assert "NatureCode" not in here.message()
    assert here.queue()[-2:][0][0] == "skip" or here.queue()[-1][0] == "skip"
    (here.state / "active").unlink()
    (here.state / "active").mkdir()
    assert "NatureCode" not in here.commit("-m", "no session")


@pytest.mark.parametrize("option", ["-q", "-v", "-s", "-sv", "--cleanup=scissors"])
def test_an_untouched_editor_still_aborts(here: Yard, option: str) -> None:
    before = here.head()
    here.commit(option, GIT_EDITOR="true", code=1)
    here.commit(option, GIT_EDITOR=":", code=1)
    assert here.head() == before
    here.commit(option, GIT_EDITOR=WRITES)
    assert here.named() == [here.session]
    assert here.message().startswith("Say hello\n\n")


@pytest.mark.parametrize("mark", [";", "%", "auto"])
def test_another_comment_character(here: Yard, mark: str) -> None:
    here.git("config", "core.commentChar", mark)
    here.commit("-v", GIT_EDITOR="true", code=1)
    here.commit("-v", GIT_EDITOR=WRITES)
    assert here.named() == [here.session]
    message = here.commit("-v", "-e", "-m", "#7 is solved", GIT_EDITOR="true")
    assert message == f"#7 is solved\n\n{TRAILER}".format(here.session)


def test_a_template_that_nobody_has_edited_still_aborts(here: Yard, tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.write_text("Type: fix\n\nWhy?\n")
    here.git("config", "commit.template", str(template))
    here.commit(GIT_EDITOR="true", code=1)
    message = here.commit(GIT_EDITOR=WRITES)
    assert message == f"Say helloType: fix\n\nWhy?\n\n{TRAILER}".format(here.session)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"torn", "torn\n\n{}"),
        (b"\xff bytes\r\n\r\nthat are no text\r\n", None),
        (b"a rule\n\n---\n\nand more\n", "a rule\n\n---\n\nand more\n\n{}"),
        (b"#1\n#2\n", None),
        (b"word\n" * 300 + b"torn", None),
    ],
)
def test_verbatim_bytes_stay(here: Yard, tmp_path: Path, text: bytes, wanted: str | None) -> None:
    file = tmp_path / "message"
    file.write_bytes(text)
    here.commit("--cleanup=verbatim", "-F", str(file))
    stored = here.git("cat-file", "commit", "HEAD").split("\n\n", 1)[1]
    assert TRAILER.format(here.session) in stored
    rest = stored.replace(TRAILER.format(here.session), "")
    assert rest.split() == text.decode("latin-1").split()  # as which git takes what is no UTF-8
    if wanted is not None:
        assert stored == wanted.format(TRAILER.format(here.session))


def test_an_empty_message_stays_empty(here: Yard) -> None:
    before = here.head()
    here.commit("-m", "", code=1)
    here.commit("-e", "-m", "gone", GIT_EDITOR="sed -i /gone/d", code=1)
    assert here.head() == before
    assert here.commit("--allow-empty-message", "-m", "") == ""


def test_amend_keeps_and_adds_no_second(here: Yard) -> None:
    here.commit("-m", "One")
    here.git("commit", "-q", "--amend", "--no-edit")
    assert here.named() == [here.session]
    old = here.head()
    here.git("commit", "-q", "--amend", "-m", "Other words")
    assert here.named() == [here.session]
    assert ["rewrite", "amend", old, here.head()] in here.queue()
    other = here.clone.start("Another")
    here.git("commit", "-q", "--amend", "--no-edit")
    assert here.named() == [here.session, other]


def test_who_wants_no_link_says_so(here: Yard) -> None:
    """The line itself is not seen in the editor: it comes when the message is written."""
    message = here.commit("-e", "-m", "Mine", GIT_EDITOR="sed -i /NatureCode/d")
    assert message == f"Mine\n\n{TRAILER}".format(here.session)
    assert here.commit("-m", "Nobody's", NATURECODE="0") == "Nobody's\n"
    assert here.linked() == []
    here.commit("-m", "Mine again")
    assert here.linked() == [here.session]
    here.clone.nc("session", "detach", here.session)
    assert here.linked() == []


def test_trailer_never_is_obeyed_at_once(here: Yard) -> None:
    here.commit("-m", "One")
    here.git("config", "naturecode.trailer", "never")
    assert here.commit("-m", "Two") == "Two\n"
    assert here.linked() == [here.session]
    assert here.commit("-m", "Not this", NATURECODE="0") == "Not this\n"
    assert here.linked() == []
    here.commit("-m", "", code=1, NATURECODE="0")  # git refuses it after the hook
    assert here.commit("-m", "This") == "This\n"
    assert here.linked() == [here.session]
    here.git("config", "--unset", "naturecode.trailer")
    assert "NatureCode" in here.commit("-m", "Three")
    here.change()
    here.git("-c", "naturecode.trailer=never", "commit", "-q", "-m", "Four")
    assert here.message() == "Four\n"
    assert "NatureCode" in here.commit("-m", "Five")


def test_a_user_may_write_trailers_his_own_way(here: Yard) -> None:
    here.git("config", "trailer.separators", "%#")
    here.git("config", "trailer.ifexists", "doNothing")
    here.git("config", "trailer.where", "start")
    assert here.commit("-m", "One").endswith(TRAILER.format(here.session))


def test_the_environment_wins(here: Yard) -> None:
    other = here.clone.start("Other")
    here.clone.nc("session", "use", here.session)
    here.commit("-m", "One", NATURECODE_SESSION=other)
    assert here.named() == here.linked() == [other]
    here.git("config", "naturecode.trailer", "never")
    here.commit("-m", "One", NATURECODE_SESSION=other)
    assert (here.named(), here.linked()) == ([], [other])
    here.git("config", "--unset", "naturecode.trailer")
    here.clone.nc("hooks", "install")
    here.clone.nc("session", "use", "--none")
    here.commit("-m", "Nothing else is active", NATURECODE_SESSION=other)
    assert here.named() == here.linked() == [other]
    here.commit("-m", "And none now")
    assert here.named() == here.linked() == []
    here.clone.nc("session", "use", here.session)
    assert here.commit("-m", "Two", NATURECODE="0") == "Two\n"
    for wrong in (
        "nonsense",
        "session-20261124-k3v9q2m7\nX: y",
        "--trailer",
        "session-2026112-abc",
    ):
        here.commit("-m", "Three", NATURECODE_SESSION=wrong)
        assert here.named() == [here.session]  # only a whole id counts
    assert here.linked() == [here.session]


def test_a_squash_gathers_the_sessions(here: Yard) -> None:
    here.clone.nc("hooks", "install")
    other = here.clone.start("Another")
    here.git("checkout", "-q", "-b", "side")
    here.commit("-m", "One")
    here.clone.nc("session", "use", here.session)
    here.commit("-m", "Two")
    noted = "session-20261124-k3v9q2m7"
    here.git("notes", "--ref=naturecode/sessions", "add", "-m", f"session {noted} via=hook")
    tips = [here.head(), here.head("HEAD~1")]
    here.clone.nc("session", "use", "--none")
    here.git("checkout", "-q", "main")
    base = here.head()
    here.git("merge", "-q", "--squash", "side")
    assert here.queue()[-1] == ["squash", base, ",".join(tips)]
    here.git("commit", "-q", "--no-edit")
    block = here.message().rstrip("\n").split("\n\n")[-1].split("\n")
    assert sorted(block) == sorted(
        f"NatureCode-Session: {one}" for one in (here.session, other, noted)
    )
    here.git("reset", "-q", "--hard", "HEAD~1")
    here.git("merge", "-q", "--squash", "side")
    here.git("commit", "-q", "-m", "In other words")
    assert sorted(here.named()) == sorted([here.session, other, noted])


def test_a_squash_of_endless_sessions_names_some_of_them(here: Yard) -> None:
    bomb = "".join(TRAILER.format(f"session-20261124-{n:08d}") for n in range(2500))
    here.git("checkout", "-q", "-b", "side")
    here.change()
    here.git("commit", "-q", "-m", bomb, NATURECODE="0")
    here.git("checkout", "-q", "main")
    here.git("merge", "-q", "--squash", "side")
    here.git("commit", "-q", "-m", "In other words")
    assert 100 < len(here.named()) <= 200


def test_nothing_is_added_to_what_was_said_before(here: Yard) -> None:
    here.clone.nc("session", "use", "--none")
    here.git("checkout", "-q", "-b", "side")
    here.commit("-m", "One")
    here.change("b.txt")
    here.git("commit", "-q", "-m", "Two")
    picked = here.head()
    here.clone.nc("session", "use", here.session)
    here.git("checkout", "-q", "main")
    here.change("c.txt")
    here.git("commit", "-q", "-m", "Main")
    here.git("cherry-pick", picked)
    assert not here.named()
    here.git("revert", "--no-edit", "HEAD")
    assert not here.named()
    here.git("merge", "-q", "--no-ff", "--no-edit", "side")
    assert not here.named()
    here.git("checkout", "-q", "side")
    here.git("rebase", "-q", "main")
    assert not here.named()
    lines = here.commits()
    assert [line[1] for line in lines] == [here.session]  # that of "Main"


def test_conflicting_picks_reverts_and_merges_are_nobodys(here: Yard) -> None:
    here.git("checkout", "-q", "-b", "side")
    here.change("a.txt", "theirs\n")
    here.git("commit", "-q", "-m", "Theirs", NATURECODE="0")
    picked = here.head()
    here.git("checkout", "-q", "main")
    here.change("a.txt", "ours\n")
    here.git("commit", "-q", "-m", "Ours", NATURECODE="0")
    for command in (["cherry-pick", picked], ["merge", "-q", picked], ["revert", "HEAD~1"]):
        before = here.head()
        if command[0] == "revert":
            here.change("a.txt", "and more\n")
            here.git("commit", "-q", "-m", "More", NATURECODE="0")
        here.git(*command, code=1)
        (here.path / "a.txt").write_text(f"{command[0]}\n")
        here.git("add", "a.txt")
        here.git("commit", "-q", "--no-edit")
        assert not here.named(), command
        assert here.linked() == [], command
        here.git("reset", "-q", "--hard", before)
    here.commit("-m", "Mine")
    assert here.linked() == [here.session]


def test_an_agents_files_decide_where_no_session_is_active(here: Yard) -> None:
    one, two = "session-20261124-k3v9q2m7", "session-20261124-aaaaaaaa"
    here.clone.nc("hooks", "install")
    here.clone.nc("session", "use", "--none")
    agents = here.state / "agents"
    agents.mkdir()
    now = int(here.git("log", "-1", "--format=%ct"))
    (agents / one).write_text(f"{now}\nwith blank/ä.txt\nother.txt\n")
    (agents / two).write_text(f"{now}\nelsewhere.txt\n")
    here.commit("-m", "Not theirs")
    assert not here.named()
    here.change("with blank/ä.txt")
    here.git("commit", "-q", "-m", "Theirs")
    assert here.named() == [one]
    assert here.commits()[-1] == [here.head(), "-", "."]
    (agents / one).write_text(f"{now - 50_000}\na.txt\n")  # long ago, and HEAD is younger
    here.commit("-m", "Stale")
    assert not here.named()
    (agents / one).write_text("zero\na.txt\n")
    here.commit("-m", "Torn")
    assert not here.named()


@pytest.mark.parametrize("logs", ["true", "false"])
@pytest.mark.parametrize("date", ["2001-02-03T04:05:06Z", "@4133980800 +0000"])
def test_whatever_a_commits_clock_says_it_is_looked_for(box: Box, date: str, logs: str) -> None:
    here = yard(box)
    here.clone.nc("hooks", "install")
    here.git("config", "core.logAllRefUpdates", logs)
    here.clone.nc("session", "use", "--none")
    (here.common / "logs" / "HEAD").unlink(missing_ok=True)
    here.commit("-m", "Before")
    told = len(here.commits())
    (here.state / "followed").unlink(missing_ok=True)
    agents = here.state / "agents"
    agents.mkdir()
    (agents / here.session).write_text(f"{int(time.time())}\na.txt\n")
    here.commit("-m", "Now", GIT_COMMITTER_DATE=date)
    assert here.named() == [here.session]
    assert here.commits()[told:] == [[here.head(), "-", "."]]
    here.commit("--amend", "-m", "Again", GIT_COMMITTER_DATE=date)
    assert here.linked() == [here.session]


def test_the_first_commit_of_all_is_looked_for_too(box: Box) -> None:
    here = yard(box)
    here.clone.nc("hooks", "install")
    here.git("checkout", "-q", "--orphan", "fresh")
    here.clone.nc("session", "use", "--none")
    (here.state / "followed").unlink(missing_ok=True)
    (here.state / "agents").mkdir()
    (here.state / "agents" / here.session).write_text(f"{int(time.time())}\na.txt\n")
    here.commit("-m", "First", GIT_COMMITTER_DATE="2001-02-03T04:05:06Z")
    assert here.commits() == [[here.head(), "-", "."]]


def test_capture_tells_of_commits_that_nobody_claims(here: Yard) -> None:
    here.clone.nc("session", "use", "--none")
    here.commit("-m", "Before")
    assert here.queue() == []
    here.clone.nc("init", "--capture")
    here.commit("-m", "After")
    assert here.queue() == [["commit", here.head(), "-", "."]]
    here.clone.nc("init", "--no-capture")
    here.commit("-m", "Off")
    assert len(here.queue()) == 1


def test_short_ways_end_where_git_would(here: Yard, tmp_path: Path) -> None:
    """The hook writes the simple cases itself; git's own words for the same messages."""
    chance = random.Random(SEED)
    words = ["Fix it", "A: b", "Key : value", "(cherry picked from x)", "", "  more", "url://x",
             "Signed-off-by: A <a@example.com>", "---", "x-y: z", "and so on"]  # fmt: skip
    line = f"NatureCode-Session: {here.session}"
    hook = here.common / "hooks" / "commit-msg"
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for _ in range(60):
        lines = [chance.choice(words) for _ in range(chance.randint(1, 7))]
        text = "Title" + chance.choice(["\n", "\n\n"]) + "".join(f"{one}\n" for one in lines)
        for path in (ours, theirs):
            path.write_text(text)
        command = ["git", "interpret-trailers", "--in-place", "--no-divider", "--trailer", line]
        subprocess.run([*command, str(theirs)], check=True)
        env = {**os.environ, "GIT_EDITOR": ":"}
        subprocess.run([str(hook), str(ours)], cwd=here.path, check=True, env=env)
        assert ours.read_text() == theirs.read_text(), text
