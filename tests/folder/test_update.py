"""The folder follows the logs: what comes, what changes, what goes, and what is never touched."""

import os
import subprocess
import sys

import pytest

from box import Box, Clone
from folder.shown import edit, files, page, pages
from git_naturecode import clock
from git_naturecode.folder import update
from git_naturecode.store import place
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Placed, Store


def test_sessions_are_files_and_git_status_stays_clean(clone: Clone) -> None:
    shared = clone.start("Make retry() jitter configurable")
    private = clone.start("Étude privée", "private")
    clone.nc("session", "say", shared, "Use **full** jitter.")
    said = clone.nc("folder")
    assert said.out == ".naturecode/: 3 files written, 0 files removed\n"
    name = page(clone, shared).name
    day = shared.split("-")[1]
    assert name == f"{day[:4]}-{day[4:6]}-{day[6:]}-make-retry-jitter-configurable-" + (
        shared[-8:] + ".md"
    )
    assert "Use **full** jitter." in page(clone, shared).read_text()
    assert page(clone, private).name.endswith(f"-etude-privee-{private[-8:]}.md")
    assert "Private: only in this clone" in page(clone, private).read_text()
    assert set(files(clone)) == {
        "README.md",
        *(
            str(page(clone, one).relative_to(clone.path / ".naturecode"))
            for one in (shared, private)
        ),
    }
    assert clone.git("status", "--porcelain") == ""
    assert page(clone, shared).stat().st_mode & 0o777 == 0o444
    assert page(clone, private).stat().st_mode & 0o777 == 0o400
    assert (clone.path / ".naturecode/sessions").stat().st_mode & 0o777 == 0o700


def test_a_second_run_writes_nothing_and_a_change_writes_one_file(clone: Clone) -> None:
    one, two = clone.start("one"), clone.start("two")
    clone.nc("folder")
    before = {path: path.stat() for path in (page(clone, one), page(clone, two))}
    assert clone.nc("folder").out == ".naturecode/ is up to date\n"
    clone.nc("session", "say", one, "more")
    assert clone.nc("folder", "--json").json["written"] == 1
    assert page(clone, two).stat() == before[page(clone, two)]
    assert "more" in page(clone, one).read_text()


def test_only_what_changed_is_read(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [clone.start(f"number {number}") for number in range(5)]
    clone.nc("folder")
    clone.nc("session", "say", made[2], "more")
    read = []
    really = Store.read

    def noted(store: Store, tail: str, kind: str, *, sealed: bool) -> list[Placed]:
        read.append(tail)
        return really(store, tail, kind, sealed=sealed)

    monkeypatch.setattr(Store, "read", noted)
    with clone.store() as store:
        assert place.is_stale(store)
        assert update.update(store).written == 1
        assert not place.is_stale(store)
        assert update.update(store).written == 0
    assert read == [made[2][-8:]]


def test_very_many_at_once_give_the_same_files(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        session = clone.start(f"number {number}", ("team", "private")[number % 2])
        clone.nc("session", "say", session, f"text {number}")
    clone.nc("folder")
    one_by_one = files(clone)
    clone.git("clean", "-fdxq")
    assert not files(clone)
    monkeypatch.setattr("git_naturecode.folder.views._MANY", 0)
    assert clone.nc("folder", "--json").json["written"] == 5
    assert files(clone) == one_by_one


def test_a_new_title_moves_the_file_and_a_deleted_session_has_none(clone: Clone) -> None:
    session, other = clone.start("first name"), clone.start("other")
    clone.nc("folder")
    with clone.store() as store:
        store.write("team", session, [Draft("set", {"field": "title", "value": "New", "over": []})])
        store.settle()
    clone.nc("folder")
    assert page(clone, session).name.endswith(f"-new-{session[-8:]}.md")
    with clone.store() as store:
        store.write("team", session, [Draft("delete", {})])
        store.settle()
    assert clone.nc("folder", "--json").json["removed"] == 1
    assert pages(clone) == {other}


def test_a_redacted_text_is_gone_from_the_file(clone: Clone) -> None:
    session = clone.start()
    clone.nc("session", "say", session, "the merger is on friday")
    message = clone.nc("session", "show", session, "--json").json["messages"][0]["messageId"]
    clone.nc("folder")
    assert "merger" in page(clone, session).read_text()
    with clone.store() as store:
        store.write("team", session, [Draft("redact", {"target": message})])
        store.settle()
    clone.nc("folder")
    assert "merger" not in page(clone, session).read_text()
    assert "redacted by Ada" in page(clone, session).read_text()


def test_the_days_shown_and_what_grows_old(clone: Clone) -> None:
    session = clone.start()
    clone.nc("folder")
    assert pages(clone) == {session}
    later = clock.system_ms() + 91 * clock.DAY_MS
    with clone.store() as store:
        assert not place.is_stale(store)
        store.now_ms = lambda: later
        assert place.is_stale(store)  # the day is another one
        assert update.update(store).removed == 1
    assert set(files(clone)) == {"README.md"}
    assert not (clone.path / ".naturecode/sessions").exists()
    clone.nc("folder")
    clone.git("config", "naturecode.folderDays", "0")
    assert clone.nc("folder", "--json").json["removed"] == 1
    clone.git("config", "naturecode.folderDays", "200")
    assert clone.nc("folder", "--json").json["written"] == 1
    clone.git("config", "naturecode.folderDays", "soon")
    assert "naturecode.folderDays is 'soon'" in clone.nc("folder", code=2).err


def test_a_file_changed_by_hand_is_kept_and_told(clone: Clone) -> None:
    session, other = clone.start("mine"), clone.start("other")
    clone.nc("folder")
    edit(page(clone, session), "my own words\n")
    clone.nc("session", "say", session, "more")
    clone.nc("session", "say", other, "more")
    said = clone.nc("folder")
    assert f"left alone: .naturecode/sessions/{page(clone, session).parent.name}/" in said.err
    assert "it was changed by hand" in said.err
    assert page(clone, session).read_text() == "my own words\n"
    assert "more" in page(clone, other).read_text()
    assert "changed by hand" in clone.nc("status").out
    assert clone.nc("status", "--json").json["folder"][0]["why"] == "it was changed by hand"
    with clone.store() as store:  # not even when its session is deleted, or grows old
        store.write("team", session, [Draft("delete", {})])
        store.settle()
    clone.nc("folder")
    clone.git("config", "naturecode.folderDays", "0")
    clone.nc("folder")
    assert page(clone, session).read_text() == "my own words\n"
    page(clone, session).rename(clone.path / "kept.md")
    clone.git("config", "--unset", "naturecode.folderDays")
    assert clone.nc("folder").err == ""
    assert "changed by hand" not in clone.nc("status").out


def test_moved_away_the_view_comes_back(clone: Clone) -> None:
    session = clone.start()
    clone.nc("folder")
    path, before = page(clone, session), page(clone, session).read_text()
    edit(path, "mine\n")
    clone.nc("folder")
    path.rename(clone.path / "kept.md")
    clone.nc("folder")
    assert path.read_text() == before


def test_a_file_that_was_there_before_is_never_overwritten(clone: Clone) -> None:
    (clone.path / ".naturecode").mkdir()
    (clone.path / ".naturecode/README.md").write_text("mine\n")
    (clone.path / ".naturecode/notes.txt").write_text("mine too\n")
    session = clone.start()
    said = clone.nc("folder")
    assert ".naturecode/README.md: it was there before" in said.err
    assert ".naturecode/README.md: it was there before" in clone.nc("folder").err
    clone.nc("folder", "--off")
    assert files(clone) == {"README.md": "mine\n", "notes.txt": "mine too\n"}
    assert session not in pages(clone)


def test_an_equal_file_is_taken_for_ours_and_a_touched_one_stays_ours(clone: Clone) -> None:
    session = clone.start()
    clone.nc("folder")
    for path in (clone.path / ".git/naturecode/folders/main").iterdir():
        path.unlink()
    assert clone.nc("folder", "--json").json == {
        "schema": 1, "state": "up to date", "written": 0, "removed": 0, "kept": []
    }  # fmt: skip
    os.utime(page(clone, session), (1, 1))
    page(clone, session).chmod(0o644)
    clone.nc("session", "say", session, "more")
    assert clone.nc("folder").err == ""
    assert "more" in page(clone, session).read_text()


def test_what_was_removed_or_emptied_comes_back(clone: Clone) -> None:
    session = clone.start()
    clone.nc("folder")
    before = files(clone)
    page(clone, session).unlink()
    edit(clone.path / ".naturecode/README.md", "")  # as a power cut may leave it
    clone.nc("folder")
    assert files(clone) == before
    for args in (["clean", "-fdxq"], ["stash", "-aq"]):
        clone.git(*args)
        with clone.store() as store:
            assert place.is_stale(store)
        clone.nc("folder")
        assert files(clone) == before


def test_private_messages_of_a_shared_session_are_for_their_owner_only(clone: Clone) -> None:
    session = clone.start()
    with clone.store() as store:
        store.write("private", session, [Draft("message", {"role": "note"}, "not yet")])
        store.settle()
    clone.nc("folder")
    assert page(clone, session).stat().st_mode & 0o777 == 0o400
    assert "not shared yet" in page(clone, session).read_text()


def test_it_is_written_in_the_background(clone: Clone) -> None:
    from git_naturecode import background

    session = clone.start()
    with clone.store() as store:
        assert background.work(store) == 1
        assert background.work(store) == 0
    assert pages(clone) == {session}


def test_off_and_on(clone: Clone) -> None:
    session = clone.start()
    clone.nc("folder")
    said = clone.nc("folder", "--off")
    assert said.out == ".naturecode/: 0 files written, 2 files removed\n"
    assert not (clone.path / ".naturecode").exists()
    assert "switched off" in clone.nc("folder", code=1).err
    with clone.store() as store:
        assert not place.is_stale(store)
        assert update.update(store).state == update.OFF
    clone.nc("folder", "--on")
    assert pages(clone) == {session}


def test_init_without_a_folder(box: Box) -> None:
    clone = box.repo()
    clone.nc("init", "--no-folder")
    assert "naturecode" not in (clone.path / ".git/info/exclude").read_text()
    clone.nc("init")  # does not undo it
    assert clone.git("config", "naturecode.folder").strip() == "false"
    clone.nc("folder", code=1)
    clone.nc("folder", "--on")
    assert (clone.path / ".naturecode/README.md").exists()
    assert clone.git("status", "--porcelain") == ""


def test_a_bare_repository_has_none(box: Box) -> None:
    hub = Clone(box.remote())
    hub.nc("init")
    assert "no work tree" in hub.nc("folder", code=1).err
    with hub.store() as store:
        assert not place.is_stale(store)
        assert update.update(store).state == update.NO_WORK_TREE
    assert not (hub.path / ".naturecode").exists()


def test_each_work_tree_has_its_own(clone: Clone, box: Box) -> None:
    clone.git("worktree", "add", "-q", "../linked")
    linked = Clone(box.path / "linked")
    session = clone.start()
    clone.nc("folder")
    assert not (linked.path / ".naturecode").exists()
    linked.nc("folder")
    assert files(linked) == files(clone)
    assert linked.git("status", "--porcelain") == ""
    clone.nc("session", "say", session, "more")
    with clone.store() as store:
        update.update_all(store)  # as the background does: wherever there is one already
    assert files(linked) == files(clone)
    assert "more" in page(linked, session).read_text()
    clone.git("worktree", "remove", "../linked")  # ours do not hold it up
    with clone.store() as store:
        update.update_all(store)
    assert os.listdir(clone.path / ".git/naturecode/folders") == ["main"]


def test_two_at_once_are_one(clone: Clone) -> None:
    from git_naturecode.store.lock import hold

    session = clone.start()
    with clone.store() as store, hold(os.path.join(place.folder_of(store.repo), "lock"), 0):
        assert update.update(store).state == update.BUSY
        assert place.is_stale(store)
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "git_naturecode", "folder", "--json"],
            cwd=clone.path,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    written = [b'"written": 2' in run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert sorted(written) == [False, False, True]
    assert pages(clone) == {session}


def test_a_moved_and_a_copied_repository_know_their_files(clone: Clone, box: Box) -> None:
    session = clone.start()
    clone.nc("folder")
    subprocess.run(["cp", "-r", clone.path, box.path / "copy"], check=True)
    copy = Clone(box.path / "copy")
    clone.path.rename(box.path / "moved")
    for one in (copy, Clone(box.path / "moved")):
        one.nc("session", "say", session, "more")
        assert one.nc("folder").err == ""
        assert "more" in page(one, session).read_text()


def test_views_of_the_data_branch(clone: Clone) -> None:
    put(clone, {"kb/articles/retry.md": "---\ntitle: Retry\n---\nUse jitter.\n",
                "team/core.yml": "name: core\n"})  # fmt: skip
    clone.nc("folder")
    assert files(clone)["team/core.yml"] == "name: core\n"
    article = clone.path / ".naturecode/kb/articles/retry.md"
    assert article.stat().st_mode & 0o777 == 0o644  # the only ones to edit
    article.write_text("my edit\n")
    put(clone, {"kb/articles/retry.md": "theirs\n", "team/core.yml": None})
    with clone.store() as store:  # what is gone from the branch is gone from the folder
        found = update.update(store)
    assert found.kept == {".naturecode/kb/articles/retry.md": "it was changed by hand"}
    assert article.read_text() == "my edit\n"
    assert "team/core.yml" not in files(clone)
    assert ".gitattributes" not in files(clone)


def put(clone: Clone, changes: dict[str, str | None]) -> None:
    """Commit views to the data branch with git's own index."""
    env = {**os.environ, "GIT_INDEX_FILE": str(clone.path / ".git/other-index")}

    def git(*args: str, data: str | None = None) -> str:
        return subprocess.run(
            ["git", *args], cwd=clone.path, env=env, input=data, text=True, check=True,
            capture_output=True,
        ).stdout.strip()  # fmt: skip

    git("read-tree", "naturecode")
    for path, text in changes.items():
        if text is None:
            git("update-index", "--force-remove", path)
        else:
            blob = git("hash-object", "-w", "--stdin", data=text)
            git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    commit = git("commit-tree", git("write-tree"), "-p", "naturecode", "-m", "views")
    git("update-ref", "refs/heads/naturecode", commit)
