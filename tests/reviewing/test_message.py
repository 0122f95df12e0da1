"""What the commits of a merge say."""

import pytest

from git_naturecode.domain.review.circle import Circle, Person
from git_naturecode.domain.review.model import Given, Review, Target
from git_naturecode.reviewing import message

REVIEW = "review-20261126-abcdefgh"


def review(title: str, text: str = "", target: str = "feature") -> Review:
    made = Review(REVIEW)
    made.title, made.description, made.target = title, text, Target("branch", target)
    return made


def test_subjects() -> None:
    assert message.merging(review("Better")) == "Merge feature: Better"
    assert message.merging(review("feature")) == "Merge feature"
    assert message.squashing(review("Better", "Why.\n")) == "Better\n\nWhy."
    assert message.squashing(review("a\nb\x1b[31m")) == "a b\\x1b[31m"
    assert len(message.squashing(review("x" * 500))) == 200


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("One", "One\n\nA: b"),
        ("One\n\nTwo: three four", "One\n\nTwo: three four\nA: b"),
        ("One\n\nTwo: three\nmore", "One\n\nTwo: three\nmore\n\nA: b"),
        ("One: two", "One: two\n\nA: b"),  # a subject is no trailer
        ("One\n\nA: b\n", "One\n\nA: b"),
    ],
)
def test_trailers_join_those_that_are_there(text: str, result: str) -> None:
    assert message.with_trailers(text, ["A: b"]) == result


def test_people_sessions_and_the_review() -> None:
    people = Circle([Person("ada@x", "Ada <the> First")])
    given = Given("v", "ada@x", "", "approve", "", "", "", "", "")
    said = message.trailers(
        review("x"),
        people,
        [given],
        ["session-20261126-aaaaaaaa"],
        [("", "ben@x>\n"), ("Cy", "c@x")],
    )
    assert said == [
        "Reviewed-by: Ada the First <ada@x>",
        "Co-authored-by: ben <ben@x>",
        "Co-authored-by: Cy <c@x>",
        f"Review: {REVIEW}",
        "NatureCode-Session: session-20261126-aaaaaaaa",
    ]
