"""Files of articles that were deleted, emptied or moved: they come back, and it is told why."""

import shutil
from pathlib import Path

from box import Clone
from git_naturecode.folder import update
from git_naturecode.kb import put_back
from git_naturecode.store import touched
from kb.edited import TEXT, begun, change, history, took


def test_gone_older_and_empty_files_are_no_edits(clone: Clone, article: Path) -> None:
    older = article.read_bytes()
    change(article, "first", "1st")
    took(clone)
    newer = article.read_bytes()
    for spoil in (
        lambda: article.write_bytes(older),
        article.unlink,
        lambda: article.write_bytes(b""),
        lambda: clone.git("clean", "-fdxq"),
    ):
        spoil()
        took(clone)
        clone.nc("folder")
        assert article.read_bytes() == newer
    assert len(history(clone)) == 2


def test_who_deletes_a_file_is_told_once_how_the_article_is_deleted(
    clone: Clone, article: Path
) -> None:
    right = article.read_bytes()
    article.unlink()
    told = "deleted, but not its article, so the file"
    assert f"{told} comes back; `git naturecode kb rm retry`" in clone.nc("status").out
    said = took(clone)
    assert f".naturecode/kb/articles/retry.md was {told} is back; `git nat" in said.err
    assert "Retry" in said.out
    assert article.read_bytes() == right
    for again in (took(clone).err, clone.nc("status").out):
        assert "deleted" not in again


def test_who_deletes_a_file_is_told_also_when_the_background_was_faster(
    clone: Clone, article: Path
) -> None:
    article.unlink()
    with clone.store() as store:
        update.update(store)
    assert article.exists()
    assert clone.nc("status", "--json").json["edits"][0]["path"].endswith("articles/retry.md")
    assert "`git naturecode kb rm retry` deletes the article" in took(clone).err
    assert not took(clone).err


def test_a_file_that_the_background_puts_back_while_another_is_told_is_told_next(
    clone: Clone, article: Path
) -> None:
    more, told = begun(clone, "Wait"), []
    article.unlink()
    with clone.store() as store, clone.store() as background:

        def tell(text: str) -> None:
            told.append(text)
            more.unlink(missing_ok=True)
            update.update(background)

        put_back.tell(store, touched.look(store), tell)
    assert len(told) == 1
    assert "kb rm retry" in told[0]
    assert more.exists()
    said = took(clone).err
    assert "`git naturecode kb rm wait` deletes the article" in said
    assert "kb rm retry" not in said
    assert not took(clone).err


def test_no_file_is_missed_where_the_folder_or_the_article_went(
    clone: Clone, article: Path
) -> None:
    more = begun(clone, "Wait")
    shutil.rmtree(clone.path / ".naturecode/kb/articles")
    assert not took(clone).err
    with clone.store() as store:
        update.update(store)
    assert not took(clone).err
    clone.nc("kb", "rm", "wait")
    clone.nc("folder")
    assert not more.exists()
    assert not took(clone).err


def test_who_empties_a_file_is_told_once_that_its_article_stays(
    clone: Clone, article: Path
) -> None:
    right = article.read_bytes()
    article.write_text("")
    told = "emptied, but not its article, so the file"
    assert f"{told} comes back; `git naturecode kb rm retry`" in clone.nc("status").out
    assert f"retry.md was {told} is back" in took(clone).err
    assert article.read_bytes() == right
    assert not took(clone).err


def test_who_moves_a_file_is_told_how_the_article_is_renamed(clone: Clone, article: Path) -> None:
    article.rename(article.with_name("backoff.md"))
    said = took(clone).err
    assert "retry.md was moved to kb/articles/backoff.md, but its article keeps its name" in said
    assert "`git naturecode kb rename retry backoff` renames it" in said
    clone.nc("kb", "rename", "retry", "backoff")
    clone.nc("folder")
    assert article.with_name("backoff.md").read_text().endswith(TEXT)
    assert not took(clone).err


def test_who_moves_a_file_to_another_type_is_told_how_that_is_changed(
    clone: Clone, article: Path
) -> None:
    faq = article.parent.parent / "faqs/retry.md"
    faq.parent.mkdir(exist_ok=True)
    article.rename(faq)
    said = took(clone).err
    assert "moved to kb/faqs/retry.md" in said
    assert "`git naturecode kb edit retry --type faq` makes it a faq" in said
    clone.nc("kb", "edit", "retry", "--type", "faq")
    clone.nc("folder")
    assert faq.read_text().endswith(TEXT)
    assert not article.exists()
    assert not took(clone).err


def test_a_file_that_was_moved_away_comes_back_and_its_edit_counts(
    clone: Clone, article: Path
) -> None:
    moved = article.parent / "moved.md"
    change(article, "first", "1st")
    article.rename(moved)
    assert "took in your edit of .naturecode/kb/articles/moved.md" in took(clone).err
    assert "1st" in article.read_text()
    assert not moved.exists()
