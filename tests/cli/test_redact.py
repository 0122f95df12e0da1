"""redact: finding what should not have been said, and taking it out of everything."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.store import attachments
from sync.meeting import pair
from sync.purge_judge import own_files, reachable

KEY = "ghp_" + "x9Kq2Lm8Zt4Rv6Wb1Nc3Yd5Fg7Hj0Ps4Qa2E"
WORD = "chrysanthemum-4711"


def everywhere(*repos: Clone) -> bytes:
    return b"".join(reachable(repo) + own_files(repo) for repo in repos)


def said(clone: Clone, session: str, text: str) -> str:
    """Say `text` past the redaction, as an older version that did not know the rule."""
    from git_naturecode.store.entry import Draft

    with clone.store() as store:
        draft = Draft("message", {"role": "user"}, text, clean=True)
        (entry,) = store.write("team", session, [draft])
        store.settle()
    return entry.id


def test_nothing_to_find(box: Box) -> None:
    clone = box.ready()
    clone.start()
    assert "nothing" in clone.nc("redact", "--check").err
    assert clone.nc("redact", "--check", "--json").json["items"] == []
    assert "nothing was found" in clone.nc("redact", "--rewrite", "--yes", code=1).err


def test_a_file_beside_the_logs_is_found_and_what_to_do_is_said(box: Box) -> None:
    """It has no writer, so that nobody may purge it; a check must not say that all is well."""
    clone = box.ready()
    session = clone.start()
    text = f"use {KEY} with {WORD}\n".encode() + b"\xff\x00"
    name = hashlib.sha256(text).hexdigest()
    with clone.store() as store:
        attachments.put(store, "team", {name: text})
    for asked in ((), ("--text", WORD)):
        found = clone.nc("redact", "--check", *asked, code=1)
        assert f"files/{name[:2]}/{name}" in found.out
        assert "1 text with" in found.err
        assert "change what is secret" in found.err
        assert KEY not in found.out + found.err
    assert clone.nc("redact", "--check", "--text", "something else").code == 0
    (item,) = clone.nc("redact", "--check", "--json", code=1).json["files"]
    assert item["path"].endswith(name)
    assert "not taken out: files/" in clone.nc("redact", "--rewrite", "--yes", code=1).err
    said(clone, session, f"oh {WORD}")
    answer = clone.nc("redact", "--rewrite", "--yes", "--text", WORD)
    assert "took 1 text out" in answer.err
    assert "not taken out: files/" in answer.err


def test_a_key_that_was_said_is_found_and_taken_out(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    said(ada, session, f"use {KEY} for now")
    ada.nc("session", "say", session, "and nothing else")
    ada.nc("sync")
    ben.nc("sync")
    found = ada.nc("redact", "--check", code=1)
    assert session in found.out
    assert "1 text with" in found.err
    assert KEY not in found.out + found.err
    answer = ada.nc("redact", "--rewrite", "--yes")
    assert "1 text said again without it" in answer.err
    assert ada.texts(session)[-2:] == ["use [REDACTED:github-token:1] for now", "and nothing else"]
    assert "nothing" in ada.nc("redact", "--check").err
    ben.nc("folder")
    ben.nc("sync")
    assert ben.texts(session) == ada.texts(session)
    pages = [p for p in (ben.path / ".naturecode").rglob("*.md") if p.is_file()]
    assert any("and nothing else" in page.read_text() for page in pages)
    assert not any(KEY in page.read_text() for page in pages)
    assert KEY.encode() not in everywhere(ada, ben, Clone(hub))
    pages = [p for p in (ada.path / ".naturecode").rglob("*.md") if p.is_file()]
    assert any("and nothing else" in page.read_text() for page in pages)
    assert not any(KEY in page.read_text() for page in pages)
    assert "nothing new" in ada.nc("sync").out


def test_a_message_goes_as_a_whole_with_its_edits(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    message = said(ada, session, f"about {WORD} and more")
    ada.nc("session", "edit", session, message, f"about {WORD}, better")
    ada.nc("session", "fork", session, "--name", "A fork")
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "fork", session, "--name", "Another fork")
    ben.nc("sync")
    ada.nc("sync")
    ada.nc("redact", "--rewrite", session, message, "--yes")
    ben.nc("sync")
    ada.nc("sync")
    assert WORD.encode() not in everywhere(ada, ben, Clone(hub))
    assert WORD not in str(ben.texts(session))
    assert len(ben.ids()) == 3


def test_texts_of_others_are_named_and_left(box: Box) -> None:
    _, ada, ben, session = pair(box)
    ben.env["XDG_CONFIG_HOME"] = str(box.path / "ben-config")
    ben.nc("init")
    said(ada, session, f"{WORD} by ada")
    ada.nc("sync")
    ben.nc("sync")
    answer = ben.nc("redact", "--rewrite", "--text", WORD, "--yes", code=5)
    assert "ada@example.com" in answer.err
    assert any(WORD in text for text in ben.texts(session))


def test_a_damaged_key_is_said_before_anything_is_written(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    said(clone, session, f"oh {WORD}")
    (key,) = Path(os.environ["HOME"], ".config/naturecode/keys").glob("*.key")
    good = key.read_bytes()
    key.write_text("rubbish")
    answer = clone.nc("redact", "--rewrite", "--text", WORD, "--yes", code=1)
    assert "the key of this device is damaged" in answer.err
    key.unlink()
    answer = clone.nc("redact", "--rewrite", "--text", WORD, "--yes", code=5)
    assert "where they were written" in answer.err
    assert clone.texts(session) == [f"oh {WORD}"]
    key.write_bytes(good)
    key.chmod(0o600)
    clone.nc("redact", "--rewrite", "--text", WORD, "--yes")
    assert clone.texts(session) == ["oh [REDACTED:own:1]"]


def test_a_private_text_goes_without_a_record(box: Box) -> None:
    clone = box.ready()
    session = clone.start(visibility="private")
    clone.nc("session", "say", session, f"privately {WORD}")
    before = clone.git("rev-parse", "naturecode")
    clone.nc("redact", "--rewrite", "--text", WORD, "--yes")
    assert clone.git("rev-parse", "naturecode") == before
    private = Clone(clone.path / ".git/naturecode/private.git")
    held = private.git("cat-file", "--batch-all-objects", "--batch")
    assert WORD not in held
    assert WORD.encode() not in own_files(clone)
    assert clone.texts(session) == ["privately [REDACTED:own:1]"]


def test_a_remote_that_forbids_force_still_gets_what_is_new(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    Clone(hub).git("config", "receive.denyNonFastForwards", "true")
    said(ada, session, f"oh {WORD}")
    ada.nc("sync")
    ben.nc("sync")
    answer = ada.nc("redact", "--rewrite", "--text", WORD, "--yes", code=4)
    assert "does not let naturecode be replaced" in answer.err
    assert "error: taken out here, but origin keeps it in its history" in answer.err
    assert "the next `git naturecode sync` takes" not in answer.err
    assert "forbids to force a push" in ada.nc("status").out
    ben.nc("session", "say", session, "still talking")
    ben.nc("sync")
    ada.nc("session", "say", session, "me too")
    assert "busy" not in ada.nc("sync").out
    ben.nc("sync")
    assert WORD.encode() not in everywhere(ada, ben)
    assert "still talking" in ada.texts(session)
    # What it keeps is fetched at each sync, and does not cost the index each time.
    ada.nc("session", "list")
    index = ada.path / ".git/naturecode/index.db"
    before = index.stat().st_ino
    ada.nc("sync")
    ada.git("fetch", "-q")  # which brings it to the tracking ref, too
    ada.nc("sync")
    assert index.stat().st_ino == before
    Clone(hub).git("config", "receive.denyNonFastForwards", "false")
    ada.nc("sync")
    assert WORD.encode() not in everywhere(Clone(hub))


def test_offline_it_is_done_here_and_carried_on_later(box: Box) -> None:
    hub, ada, _, session = pair(box)
    said(ada, session, f"oh {WORD}")
    ada.nc("sync")
    hub.rename(hub.with_name("away.git"))
    answer = ada.nc("redact", "--rewrite", "--text", WORD, "--yes", "--json", code=4)
    assert "taken out here, but not yet at origin" in answer.err
    assert len(answer.json["purged"]) == 1
    assert answer.json["remote"] is None
    assert "origin may still hold texts that were purged" in ada.nc("status").out
    assert WORD.encode() not in everywhere(ada)
    hub.with_name("away.git").rename(hub)
    ada.nc("sync")
    assert WORD.encode() not in everywhere(ada, Clone(hub))
    assert "purged" not in ada.nc("status").out


def test_status_tells_of_another_remote_that_still_holds_it(box: Box) -> None:
    hub, ada, _, session = pair(box)
    two = box.remote("two")
    ada.git("remote", "add", "two", f"file://{two}")
    said(ada, session, f"oh {WORD}")
    ada.nc("sync")
    ada.nc("sync", "--remote", "two", "--yes")
    assert "purged" not in ada.nc("status").out
    ada.nc("redact", "--rewrite", "--text", WORD, "--yes")
    for fetch in ([], ["fetch", "-q", "two"]):  # forgotten here, and brought again by plain git
        if fetch:
            ada.git(*fetch)
        told = ada.nc("status").out
        assert "two may still hold texts that were purged here; `git naturecode sync --remo" in told
        assert "origin may" not in told
    of = {one["name"]: one["unpurged"] for one in ada.nc("status", "--json").json["remotes"]}
    assert of == {"origin": False, "two": True}
    ada.nc("sync", "--remote", "two", "--yes")
    assert "purged" not in ada.nc("status").out
    assert WORD.encode() not in everywhere(ada, Clone(hub), Clone(two))


def test_what_is_left_is_said_again_in_every_fork(box: Box) -> None:
    _, ada, ben, session = pair(box)
    said(ada, session, f"use {WORD} for now")
    ada.nc("session", "fork", session, "--name", "A fork")
    ada.nc("sync")
    ben.nc("sync")
    ben.nc("session", "fork", session, "--name", "Another fork")
    ben.nc("sync")
    ada.nc("sync")
    assert "1 text said again" in ada.nc("redact", "--rewrite", "--text", WORD, "--yes").err
    ben.nc("sync")
    for clone in (ada, ben):
        left = [clone.texts(one)[-1] for one in clone.ids()]
        assert left == ["use [REDACTED:own:1] for now"] * 3


def test_a_work_tree_that_has_the_branch_is_named(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    said(clone, session, f"oh {WORD}")
    for name, how in (("on", "naturecode"), ("off", "--detach naturecode")):
        clone.git("worktree", "add", "-q", str(box.path / name), *how.split()[::-1])
    said(clone, session, "later")
    answer = clone.nc("redact", "--rewrite", "--text", WORD, "--yes", "--json")
    assert sorted(answer.json["refs"]) == [f"the work tree {box.path / n}" for n in ("off", "on")]


def test_another_work_tree_that_is_elsewhere_is_not_named(box: Box) -> None:
    clone = box.ready()
    said(clone, clone.start(), f"oh {WORD}")
    clone.git("worktree", "add", "-q", str(box.path / "other"))
    assert clone.nc("redact", "--rewrite", "--text", WORD, "--yes", "--json").json["refs"] == []


def test_refs_of_the_user_are_named_and_head_forgets(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    said(clone, session, f"oh {WORD}")
    clone.git("checkout", "-q", "naturecode")
    clone.git("checkout", "-q", "main")
    clone.git("tag", "keep", "naturecode")
    mine = clone.git("rev-parse", "main")
    answer = clone.nc("redact", "--rewrite", "--text", WORD, "--yes")
    assert "refs/tags/keep still holds them" in answer.err
    clone.git("tag", "-d", "keep")
    clone.nc("redact", "--rewrite", "--text", "nothing like it", "--yes", code=1)
    assert mine in clone.git("reflog", "show", "--format=%H", "HEAD")
    said(clone, session, f"again {WORD}")
    clone.git("checkout", "-q", "naturecode")
    clone.git("checkout", "-q", "main")
    clone.nc("redact", "--rewrite", "--text", WORD, "--yes")
    assert WORD.encode() not in everywhere(clone)
    assert mine in clone.git("reflog", "show", "--format=%H", "HEAD")


def test_a_private_purge_that_was_killed_is_ended_by_the_next_command(box: Box) -> None:
    """Killed when the branch was rewritten and its reflog was not yet."""
    from unittest.mock import patch

    from git_naturecode.git import history

    clone = box.ready()
    session = clone.start(visibility="private")
    clone.nc("session", "say", session, f"privately {WORD}")
    with patch.object(history, "expire_reflogs", side_effect=KeyboardInterrupt):
        clone.nc("redact", "--rewrite", "--text", WORD, "--yes", code=130)
    private = Clone(clone.path / ".git/naturecode/private.git")
    assert WORD in private.git("cat-file", "--batch-all-objects", "--batch")
    clone.nc("background")
    assert WORD not in private.git("cat-file", "--batch-all-objects", "--batch")


@pytest.mark.parametrize(
    "words",
    [
        [], ["--check", "--rewrite"], ["abc"], ["--check", "abc"],
        ["--rewrite", "--text", "no"], ["--rewrite", "--text", ""],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(box: Box, words: list[str]) -> None:
    clone = box.ready()
    said(clone, clone.start(), KEY)
    answer = clone.nc("redact", *words, code=2)
    assert answer.err.startswith("error: ")
    assert "hint: " in answer.err


def test_where_nobody_can_be_asked_nothing_is_taken_out(clone: Clone) -> None:
    session = clone.start()
    said(clone, session, KEY)
    answer = clone.nc("redact", "--rewrite", code=3)
    assert "cannot be undone, and nobody is at a terminal" in answer.err
    assert "hint: add --yes" in answer.err
    assert clone.texts(session) == [KEY]


def test_a_wrong_id_is_said(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    assert "no session" in clone.nc("redact", "--rewrite", "zzzz", "1", "--yes", code=1).err
    clone.nc("redact", "--rewrite", session, "zzzz", "--yes", code=1)


def test_the_index_and_the_journal_know_it_no_more(box: Box, tmp_path: Path) -> None:
    clone = box.ready()
    session = clone.start()
    said(clone, session, f"oh {WORD}")
    assert clone.nc("session", "search", WORD).code == 0
    clone.nc("redact", "--rewrite", "--text", WORD, "--yes")
    assert clone.nc("session", "search", WORD, code=1).code == 1
    assert WORD.encode() not in own_files(clone)


def test_a_lock_that_others_hold_for_a_moment_delays_it(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    said(clone, session, f"oh {WORD}")
    lock = clone.path / ".git/refs/heads/naturecode.lock"
    lock.touch()
    timer = threading.Timer(1.0, lock.unlink)
    timer.start()
    clone.nc("redact", "--rewrite", "--text", WORD, "--yes")
    timer.join()
    assert WORD.encode() not in everywhere(clone)


def test_a_lock_that_stays_is_told_and_the_next_command_goes_on(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    from git_naturecode.store import forgetting

    _, ada, ben, session = pair(box)
    said(ada, session, f"oh {WORD}")
    ada.nc("sync")
    ben.nc("sync")
    ada.nc("redact", "--rewrite", "--text", WORD, "--yes")
    monkeypatch.setattr(forgetting, "_WAIT", 0.3)
    ben.git("fetch", "-q")
    lock = ben.path / ".git/refs/remotes/origin/naturecode.lock"
    lock.touch()
    assert "traces of the purge are still in this clone" in ben.nc("sync").err
    lock.unlink()
    ben.nc("sync")
    assert WORD.encode() not in everywhere(ben)
