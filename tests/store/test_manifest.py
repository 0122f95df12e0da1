"""The manifest: what an interrupted writer may have left is known; nothing purged stays in it."""

import sqlite3
from pathlib import Path

import pytest

from git_naturecode.store.folder import Seen
from git_naturecode.store.manifest import Manifest

SEEN = Seen(3, 1, 2, 4)


def test_an_intention_is_known_until_it_is_done(tmp_path: Path) -> None:
    manifest = Manifest(str(tmp_path / "below" / "m"))
    manifest.intend([("a", "session/x", "2026", "one")])
    row = manifest.row("a")
    assert row
    assert (row.known.seen, row.known.hashes) == (None, frozenset({"one"}))
    manifest.done([("a", SEEN)])
    manifest.intend([("a", "session/x", "2027", "two")])
    manifest.close()
    manifest = Manifest(str(tmp_path / "below" / "m"))  # killed in between
    (row,) = manifest.rows("session/x")
    assert (row.known.seen, row.known.hashes, row.changed) == (
        SEEN,
        frozenset({"one", "two"}),
        "2027",
    )
    manifest.done([("a", SEEN)])
    assert [one.known.hashes for one in manifest.rows()] == [{"two"}]
    manifest.forget(["a"])
    assert manifest.rows() == []
    manifest.keep({"since": "x"})
    manifest.keep({"since": "y"})
    assert (manifest.fact("since"), manifest.fact("other")) == ("y", None)
    manifest.close()


def test_no_hash_of_an_earlier_text_stays(tmp_path: Path) -> None:
    """A purged text must not be guessed by the hash of the page that held it."""
    path = tmp_path / "m"
    manifest = Manifest(str(path))
    old = [f"{number:064x}" for number in (0xABCDE1, 0xABCDE2, 0xABCDE3)]
    for name, one in zip("abc", old, strict=True):
        manifest.intend([(name, "s", "", one)])
        manifest.done([(name, SEEN)])
    assert all(one.encode() in path.read_bytes() for one in old)
    manifest.intend([("a", "s", "", "f" * 64)])
    manifest.done([("a", SEEN)])
    manifest.disown(["b"])
    manifest.forget(["c"])
    manifest.close()
    assert not any(one.encode() in path.read_bytes() for one in old)


def test_a_damaged_one_is_replaced_and_a_full_disk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(b"not a database, but longer than a header of one" * 100)
    manifest = Manifest(str(path))
    assert manifest.rows() == []
    manifest.close()
    db = sqlite3.connect(path)
    db.execute("pragma user_version = 99")  # of another program
    db.close()
    manifest = Manifest(str(path))
    pages = manifest._db.execute("pragma page_count").fetchone()[0]
    manifest._db.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(OSError, match="full") as found:
        manifest.intend((f"{n}" * 50, "s", "", "h" * 64) for n in range(1000))
    assert found.value.errno == 28
    assert manifest.rows() == []
    manifest.close()
