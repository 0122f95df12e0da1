"""What a sync says of the knowledge base: what would go along, what it left undecided."""

import os

import pytest

from box import Box, Clone
from git_naturecode.cli import sync, sync_kb
from kb.articles import add, opened

TEXT = "# Retry\n\nWe retry three times.\n\nThe end.\n"


@pytest.fixture
def two(box: Box) -> tuple[Clone, Clone]:
    """Ann and Bob, who both have an article."""
    hub = box.remote()
    ann, bob = box.clone(hub, "ann"), box.clone(hub, "bob")
    write(ann, TEXT)
    ann.nc("kb", "add", "--file", "new.md")
    for one in (ann, bob):
        one.nc("sync")
    return ann, bob


def write(who: Clone, text: str) -> None:
    (who.path / "new.md").write_text(text)


def edit(who: Clone, old: str, new: str, code: int = 0) -> None:
    text = str(who.nc("kb", "show", "retry", "--json").json["content"])
    assert old in text
    write(who, text.replace(old, new))
    who.nc("kb", "edit", "retry", "--file", "new.md", code=code)


def test_the_dry_run_names_the_files_that_would_be_taken_in(box: Box) -> None:
    ann = box.clone(box.remote(), "ann")
    with opened(ann) as store:
        add(store, "Retry", TEXT)
    ann.nc("sync")
    ann.nc("folder")
    file = ann.path / ".naturecode/kb/articles/retry.md"
    assert "nothing would come or go" in ann.nc("sync", "--dry-run").out
    file.write_text(file.read_text().replace("three", "four"))
    said = ann.nc("sync", "--dry-run").out
    assert "nothing would come or go" not in said
    assert ".naturecode/kb/articles/retry.md: edited" in said
    (edits,) = ann.nc("sync", "--dry-run", "--json").json["edits"]
    assert edits["path"] == ".naturecode/kb/articles/retry.md"
    assert "took in your edit" in ann.nc("sync").err
    assert "nothing would come or go" in ann.nc("sync", "--dry-run").out


def test_the_sync_that_marks_an_article_says_so_once(two: tuple[Clone, Clone]) -> None:
    ann, bob = two
    edit(ann, "We retry three times.", "We never retry.")
    edit(bob, "We retry three times.", "They always ask again.")
    ann.nc("sync")
    said = bob.nc("sync", code=3)
    assert "in step with origin" in said.out
    assert "error: retry: 1 place holds" in said.err
    assert "git naturecode kb edit" in said.err
    assert "git naturecode ai resolve" in said.err
    bob.nc("sync")
    (marked,) = ann.nc("sync", "--json", code=3).json["marked"]
    assert (marked["slug"], marked["places"]) == ("retry", 1)
    edit(ann, "The end.", "The very end.", code=3)
    ann.nc("sync")
    bob.nc("sync")  # it is still to be decided, and that is no news


def test_a_second_place_of_a_marked_article_is_news(two: tuple[Clone, Clone]) -> None:
    ann, bob = two
    edit(ann, "We retry three times.", "We never retry.")
    edit(bob, "We retry three times.", "They always ask again.")
    for one, code in ((ann, 0), (bob, 3), (ann, 3)):
        one.nc("sync", code=code)
    edit(ann, "The end.", "All is said.", code=3)
    edit(bob, "The end.", "Nothing follows here.", code=3)
    ann.nc("sync")
    assert "retry: 2 places hold" in bob.nc("sync", code=3).err


def test_who_gave_one_name_to_two_articles_is_told_which_has_it(two: tuple[Clone, Clone]) -> None:
    ann, bob = two
    for one in two:
        write(one, f"# Pool limits\n\nBy {one.path.name}.\n")
        one.nc("kb", "add", "--file", "new.md")
    ann.nc("sync")
    said = bob.nc("sync").err
    assert "two articles are called pool-limits" in said
    name = next(word for word in said.split() if word.startswith("pool-limits-"))
    assert f"kb rename {name} NAME" in said
    kept, other = (bob.nc("kb", "show", one, "--json").json for one in ("pool-limits", name))
    assert kept["id"] < other["id"]
    assert "two articles" in ann.nc("sync").err
    bob.nc("kb", "vote", name, "--helpful")
    bob.nc("sync")
    synced = ann.nc("sync")
    assert "received 1 log" in synced.out
    assert "two articles" not in synced.err
    bob.nc("kb", "rename", name, "limits-of-the-pool")
    bob.nc("sync")
    assert "two articles" not in ann.nc("sync").err


def marked_both(two: tuple[Clone, Clone], *titles: str) -> list[str]:
    """Both know of a marked article for each of `titles`; their slugs."""
    ann, bob = two
    names = []
    for title in titles:
        write(ann, f"# {title}\n\nWe retry three times.\n")
        ann.nc("kb", "add", "--file", "new.md")
        names.append(title.lower())
    for one in (ann, bob):
        one.nc("sync")
    for name in names:
        for one, new in ((ann, "We never retry."), (bob, "They always ask again.")):
            text = str(one.nc("kb", "show", name, "--json").json["content"])
            write(one, text.replace("We retry three times.", new))
            one.nc("kb", "edit", name, "--file", "new.md")
    for one in (ann, bob, ann):
        one.tried("sync")
    return names


def forget_the_index(clone: Clone) -> None:
    """As another version of the index does it, or a clone in CI."""
    with clone.store() as store:
        state = store.state_dir
    for name in os.listdir(state):
        if name.startswith("index."):
            os.unlink(os.path.join(state, name))


def test_old_marks_and_names_are_no_news_for_a_new_index(two: tuple[Clone, Clone]) -> None:
    ann, bob = two
    (name,) = marked_both(two, "Waits")
    for one in two:
        write(one, f"# Pool limits\n\nBy {one.path.name}.\n")
        one.nc("kb", "add", "--file", "new.md")
        one.nc("sync")
    ann.nc("sync")
    for about in (name, "retry"):
        ann.nc("kb", "vote", about, "--helpful")
        ann.nc("sync")
        forget_the_index(bob)
        said = bob.nc("sync")
        assert "received 1 log" in said.out
        assert "two articles" not in said.err


def test_of_many_marked_articles_the_old_ones_are_no_news(
    two: tuple[Clone, Clone], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = two
    first, _ = marked_both(two, "First", "Second")
    monkeypatch.setattr(sync_kb, "_MOST", 1)
    ann.nc("kb", "tag", first, "--add", "old")
    ann.nc("sync")
    said = bob.nc("sync")
    assert "received 1 log" in said.out
    edit(ann, "The end.", "All is said.")
    edit(bob, "The end.", "Nothing follows here.")
    ann.nc("sync")
    assert "retry: 1 place" in bob.nc("sync", code=3).err  # this one is


def test_of_what_is_not_named_the_number_is(
    two: tuple[Clone, Clone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_FEW", 1)
    ann, bob = two
    names = ("one", "two", "three", "four")
    for name in names:
        write(ann, f"# {name}\n\nWe retry three times.\n")
        ann.nc("kb", "add", "--file", "new.md")
    for one in two:
        one.nc("sync")
    for one, new in ((ann, "We never retry."), (bob, "They always ask again.")):
        for name in names:
            write(one, f"# {name}\n\n{new}\n")
            one.nc("kb", "edit", name, "--file", "new.md")
    ann.nc("sync")
    said = bob.nc("sync", code=3).err
    assert said.count("1 place holds two") == 2
    assert "warning: and 2 more: git naturecode kb list --marked" in said
    assert len(bob.nc("kb", "list", "--marked", "--json").json["items"]) == 4
