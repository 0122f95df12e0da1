"""Taking out of reviews what should not have been said there, from every clone."""

from box import Box, Clone
from git_naturecode.store.entry import Draft
from reviewed import pair
from sync.purge_judge import own_files, reachable

KEY = "ghp_" + "x9Kq2Lm8Zt4Rv6Wb1Nc3Yd5Fg7Hj0Ps4Qa2E"
WORD = "chrysanthemum-4711"


def everywhere(*repos: Clone) -> bytes:
    """All that can be reached in `repos`, and our own files there."""
    return b"".join(reachable(repo) + own_files(repo) for repo in repos)


def test_a_comment_goes_out_of_every_clone_with_its_edits(box: Box) -> None:
    both = pair(box)
    ann, bob, hub = both.ann, both.bob, Clone(box.path / "hub.git")
    bob.nc("review", "comment", both.review, "--file", "a.py", "--line", "5", "-m", f"oh {WORD}")
    bob.nc("review", "edit", both.review, "c1", f"better: {WORD}")
    both.sync()
    ann.nc("review", "reply", both.review, "t1", "No.")
    ann.nc("review", "resolve", both.review, "t1")
    both.sync()
    ann.nc("folder")
    assert WORD.encode() in everywhere(ann)
    assert WORD.encode() in everywhere(hub)
    assert bob.nc("redact", "--check", "--text", WORD, code=1).out.count(both.review) == 2
    bob.nc("redact", "--rewrite", both.review, "c1", "--yes")
    ann.nc("sync")
    bob.nc("sync")
    ann.nc("folder")
    for clone in (ann, bob):
        (thread,) = both.shown(clone)["comments"]
        assert thread["resolved"]
        assert WORD not in str(thread)
        assert "No." in str(thread)
    assert WORD.encode() not in everywhere(ann, bob, hub)
    pages = (ann.path / ".naturecode/reviews").rglob("*.md")
    assert all(WORD not in page.read_text() for page in pages)


def test_a_key_in_a_comment_is_said_again_without_it_in_its_place(box: Box) -> None:
    both = pair(box)
    bob = both.bob
    bob.nc("review", "comment", both.review, "--file", "a.py", "--line", "5", "-m", "like this")
    before = both.shown(bob)["comments"][0]
    with bob.store() as store:  # past the redaction, as an older version that did not know the rule
        said = [one.entry.header for one in store.read(both.review[-8:], "review")]
        fields = {"anchor": next(one["anchor"] for one in said if "anchor" in one)}
        store.write("team", both.review, [Draft("comment", fields, f"or {KEY}", clean=True)])
        store.settle()
    assert "1 text said again" in bob.nc("redact", "--rewrite", "--yes").err
    both.sync()
    _, after = both.shown()["comments"]
    assert after["comment"] == "or [REDACTED:github-token:1]"
    assert (after["filePath"], after["line"], after["now"]) == (
        before["filePath"], before["line"], before["now"],
    )  # fmt: skip
    assert KEY.encode() not in everywhere(both.ann, bob)


def test_a_search_for_sessions_finds_none_of_it(box: Box) -> None:
    both = pair(box)
    both.bob.nc("review", "comment", both.review, "-m", f"about {WORD}")
    assert both.bob.nc("session", "search", WORD, "--json", code=1).json["items"] == []
