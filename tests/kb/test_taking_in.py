"""Editing in the folder: the right entry or a clear message, whatever editor saved the file."""

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone, Said
from git_naturecode.domain.kb import makers
from git_naturecode.folder import edits, update
from git_naturecode.kb import put_back, taking_in
from git_naturecode.store import touched
from git_naturecode.store.store import Store
from kb.articles import add, opened, read, say

TEXT = "# Why\n\nfirst\n\nsecond\n\nthird\n"


@pytest.fixture
def article(clone: Clone) -> Path:
    """The file of an article in the folder of `clone`."""
    return begun(clone)


def begun(clone: Clone, title: str = "Retry", text: str = TEXT) -> Path:
    """A new article of `clone`; its file in the folder."""
    with opened(clone) as store:
        add(store, title, text)
    clone.nc("folder")
    return clone.path / f".naturecode/kb/articles/{title.lower()}.md"


def change(path: Path, old: str, new: str) -> None:
    """Save the file `path` with `new` in place of `old`."""
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new))


def took(clone: Clone) -> Said:
    """What a command of the knowledge base says of it."""
    return clone.nc("kb", "list")


def history(clone: Clone, name: str = "retry") -> list[str]:
    """The texts of the revisions of an article, in their order."""
    shown = clone.nc("kb", "show", name, "--json").json
    with opened(clone) as store:
        return [one.text or "" for one in read(store, shown["id"]).revisions]


def text_of(clone: Clone, name: str = "retry") -> str:
    """The text of an article."""
    shown = clone.nc("kb", "show", name, "--json").json
    return str(shown["content"])


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


WRONG: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "YAML that cannot be read": (lambda d: d.replace(b"title: ", b"title: a: b: "), "line 2: "),
    "an anchor": (lambda d: d.replace(b"title: ", b"title: &a "), "line 2: its YAML has anchors"),
    "a tag of YAML": (lambda d: d.replace(b"title: ", b"title: !!binary "), "line 2: its YAML has"),
    "no end of the front matter": (lambda d: d.replace(b"---\n\n", b""), "line 1: its"),
    "no front matter": (lambda d: d[d.index(b"# Why") :], "its line `nc:` is gone"),
    "no line nc": (lambda d: d.replace(b"\nnc: ", b"\nnote: "), "its line `nc:` is gone"),
    "another id": (lambda d: d.replace(b"id: kb-", b"id: session-"), "line 8: its line `nc:`"),
    "heads that are no list": (lambda d: d.replace(b"heads: [", b"heads: x, h: ["), "line 8: "),
    "5 MB": (lambda d: d + b"paste " * 850_000, "it has 4.9 MiB"),
    "1 MiB and a bit": (lambda d: d + b"x" * (1 << 20), "it has 1.0 MiB"),
    "bytes that are no text": (lambda d: d.replace(b"second", b"\xff\xfe"), "line 15: it is not"),
    "another encoding": (lambda d: d.decode().encode("utf-16"), "line 1: it is not UTF-8"),
    "a command for the terminal": (lambda d: d + b"\x1b[2J", "line 18: a char"),
    "a newer program's": (lambda d: d.replace(b"{v: 1,", b"{v: 2,"), "line 8: a newer git-nature"),
    "a title that is a list": (lambda d: d.replace(b"title: Retry", b"title: [a]"), "line 2: its"),
    "tags that are a mapping": (lambda d: d.replace(b"tags: []", b"tags: {a: b}"), "line 4: its"),
    "a title without end": (
        lambda d: d.replace(b"title: Retry", b"title: " + b"x" * 300), "line 2: a title has 200"
    ),
    "another author": (
        lambda d: d.replace(b"author: ada@", b"author: eve@"), "only its text, title and tags"
    ),
    "an article that is not here": (
        lambda d: d.replace(b"id: kb-2026", b"id: kb-1999").replace(b"first", b"1"), "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", WRONG)
def test_what_cannot_be_taken_in_is_told_and_left(clone: Clone, article: Path, how: str) -> None:
    spoil, why = WRONG[how]
    article.write_bytes(spoil(article.read_bytes().replace(b"third", b"my words")))
    if how == "another author":  # and nothing besides
        article.write_bytes(article.read_bytes().replace(b"my words", b"third"))
    left = article.read_bytes()
    if not why:  # the day is only for people
        assert "took in your edit" in took(clone).err
        return
    said = took(clone)
    assert f"warning: .naturecode/kb/articles/retry.md is not taken in: {why}" in said.err
    assert history(clone) == [TEXT]
    assert why in clone.nc("status").out
    clone.nc("folder")
    assert article.read_bytes() == left
    assert clone.nc("status", "--json").json["edits"][0]["path"].endswith("kb/articles/retry.md")


def test_an_edit_that_cannot_be_taken_in_is_dropped_with_its_file(
    clone: Clone, article: Path
) -> None:
    change(article, "title: Retry", 'title: "Retry')
    said = took(clone).err
    assert "not taken in: line 2: its YAML cannot be read" in said
    hint = "hint: 1 file of .naturecode/kb not taken in: mend, move or delete it; `git nat"
    assert hint in said
    again = took(clone).err
    assert hint in again
    assert "YAML" not in again  # that was said
    assert "its YAML cannot be read" in clone.nc("status").out
    article.write_text(article.read_text() + "more\n")
    assert "its YAML cannot be read" in took(clone).err
    article.unlink()
    clone.nc("folder")
    assert article.read_text().endswith(TEXT)
    assert not took(clone).err


@pytest.mark.parametrize("where", ["loose.md", "recipes/soup.md"])
def test_a_file_where_no_article_stands_is_told_and_left(
    clone: Clone, article: Path, where: str
) -> None:
    path = article.parent.parent / where
    path.parent.mkdir(exist_ok=True)
    path.write_text("# Soup\n")
    why = "move it into one of the folders articles, snippets, practices, faqs"
    assert f".naturecode/kb/{where}: {why}" in clone.nc("status").out
    said = took(clone)
    assert f"warning: .naturecode/kb/{where} is not taken in: {why}" in said.err
    assert "Soup" not in said.out
    assert path.read_text() == "# Soup\n"


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


def test_a_file_that_was_moved_away_comes_back_and_its_edit_counts(
    clone: Clone, article: Path
) -> None:
    moved = article.parent / "moved.md"
    change(article, "first", "1st")
    article.rename(moved)
    assert "took in your edit of .naturecode/kb/articles/moved.md" in took(clone).err
    assert "1st" in article.read_text()
    assert not moved.exists()


def test_gone_older_and_empty_files_are_no_edits(clone: Clone, article: Path) -> None:
    older = article.read_bytes()
    change(article, "first", "1st")
    took(clone)
    newer = article.read_bytes()
    for spoil in (
        lambda: article.write_bytes(older),
        article.unlink,
        lambda: article.write_bytes(b""),
        lambda: clone.git("clean", "-fdxq"),
    ):
        spoil()
        took(clone)
        clone.nc("folder")
        assert article.read_bytes() == newer
    assert len(history(clone)) == 2


def test_links_and_special_files_are_not_followed(clone: Clone, article: Path) -> None:
    secret = clone.path.parent / "secret.md"
    secret.write_text("# Secret\n")
    (article.parent / "link.md").symlink_to(secret)
    os.mkfifo(article.parent / "pipe.md")
    (article.parent / "folder.md").mkdir()
    said = took(clone)
    assert "link.md is not taken in: it is a link" in said.err
    assert "folder.md is not taken in: something else than a file" in said.err
    assert len(clone.nc("kb", "list", "--json").json["items"]) == 1
    there = article.parent.parent / "snippets"
    there.symlink_to(clone.path.parent)
    took(clone)
    assert len(clone.nc("kb", "list", "--json").json["items"]) == 1


def test_what_git_tracks_is_not_ours(clone: Clone, article: Path) -> None:
    tracked = article.parent / "tracked.md"
    tracked.write_text("# Theirs\n")
    clone.git("add", "-f", str(tracked))
    assert took(clone).err == ""
    assert len(clone.nc("kb", "list", "--json").json["items"]) == 1
    clone.git("config", "naturecode.folder", "false")
    change(article, "first", "1st")
    assert took(clone).err == ""


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


def test_who_deletes_a_file_is_told_once_how_the_article_is_deleted(
    clone: Clone, article: Path
) -> None:
    right = article.read_bytes()
    article.unlink()
    told = "deleted, but not its article, so the file"
    assert f"{told} comes back; `git naturecode kb rm retry`" in clone.nc("status").out
    said = took(clone)
    assert f".naturecode/kb/articles/retry.md was {told} is back; `git nat" in said.err
    assert "Retry" in said.out
    assert article.read_bytes() == right
    for again in (took(clone).err, clone.nc("status").out):
        assert "deleted" not in again


def test_who_deletes_a_file_is_told_also_when_the_background_was_faster(
    clone: Clone, article: Path
) -> None:
    article.unlink()
    with clone.store() as store:
        update.update(store)
    assert article.exists()
    assert clone.nc("status", "--json").json["edits"][0]["path"].endswith("articles/retry.md")
    assert "`git naturecode kb rm retry` deletes the article" in took(clone).err
    assert not took(clone).err


def test_a_file_that_the_background_puts_back_while_another_is_told_is_told_next(
    clone: Clone, article: Path
) -> None:
    more, told = begun(clone, "Wait"), []
    article.unlink()
    with clone.store() as store, clone.store() as background:

        def tell(text: str) -> None:
            told.append(text)
            more.unlink(missing_ok=True)
            update.update(background)

        put_back.tell(store, touched.look(store), tell)
    assert len(told) == 1
    assert "kb rm retry" in told[0]
    assert more.exists()
    said = took(clone).err
    assert "`git naturecode kb rm wait` deletes the article" in said
    assert "kb rm retry" not in said
    assert not took(clone).err


def test_no_file_is_missed_where_the_folder_or_the_article_went(
    clone: Clone, article: Path
) -> None:
    more = begun(clone, "Wait")
    shutil.rmtree(clone.path / ".naturecode/kb/articles")
    assert not took(clone).err
    with clone.store() as store:
        update.update(store)
    assert not took(clone).err
    clone.nc("kb", "rm", "wait")
    clone.nc("folder")
    assert not more.exists()
    assert not took(clone).err


def test_who_moves_a_file_is_told_how_the_article_is_renamed(clone: Clone, article: Path) -> None:
    article.rename(article.with_name("backoff.md"))
    said = took(clone).err
    assert "retry.md was moved to kb/articles/backoff.md, but its article keeps its name" in said
    assert "`git naturecode kb rename retry backoff` renames it" in said
    clone.nc("kb", "rename", "retry", "backoff")
    clone.nc("folder")
    assert article.with_name("backoff.md").read_text().endswith(TEXT)
    assert not took(clone).err


def test_who_empties_a_file_is_told_once_that_its_article_stays(
    clone: Clone, article: Path
) -> None:
    right = article.read_bytes()
    article.write_text("")
    told = "emptied, but not its article, so the file"
    assert f"{told} comes back; `git naturecode kb rm retry`" in clone.nc("status").out
    assert f"retry.md was {told} is back" in took(clone).err
    assert article.read_bytes() == right
    assert not took(clone).err


def test_who_moves_a_file_to_another_type_is_told_how_that_is_changed(
    clone: Clone, article: Path
) -> None:
    faq = article.parent.parent / "faqs/retry.md"
    faq.parent.mkdir(exist_ok=True)
    article.rename(faq)
    said = took(clone).err
    assert "moved to kb/faqs/retry.md" in said
    assert "`git naturecode kb edit retry --type faq` makes it a faq" in said
    clone.nc("kb", "edit", "retry", "--type", "faq")
    clone.nc("folder")
    assert faq.read_text().endswith(TEXT)
    assert not article.exists()
    assert not took(clone).err


STRANGE = {
    "articles/sub/in.md": "folder", "articles/one.markdown": "call it one.md",
    "faqs/two.txt": "call it two.md", "articles/UP.MD": "call it UP.md",
    "snippets/helper.py": "kb attach ARTICLE .naturecode/kb/snippets/helper.py",
}  # fmt: skip


@pytest.mark.parametrize("path", STRANGE)
def test_what_is_no_file_of_an_article_is_named_once(
    clone: Clone, article: Path, path: str
) -> None:
    where = article.parent.parent / path
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text("# Words\n")
    assert STRANGE[path] in clone.nc("status").out
    said = took(clone).err
    assert "is not taken in" in said
    assert STRANGE[path] in said
    assert not took(clone).err
    assert STRANGE[path] in clone.nc("status").out
    (article.parent / "more.txt").write_text("x\n")
    assert took(clone).err.count("is not taken in") == 1
    (article.parent / "more.txt").unlink()
    where.unlink()
    if "sub" in path:
        where.parent.rmdir()
    assert not took(clone).err
    assert clone.nc("status", "--json").json["edits"] == []


LOCKED = {
    "articles/sub": "no folder of kb/articles is looked into",
    "articles": "this folder cannot be read; `ls -ld .naturecode/kb/articles/`",
}


@pytest.mark.parametrize("path", LOCKED)
def test_a_folder_that_may_not_be_read_stops_no_command(
    clone: Clone, article: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = str(article.parent.parent / path)
    os.makedirs(where, exist_ok=True)
    refuse_to_list(monkeypatch, where)  # who runs the tests may be one who may read everything
    said = took(clone).err
    assert f"warning: .naturecode/kb/{path}/ is not taken in: {LOCKED[path]}" in said
    assert "deleted" not in said
    assert LOCKED[path] in clone.nc("status").out
    assert not took(clone).err


def refuse_to_list(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Have the folder `where` be one that may not be read."""

    def refusing(real: Callable[[Any], object]) -> Callable[[Any], object]:
        def listed(path: Any = ".") -> object:
            if path == where:
                raise PermissionError(13, "Permission denied", where)
            return real(path)

        return listed

    for name in ("listdir", "scandir"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))


def test_what_goes_while_it_is_looked_at_stops_no_command(
    clone: Clone, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sub/in.md", "note.txt"):
        (article.parent / name).parent.mkdir(exist_ok=True)
        (article.parent / name).write_text("x\n")
    real = os.scandir

    def gone(path: str) -> object:
        """The folder as it was just before all in it went."""
        with real(path) as found:
            listed = list(found)
        if path == str(article.parent):
            shutil.rmtree(path)
            os.mkdir(path)
        return nullcontext(iter(listed))

    with clone.store() as store, monkeypatch.context() as racing:
        racing.setattr(os, "scandir", gone)
        looked = touched.look(store)
    assert looked.strange == []
    assert looked.gone == ["kb/articles/retry.md"]


def test_what_editors_put_beside_a_file_is_not_named(clone: Clone, article: Path) -> None:
    for name in ("retry.md~", ".retry.md.swp", "#retry.md#", "4913", "retry.md.bak", "a.tmp",
                 "retry.md.sb-1a2b-x", "sedX1y2Z3", "~$retry.txt"):  # fmt: skip
        (article.parent / name).write_text("x\n")
    (article.parent / "empty").mkdir()
    assert not took(clone).err
    assert clone.nc("status", "--json").json["edits"] == []


def test_a_type_that_was_changed_beside_the_text_is_not_lost_in_silence(
    clone: Clone, article: Path
) -> None:
    tail = clone.nc("kb", "show", "retry", "--json").json["id"][-8:]
    change(article, "type: article", "type: faq")
    said = took(clone).err
    assert f"`git naturecode kb edit {tail} --type faq` changes that" in said
    change(article, "first", "1st")
    said = took(clone).err
    assert "took in your edit" in said
    assert f"`git naturecode kb edit {tail} --type faq` changes that" in said
    assert "type: article" in article.read_text()


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
