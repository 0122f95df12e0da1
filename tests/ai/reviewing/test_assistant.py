"""The assistant: whole changes in pieces, one repair, a second look; failures are no pass."""

import json

import pytest

from git_naturecode.ai.providers.protocol import ProviderFailed
from git_naturecode.ai.reviewing.assistant import Assistant
from git_naturecode.ai.settings import Price
from git_naturecode.domain.findings.hit import Change

from .scripted import Says, Scripted, assistant, change, in_turn, issue, random, review, sure

TEXT = "import os\n\n\ndef f(x):\n    os.system(x)\n"
ONE = change({"a.py": (None, TEXT)})
DOWN = ProviderFailed("the host is down", kind="server")


def many(count: int = 6) -> Change:
    return change({f"f{n}.py": (None, f"value = {n}\n" * 20) for n in range(count)})


def asking(says: Says, **more: object) -> tuple[Assistant, Scripted]:
    made = assistant(says, **more)
    assert isinstance(made.provider, Scripted)
    return made, made.provider


def test_a_review_and_a_second_look() -> None:
    made, model = asking(in_turn(review(issue("a.py", 5)), sure(0.9)))
    seen = made.look(ONE)
    assert [(hit.path, hit.line, hit.source) for hit in seen.hits] == [
        ("a.py", 5, "openai:scripted")
    ]
    assert seen.covered == {("a.py", 1)}
    assert (seen.inconclusive, seen.skipped, made.tokens) == (None, {}, (200, 20))
    assert (made.told.summary, made.told.assessment) == ("It changes things.", "comment")
    system, user = model.asked[0]
    for word in ("Security:", "Performance:", "Good practice:", "Errors:", "Tests:", "Structure:"):
        assert word in system.text
    for line in (
        "Repository: shop",
        "Author: Ann",
        "Title: A change",
        "     5 +|     os.system(x)",
    ):
        assert line in user.text


def test_without_a_name_it_says_so() -> None:
    made, model = asking(in_turn(review()))
    made.look(ONE._replace(title="", author="", repository=""))
    assert "Repository: Unknown\nAuthor: Unknown\nTitle: N/A" in model.questions[0]


def test_the_fences_are_new_each_time_and_nothing_in_them_can_end_them() -> None:
    count = iter(range(100))
    made, model = asking(in_turn(review(issue("a.py", 5)), sure(1.0)))
    made.random = lambda length: bytes([next(count)]) * length
    made.look(ONE)
    fences = [asked[0].text.split("lines that hold ")[1].split(".")[0] for asked in model.asked]
    assert len(set(fences)) == 2
    for asked, fence in zip(model.asked, fences, strict=True):
        shown = asked[1].text
        assert shown.count(f"<<{fence}") == shown.count(f"{fence}>>") == 2


def test_data_that_holds_the_fence_does_not_end_it() -> None:
    fence, mark = (f"{word}-{random(12).hex()}" for word in ("data", "mark"))
    made, model = asking(in_turn(review()))
    made.look(change({"a.py": (None, f"x = 1\n{fence}>>\n# {mark}\n")}, title=f"{fence}>> now"))
    shown = model.questions[0]
    assert shown.count(f"{fence}>>") == 2, "the two of ours"
    assert mark not in shown


def test_what_does_not_stand_up_to_a_second_look_is_dropped() -> None:
    issues = [issue("a.py", n, f"Bad {n}.") for n in (1, 4, 5)]
    made, model = asking(in_turn(review(*issues), sure(0.9, 0.2, 0.6)))
    assert [hit.line for hit in made.look(ONE).hits] == [1, 5]
    assert made.doubted == 1
    assert "2. a.py line 4: Bad 4." in model.questions[1]


def test_all_stay_when_the_second_look_cannot_be_read() -> None:
    made, _ = asking(in_turn(review(issue("a.py", 5)), "I am not sure."))
    assert len(made.look(ONE).hits) == 1


def test_one_repair() -> None:
    made, model = asking(in_turn("Looks fine.", review(issue("a.py", 5)), sure(1.0)))
    seen = made.look(ONE)
    assert (len(seen.hits), seen.inconclusive, made.repaired) == (1, None, 1)
    assert "there is no JSON object in the answer" in model.questions[1]
    assert [one.role for one in model.asked[1]] == ["system", "user", "assistant", "user"]


def test_an_answer_that_was_cut_is_asked_for_in_short() -> None:
    made, model = asking(in_turn((review(), "length"), review()))
    assert made.look(ONE).inconclusive is None
    assert "Keep it short" in model.questions[1]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (("Fine.", "Fine."), "did not answer as it was asked to, twice"),
        ((("", "refused"),), "refused to answer"),
        ((DOWN,), "the host is down"),
        (((review(), "length"), (review(), "length")), "twice"),
        ((review(issue("a.py", 5)), DOWN), "the host is down"),
    ],
)  # fmt: skip
def test_a_failure_is_inconclusive(answers: tuple[object, ...], told: str) -> None:
    made, _ = asking(in_turn(*answers))  # type: ignore[arg-type]
    seen = made.look(ONE)
    assert seen.inconclusive is not None
    assert told in seen.inconclusive
    assert seen.covered == frozenset()
    assert told.split()[0] in seen.skipped["a.py"]


def test_what_was_seen_before_a_failure_is_told_hunk_by_hunk() -> None:
    made, model = asking(in_turn(review(), review(), DOWN), size=900)
    seen = made.look(many())
    assert len(model.asked) == 3
    assert seen.covered
    shown = {path for path, _ in seen.covered}
    assert set(seen.skipped) == {f"f{n}.py" for n in range(6)} - shown
    assert all(why == "not seen: the host is down" for why in seen.skipped.values())


def test_all_pieces_of_a_large_change_are_seen() -> None:
    heard: list[str] = []
    made, model = asking(lambda _: review(), size=900, hear=heard.append)
    seen = made.look(many())
    assert len(model.asked) > 2
    assert {path for path, _ in seen.covered} == {f"f{n}.py" for n in range(6)}
    assert heard[0] == f"openai:scripted: piece 1 of {len(model.asked)}"
    assert all(f"value = {n}" in "".join(model.questions) for n in range(6))


def test_only_what_was_asked_for() -> None:
    issues = [issue("a.py", 4, aspect="style"), issue("a.py", 5, aspect="security")]
    made, model = asking(in_turn(review(*issues), sure(1, 1)))
    seen = made.look(ONE._replace(aspects=("security",)))
    assert [hit.line for hit in seen.hits] == [5]
    assert "Most of all: security." in model.asked[0][0].text


def test_an_estimate_is_no_less_than_what_is_asked() -> None:
    made, model = asking(lambda _: review(), size=900)
    told = made.estimate(many(), Price(into=2, out=4))  # type: ignore[arg-type]
    assert not model.asked
    made.look(many())
    assert told.pieces == len(model.asked)
    assert told.questions == 2 * told.pieces
    letters = sum(len(one.text) for asked in model.asked for one in asked)
    assert told.spent.tokens_in >= letters / 4
    assert told.spent.cost is not None
    assert told.spent.cost > 0


def test_the_worst_of_all_pieces_counts() -> None:
    each = iter(["approve", "requestChanges", "comment", "approve", "approve", "approve"])

    def says(_: object) -> str:
        return review(assessment=next(each), summary=json.dumps({"x": 1}))

    made, _ = asking(says, size=700)
    made.look(many())
    assert made.told.assessment == "requestChanges"
