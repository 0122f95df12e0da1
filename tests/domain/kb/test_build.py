"""What the entries of an article add up to, in whatever order they arrive."""

import random

from domain.made import entry, placed
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import Article
from git_naturecode.store.entry import Entry, stub_of

DEVICE = "7f3kq0abx2m4c9vd"


def opened(**more: object) -> Entry:
    fields = {"title": "Retry", "type": "practice", "slug": "retry", "by": "ann@x", **more}
    return entry(0, "open", None, **fields)


def text(number: int, body: str, *parents: Entry, **more: object) -> Entry:
    return entry(number, "revision", body, parents=[one.id for one in parents], **more)


def of(*entries: Entry) -> Article:
    return build(placed(*entries))


def test_an_article_has_what_it_was_opened_with_and_the_text_of_its_head() -> None:
    first = text(1, "Once.", by="ann@x")
    second = text(2, "Twice.", first, by="bob@x", note="more")
    article = of(opened(), first, second)
    assert (article.title, article.type, article.slug) == ("Retry", "practice", "retry")
    assert (article.author, article.text, article.heads) == ("ann@x", "Twice.", (second.id,))
    assert [(one.number, one.by, one.note) for one in article.revisions] == [
        (1, "ann@x", ""), (2, "bob@x", "more"),
    ]  # fmt: skip
    assert article.created < article.updated


def test_the_order_in_which_entries_arrive_says_nothing() -> None:
    first = text(1, "Once.")
    entries = [
        opened(), first, text(2, "Twice.", first), entry(3, "set", field="title", value="Again"),
        entry(4, "add", field="tags", value="net"), entry(5, "rename", slug="again", over=[]),
        entry(6, "vote", value="helpful", over=[], by="bob@x"),
        entry(7, "view", day="2026-11-26", count=3, over=[]),
    ]  # fmt: skip
    expected = of(*entries)
    assert (expected.title, expected.tags, expected.slug) == ("Again", ["net"], "again")
    assert (expected.former_slugs, expected.helpful, expected.views) == (["retry"], 1, 3)
    for seed in range(5):
        random.Random(seed).shuffle(entries)
        assert of(*entries) == expected


def test_a_deletion_and_its_restoring_are_revisions_of_the_graph() -> None:
    first = text(1, "Once.")
    gone = entry(2, "delete", parents=[first.id], reason="old", by="bob@x")
    deleted = of(opened(), first, gone)
    assert deleted.deleted is not None
    assert (deleted.deleted.by, deleted.deleted.reason) == ("bob@x", "old")
    assert deleted.text == ""
    again = of(opened(), first, gone, text(3, "Once.", gone))
    assert (again.deleted, again.text, again.kept_over) == (None, "Once.", ())


def test_an_edit_that_a_deletion_did_not_know_keeps_the_article() -> None:
    first = text(1, "Once.")
    gone = entry(2, "delete", parents=[first.id], by="bob@x")
    article = of(opened(), first, gone, text(3, "Once. More.", first))
    assert (article.deleted, article.text) == (None, "Once. More.")
    assert [one.by for one in article.kept_over] == ["bob@x"]


def test_of_a_purged_revision_the_redaction_says_where_it_stood() -> None:
    first = text(1, "Once.")
    secret = text(2, "Once. A secret.", first)
    last = text(3, "Once. Clean.", secret)
    hiding = entry(4, "redact", target=secret.id, parents=[first.id])
    hidden = of(opened(), first, secret, last, hiding)
    purged = of(opened(), first, stub_of(secret, DEVICE), last, hiding)
    for article in (hidden, purged):
        assert (article.text, article.heads) == ("Once. Clean.", (last.id,))
        assert article.revisions[1].text is None
    assert "purged" in purged.revisions[1].flags
