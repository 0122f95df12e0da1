"""Sync between clones: what arrives where, in every kind of clone, and what stands in its way."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from box import Box, Clone, Way
from git_naturecode.git import complaints
from git_naturecode.git import remote as remotes
from git_naturecode.git.objects import RefLocked
from git_naturecode.git.program import ProgramObjects
from git_naturecode.store import paths
from sync.meeting import OUTBOX, is_linear, pair, refs


def test_two_independent_inits_come_together(box: Box, way: Way) -> None:
    hub = box.remote(way=way)
    ada, ben = box.clone(hub, "ada", way), box.clone(hub, "ben", way)
    one, two = ada.start("One"), ben.start("Two")
    for clone in (ada, ben, ada):
        clone.nc("sync")
    assert ada.ids() == ben.ids() == {one, two}
    assert ada.git("rev-parse", "naturecode") == ben.git("rev-parse", "naturecode")
    assert is_linear(hub)


def test_several_writers_in_one_session(box: Box, way: Way) -> None:
    hub, ada, ben, session = pair(box, way)
    for number in range(3):
        ada.nc("session", "say", session, f"ada {number}")
        ben.nc("session", "say", session, f"ben {number}")
        ada.nc("sync")
        ben.nc("sync")
    ada.nc("sync")
    said = [f"{who} {number}" for number in range(3) for who in ("ada", "ben")]
    assert ada.texts(session) == ben.texts(session) == said
    assert is_linear(hub)


def test_nothing_to_do_is_one_request(box: Box, tmp_path: Path) -> None:
    _, ada, _, _ = pair(box)
    ada.env["GIT_NATURECODE_TRACE"] = str(tmp_path / "trace")
    said = ada.nc("sync")
    assert "nothing new on either side" in said.out
    trace = (tmp_path / "trace").read_text()
    network = [word for word in ("ls-remote", "fetch ", "push ") if word in trace]
    assert network == ["ls-remote"]
    assert trace.count("ls-remote") == 1


def test_never_the_first_push_into_an_empty_remote(box: Box) -> None:
    hub = box.remote(empty=True)
    ada = box.repo("ada")
    ada.git("remote", "add", "origin", f"file://{hub}")
    ada.nc("init")
    ada.start()
    said = ada.nc("sync")
    assert "origin is empty: push your code first" in said.out
    assert refs(hub) == []
    ada.git("push", "-q", "origin", "main")
    ada.nc("sync")
    assert refs(hub) == ["refs/heads/main", "refs/heads/naturecode"]


def test_offline_keeps_everything(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    hub.rename(hub.with_name("away"))
    ada.nc("session", "say", session, "said offline")
    said = ada.nc("sync", code=4)
    assert said.err.count("\n") == 2
    assert "error: origin " in said.err
    assert "hint: nothing here is lost" in said.err
    assert ada.texts(session) == ["said offline"]
    hub.with_name("away").rename(hub)
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["said offline"]


@pytest.mark.parametrize(
    ("err", "says", "hint"),
    [
        ("fatal: Authentication failed for 'https://u:secret@h/x'", "did not let us in", "ls-rem"),
        ("git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
         "did not let us in", "must work first"),
        ("fatal: unable to access 'https://h/x/': The requested URL returned error: 403",
         "did not let us in", "must work first"),
        ("fatal: unable to access 'https://h/x/': Could not resolve host: h",
         "cannot be reached", "go on working"),
        ("fatal: repository 'https://h/x/' not found", "no such repository", "get-url"),
        ("fatal: the tide is out", "did not do its part", "try again"),
    ],
)  # fmt: skip
def test_what_git_says_becomes_one_sentence(err: str, says: str, hint: str) -> None:
    told = complaints.unreachable("hub", err)
    assert told.code == 4
    assert says in told.message
    assert hint in told.hint
    assert "secret" not in told.message


@pytest.mark.parametrize(
    "reason", ["fetch first", "stale info", "non-fast-forward", "needs force", "failed to lock"]
)
def test_a_remote_that_went_on_meanwhile_is_asked_again(reason: str) -> None:
    line = f"!\t{'a' * 40}:refs/heads/naturecode\t[rejected] ({reason})"
    assert complaints.moved_on(line)
    assert not complaints.moved_on(line.replace(reason, "hook declined"))


def test_a_host_that_refuses(box: Box) -> None:
    hub, ada, _, session = pair(box)
    hook = hub / "hooks" / "update"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    ada.nc("session", "say", session, "kept")
    said = ada.nc("sync", code=4)
    assert "origin refused the push" in said.err
    assert "everything is kept here" in said.err
    assert ada.texts(session) == ["kept"]
    hook.unlink()
    ada.nc("sync")
    assert refs(hub, OUTBOX) == []


def test_incoming_refs_go_away_even_after_a_kill(box: Box, way: Way) -> None:
    _, ada, ben, session = pair(box, way)
    head = ada.git("rev-parse", "naturecode").strip()
    dead = (1 << 22) + 1  # no process of Linux has this number
    ben.git("update-ref", f"refs/naturecode/incoming/origin/{dead}-x/heads/naturecode", head)
    alive = f"refs/naturecode/incoming/origin/{os.getpid()}-other/heads/naturecode"
    ben.git("update-ref", alive, head)
    ada.nc("session", "say", session, "hello")
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["hello"]
    assert ben.git("for-each-ref", "--format=%(refname)", "refs/naturecode/").split() == [alive]


def _kinds(box: Box, hub: Path, kind: str, way: Way) -> Clone:
    if kind == "depth 1":
        return box.clone(hub, "odd", way, "--depth=1")
    if kind == "depth 1, all branches":
        return box.clone(hub, "odd", way, "--depth=1", "--no-single-branch")
    if kind == "partial":
        subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=hub, check=True)
        return box.clone(hub, "odd", way, "--filter=blob:none", "--no-checkout")
    if kind == "bare":
        return box.clone(hub, "odd", way, "--bare")
    base = box.clone(hub, "base", way)
    base.git("worktree", "add", "-q", str(box.path / "linked"))
    return Clone(box.path / "linked", way, {"GIT_AUTHOR_EMAIL": "odd@example.com"})


@pytest.mark.parametrize(
    "kind", ["depth 1", "depth 1, all branches", "partial", "bare", "linked work tree"]
)
def test_in_every_kind_of_clone(box: Box, kind: str, way: Way) -> None:

    def make() -> tuple[Path, Clone, Clone, str]:
        hub, ada, ben, session = pair(box, way)
        for number in range(3):
            ada.nc("session", "say", session, f"before {number}")
            ada.nc("sync")
        return hub, ada, ben, session

    hub, ada, ben, session = box.scene(f"three before {way}", make)
    odd = _kinds(box, hub, kind, way)
    odd.nc("sync")
    assert odd.texts(session) == ["before 0", "before 1", "before 2"]
    odd.nc("session", "say", session, "from the odd one")
    ada.nc("session", "say", session, "meanwhile")
    ada.nc("sync")
    odd.nc("sync")
    ada.nc("sync")
    ben.nc("sync")
    said = ["before 0", "before 1", "before 2", "from the odd one", "meanwhile"]
    assert ada.texts(session) == ben.texts(session) == odd.texts(session) == said
    assert is_linear(hub)


def test_plain_push_and_fetch_carry_everything(box: Box, way: Way) -> None:
    _, ada, ben, session = pair(box, way)
    ada.nc("session", "say", session, "by plain git")
    ada.nc("session", "list")
    ada.git("push", "-q", "origin", "naturecode")
    ben.nc("session", "say", session, "mine")
    ben.git("fetch", "-q")
    assert ben.texts(session) == ["by plain git", "mine"]
    assert "to push" in ben.nc("status").out
    ben.nc("sync")
    ada.git("fetch", "-q")
    assert ada.texts(session) == ["by plain git", "mine"]


def test_two_syncs_of_one_clone_at_once(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    for number in range(4):
        ben.nc("session", "say", session, f"ben {number}")
        ben.nc("sync")
        ada.nc("session", "say", session, f"ada {number}")
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(ada.process, "sync") for _ in range(2)]
        assert [one.result().returncode for one in both] == [0, 0]
    ben.nc("sync")
    assert len(ben.texts(session)) == 8
    assert is_linear(hub)


def test_a_branch_that_vanished_from_the_remote_comes_back(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    ada.nc("session", "say", session, "hello")
    subprocess.run(["git", "update-ref", "-d", "refs/heads/naturecode"], cwd=hub, check=True)
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["hello"]


def test_files_deleted_on_the_remote_come_back(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    ada.nc("session", "say", session, "hello")
    ada.nc("sync")
    empty = subprocess.run(
        ["git", "commit-tree", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "-p", "naturecode",
         "-m", "tidy up"], cwd=hub, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    subprocess.run(["git", "update-ref", "refs/heads/naturecode", empty], cwd=hub, check=True)
    ada.nc("sync")
    ben.nc("sync")
    assert ben.texts(session) == ["hello"]


def test_a_log_of_a_newer_format_is_passed_on_unread(box: Box) -> None:
    hub, ada, ben, session = pair(box)
    path = paths.segment_path(session, "0123456789abcdef", 1)
    newer = b"---\nnaturecode: log/2\nsomething: else\n---\n\x00what only later programs know\n"
    index = {**os.environ, "GIT_INDEX_FILE": str(box.path / "index")}
    write = ["git", "hash-object", "-w", "--stdin"]
    done = subprocess.run(write, cwd=hub, input=newer, capture_output=True, check=True)
    entry = f"100644,{done.stdout.decode().strip()},{path}"
    for args in (["read-tree", "naturecode"],
                 ["update-index", "--add", "--cacheinfo", entry]):  # fmt: skip
        subprocess.run(["git", *args], cwd=hub, env=index, check=True)
    tree = subprocess.run(
        ["git", "write-tree"], cwd=hub, env=index, capture_output=True, text=True, check=True
    ).stdout.strip()
    tip = subprocess.run(
        ["git", "commit-tree", tree, "-p", "naturecode", "-m", "newer"],
        cwd=hub, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    subprocess.run(["git", "update-ref", "refs/heads/naturecode", tip], cwd=hub, check=True)
    said = ada.nc("sync")
    assert "kept out" not in said.err
    assert ada.git("cat-file", "blob", f"naturecode:{path}").encode() == newer
    other = ben.start("Another")
    ben.nc("sync")
    kept = subprocess.run(["git", "cat-file", "blob", f"naturecode:{path}"], cwd=hub,
                          capture_output=True, check=True).stdout  # fmt: skip
    assert kept == newer
    assert other in ben.ids()


def test_the_first_sync_says_what_it_sent(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    ada.start("One")
    ada.start("Two")
    assert "sent 2 logs" in ada.nc("sync").out
    assert "nothing new" in ada.nc("sync").out


def test_a_shallow_clone_can_fill_a_remote_that_never_had_the_branch(box: Box) -> None:
    hub, other = box.remote(), box.remote("other")
    ada = box.clone(hub, "ada")
    session = ada.start()
    for number in range(3):
        ada.nc("session", "say", session, f"text {number}")
        ada.nc("sync")
    ben = box.clone(hub, "ben", Way("program"), "--depth=1", "--no-single-branch")
    ben.git("remote", "add", "other", f"file://{other}")
    ben.nc("session", "say", session, "from a shallow clone")
    ben.nc("sync", "--remote", "other", "--yes")
    assert "from a shallow clone" in Clone(other).git("grep", "shallow", "naturecode")
    ben.nc("sync")
    ada.nc("sync")
    assert ada.texts(session)[-1] == "from a shallow clone"
    tips = [Clone(one).git("rev-parse", "naturecode^{tree}") for one in (hub, other)]
    assert tips[0] == tips[1]


def test_a_branch_that_is_replaced_between_asking_and_fetching(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "in the commit that is replaced")
    ben.nc("sync")
    real = remotes.Link.fetch

    def fetch(link: remotes.Link, refspecs: list[str]) -> None:
        at = Clone(hub)
        alone = at.git("commit-tree", "naturecode^{tree}", "-m", "Alone\n\nSeal:").strip()
        at.git("update-ref", "refs/heads/naturecode", alone)
        real(link, refspecs)

    monkeypatch.setattr(remotes.Link, "fetch", fetch)
    ada.nc("sync")
    assert ada.texts(session)[-1] == "in the commit that is replaced"


def test_refs_that_git_is_packing_do_not_fail_a_sync(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "while refs are packed")
    ben.nc("sync")
    lock = ada.path / ".git/packed-refs.lock"
    lock.touch()
    tries: list[str] = []
    move = ProgramObjects.move

    def packed(objects: ProgramObjects, ref: str, new: str | None, old: str | None) -> bool:
        """At the second try the refs are packed."""
        tries.append(ref)
        try:
            return move(objects, ref, new, old)
        except RefLocked:
            lock.unlink() if tries.count(ref) > 1 else None
            raise

    monkeypatch.setattr(ProgramObjects, "move", packed)
    ada.nc("sync")
    assert not lock.exists()
    assert ada.texts(session)[-1] == "while refs are packed"
    assert ada.git("for-each-ref", "refs/naturecode/incoming") == ""


def test_a_lock_on_packed_refs_that_nobody_takes_away_delays_a_sync_once(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_naturecode.sync.incoming._PATIENCE", 0.0)
    _, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "beside a stale lock")
    ben.nc("sync")
    lock = ada.path / ".git/packed-refs.lock"
    lock.touch()
    tries: list[str] = []
    move = ProgramObjects.move

    def counted(objects: ProgramObjects, ref: str, new: str | None, old: str | None) -> bool:
        tries.append(ref)
        return move(objects, ref, new, old)

    monkeypatch.setattr(ProgramObjects, "move", counted)
    ada.nc("sync")
    assert ada.texts(session)[-1] == "beside a stale lock"
    assert sum(ref.startswith("refs/naturecode/incoming/") for ref in tries) == 1
    lock.unlink()
    monkeypatch.setattr("git_naturecode.sync.incoming.alive", lambda _: False)
    ada.nc("sync")
    assert ada.git("for-each-ref", "refs/naturecode/incoming") == ""


def test_a_folder_of_our_branch_that_git_gc_took_is_no_change_by_others(box: Box) -> None:
    clone = box.ready()
    session = clone.start("jitter")
    clone.nc("session", "say", session, "kept in the journal")
    old = clone.git("rev-parse", "naturecode:log").strip()
    clone.start("another")
    tree = clone.git("rev-parse", "naturecode:log").strip()
    assert old != tree
    (clone.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    (clone.path / ".git/naturecode/admitted").unlink(missing_ok=True)
    index = clone.path / ".git/naturecode/index.db"
    for path in index.parent.glob("index.db*"):
        path.unlink()
    said = clone.nc("session", "search", "jitter", code=1)
    assert "is missing from this repository" in said.err
    assert "doctor --fix" in said.err
    clone.nc("doctor", "--fix")
    assert clone.texts(session)[-1] == "kept in the journal"
    assert len(clone.ids()) == 2
