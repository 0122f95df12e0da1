"""Taking out of articles what should not have been written there, from every clone."""

from pathlib import Path
from typing import Any

from box import Box, Clone
from sync.purge_judge import own_files, reachable

WORD = "chrysanthemum-4711"
CLEAN = "# Keys\n\nOne.\n\nTwo.\n"


def everywhere(*repos: Clone) -> bytes:
    """All that can be reached in `repos`, and our own files there."""
    return b"".join(reachable(repo) + own_files(repo) for repo in repos)


def edit(clone: Clone, article: str, text: str) -> None:
    path = Path(clone.path) / "edited.md"
    path.write_text(text)
    clone.nc("kb", "edit", article, "--file", "edited.md")
    path.unlink()


def scene(box: Box) -> tuple[Clone, Clone, Clone, str]:
    """Ann, Bob, the hub, and an article whose second revision of four should not be."""
    hub = box.remote()
    ann, bob = box.person(hub, "ann"), box.person(hub, "bob")
    (ann.path / "a.md").write_text(CLEAN)
    article = ann.nc("kb", "add", "--file", "a.md").out.strip()
    (ann.path / "a.md").unlink()
    edit(ann, article, CLEAN.replace("One", f"One {WORD}"))
    edit(ann, article, CLEAN.replace("One", "First"))
    for one in (ann, bob):
        one.nc("sync")
    return ann, bob, Clone(hub), article


def test_a_purged_revision_leaves_the_others_as_they_were(box: Box) -> None:
    ann, bob, hub, article = scene(box)
    edit(bob, article, CLEAN.replace("One", "First").replace("Two", "Second"))
    before = ann.nc("kb", "show", article, "--json").json
    assert WORD.encode() in everywhere(ann)
    ann.nc("redact", "--rewrite", "keys", "r2", "--yes")
    for one in (bob, ann, bob):
        one.nc("sync")
    assert WORD.encode() not in everywhere(ann, bob, hub)
    for one in (ann, bob):
        shown = one.nc("kb", "show", article, "--json").json
        # The revision before it does not come back beside the one after it.
        assert shown["content"] == "# Keys\n\nFirst.\n\nSecond.\n"
        assert len(shown["heads"]) == 1
        (purged,) = [r for r in history(one, article) if "purged" in r["flags"]]
        assert (purged["number"], purged["redacted"]["userId"]) == (2, "ann@example.com")
    assert before["content"] == "# Keys\n\nFirst.\n\nTwo.\n"


def history(clone: Clone, article: str) -> list[dict[str, Any]]:
    return list(clone.nc("kb", "history", article, "--json").json["items"])


def test_a_word_goes_out_of_every_revision_and_these_stay_where_they_were(box: Box) -> None:
    ann, bob, hub, article = scene(box)
    before = history(ann, article)
    assert ann.nc("redact", "--check", "--text", WORD, code=1).out.count(article) >= 1
    ann.nc("redact", "--rewrite", "--text", WORD, "--yes")
    for one in (bob, ann):
        one.nc("sync")
        assert [(r["id"], r["parents"]) for r in history(one, article)] == [
            (r["id"], r["parents"]) for r in before
        ]
        assert "[REDACTED" in one.nc("kb", "show", article, "--revision", "r2").out
    assert WORD.encode() not in everywhere(ann, bob, hub)


def test_a_deletion_whose_reason_is_taken_out_still_deletes(box: Box) -> None:
    ann, bob, hub, article = scene(box)
    ann.nc("kb", "rm", article, "--reason", f"because of {WORD}-2")
    ann.nc("redact", "--rewrite", "keys", "r2", "r4", "--yes")
    for one in (bob, ann):
        one.nc("sync")
        assert one.nc("kb", "list", "--deleted", "--json").json["total"] == 1
    assert WORD.encode() not in everywhere(ann, bob, hub)


def test_who_names_no_revision_is_told_what_shows_them(box: Box) -> None:
    clone = box.ready()
    (clone.path / "a.md").write_text(CLEAN)
    clone.nc("kb", "add", "--file", "a.md")
    asked = clone.nc("redact", "--rewrite", "keys", code=2)
    assert "`git naturecode kb history keys` shows their ids" in asked.err
    session = clone.start("Keys")
    asked = clone.nc("redact", "--rewrite", session, code=2)
    assert f"`git naturecode session show {session}` shows their ids" in asked.err
    assert "no session abc" in clone.nc("redact", "--rewrite", "abc", code=1).err
