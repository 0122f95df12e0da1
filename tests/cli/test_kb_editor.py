"""Articles in the editor and at a terminal: nothing that a person typed is lost."""

import subprocess
import sys
from pathlib import Path

from box import Clone
from cli.editing import at_terminal, writing
from cli.written import TEXT, add, edit, text_of
from git_naturecode.domain.kb import makers


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


def test_an_editing_of_a_deleted_article_keeps_it(clone: Clone) -> None:
    """Somebody deletes it while another one has it in his editor."""
    entity = add(clone)
    gone = f"{sys.executable} -m git_naturecode kb rm {entity}"
    other = f"{gone} >&2; printf 'more\\n%s' \"$(cat $1)\" > $1; :"
    code, told = at_terminal(clone, "kb", "edit", entity, editor=f"f() {{ {other}; }}; f")
    assert code == 0, told
    assert text_of(clone, entity).startswith("more\n")


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
