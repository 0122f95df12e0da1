"""What the message of a commit says of its session, whatever way it was written."""

import os
import random
import subprocess
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
    assert here.queue()[-1] == ["commit", here.head(), here.session, "."]


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
    verbs = ["commit", "commit", "rewrite", "commit", "commit", "rewrite", "squash", "commit"]
    assert [line[0] for line in here.queue()] == [*verbs, "pick"]
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
    assert here.queue()[-1] == ["rewrite", "amend", old, here.head()]
    other = here.clone.start("Another")
    here.git("commit", "-q", "--amend", "--no-edit")
    assert here.named() == [here.session, other]


def test_the_line_may_be_taken_out_by_hand(here: Yard) -> None:
    assert here.commit("-e", "-m", "Mine", GIT_EDITOR="sed -i /NatureCode/d") == "Mine\n"


def test_trailer_never_is_obeyed_at_once(here: Yard) -> None:
    here.commit("-m", "One")
    here.git("config", "naturecode.trailer", "never")
    assert here.commit("-m", "Two") == "Two\n"
    assert here.queue()[-1] == ["commit", here.head(), here.session, "."]
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
    other = "session-20261124-k3v9q2m7"
    here.commit("-m", "One", NATURECODE_SESSION=other)
    assert here.named() == [other]
    assert here.queue()[-1] == ["commit", here.head(), other, "."]
    lines = len(here.queue())
    assert here.commit("-m", "Two", NATURECODE="0") == "Two\n"
    for wrong in (
        "nonsense",
        "session-20261124-k3v9q2m7\nX: y",
        "--trailer",
        "session-2026112-abc",
    ):
        here.commit("-m", "Three", NATURECODE_SESSION=wrong)
        assert here.named() == [here.session]  # only a whole id counts
    assert len(here.queue()) == lines + 4


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
    assert here.queue()[-1] == ["pick", here.head(), picked]
    here.git("revert", "--no-edit", "HEAD")
    assert not here.named()
    here.git("merge", "-q", "--no-ff", "--no-edit", "side")
    assert not here.named()
    here.git("checkout", "-q", "side")
    here.git("rebase", "-q", "main")
    assert not here.named()


def test_a_conflicting_pick_is_known_too_and_an_aborted_one_forgotten(here: Yard) -> None:
    here.git("checkout", "-q", "-b", "side")
    here.change("a.txt", "theirs\n")
    here.git("commit", "-q", "-m", "Theirs")
    picked = here.head()
    here.git("checkout", "-q", "main")
    here.change("a.txt", "ours\n")
    here.git("commit", "-q", "-m", "Ours")
    here.git("cherry-pick", picked, code=1)
    here.git("checkout", "--theirs", "a.txt")
    here.git("add", "a.txt")
    here.git("commit", "-q", "--no-edit")
    assert here.queue()[-1] == ["pick", here.head(), picked]
    here.git("reset", "-q", "--hard", "HEAD~1")
    here.git("cherry-pick", picked, code=1)
    here.git("checkout", "--theirs", "a.txt")
    here.git("add", "a.txt")
    here.git("commit", "-q", "--no-edit", GIT_EDITOR="false", code=0)
    here.git("reset", "-q", "--hard", "HEAD~1")
    here.commit("-m", "Mine")
    assert here.queue()[-1][0] == "commit"


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
    assert here.queue() == [["commit", here.head(), one, "."]]
    (agents / one).write_text(f"{now - 50_000}\na.txt\n")  # long ago, and HEAD is younger
    here.commit("-m", "Stale")
    assert not here.named()
    (agents / one).write_text("zero\na.txt\n")
    here.commit("-m", "Torn")
    assert not here.named()


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
    hook = here.common / "hooks" / "prepare-commit-msg"
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for _ in range(60):
        lines = [chance.choice(words) for _ in range(chance.randint(1, 7))]
        text = "Title" + chance.choice(["\n", "\n\n"]) + "".join(f"{one}\n" for one in lines)
        for path in (ours, theirs):
            path.write_text(text)
        command = ["git", "interpret-trailers", "--in-place", "--no-divider", "--trailer", line]
        subprocess.run([*command, str(theirs)], check=True)
        env = {**os.environ, "GIT_EDITOR": ":"}
        subprocess.run([str(hook), str(ours), "message"], cwd=here.path, check=True, env=env)
        assert ours.read_text() == theirs.read_text(), text
