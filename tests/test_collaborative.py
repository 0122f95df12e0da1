"""The collaborative export, from one repository to another that knows nothing of the first."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from box import Box, Clone
from domain.made import ADA, BEN, entry
from git_naturecode import collaborative, ids
from git_naturecode.domain import session as sessions
from git_naturecode.errors import Unsafe, Unsupported
from git_naturecode.store import attachments, bundle
from git_naturecode.store.entry import Entry, stub_of
from git_naturecode.store.store import PRIVATE, TEAM, Store

DEVICES = ("7f3kq0abx2m4c9vd", "0123456789abcdef", "zzzzzzzzzzzzzzzz")
KINDS = ("message", "comment", "edit", "redact", "set", "add", "invite", "file", "later-kind")


def repo(box: Box, name: str) -> Clone:
    return box.ready(name)


def said(store: Store, entity: str) -> list[tuple[str, str, str]]:
    """(device, id, hash) of every entry about `entity`, in the order of the log."""
    placed = store.read(ids.tail(entity), sessions.KIND)
    found = {(one.entry.order, one.device): one for one in placed}
    return [(found[key].device, *found[key].entry.key) for key in sorted(found)]


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[str, str, Entry]]:
    """(side, device, entry): a session that several devices wrote, partly private."""
    made = [(TEAM, DEVICES[0], entry(0, "open", title="A session", visibility="team"))]
    for number in range(1, draw(st.integers(2, 12))):
        kind = draw(st.sampled_from(KINDS))
        target = f"e{draw(st.integers(0, 12)):02}-device"
        fields = {"target": target, "on": target, "field": "tags", "value": "t", "who": BEN}
        body = f"text {number}" if kind in ("message", "comment", "edit") else None
        more = {"over": [target]} if draw(st.booleans()) else {}
        one = entry(number, kind, body, by=draw(st.sampled_from([ADA, BEN])), **fields, **more)
        one = stub_of(one, DEVICES[1]) if draw(st.integers(0, 9)) == 0 else one
        side = draw(st.sampled_from([TEAM, TEAM, PRIVATE]))
        made.append((side, draw(st.sampled_from(DEVICES)), one))
    return made


@pytest.fixture
def two(box: Box) -> tuple[Clone, Clone]:
    return repo(box, "here"), repo(box, "there")


@given(log=logs())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_unrelated_repository_gets_the_same_entries(
    two: tuple[Clone, Clone], tmp_path: Path, log: list[tuple[str, str, Entry]]
) -> None:
    entity = f"session-20261120-{ids.base32(os.urandom(5), 8)}"
    with two[0].store() as here, two[1].store() as there:
        for side, device, one in log:
            here.keep(side, entity, [one], device)
        here.settle()
        data = collaborative.exported(here, here.read(ids.tail(entity), sessions.KIND))
        path = tmp_path / "session.naturecode.md"
        path.write_bytes(data)
        done = collaborative.take_in(there, str(path), PRIVATE)
        assert (done.entries, done.problems) == (len(log), [])
        assert said(there, entity) == said(here, entity)
        again = collaborative.take_in(there, str(path), PRIVATE)
        assert (again.entries, again.known) == (0, len(log))
        back = collaborative.exported(there, there.read(ids.tail(entity), sessions.KIND))
        assert bundle.parse(back).entries == bundle.parse(data).entries
        # What a redaction hides has not left; all other texts have.
        placed = here.read(ids.tail(entity), sessions.KIND)
        shown = repr(sessions.texts(sessions.build(placed)))
        for _, _, one in log:
            if one.kind in ("message", "comment") and one.body and f"'{one.body}'" in shown:
                assert one.body.encode() in data
        hidden = {o.header.get("target") for _, _, o in log if o.kind == "redact"}
        for _, _, one in log:
            if one.id in hidden and one.body:
                assert f"\n{one.body}\n".encode() not in data


@pytest.fixture
def exported(two: tuple[Clone, Clone], tmp_path: Path) -> tuple[str, Path]:
    """A session of the first repository, and the file that its export wrote."""
    here = two[0]
    session = here.start("Retry jitter")
    for text in ("one", "two", "three"):
        here.nc("session", "say", session, text)
    here.nc("session", "edit", session, "2", "two, better")
    here.nc("session", "comment", session, "a remark", "--on", "1")
    path = tmp_path / "x.naturecode.md"
    here.nc("session", "export", f"shared-{session}", "--format", "collaborative", "-o", str(path))
    return session, path


def test_export_and_import_by_the_commands(
    two: tuple[Clone, Clone], exported: tuple[str, Path]
) -> None:
    here, there = two
    session, path = exported
    done = there.nc("session", "import", str(path))
    assert "(1 new, private)" in done.out
    assert there.texts(session) == ["one", "two, better", "three"]
    assert "a remark" in there.nc("session", "show", session).out
    assert there.nc("session", "import", str(path)).out == "nothing new in 1 file\n"
    there.nc("session", "say", session, "from there")
    with here.store() as store, there.store() as other:
        assert set(said(store, session)) < set(said(other, session))
    # And back again, where it came from: only what is new, private until it is shared.
    there.nc("session", "export", session, "-o", str(path))
    assert here.nc("session", "import", str(path), "--json").json["entries"] == 1
    assert here.texts(session) == ["one", "two, better", "three", "from there"]


def test_a_folder_of_exports_and_for_the_team(
    two: tuple[Clone, Clone], exported: tuple[str, Path]
) -> None:
    there, (session, path) = two[1], exported
    done = there.nc("session", "import", str(path.parent), "--visibility", "team", "--json").json
    assert (done["sessions"], done["unknown"], done["leftOut"]) == ([session], [], 0)
    assert there.nc("session", "show", session, "--json").json["visibility"] == "team"
    assert session in there.git("ls-tree", "-r", "--name-only", "naturecode")


def test_a_secret_that_a_stranger_left_is_found_when_it_is_shared(
    two: tuple[Clone, Clone], tmp_path: Path
) -> None:
    secret = "ghp_" + "x8Kd0PqLw2Zr" * 3
    entity = "session-20261120-k3v9q2m7"
    log = [(DEVICES[0], entry(0, "open", title="x")), (DEVICES[0], entry(1, "message", secret))]
    path = tmp_path / "x.naturecode.md"
    path.write_bytes(bundle.render(entity, "# x", log, {}))
    done = two[1].nc("session", "import", str(path), "--visibility", "team", "--json").json
    assert done["redacted"] == 1
    everything = two[1].git("cat-file", "--batch-all-objects", "--batch")
    assert secret not in everything


def test_a_damaged_file_costs_what_is_damaged(
    two: tuple[Clone, Clone], exported: tuple[str, Path]
) -> None:
    there, (session, path) = two[1], exported
    path.write_bytes(path.read_bytes().replace(b"\nthree\n", b"\nforged\n"))
    said = there.nc("session", "import", str(path), code=3)
    assert "was edited by hand; left out" in said.err
    assert "error: 1 part of it could not be taken in" in said.err
    assert there.texts(session) == ["one", "two, better"]
    path.write_bytes(path.read_bytes()[:400])
    fresh = there.nc("session", "import", str(path), code=3)
    assert "nothing in x.naturecode.md can be taken in" in fresh.err


def test_a_hostile_file_writes_nothing_where_it_should_not(
    two: tuple[Clone, Clone], tmp_path: Path
) -> None:
    there = two[1]
    before = there.git("for-each-ref")
    path = tmp_path / "x.naturecode.md"
    for head in (
        b"entity: session-20261120-../../..", b"entity: trust-20261120-k3v9q2m7",
        b"entity: kb-20261120-k3v9q2m7", b"entity: session-20261120-k3v9q2m7\nx: y",
    ):  # fmt: skip
        path.write_bytes(
            b"---\nnaturecode: bundle/1\n" + head + b"\nsha256: " + b"0" * 64 + b"\n---\n"
        )
        assert there.nc("session", "import", str(path), code=1)
    device = b"<!-- nc:device ../../../../../x -->\n" + b"<!-- nc:device " + b"u" * 16 + b" -->\n"
    good = bundle.render(
        "session-20261120-k3v9q2m7", "x", [(DEVICES[0], entry(1, "message", "x"))], {}
    )
    path.write_bytes(good.replace(b"<!-- nc:device 7f3kq0abx2m4c9vd -->\n", device))
    there.nc("session", "import", str(path), code=3)
    assert there.git("for-each-ref") == before
    assert not (there.path / ".git/naturecode/spool/private").exists()


def test_files_by_content_go_along(two: tuple[Clone, Clone], tmp_path: Path) -> None:
    content, other = b"\x00binary\xff" * 50, b"nobody names this one"
    name, unnamed = sha(content), sha(other)
    entity = "session-20261120-k3v9q2m7"
    with two[0].store() as here, two[1].store() as there:
        assert attachments.put(here, TEAM, {name: content, unnamed: other}) == 2
        assert attachments.put(here, TEAM, {name: content}) == 0
        here.keep(TEAM, entity, [entry(1, "message", "x", file=name)])
        here.settle()
        path = tmp_path / "x.naturecode.md"
        path.write_bytes(collaborative.exported(here, here.read(ids.tail(entity), sessions.KIND)))
        done = collaborative.take_in(there, str(path), PRIVATE)
        assert done.files == 1
        assert attachments.read(there, [name, unnamed]) == {name: content}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_what_was_purged_here_does_not_come_back(two: tuple[Clone, Clone], tmp_path: Path) -> None:
    here = two[0]
    session = here.start()
    here.nc("session", "say", session, "the words that had to go")
    path = tmp_path / "x.naturecode.md"
    here.nc("session", "export", session, "-o", str(path))
    message = here.nc("session", "show", session, "--json").json["messages"][0]["messageId"]
    fork = tmp_path / "fork.naturecode.md"
    fork.write_bytes(path.read_bytes().replace(session.encode(), b"session-20261120-k3v9q2m7"))
    here.nc("redact", session, message, "--rewrite", "--yes")
    here.nc("session", "import", str(fork))  # another session that holds the same entry
    assert "[purged]" in here.nc("session", "show", "k3v9q2m7").out
    here.nc("session", "import", str(path))
    assert "had to go" not in here.nc("session", "show", session).out
    for place in (".git", ".git/naturecode/private.git"):
        if (here.path / place).exists():
            assert "had to go" not in here.git(f"--git-dir={place}", "log", "--all", "-p")


def test_a_deleted_session_is_not_exported(two: tuple[Clone, Clone]) -> None:
    session = two[0].start()
    two[0].nc("session", "delete", session, "--yes")
    assert "was deleted" in two[0].nc("session", "export", session, code=1).err


def test_no_export_is_no_export(two: tuple[Clone, Clone], tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("# hello\n")
    with two[0].store() as store, pytest.raises(Unsupported):
        collaborative.take_in(store, str(path), PRIVATE)
    path.write_bytes(bundle.render("session-20261120-k3v9q2m7", "x", [], {}))
    with two[0].store() as store, pytest.raises(Unsafe):
        collaborative.take_in(store, str(path), PRIVATE)
