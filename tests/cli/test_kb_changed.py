"""What becomes of an article by commands: edits, names, tags, votes; deleted and brought back."""

from box import Clone
from cli.written import TEXT, add, edit, text_of
from git_naturecode.domain.kb import makers
from kb.articles import opened, say


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


def test_an_edit_of_the_heading_is_one_of_the_title(clone: Clone) -> None:
    entity = add(clone, "# First name\n\nOne.\n")
    edit(clone, entity, "# Second name\n\nOne.\n")
    shown = clone.nc("kb", "show", entity, "--json").json
    assert (shown["title"], shown["slug"]) == ("Second name", "first-name")
    clone.nc("kb", "edit", entity, "--title", "Another")
    edit(clone, entity, "# Third name\n\nOne.\n")
    assert clone.nc("kb", "show", entity, "--json").json["title"] == "Another"


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


def test_an_edit_that_changes_nothing_says_so(clone: Clone) -> None:
    entity = add(clone)
    told = edit(clone, entity, TEXT, code=1)
    assert "all is as it was; nothing was changed" in told
    assert "the text is in" not in told  # it was forgotten
    again = clone.nc("kb", "edit", entity, "--title", "Retry with jitter", code=1).err
    assert "nothing was changed" in again
    assert len(clone.nc("kb", "history", entity, "--json").json["items"]) == 1
    assert not list((clone.path / ".git/naturecode").glob("edit/*"))


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


def test_tags_of_others_command_no_terminal(clone: Clone) -> None:
    name = add(clone)
    with opened(clone) as store:
        say(store, name, makers.tag([], "a\x1b]0;b\x07c", there=True))
    told = clone.nc("kb", "tag", name, "--add", "fine").err
    assert "fine" in told
    assert "\x1b" not in told


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


def test_a_redacted_text_is_told_where_it_stood(clone: Clone) -> None:
    entity = add(clone)
    clone.nc("kb", "redact", entity, "r1")
    assert "[its text was redacted]" in clone.nc("kb", "show", entity).out
