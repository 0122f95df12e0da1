"""Reviews with very much in them, by accident or intent: nothing is looked at again and again."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from domain.made import entry, placed
from git_naturecode.domain.review import makers
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.circle import Circle, Person
from git_naturecode.domain.review.explain import Facts, explain
from git_naturecode.domain.review.keeping import Kept, rows
from git_naturecode.domain.review.model import Review, Thread
from git_naturecode.domain.review.owners import parse
from git_naturecode.domain.review.row import describe
from git_naturecode.domain.review.rules import Rule, Rules
from git_naturecode.store.entry import Draft, Entry

HEAD, BASE = "a" * 40, "b" * 40
Made = Callable[[int, int], Entry]


def name(number: int) -> str:
    return f"e{number:02}-device"


def mail(number: int) -> str:
    return f"p{number}@example.com"


def opened() -> list[Entry]:
    target = {"type": "branch", "name": "f"}
    return [entry(0, "open", "Why.", title="T", target=target, base={"name": "main"})]


def said(many: int, made: Made) -> list[Entry]:
    return [*opened(), *(made(number, many) for number in range(1, many + 1))]


def answer(number: int, on: int) -> Entry:
    return entry(number, "comment", "x", **({"on": name(on)} if on else {}))


def verdict(number: int, _: int) -> Entry:
    return entry(number, "verdict", "x", by=mail(number), value="approve", head=HEAD, base=BASE,
                 digest="0" * 64, over=[])  # fmt: skip


def asked(number: int, _: int) -> Entry:
    who = mail(number // 2)
    if number % 2:
        return entry(number, "set", field=f"required:{who}", value=True, over=[])
    return entry(number, "add", field="reviewers", value=who, over=[])


KINDS: dict[str, Made] = {
    "a long thread": lambda n, _: answer(n, n - 1),
    "answers before what they answer": lambda n, many: answer(n, n + 1 if n < many else 0),
    "a circle of answers": lambda n, many: answer(n, n % many + 1),
    "a long thread that hangs on a circle": lambda n, _: answer(n, n - 1 if n > 1 else 2),
    "many threads": lambda n, _: answer(n, 0),
    "many who review": asked,
    "many who approve": verdict,
    "many states": lambda n, _: entry(n, "revision", "", head=f"{n:040x}", base=BASE, count=0),
    "many words on one thread": lambda n, _: (
        entry(n, "resolve", target=name(1), over=[]) if n > 1 else answer(n, 0)
    ),
    "many merges": lambda n, _: entry(n, "merge", head=HEAD, result=f"{n:040x}", over=[]),
}


def _work(act: Callable[[], object]) -> int:
    """How many lines of Python run while it acts."""
    count = 0

    def step(_frame: Any, _event: str, _argument: Any) -> Any:
        nonlocal count
        count += 1
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_eight_times_as_much_takes_about_eight_times_as_long(kind: str) -> None:
    little, much = (placed(*said(many, KINDS[kind])) for many in (50, 400))
    assert _work(lambda: describe("x", much)) < 12 * _work(lambda: describe("x", little))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_too_deep(kind: str) -> None:
    review = build(placed(*said(3_000, KINDS[kind])))
    comments = sum(len(one.comments) for one in review.threads)
    assert comments == (sum(KINDS[kind](n, 3_000).kind == "comment" for n in range(1, 3_001)))


def test_what_hangs_on_a_circle_is_in_the_thread_of_its_least_id() -> None:
    circle = [answer(5, 7), answer(7, 9), answer(9, 5)]
    tail = [answer(2, 9), answer(3, 2), answer(4, 3)]
    apart = [answer(6, 8), answer(8, 99), answer(11, 0)]
    for order in ([*circle, *tail, *apart], [*tail, *reversed(apart), *reversed(circle)]):
        threads = build(placed(*opened(), *order)).threads
        names = [sorted(one.id for one in thread.comments) for thread in threads]
        whole = sorted(one.id for one in (*circle, *tail))
        assert sorted(names) == sorted([whole, sorted([name(6), name(8)]), [name(11)]])


PATHS = [f"f{number}" for number in range(20)]
OWNED = parse("* " + " ".join(map(mail, range(1, 6))), "CODEOWNERS")


def _crowd(many: int) -> tuple[Review, Facts]:
    """A change of 20 files that `many` people have approved and as many have to."""
    entries = [*opened(), *(verdict(n, many) for n in range(1, many + 1))]
    entries += [asked(n, many) for n in range(2 * many, 4 * many)]
    review = build(placed(*entries))
    table = "".join(f"{n:040x} M {path}\n" for n, path in enumerate(PATHS)).rstrip("\n")
    rules = (
        Rule(approvals=2, required=(mail(1),), owners=True, own=False),
        Rule(approvals=many + 1),
    )
    people = Circle(Person(mail(n), emails=frozenset({mail(n)})) for n in range(1, 2 * many))
    kept = Kept("kept", (), tuple(PATHS))
    return review, Facts(
        tuple(rows(table).values()), {one.id: kept for one in review.verdicts}, people,
        Rules(rules), OWNED, frozenset(map(mail, range(many // 2))),
    )  # fmt: skip


def test_of_a_crowd_each_is_asked_once() -> None:
    little, much = _crowd(40), _crowd(320)
    assert _work(lambda: explain(*much)) < 12 * _work(lambda: explain(*little))


def test_of_a_crowd_only_the_first_are_named() -> None:
    review, facts = _crowd(100)
    reasons = explain(review, facts)
    assert max(len(one.text) for one in reasons) < 2_000
    # Twenty of those whom the review asks, the rest in one line, and whom the rules ask.
    assert sum(one.rule == "required" and not one.ok for one in reasons) == 22
    assert "79 more have to approve" in [one.text for one in reasons]
    against = [entry(n, "verdict", by=mail(n), value="reject", over=[]) for n in range(1, 101)]
    told = [one.text for one in explain(build(placed(*opened(), *against)), facts) if not one.ok]
    assert sum("asks for changes" in one for one in told) == 20
    assert "80 more ask for changes" in told


# -- what is said then --------------------------------------------------------------------------

MANY = 5_000  # of which the ids fill more than a header


def after(entries: Sequence[Entry], draft: Draft) -> Review:
    """The review after somebody has said `draft`, which has to fit into a header."""
    new = entry(5_500, draft.kind, draft.body, **draft.fields)
    return build(placed(*entries, new))


def only(review: Review) -> Thread:
    (thread,) = review.threads
    return thread


def test_a_thread_with_very_many_answers_is_resolved_and_answered_again() -> None:
    entries = [*opened(), answer(1, 0), *(answer(n, 1) for n in range(2, MANY))]
    settled = makers.settling(entries, only(build(placed(*entries))), "resolve")
    review = after(entries, settled)
    assert (only(review).resolved, only(review).news) == (True, 0)
    late = entry(5_501, "comment", "but", on=name(1))
    new = entry(5_500, settled.kind, **settled.fields)
    assert only(build(placed(*entries, new, late))).news == 1


def test_very_many_words_on_one_thread_end_with_the_last() -> None:
    words = [entry(n, "resolve", target=name(1), over=[], seen=[]) for n in range(2, MANY)]
    entries = [*opened(), answer(1, 0), *words]
    thread = only(build(placed(*entries)))
    assert thread.resolved
    assert not only(after(entries, makers.settling(entries, thread, "reopen"))).resolved


def test_very_many_verdicts_of_one_end_with_the_last() -> None:
    entries = [
        *opened(),
        *(entry(n, "verdict", by=mail(1), value="reject", over=[]) for n in range(1, MANY)),
    ]
    draft = makers.verdict(entries, mail(1), "none", None)
    assert after(entries, draft._replace(fields={**draft.fields, "by": mail(1)})).verdicts == []


def test_who_was_asked_very_often_is_taken_out() -> None:
    entries = [
        *opened(),
        *(entry(n, "add", field="reviewers", value=mail(1), over=[]) for n in range(1, MANY)),
    ]
    assert after(entries, makers.reviewer(entries, mail(1), there=False)).reviewers == []


def test_nobody_settles_a_thread_by_a_word_on_another() -> None:
    words = [entry(3, "resolve", target=name(1), over=[], seen=[])]
    words.append(entry(4, "resolve", target=name(2), over=[words[0].id], seen=[]))
    review = build(placed(*opened(), answer(1, 0), answer(2, 0), *words))
    assert [one.resolved for one in review.threads] == [True, True]
