"""What was derived from reviews and is wrong, stale or torn: told, and made right."""

from collections.abc import Callable

import pytest

from box import Box, Clone
from damage import state
from reviewed import Pair, pair

NOTES, PINS = "refs/notes/naturecode/reviews", "refs/naturecode/reviews"


def wrong_note(both: Pair) -> None:
    """Somebody has written over what a note says of the review."""
    line = f"verdict {both.review} approve by=eve"
    head = both.ann.git("rev-parse", "feature").strip()
    both.ann.git("notes", f"--ref={NOTES}", "add", "-f", "-m", line, head)


def lost_notes(both: Pair) -> None:
    """The ref is gone, and nobody knows."""
    both.ann.git("update-ref", "-d", NOTES)


def stale_pin(both: Pair) -> None:
    """A ref of a review that is not here."""
    both.ann.git("update-ref", f"{PINS}/abcdefgh/{'0' * 40}", "main")


def torn(both: Pair) -> None:
    """The end of the file was lost."""
    file = state(both.ann, "reviews-mine")
    file.write_text(file.read_text()[:-20])


def folder(both: Pair) -> None:
    """Something else stands in its place."""
    file = state(both.ann, "reviews-mine")
    file.unlink()
    file.mkdir()


DAMAGES: dict[Callable[[Pair], None], str] = {
    wrong_note: "1 note on commits not as the reviews are",
    lost_notes: "1 note on commits not as the reviews are",
    stale_pin: "keep the commits of 1 review that nobody reviews",
    torn: "reviews-mine is torn",
    folder: "reviews-mine is torn",
}


def said(clone: Clone, *args: str, code: int = 0) -> list[str]:
    """What the doctor finds wrong with what was derived from reviews."""
    items = clone.nc("doctor", "--json", *args, code=code).json["items"]
    return [
        one["message"] for one in items
        if one["check"] == "reviews" and one["level"] != "ok" and not one["fixed"]
    ]  # fmt: skip


@pytest.fixture
def both(box: Box) -> Pair:
    return pair(box)


def test_each_damage_is_told_and_mended(both: Pair) -> None:
    watched = state(both.ann, "reviews-mine").read_text()
    assert not said(both.ann)
    for damage, told in DAMAGES.items():
        damage(both)
        (found,) = said(both.ann, code=1)
        assert told in found, damage
        assert not said(both.ann, "--fix"), damage
        assert not said(both.ann), damage
        assert state(both.ann, "reviews-mine").read_text() == watched, damage
    head = both.ann.git("rev-parse", "feature").strip()
    assert both.review in both.ann.git("notes", f"--ref={NOTES}", "show", head)
    assert both.ann.git("for-each-ref", f"{PINS}/{both.review[-8:]}")


def test_a_review_that_is_over_leaves_nothing_to_mend(both: Pair) -> None:
    both.ann.nc("review", "close", both.review)
    assert not both.ann.git("for-each-ref", PINS)
    assert not said(both.ann)
