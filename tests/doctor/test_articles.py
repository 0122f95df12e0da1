"""Articles whose texts are lost: told by name, and brought back where a copy is left."""

from box import Box, Clone
from damage import REF, clear_journal, lose
from kb.articles import commit, shown


def add(clone: Clone) -> str:
    """An article with three revisions, known to the index."""
    (clone.path / "a.md").write_text("# Retry\n\nWait.\n")
    article = clone.nc("kb", "add", "--file", "a.md").out.strip()
    for number in range(2):
        (clone.path / "a.md").write_text(f"# Retry\n\nWait {number}.\n")
        clone.nc("kb", "edit", article, "--file", "a.md")
    clone.nc("kb", "list")
    return article


def log_of(clone: Clone, article: str) -> str:
    (path,) = clone.git("ls-tree", "-r", "--name-only", REF, "log/kb/").split()
    assert article in path
    return path


def test_lost_texts_of_an_article_are_told(box: Box) -> None:
    clone = box.ready()
    article = add(clone)
    clear_journal(clone)
    lose(clone, f"{REF}:{log_of(clone, article)}")
    told = clone.nc("doctor", "--fix", code=1).out
    assert f"{article} (Retry) has lost" in told


def test_an_article_comes_back_from_the_journal(box: Box) -> None:
    clone = box.ready()
    article = add(clone)
    before = clone.nc("kb", "show", article, "--json").json
    lose(clone, f"{REF}:{log_of(clone, article)}")
    told = clone.nc("doctor", "--fix").out
    assert "has lost" not in told
    assert clone.nc("kb", "show", article, "--json").json == before


def test_files_that_say_something_else_are_told_and_made_anew(box: Box) -> None:
    clone = box.ready()
    add(clone)
    assert "the files of articles say what was said" in clone.nc("doctor").out
    before = shown(clone)
    commit(clone, {"kb/articles/retry.md": "rubbish", "kb/faqs/mine.md": "---\na: [\n---\n"})
    told = clone.nc("doctor", code=1).out
    assert "1 file of articles on naturecode not as what was said" in told
    assert "1 file on naturecode that could not be taken in" in told
    assert "kb/faqs/mine.md" in told
    clone.nc("doctor", "--fix", code=1)  # what is nobody's stays
    assert shown(clone) == {**before, "faqs/mine.md": "---\na: [\n---\n"}
