"""Records of purges: who may make them, what they take away, and what they must leave."""

import os
from collections.abc import Iterator

import pytest

from box import Box
from git_naturecode.crypto import keys
from git_naturecode.errors import Unsafe
from git_naturecode.git import repo as repos
from git_naturecode.git import tree
from git_naturecode.git.library import LibraryObjects
from git_naturecode.git.objects import Change, Content
from git_naturecode.store import format, paths, purge, reconcile, seal, trust
from git_naturecode.store.entry import Entry, stub_of

NOW = 1_790_000_000_000
ENTITY = "session-20260101-00000000"
AT = "2026-01-01T00:00:00.000Z/0000"
Files = dict[str, bytes]


@pytest.fixture
def objects(box: Box) -> Iterator[LibraryObjects]:
    found = LibraryObjects(repos.find(str(box.repo().path), dict(os.environ)))
    yield found
    found.close()


@pytest.fixture
def folder(box: Box) -> str:
    return str(box.path / "keys")


@pytest.fixture
def ada(folder: str) -> str:
    return keys.make_device(folder, b"a" * 32)


@pytest.fixture
def mallory(folder: str) -> str:
    return keys.make_device(folder, b"m" * 32)


def said(number: int, by: str, *, imported: bool = False, **more: str) -> Entry:
    name = f"{number:020d}" if imported else f"{number:013d}-{by}"
    at = f"2026-01-01T00:00:00.{number:03d}Z/0000"
    header = {"id": name, "at": at, "kind": "message", "salt": f"salt{number}", **more}
    return format.make(header, f"text {number}")


def log(device: str, *entries: Entry, number: int = 1) -> Files:
    found = format.Segment(ENTITY, device, number, tuple(sorted(entries, key=lambda e: e.order)))
    return {paths.segment_path(ENTITY, device, number): format.render(found)}


def record(folder: str, device: str, *entries: Entry, before: bytes = b"") -> Files:
    names = [[e.id, e.hash] for e in entries]
    ops = [{"op": "purge", "names": names}]
    public = keys.public_key(folder, device)
    line = trust.line(before, device, public, AT, ops, lambda d: keys.sign(folder, device, d))
    return {paths.trust_path(device): before + line + b"\n"}


def commit(
    objects: LibraryObjects, files: Files, *parents: str, sealed: seal.Records = seal.NONE
) -> str:
    laid: dict[str, Content | None] = dict(files)
    return objects.commit(Change(None, laid, parents, 1, seal.message("x", sealed)))


def together(objects: LibraryObjects, ours: str | None, theirs: str | None, *boxes: str) -> str:
    return reconcile.reconcile(objects, ours, theirs, list(boxes), NOW).commit


def texts(objects: LibraryObjects, commit: str) -> list[str]:
    """Every text that the tree of `commit` still holds."""
    found = purge.segments(objects, tree.tree_of(objects, commit))
    parsed = [format.parse(data) for _, _, data in found]
    return sorted(e.body for s in parsed for e in s.entries if e.body is not None)


def test_a_record_takes_a_text_out_wherever_it_stands(
    objects: LibraryObjects, folder: str, ada: str, mallory: str
) -> None:
    one, two = said(1, ada), said(2, ada)
    there = commit(objects, {**log(ada, one, two), **log(mallory, one)})
    purged = commit(objects, {**log(ada, stub_of(one, ada), two), **record(folder, ada, one)})
    for found in (together(objects, there, purged), together(objects, purged, there)):
        assert texts(objects, found) == ["text 2"]


@pytest.mark.parametrize("imported", [False, True])
def test_only_the_writer_can(
    objects: LibraryObjects, folder: str, ada: str, mallory: str, imported: bool
) -> None:
    one = said(1, ada, imported=imported)
    there = commit(objects, log(ada, one))
    # Also when he keeps a copy in a log of his own: he is not the one who wrote it first.
    forged = {**record(folder, mallory, one), **log(mallory, one)}
    found = together(objects, there, commit(objects, forged))
    assert "text 1" in texts(objects, found)
    path = paths.segment_path(ENTITY, ada, 1)
    assert tree.read_path(objects, tree.tree_of(objects, found), path) == log(ada, one)[path]


@pytest.mark.parametrize("imported", [False, True])
def test_nor_does_a_record_of_others_keep_a_text_from_being_written(
    ada: str, mallory: str, imported: bool
) -> None:
    """What waits in a spool, is shared or comes in a bundle is held against the records too."""
    one = said(1, ada, imported=imported, **({"device": ada} if imported else {}))
    assert purge.without([one], mallory, frozenset({(*one.key, mallory)})) == [one]
    assert [e.is_stub for e in purge.without([one], mallory, frozenset({(*one.key, ada)}))] == [
        True
    ]


def test_a_copy_that_names_its_writer_goes_with_his_word(
    objects: LibraryObjects, folder: str, ada: str, mallory: str
) -> None:
    one = said(1, ada, imported=True, device=ada)
    there = commit(objects, {**log(ada, one), **log(mallory, one)})
    assert texts(objects, together(objects, there, commit(objects, record(folder, ada, one)))) == []


def test_a_forged_or_strange_record_does_nothing(
    objects: LibraryObjects, folder: str, ada: str, mallory: str
) -> None:
    one = said(1, ada)
    there = commit(objects, log(ada, one))
    good = record(folder, ada, one)[paths.trust_path(ada)]
    moved = {paths.trust_path(mallory): good}
    broken = {paths.trust_path(ada): good.replace(b'"seq":1', b'"seq":7')}
    odd: list[object] = [None, [], {}, [["m"]], [[1, 2]], [[one.id, "short"]], [[one.id] * 3]]
    for strange in (moved, broken, *(_signed(folder, ada, names) for names in odd)):
        found = together(objects, there, commit(objects, strange))
        assert texts(objects, found) == ["text 1"]
        assert seal.of(objects, found) == seal.NONE


def _signed(folder: str, device: str, names: object) -> Files:
    public = keys.public_key(folder, device)
    ops = [{"op": "purge", "names": names}]
    line = trust.line(b"", device, public, AT, ops, lambda d: keys.sign(folder, device, d))
    return {paths.trust_path(device): line + b"\n"}


def test_the_history_that_held_it_is_no_parent(
    objects: LibraryObjects, folder: str, ada: str
) -> None:
    one, two, three = (said(n, ada) for n in (1, 2, 3))
    old = commit(objects, log(ada, one, two))
    later = commit(objects, log(ada, one, two, three), old)
    known = record(folder, ada, one)
    book = purge.records(
        objects, tree.tree_of(objects, commit(objects, known)), trust.is_genuine
    )  # fmt: skip
    clean = {**log(ada, stub_of(one, ada), two), **known}
    purged = commit(objects, clean, sealed=book.need)
    assert book.need
    # Ours obeys, theirs does not: a new root, and theirs has to be replaced.
    found = reconcile.reconcile(objects, purged, later, [], NOW)
    assert found.force
    assert _parents(objects, found.commit) == ()
    assert seal.of(objects, found.commit) == book.need
    assert texts(objects, found.commit) == ["text 2", "text 3"]
    # Theirs obeys, ours does not: ours stands on theirs.
    found = reconcile.reconcile(objects, later, purged, [], NOW)
    assert not found.force
    assert _parents(objects, found.commit) == (purged,)
    assert texts(objects, found.commit) == ["text 2", "text 3"]
    # Nothing new: theirs is taken as it is, and the old state comes as an outbox too.
    assert together(objects, old, purged) == purged
    assert together(objects, purged, purged, later) != purged
    # A record that comes in an outbox.
    found = reconcile.reconcile(objects, later, later, [purged], NOW)
    assert found.force
    assert _parents(objects, found.commit) == ()
    # Somebody claims a seal without obeying: it is believed of the history, never of the texts.
    liar = commit(objects, {**log(ada, one, two), **known}, sealed=book.need)
    assert texts(objects, together(objects, purged, liar)) == ["text 2"]


def _parents(objects: LibraryObjects, commit: str) -> tuple[str, ...]:
    from git_naturecode.git.objects import parse_commit

    return parse_commit(objects.read(commit)[1]).parents


def test_what_stays_of_a_text_says_nothing_about_it(ada: str) -> None:
    one = said(1, ada, title="a title", t="2025-01-01")
    left = format.block(stub_of(one, ada))
    for gone in ("text 1", "salt1", "a title", "2025"):
        assert gone not in left
    assert (
        format.parse(log(ada, stub_of(one, ada))[paths.segment_path(ENTITY, ada, 1)])
        .entries[0]
        .is_stub
    )


def test_many_names_make_several_operations() -> None:
    names = [(f"m{n}", f"{n:064x}") for n in range(2_500)]
    found = list(purge.operations(names))
    assert [len(ops[0]["names"]) for ops in found] == [1000, 1000, 500]


def test_trust_logs_beyond_all_measure_are_refused(
    objects: LibraryObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "_MAX_LOGS", 1000)
    big = {paths.trust_path(c * 16): b'{"seq":1}\n' * 60 for c in "ab"}
    big[paths.trust_path("b" * 16)] += b'{"seq":2}\n'
    theirs = commit(objects, big)
    with pytest.raises(Unsafe, match="trust"):
        together(objects, commit(objects, {}), theirs)
    ours = commit(objects, log("c" * 16, said(1, "c" * 16)))
    assert together(objects, ours, None, theirs) == ours  # an outbox is only left


def test_a_copy_of_a_log_elsewhere_does_not_hide_it(
    objects: LibraryObjects, folder: str, ada: str
) -> None:
    """Whoever may push could else switch a purge off by a second, useless copy of its record."""
    one = said(1, ada)
    there = commit(objects, log(ada, one))
    good = record(folder, ada, one)
    data = good[paths.trust_path(ada)]
    for other in ("0" * 16, ada[:2] + "0" * 14, "z" * 16):
        theirs = commit(objects, {**good, paths.trust_path(other): data})
        assert texts(objects, together(objects, there, theirs)) == []


def test_too_many_records_mean_the_same_to_all(
    objects: LibraryObjects, folder: str, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else two clones, each of which knows others first, would push over each other for ever."""
    monkeypatch.setattr(purge, "MAX_RECORDS", 2)
    entries = [said(n, ada) for n in range(1, 6)]
    before, states = b"", []
    for one in entries:
        before = record(folder, ada, one, before=before)[paths.trust_path(ada)]
    lines = before.split(b"\n")[:-1]
    for start in (0, 2):
        some = b"".join(line + b"\n" for line in lines[start : start + 3])
        files = {**log(ada, *entries), paths.trust_path(ada): some}
        states.append(together(objects, None, commit(objects, files)))
    ours, theirs = states
    left, right = together(objects, ours, theirs), together(objects, theirs, ours)
    lowest = frozenset(sorted(map(purge.record_id, lines))[:2])
    assert seal.of(objects, left) == seal.of(objects, right) == lowest
    assert texts(objects, left) == texts(objects, right) == []
    found = reconcile.reconcile(objects, left, right, [], NOW)
    assert (found.commit, found.force) == (right, False)


def test_many_names_do_not_make_each_segment_dear(ada: str) -> None:
    from git_naturecode.store import join

    purged = frozenset((f"m{n}", "0" * 64, ada) for n in range(1000))
    (data,) = log(ada, said(1, ada)).values()
    assert join._names_any(data, purged) is False
    before = join._ids.cache_info().misses
    for _ in range(5):
        assert join.purge(data, purged) == data
    assert join._ids.cache_info().misses == before
