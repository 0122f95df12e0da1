"""Import of Markdown: files become articles, again only what changed, in every clone the same."""

import os
from pathlib import Path
from typing import Any

import pytest

from box import Box, Clone

START = "# Start\n\nSee [setup](guide/setup.md) and [x](../a.py#L1).\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0picture"


def write(folder: Path, **files: str | bytes) -> None:
    """Files in `folder`: `__` stands for a dot, `___` for a slash."""
    for name, data in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)


def imported(clone: Clone, *args: str, code: int = 0) -> Any:
    """What `kb import` says."""
    return clone.nc("kb", "import", *args, "--json", code=code).json


def states(said: Any) -> dict[str, str]:
    """State by path."""
    return {one["path"]: one["state"] for one in said["items"]}


def text(clone: Clone, slug: str) -> str:
    """The text of an article."""
    return clone.nc("kb", "show", slug, "--raw").out


@pytest.fixture
def docs(clone: Clone) -> Clone:
    """A clone with a folder of documents, committed."""
    write(
        clone.path / "docs", index__md=START,
        guide___setup__md="---\ntitle: Set up\ntags: [ci]\n---\nBack to [start](../index.md).\n\n"
        "![pic](../img/a.png)\n", img___a__png=PNG, hidden__txt="x",
    )  # fmt: skip
    write(clone.path, a__py="x\n", ignored___x__md="# Ignored\n", __gitignore="/ignored/\n",
          node_modules___p___README__md="# Vendored\n")  # fmt: skip
    clone.git("add", "docs", "a.py", ".gitignore")
    clone.git("commit", "-q", "-m", "docs")
    return clone


def test_a_folder_becomes_articles_that_lead_to_each_other(docs: Clone) -> None:
    before = int(docs.git("rev-list", "--count", "naturecode"))
    said = imported(docs, "docs")
    assert states(said) == {"docs/index.md": "new", "docs/guide/setup.md": "new"}
    assert (said["new"], said["attached"]) == (2, 1)
    assert (
        int(docs.git("rev-list", "--count", "naturecode")) == before + 3
    )  # files, entries, their pages
    assert text(docs, "start") == "# Start\n\nSee [setup](set-up.md) and [x](a.py#L1).\n"
    shown = docs.nc("kb", "show", "set-up", "--json").json
    assert shown["tags"] == ["ci"]
    assert shown["authorId"] == "ada@example.com"
    assert [one["name"] for one in shown["files"]] == ["a.png"]
    assert "Back to [start](start.md)." in shown["content"]
    assert docs.nc("kb", "check").out == ""
    assert docs.nc("kb", "import", "docs").out == "nothing new in 2 files\n"


def test_from_a_folder_below_the_same_files_are_found(docs: Clone) -> None:
    write(docs.path / "docs/adr", one__md="# One\n")  # which git does not track yet
    below = Clone(docs.path / "docs", env=docs.env)
    for paths in (("adr",), ("../docs/adr",), (str(docs.path / "docs/adr"),)):
        assert states(imported(below, *paths, "--dry-run")) == {"docs/adr/one.md": "new"}
    assert len(imported(below, ".", "--dry-run")["items"]) == 3
    assert imported(docs, "docs")["new"] == 3
    assert imported(below, ".")["gone"] == []


def test_what_is_hidden_ignored_or_vendored_is_taken_only_with_all(docs: Clone) -> None:
    assert len(imported(docs, ".")["items"]) == 2
    assert set(states(imported(docs, ".", "--all"))) == {
        "docs/index.md", "docs/guide/setup.md", "ignored/x.md", "node_modules/p/README.md",
    }  # fmt: skip
    assert imported(docs, "ignored/x.md")["unchanged"] == 1


def test_from_within_a_folder_files_that_git_does_not_know_yet_are_taken(docs: Clone) -> None:
    write(docs.path, docs___adr___0001__md="# One\n", other___x__md="# X\n")
    before = docs.path
    for folder, named in (("docs", "adr"), ("docs/adr", "."), ("other", "../docs/adr")):
        docs.path = before / folder
        assert states(imported(docs, named, "--dry-run")) == {"docs/adr/0001.md": "new"}
    docs.path = before
    imported(docs, "docs/adr")
    docs.path = before / "docs"
    said = imported(docs, "adr")
    assert (said["unchanged"], said["gone"]) == (1, [])


def test_a_file_that_was_moved_goes_on_as_its_article(docs: Clone) -> None:
    imported(docs, "docs")
    docs.git("mv", "docs/guide/setup.md", "docs/set-up.md")
    (docs.path / "docs/index.md").write_text(START.replace("guide/setup.md", "set-up.md"))
    (docs.path / "docs/set-up.md").write_text(
        (docs.path / "docs/set-up.md").read_text().replace("../", "")
    )
    before = {one["id"] for one in docs.nc("kb", "list", "--json").json["items"]}
    said = imported(docs, "docs", "--dry-run")
    assert states(said)["docs/set-up.md"] == "changed"
    said = imported(docs, "docs")
    assert (said["new"], said["gone"]) == (0, [])
    assert {one["id"] for one in docs.nc("kb", "list", "--json").json["items"]} == before
    assert "docs/set-up.md now" in docs.nc("kb", "history", "set-up").out
    assert states(imported(docs, "docs"))["docs/set-up.md"] == "unchanged"
    # From then on it is the same file, whatever it says.
    (docs.path / "docs/set-up.md").write_text("# Set up\n\nAll anew.\n")
    assert states(imported(docs, "docs"))["docs/set-up.md"] == "changed"
    assert "All anew." in text(docs, "set-up")
    assert {one["id"] for one in docs.nc("kb", "list", "--json").json["items"]} == before


def test_a_copy_and_what_two_could_have_been_are_articles_of_their_own(
    clone: Clone, tmp_path: Path
) -> None:
    wiki = tmp_path / "notes"
    write(wiki, a__md="# A\n\nSame.\n", b__md="# A\n\nSame.\n")
    imported(clone, str(wiki))
    write(wiki, c__md="# A\n\nSame.\n")
    assert imported(clone, str(wiki))["new"] == 1  # the others are still there
    for name in "abc":
        (wiki / f"{name}.md").unlink()
    write(wiki, d__md="# A\n\nSame.\n")
    assert imported(clone, str(wiki), "--dry-run")["new"] == 1
    write(wiki, sub___a__md="# A\n\nSame.\n")
    assert states(imported(clone, str(wiki)))["sub/a.md"] == "changed"


def test_a_dry_run_writes_nothing(docs: Clone) -> None:
    before = docs.git("for-each-ref")
    said = docs.nc("kb", "import", "docs", "--dry-run").out
    assert "new        docs/index.md -> start  Start" in said
    assert "would import 2 articles: 2 new" in said
    assert docs.git("for-each-ref") == before
    assert docs.nc("kb", "list", "--json").json["items"] == []


def test_again_only_what_changed(docs: Clone) -> None:
    imported(docs, "docs")
    write(docs.path / "docs", index__md="# Begin\n\nnew\n")
    (docs.path / "docs/guide/setup.md").unlink()
    said = imported(docs, "docs")
    assert states(said) == {"docs/index.md": "changed"}
    assert [(one["path"], one["slug"]) for one in said["gone"]] == [
        ("docs/guide/setup.md", "set-up")
    ]
    shown = docs.nc("kb", "show", "start", "--json").json
    assert (shown["title"], shown["content"]) == ("Begin", "# Begin\n\nnew\n")
    write(
        docs.path / "docs",
        index__md="# Start\n\nSee [setup](guide/setup.md) and [x](../a.py#L1).\n",
    )
    assert states(imported(docs, "docs")) == {"docs/index.md": "changed"}  # as it was at first
    assert text(docs, "start").endswith("and [x](a.py#L1).\n")
    assert docs.nc("kb", "show", "start", "--json").json["title"] == "Start"
    assert states(imported(docs, "docs")) == {"docs/index.md": "unchanged"}


def test_a_picture_that_is_there_is_not_attached_again(docs: Clone) -> None:
    assert imported(docs, "docs")["attached"] == 1
    setup = docs.path / "docs/guide/setup.md"
    setup.write_text(setup.read_text() + "\nmore\n")
    said = imported(docs, "docs")
    assert (said["changed"], said["attached"]) == (1, 0)
    write(docs.path / "docs", img___a__png=PNG + b"2")
    setup.write_text(setup.read_text() + "\nand more\n")
    said = imported(docs, "docs")
    assert (said["changed"], said["attached"]) == (1, 1)
    assert len(docs.nc("kb", "show", "set-up", "--json").json["files"]) == 1


def test_a_title_that_somebody_changed_here_stays(docs: Clone) -> None:
    imported(docs, "docs")
    docs.nc("kb", "edit", "start", "--title", "Mine")
    docs.nc("kb", "tag", "set-up", "--remove", "ci")
    write(docs.path / "docs", index__md="# Theirs\n")
    imported(docs, "docs")
    shown = docs.nc("kb", "show", "start", "--json").json
    assert (shown["title"], shown["content"]) == ("Mine", "# Theirs\n")
    assert docs.nc("kb", "show", "set-up", "--json").json["tags"] == []


def test_an_edit_here_and_a_change_there_are_both_in_it(docs: Clone) -> None:
    write(docs.path / "docs", long__md="# Long\n\none\n\ntwo\n\nthree\n\nfour\n")
    imported(docs, "docs")
    write(docs.path, edit__md="# Long\n\none, edited here\n\ntwo\n\nthree\n\nfour\n")
    docs.nc("kb", "edit", "long", "--file", "edit.md")
    assert states(imported(docs, "docs"))["docs/long.md"] == "unchanged"
    write(docs.path / "docs", long__md="# Long\n\none\n\ntwo\n\nthree\n\nfour, changed there\n")
    said = docs.nc("kb", "import", "docs")
    assert "was edited here, too: both are in it now (long)" in said.err
    assert text(docs, "long") == (
        "# Long\n\none, edited here\n\ntwo\n\nthree\n\nfour, changed there\n"
    )
    docs.nc("kb", "rm", "long")
    write(docs.path / "docs", long__md="# Long\n\nonce more\n")
    assert states(imported(docs, "docs"))["docs/long.md"] == "left"
    docs.nc("kb", "show", "long")
    assert docs.nc("kb", "list", "--deleted", "--json").json["total"] == 1


def test_a_text_that_was_redacted_does_not_come_again(docs: Clone) -> None:
    imported(docs, "docs")
    write(docs.path / "docs", index__md="# Start\n\nother\n")
    imported(docs, "docs")
    docs.nc("kb", "redact", "start", "r1")
    write(docs.path / "docs", index__md=START)
    said = imported(docs, "docs")
    assert states(said)["docs/index.md"] == "left"
    assert text(docs, "start") == "# Start\n\nother\n"


def test_two_clones_that_import_one_folder_have_one_article(box: Box) -> None:
    hub = box.remote()
    ann, bob = box.clone(hub, "ann"), box.clone(hub, "bob")
    write(ann.path / "docs", x__md="# X\n\ntext ![p](p.png)\n", p__png=PNG)
    ann.git("add", "docs")
    ann.git("commit", "-q", "-m", "docs")
    ann.git("push", "-q", "origin", "main")
    bob.git("pull", "-q", "origin", "main")
    said = [imported(one, "docs", "--tags", "wiki") for one in (ann, bob)]
    assert said[0]["items"] == said[1]["items"]
    for one in (ann, bob, ann):
        one.nc("sync")
    for one in (ann, bob):
        shown = one.nc("kb", "list", "--json").json
        assert [item["id"] for item in shown["items"]] == [said[0]["items"][0]["id"]]
        article = one.nc("kb", "show", "x", "--json").json
        assert (article["tags"], len(article["files"]), article["marked"]) == (["wiki"], 1, False)
        assert article["content"].startswith("# X\n\ntext ![p](../../files/")
        assert imported(one, "docs", "--tags", "wiki")["unchanged"] == 1
    write(ann.path / "docs", x__md="# X\n\ntwo\n")
    write(bob.path / "docs", x__md="# X\n\ntwo\n")
    for one in (ann, bob):
        imported(one, "docs")
    for one in (ann, bob, ann):
        one.nc("sync")
    assert text(ann, "x") == text(bob, "x") == "# X\n\ntwo\n"
    assert len(ann.nc("kb", "history", "x", "--json").json["items"]) == 2


def test_a_wiki_is_one_article_for_each_page(clone: Clone, tmp_path: Path) -> None:
    wiki = tmp_path / "somewhere"
    write(
        wiki, Home__md="Welcome to [[Page Name]] and [[that|Other-Page]].\n",
        Page_Name__md="", _Sidebar__md="* [[Home]]\n", uploads___a__png=PNG,
    )  # fmt: skip
    (wiki / "Page_Name.md").unlink()
    write(wiki, **{"Page-Name__md": "# Not its title\n\n![a](uploads/a.png)\n"})
    write(wiki, **{"Other-Page__md": "[home](Home) [[Nowhere]]\r\n"})
    write(wiki, __git___config='[remote "origin"]\n\turl = https://e.com/o/p.wiki.git\n')
    said = imported(clone, str(wiki))
    assert {one["source"] for one in said["items"]} == {
        "p.wiki/Home.md", "p.wiki/Page-Name.md", "p.wiki/Other-Page.md",
    }  # fmt: skip
    assert (
        text(clone, "home") == "Welcome to [Page Name](page-name.md) and [that](other-page.md).\n"
    )
    assert text(clone, "other-page") == "[home](home.md) [[Nowhere]]\n"
    assert clone.nc("kb", "show", "page-name", "--json").json["title"] == "Page Name"
    moved = tmp_path / "elsewhere"
    wiki.rename(moved)
    assert imported(clone, str(moved))["unchanged"] == 3


def test_a_decision_keeps_one_status(docs: Clone) -> None:
    first = "# 1. Use git\n\n## Status\n\nAccepted\n\n## Context\n\nx\n\n## Decision\n\ny\n"
    write(docs.path / "docs/adr", **{"0001-use-git__md": first})
    imported(docs, "docs")
    assert docs.nc("kb", "show", "1-use-git", "--json").json["tags"] == ["accepted", "adr"]
    later = first.replace("Accepted", "Superseded by [2](0002-use-jj.md)")
    write(docs.path / "docs/adr", **{
        "0001-use-git__md": later, "0002-use-jj__md": first.replace("1. Use git", "2. Use jj"),
    })  # fmt: skip
    imported(docs, "docs")
    shown = docs.nc("kb", "show", "1-use-git", "--json").json
    assert shown["tags"] == ["adr", "superseded"]
    assert "Superseded by [2](2-use-jj.md)" in shown["content"]


def test_odd_files_are_told_and_passed_over(clone: Clone, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n")
    write(
        folder, bom__md=b"\xef\xbb\xbf# Bom\r\n", utf16__md="# Wide\n".encode("utf-16"),
        gbk__md="# \u4f60\u597d\n".encode("gbk"), binary__md=b"# x\0", empty__md="",
        blank__md="\n \n", huge__md="x" * ((1 << 20) + 1),
        bomb__md="---\na: &a [1]\nb: *a\n---\n# Bomb\n",
        out__md="# Out\n\n![x](../secret.png) ![y](link.png) [z](../../etc/passwd) ![h](.env)\n",
        __env="TOKEN=x\n",
    )  # fmt: skip
    write(tmp_path, secret__png=PNG)
    os.symlink(secret, folder / "link.md")
    os.symlink(tmp_path / "secret.png", folder / "link.png")
    os.symlink(tmp_path, folder / "around")
    os.mkfifo(folder / "pipe.md")
    said = imported(clone, str(folder))
    assert {one["title"] for one in said["items"]} == {"Bom", "Wide", "Bomb", "Out"}
    told = {one["path"]: one["why"] for one in said["skipped"]}
    assert told.keys() == {
        "gbk.md", "binary.md", "empty.md", "blank.md", "huge.md", "link.md", "pipe.md", "link.png",
    }  # fmt: skip
    assert "1048577 bytes" in told["huge.md"]
    assert told["link.md"] == told["pipe.md"] == "is a link or no file"
    assert said["attached"] == 0
    assert text(clone, "bom") == "# Bom\n"
    assert "&a" in text(clone, "bomb")
    said = imported(clone, str(folder), "--encoding", "gbk")
    assert said["new"] == 1
    assert (folder / "huge.md").stat().st_size == (1 << 20) + 1


def test_secrets_stay_out(clone: Clone, tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    write(tmp_path / "d", x__md=f"# X\n\n{secret}\n\n[log](log.txt)\n", log__txt=f"{secret}\n")
    said = imported(clone, str(tmp_path / "d"))
    assert (said["redacted"], said["attached"]) == (2, 1)
    assert secret not in clone.git("grep", "-h", "", "naturecode")
    assert imported(clone, str(tmp_path / "d"))["unchanged"] == 1


def test_what_cannot_be_imported(clone: Clone) -> None:
    (clone.path / "here.md").write_text("# Here\n")
    assert "there is no file or folder ''" in clone.nc("kb", "import", "", code=2).err
    (clone.path / "here.md").unlink()
    write(clone.path, only__txt="", folder___x__txt="x")
    assert "no file or folder missing" in clone.nc("kb", "import", "missing", code=2).err
    clone.nc("kb", "import", "folder", code=1)
    clone.nc("kb", "import", code=2)
    clone.nc("kb", "import", "folder", "--type", "novel", code=2)
    clone.nc("kb", "import", "folder", "--encoding", "rot13", code=2)
    clone.nc("kb", "import", ".naturecode", code=2)


def test_names_that_clash_are_told_apart(clone: Clone, tmp_path: Path) -> None:
    write(tmp_path / "d", a___x__md="# Same\n", b___x__md="# Same\n", c___x__md="# Same\n",
          c___y__md="# Same\n", con__md="# con\n")  # fmt: skip
    said = imported(clone, str(tmp_path / "d"))
    slugs = [one["slug"] for one in said["items"]]
    assert slugs == ["con-page", "same", "b-same", "c-same", "y"]


def test_front_matter_says_who_and_when(clone: Clone, tmp_path: Path) -> None:
    write(tmp_path / "d", x__md="---\nauthor: Jane Doe\ndate: 2024-02-03\n---\n# X\n")
    imported(clone, str(tmp_path / "d"), "--type", "faq", "--tags", "a,b")
    shown = clone.nc("kb", "show", "x", "--json").json
    assert (shown["authorId"], shown["type"], shown["tags"]) == ("Jane Doe", "faq", ["a", "b"])
    assert shown["createdAt"][:10] == shown["updatedAt"][:10] == "2024-02-03"
    assert shown["id"].startswith("kb-20240203-")


def test_a_wiki_that_two_people_cloned_on_two_days_is_one_article_a_page(
    box: Box, tmp_path: Path
) -> None:
    hub = box.remote()
    ann, bob = box.clone(hub, "ann"), box.clone(hub, "bob")
    for day, one in enumerate((ann, bob), 1):
        wiki = tmp_path / str(day) / "p.wiki"
        write(wiki, Home__md="---\nslug: ../../etc\n---\n# Home\n")
        os.utime(wiki / "Home.md", (day * 86_400, day * 86_400))
        imported(one, str(wiki))
    for one in (ann, bob, ann):
        one.nc("sync")
    for one in (ann, bob):
        (item,) = one.nc("kb", "list", "--json").json["items"]
        assert (item["slug"], item["id"][:11]) == ("etc", "kb-19700102")
    write(bob.path, e__md="# Home\n\nmore\n")
    bob.nc("kb", "edit", "etc", "--file", "e.md")
    ann.nc("kb", "link", "etc", "HEAD")
    for one in (bob, ann, bob):
        one.nc("sync")
    shown = [one.nc("kb", "show", "etc", "--json").json for one in (ann, bob)]
    assert shown[0] == shown[1]
    assert (shown[0]["content"], len(shown[0]["links"])) == ("# Home\n\nmore\n", 1)
    for one in (ann, bob):
        pages = one.git("ls-tree", "--name-only", "naturecode", "kb/articles/")
        assert pages == "kb/articles/etc.md\n"
