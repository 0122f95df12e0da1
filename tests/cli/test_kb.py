"""The knowledge base as a person uses it: write, list, show, change, delete, bring back."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.kb import makers
from kb.articles import opened, say

TEXT = "# Retry with jitter\n\nWait a little longer each time.\n"


@pytest.fixture
def clone(box: Box) -> Clone:
    return box.ready()


def add(clone: Clone, text: str = TEXT, *options: str, name: str = "a.md") -> str:
    """Add an article with `text`; its id."""
    (clone.path / name).write_text(text)
    return clone.nc("kb", "add", "--file", name, *options).out.strip()


def edit(clone: Clone, article: str, text: str, *options: str, code: int = 0) -> str:
    """Give an article another text; what was told."""
    (clone.path / "edited.md").write_text(text)
    return clone.nc("kb", "edit", article, "--file", "edited.md", *options, code=code).err


def text_of(clone: Clone, article: str) -> str:
    return str(clone.nc("kb", "show", article, "--json").json["content"])


def at_terminal(clone: Clone, *args: str, editor: str, typed: str = "") -> tuple[int, str]:
    """The command at a terminal, with an editor that is a shell command; exit code and output.

    `typed` are the lines that a person types.
    """
    ours, theirs = pty.openpty()
    env = {**os.environ, **clone.env, "GIT_EDITOR": editor, "TERM": "xterm", "GIT_PAGER": "cat"}
    with subprocess.Popen(
        [sys.executable, "-m", "git_naturecode", *args], cwd=clone.path, env=env,
        stdin=theirs, stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        os.write(ours, typed.encode())
        data = b""
        try:
            while chunk := os.read(ours, 65536):
                data += chunk
        except OSError:  # Linux's way to say that the other side has gone
            pass
        code = process.wait()
    os.close(ours)
    return code, data.decode().replace("\r\n", "\n")


def writing(clone: Clone, text: str) -> str:
    """An editor that leaves `text` above what stands below the line."""
    path = clone.path.parent / "typed"
    path.write_text(text)
    script = clone.path.parent / "editor.py"
    script.write_text(
        "import sys\n"
        "before = open(sys.argv[1]).read()\n"
        "line = [one for one in before.split('\\n') if '>8' in one][-1]\n"
        f"typed = open({str(path)!r}).read()\n"
        "open(sys.argv[1], 'w').write(typed + line + before.split(line)[-1])\n"
    )
    return f"{sys.executable} {script}"


# -- writing and reading ------------------------------------------------------------------------


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


def test_an_edit_of_the_heading_is_one_of_the_title(clone: Clone) -> None:
    entity = add(clone, "# First name\n\nOne.\n")
    edit(clone, entity, "# Second name\n\nOne.\n")
    shown = clone.nc("kb", "show", entity, "--json").json
    assert (shown["title"], shown["slug"]) == ("Second name", "first-name")
    clone.nc("kb", "edit", entity, "--title", "Another")
    edit(clone, entity, "# Third name\n\nOne.\n")
    assert clone.nc("kb", "show", entity, "--json").json["title"] == "Another"


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


# -- changing -----------------------------------------------------------------------------------


def test_an_edit_is_a_revision_with_a_history_and_a_difference(clone: Clone) -> None:
    entity = add(clone)
    told = edit(clone, entity, TEXT.replace("longer", "shorter"), "-m", "it was wrong")
    assert "changed retry-with-jitter: git naturecode kb diff" in told
    assert "git naturecode sync" in told
    assert "shorter" in text_of(clone, entity)
    first, second = reversed(clone.nc("kb", "history", entity, "--json").json["items"])
    assert second["parents"] == [first["id"]]
    assert (second["number"], second["note"]) == (2, "it was wrong")
    history = clone.nc("kb", "history", entity).out
    assert history.index("r2") < history.index("r1")
    difference = clone.nc("kb", "diff", entity).out
    assert "-Wait a little longer" in difference
    assert "+Wait a little shorter" in difference
    assert clone.nc("kb", "diff", entity, "r2", "r1").out.count("+Wait a little longer") == 1
    assert "have the same text" in clone.nc("kb", "diff", entity, "r2").err
    lines = clone.nc("kb", "diff", entity, "r1", "--json").json["hunks"][0]["lines"]
    assert {one["kind"] for one in lines} == {"context", "removed", "added"}
    old = clone.nc("kb", "show", entity, "--revision", "r1", "--raw").out
    assert old == TEXT


def test_titles_types_tags_and_names_stand_in_the_history(clone: Clone) -> None:
    entity = add(clone, TEXT, "--tags", "http")
    clone.nc("kb", "edit", entity, "--title", "Back off", "--type", "faq")
    edit(clone, entity, TEXT + "\nMore.\n")
    clone.nc("kb", "tag", entity, "--add", "new", "--remove", "http")
    clone.nc("kb", "rename", entity, "back-off")
    told = [
        row.split("  ")[-1].strip() for row in clone.nc("kb", "history", entity).out.split("\n")
    ]
    assert told[0] == "name: retry-with-jitter -> back-off"
    assert sorted(told[1:3]) == ["tag +new", "tag -http"]
    assert "(now)" in told[3]
    assert sorted(told[4:6]) == ["title: Retry with jitter -> Back off", "type: article -> faq"]
    assert len(told) == 8  # r1, and the end of the last line
    found = clone.nc("kb", "history", entity, "--json").json
    assert (len(found["items"]), len(found["changes"]), found["total"]) == (2, 5, 2)
    assert found["changes"][0]["former"] == "retry-with-jitter"
    assert "5 more" in clone.nc("kb", "history", entity, "--limit", "2").err


def test_the_last_change_is_shown_across_deletions(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    entity = add(ada)
    for one in (ada, ben):
        one.nc("sync")
    ada.nc("kb", "rm", entity)
    edit(ben, entity, TEXT + "\nStill needed.\n")
    for one in (ada, ben):
        one.nc("sync")
    difference = ben.nc("kb", "diff", entity).out
    assert "+Still needed." in difference
    assert "-Wait" not in difference
    ben.nc("kb", "rm", entity)
    ben.nc("kb", "restore", entity, "r1")
    difference = ben.nc("kb", "diff", entity).out
    assert "-Still needed." in difference
    assert "+Wait" not in difference


def test_who_gives_a_title_again_is_told_of_the_other_article(clone: Clone) -> None:
    (clone.path / "same.md").write_text(TEXT)
    assert "already" not in clone.nc("kb", "add", "--file", "same.md").err
    said = clone.nc("kb", "add", "--file", "same.md").err
    assert "there is retry-with-jitter already, so this one is called retry-with-jitter-2" in said
    told = clone.nc("kb", "add", "--file", "same.md", "--json").json
    assert (told["slug"], told["sameTitle"]) == ("retry-with-jitter-3", "retry-with-jitter")
    told = clone.nc("kb", "add", "--file", "same.md", "--slug", "other", "--json").json
    assert told["sameTitle"] is None


def test_an_edit_that_changes_nothing_says_so(clone: Clone) -> None:
    entity = add(clone)
    told = edit(clone, entity, TEXT, code=1)
    assert "all is as it was; nothing was changed" in told
    assert "the text is in" not in told  # it was forgotten
    again = clone.nc("kb", "edit", entity, "--title", "Retry with jitter", code=1).err
    assert "nothing was changed" in again
    assert len(clone.nc("kb", "history", entity, "--json").json["items"]) == 1
    assert not list((clone.path / ".git/naturecode").glob("edit/*"))


def test_a_title_alone_leaves_the_text(clone: Clone) -> None:
    entity = add(clone)
    said = clone.nc("kb", "edit", entity, "--title", "Back off", "--type", "faq").err
    assert f"git naturecode kb history {entity[-8:]} shows what" in said
    assert "its heading still is 'Retry with jitter'" in said
    assert "heading" not in clone.nc("kb", "edit", entity, "--title", "Back off more").err
    clone.nc("kb", "edit", entity, "--title", "Back off")
    shown = clone.nc("kb", "show", entity, "--json").json
    assert (shown["title"], shown["type"], shown["slug"]) == (
        "Back off",
        "faq",
        "retry-with-jitter",
    )
    assert len(clone.nc("kb", "history", entity, "--json").json["items"]) == 1


def test_a_deleted_article_is_gone_until_it_is_restored(clone: Clone) -> None:
    entity = add(clone)
    edit(clone, entity, TEXT + "\nMore.\n")
    assert "kb restore" in clone.nc("kb", "rm", entity, "--reason", "old").err
    assert clone.nc("kb", "list", "--json").json["items"] == []
    shown = clone.nc("kb", "show", entity)
    assert "deleted by ada@example.com" in shown.out
    assert "More." not in shown.out
    for command in (["rm", entity], ["vote", entity, "--helpful"], ["tag", entity, "--add", "x"]):
        assert "was deleted" in clone.nc("kb", *command, code=1).err
    clone.nc("kb", "restore", "retry-with-jitter")
    assert text_of(clone, entity) == TEXT + "\nMore.\n"
    assert "was not deleted" in clone.nc("kb", "restore", entity, code=1).err
    clone.nc("kb", "restore", entity, "r1")
    assert text_of(clone, entity) == TEXT
    assert "its text is as in r1 already" in clone.nc("kb", "restore", entity, "r1", code=1).err
    assert "has no text" in clone.nc("kb", "restore", entity, "r3", code=1).err
    assert "there is no revision 'r99'" in clone.nc("kb", "restore", entity, "r99", code=1).err


def test_an_editing_of_a_deleted_article_keeps_it(clone: Clone) -> None:
    """Somebody deletes it while another one has it in his editor."""
    entity = add(clone)
    gone = f"{sys.executable} -m git_naturecode kb rm {entity}"
    other = f"{gone} >&2; printf 'more\\n%s' \"$(cat $1)\" > $1; :"
    code, told = at_terminal(clone, "kb", "edit", entity, editor=f"f() {{ {other}; }}; f")
    assert code == 0, told
    assert text_of(clone, entity).startswith("more\n")


def test_a_renamed_article_is_found_by_its_old_name(clone: Clone) -> None:
    entity, other = add(clone), add(clone, "# Other\n")
    told = clone.nc("kb", "rename", entity, "back-off").err
    assert "retry-with-jitter is back-off now" in told
    assert clone.nc("kb", "show", "retry-with-jitter", "--json").json["formerSlugs"] == [
        "retry-with-jitter"
    ]
    refused = clone.nc("kb", "rename", other, "back-off", code=1).err
    assert f"back-off is the name of {entity} already" in refused
    assert "is its name already" in clone.nc("kb", "rename", entity, "back-off", code=1).err
    assert "as in back-off" in clone.nc("kb", "rename", other, "Back Off", code=2).err
    # A name that somebody gave up is free, and then means who has it now.
    clone.nc("kb", "rename", other, "retry-with-jitter")
    assert clone.nc("kb", "show", "retry-with-jitter", "--json").json["id"] == other


def test_tags_are_added_and_taken_away(clone: Clone) -> None:
    entity = add(clone, TEXT, "--tags", "a,b")
    tags = clone.nc("kb", "tag", entity, "--add", "c,d", "--remove", "a", "--json").json["tags"]
    assert tags == ["b", "c", "d"]
    assert "it has no tag 'x'" in clone.nc("kb", "tag", entity, "--remove", "x", code=1).err
    assert "nothing was changed" in clone.nc("kb", "tag", entity, "--add", "b", code=1).err
    assert "which tags?" in clone.nc("kb", "tag", entity, code=2).err
    both = clone.nc("kb", "tag", entity, "--add", "b", "--remove", "b", code=2).err
    assert "added and taken away at once" in both


def test_each_person_has_one_vote(clone: Clone) -> None:
    entity = add(clone)
    clone.nc("kb", "vote", entity, "--helpful")
    assert "already" in clone.nc("kb", "vote", entity, "--helpful").err
    clone.env["GIT_AUTHOR_EMAIL"] = "ben@example.com"
    clone.nc("kb", "vote", entity, "--helpful")
    last = clone.nc("kb", "vote", entity, "--unhelpful", "--json").json
    assert (last["helpful"], last["unhelpful"]) == (1, 1)
    clone.nc("kb", "vote", entity, "--none")
    shown = clone.nc("kb", "show", entity, "--json").json
    assert (shown["helpful"], shown["unhelpful"]) == (1, 0)
    assert "is needed" in clone.nc("kb", "vote", entity, code=2).err
    assert "is needed" in clone.nc("kb", "vote", entity, "--none", "--helpful", code=2).err


def test_a_redacted_revision_shows_no_text_and_tells_where_the_lines_still_are(
    clone: Clone,
) -> None:
    entity = add(clone)
    edit(clone, entity, TEXT + "\nThe hall is green.\n", "-m", "green")
    edit(clone, entity, TEXT + "\nThe hall is green.\n\nAnd wide.\n")
    told = clone.nc("kb", "redact", entity, "r2", "--reason", "no").err
    assert "also stand in r3;" in told
    assert clone.nc("kb", "redact", entity, "r2", code=1).err.startswith("error: r2 was redacted")
    edit(clone, entity, TEXT + "\nNarrow.\n")
    assert "also stand" not in clone.nc("kb", "redact", entity, "r3").err
    everything = clone.nc("kb", "history", entity, "--json").out
    for number in ("r2", "r3"):
        assert "redacted" in clone.nc("kb", "show", entity, "--revision", number, code=1).err
    assert "green" not in everything + clone.nc("kb", "show", entity).out
    clone.env["GIT_AUTHOR_EMAIL"] = "eve@example.com"
    refused = clone.nc("kb", "redact", entity, "r1", code=5).err
    assert "r1 was written by ada@example.com" in refused


def test_a_secret_in_a_text_is_replaced_before_it_is_written(clone: Clone) -> None:
    (clone.path / "a.md").write_text("# Keys\n\naws AKIAIOSFODNN7EXAMPLQ\n")
    added = clone.nc("kb", "add", "--file", "a.md")
    assert "warning: replaced what looked secret" in added.err
    assert "AKIAIOSFODNN7EXAMPLQ" not in clone.nc("kb", "show", added.out.strip()).out


# -- the editor ---------------------------------------------------------------------------------


def test_an_article_is_written_in_the_editor(clone: Clone) -> None:
    code, told = at_terminal(clone, "kb", "add", "--type", "faq", editor=writing(clone, TEXT))
    assert code == 0, told
    (row,) = clone.nc("kb", "list", "--json").json["items"]
    assert (row["title"], row["type"]) == ("Retry with jitter", "faq")
    assert text_of(clone, row["id"]) == TEXT
    edited = TEXT + "\n<!-- kept -->\n"
    code, told = at_terminal(clone, "kb", "edit", row["slug"], editor=writing(clone, edited))
    assert code == 0, told
    assert text_of(clone, row["id"]) == edited
    assert not list((clone.path / ".git/naturecode").glob("edit/*"))


def test_an_editor_that_writes_nothing_or_changes_nothing(clone: Clone) -> None:
    code, told = at_terminal(clone, "kb", "add", editor="true")
    assert (code, "nothing was written" in told) == (1, True)
    code, told = at_terminal(clone, "kb", "add", "--title", "T", editor="true")
    assert (code, "nothing was written" in told) == (1, True)
    entity = add(clone)
    code, told = at_terminal(clone, "kb", "edit", entity, editor="true")
    assert (code, "nothing was changed" in told) == (1, True)
    code, told = at_terminal(clone, "kb", "edit", entity, editor="rm")
    assert (code, "kb rm" in told) == (1, True)
    assert not list((clone.path / ".git/naturecode").glob("edit/*"))


def kept(told: str) -> Path:
    """The file that holds the text, which the last lines name."""
    return Path(told.split("the text is in ")[1].split("\n")[0])


def test_a_failed_editor_keeps_what_was_written(clone: Clone) -> None:
    entity = add(clone)
    code, told = at_terminal(
        clone, "kb", "edit", entity, editor="f() { echo typed >> $1; false; }; f"
    )
    assert code == 1
    assert kept(told).read_text().endswith("typed\n")
    assert text_of(clone, entity) == TEXT
    code, told = at_terminal(clone, "kb", "edit", entity, editor="false")
    assert (code, "the text is in" in told) == (1, False)


def test_a_refused_text_is_kept(clone: Clone) -> None:
    entity = add(clone)
    long = "x" * 99 + "\n"
    code, told = at_terminal(
        clone, "kb", "edit", entity, editor=writing(clone, TEXT + long * 11000)
    )
    assert code == 2
    assert kept(told).read_text() == TEXT + long * 11000


def test_what_came_from_stdin_and_cannot_be_is_kept(clone: Clone) -> None:
    entity = add(clone)
    for data in (b"caf\xe9\n", b"x" * (1 << 20) + b"y\n", b"a\0b\n"):
        done = subprocess.run(
            [sys.executable, "-m", "git_naturecode", "kb", "edit", entity, "--file", "-"],
            cwd=clone.path, input=data, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert kept(done.stderr.decode()).read_bytes() == data


def test_an_editor_that_leaves_no_line_break_or_no_text(clone: Clone) -> None:
    entity = add(clone)
    code, told = at_terminal(clone, "kb", "edit", entity, editor=writing(clone, "No line break."))
    assert code == 0, told
    assert text_of(clone, entity) == "No line break.\n"
    latin = "f() { printf 'caf\\351\\n' > $1; }; f"
    code, told = at_terminal(clone, "kb", "edit", entity, editor=latin)
    assert (code, "is not text in UTF-8 (byte 4)" in told) == (2, True)
    assert kept(told).read_bytes() == b"caf\xe9\n"


def test_a_text_without_a_last_line_break_is_offered_whole(clone: Clone) -> None:
    """As another program may have written it."""
    entity = add(clone)
    with clone.store() as store:
        heads = clone.nc("kb", "show", entity, "--json").json["heads"]
        store.write("team", entity, [makers.revision("no end", heads)])
        store.settle()
    seen = clone.path.parent / "seen"
    code, told = at_terminal(clone, "kb", "edit", entity, editor=f"f() {{ cp $1 {seen}; }}; f")
    assert (code, "nothing was changed" in told) == (1, True)
    assert seen.read_text().startswith("no end\n<!-- ")
    assert text_of(clone, entity) == "no end"


def test_a_merged_text_that_is_left_as_it_is_needs_no_revision(clone: Clone) -> None:
    entity = add(clone)
    edit(clone, entity, TEXT.replace("longer", "shorter"))
    edit(clone, entity, TEXT.replace("longer", "less"), "--from", "r1", code=3)
    code, told = at_terminal(clone, "kb", "edit", entity, editor="true")
    assert (code, "nothing was changed" in told) == (1, True)
    assert len(clone.nc("kb", "show", entity, "--json").json["heads"]) == 2


def test_what_others_wrote_while_the_editor_was_open_is_merged(clone: Clone) -> None:
    entity = add(clone, TEXT + "\nThe last paragraph.\n")
    (clone.path / "other.md").write_text(TEXT + "\nThe last paragraph, and more.\n")
    mine = TEXT.replace("Wait", "Please wait") + "\nThe last paragraph.\n"
    typed = writing(clone, mine)
    program = f"{sys.executable} -m git_naturecode"
    other = f"GIT_AUTHOR_EMAIL=ben@example.com {program} kb edit {entity} --file other.md"
    code, told = at_terminal(
        clone, "kb", "edit", entity, editor=f"f() {{ {other} </dev/null; {typed} $1; }}; f"
    )
    assert code == 0, told
    assert "merged with what ben@example.com wrote meanwhile" in told
    text = text_of(clone, entity)
    assert "Please wait" in text
    assert "and more." in text


def test_the_same_words_written_twice_need_a_person(clone: Clone) -> None:
    entity = add(clone)
    edit(clone, entity, TEXT.replace("longer", "shorter"))
    told = edit(clone, entity, TEXT.replace("longer", "less"), "--from", "r1", code=3)
    assert "1 place holds two texts" in told
    assert "kb edit" in told
    text = text_of(clone, entity)
    assert "shorter" in text
    assert "less" in text
    assert "marked" in clone.nc("kb", "list").out
    (row,) = clone.nc("kb", "list", "--marked", "--json").json["items"]
    assert row["marked"] is True
    assert "1 place holds two texts" in clone.nc("kb", "show", entity).out
    edit(clone, entity, TEXT.replace("longer", "about as long"))
    assert clone.nc("kb", "list", "--marked", "--json").json["items"] == []
    assert len(clone.nc("kb", "show", entity, "--json").json["heads"]) == 1


# -- the others ---------------------------------------------------------------------------------


def test_two_clones_have_one_article(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    entity = add(ada, TEXT + "\nOne.\n\nTwo.\n")
    ada.nc("sync")
    ben.nc("sync")
    edit(ada, entity, TEXT + "\nOne, by ada.\n\nTwo.\n")
    edit(ben, entity, TEXT + "\nOne.\n\nTwo, by ben.\n")
    ada.nc("kb", "vote", entity, "--helpful")
    ben.nc("kb", "vote", entity, "--helpful")
    for one in (ada, ben, ada):
        one.nc("sync")
    shown = [one.nc("kb", "show", entity, "--json").json for one in (ada, ben)]
    assert shown[0] == shown[1]
    assert shown[0]["content"] == TEXT + "\nOne, by ada.\n\nTwo, by ben.\n"
    assert shown[0]["helpful"] == 2
    (row,) = ada.nc("kb", "list", "--json").json["items"]
    assert row["heads"] == shown[0]["heads"]
    ada.nc("kb", "rm", entity)
    edit(ben, entity, TEXT + "\nStill needed.\n")
    for one in (ben, ada, ben):
        one.nc("sync")
    for one in (ada, ben):
        told = one.nc("kb", "show", entity).out
        assert "Still needed." in told
        assert "kept, although ada@example.com deleted it" in told


def test_of_two_that_take_one_name_the_first_keeps_it(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    ids = sorted([add(ada), add(ben, "# Retry with jitter\n\nOf ben.\n")])
    for one in (ada, ben, ada):
        one.nc("sync")
    names = [f"retry-with-jitter{'' if n == 0 else '-' + ids[n][-8:-4]}" for n in range(2)]
    for one in (ada, ben):
        found = {r["id"]: r["slug"] for r in one.nc("kb", "list", "--json").json["items"]}
        assert [found[i] for i in ids] == names
        assert [one.nc("kb", "show", n, "--json").json["id"] for n in names] == ids


def test_tags_of_others_command_no_terminal(clone: Clone) -> None:
    name = add(clone)
    with opened(clone) as store:
        say(store, name, makers.tag([], "a\x1b]0;b\x07c", there=True))
    told = clone.nc("kb", "tag", name, "--add", "fine").err
    assert "fine" in told
    assert "\x1b" not in told


def test_a_redacted_text_is_told_where_it_stood(clone: Clone) -> None:
    entity = add(clone)
    clone.nc("kb", "redact", entity, "r1")
    assert "[its text was redacted]" in clone.nc("kb", "show", entity).out


def test_many_new_articles_at_once_are_asked_about_at_a_terminal(clone: Clone) -> None:
    (clone.path / "docs").mkdir()
    for number in range(21):
        (clone.path / f"docs/p{number}.md").write_text(f"# Page {number}\n\nText.\n")
    imports = ("kb", "import", "docs")
    code, told = at_terminal(clone, *imports, editor="false", typed="n\n")
    assert code == 1
    assert "make 21 new articles?" in told
    assert "nothing was imported" in told
    assert clone.nc("kb", "list", "--json").json["items"] == []
    (clone.path / "docs/p20.md").unlink()
    code, told = at_terminal(clone, *imports, editor="false")
    assert (code, "imported 20 articles" in told) == (0, True)
