"""What a purge leaves beside the branch of one clone, and that nothing purged is written again."""

import zlib
from pathlib import Path

import pytest

from box import Box, Clone
from cli.test_redact import WORD, everywhere, said
from git_naturecode.store import forgetting, purge, seal
from git_naturecode.store.entry import Entry
from sync.meeting import pair


def purged(clone: Clone, *more: str) -> None:
    clone.nc("redact", "--rewrite", "--text", WORD, "--yes", *more)


def entry_with(clone: Clone, word: str) -> Entry:
    """The entry of this clone that holds `word`."""
    with clone.store() as store:
        log = store.team
        for path, _, data in purge.segments(log.objects, log.tree()):
            from git_naturecode.store import format

            for entry in format.parse(data).entries:
                if word in (entry.body or ""):
                    assert path
                    return entry
    raise AssertionError(f"no entry with {word}")


def test_a_text_that_still_waited_somewhere_is_not_written_again(box: Box) -> None:
    """As from the spool of a copied clone, or a journal that is given back after a doubt."""
    hub, ada, _, session = pair(box)
    said(ada, session, f"oh {WORD}")
    old = entry_with(ada, WORD)
    purged(ada)
    with ada.store() as store:
        for place in (session, "session-20260101-00000000"):  # there, and in a fork of it
            store.keep("team", place, [old])
        store.settle(5.0)
        assert WORD.encode() not in b"".join(
            data for _, _, data in purge.segments(store.team.objects, store.team.tree())
        )
    ada.nc("sync")
    assert WORD.encode() not in everywhere(Clone(hub))


def test_nor_by_sharing_it(box: Box) -> None:
    from git_naturecode.store.bulk import bulk

    hub, ada, _, session = pair(box)
    said(ada, session, f"oh {WORD}")
    old = entry_with(ada, WORD)
    purged(ada)
    with ada.store() as store:
        other = "session-20260101-00000000"
        with bulk(store, "team") as writer:
            writer.keep(other, [old])
        store.settle(5.0)
    ada.nc("sync")
    assert WORD.encode() not in everywhere(ada, Clone(hub))


def test_a_damaged_object_that_the_doctor_set_aside_goes_too(box: Box) -> None:
    clone = box.ready()
    session = clone.start()
    name = said(clone, session, f"oh {WORD}")
    folder = clone.path / ".git/naturecode/broken-objects"
    folder.mkdir()
    text = "".join(f"<!-- nc:entry {n} {n * 7919 % 10_007} {name} {WORD} -->\n" for n in range(400))
    (folder / "ours").write_bytes(zlib.compress(text.encode())[:-9] + b"damaged")
    (folder / "other").write_bytes(zlib.compress(b"something else")[:-4])
    (folder / "noise").write_bytes(b"\x00" * 50)
    purged(clone)
    assert sorted(one.name for one in folder.iterdir()) == ["noise", "other"]


def test_a_shallow_clone_that_ends_at_a_commit_of_plain_git_forgets_it(box: Box) -> None:
    """Such a commit has no seal, and at the border of a clone no parent either."""
    hub, ada, _, session = pair(box)
    said(ada, session, f"oh {WORD}")
    ada.nc("sync")
    ada.git("checkout", "-q", "naturecode")
    ada.git("commit", "-q", "--allow-empty", "-m", "By hand")
    ada.git("checkout", "-q", "main")
    ada.git("push", "-q", "origin", "naturecode")
    eve = box.clone(hub, "eve", ada.way, "--depth=1", "--no-single-branch")
    assert any(WORD in text for text in eve.texts(session))
    ada.nc("sync")
    purged(ada)
    eve.nc("sync")
    assert WORD.encode() not in everywhere(eve, ada, Clone(hub))


def test_a_mark_that_is_set_meanwhile_stays(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another sync moves the branch to a purge while the traces of an earlier one are removed."""
    _, ada, ben, session = pair(box)
    said(ada, session, f"oh {WORD}")
    ada.nc("sync")
    ben.nc("sync")
    with ben.store() as store:
        real = forgetting._unreach

        def unreach(store: object) -> list[str]:
            monkeypatch.setattr(forgetting, "_unreach", real)
            purged(ada)
            ben.git("fetch", "-q")
            monkeypatch.setattr(forgetting, "forget", lambda *_: [])  # it is killed there
            ben.nc("sync")
            return []

        monkeypatch.setattr(forgetting, "_unreach", unreach)
        forget = forgetting.forget
        forgetting.expect_private(store)
        forget(store)
        assert forgetting.is_behind(store)
        assert seal.of(store.team.objects, store.team.head())
        monkeypatch.setattr(forgetting, "forget", forget)
    ben.nc("background")
    assert WORD.encode() not in everywhere(ben)
    assert not (Path(ben.path) / ".git/naturecode/forget").exists()
