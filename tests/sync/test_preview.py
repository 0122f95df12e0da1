"""The dry run says what would travel and moves nothing; another remote is shown first."""

import subprocess
import sys
import time

from box import Box, Clone
from git_naturecode.store.entry import Draft
from sync.meeting import pair, refs
from sync.test_notes_travel import note


def everything(clone: Clone) -> str:
    """All refs of a clone with where they point."""
    return clone.git("for-each-ref")


def test_what_would_come_and_go(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "my token is ghp_" + "aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5")
    other = ben.start("From ben")
    note(ben, "one line")
    ben.nc("sync")
    ada.nc("session", "say", session, "from ada")
    with ada.store() as store:
        store.write("team", session, [Draft("message", {"role": "user"}, "still waiting")])
    before, theirs = everything(ada), refs(hub)
    found = ada.nc("sync", "--dry-run", "--json").json
    assert found["dryRun"] is True
    came, goes = found["receive"], found["send"]
    assert {item["id"]: item["name"] for item in came["items"]} == {
        session: "Retry jitter", other: "From ben"
    }  # fmt: skip
    assert (came["files"], came["sessions"], came["entries"], came["notes"]) == (2, 2, 2, 1)
    assert came["redacted"] == 1
    assert (goes["sessions"], goes["entries"], goes["notes"], found["queued"]) == (1, 1, 0, 1)
    assert goes["bytes"] > 100
    said = ada.nc("sync", "--dry-run")
    assert "would receive 2 files with 2 new entries of 2 sessions" in said.out
    assert "From ben" in said.out
    assert "1 text not yet written to a log would go too" in said.out
    assert "nothing was changed" in said.err
    assert (everything(ada), refs(hub)) == (before, theirs)
    ada.nc("sync")
    assert "nothing would come or go" in ada.nc("sync", "--dry-run").out
    assert ada.texts(session)[-1] == "still waiting"


def test_articles_and_reviews_are_named_too(box: Box) -> None:
    hub = box.remote()
    ada = box.clone(hub, "ada")
    (ada.path / "a.md").write_text("# Retry\n\nAgain.\n")
    article = ada.nc("kb", "add", "--file", "a.md").out.strip()
    found = ada.nc("sync", "--dry-run", "--json").json["send"]
    assert (found["sessions"], found["articles"], found["reviews"]) == (0, 1, 0)
    assert found["items"] == [{"id": article, "name": "Retry"}]
    said = ada.nc("sync", "--dry-run").out
    assert "of 1 article (" in said
    assert f"  {article}  Retry" in said
    ada.start("Talk")
    assert "of 1 session and 1 article (" in ada.nc("sync", "--dry-run").out
    ada.nc("kb", "rm", article)
    assert f"  {article}  (deleted)" in ada.nc("sync", "--dry-run").out


def test_dry_run_with_an_empty_remote_or_none(box: Box) -> None:
    hub = box.remote(empty=True)
    ada = box.ready("ada")
    assert "no remote" in ada.nc("sync", "--dry-run", code=4).err
    ada.git("remote", "add", "origin", f"file://{hub}")
    ada.start()
    assert "push your code first" in ada.nc("sync", "--dry-run").out
    hub.rename(hub.with_name("away"))
    assert "hint: " in ada.nc("sync", "--dry-run", code=4).err


def test_another_remote_is_shown_first_and_two_converge(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    other = box.remote("other")
    for clone in (ada, ben):
        clone.git("remote", "add", "other", f"https://user:hunter2@127.0.0.1:1/{other.name}")
        clone.git("config", f"url.file://{other}.insteadOf", clone.git(
            "config", "remote.other.url").strip())  # fmt: skip
    said = ada.nc("sync", "--remote", "other", code=3)
    assert "would send 1 file with" in said.err or "would send 3 files with" in said.err
    assert "Retry jitter" in said.err
    assert "hunter2" not in said.err
    assert "--yes" in said.err
    assert refs(other, "refs/heads/naturecode") == []
    ada.nc("sync", "--remote", "other", "--yes")
    ben.nc("session", "say", session, "by the hub")
    ben.nc("sync")
    ada.nc("session", "say", session, "by the other")
    ada.nc("sync", "--remote", "other", "--yes")
    status = ada.nc("status").out
    assert "to push to origin" in status
    assert "in step with other" in status
    for clone in (ada, ben, ada, ben):
        clone.nc("sync")
        clone.nc("sync", "--remote", "other", "--yes")
    assert ada.texts(session) == ben.texts(session)
    trees = {Clone(place).git("rev-parse", "naturecode^{tree}") for place in (hub, other)}
    assert len(trees) == 1
    names = [one["name"] for one in ada.nc("status", "--json").json["remotes"]]
    assert names == ["origin", "other"]


def test_a_second_sync_waits_and_finds_nothing_left(box: Box) -> None:
    hub, ada, _, session = pair(box)
    ada.nc("session", "say", session, "once")
    hook = hub / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\ntouch pushing\nwhile [ ! -e go ]; do sleep 0.05; done\n")
    hook.chmod(0o755)
    command = [sys.executable, "-m", "git_naturecode", "sync"]
    quiet, pipe = subprocess.DEVNULL, subprocess.PIPE
    try:
        with subprocess.Popen(command, cwd=ada.path, stdout=quiet, stderr=quiet) as first:
            while not (hub / "pushing").exists():
                assert first.poll() is None
                time.sleep(0.02)
            with subprocess.Popen(
                command, cwd=ada.path, stdout=pipe, stderr=pipe, text=True
            ) as second:
                assert second.stderr
                assert "waiting for it" in second.stderr.readline()
                (hub / "go").touch()
                out, _ = second.communicate()
            assert first.wait() == second.returncode == 0
    finally:
        (hub / "go").touch()
    assert "nothing new on either side" in out
