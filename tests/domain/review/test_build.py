"""What the entries of a review add up to, in whatever order they arrive."""

import random

from hypothesis import given
from hypothesis import strategies as st

from domain.made import entry, placed
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import Review
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import PRIVATE

IMPORTED = "0123456789abcdefghjk"
HEAD, BASE, NEXT = "a" * 40, "b" * 40, "c" * 40


def opened(**more: object) -> Entry:
    fields = {"title": "T", "by": "ann@x", "target": {"type": "branch", "name": "f"}, **more}
    return entry(0, "open", "Why.", **fields)


def of(*entries: Entry) -> Review:
    return build(placed(*entries))


def test_an_opened_review_has_what_it_was_opened_with() -> None:
    review = of(opened(base={"name": "main"}))
    assert (review.title, review.description, review.owner) == ("T", "Why.", "ann@x")
    assert (review.target.name, review.base, review.status) == ("f", "main", "open")


def test_the_same_state_written_down_by_two_is_one_revision() -> None:
    one = entry(1, "revision", "", head=HEAD, base=BASE, count=1)
    again = entry(2, "revision", "", head=HEAD, base=BASE, count=1)
    pushed = entry(3, "revision", "", head=NEXT, base=BASE, count=2)
    back = entry(4, "revision", "", head=HEAD, base=BASE, count=1)
    found = of(opened(), one, again, pushed, back).revisions
    assert [(r.number, r.head) for r in found] == [(1, HEAD), (2, NEXT), (3, HEAD)]


def test_answers_gather_below_the_comment_that_began_the_thread() -> None:
    root = entry(1, "comment", "first", anchor={"path": "a.py", "line": 3})
    above = root
    answers = []
    for number in range(60):
        above = entry(2 + number, "comment", str(number), on=above.id)
        answers.append(above)
    (thread,) = of(opened(), root, *answers).threads
    assert thread.id == root.id
    assert len(thread.comments) == 61
    assert thread.first.anchor is not None
    assert thread.first.anchor.line == 3


def test_answers_in_a_circle_are_kept() -> None:
    one = entry(1, "comment", "one", id="one-1", on="two-1")
    two = entry(2, "comment", "two", id="two-1", on="one-1")
    below = entry(3, "comment", "below", on="two-1")
    (thread,) = of(opened(), one, two, below).threads
    assert sorted(c.text for c in thread.comments) == ["below", "one", "two"]


def test_an_answer_that_was_not_seen_is_new_since_resolved() -> None:
    root = entry(1, "comment", "first")
    seen = entry(2, "comment", "seen", on=root.id)
    done = entry(3, "resolve", target=root.id, seen=[seen.id])
    (thread,) = of(opened(), root, seen, done).threads
    assert thread.resolved
    assert thread.news == 0
    assert not thread.is_open
    meanwhile = entry(2, "comment", "meanwhile", id="m02-device", on=root.id)
    (thread,) = of(opened(), root, seen, meanwhile, done).threads
    assert thread.resolved
    assert thread.news == 1
    assert thread.is_open


def test_a_reopened_thread_is_open_whatever_the_clocks_say() -> None:
    root = entry(1, "comment", "first")
    done = entry(9, "resolve", target=root.id)
    again = entry(2, "reopen", target=root.id, over=[done.id])
    (thread,) = of(opened(), root, done, again).threads
    assert not thread.resolved


def test_reviewers_and_what_they_said() -> None:
    asked = entry(1, "add", field="reviewers", value="Bob@x")
    must = entry(2, "set", field="required:Bob@x", value=True)
    joined = entry(3, "join", by="bob@x", name="Bob")
    review = of(opened(), asked, must, joined)
    (bob,) = review.reviewers
    assert (bob.required, bob.status, review.status) == (True, "reviewing", "in-progress")
    cat = entry(4, "verdict", by="cat@x", value="approve")
    assert of(opened(), asked, must, joined, cat).approvals == 1
    yes = entry(5, "verdict", "fine", by="bob@x", value="approve")
    review = of(opened(), asked, must, joined, cat, yes)
    # What an approval is worth the entries alone cannot tell.
    assert (review.status, review.approvals) == ("in-progress", 2)
    assert [r.status for r in review.reviewers] == ["approved", "approved"]
    no = entry(6, "verdict", "no", by="cat@x", value="reject", over=[cat.id])
    assert of(opened(), asked, must, joined, cat, yes, no).status == "rejected"
    back = entry(7, "verdict", by="cat@x", value="none", over=[no.id])
    assert of(opened(), asked, must, joined, cat, yes, no, back).status == "in-progress"


def test_nobody_approves_his_own_change() -> None:
    own = entry(1, "verdict", by="Ann@x", value="approve")
    review = of(opened(), own)
    assert review.status == "open"
    assert review.approvals == 0
    assert review.verdicts


def test_only_an_import_names_another_author() -> None:
    forged = entry(1, "verdict", by="eve@x", author="bob@x", value="approve")
    assert [one.by for one in of(opened(), forged).verdicts] == ["eve@x"]
    told = entry(1, "verdict", id=IMPORTED, by="eve@x", author="bob@x", value="approve")
    (one,) = of(opened(), told).verdicts
    assert one.by == "bob@x"
    assert one.imported


def test_what_was_not_sent_yet_is_a_draft() -> None:
    draft = entry(1, "comment", "soon")
    review = build([*placed(opened()), *placed(draft, side=PRIVATE)])
    assert review.threads[0].first.draft
    assert review.has_drafts
    assert not review.open_threads
    assert review.status == "open"


def test_of_two_merges_the_first_counts_where_git_is_not_asked() -> None:
    one = entry(2, "merge", head=HEAD, onto=BASE, result=NEXT, strategy="merge", base="main")
    two = entry(1, "merge", head=HEAD, onto=BASE, result=HEAD, strategy="ff", base="main")
    review = of(opened(), one, two)
    assert review.status == "merged"
    assert review.merged is not None
    assert review.merged.strategy == "ff"
    assert len(review.merges) == 2


def test_nothing_that_is_wrong_stops_the_fold() -> None:
    strange = [
        entry(1, "comment", "x", anchor={"path": 7, "line": "3"}),
        entry(
            1,
            "comment",
            "y",
            id="y-1",
            anchor={"path": "a", "line": -3, "end": 2**60, "text": [1, "t"]},
        ),
        entry(2, "verdict", value="maybe", files="all"),
        entry(9, "resolve", target=["x"], seen=3),
        entry(3, "revision", head=7, base=None, count="many"),
        entry(4, "add", field="reviewers", value={"x": 1}),
        entry(5, "merge", head=1, result=[]),
    ]
    review = of(opened(target="x", base=3), *strange)
    assert [t.first.anchor and t.first.anchor.line for t in review.threads] == [None, 0]
    assert review.target.name == ""
    assert not review.revisions


@given(st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(chance: random.Random) -> None:
    ids = [f"c{n}-1" for n in range(4)]
    entries = [opened()]
    entries += [
        entry(n, "comment", name, id=name, **({"on": chance.choice(ids)} if n % 2 else {}))
        for n, name in enumerate(ids)
    ]
    for number in range(12):
        target = chance.choice(ids)
        kind = chance.choice(["resolve", "reopen", "verdict", "edit", "revision", "join", "merge"])
        earlier = [one.id for one in entries if one.kind == kind and chance.random() < 0.5]
        entries.append(
            entry(
                chance.randint(0, 9), kind, str(number), target=target, over=earlier, head=HEAD,
                value=chance.choice(["approve", "reject", "none"]), by=chance.choice("bc"),
            )
        )  # fmt: skip
    shuffled = chance.sample(entries, len(entries))
    assert of(*entries) == of(*shuffled)
