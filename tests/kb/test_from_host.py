"""Edits made on a host's page: taken in once, the same in every clone, and never lost."""

from collections.abc import Callable

import pytest

from box import Box, Clone
from git_naturecode.domain.kb import makers
from git_naturecode.kb import from_host
from git_naturecode.kb import pages as hosted
from git_naturecode.store.unsigned import NOBODY
from kb.articles import add, commit, opened, read, say, text
from kb.articles import shown as pages

TEXT = "first\n\nsecond\n\nthird\n"
PATH = "kb/articles/retry.md"


class Host:
    """A remote, two clones in step with it, and somebody who edits its pages."""

    def __init__(self, box: Box) -> None:
        self.remote = box.remote()
        self.ada, self.bob = box.clone(self.remote, "ada"), box.clone(self.remote, "bob")
        with opened(self.ada) as store:
            self.name = add(store, "Retry", TEXT)
        self.ada.nc("sync")
        self.bob.nc("sync")
        self.page = Clone(box.path / "page", env={"GIT_AUTHOR_EMAIL": "Eve@Example.com"})
        box._git("clone", "-q", "-b", "naturecode", f"file://{self.remote}", str(self.page.path))

    def pull(self) -> None:
        self.page.git("fetch", "-q")
        self.page.git("reset", "-q", "--hard", "origin/naturecode")

    def read(self) -> str:
        return (self.page.path / PATH).read_text()

    def edit(self, files: dict[str, str | None], *, push: bool = True) -> str:
        """A commit with these files, as the page makes it."""
        for path, data in files.items():
            target = self.page.path / path
            if data is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data.encode())
        self.page.git("add", "-A")
        self.page.git("commit", "-q", "-m", "Update retry.md")
        if push:
            self.page.git("push", "-q", "origin", "HEAD:naturecode")
        return self.page.git("rev-parse", "HEAD").strip()

    def sync(self) -> None:
        for clone in (self.ada, self.bob, self.ada, self.bob):
            assert clone.tried("sync").code in (0, 3)  # 3: somebody has to decide between texts
        assert self.ada.git("rev-parse", "naturecode") == self.bob.git("rev-parse", "naturecode")

    def texts(self, clone: Clone) -> list[str | None]:
        with opened(clone) as store:
            return [one.text for one in read(store, self.name).revisions]


@pytest.fixture
def host(box: Box) -> Host:
    return box.scene("a host and two clones", lambda: Host(box))


def test_an_edit_on_the_page_is_a_revision_by_its_author(host: Host) -> None:
    made = host.edit({PATH: host.read().replace("second", "2nd")})
    said = host.ada.nc("sync")
    assert f"took in an edit made on a host's page: {PATH} by eve@example.com" in said.err
    host.sync()
    for clone in (host.ada, host.bob):
        assert host.texts(clone) == [TEXT, TEXT.replace("second", "2nd")]
        assert text(pages(clone)["articles/retry.md"]) == TEXT.replace("second", "2nd")
    with opened(host.bob) as store:
        first, edit = read(store, host.name).revisions
        assert (edit.parents, edit.by) == ((first.id,), "eve@example.com")
        assert edit.source == (made, PATH)


def test_all_clones_write_the_same_bytes(host: Host) -> None:
    """Both take it in before either knows of the other."""
    host.edit({PATH: host.read().replace("second", "2nd").replace("tags: []", "tags: [a, b]")})
    tip = host.page.git("rev-parse", "HEAD").strip()
    logs = []
    for clone in (host.ada, host.bob):
        clone.nc("sync")
        listed = clone.git("ls-tree", "-r", "naturecode", "log/kb").split("\n")
        logs.append([line for line in listed if NOBODY in line])
        assert len(logs[-1]) == 1
        host.page.git("push", "-q", "--force", "origin", f"{tip}:naturecode")
    assert logs[0] == logs[1]
    host.sync()
    assert host.texts(host.ada) == [TEXT, TEXT.replace("second", "2nd")]


def test_edits_of_the_page_and_of_a_clone_meet(host: Host) -> None:
    host.edit({PATH: host.read().replace("third", "3rd")})
    with opened(host.bob) as store:
        say(store, host.name, makers.revision(TEXT.replace("first", "1st"),
                                              read(store, host.name).heads))  # fmt: skip
    host.bob.nc("sync")
    host.sync()
    assert text(pages(host.ada)["articles/retry.md"]) == "1st\n\nsecond\n\n3rd\n"


def test_two_edits_in_a_row_are_two_revisions_one_of_the_other(host: Host) -> None:
    once = host.read().replace("first", "1st")
    host.edit({PATH: once})
    host.edit({PATH: once.replace("1st", "very first")})
    host.edit({"kb/articles/note.txt": "no article"})
    host.edit({PATH: once.replace("1st", "very first").replace("third", "3rd")})
    host.sync()
    with opened(host.ada) as store:
        one, two, three, four = read(store, host.name).revisions
        assert [r.parents for r in (two, three, four)] == [(one.id,), (two.id,), (three.id,)]
        assert read(store, host.name).heads == (four.id,)
    assert text(pages(host.bob)["articles/retry.md"]) == "very first\n\nsecond\n\n3rd\n"


def test_title_and_tags_on_the_page(host: Host) -> None:
    host.edit({PATH: host.read().replace("tags: []", "tags: [a]").replace(": Retry", ": Again")})
    host.sync()
    host.pull()
    host.edit({PATH: host.read().replace("tags: [a]", "tags: [b]")})
    host.sync()
    with opened(host.bob) as store:
        found = read(store, host.name)
        assert (found.title, found.tags, len(found.revisions)) == ("Again", ["b"], 1)


def test_everything_pasted_over_is_an_edit(host: Host) -> None:
    host.edit({PATH: "# All new\n\nby the page\n"})
    host.sync()
    assert host.texts(host.bob) == [TEXT, "# All new\n\nby the page\n"]
    assert "nc: {v: 1" in pages(host.ada)["articles/retry.md"]


def test_a_new_page_is_a_new_article(host: Host) -> None:
    host.edit({"kb/faqs/which-port.md": "---\ntags: [net]\n---\n\n# Which port?\n\n8081\n"})
    host.sync()
    assert set(pages(host.bob)) == {"articles/retry.md", "faqs/which-port.md"}
    shown = host.bob.nc("kb", "show", "which-port", "--json").json
    assert (shown["title"], shown["type"], shown["tags"]) == ("Which port?", "faq", ["net"])
    assert shown["authorId"] == "eve@example.com"


def test_a_renamed_page_keeps_its_edit_and_gets_its_name_back(host: Host) -> None:
    new = host.read().replace("first", "1st")
    host.edit({PATH: None, "kb/articles/moved.md": new})
    host.sync()
    assert host.texts(host.ada) == [TEXT, TEXT.replace("first", "1st")]
    assert set(pages(host.ada)) == {"articles/retry.md"}


NO_EDITS: dict[str, Callable[[str], dict[str, str | None]]] = {
    "deleted": lambda _: {PATH: None},
    "renamed": lambda page: {PATH: None, "kb/articles/moved.md": page},
    "copied": lambda page: {"kb/articles/copy.md": page},
    "other line ends": lambda page: {PATH: page.replace("\n", "\r\n")},
    "something else": lambda _: {"README.md": "# Mine\n"},
}


@pytest.mark.parametrize("how", NO_EDITS)
def test_what_is_no_edit_is_made_right(host: Host, how: str) -> None:
    before = pages(host.ada)
    host.edit(NO_EDITS[how](host.read()))
    host.sync()
    assert host.texts(host.bob) == [TEXT]
    assert pages(host.bob) == before


def test_an_older_copy_is_no_edit(host: Host) -> None:
    older = host.read()
    with opened(host.ada) as store:
        say(store, host.name, makers.revision("newer\n", read(store, host.name).heads))
    host.sync()
    host.pull()
    host.edit({PATH: older})
    host.sync()
    assert host.texts(host.bob) == [TEXT, "newer\n"]
    assert text(pages(host.bob)["articles/retry.md"]) == "newer\n"


def test_merges_are_never_taken_for_edits(host: Host) -> None:
    base = host.page.git("rev-parse", "HEAD").strip()
    one = host.edit({PATH: host.read().replace("first", "1st")}, push=False)
    host.page.git("reset", "-q", "--hard", base)
    host.edit({PATH: host.read().replace("third", "3rd")}, push=False)
    host.page.git("merge", "-q", "--no-edit", one)
    host.page.git("push", "-q", "origin", "HEAD:naturecode")
    host.sync()
    assert len(host.texts(host.ada)) == 3
    assert text(pages(host.bob)["articles/retry.md"]) == "1st\n\nsecond\n\n3rd\n"


def test_heads_that_do_not_exist_and_forged_blocks(host: Host) -> None:
    page = host.read()
    head = page.split('heads: ["')[1].split('"')[0]
    host.edit({PATH: page.replace(head, "01m8bmbb1v003-0000000000000000").replace("first", "1st")})
    said = host.ada.nc("sync")
    assert "took in" in said.err
    host.sync()
    assert "1st" in pages(host.bob)["articles/retry.md"]
    host.pull()
    strange = host.read().replace(host.name, "kb-20260101-00000000").replace("second", "2nd")
    host.edit({"kb/articles/strange.md": strange})
    said = host.ada.nc("sync")
    assert "kb-20260101-00000000 is not here" in said.err
    host.sync()
    assert "2nd" in host.ada.git("log", "-p", "naturecode")  # nothing is lost


WRONG: dict[str, tuple[Callable[[str], str], str]] = {
    "front matter": (lambda page: page.replace("title: ", "title: a: b: "), "line 2: its YAML"),
    "a command": (lambda page: page + "\x1b[2J", "a character that belongs into no text"),
    "a damaged line nc": (lambda page: page.replace("heads: [", "heads: ["[:-1]), "line 8: "),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_cannot_be_taken_in_is_told_once(host: Host, how: str) -> None:
    spoil, why = WRONG[how]
    host.edit({PATH: spoil(host.read().replace("second", "2nd"))})
    said = host.ada.nc("sync")
    assert (
        f"warning: an edit on a host's page is not taken in: {PATH} by eve@example.com" in said.err
    )
    assert why in said.err
    host.sync()
    assert host.ada.nc("sync").err == ""
    assert host.texts(host.ada) == [TEXT]
    assert "2nd" in host.ada.git("log", "-p", "naturecode")


def test_a_secret_on_the_page_does_not_get_into_the_log(host: Host) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    host.edit({PATH: host.read().replace("second", token)})
    assert "what looked secret in it is replaced" in host.ada.nc("sync").err
    host.sync()
    logs = host.ada.git("grep", "-h", "", "naturecode", "--", "log", "kb")
    assert token not in logs
    assert "REDACTED" in logs


def test_a_new_page_is_not_called_by_a_secret(host: Host) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    host.edit({"kb/articles/y_y.md": f"---\ntitle: {token}\n---\n\ntwo\n"})
    host.sync()
    listed = host.ada.nc("kb", "list", "--json").json["items"]
    assert "redacted-github-token-1" in [one["slug"] for one in listed]
    logs = host.ada.git("grep", "-h", "", "naturecode", "--", "log")
    assert "a1b2c3d4e5f6g7h8i9j0" not in logs.casefold()


def test_a_commit_of_plain_git_in_a_clone_is_taken_in_too(host: Host) -> None:
    commit(host.ada, {PATH: host.read().replace("first", "1st")})
    assert "took in an edit" in host.ada.nc("sync").err
    host.sync()
    assert host.texts(host.bob) == [TEXT, TEXT.replace("first", "1st")]


def test_of_very_many_edits_none_is_lost(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where our branch goes on from theirs, so that it has another history than before."""
    monkeypatch.setattr(from_host, "_MOST_EDITS", 2)
    for word in ("one", "two", "six"):
        host.pull()
        host.edit({PATH: host.read().replace("first", f"first {word}")})
        with opened(host.ada) as store:
            say(store, host.name, makers.vote([], f"{word}@example.com", "helpful"))
        host.ada.nc("sync")
    assert host.texts(host.ada)[-1] == TEXT.replace("first", "first six two one")
    host.pull()
    fresh: dict[str, str | None] = {
        f"kb/faqs/{name}.md": f"# {name}\n" for name in ("red", "tan", "sky")
    }
    host.edit(fresh)
    assert "the next sync goes on" in host.ada.nc("sync").err
    assert "took in an edit" in host.ada.nc("sync").err
    assert host.ada.nc("sync").err == ""
    listed = host.ada.nc("kb", "list", "--type", "faq", "--json").json["items"]
    assert sorted(one["title"] for one in listed) == ["red", "sky", "tan"]


def test_who_made_the_commit_commands_no_terminal(host: Host) -> None:
    host.page.env["GIT_AUTHOR_EMAIL"] = "e\x1b]0;x\x07ve@example.com"
    host.edit({PATH: host.read().replace("first", "1st")})
    told = host.ada.nc("sync").err
    assert "took in an edit" in told
    assert "\x1b" not in told


def test_killed_before_the_entry_is_drained(host: Host) -> None:
    """The mark moves only when the entry is safe, and to look twice writes nothing twice."""
    from git_naturecode import kb

    host.edit({PATH: host.read().replace("first", "1st")})
    host.ada.git("fetch", "-q")
    tip = host.ada.git("rev-parse", "origin/naturecode").strip()
    with opened(host.ada) as store:
        kb.take_in_pages(store, tip, lambda _: None)
        assert len(store.team.spool.waiting()) == 1
        (clone_mark := host.ada.path / ".git/naturecode/kb-hosted").unlink()
        assert not kb.take_in_pages(store, tip, lambda _: None).taken
        assert clone_mark.exists()
    host.sync()
    assert len(host.texts(host.ada)) == 2


def test_an_edit_far_back_is_found_by_a_fresh_clone(
    box: Box, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted, "_FEW", 3)
    host.edit({PATH: host.read().replace("second", "2nd")})
    host.pull()
    host.edit({PATH: host.read().replace("third", "3rd")})
    with host.ada.store() as store:  # commits of ours, by one who takes no pages in
        store.team.repo.program.run("fetch", "-q", "origin")
        store.team.repo.program.run("update-ref", "refs/heads/naturecode", "origin/naturecode")
    for number in range(6):
        with opened(host.ada) as store:
            add(store, f"Number {number}", TEXT)
    host.ada.git("push", "-q", "origin", "naturecode")
    cy = box.clone(host.remote, "cy")
    cy.nc("sync")
    assert host.texts(cy)[1:] == [
        TEXT.replace("second", "2nd"), TEXT.replace("second", "2nd").replace("third", "3rd"),
    ]  # fmt: skip


def test_commits_of_others_beyond_the_most_are_told(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for few in (1, 100):
        monkeypatch.setattr(hosted, "_FEW", few)
        monkeypatch.setattr(hosted, "MOST", 1)
        host.edit({PATH: host.read().replace("second", f"{few}nd"), "x.txt": str(few)})
        host.edit({PATH: host.read().replace("third", f"{few}rd")})
        said = host.ada.nc("sync").err
        assert "only the newest 1 commits by others on the data branch were looked at" in said
        host.pull()


def test_that_nobody_can_purge_what_a_page_said_is_told_with_what_helps(host: Host) -> None:
    host.edit({PATH: host.read().replace("second", "chrysanthemum")})
    host.ada.nc("sync")
    said = host.ada.nc("redact", "--rewrite", "retry", "r2", "--yes", code=5).err
    assert "1 of the texts was written on a host's page, by no device that could sign" in said
    command = said.partition("hint: `git naturecode ")[2].partition("`")[0]
    host.ada.nc(*command.split())
    host.sync()
    assert "chrysanthemum" not in host.bob.nc("kb", "show", "retry").out
    assert "chrysanthemum" not in pages(host.bob)["articles/retry.md"]
