"""session share --public: what leaves, who may, and what it says of its expiry."""

import os
import stat

import pytest

from box import Box, Clone
from crews import founded, joined, synced


def test_it_says_what_leaves_where_it_is_and_how_strong_its_expiry_is(clone: Clone) -> None:
    made = clone.start()
    clone.nc("session", "say", made, "one")
    said = clone.nc("session", "share", made, "--public", "--expires", "7d")
    first, file, link, expires = said.out.splitlines()
    assert first.startswith(f"{made}  Retry jitter: 1 message, 0 comments, 1 participant, 0 sec")
    path = clone.path / f"{made}.share.html"
    assert file == f"file: {path.name}"
    assert link.startswith(f"link: {path.as_uri()}#")
    assert len(link.partition("#")[2]) == 43
    assert "(advisory: the page refuses after that, but whoever holds the file can" in expires
    assert link.partition("#")[2] not in path.read_text()
    assert "is there already" in clone.nc("session", "share", made, "--public", code=1).err
    again = clone.nc("session", "share", made, "--public", "-o", "-")
    assert again.out.startswith("<!DOCTYPE html>")
    assert "key: #" in again.err
    assert "(advisory: " in again.err
    clone.nc("doctor")


def test_what_is_private_leaves_only_when_it_is_wanted(clone: Clone) -> None:
    made = clone.start("Mine", "private")
    clone.nc("session", "say", made, "psst")
    said = clone.nc("session", "share", made, "--public", code=3)
    assert "add --yes" in said.err
    assert said.out.startswith(f"{made}  Mine: 1 message")
    assert not list(clone.path.glob("*.html"))
    clone.nc("session", "share", made, "--public", "--dry-run")
    assert not list(clone.path.glob("*.html"))
    clone.nc("session", "share", made, "--public", "--yes")
    assert list(clone.path.glob("*.html"))
    assert clone.nc("session", "show", made, "--json").json["shared"] is False


def test_a_secret_that_is_known_only_now_does_not_leave(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from git_naturecode import ids, linksharing
    from git_naturecode.redact import of_work_tree

    secret = "Tr0ub4dor-and-a-horse"
    made = clone.start(f"With {secret}")
    clone.nc("session", "say", made, f"we use {secret} for staging")
    monkeypatch.setenv("STAGING_PASSWORD", secret)
    said = clone.nc("session", "share", made, "--public")
    assert "2 secrets redacted (2 found only now)" in said.out
    assert secret not in said.out + said.err
    with clone.store() as store:
        placed = store.read(ids.tail(made), "session")
        going = linksharing.prepare(placed, of_work_tree(os.environ, str(clone.path)))
    assert secret not in going.page
    assert "[REDACTED" in going.page


@pytest.mark.parametrize(
    "more",
    [
        ["--expires", "soon"], ["--expires", "2020-01-01"], ["--all"], ["--encrypt"],
        ["--expires", "0d"], ["--expires", "999999mo"], ["--output", ""], ["--visibility", "team"],
        ["-o", "-", "--json"], ["another"],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(clone: Clone, more: list[str]) -> None:
    made = clone.start()
    before = sorted(os.listdir(clone.path))
    said = clone.nc("session", "share", made, "--public", *more, code=2)
    assert said.out == ""
    assert sorted(os.listdir(clone.path)) == before


def test_which_session(clone: Clone) -> None:
    assert "which session?" in clone.nc("session", "share", "--public", code=2).err
    made = clone.start()
    clone.nc("session", "use", made)
    assert clone.nc("session", "share", "--public", "--json").json["id"] == made
    clone.nc("session", "share", "nonesuch", "--public", code=1)
    clone.nc("session", "share", made, "-o", "x", code=2)
    clone.nc("session", "delete", made, "--yes")
    assert "was deleted" in clone.nc("session", "share", made, "--public", code=1).err


def test_where_it_cannot_be_written_nothing_is_there(clone: Clone) -> None:
    made = clone.start()
    folder = clone.path / "full"
    folder.mkdir()
    said = clone.nc("session", "share", made, "--public", "-o", str(folder / "no" / "x"), code=1)
    assert "#" not in said.out
    assert os.listdir(folder) == []
    assert stat.S_ISDIR(folder.stat().st_mode)


def test_of_an_encrypted_session_who_may_invite_may_let_out(box: Box) -> None:
    hub = box.remote()
    ada = founded(box, hub)
    ben = joined(box, hub, ada, "ben")
    made = ada.start("Plan")
    ada.nc("session", "invite", made, "ben@example.com", "--can", "read,write")
    ada.nc("session", "encrypt", made)
    ada.nc("session", "say", made, "the zebra plan")
    synced(ada, ben)
    ben.nc("session", "join", made)
    assert "the zebra plan" in ben.texts(made)
    assert "--yes" in ada.nc("session", "share", made, "--public", code=3).err
    ada.nc("session", "share", made, "--public", "--yes")
    said = ben.nc("session", "share", made, "--public", "--yes", code=5)
    assert "#" not in said.out
    assert not list(ben.path.glob("*.html"))


def test_who_may_not_share_makes_no_link(box: Box) -> None:
    hub = box.remote()
    ada = founded(box, hub)
    eve = joined(box, hub, ada, "eve", "--role", "viewer")
    made = ada.start("Plan")
    ada.nc("session", "say", made, "one")
    synced(ada, eve)
    said = eve.nc("session", "share", made, "--public", code=5)
    assert "may not do that" in said.err
    assert not list(eve.path.glob("*.html"))
    own = eve.start("Mine", "private")
    eve.nc("session", "share", own, "--public", "--yes")
