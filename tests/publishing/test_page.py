"""session publish: the page and its commit on a branch of the code, and what stays as it is."""

import os
from pathlib import Path

import pytest

from box import Box, Clone, Way
from publishing.branches import SUBJECT, at, ready, shared, state


@pytest.mark.parametrize("way", [Way("program"), Way("program", "sha256")], ids=str)
def test_a_page_is_committed_and_pushed_and_nothing_else_changes(box: Box, way: Way) -> None:
    hub = box.remote(way=way)
    ada = ready(box.clone(hub, "ada", way))
    session = shared(ada)
    (ada.path / "a.txt").write_text("changed\n")
    (ada.path / "new.txt").write_text("new\n")
    ada.git("add", "new.txt")
    before = state(ada)
    said = ada.nc("session", "publish", session, "--branch", "docs")
    commit = said.out.strip()
    assert ada.git("rev-parse", "docs").strip() == commit
    said_by = ada.git("log", "-1", "--format=%an <%ae> %cn%n%B", "docs").strip()
    assert said_by == f"Ada <ada@example.com> Ada\n{SUBJECT}"
    assert "Make the jitter configurable." in at(ada, "docs", session)
    assert ada.git("diff-tree", "-r", "--name-status", "main", "docs").split() == [
        "A", f".naturecode/sessions/{session}.md"
    ]  # fmt: skip
    assert Clone(hub).git("rev-parse", "docs").strip() == commit
    after = state(ada)
    assert after[1:] == before[1:]
    assert set(before[0].splitlines()) ^ set(after[0].splitlines()) == {
        line
        for text in (before[0], after[0])
        for line in text.splitlines()
        if "heads/docs " in line or "origin/docs " in line
    }
    ada.git("fsck", "--strict", "--no-dangling")


def test_again_it_updates_the_page_or_says_that_nothing_is_new(ada: Clone) -> None:
    session = shared(ada)
    first = ada.nc("session", "publish", session, "--branch", "docs", "--json").json
    assert first["pushed"]
    assert first["changed"]
    again = ada.nc("session", "publish", session, "--branch", "docs")
    assert again.out == ""
    assert "nothing new" in again.err
    assert ada.git("rev-parse", "docs").strip() == first["commit"]
    ada.nc("session", "say", session, "And a test.")
    second = ada.nc("session", "publish", session, "--branch", "docs", "--json").json
    assert ada.git("rev-parse", "docs~1").strip() == first["commit"]
    assert "And a test." in at(ada, second["commit"], session)
    other = shared(ada, "Another")
    ada.nc("session", "publish", other, "--branch", "docs")
    assert at(ada, "docs", other) != at(ada, "docs", session)


def test_where_the_branch_is_checked_out_the_page_appears(ada: Clone, box: Box) -> None:
    session = shared(ada)
    path = ada.path / ".naturecode" / "sessions" / f"{session}.md"
    ada.nc("folder")
    (ada.path / "a.txt").write_text("changed\n")
    (ada.path / "new.txt").write_text("new\n")
    ada.git("add", "new.txt")
    before = ada.git("status", "--porcelain")
    ada.nc("session", "publish", session, "--branch", "main")
    assert path.read_text() == at(ada, "main", session)
    assert ada.git("status", "--porcelain") == before
    ada.nc("session", "say", session, "More.")
    ada.nc("session", "publish", session, "--branch", "main")
    assert "More." in path.read_text()
    assert ada.git("status", "--porcelain") == before
    told = ada.nc("folder", "--json").json
    assert told["kept"] == []
    assert path.read_text() == at(ada, "main", session)
    # And another clone, with a folder of its own, takes it by a plain pull.
    ben = box.clone(box.path / "hub.git", "ben")
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("folder")
    ben.git("pull", "-q", "origin", "main")
    assert (ben.path / ".naturecode" / "sessions" / f"{session}.md").exists()
    ben.git("switch", "-q", "docs")
    assert not (ben.path / ".naturecode" / "sessions" / f"{session}.md").exists()
    ben.git("switch", "-q", "main")
    ben.nc("folder")
    assert ben.git("status", "--porcelain") == ""


@pytest.mark.parametrize("what", ["edited", "staged", "own", "merge", "link", "rebase"])
def test_what_the_user_has_begun_there_is_not_touched(ada: Clone, what: str) -> None:
    session = shared(ada)
    folder = ada.path / ".naturecode" / "sessions"
    path = folder / f"{session}.md"
    if what == "own":
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    elif what == "link":
        for name in sorted((ada.path / ".naturecode").rglob("*"), reverse=True):
            name.rmdir() if name.is_dir() else name.unlink()
        if (ada.path / ".naturecode").exists():
            (ada.path / ".naturecode").rmdir()
        (ada.path / ".naturecode").symlink_to(ada.path / "sub")
    elif what == "merge":
        (ada.path / ".git" / "MERGE_HEAD").write_text(ada.git("rev-parse", "docs"))
    elif what == "rebase":
        ada.git("switch", "-q", "--detach")
        (ada.path / ".git" / "rebase-merge").mkdir()
        (ada.path / ".git" / "rebase-merge" / "head-name").write_text("refs/heads/main\n")
    else:
        ada.nc("session", "publish", session, "--branch", "main")
        path.write_text("mine")
        if what == "staged":
            ada.git("add", "-f", str(path))
        ada.nc("session", "say", session, "More.")
    before = state(ada)
    text = path.read_text() if path.exists() else None
    said = ada.nc("session", "publish", session, "--branch", "main", code=1)
    assert "hint: " in said.err
    assert state(ada) == before
    assert (path.read_text() if path.exists() else None) == text


def test_in_another_work_tree_and_from_a_folder_below(ada: Clone, tmp_path: Path) -> None:
    session = shared(ada)
    ada.git("worktree", "add", "-q", str(tmp_path / "linked"), "docs")
    below = Clone(ada.path / "sub", env=ada.env)
    below.nc("session", "publish", session, "--branch", "docs")
    linked = Clone(tmp_path / "linked")
    assert (linked.path / ".naturecode" / "sessions" / f"{session}.md").exists()
    assert linked.git("status", "--porcelain") == ""
    ada.nc("session", "say", session, "More.")
    os.rename(tmp_path / "linked", tmp_path / "gone")
    said = ada.nc("session", "publish", session, "--branch", "docs", code=1)
    assert "git worktree prune" in said.err


def test_only_what_is_shared_is_published(ada: Clone) -> None:
    private = ada.start("Mine", "private")
    ada.nc("session", "say", private, "the private words")
    before = state(ada)
    said = ada.nc("session", "publish", private, "--branch", "docs", code=5)
    assert "session share" in said.err
    assert state(ada) == before
    session = shared(ada)
    with ada.store() as store:
        from git_naturecode.domain import drafts

        store.write("private", session, [drafts.message("a private afterthought", "user")])
        store.settle()
    told = ada.nc("session", "publish", session, "--branch", "docs")
    assert "1 message of it not shared yet" in told.err
    assert "afterthought" not in at(ada, "docs", session)


def test_secrets_known_by_now_stay_out_and_what_is_redacted(ada: Clone) -> None:
    session = shared(ada)
    ada.nc("session", "say", session, "the word is wVh7qPz2Kx9mTr4L, keep it")
    ada.nc("session", "say", session, "a tomato")
    ada.nc("session", "redact", session, "3")
    (ada.path / ".env").write_text("API_TOKEN=wVh7qPz2Kx9mTr4L\n")
    said = ada.nc("session", "publish", session, "--branch", "docs")
    text = at(ada, "docs", session)
    assert "wVh7qPz2Kx9mTr4L" not in text
    assert "[REDACTED:" in text
    assert "tomato" not in text
    assert "1 secret found only now" in said.err


def test_a_name_is_one_bounded_line_of_the_message(ada: Clone) -> None:
    session = shared(ada, "One\nTwo: \x1b[31m" + "x" * 500)
    ada.nc("session", "publish", session, "--branch", "docs")
    subject, *rest = ada.git("log", "-1", "--format=%B", "docs").strip().split("\n")
    assert subject.startswith("Update collaborative session: One Two: \\x1b[31mxxx")
    assert len(subject) == 230
    assert rest == []


def test_it_is_signed_when_the_user_signs(ada: Clone, tmp_path: Path) -> None:
    session = shared(ada)
    program = tmp_path / "gpg"
    program.write_text(
        "#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\n"
        "echo '-----BEGIN PGP SIGNATURE-----'\necho x\necho '-----END PGP SIGNATURE-----'\n"
    )
    program.chmod(0o755)
    ada.git("config", "gpg.program", str(program))
    ada.git("config", "commit.gpgSign", "true")
    ada.nc("session", "publish", session, "--branch", "docs")
    assert "BEGIN PGP SIGNATURE" in ada.git("cat-file", "commit", "docs")
    program.write_text("#!/bin/sh\necho 'no key' >&2\nexit 1\n")
    ada.nc("session", "say", session, "More.")
    before = state(ada)
    ada.nc("session", "publish", session, "--branch", "docs", code=1)
    assert state(ada) == before


def test_a_dry_run_does_nothing(ada: Clone) -> None:
    session = shared(ada)
    ada.git("remote", "set-url", "origin", "/nowhere")
    before = state(ada)
    told = ada.nc("session", "publish", session, "--branch", "docs", "--dry-run", "--json").json
    assert told["changed"]
    assert (told["commit"], told["pushed"], told["message"]) == ("", False, SUBJECT)
    assert SUBJECT in ada.nc("session", "publish", session, "--branch", "docs", "--dry-run").err
    assert state(ada) == before


def test_what_makes_no_sense_is_said(ada: Clone, box: Box) -> None:
    session = shared(ada)
    empty = ada.start("Nothing yet")
    for args, code in (
        (("zzzzzzzz", "--branch", "docs"), 1),
        ((session,), 2),
        ((session, "--branch", "nodocs"), 1),
        ((session, "--branch", "a..b"), 2),
        ((session, "--branch", "-x"), 2),
        ((session, "--branch", "HEAD"), 2),
        ((session, "--branch", "naturecode"), 2),
        ((session, "--branch", "docs", "--remote", "origin", "--no-push"), 2),
        ((empty, "--branch", "docs"), 1),
    ):
        before = state(ada)
        said = ada.nc("session", "publish", *args, code=code)
        assert said.err.startswith("error: ")
        assert "fault" not in said.err
        assert state(ada) == before
    said = ada.nc("session", "publish", session, "--branch", "dosc", code=1)
    assert "did you mean docs?" in said.err
    ada.git("symbolic-ref", "refs/heads/alias", "refs/heads/docs")
    ada.nc("session", "publish", session, "--branch", "alias", code=1)
    ada.git("symbolic-ref", "-d", "refs/heads/alias")
    ada.nc("session", "delete", session, "--yes")
    assert "deleted" in ada.nc("session", "publish", session, "--branch", "docs", code=1).err


def test_something_else_stands_at_its_place(ada: Clone) -> None:
    session = shared(ada)
    ada.git("switch", "-q", "docs")
    blob = ada.git("hash-object", "-w", "a.txt").strip()
    ada.git("update-index", "--add", "--cacheinfo", f"100644,{blob},.naturecode")
    ada.git("commit", "-q", "-m", "a file")
    ada.git("push", "-q", "origin", "docs")
    ada.git("switch", "-q", "-f", "main")
    said = ada.nc("session", "publish", session, "--branch", "docs", code=1)
    assert ".naturecode is no folder on that branch" in said.err


def test_a_locked_index_or_ref_leaves_all_as_it_was(ada: Clone) -> None:
    session = shared(ada)
    path = ada.path / ".naturecode" / "sessions" / f"{session}.md"
    (ada.path / ".git" / "index.lock").write_text("")
    before = (ada.git("rev-parse", "main"), ada.git("ls-files", "-s"))
    ada.nc("session", "publish", session, "--branch", "main", "--no-push", code=1)
    assert (ada.git("rev-parse", "main"), ada.git("ls-files", "-s")) == before
    assert not path.exists()
    (ada.path / ".git" / "index.lock").unlink()
    (ada.path / ".git" / "refs" / "heads" / "main.lock").write_text("")
    ada.nc("session", "publish", session, "--branch", "main", "--no-push", code=1)
    assert (ada.git("rev-parse", "main"), ada.git("ls-files", "-s")) == before
    assert not path.exists()
    (ada.path / ".git" / "refs" / "heads" / "main.lock").unlink()
    ada.nc("session", "publish", session, "--branch", "main", "--no-push")
    assert path.exists()


def test_one_that_was_killed_before_the_branch_moved_is_gone_on_with(ada: Clone) -> None:
    from git_naturecode.git.program import ProgramObjects

    session = shared(ada)

    def killed(*_: object) -> bool:
        raise SystemExit(9)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProgramObjects, "move", killed)
        with pytest.raises(BaseException):  # noqa: B017, PT011
            ada.nc("session", "publish", session, "--branch", "main", "--no-push")
    assert ada.git("diff", "--cached", "--name-only").strip()
    ada.nc("session", "publish", session, "--branch", "main")
    assert ada.git("status", "--porcelain") == ""
    assert ada.git("rev-parse", "main") == ada.git("rev-parse", "origin/main")
