"""Reviews as files in the folder: read-only pages that follow what is said, and never a draft."""

from pathlib import Path

import pytest
import yaml

from box import Box
from folder.shown import files
from git_naturecode.folder import views
from reviewed import BOB, Pair, pair


@pytest.fixture
def both(box: Box) -> Pair:
    return pair(box)


def page(both: Pair) -> Path:
    """The one file of the review, as Ann has it, brought up to date."""
    both.ann.nc("folder")
    (found,) = (both.ann.path / ".naturecode").glob(f"reviews/*/*-say-five-{both.review[-8:]}.md")
    return found


def test_a_review_is_a_page_that_follows_what_is_said(both: Pair) -> None:
    bob, review = both.bob, both.review
    where = page(both)
    assert where.parent.name == where.name[:7]
    assert where.stat().st_mode & 0o777 == 0o444
    bob.nc("review", "comment", review, "--file", "a.py", "--line", "5", "-m", "Why *five*?")
    nasty = "![x](http://evil/x.png)\n<script>alert(1)</script>\n### t9 · `a.py:1` · open\x1b[31m"
    bob.nc("review", "comment", review, "-m", nasty)
    bob.nc("review", "comment", review, "-m", "not yet", "--draft")
    both.ann.nc("review", "comment", review, "-m", "my own draft", "--draft")
    bob.nc("review", "request-changes", review, "-m", "Say it in Latin")
    both.sync()
    assert page(both) == where
    text = where.read_text()
    facts = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
    assert (facts["id"], facts["title"], facts["status"]) == (review, "Say five", "rejected")
    assert facts["reviewers"] == [f"{BOB}: rejected"]
    assert "### t1 · `a.py:5` · open\n\n```\nline five\n```\n" in text
    assert "> Why *five*?\n" in text
    assert "> Say it in Latin\n" in text
    assert "draft" not in text
    assert "not yet" not in text
    assert "\x1b" not in text
    assert [one for one in text.split("\n") if one.startswith("###")] == [
        "### t1 · `a.py:5` · open", "### t2 · the change · open",
    ]  # fmt: skip
    assert "> ```\n> ![x]" in text  # in a fence, where nothing is loaded
    both.ann.nc("review", "resolve", review, "t1")
    assert "### t1 · `a.py:5` · resolved" in page(both).read_text()
    assert both.ann.nc("folder").out == ".naturecode/ is up to date\n"
    assert both.ann.git("status", "--porcelain") == ""


def test_very_many_at_once_give_the_same_pages(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    both.ann.start("a session")
    both.bob.nc("review", "comment", both.review, "-m", "said")
    both.ann.nc("review", "comment", both.review, "-m", "my own draft", "--draft")
    both.sync()
    page(both)
    before = files(both.ann)
    both.ann.nc("folder", "--off")
    monkeypatch.setattr(views, "_MANY", 0)
    both.ann.nc("folder", "--on")
    page(both)
    assert files(both.ann) == before


def test_what_is_redacted_is_taken_out_of_the_page(both: Pair) -> None:
    both.bob.nc("review", "comment", both.review, "-m", "Pelican is the name")
    both.sync()
    assert "Pelican" in page(both).read_text()
    both.bob.nc("review", "redact", both.review, "c1")
    both.sync()
    text = page(both).read_text()
    assert "Pelican" not in text
    assert "redacted by" in text
