"""Files that move between two imports: each article goes along, and nothing comes again."""

from typing import Any

import pytest

from box import Box, Clone
from git_naturecode.kb.arrived import bare

INTRO = "# Intro\n\nHow to begin.\n"


def put(clone: Clone, **files: str | None) -> None:
    """Files in `docs` (`_` stands for `.md`); None: it goes."""
    folder = clone.path / "docs"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / f"{name.removesuffix('_')}.md"
        path.unlink() if text is None else path.write_text(text)


def imported(clone: Clone, path: str = "docs") -> Any:
    """What `kb import` says."""
    return clone.nc("kb", "import", path, "--json").json


def states(said: Any) -> dict[str, str]:
    """State by file."""
    return {one["path"].removeprefix("docs/"): one["state"] for one in said["items"]}


def articles(clone: Clone) -> dict[str, str]:
    """What each article says, by its slug."""
    listed = clone.nc("kb", "list", "--json").json["items"]
    return {one["slug"]: clone.nc("kb", "show", one["slug"], "--raw").out for one in listed}


@pytest.fixture
def moved(clone: Clone) -> Clone:
    """A clone whose article `intro` has gone on as the file legacy.md."""
    put(clone, intro=INTRO)
    imported(clone)
    put(clone, intro=None, legacy=INTRO)
    assert states(imported(clone)) == {"legacy.md": "changed"}
    return clone


@pytest.mark.parametrize("alone", [False, True])
def test_a_new_file_where_a_moved_one_was_is_an_article_of_its_own(
    moved: Clone, alone: bool
) -> None:
    put(moved, intro="# Welcome\n\nAll new.\n", see="# See\n\n[old](legacy.md) [new](intro.md)\n")
    for name in ("intro", "see", "legacy") if alone else ():
        imported(moved, f"docs/{name}.md")
    said = imported(moved)
    same = "unchanged"
    new = same if alone else "new"
    assert states(said) == {"intro.md": new, "see.md": new, "legacy.md": same}
    assert said["gone"] == []
    assert articles(moved) == {
        "intro": INTRO, "welcome": "# Welcome\n\nAll new.\n",
        "see": "# See\n\n[old](intro.md) [new](welcome.md)\n",
    }  # fmt: skip
    put(moved, intro="# Welcome\n\nNewer.\n", legacy=INTRO + "\nOld.\n")
    assert set(states(imported(moved)).values()) == {"changed", same}
    assert articles(moved)["welcome"] == "# Welcome\n\nNewer.\n"
    assert articles(moved)["intro"] == INTRO + "\nOld.\n"
    put(moved, intro=None, legacy=None)
    gone = {one["path"]: one["slug"] for one in imported(moved)["gone"]}
    assert gone == {"docs/intro.md": "welcome", "docs/legacy.md": "intro"}


def test_a_file_that_is_moved_back_and_forth_stays_one_article(moved: Clone) -> None:
    for number, (old, new) in enumerate((("legacy", "intro"), ("intro", "legacy")) * 2):
        put(moved, **{old: None, new: INTRO})
        assert states(imported(moved)) == {f"{new}.md": "changed"}, number
        assert states(imported(moved)) == {f"{new}.md": "unchanged"}, number
    put(moved, legacy="# Intro\n\nAnew.\n")
    imported(moved)
    assert articles(moved) == {"intro": "# Intro\n\nAnew.\n"}


def test_a_file_is_followed_in_whatever_folder_it_is_from_then_on(moved: Clone) -> None:
    (moved.path / "other").mkdir()
    (moved.path / "docs/legacy.md").rename(moved.path / "other/it.md")
    assert moved.nc("kb", "import", "docs", "other", "--json").json["changed"] == 1
    (moved.path / "other/it.md").write_text("# Intro\n\nAnew.\n")
    assert states(imported(moved, "other")) == {"other/it.md": "changed"}
    assert articles(moved) == {"intro": "# Intro\n\nAnew.\n"}
    assert moved.nc("kb", "import", "docs", code=1).err.startswith("error: there is no Markdown")


@pytest.mark.parametrize("followed", [False, True])
def test_what_was_deleted_here_does_not_come_back_under_another_name(
    clone: Clone, followed: bool
) -> None:
    put(clone, intro=INTRO, other="# Other\n")
    imported(clone)
    if followed:
        put(clone, intro=None, legacy=INTRO)
        imported(clone)
    clone.nc("kb", "rm", "intro")
    put(clone, **{"legacy" if followed else "intro": None}, moved=INTRO)
    for _ in range(2):
        said = imported(clone)
        assert states(said)["moved.md"] == "left"
        assert said["gone"] == []
    assert set(articles(clone)) == {"other"}


@pytest.mark.parametrize("purged", [False, True])
def test_what_was_redacted_is_not_published_again_under_another_name(
    clone: Clone, purged: bool
) -> None:
    put(clone, intro=INTRO + "\n[x](other.md)\n", other="# Other\n")
    imported(clone)
    if purged:
        clone.nc("redact", "--rewrite", "intro", "r1", "--yes")
    else:
        clone.nc("kb", "redact", "intro", "r1")
    text = INTRO + "\n[x](other.md)\n"
    put(clone, intro=None, legacy=text)
    for _ in range(2):
        assert states(imported(clone)) == {"legacy.md": "left", "other.md": "unchanged"}
    put(clone, legacy=None, other=text)  # nor in the place of another one
    assert states(imported(clone)) == {"other.md": "left"}
    assert "How to begin" not in "".join(articles(clone).values())


def test_two_files_that_change_places_take_their_articles_along(clone: Clone) -> None:
    one, two = "# One\n\nfirst\n", "# Two\n\nsecond\n"
    put(clone, a=one, b=two)
    imported(clone)
    before = {"one": one, "two": two}
    for texts in ((two, one), (one, two), (two, one)):
        put(clone, a=texts[0], b=texts[1])
        assert states(imported(clone)) == {"a.md": "changed", "b.md": "changed"}
        assert articles(clone) == before
        assert states(imported(clone)) == {"a.md": "unchanged", "b.md": "unchanged"}
    put(clone, a=two + "more\n")
    assert states(imported(clone, "docs/a.md")) == {"a.md": "changed"}
    assert articles(clone) == {"one": one, "two": two + "more\n"}


def test_two_clones_that_follow_the_same_moves_have_the_same_articles(box: Box) -> None:
    hub = box.remote()
    ann, bob = box.clone(hub, "ann"), box.clone(hub, "bob")
    one, two, new = "# One\n\nfirst\n", "# Two\n\nsecond\n", "# New\n\nx\n"
    for each in (ann, bob):
        put(each, intro=INTRO, a=one, b=two)
        imported(each)
        put(each, intro=None, legacy=INTRO)
        imported(each)
        put(each, intro=new, a=two, b=one)
        imported(each)
    for each in (ann, bob, ann):
        each.nc("sync")
    for each in (ann, bob):
        assert articles(each) == {"intro": INTRO, "new": new, "one": one, "two": two}
        assert set(states(imported(each)).values()) == {"unchanged"}


def test_a_file_that_takes_over_the_text_of_another_is_told(clone: Clone) -> None:
    put(clone, a="# One\n\nfirst\n", b="# Two\n\nsecond\n")
    imported(clone)
    put(clone, a="# One\n\nall new\n", b="# One\n\nfirst\n")
    (note,) = imported(clone)["notes"]
    assert (note["path"], "docs/a.md" in note["why"]) == ("docs/b.md", True)
    put(clone, a="# One\n\nonce more\n", c="# One\n\nall new\n")
    (note,) = imported(clone)["notes"]
    assert (note["path"], "docs/a.md" in note["why"]) == ("docs/c.md", True)


def test_a_line_of_brackets_takes_no_longer_than_its_length() -> None:
    text = "](" * 500_000
    assert bare(text) == text
    assert bare('[a](b.md) [c](d_(e).md "t")\n[f]: g.md\n[h] i\n') == "[a [c\n\n[h] i\n"
