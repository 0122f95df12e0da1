"""Bundles: what was written reads back; what was damaged stays out, and nothing else comes in."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.made import ENTITY, entry
from git_naturecode.errors import Unsupported
from git_naturecode.store import bundle
from git_naturecode.store.entry import Entry, stub_of

DEVICES = ("7f3kq0abx2m4c9vd", "0123456789abcdef")
ODD = (
    "plain", "", "\n\n", "# heading", "<!-- nc:entry {} -->", "<!-- nc:device 7f3kq0abx2m4c9vd -->",
    "<!-- nc:end x sha256:0123456789abcdef -->\n\n", "```\nopen", "---\n", "\r", "a\u2028b",
    "\ud800",
    "<!-- nc:file " + "0" * 64 + " -->\n```\nAAAA\n```",
)  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[str, Entry]]:
    """Entries of two devices, some of them stubs, with texts that look like the file itself."""
    made = []
    for number in range(draw(st.integers(0, 8))):
        body = draw(st.none() | st.sampled_from(ODD) | st.text(max_size=30))
        one = entry(
            number,
            draw(st.sampled_from(["message", "edit", "redact"])),
            body,
            role="tool",
            id=f"e{9 - number}",
        )
        made.append(
            (draw(st.sampled_from(DEVICES)), stub_of(one, DEVICES[0]) if number % 5 == 4 else one)
        )
    return made


def written(log: list[tuple[str, Entry]], files: dict[str, bytes] | None = None) -> bytes:
    return bundle.render(ENTITY, "# A title\n\nfor people", log, files or {})


@given(logs(), st.lists(st.binary(max_size=200), max_size=3))
@settings(deadline=None)
def test_what_is_written_reads_back(log: list[tuple[str, Entry]], contents: list[bytes]) -> None:
    files = {hashlib.sha256(data).hexdigest(): data for data in contents}
    data = written(log, files)
    assert bundle.is_bundle(data[:256])
    found = bundle.parse(data)
    assert found.entity == ENTITY
    assert found.problems == []
    expected = sorted(log, key=lambda pair: (pair[1].order, pair[0]))
    assert [(where, e.key, e.body) for where, e in found.entries] == [
        (where, e.key, e.body) for where, e in expected
    ]
    assert found.files == files
    assert bundle.render(ENTITY, "# A title\n\nfor people", found.entries, files) == data


@given(logs(), st.data())
@settings(deadline=None)
def test_damage_costs_entries_and_brings_in_none(
    log: list[tuple[str, Entry]], data: st.DataObject
) -> None:
    whole = written(log, {hashlib.sha256(b"x").hexdigest(): b"x"})
    at = data.draw(st.integers(150, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from([
            whole[:at], whole[:at] + b"X" + whole[at:], whole[:at] + whole[at + 1 :],
            whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:at] + whole[at // 2 :],
        ])
    )  # fmt: skip
    found = bundle.parse(damaged)
    known = {one.key: one.body for _, one in log}
    for _, one in found.entries:
        assert known[one.key] == one.body
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in found.files.items())
    if damaged != whole:
        assert any("the sum" in problem for problem in found.problems)


def test_a_problem_names_its_line() -> None:
    data = written([(DEVICES[0], entry(1, "message", "as it was", role="user"))])
    changed = data.replace(b"as it was", b"as forged")
    line = changed[: changed.index(b"<!-- nc:entry")].count(b"\n") + 1
    found = bundle.parse(changed)
    assert found.entries == []
    assert found.problems[1] == f"line {line} was edited by hand; left out"


def test_line_ends_that_were_changed_are_read_over() -> None:
    log = [(DEVICES[0], entry(1, "message", "one\ntwo", role="user"))]
    found = bundle.parse(written(log).replace(b"\n", b"\r\n"))
    assert [one.key for _, one in found.entries] == [log[0][1].key]
    assert "line ends" in found.problems[0]


def test_what_is_too_large_or_not_what_it_says_stays_out() -> None:
    big = entry(1, "message", "x" * (5 << 20), role="user")
    found = bundle.parse(written([(DEVICES[0], big)], {"0" * 64: b"another content"}))
    assert (found.entries, found.files) == ([], {})
    assert [p.rsplit(";", 1)[1] for p in found.problems] == [" left out", " left out"]


@pytest.mark.parametrize(
    "data", [b"", b"---\n", b"---\nnaturecode: log/1\n", b"---\nnaturecode: bundle/1\nentity: x\n"]
)
def test_another_file_is_none(data: bytes) -> None:
    with pytest.raises(Unsupported, match="does not begin"):
        bundle.parse(data)
    with pytest.raises(Unsupported, match="format 2"):
        bundle.parse(b"---\nnaturecode: bundle/2\n")
