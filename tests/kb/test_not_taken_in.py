"""Files in the folder that are not taken in, wrong or strange or unreadable: told, and left."""

import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from box import Clone
from git_naturecode.store import touched
from kb.edited import TEXT, change, history, took

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
