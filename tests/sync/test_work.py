"""How much a sync does: few git processes where nothing is new, no look at what was made here.

And that none of this lets it pass over what is new: a changed pin, lost files, a killed process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from box import Box, Clone
from git_naturecode import linking, reviewing, trusting
from git_naturecode.domain.links import Link
from git_naturecode.git import refs, tree
from git_naturecode.git import run as running
from git_naturecode.git.objects import Objects
from git_naturecode.git.reader import Reader
from git_naturecode.reviewing import noted as reviewed
from git_naturecode.store import memory, noted, pins
from git_naturecode.store.unsigned import Written
from git_naturecode.sync import gate
from git_naturecode.trusting import watching, writing
from sync.meeting import pair
from trusting.people import found, person

_MODULES = (
    "import json, sys\n"
    "sys.argv[0] = 'git-naturecode'\n"
    "from git_naturecode.__main__ import run\n"
    "run(sys.argv[1:])\n"
    "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
)


def modules(clone: Clone, *args: str) -> set[str]:
    """What `git naturecode ARGS` has loaded in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MODULES, *args], cwd=clone.path, capture_output=True, text=True,
        env={**os.environ, **clone.env}, check=True,
    )  # fmt: skip
    return set(json.loads(done.stderr.strip().split("\n")[-1]))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The git commands that were started, in their order."""
    commands: list[str] = []
    start = running._start

    def noting(argv: list[str], *args: Any, **more: Any) -> "subprocess.Popen[bytes]":
        words = iter(argv[1:])
        for word in words:
            if word in ("-c", "--git-dir"):
                next(words)
            elif not word.startswith("-"):
                commands.append(word)
                break
        return start(argv, *args, **more)

    monkeypatch.setattr(running, "_start", noting)
    return commands


def test_a_sync_with_nothing_new_asks_the_remote_and_nobody_else(
    box: Box, started: list[str]
) -> None:
    _, ada, _, session = pair(box)
    ada.nc("session", "say", session, "something signed")
    for _ in range(3):
        ada.nc("sync")
    started.clear()
    assert "nothing new" in ada.nc("sync").out
    assert sorted(started) == ["config", "ls-remote", "rev-parse"]
    loaded = modules(ada, "sync")
    assert not {name for name in loaded if name.startswith("git_naturecode.domain.policy")}
    assert not {
        "git_naturecode.trusting.keeping", "git_naturecode.trusting.watching",
        "git_naturecode.sync.forge", "git_naturecode.crypto", "cryptography",
    } & loaded  # fmt: skip


def test_entries_of_others_load_nothing_that_links_code(box: Box) -> None:
    _, ada, ben, session = pair(box)
    ben.nc("session", "say", session, "no code in it")
    ben.nc("sync")
    loaded = modules(ada, "sync")
    assert ada.texts(session) == ["no code in it"]
    assert not {"git_naturecode.sync.forge", "git_naturecode.linking.notes"} & loaded


def test_what_was_written_here_does_not_pass_the_gate_again(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada, _, session = pair(box)
    looks: list[str | None] = []
    joined = gate._joined

    def counted(store: Any, ours: str | None, theirs: str | None, others: list[str]) -> Any:
        looks.append(theirs)
        return joined(store, ours, theirs, others)

    monkeypatch.setattr(gate, "_joined", counted)
    ada.nc("session", "say", session, "mine")
    with ada.store() as store:
        store.settle()
        trusting.sign(store)
        assert gate.admit(store) == []
        assert looks == []
    ada.git("worktree", "add", "-q", "../by-hand", "naturecode")
    hand = ada.path.parent / "by-hand"
    (hand / "evil.sh").write_text("x\n")
    for args in (["add", "-A"], ["commit", "-q", "-m", "by hand"]):
        subprocess.run(["git", *args], cwd=hand, check=True, env={**os.environ, **ada.env})
    ada.nc("session", "say", session, "on top of what nobody has looked at")
    with ada.store() as store:
        store.settle()
        assert memory.recall(store, "admitted") != store.team.head()
        assert any("evil.sh" in why for why in gate.admit(store))
    assert looks
    assert "evil.sh" not in ada.git("ls-tree", "--name-only", "naturecode")


def test_notes_are_looked_at_only_for_what_tells_of_commits(box: Box) -> None:
    _, ada, ben, session = pair(box)

    def behind(clone: Clone) -> bool:
        with clone.store() as store:
            store.settle()
            return noted.is_behind(store)

    for clone in (ada, ben):
        with clone.store() as store:
            linking.keep_notes(store)
    ada.nc("session", "say", session, "no commit in it")
    assert not behind(ada)
    ada.nc("sync")
    ben.nc("session", "say", session, "nor here")
    ben.nc("sync")
    assert not behind(ben)
    commit = ada.git("rev-parse", "main").strip()
    with ada.store() as store:
        linking.link(store, [Link(session, commit)])
    ada.nc("sync")
    ben.nc("sync")
    with ben.store() as store:
        assert session in linking.find(store, commit)[0].session
    assert session in ben.git("notes", "--ref=naturecode/sessions", "show", commit)


class Reads:
    """Counts the objects that were asked for through a reading process, and how."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        ask = Reader._ask

        def noting(reader: Reader, request: str) -> None:
            self.asked += request.split("\n")[:-1]
            ask(reader, request)

        monkeypatch.setattr(Reader, "_ask", noting)

    def of(self, oids: Iterable[str]) -> list[str]:
        """What was asked about `oids`."""
        known = set(oids)
        return [one for one in self.asked if one.split(" ")[1] in known]


def folders_of(clone: Clone, commit: str) -> set[str]:
    """The ids of all folders of sessions below `commit`."""
    listed = clone.git("ls-tree", "-r", "-t", commit, "log/session").splitlines()
    return {line.split()[2] for line in listed if line.split()[1] == "tree"}


def test_a_join_reads_each_folder_once(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ada, ben, session = pair(box)
    more = [ada.start(f"Number {number}") for number in range(5)]
    for clone in (ada, ben, ada):
        clone.nc("sync")
    for clone in (ada, ben):
        for one in (session, *more):
            clone.nc("session", "say", one, f"at the same time as {clone.path.name}")
    ben.nc("sync")
    with ada.store() as store:
        store.settle()
    mine, theirs = ada.git("rev-parse", "naturecode").strip(), ben.git("rev-parse", "naturecode")
    ours = folders_of(ada, mine)
    came = folders_of(ben, theirs.strip()) - ours
    reads = Reads(monkeypatch)
    with ada.store() as store:
        ada.git("fetch", "-q", "origin", "naturecode")
        result = gate.take_in(store, theirs.strip(), [])
    assert result.received == result.sent == len(more) + 1
    assert not [one for one in reads.of(ours) if one.startswith("info")]
    assert all(reads.of(ours).count(one) == 1 for one in reads.of(ours))
    assert sorted(reads.of(came)) == sorted(
        f"{how} {oid}" for oid in came for how in ("info", "contents")
    )
    joined = folders_of(ada, result.commit) - ours - came
    assert joined
    assert reads.of(joined) == []
    assert all(
        {"at the same time as ada", "at the same time as ben"} <= set(ada.texts(one))
        for one in (session, *more)
    )


def test_notes_of_reviews_are_compared_below_the_reviews_alone(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada, _, session = pair(box)
    for _ in range(2):
        ada.nc("sync")
    ada.nc("session", "say", session, "no review")
    with ada.store() as store:
        store.settle()
        assert reviewed.is_behind(store)
        deep = tree.find(store.team.objects, store.team.tree(), f"log/session/{session[-8]}")
        assert deep is not None
        reads = Reads(monkeypatch)
        reviewing.keep_notes(store)
        assert reads.asked
        assert reads.of([deep.oid]) == []
        assert not reviewed.is_behind(store)


def test_nothing_is_started_to_find_that_two_clones_went_apart(
    box: Box, started: list[str]
) -> None:
    _, ada, ben, session = pair(box)
    for clone in (ada, ben):
        clone.nc("session", "say", session, f"by {clone.path.name}")
    ben.nc("sync")
    started.clear()
    ada.nc("sync")
    assert "fast-import" in started
    assert "merge-base" not in started


@pytest.mark.parametrize("lost", ["nothing", "trust.db", "noted", "admitted", "watched"])
def test_lost_files_of_this_clone_hide_nothing_new(box: Box, lost: str) -> None:
    _, ada, ben, session = pair(box)
    for _ in range(2):
        ada.nc("sync")
    ben.nc("session", "say", session, "new")
    ben.nc("sync")
    state = ada.path / ".git/naturecode"
    for path in state.glob(f"{lost}*"):
        path.unlink()
    ada.nc("sync")
    assert ada.texts(session) == ["new"]
    shown = ada.nc("session", "show", session, "--json").json["messages"][-1]
    assert "unverified" not in json.dumps(shown)
    assert (state / "trust.db").exists()


def test_a_lost_table_of_lines_is_made_again_where_nothing_is_new(box: Box) -> None:
    _, ada, _, _ = pair(box)
    for _ in range(2):
        ada.nc("sync")
    state = ada.path / ".git/naturecode"
    for path in state.glob("trust.db*"):
        path.unlink()
    ada.nc("sync")
    assert (state / "trust.db").exists()


def test_another_pin_is_looked_at_where_nothing_is_new(box: Box) -> None:
    ada = person(box, box.remote(), "ada")
    ada.start()
    found(ada)
    for _ in range(3):
        ada.nc("sync")
    with ada.store() as store:
        pins.change(store.state_dir, lambda known: known._replace(team="f" * 64))
    said = ada.nc("sync", code=3)
    assert "the team that this clone trusts is not in the record" in said.err


def test_a_sync_that_died_before_it_had_told_is_made_up_for(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = box.remote()
    ada, ben = person(box, hub, "ada"), person(box, hub, "ben")
    for _ in range(2):
        ben.nc("sync")
    ada.start()
    found(ada)
    ada.nc("sync")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(watching, "watch", killed)
        ben.nc("sync", code=130)
    assert "first contact with the team Core" in ben.nc("sync").out
    assert "first contact" not in ben.nc("sync").out


class Counting:
    """Objects that count how often they are asked."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.hexsz = objects.hexsz
        self.asked = 0

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        self.asked += 1
        return self.objects.read_many(oids)


def test_what_is_to_be_signed_is_looked_for_all_at_once(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    asked = []
    for count in (2, 30):
        sessions = [ada.start(f"Number {number}") for number in range(count)]
        with ada.store() as store:
            store.settle()
            objects, root = store.team.objects, store.team.tree()
            written = [
                Written(store.device, session, one.entry.id, one.entry.hash)
                for session in sessions for one in store.read(session.split("-")[-1], "session")
            ]  # fmt: skip
            absent = [written[0]._replace(hash="0" * 64), written[0]._replace(id="absent")]
            counting: Any = Counting(objects)
            assert writing._standing(counting, root, [*written, *absent]) == set(written)
            asked.append(counting.asked)
    assert asked[0] == asked[1]


def test_that_nothing_was_signed_is_told_once(box: Box) -> None:
    ada = person(box, box.remote(), "ada")
    session = ada.start()
    ada.nc("sync")
    ada.nc("session", "say", session, "not to be signed")
    keys = [path for path in (box.path / "home-ada").rglob("keys/*") if path.is_file()]
    aside = {path: path.read_bytes() for path in keys if b"KEY" in path.read_bytes()}
    assert aside
    for path in aside:
        path.unlink()
    assert ada.nc("sync").err.count("not signed") == 1
    for path, data in aside.items():
        path.write_bytes(data)
        path.chmod(0o600)
    assert ada.nc("sync", "--json").json["signed"] == 1


def test_branches_are_found_as_git_finds_them(box: Box) -> None:
    _, ada, _, _ = pair(box)
    ada.git("branch", "feature/one")
    ada.git("pack-refs", "--all")
    ada.git("commit", "-q", "--allow-empty", "-m", "moved on")
    ada.git("branch", "feature/two")
    ada.git("fetch", "-q", "origin")
    ada.git("remote", "set-head", "origin", "main")
    folders = ("refs/heads/", "refs/remotes/")
    listed = ada.git("for-each-ref", "--format=%(refname) %(objectname)", *folders)
    git = dict(line.split(" ") for line in listed.splitlines())
    git.pop("refs/remotes/origin/HEAD")  # what it points to is among them
    with ada.store() as store:
        assert refs.below(store.repo, folders, store.team.objects.hexsz) == git
        ada.git("symbolic-ref", "refs/heads/alias", "refs/tags/v1")
        assert refs.below(store.repo, folders, store.team.objects.hexsz) is None
