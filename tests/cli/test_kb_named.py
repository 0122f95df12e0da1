"""Articles by any name that somebody has at hand, and what a file says of its own article."""

import errno
import os

import pytest

from box import Box, Clone


def add(clone: Clone, title: str, *options: str, text: str = "Some text.\n") -> str:
    """An article; its id."""
    (clone.path.parent / "text.md").write_text(text)
    args = ("kb", "add", "--title", title, "--file", "../text.md", *options)
    return clone.nc(*args).out.strip()


@pytest.fixture
def clone(box: Box) -> Clone:
    """Three articles, two of which are called nearly alike."""

    def make() -> Clone:
        made = box.ready()
        add(made, "How we retry HTTP calls", "--type", "practice")
        add(made, "How we deploy")
        add(made, "代理与证书")
        return made

    return box.scene("kb-named", make)


def shown(clone: Clone, wanted: str) -> str:
    """The title of the article that `wanted` opens."""
    return str(clone.nc("kb", "show", wanted, "--json").json["title"])


@pytest.mark.parametrize(
    "wanted",
    [
        "how-we-retry", "retry-http", "RETRY", "we retry", "How we retry HTTP calls",
        "how  we RETRY http calls", "how-we-retry-http-calls.md",
        ".naturecode/kb/practices/how-we-retry-http-calls.md",
        "practices/how-we-retry-http-calls.md",
    ],
)  # fmt: skip
def test_a_title_a_file_and_a_unique_part_of_a_slug_name_an_article(
    clone: Clone, wanted: str
) -> None:
    assert shown(clone, wanted) == "How we retry HTTP calls"


def test_a_part_in_chinese_names_one_too(clone: Clone) -> None:
    assert shown(clone, "证书") == "代理与证书"


def test_what_fits_several_names_them_and_changes_nothing(clone: Clone) -> None:
    said = clone.nc("kb", "rm", "how-we", code=1).err
    assert "how-we fits 2 articles" in said
    assert "how-we-retry-http-calls" in said
    assert "how-we-deploy" in said
    assert len(clone.nc("kb", "list", "--json").json["items"]) == 3


@pytest.mark.parametrize("wanted", ["u", "we-re-try", "docs/how-we-deploy.md", "x.md", ".md", "/"])
def test_what_names_nothing_names_nothing(clone: Clone, wanted: str) -> None:
    # No id has an u in it, so that none begins with one.
    assert "there is no article" in clone.nc("kb", "show", wanted, code=1).err


def test_what_lives_is_meant_before_what_was_deleted(clone: Clone) -> None:
    clone.nc("kb", "rm", "how-we-deploy")
    assert shown(clone, "how-we") == "How we retry HTTP calls"
    clone.nc("kb", "restore", "how-we-deploy")
    assert shown(clone, "how-we-deploy") == "How we deploy"


def test_what_changes_an_article_takes_its_title_its_file_and_its_id(clone: Clone) -> None:
    one = str(clone.nc("kb", "show", "deploy", "--json").json["id"]).rpartition("-")[2]
    for wanted in ("How we DEPLOY", "how-we-deploy.md", one, one[:6]):
        said = clone.nc("kb", "tag", wanted, "--add", f"t-{len(wanted)}").err
        assert "tags of how-we-deploy" in said
    clone.nc("kb", "link", "How we retry HTTP calls", "how-we-deploy.md")
    assert "How we deploy" in clone.nc("kb", "links", "retry-http").out
    clone.nc("kb", "rename", "how-we-deploy", "rollout")
    assert "deleted rollout" in clone.nc("kb", "rm", "how-we-deploy").err


@pytest.mark.parametrize(
    "args",
    [
        ("rm", "PART"), ("redact", "PART", "r1"), ("rename", "PART", "other"),
        ("edit", "PART", "--title", "Other"), ("edit", "PART", "--file", "../text.md"),
        ("tag", "PART", "--add", "ops"), ("restore", "PART"), ("vote", "PART", "--helpful"),
        ("attach", "PART", "../text.md"), ("link", "PART", "HEAD"), ("unlink", "PART", "HEAD"),
        ("link", "how-we-deploy", "PART"),
    ],
)  # fmt: skip
def test_a_part_of_a_slug_changes_nothing_and_is_asked_back(
    clone: Clone, args: tuple[str, ...]
) -> None:
    before = clone.git("rev-parse", "naturecode")
    for part in ("retry", "try-http"):
        said = clone.nc("kb", *(one.replace("PART", part) for one in args), code=1).err
        assert "did you mean how-we-retry-http-calls?" in said
    assert clone.git("rev-parse", "naturecode") == before


@pytest.mark.parametrize("args", [("ai", "resolve", "retry", "--take", "1"),
                                  ("redact", "retry", "r1", "--rewrite", "--yes")])  # fmt: skip
def test_nor_do_the_commands_outside_of_kb(clone: Clone, args: tuple[str, ...]) -> None:
    before = clone.git("rev-parse", "naturecode")
    assert "did you mean how-we-retry-http-calls?" in clone.nc(*args, code=1).err
    assert clone.git("rev-parse", "naturecode") == before


FRONT = "---\ntitle: Use anyio\ntype: practice\ntags: [adr, net]\nauthor: Ada\n---\n\nWe do.\n"


def test_front_matter_of_a_file_is_read_as_an_import_reads_it(clone: Clone) -> None:
    (clone.path / "x.md").write_text(FRONT)
    said = clone.nc("kb", "add", "--file", "x.md")
    assert "left out of its front matter: author" in said.err
    one = clone.nc("kb", "show", said.out.strip(), "--json").json
    assert (one["title"], one["type"], one["tags"]) == ("Use anyio", "practice", ["adr", "net"])
    assert one["content"] == "We do.\n"
    page = clone.git("show", "naturecode:kb/practices/use-anyio.md")
    assert page.count("\n---\n") == 1


def test_every_field_of_front_matter_that_is_not_used_is_named(clone: Clone) -> None:
    fields = "aliases: [aio]\ncreated: 2024-02-01\ndeciders: Ada\nstatus: open\ndraft: true\n"
    more = "updated: 2024-03-01\nauthors: [Ada]\nowner: net\ntype: essay\ntitle: Use anyio\n"
    (clone.path / "x.md").write_text(f"---\nslug: Net/Any IO\n{fields}{more}---\n\nWe do.\n")
    said = clone.nc("kb", "add", "--file", "x.md")
    assert (
        "note: left out of its front matter: aliases, created, deciders, status, updated, authors, "
        "owner, type\n"
    ) in said.err
    one = clone.nc("kb", "show", said.out.strip(), "--json").json
    assert (one["slug"], one["tags"], one["type"]) == ("net-any-io", ["draft"], "article")


def test_the_name_in_front_matter_that_another_has_gets_a_number(clone: Clone) -> None:
    (clone.path / "x.md").write_text("---\nslug: how-we-deploy\ntitle: New\n---\n\nText.\n")
    said = clone.nc("kb", "add", "--file", "x.md")
    assert "warning: there is how-we-deploy already, so this one is called" in said.err
    assert clone.nc("kb", "show", said.out.strip(), "--json").json["slug"] == "how-we-deploy-2"
    told = clone.nc("kb", "add", "--file", "x.md", "--slug", "mine")
    assert "added mine" in told.err
    assert "left out" not in told.err


def test_the_status_of_a_decision_becomes_a_tag_and_is_not_left_out(clone: Clone) -> None:
    text = "---\nstatus: accepted\n---\n\n# Use anyio\n\n## Context\n\nA.\n\n## Decision\n\nB.\n"
    (clone.path / "x.md").write_text(text)
    said = clone.nc("kb", "add", "--file", "x.md")
    assert "left out" not in said.err
    assert clone.nc("kb", "show", said.out.strip(), "--json").json["tags"] == ["accepted", "adr"]


def test_what_is_typed_counts_before_the_front_matter(clone: Clone) -> None:
    (clone.path / "x.md").write_text(FRONT)
    more = ("--title", "Other", "--type", "faq", "--tags", "mine")
    one = clone.nc("kb", "add", "--file", "x.md", *more).out.strip()
    told = clone.nc("kb", "show", one, "--json").json
    assert (told["title"], told["type"]) == ("Other", "faq")
    assert sorted(told["tags"]) == ["adr", "mine", "net"]


def test_lines_that_are_no_front_matter_stay_text(clone: Clone) -> None:
    for text in ("---\n\nA rule above.\n\n---\n\nBelow.\n", "---\na: [\n---\nText.\n"):
        one = add(clone, "A rule", text=text)
        assert clone.nc("kb", "show", one, "--json").json["content"] == text


def test_several_articles_are_deleted_at_once_or_none(clone: Clone) -> None:
    assert "there is no article" in clone.nc("kb", "rm", "how-we-deploy", "zebra", code=1).err
    assert len(clone.nc("kb", "list", "--json").json["items"]) == 3
    said = clone.nc("kb", "rm", "how-we-deploy", "how-we-retry-http-calls.md", "How we deploy").err
    assert said.count("brings it back") == 2
    left = clone.nc("kb", "list", "--json").json["items"]
    assert [one["title"] for one in left] == ["代理与证书"]
    clone.nc("kb", "restore", "how-we-retry-http-calls")
    gone = clone.nc("kb", "rm", "how-we-retry-http-calls", "代理与证书", "--json").json["items"]
    assert [one["deleted"] for one in gone] == [True, True]


def test_a_disk_that_gets_full_at_the_second_deletes_none(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = clone.nc("kb", "list", "--json").json["items"]
    names = [str(one["id"]) for one in items]
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if names[1].encode() in bytes(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        assert "the disk is full" in clone.nc("kb", "rm", *names, code=1).err
    assert clone.nc("kb", "list", "--json").json["items"] == items
    clone.nc("kb", "rm", *names)
    assert clone.nc("kb", "list", "--json").json["items"] == []
