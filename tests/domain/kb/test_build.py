"""What the entries of an article add up to, in whatever order they arrive."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.made import entry, placed
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.build import build, joined
from git_naturecode.domain.kb.model import Article
from git_naturecode.store.entry import Entry, stub_of
from git_naturecode.store.judged import QUARANTINED, Mark, counting

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


def test_of_an_article_that_was_deleted_twice_the_last_one_is_told() -> None:
    first = text(1, "Once.")
    gone = entry(2, "delete", parents=[first.id], by="bob@x", reason="one")
    back = text(3, "Once.", gone)
    again = entry(4, "delete", parents=[back.id], by="cy@x", reason="two")
    deleted = of(opened(), first, gone, back, again).deleted
    assert deleted is not None
    assert (deleted.by, deleted.reason) == ("cy@x", "two")


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


def test_each_person_has_one_vote_and_nobody_takes_that_of_another() -> None:
    votes = [
        entry(1, "vote", value="helpful", by="ann@x"),
        entry(2, "vote", value="unhelpful", by="Ann@x", over=["e01-device"]),
        entry(3, "vote", value="helpful", by="bob@x"),
        entry(4, "vote", value="unhelpful", by="eve@x", over=["e03-device"]),
        entry(5, "vote", value="helpful", by="cy@x"), entry(6, "vote", value="", by="cy@x"),
        entry(7, "vote", value="great", by="dan@x"),
    ]  # fmt: skip
    article = of(opened(), *votes)
    assert article.votes == {"ann@x": "unhelpful", "bob@x": "helpful", "eve@x": "unhelpful"}
    assert (article.helpful, article.unhelpful) == (1, 2)


def test_views_are_summed_over_devices_and_days() -> None:
    one = entry(1, "view", day="2026-11-26", count=2)
    more = entry(2, "view", day="2026-11-26", count=5, over=[one.id])
    next_day = entry(3, "view", day="2026-11-27", count=1)
    odd = [entry(4 + n, "view", day=f"2026-12-0{n + 1}", count=c)
           for n, c in enumerate([-1, True, "7", None, 1.5, 10**20])]  # fmt: skip
    placed_here = placed(opened(), one, more, next_day, *odd)
    other = entry(20, "view", day="2026-11-26", count=3)
    article = build([*placed_here, *placed(other, device="e" * 16)])
    assert article.views == 9


def test_a_name_that_cannot_be_one_is_passed_over() -> None:
    article = of(opened(slug="../x"), entry(1, "rename", slug="con"))
    assert (article.slug, article.former_slugs) == ("retry", [])
    named = of(opened(), entry(1, "rename", slug="one"), entry(2, "rename", slug="A B"),
               entry(3, "rename", slug="two"))  # fmt: skip
    assert (named.slug, named.former_slugs) == ("two", ["retry", "one"])
    nameless = of(opened(slug="", title="!"))
    assert nameless.slug == "practice-k3v9q2m7"


def test_the_last_word_about_a_title_and_a_type_counts() -> None:
    first = entry(1, "set", field="title", value="One")
    article = of(
        opened(), first, entry(2, "set", field="title", value="Two", over=[first.id]),
        entry(3, "set", field="type", value="novel"), entry(4, "set", field="title", value=["x"]),
    )  # fmt: skip
    assert (article.title, article.type) == ("Retry", "practice")


def test_links_and_files_are_said_and_taken_back() -> None:
    link = entry(1, "link", to="a" * 40, path="src/a.py", lines="1-2")
    seen = entry(2, "unlink", to="a" * 40, over=[link.id])
    meanwhile = entry(3, "link", to="a" * 40, path="src/b.py")
    shot = entry(4, "file", name="x.png", sha="b" * 64, size=3, media="image/png")
    gone = entry(5, "file", name="x.png", sha="", over=[shot.id])
    article = of(opened(), link, seen, meanwhile, shot)
    assert [(one.to, one.path) for one in article.links] == [("a" * 40, "src/b.py")]
    assert [(one.name, one.size) for one in article.files] == [("x.png", 3)]
    assert of(opened(), shot, gone).files == []


def test_a_revision_that_counts_no_more_leaves_the_others() -> None:
    """Somebody's words went into quarantine after others had written on."""
    first = text(1, "One.\n")
    kept_out = text(2, "One. Two.\n", first)
    last = text(3, "One. Two. Three.\n", kept_out)
    article = of(opened(), first, last)
    assert "One. Two. Three." in article.text
    assert [one.number for one in article.revisions] == [1, 2]


def test_who_wrote_it_down_is_told_from_whose_it_is() -> None:
    imported = opened(id="0123456789abcdefghjk", author="cy@x", t="2020-01-01T00:00:00.000Z")
    body = text(1, "x", id="1123456789abcdefghjk", author="cy@x", by="ann@x")
    article = of(imported, body)
    assert (article.author, article.opener, article.created[:4]) == ("cy@x", "ann@x", "2020")
    assert (article.revisions[0].by, article.revisions[0].writer) == ("cy@x", "ann@x")
    assert article.revisions[0].told == "cy@x, brought in by ann@x"
    other = text(2, "y", by="bob@x")
    marked = of(imported, body, other).places[0].texts
    assert [who for who, _, _ in marked] == ["cy@x, brought in by ann@x", "bob@x"]
    claimed = of(opened(author="cy@x"))  # who writes here may not say that another did
    assert claimed.author == "ann@x"


def test_what_a_revision_was_made_of_is_told_again() -> None:
    first = text(1, "a\n\nb\n\nc\n")
    left, right = text(2, "A\n\nb\n\nc\n", first), text(3, "a\n\nb\n\nC\n", first)
    both = text(4, "A\n\nB\n\nC\n", left, right)
    article = of(opened(), first, left, right, both)
    assert joined(article.revisions, both.header["parents"]) == "A\n\nb\n\nC\n"
    assert joined(article.revisions, [first.id]) == "a\n\nb\n\nc\n"


_ANY: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=5), st.just("e01-device"),
    st.lists(st.sampled_from(["e00-device", "e01-device", "e02-device", "e03-device", 7])),
    st.dictionaries(st.sampled_from(["commit", "path", "x"]), st.text(max_size=3)),
)  # fmt: skip
_KEYS = (
    "title", "type", "slug", "origin", "parents", "note", "from", "field", "value", "over",
    "reason", "target", "day", "count", "to", "path", "lines", "blob", "name", "sha", "size",
    "media", "t", "author", "by",
)  # fmt: skip
_KINDS = (
    "open", "revision", "set", "add", "remove", "rename", "delete", "redact", "vote", "view",
    "link", "unlink", "file", "novel",
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(_KINDS), st.dictionaries(st.sampled_from(_KEYS), _ANY, max_size=6),
            st.text(max_size=8),
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_nothing_that_anybody_says_stops_it(
    said: list[tuple[str, dict[str, Any], str]], rng: random.Random
) -> None:
    """Whatever stands in a log, every clone gets an article out of it, and the same one."""
    entries = [
        entry(number, kind, body if kind == "revision" else None, **fields)
        for number, (kind, fields, body) in enumerate(said)
    ]
    expected = of(*entries)
    rng.shuffle(entries)
    assert of(*entries) == expected


def test_what_the_makers_say_is_what_was_meant() -> None:
    log: list[Entry] = []

    def say(draft: Any, by: str = "ann@x") -> Entry:
        header = {**draft.fields, "by": by, **({"id": draft.id} if draft.id else {})}
        made = entry(len(log), draft.kind, draft.body, **header)
        log.append(made)
        return made

    say(makers.opening("Retry", "faq", "retry", {"code": "src"}))
    for tag in ("a", "b"):
        say(makers.tag(log, tag, there=True))
    say(makers.tag(log, "a", there=False))
    first = say(makers.revision("One.\n", []))
    second = say(makers.revision("Two.\n", [first.id], "why"), "bob@x")
    say(makers.title(log, "Again"))
    say(makers.title(log, "At last"))
    say(makers.type(log, "snippet"))
    say(makers.rename(log, "again"))
    say(makers.rename(log, "at-last"))
    for value in ("helpful", "unhelpful", "helpful"):
        say(makers.vote(log, "ann@x", value))
    for count in (1, 4):
        say(makers.view(placed(*log), "d" * 16, "2026-11-26", count))
    say(makers.link("c" * 40, path="a.py", lines=""))
    say(makers.link("review-20261122-k3v9q2m7"))
    say(makers.unlink(log, "review-20261122-k3v9q2m7"))
    say(makers.file(log, "x", "d" * 64, 1, "text/plain"))
    article = of(*log)
    assert (article.title, article.type, article.slug) == ("At last", "snippet", "at-last")
    assert (article.former_slugs, article.tags) == (["retry", "again"], ["b"])
    assert (article.text, article.heads, article.votes) == (
        "Two.\n", (second.id,), {"ann@x": "helpful"},
    )  # fmt: skip
    assert (article.views, [one.to for one in article.links]) == (4, ["c" * 40])
    say(makers.redaction(article, second.id, "no"))
    hidden = of(*log)
    assert (hidden.revisions[1].text, hidden.text) == (None, "One.\n")
    say(makers.deletion(hidden.heads, "old"))
    assert of(*log).deleted is not None
    say(makers.revision("Three.\n", of(*log).heads))
    assert (of(*log).deleted, of(*log).text) == (None, "Three.\n")
    over = [one.header["over"] for one in log if one.kind in ("vote", "rename", "view")]
    assert sum(map(len, over)) == 4  # each names the one before it of its kind


def test_who_built_on_what_does_not_count_any_more_had_seen_what_was_before_it() -> None:
    first = text(1, "One.\n")
    out = [text(2, "Bad.\n", first), text(3, "Worse.\n", entry(2, "revision", None))]
    last = text(4, "One, mended.\n", out[1], by="bob@x")
    everything = placed(opened(), first, *out, last)
    marks = {one.key: Mark(QUARANTINED, "its writer was removed") for one in out}
    article = build(counting(everything, marks))
    assert article.text == "One, mended.\n"
    assert article.heads == (last.id,)
    assert [one.number for one in article.revisions] == [1, 2]
    assert article.revisions[1].parents == (first.id,)
    # Nobody hides a text by naming what he never wrote.
    other = text(5, "Aside.\n", first, by="cy@x")
    article = build(counting([*everything, *placed(other)], marks))
    assert set(article.heads) == {last.id, other.id}


def test_what_does_not_count_may_stand_on_itself() -> None:
    a = entry(2, "revision", "a", parents=["e03-device"])
    b = entry(3, "revision", "b", parents=["e02-device", "e01-device"])
    first, last = text(1, "One.\n"), text(4, "Two.\n", b)
    marks = {one.key: Mark(QUARANTINED) for one in (a, b)}
    article = build(counting(placed(opened(), first, a, b, last), marks))
    assert (article.text, article.heads) == ("Two.\n", (last.id,))
