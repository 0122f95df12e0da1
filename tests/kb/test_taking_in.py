"""Editing in the folder: the right entry, whatever editor saved the file, and when."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.domain.kb import makers
from git_naturecode.folder import edits, update
from git_naturecode.kb import taking_in
from git_naturecode.store import touched
from git_naturecode.store.store import Store
from kb.articles import add, opened, read, say
from kb.edited import TEXT, begun, change, history, text_of, took


def in_place(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def by_rename(path: Path, data: bytes) -> None:
    """As vim and most others do it: a backup, a new file, and that in place of the old one."""
    os.rename(path, path.with_name(path.name + "~"))
    (path.parent / "4913").write_bytes(b"")
    os.unlink(path.parent / "4913")
    path.with_name(f".{path.name}.swp").write_bytes(b"b0VIM")
    path.write_bytes(data)


def by_replacing(path: Path, data: bytes) -> None:
    """As `sed -i` does it."""
    new = path.with_name("sedXYZ")
    new.write_bytes(data)
    os.rename(new, path)


@pytest.mark.parametrize("save", [in_place, by_rename, by_replacing])
def test_an_edit_becomes_a_revision_of_what_the_file_showed(
    clone: Clone, article: Path, save: Callable[[Path, bytes], None]
) -> None:
    save(article, article.read_bytes().replace(b"second", b"SECOND\n\nand more"))
    said = took(clone)
    assert "took in your edit of .naturecode/kb/articles/retry.md: 3 lines more, 1 less" in said.err
    assert text_of(clone) == TEXT.replace("second", "SECOND\n\nand more")
    with opened(clone) as store:
        revisions = read(store, clone.nc("kb", "show", "retry", "--json").json["id"]).revisions
        assert revisions[1].parents == (revisions[0].id,)
    assert "SECOND" in article.read_text()
    assert not touched_in(clone)
    assert took(clone).err == ""
    assert article.stat().st_mode & stat.S_IWUSR


def touched_in(clone: Clone) -> list[str]:
    with opened(clone) as store:
        return touched.names(store)


SAVED: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "no line break at the end": lambda data: data.rstrip(b"\n"),
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "all of them": lambda data: b"\xef\xbb\xbf" + data.rstrip(b"\n").replace(b"\n", b"\r\n"),
    "line ends of an old Mac": lambda data: data.replace(b"\n", b"\r"),
    "more lines around the front matter": lambda data: data.replace(b"---\n\n# Why", b"---\n# Why"),
}


@pytest.mark.parametrize("how", SAVED)
def test_how_an_editor_ends_lines_is_no_edit(clone: Clone, article: Path, how: str) -> None:
    before = article.read_bytes()
    article.write_bytes(SAVED[how](before))
    assert took(clone).err == ""
    assert history(clone) == [TEXT]
    assert article.read_bytes() == before  # as it was made
    article.write_bytes(SAVED[how](before.replace(b"first", b"FIRST")))
    assert "1 line more, 1 less" in took(clone).err
    assert history(clone) == [TEXT, TEXT.replace("first", "FIRST")]


def test_title_and_tags_are_changed_in_the_file(clone: Clone, article: Path) -> None:
    change(article, "tags: []", "tags: [http, 'two words']")
    change(article, "title: Retry", 'title: "Retry: when, and how often"')
    assert took(clone).err.endswith("retry.md: title, tags\n")
    shown = clone.nc("kb", "show", "retry", "--json").json
    assert shown["title"] == "Retry: when, and how often"
    assert shown["tags"] == ["http", "two words"]
    assert history(clone) == [TEXT]
    with opened(clone) as store:  # somebody else tags it meanwhile
        name = shown["id"]
        entries = [one.entry for one in store.read(name[-8:], "kb")]
        say(store, name, makers.tag(entries, "theirs", there=True))
    change(article, "tags: [http, two words]", "tags: [http, mine]")
    took(clone)
    assert clone.nc("kb", "show", "retry", "--json").json["tags"] == ["http", "mine", "theirs"]
    assert "tags: [http, mine, theirs]" in article.read_text()


def test_a_title_that_was_the_heading_follows_it(clone: Clone, article: Path) -> None:
    with opened(clone) as store:
        add(store, "How to wait", "# How to wait\n\nTwice as long.\n")
    clone.nc("folder")
    page = article.with_name("how-to-wait.md")
    change(page, "# How to wait", "# How long to wait")
    assert took(clone).err.endswith("how-to-wait.md: 1 line more, 1 less, title\n")
    assert clone.nc("kb", "show", "how-to-wait", "--json").json["title"] == "How long to wait"
    change(page, "title: How long to wait", "title: Waiting")
    took(clone)
    change(page, "# How long to wait", "# How to wait again")
    took(clone)
    assert clone.nc("kb", "show", "how-to-wait", "--json").json["title"] == "Waiting"


def test_a_tag_with_a_comma_is_two(clone: Clone, article: Path) -> None:
    change(article, "tags: []", 'tags: ["http, retry", net]')
    took(clone)
    assert clone.nc("kb", "show", "retry", "--json").json["tags"] == ["http", "net", "retry"]


def test_status_says_what_waits_and_takes_nothing_in(clone: Clone, article: Path) -> None:
    change(article, "first", "1st")
    (article.parent / "new.md").write_text("# New\n")
    said = clone.nc("status").out
    assert ".naturecode/kb/articles/retry.md: edited; the next `git naturecode kb list`" in said
    assert ".naturecode/kb/articles/new.md: new; the next `git naturecode kb list`" in said
    assert touched_in(clone) == ["kb/articles/new.md", "kb/articles/retry.md"]


def test_the_background_hooks_and_ci_take_nothing_in(clone: Clone, article: Path) -> None:
    from git_naturecode import background

    change(article, "first", "1st")
    edited = article.read_bytes()
    with opened(clone) as store:
        background.work(store)
    clone.env["CI"] = "true"
    took(clone)
    del clone.env["CI"]
    clone.nc("session", "start", "x")
    assert history_without_taking(clone) == [TEXT]
    assert article.read_bytes() == edited


def history_without_taking(clone: Clone) -> list[str]:
    found = clone.git("show", "naturecode:kb/articles/retry.md")
    return [found.split("\n---\n\n", 1)[1]]


def test_an_editor_that_was_not_loaded_again_goes_on_from_its_own_words(
    clone: Clone, article: Path
) -> None:
    buffer = article.read_text()
    article.write_text(buffer.replace("first", "1st"))
    took(clone)
    with opened(clone) as store:  # meanwhile somebody else changes another line
        name = clone.nc("kb", "show", "retry", "--json").json["id"]
        now = read(store, name)
        say(store, name, makers.revision(now.text.replace("third", "THIRD"), now.heads))
    article.write_text(buffer.replace("first", "1st and better"))
    assert "1 line more, 1 less" in took(clone).err
    assert text_of(clone) == "# Why\n\n1st and better\n\nsecond\n\nTHIRD\n"
    article.write_text(buffer.replace("first", "1st and better"))  # saved once more, all the same
    assert took(clone).err == ""
    assert "THIRD" in article.read_text()


def test_two_work_trees_edit_one_article(clone: Clone, article: Path) -> None:
    other = Clone(clone.path.parent / "other")
    clone.git("worktree", "add", "-q", str(other.path))
    other.nc("folder")
    there = other.path / ".naturecode/kb/articles/retry.md"
    change(article, "first", "1st")
    change(there, "third", "3rd")
    took(clone)
    took(other)
    both = "# Why\n\n1st\n\nsecond\n\n3rd\n"
    assert text_of(clone) == both
    assert there.read_text().endswith(both)
    with opened(clone) as store:
        first, *edits = read(store, clone.nc("kb", "show", "retry", "--json").json["id"]).revisions
        assert [one.parents for one in edits] == [(first.id,), (first.id,)]
    clone.nc("folder")
    assert article.read_text().endswith(both)


def test_an_edit_that_was_not_taken_in_outlives_what_others_say(box: Box) -> None:
    remote = box.remote()
    ada, bob = box.clone(remote, "ada"), box.clone(remote, "bob")
    mine = begun(ada)
    ada.nc("sync")
    bob.nc("sync")
    bob.nc("folder")
    change(bob.path / ".naturecode/kb/articles/retry.md", "third", "3rd")
    assert "took in your edit" in bob.nc("sync").err
    change(mine, "first", "1st")
    edited = mine.read_bytes()
    with opened(ada) as store:  # as in the background
        from git_naturecode import sync

        sync.sync(store, "origin", lambda _: None, automatic=True)
        assert update.update(store).kept
    assert mine.read_bytes() == edited
    ada.nc("sync")
    assert mine.read_text().endswith("# Why\n\n1st\n\nsecond\n\n3rd\n")


def test_a_new_file_becomes_an_article(clone: Clone, article: Path) -> None:
    new = article.parent.parent / "faqs" / "My Notes.md"
    new.parent.mkdir()
    new.write_text("---\ntags: a, b\n---\n\n# Which port?\n\n8081\n")
    assert "took in .naturecode/kb/faqs/My Notes.md as a new article" in took(clone).err
    shown = clone.nc("kb", "show", "which-port", "--json").json
    assert (shown["title"], shown["type"], shown["tags"]) == ("Which port?", "faq", ["a", "b"])
    assert shown["content"] == "# Which port?\n\n8081\n"
    assert sorted(os.listdir(new.parent)) == ["which-port.md"]
    assert took(clone).err == ""


def test_many_new_files_and_one_with_a_line_break_in_its_name(clone: Clone, article: Path) -> None:
    for number in range(52):
        (article.parent / f"n{number}.md").write_text(f"# N{number}\n")
    (article.parent / "z\nwarning: z.md").write_text("# Z\n")
    told = took(clone).err
    assert told.count("as a new article") == 53
    assert "\nwarning:" not in told
    assert len(clone.nc("kb", "list", "--json", "--limit", "99").json["items"]) == 54


def test_two_new_files_with_one_title_are_two_articles(clone: Clone, article: Path) -> None:
    for name in ("one.md", "two.md", "Same Title.md"):
        (article.parent / name).write_text(f"# Same title\n\nof {name}\n")
    took(clone)
    listed = clone.nc("kb", "list", "--json").json["items"]
    assert [item["title"] for item in listed].count("Same title") == 3
    assert sorted(os.listdir(article.parent)) == ["one.md", "retry.md", "same-title.md", "two.md"]
    assert "of one.md" in (article.parent / "one.md").read_text()


def test_a_copy_of_an_article_is_no_edit_of_it(clone: Clone, article: Path) -> None:
    copy = article.parent / "copy.md"
    copy.write_text(article.read_text())
    assert took(clone).err == ""
    change(copy, "first", "another")
    assert "it is a copy of .naturecode/kb/articles/retry.md" in took(clone).err
    lines = copy.read_text().split("\n")
    copy.write_text("\n".join(line for line in lines if not line.startswith("nc:")))
    assert "as a new article" in took(clone).err
    assert history(clone) == [TEXT]
    assert "another" in text_of(clone, "copy")


def test_a_deleted_article_that_was_edited_here_lives(clone: Clone, article: Path) -> None:
    change(article, "first", "1st")
    with opened(clone) as store:
        name = str(clone.git("show", "naturecode:kb/articles/retry.md")).split("id: ")[1][:20]
        say(store, name, makers.deletion(read(store, name).heads))
        update.update(store)
    assert "1st" in article.read_text()
    assert "took in your edit" in took(clone).err
    assert "1st" in text_of(clone)


def test_a_secret_is_replaced_before_it_is_written(clone: Clone, article: Path) -> None:
    change(article, "first", "token ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8")
    said = took(clone).err
    assert "warning: replaced what looked secret in .naturecode/kb/articles/retry.md" in said
    assert "github-token" in said
    assert "looked secret" not in took(clone).err
    assert "ghp_" not in article.read_text()
    assert "REDACTED" in article.read_text()
    assert "ghp_" not in clone.git("log", "-p", "naturecode")


def test_saved_again_while_it_is_taken_in(
    clone: Clone, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(article, "first", "1st")

    def late(store: Store, wait: float) -> update.Updated:
        change(article, "second", "2nd")
        monkeypatch.setattr(taking_in, "update", update.update)
        return update.update(store, wait)

    monkeypatch.setattr(taking_in, "update", late)
    took(clone)
    assert "2nd" in article.read_text()  # it is not written over
    took(clone)
    assert text_of(clone) == "# Why\n\n1st\n\n2nd\n\nthird\n"
    assert article.read_text().endswith(text_of(clone))


def test_saved_at_the_very_moment_it_is_replaced(
    clone: Clone, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(article, "first", "1st")
    rename = os.rename

    def late(source: str, target: str, **where: int) -> None:
        if target == "retry.md" and "src_dir_fd" in where:
            monkeypatch.setattr(os, "rename", rename)
            change(article, "second", "2nd")
        rename(source, target, **where)

    monkeypatch.setattr(os, "rename", late)
    took(clone)
    assert "2nd" in article.read_text()
    took(clone)
    assert text_of(clone) == "# Why\n\n1st\n\n2nd\n\nthird\n"


def test_what_was_noted_of_it_may_be_lost(
    clone: Clone, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut keeps the entry, which was made safe, and perhaps nothing else."""
    change(article, "first", "1st")
    with monkeypatch.context() as killed:
        killed.setattr(taking_in, "update", lambda *_: None)
        killed.setattr(edits, "give_up", lambda *_: None)
        took(clone)
    (clone.path / ".git/naturecode/folders/main/taken-in").unlink()
    took(clone)
    assert history(clone) == [TEXT, TEXT.replace("first", "1st")]
    assert touched_in(clone) == []


def test_a_title_that_somebody_else_changed_is_not_set_back(clone: Clone, article: Path) -> None:
    buffer = article.read_text()
    with opened(clone) as store:
        name = clone.nc("kb", "show", "retry", "--json").json["id"]
        say(store, name, makers.title([], "Retry well"))
    clone.nc("folder")
    article.write_text(buffer.replace("first", "1st"))
    took(clone)
    assert clone.nc("kb", "show", "retry", "--json").json["title"] == "Retry well"
    assert "title: Retry well" in article.read_text()


def test_a_heading_and_a_title_that_part_are_named(clone: Clone) -> None:
    file = begun(clone, "Proxies", "# Proxies\n\nfirst\n")
    change(file, "# Proxies", "# Proxies and more")
    assert "warning" not in took(clone).err  # the title follows its heading
    assert "title: Proxies and more" in file.read_text()
    change(file, "title: Proxies and more", "title: Ways out")
    assert "its title is 'Ways out', and its heading 'Proxies and more'" in took(clone).err
    change(file, "first", "1st")
    assert "its title" not in took(clone).err  # that is no news
    change(file, "# Proxies and more", "# All ways")
    assert "its heading 'All ways'" in took(clone).err


def test_the_first_page_of_the_folder_says_what_may_be_edited(clone: Clone, article: Path) -> None:
    page = clone.path / ".naturecode/README.md"
    assert "kb/articles" in page.read_text()
    assert "log/" not in page.read_text()
