"""What an edit of an article's file adds up to: only what was changed in it."""

from domain.made import entry
from git_naturecode.domain.kb import edited, editing
from git_naturecode.store.entry import Entry

from .test_build import of, opened, text


def tagged(number: int, name: str) -> Entry:
    return entry(number, "add", None, field="tags", value=name)


def test_tags_that_the_file_does_not_show_as_they_are_stay() -> None:
    names = [f"t{number:03}" for number in range(201)] + ["two  blanks"]
    entries = [opened(), text(1, "x"), *(tagged(2 + n, name) for n, name in enumerate(names))]
    article = of(*entries)
    shown = edited.shown_tags(article.tags)
    block = edited.Block(1, article.id, article.heads, "", "", edited.short_of(shown))
    wanted = (*shown[1:], "new")
    found = edited.Edited(block, "x\n", None, wanted, {})
    made = editing.change(article, entries, found, article.heads).drafts
    said = [(one.kind, one.fields["value"]) for one in made if one.kind != "revision"]
    assert said == [("add", "new"), ("remove", shown[0])]
