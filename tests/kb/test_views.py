"""The files of articles follow the entries: in the same commit, and made again where they lie."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode import ids
from git_naturecode.domain.kb import edited, makers
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import Article
from git_naturecode.kb import beside, shown, views
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Placed
from kb.articles import add, commit, opened, read, say, text
from kb.articles import shown as pages

THREE = "first\n\nsecond\n\nthird\n"


def two(box: Box, remote: Path, text: str) -> tuple[Clone, Clone, str]:
    """Two people's clones of `remote`, and an article that both have."""
    ada, bob = box.clone(remote, "ada"), box.clone(remote, "bob")
    with opened(ada) as store:
        name = add(store, "Retry", text)
    ada.nc("sync")
    bob.nc("sync")
    return ada, bob, name


def both_edit(ada: Clone, bob: Clone, name: str) -> None:
    """Each changes another paragraph of THREE, and knows nothing of the other."""
    for clone, old in ((ada, "first"), (bob, "third")):
        with opened(clone) as store:
            say(
                store,
                name,
                makers.revision(THREE.replace(old, old.upper()), read(store, name).heads),
            )


def test_the_file_stands_in_the_commit_that_adds_the_entries(clone: Clone) -> None:
    before = clone.git("rev-list", "--count", "naturecode").strip()
    with opened(clone) as store:
        name = add(store, "Retry with jitter", "# Why\n\nThey all come back at once.")
        assert not beside.is_behind(store)
        assert beside.refresh(store) == 0
    assert int(clone.git("rev-list", "--count", "naturecode")) == int(before) + 1
    (path,) = pages(clone)
    assert path == "articles/retry-with-jitter.md"
    page = pages(clone)[path]
    assert page.startswith("---\ntitle: Retry with jitter\ntype: article\ntags: []\n")
    assert text(page) == "# Why\n\nThey all come back at once.\n"
    found = edited.read(page.encode())
    assert isinstance(found, edited.Untouched)
    assert found.block.id == name


def test_each_kind_has_its_folder_and_any_script_its_letters(clone: Clone) -> None:
    with opened(clone) as store:
        for kind in ("article", "snippet", "practice", "faq"):
            add(store, kind, "x", kind)
        add(store, "重试 策略", "抖动", "faq", "重试-策略")
    assert set(pages(clone)) == {
        "articles/article.md", "snippets/snippet.md", "practices/practice.md", "faqs/faq.md",
        "faqs/重试-策略.md",
    }  # fmt: skip
    clone.nc("folder")
    assert "抖动" in (clone.path / ".naturecode/kb/faqs/重试-策略.md").read_text()


def test_the_same_entries_give_the_same_bytes_in_every_clone(box: Box) -> None:
    ada, bob, name = two(box, box.remote(), "one\n")
    with opened(bob) as store:
        say(store, name, makers.revision("two\n", read(store, name).heads))
    bob.nc("sync")
    ada.nc("sync")
    assert pages(ada) == pages(bob)
    assert text(pages(ada)["articles/retry.md"]) == "two\n"
    with opened(ada) as store:  # from nothing, too
        shown.forget(store.state_dir)
        os.unlink(Path(store.state_dir, "kb-shown"))
        assert beside.refresh(store) == 0
    assert ada.git("rev-parse", "naturecode") == bob.git("rev-parse", "naturecode")


def test_edits_of_two_people_meet_in_one_file(box: Box) -> None:
    ada, bob, name = two(box, box.remote(), THREE)
    both_edit(ada, bob, name)
    for clone in (ada, bob, ada):
        clone.nc("sync")
    assert text(pages(ada)["articles/retry.md"]) == "FIRST\n\nsecond\n\nTHIRD\n"
    assert pages(ada) == pages(bob)
    assert ada.git("rev-parse", "naturecode") == bob.git("rev-parse", "naturecode")


def test_who_only_takes_in_has_nothing_to_push(box: Box) -> None:
    remote = box.remote()
    ada, bob, name = two(box, remote, "one\n")
    with opened(ada) as store:  # shorter, and under another name
        say(store, name, makers.revision("", read(store, name).heads), makers.rename([], "again"))
    ada.nc("sync")
    tip = ada.git("rev-parse", "naturecode")
    remote.chmod(0o500)
    said = bob.nc("sync")
    assert "sent 0 logs" in said.out
    assert bob.git("rev-parse", "naturecode") == tip


def test_a_former_name_leads_to_the_new_one(clone: Clone) -> None:
    with opened(clone) as store:
        name = add(store, "Retry", "x")
        say(store, name, makers.rename([], "jitter"))
        page = pages(clone)["articles/retry.md"]
        assert page.startswith(
            "This article has another name now: [Retry](../articles/jitter.md)\n"
        )
        assert edited.read(page.encode()) == edited.Leading(name, "kb/articles/jitter.md", True)
        other = add(store, "Retry", "another")  # which has the name from now on
    assert "another" in pages(clone)["articles/retry.md"]
    assert other in pages(clone)["articles/retry.md"]
    assert text(pages(clone)["articles/jitter.md"]) == "x\n"


def test_of_two_with_one_name_the_smaller_id_keeps_it(clone: Clone) -> None:
    with opened(clone) as store:
        one, two = add(store, "Retry", "a"), add(store, "Retry", "b", "snippet")
        kept, other = sorted((one, two))
        expected = {one: "articles/retry.md", two: "snippets/retry.md"}
        sign = f"-{ids.tail(other)[:4]}.md"
        expected[other] = expected[other].removesuffix(".md") + sign
        found = {edited.read(p.encode()).block.id: path for path, p in pages(clone).items()}  # type: ignore[union-attr]
        assert found == expected
        say(store, kept, makers.deletion(read(store, kept).heads))  # the other gets it back
        assert set(pages(clone)) == {expected[other].removesuffix(sign) + ".md"}


def test_a_deleted_article_has_no_file_until_it_is_restored(clone: Clone) -> None:
    with opened(clone) as store:
        name = add(store, "Retry", "x")
        say(store, name, makers.deletion(read(store, name).heads))
        assert pages(clone) == {}
        say(store, name, makers.revision("again", read(store, name).heads))
    assert text(pages(clone)["articles/retry.md"]) == "again\n"


FORGED: dict[str, Callable[[str], dict[str, str | None]]] = {
    "text in place of the file": lambda _: {"kb/articles/retry.md": "rubbish"},
    "gone": lambda _: {"kb/articles/retry.md": None},
    "two files mixed by a merge of texts": lambda page: {"kb/articles/retry.md": page + page},
    "a hash that fits and a text that nobody wrote": lambda page: {
        "kb/articles/retry.md": sealed(page.replace("true", "false"))
    },
    "a copy of it": lambda page: {"kb/articles/copy.md": page},
    "an older renderer": lambda page: {"kb/articles/retry.md": page.replace("{v: 1,", "{v: 0,")},
}


def sealed(page: str) -> str:
    """`page` with the hash that it has."""
    lines = page.split("\n")
    rest = "\n".join(one for one in lines if not one.startswith("nc:"))
    was = next(one for one in lines if one.startswith("nc:"))
    sha = was.split("sha: ")[1][:64]
    return page.replace(sha, edited.digest(rest))


@pytest.mark.parametrize("how", FORGED)
def test_what_lies_is_made_again(clone: Clone, how: str) -> None:
    with opened(clone) as store:
        add(store, "Retry", "true\n")
    before = pages(clone)
    commit(clone, FORGED[how](before["articles/retry.md"]))
    assert pages(clone) != before
    with opened(clone) as store:
        assert beside.refresh(store) == 1
    assert pages(clone) == before


def test_what_was_made_by_earlier_rules_is_made_again(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def earlier(placed: list[Placed]) -> Article:
        found = build(placed)
        found.text = found.text.replace("both", "marked")
        return found

    with opened(clone) as store, monkeypatch.context() as before:
        before.setattr(beside, "RULES", 1, raising=False)
        before.setattr(views, "build", earlier)
        add(store, "Retry", "both\n")
        add(store, "Wait", "one\n")
        assert beside.refresh(store) == 0
    tip = clone.git("rev-parse", "naturecode")
    assert text(pages(clone)["articles/retry.md"]) == "marked\n"
    with opened(clone) as store:
        assert beside.refresh(store) == 1
        assert beside.refresh(store) == 0
    assert text(pages(clone)["articles/retry.md"]) == "both\n"
    assert clone.git("rev-list", "--count", f"{tip.strip()}..naturecode").strip() == "1"


def test_the_file_of_a_later_renderer_stays(clone: Clone) -> None:
    with opened(clone) as store:
        name = add(store, "Retry", "one\n")
        later = pages(clone)["articles/retry.md"].replace("{v: 1,", "{v: 2,") + "shown better\n"
    commit(clone, {"kb/articles/retry.md": later})
    with opened(clone) as store:
        assert beside.refresh(store) == 0
        say(store, name, makers.revision("two\n", read(store, name).heads))
        assert beside.refresh(store) == 0
    assert pages(clone)["articles/retry.md"] == later


def test_an_edit_reads_only_what_it_is_about(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(clone) as store:
        names = [add(store, f"number {number}", "x") for number in range(5)]
        built = []

        def noted(placed: list[Placed]) -> Article:
            built.append(placed[0].entity)
            return build(placed)

        monkeypatch.setattr(views, "build", noted)
        say(store, names[3], makers.revision("y", read(store, names[3]).heads))
    assert built == [names[3]]


def test_what_cannot_be_shown_holds_nothing_up(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a fault")

    with opened(clone) as store:
        with monkeypatch.context() as faulty:
            faulty.setattr(views, "build", broken)
            name = add(store, "Retry", "x")
        assert not store.team.spool.waiting()
        assert beside.is_behind(store)
        assert beside.refresh(store) == 1
        assert read(store, name).text == "x"
    assert text(pages(clone)["articles/retry.md"]) == "x\n"


def test_very_many_at_once_are_left_to_the_next_refresh(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_MANY", 3)
    with clone.store(many=False) as plain:
        for number in range(5):
            add(plain, f"number {number}", "x")
    with opened(clone) as store:
        add(store, "last", "x")
        assert pages(clone) == {}
        assert beside.refresh(store) == 6
        add(store, "one more", "x")
        assert len(pages(clone)) == 7


def test_a_merge_of_plain_git_is_made_right(box: Box) -> None:
    ada, bob, name = two(box, box.remote(), THREE)
    both_edit(ada, bob, name)
    ada.nc("sync")
    bob.git("fetch", "-q", "origin", "naturecode")
    there = bob.path.parent / "tree"
    bob.git("worktree", "add", "-q", str(there), "naturecode")
    tip = bob.git("rev-parse", "FETCH_HEAD").strip()
    Clone(there).git("merge", "-q", "--no-edit", tip)
    assert "nc:" in pages(bob)["articles/retry.md"]
    bob.nc("sync")
    ada.nc("sync")
    assert text(pages(bob)["articles/retry.md"]) == "FIRST\n\nsecond\n\nTHIRD\n"
    assert pages(ada) == pages(bob)


def test_hidden_and_lying_entries_show_nothing(clone: Clone) -> None:
    with opened(clone) as store:
        name = add(store, "Retry", "secret\n")
        first = read(store, name).heads[0]
        say(store, name, makers.redaction(read(store, name), first))
        assert "secret" not in pages(clone)["articles/retry.md"]
        strange = ids.new_entity("kb", store.now_ms(), store.random)
        say(store, strange, Draft("revision", {"parents": [first]}, "without a beginning"))
        say(store, strange, Draft("open", {"title": 7, "type": [], "slug": "../../x"}))
    for path in pages(clone):
        assert path.startswith("articles/")
        assert ".." not in path


@pytest.mark.parametrize("is_head", [True, False], ids=["what is shown", "what was shown"])
def test_a_purged_text_leaves_the_files_and_their_history(box: Box, is_head: bool) -> None:
    remote = box.remote()
    ada, bob = box.clone(remote, "ada"), box.clone(remote, "bob")
    with opened(ada) as store:
        name = add(store, "Retry", "harmless\n")
        told = read(store, name).heads
        (bad,) = say(store, name, makers.revision("the word is hunter2\n", told))
        if not is_head:
            say(store, name, makers.revision("harmless again\n", [bad]))
        other = add(store, "Other", "as it was\n")
    ada.nc("folder")
    ada.nc("sync")
    bob.nc("sync")
    bob.nc("folder")
    with opened(bob) as store:
        say(store, other, makers.revision("bob was here\n", read(store, other).heads))
    ada.nc("redact", name, bad, "--rewrite", "--yes")
    assert "hunter2" not in ada.git("log", "-p", "naturecode")
    for clone in (ada, bob, ada, bob):
        clone.nc("sync")
    for clone in (ada, bob):
        assert "hunter2" not in reachable(clone)
        clone.nc("folder")
        assert clone.git("grep", "--no-index", "-l", "hunter2", ".naturecode", check=False) == ""
        assert text(pages(clone)["articles/retry.md"]) == f"harmless{'' if is_head else ' again'}\n"
        assert text(pages(clone)["articles/other.md"]) == "bob was here\n"
    assert "hunter2" not in reachable(Clone(remote))
    with opened(bob) as store:  # where it stood in the history is still known
        purged = next(one for one in read(store, name).revisions if one.id == bad)
        assert purged.parents == told
        assert purged.text is None


def test_a_purged_title_leaves_the_files_too(clone: Clone) -> None:
    with opened(clone) as store:
        name = add(store, "Retry", "harmless\n")
        (bad,) = say(store, name, makers.title([], "The word is hunter2"))
    assert "hunter2" in pages(clone)["articles/retry.md"]
    clone.nc("redact", name, bad, "--rewrite", "--yes")
    assert "hunter2" not in reachable(clone)
    assert pages(clone)["articles/retry.md"].startswith("---\ntitle: Retry\n")


def reachable(clone: Clone) -> str:
    """All that any ref or reflog of `clone` leads to."""
    listed = clone.git("rev-list", "--objects", "--all", "--reflog")
    names = {line.split(" ")[0] for line in listed.split("\n") if line}
    return "".join(clone.git("cat-file", "-p", name) for name in sorted(names))
