"""What the gate lets in, file by file."""

import hashlib
import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box import Box
from git_naturecode.errors import Unsafe
from git_naturecode.git import repo as repos
from git_naturecode.git.library import LibraryObjects
from git_naturecode.git.objects import Change, TreeEntry
from git_naturecode.store import paths, yaml_scan
from git_naturecode.store.hygiene import MAX_FILE, Bounds, Gate, is_folder

NOW = 1_790_000_000_000
SEGMENT = paths.segment_path("session-20260101-k3v9q2m7", "0" * 16, 1)


@pytest.fixture
def gate(box: Box) -> Iterator[Gate]:
    objects = LibraryObjects(repos.find(str(box.repo().path), dict(os.environ)))
    yield Gate(objects, NOW)
    objects.close()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("README.md", b"anything\n"),
        (".gitattributes", b"# note\n* -text merge=union\n*.md linguist-generated\n"),
        ("kb/articles/retry.md", b"---\ntitle: x\nnc: {v: 1}\n---\ntext with *a and &b\n"),
        ("team/core.yml", b"members:\n- ada\n- ben\n"),
    ],
)
def test_good_files_go_through_as_they_are(gate: Gate, path: str, data: bytes) -> None:
    assert gate.content(path, data) == data
    assert gate.problems == []


@pytest.mark.parametrize(
    ("path", "data", "why"),
    [
        (".gitattributes", b"* filter=evil\n", "asks git for more"),
        (".gitattributes", b"[attr]x merge=evil\n", "asks git for more"),
        ("kb/articles/x.md", b"\xff\n", "utf-8"),
        ("team/x.yml", b"a: &a 1\nb: *a\n", "anchors"),
        ("team/x.yml", b"a: !!python/none\n", "tags"),
        ("team/x.yml", b"{" * 40 + b"}" * 40, "too deep"),
        ("team/x.yml", b"\t- x: [\n", "cannot be read"),
        ("team/x.yml", b"# " + b"x" * 70_000, "70002 bytes of YAML"),
        ("kb/articles/x.md", b"---\na: &a 1\nb: *a\n---\n", "anchors"),
        (f"files/00/{'0' * 64}", b"x", "does not have this name"),
        (SEGMENT, b"rubbish", "does not begin with the lines"),
        (SEGMENT, b"---\nnaturecode: log/1\nentity: session-20260101-k3v9q2m8\n"
         b"device: 0000000000000000\nsegment: 1\n---\n", "name another place"),
    ],
)  # fmt: skip
def test_bad_files_stay_out(gate: Gate, path: str, data: bytes, why: str) -> None:
    assert gate.content(path, data) is None
    assert gate.refused == 1
    assert why in gate.problems[0]


def test_stamps_far_ahead_do_not_move_our_clock(gate: Gate) -> None:
    from git_naturecode.store import format

    entries = [
        format.make({"id": at, "at": f"{at}T00:00:00.000Z/0000", "kind": "m"}, None)
        for at in ("2026-01-01", "2099-01-01")
    ]
    data = format.render(format.Segment("session-20260101-k3v9q2m7", "0" * 16, 1, tuple(entries)))
    assert gate.content(SEGMENT, data) == data
    assert gate.newest == "2026-01-01T00:00:00.000Z/0000"


def test_limits_are_seen_before_anything_is_read(gate: Gate) -> None:
    big = gate.objects.commit(Change(None, {"x": bytes(MAX_FILE + 1)}, (), 1, "x"))
    root = gate.commit(big).tree
    (entry,) = gate.lines(root, "")[0]
    name = hashlib.sha256(b"").hexdigest()
    assert not gate.admits(f"files/{name[:2]}/{name}", entry)
    assert f"{MAX_FILE + 1} bytes, more than {MAX_FILE}" in gate.problems[0]
    assert not gate.admits("README.md", TreeEntry(0o100644, b"README.md", "1" * 40))
    assert "missing" in gate.problems[1]
    narrow = Gate(gate.objects, NOW, Bounds(entries=1))
    with pytest.raises(Unsafe, match="more than 1 new files"):
        narrow.lines(root, "")
    with pytest.raises(Unsafe, match="points to a tree"):
        gate.commit(root)


def test_folders_are_a_grammar_too() -> None:
    good = ("log", "log/session", "log/session/k/3/v", "log/trust/00", "files/0f", "kb/faqs",
            "log/session/k/3/v/session-20260101-k3v9q2m7")  # fmt: skip
    bad = ("", "Log", "log/", "log/session/k/3/v/session-20260101-a3v9q2m7", "log/session/k/3/v/w",
           "files/0g", "kb/other", "log\n", "team/x", "log/s", "LOG/session", ".git")  # fmt: skip
    assert all(map(is_folder, good))
    assert not any(map(is_folder, bad))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="&*!|>-:[]{}?,#'\"%@` \n\tab<=0", max_size=200))
def test_yaml_that_passes_loads_at_once_and_small(text: str) -> None:
    import yaml

    if yaml_scan.objection(text.encode()):
        return
    start = time.process_time()
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):  # may still be no date, or no key
        loaded = None
    assert len(repr(loaded)) <= 10 * len(text) + 20
    assert time.process_time() - start < 5
