"""What plain git makes on top of a branch that obeys a purge: believed only if it obeys, too."""

import os
from collections.abc import Iterator

import pytest

from box import Box, Clone
from git_naturecode.crypto import keys
from git_naturecode.git import repo as repos
from git_naturecode.git import tree
from git_naturecode.git.library import LibraryObjects
from git_naturecode.git.objects import Change, Content, parse_commit
from git_naturecode.store import obedience, paths, purge, reconcile, seal, trust
from git_naturecode.store.entry import stub_of
from store.test_purge import NOW, Files, log, record, said, texts

PATH = "log/session/0/0/0/session-20260101-00000000/{}.0001.md"


class Branch:
    """A branch that obeys one purge, and commits of plain git on top of it."""

    def __init__(self, clone: Clone, folder: str) -> None:
        self.clone = clone
        self.objects = LibraryObjects(repos.find(str(clone.path), dict(os.environ)))
        self.ada = ada = keys.make_device(folder, b"a" * 32)
        self.one, self.two = said(1, ada), said(2, ada)
        known = record(folder, ada, self.one)
        self.old = log(ada, self.one, self.two)
        self.clean = {**log(ada, stub_of(self.one, ada), self.two), **known}
        line = known[paths.trust_path(ada)].rstrip(b"\n")
        self.records = frozenset({purge.record_id(line)})
        self.tip = self.ours(self.clean)

    def ours(self, files: Files, *parents: str) -> str:
        laid: dict[str, Content | None] = dict(files)
        text = seal.message("x", self.records)
        return self.objects.commit(Change(None, laid, parents, 1, text))

    def plain(self, files: Files, *parents: str, message: str = "By hand") -> str:
        """A commit by plain git of exactly `files`."""
        laid: dict[str, Content | None] = dict(files)
        root = tree.tree_of(self.objects, self.objects.commit(Change(None, laid, (), 1, "x")))
        on = [word for parent in parents for word in ("-p", parent)]
        return self.clone.git("commit-tree", str(root), *on, "-m", message).strip()

    def obeyed(self, commit: str) -> seal.Records:
        return obedience.obeyed(self.objects, commit, trust.is_genuine)


@pytest.fixture
def branch(box: Box) -> Iterator[Branch]:
    made = Branch(box.repo(), str(box.path / "keys"))
    yield made
    made.objects.close()


def test_what_brings_nothing_back_has_what_its_parents_have(branch: Branch) -> None:
    more = branch.plain({**branch.clean, "README.md": b"by hand\n"}, branch.tip)
    other = branch.ours({**branch.clean, **log("b" * 16, said(3, "b" * 16))}, branch.tip)
    merged = branch.plain(branch.clean, more, other)
    for one in (branch.tip, more, merged, branch.plain({}, merged)):
        assert branch.obeyed(one) == branch.records


def test_what_brings_a_text_back_has_not(branch: Branch) -> None:
    ada = branch.ada
    back = {
        "old index": branch.old,
        "beside the record": {**branch.clean, **branch.old},
        "elsewhere": {**branch.clean, "kept/by/me.txt": branch.old[PATH.format(ada)]},
        "in a copy": {**branch.clean, **log("b" * 16, branch.one)},
        "cut off": {**branch.clean, PATH.format(ada): log(ada, branch.one)[PATH.format(ada)][:-20]},
    }
    for how, files in back.items():
        bad = branch.plain(files, branch.tip)
        assert branch.obeyed(bad) == seal.NONE, how
        assert branch.obeyed(branch.plain(branch.clean, bad)) == seal.NONE, how
        assert branch.obeyed(branch.plain(branch.clean, branch.tip, bad)) == seal.NONE, how


def test_who_amends_or_picks_a_commit_keeps_its_message_and_not_its_word(branch: Branch) -> None:
    text = seal.message("Add 1 entry", branch.records)
    assert branch.obeyed(branch.plain(branch.old, branch.tip, message=text)) == seal.NONE
    assert branch.obeyed(branch.plain(branch.clean, branch.tip, message=text)) == branch.records
    assert branch.obeyed(branch.plain(branch.clean, message=text)) == seal.NONE


def test_what_is_beyond_measure_is_not_believed(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = branch.plain({**branch.clean, "large": b"x" * 2_000}, branch.tip)
    assert branch.obeyed(large) == branch.records
    monkeypatch.setattr(obedience, "_MOST_BYTES", 1_000)
    assert branch.obeyed(large) == seal.NONE
    monkeypatch.undo()
    monkeypatch.setattr(obedience, "_MOST_COMMITS", 1)
    assert branch.obeyed(branch.plain({}, branch.tip)) == branch.records
    assert branch.obeyed(branch.plain({}, branch.plain({}, branch.tip))) == seal.NONE


@pytest.mark.parametrize("side", ["ours", "theirs", "outbox"])
def test_no_commit_stands_on_one_that_brings_a_text_back(branch: Branch, side: str) -> None:
    third, fourth = (log(c * 16, said(n, c * 16)) for n, c in ((3, "b"), (4, "c")))
    more = branch.ours({**branch.clean, **third}, branch.tip)
    bad = branch.plain({**branch.old, **third, **fourth}, more)
    ours, theirs, boxes = {
        "ours": (bad, more, []), "theirs": (more, bad, []), "outbox": (more, more, [bad]),
    }[side]  # fmt: skip
    found = reconcile.reconcile(branch.objects, ours, theirs, boxes, NOW)
    assert texts(branch.objects, found.commit) == ["text 2", "text 3", "text 4"]
    assert branch.obeyed(found.commit) == branch.records
    assert found.force == (side == "theirs")
    waiting, met = [found.commit], set[str]()
    while waiting:
        met.add(one := waiting.pop())
        waiting += parse_commit(branch.objects.read(one)[1]).parents
    assert bad not in met


def test_a_commit_from_an_old_index_takes_nothing_away(branch: Branch) -> None:
    """Who never had what came in between gets it all the same."""
    more = branch.ours({**branch.clean, **log("b" * 16, said(3, "b" * 16))}, branch.tip)
    old = branch.plain(branch.clean, more)
    found = reconcile.reconcile(branch.objects, branch.tip, old, [], NOW)
    assert texts(branch.objects, found.commit) == ["text 2", "text 3"]
