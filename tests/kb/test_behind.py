"""why and blame name the articles about a line, about its file, about its commit."""

import pytest

from box import Clone

LINES = [f"line number {number}" for number in range(1, 21)]


def commit(clone: Clone, lines: list[str], name: str = "a.py") -> None:
    (clone.path / name).write_text("\n".join([*lines, ""]))
    clone.git("add", name)
    clone.git("commit", "-q", "-m", f"change {name}")


@pytest.fixture
def linked(clone: Clone) -> Clone:
    """A clone in which `retry` is about lines 5 to 7 of a file and `other` about its commit."""
    commit(clone, LINES)
    for title in ("Retry", "Other", "Whole"):
        (clone.path / "text").write_text("x\n")
        clone.nc("kb", "add", "--type", "practice", "--title", title, "--file", "text")
    clone.nc("kb", "link", "retry", "a.py:5-7")
    clone.nc("kb", "link", "other", "HEAD")
    return clone


def articles(clone: Clone, line: int, *more: str, code: int = 0) -> list[tuple[str, str]]:
    """Slug and `how` of each article behind a line of a.py."""
    said = clone.nc("why", f"a.py:{line}", "--json", *more, code=code).json
    return [(one["slug"], one["how"]) for one in said["items"][0]["articles"]]


def test_articles_of_a_line_and_of_its_commit(linked: Clone) -> None:
    assert articles(linked, 6) == [("retry", "lines"), ("other", "commit")]
    assert articles(linked, 8) == [("other", "commit")]
    text = linked.nc("why", "a.py:6").out
    assert "article  retry  Retry · practice · is about this line" in text
    assert "note " not in text  # which would say the same once more
    first = linked.git("rev-parse", "HEAD").strip()
    commit(linked, ["new", *LINES])
    assert articles(linked, 7) == [("retry", "lines"), ("other", "commit")]
    assert articles(linked, 1, code=1) == []
    assert articles(linked, 6, "--rev", first) == [("retry", "lines"), ("other", "commit")]
    linked.nc("kb", "link", "whole", "a.py")
    assert articles(linked, 1) == [("whole", "file")]
    commit(linked, LINES, "b.py")
    linked.nc("kb", "link", "whole", "b.py:1-20")
    assert articles(linked, 1) == [("whole", "file")]
    linked.nc("kb", "unlink", "whole", "a.py")
    assert articles(linked, 1, code=1) == []
    linked.nc("kb", "link", "whole", "a.py")
    linked.nc("kb", "rm", "retry")
    assert articles(linked, 7) == [("whole", "file"), ("other", "commit")]


def test_lines_are_found_in_a_file_with_changes_that_are_not_committed(linked: Clone) -> None:
    (linked.path / "a.py").write_text("\n".join(["one", "two", *LINES, ""]))
    assert articles(linked, 1, code=1) == []
    assert articles(linked, 7) == [("retry", "lines"), ("other", "commit")]
    blamed = linked.nc("blame", "a.py").out.splitlines()
    assert [n for n, one in enumerate(blamed, 1) if " retry " in one] == [7, 8, 9]
    items = linked.nc("blame", "a.py", "--json").json["items"]
    assert [len(one["articles"]) for one in items][:8] == [0, 0, 1, 1, 1, 1, 2, 2]


def test_nothing_is_asked_where_there_is_no_article(clone: Clone) -> None:
    commit(clone, LINES)
    assert articles(clone, 1, code=1) == []
