"""Articles by commands: written, named, listed and shown; what cannot be one is refused."""

import json

import pytest

from box import Clone
from cli.written import TEXT, add, text_of


def test_an_article_is_added_listed_and_shown(clone: Clone) -> None:
    entity = add(clone, TEXT, "--type", "practice", "--tags", "http,net", "--tag", "ops")
    (row,) = clone.nc("kb", "list", "--json").json["items"]
    assert (row["id"], row["type"], row["slug"]) == (entity, "practice", "retry-with-jitter")
    assert (row["title"], row["tags"]) == ("Retry with jitter", ["http", "net", "ops"])
    shown = clone.nc("kb", "show", "retry-with-jitter", "--json").json
    keys = {"id", "title", "content", "authorId", "tags", "createdAt", "updatedAt", "views",
            "helpful", "unhelpful", "type", "slug", "heads", "marked", "deleted", "links",
            "files", "formerSlugs"}  # fmt: skip
    assert keys <= shown.keys()
    assert (shown["content"], shown["authorId"]) == (TEXT, "ada@example.com")
    assert TEXT.strip() in clone.nc("kb", "show", entity[-8:]).out
    assert clone.nc("kb", "show", entity, "--raw").out == TEXT


def test_a_title_that_the_text_says_itself_is_shown_once(clone: Clone) -> None:
    entity = add(clone)
    assert clone.nc("kb", "show", entity).out.count("Retry with jitter") == 1
    clone.nc("kb", "edit", entity, "--title", "Back off")
    shown = clone.nc("kb", "show", entity).out
    assert shown.startswith("Back off\n")
    assert "# Retry with jitter" in shown
    clone.nc("kb", "rm", entity)
    assert clone.nc("kb", "show", entity).out.startswith("Back off\n")


def test_a_slug_comes_before_a_part_of_an_id_and_this_before_a_former_slug(clone: Clone) -> None:
    other = add(clone, "# Other\n")
    one = add(clone, TEXT, "--slug", other[-8:-3])

    def meant() -> str:
        return str(clone.nc("kb", "show", other[-8:-3], "--json").json["id"])

    assert meant() == one
    clone.nc("kb", "rename", one, "something-else")
    assert meant() == other


def test_a_name_means_the_article_that_lives(clone: Clone) -> None:
    first = add(clone)
    clone.nc("kb", "rm", first)
    second = add(clone)
    for gone, lives in ((first, second), (second, first)):
        if gone == second:
            clone.nc("kb", "rm", second)
            clone.nc("kb", "restore", first)
        shown = clone.nc("kb", "show", "retry-with-jitter", "--json").json
        assert (shown["id"], shown["slug"]) == (lives, "retry-with-jitter")


def test_each_way_to_name_an_article(clone: Clone) -> None:
    entity = add(clone)
    clone.nc("kb", "rename", "retry-with-jitter", "jitter")
    for name in (entity, entity[-8:], entity[-8:-3], "jitter", "Retry-With-Jitter"):
        assert clone.nc("kb", "show", name, "--json").json["id"] == entity
    missing = clone.nc("kb", "show", "jiter", code=1).err
    assert "there is no article jiter" in missing
    assert "did you mean jitter?" in missing
    add(clone, "# How a retry is told from a repeat\n")
    file = "how-a-retry-is-told-from-a-repeat.md"
    named = "How a retry is told  from a Repeat", "how-a", file, f".naturecode/kb/articles/{file}"
    for name in named:
        assert clone.nc("kb", "show", name, "--json").json["slug"].startswith("how-a-retry")
    other = add(clone, "# How a retry ends\n")
    several = clone.nc("kb", "show", "how-a", code=1).err
    assert "how-a fits 2 articles\nhint: write more: how-a-retry-ends, how-a-retry-is" in several
    clone.nc("kb", "rm", other)
    assert clone.nc("kb", "show", "how-a", "--json").json["slug"].startswith("how-a-retry-is")
    for none in ("ho", "nothing.md", "a\nb"):
        clone.nc("kb", "show", none, code=1)
    assert "How a retry is told" in clone.nc("kb", "show", "told").out
    assert "kb search" in clone.nc("kb", "show", "zzz", code=1).err
    assert "an article's slug or id is needed" in clone.nc("kb", "show", code=2).err


def test_two_articles_of_one_title_have_two_names(clone: Clone) -> None:
    one, two, three = add(clone), add(clone), add(clone)
    names = {r["id"]: r["slug"] for r in clone.nc("kb", "list", "--json").json["items"]}
    assert [names[i] for i in (one, two, three)] == [
        "retry-with-jitter", "retry-with-jitter-2", "retry-with-jitter-3",
    ]  # fmt: skip


def test_who_gives_a_title_again_is_told_of_the_other_article(clone: Clone) -> None:
    (clone.path / "same.md").write_text(TEXT)
    assert "already" not in clone.nc("kb", "add", "--file", "same.md").err
    said = clone.nc("kb", "add", "--file", "same.md").err
    assert "there is retry-with-jitter already, so this one is called retry-with-jitter-2" in said
    told = clone.nc("kb", "add", "--file", "same.md", "--json").json
    assert (told["slug"], told["sameTitle"]) == ("retry-with-jitter-3", "retry-with-jitter")
    told = clone.nc("kb", "add", "--file", "same.md", "--slug", "other", "--json").json
    assert told["sameTitle"] is None


def test_a_title_without_latin_letters_is_a_name_too(clone: Clone) -> None:
    entity = add(clone, "# 重试与退避\n\n等一等。\n")
    assert clone.nc("kb", "show", "重试与退避", "--json").json["id"] == entity
    only_signs = add(clone, "Text.\n", "--title", "???")
    assert clone.nc("kb", "show", only_signs, "--json").json["slug"] == f"article-{only_signs[-8:]}"


def test_a_list_says_what_an_article_is_called_by_where_its_title_does_not(clone: Clone) -> None:
    add(clone, "# How do I run the tests?\n\nmake test\n")
    assert "how-do-i" not in clone.nc("kb", "list").out
    clone.nc("kb", "rename", "how-do-i-run-the-tests", "run-tests")
    assert clone.nc("kb", "list").out.rstrip().endswith("  (run-tests)")


def test_lists_are_narrowed(clone: Clone) -> None:
    one = add(clone, "# One\n", "--tags", "a,b")
    two = add(clone, "# Two\n", "--type", "faq", "--tags", "b")
    gone = add(clone, "# Three\n", "--tags", "c")
    clone.nc("kb", "rm", gone)

    def listed(*options: str) -> set[str]:
        found = clone.nc("kb", "list", "--json", *options).json
        assert found["total"] >= len(found["items"])
        return {row["id"] for row in found["items"]}

    assert listed() == {one, two}
    assert listed("--type", "faq") == {two}
    assert listed("--tag", "a") == {one}
    assert listed("--tag", "a", "--tag", "b") == listed("--tag", "a,b") == {one, two}
    assert listed("--author", "ADA@example.com") == listed("--author", "Ada") == {one, two}
    assert listed("--author", "ad") == set()
    assert listed("--author", "eve@example.com") == set()
    assert listed("--deleted") == {gone}
    assert listed("--since", "2099-01-01") == set()
    assert len(listed("--limit", "1")) == 1
    assert "'faqs' is not a type" in clone.nc("kb", "list", "--type", "faqs", code=2).err
    assert "no such articles" in clone.nc("kb", "list", "--tag", "zzz").err


@pytest.mark.parametrize(
    ("options", "data", "says"),
    [
        (["--file", "none.md"], None, "none.md cannot be read: No such file"),
        (["--file", "."], None, "cannot be read"),
        (["--file", "a.md"], b"", "a.md is empty"),
        (["--file", "a.md"], b" \n\t\n", "a.md is empty"),
        (["--file", "a.md"], b"caf\xe9\n", "a.md is not text in UTF-8 (byte 4)"),
        (["--file", "a.md"], "# x\n".encode("utf-16"), "a.md is UTF-16, not UTF-8"),
        (["--file", "a.md"], b"# x\n\0", "it has a zero byte"),
        (["--file", "a.md"], b"no heading\n", "an article needs a title"),
        (["--file", "a.md", "--title", " "], b"x\n", "an article needs a title"),
        (["--file", "a.md", "--title", "x" * 201], b"x\n", "200 characters at most"),
        (["--file", "a.md", "--slug", "A b"], b"# x\n", "as in a-b"),
        (["--file", "a.md", "--slug", "con"], b"# x\n", "'con' cannot be a slug"),
        (["--file", "a.md", "--tags", ","], b"# x\n", "a tag cannot be empty"),
        (["--file", "a.md", "--tags", "a\x1bb"], b"# x\n", "cannot be a tag"),
        (["--file", "a.md", "--type", "novel"], b"# x\n", "use article, snippet, practice, faq"),
        (["--title", "x"], None, "there is no text"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(
    clone: Clone, options: list[str], data: bytes | None, says: str
) -> None:
    if data is not None:
        (clone.path / "a.md").write_bytes(data)
    told = clone.nc("kb", "add", *options, code=2).err
    assert says in told
    assert told.startswith("error: ")
    assert clone.nc("kb", "list", "--json").json["items"] == []


def test_a_text_that_is_too_long_stays_where_it_is(clone: Clone) -> None:
    (clone.path / "big.md").write_text("# Big\n" + "x\n" * (1 << 20))
    told = clone.nc("kb", "add", "--file", "big.md", code=2).err
    assert (
        "big.md is too long: it has 2.0 MiB, and the text of an article has at most 1 MiB" in told
    )
    assert "kb attach ARTICLE big.md" in told
    assert (clone.path / "big.md").stat().st_size == 2097158


def test_line_ends_and_marks_of_other_systems_are_made_one(clone: Clone) -> None:
    (clone.path / "w.md").write_bytes(b"\xef\xbb\xbf# Windows\r\n\r\none\rtwo")
    entity = clone.nc("kb", "add", "--file", "w.md").out.strip()
    assert text_of(clone, entity) == "# Windows\n\none\ntwo\n"


def test_a_file_that_does_not_end_is_refused(clone: Clone) -> None:
    told = clone.nc("kb", "add", "--title", "x", "--file", "/dev/zero", code=2).err
    assert "/dev/zero has more than" in told


def test_any_number_is_a_limit(clone: Clone) -> None:
    entity = add(clone)
    for args in (["kb", "list"], ["kb", "search", "longer"], ["kb", "history", entity]):
        assert clone.nc(*args, "--limit", "9" * 20, "--json").json["items"]
    clone.nc("session", "list", "--limit", "9" * 20)
    clone.nc("session", "search", "longer", "--limit", "9" * 20, code=1)
    clone.nc("review", "list", "--limit", "9" * 20)


def test_text_comes_from_stdin(clone: Clone) -> None:
    done = clone.process("kb", "add", "--file", "-", "--json", input=TEXT)
    assert json.loads(done.stdout)["title"] == "Retry with jitter"
    empty = clone.process("kb", "add", "--file", "-", input="")
    assert (empty.returncode, "what came from stdin is empty" in empty.stderr) == (2, True)


def test_a_secret_in_a_text_is_replaced_before_it_is_written(clone: Clone) -> None:
    (clone.path / "a.md").write_text("# Keys\n\naws AKIAIOSFODNN7EXAMPLQ\n")
    added = clone.nc("kb", "add", "--file", "a.md")
    assert "warning: replaced what looked secret" in added.err
    assert "AKIAIOSFODNN7EXAMPLQ" not in clone.nc("kb", "show", added.out.strip()).out
