"""The three-way merge below marks and attributions: what is taken, what is both."""

import pytest

from git_naturecode.domain.kb.three_way import Both, merged

P = ["p one", "", "p two", "", "p three"]


def test_changes_that_only_share_blank_lines_are_both_made() -> None:
    assert merged(P, P[2:], P[:3]) == [["p two"]]
    assert merged(P[:3], P[2:3], P[:1]) == []
    assert merged(P, P[:3], [*P[:2], *P[4:]]) == [["p one"]]
    assert merged(P, ["p one", "", "new", "", "p two"], ["p one", "", "p 2", "", "p three"]) == [
        ["p one", "", "new", "", "p 2"]
    ]


def test_an_edit_stands_beside_the_deletion_that_did_not_know_of_it() -> None:
    assert merged(P, [*P[:2], *P[4:]], [*P[:2], "p two!", *P[3:]]) == [
        ["p one", ""], Both(("p two", ""), (), ("p two!", "")), ["p three"],
    ]  # fmt: skip


def test_a_paragraph_that_was_folded_anew_keeps_the_word_of_the_other() -> None:
    was = ["the quick brown fox", "jumps over the lazy", "dog and then it sleeps"]
    folded = ["the quick brown", "fox jumps over the", "lazy dog and then", "it sleeps"]
    other = ["the quick brown fox", "leaps over the lazy", "dog and then it sleeps"]
    assert merged(was, folded, other) == [
        ["the quick brown", "fox leaps over the", "lazy dog and then", "it sleeps"]
    ]


def test_what_speaks_of_the_same_is_not_put_side_by_side_unseen() -> None:
    was = ["# FAQ"]
    one = ["# FAQ", "", "Set the limit with the option retries in the file."]
    other = ["# FAQ", "", "Set the limit by the option retries in your file."]
    (_, both) = merged(was, one, other)
    assert both == Both((), tuple(one[2:]), tuple(other[2:]))


@pytest.mark.parametrize("between", [[], [""]])
def test_what_two_people_append_to_a_text_is_both_there(between: list[str]) -> None:
    was = ["# Retry", "", "We retry."]
    one, other = ([*was, *between, text] for text in ("Pools have limits.", "Timeouts are short."))
    (both,) = merged(was, one, other)
    assert both == [*one, *between, "Timeouts are short."]
    (both,) = merged([*was, ""], [*one, ""], [*other, ""])
    assert both == [*one, *between, "Timeouts are short.", ""]


def test_a_paragraph_put_in_between_two_blank_lines_stays_one() -> None:
    (both,) = merged(["a", "", ""], ["a", "", "Pools have limits.", ""], ["a", "", "Be short.", ""])
    assert [line for line in both if line] == ["a", "Pools have limits.", "Be short."]
    assert "" in both[both.index("Pools have limits.") : both.index("Be short.")]


@pytest.mark.parametrize(
    ("above", "new"),
    [("We retry.", "---"), ("- We retry.", "Pools."), ("| a |", "Pools."), ("We", "    Pools.")],
)
def test_lines_that_would_change_what_is_above_them_are_not_joined(above: str, new: str) -> None:
    texts = ([above, line] for line in (new, "Timeouts are short."))
    assert any(isinstance(part, Both) for part in merged([above], *texts))


def test_without_a_base_nothing_is_taken_out() -> None:
    one, other = ["a", "only one", "b", "x y"], ["a", "b", "z w", "only other"]
    assert merged(None, one, other) == [
        ["a", "only one", "b"], Both((), ("x y",), ("z w", "only other")),
    ]  # fmt: skip

    one, other = ["a b c", "", "d e f"], ["g h i", "", "j k l"]
    assert merged(None, one, other) == [Both((), tuple(one), tuple(other))]


@pytest.mark.parametrize("fence", ["```", "~~~", "   ```", "<!--"])
def test_in_code_two_new_lines_at_one_place_are_both(fence: str) -> None:
    was = [fence, "", "x", "", "z"]
    one, other = [*was[:2], "new one", "", *was[2:]], [*was[:2], "other", "", *was[2:]]
    assert any(isinstance(part, Both) for part in merged(was, one, other))
    assert not any(isinstance(part, Both) for part in merged(was[1:], one[1:], other[1:]))


def test_lines_of_several_lines_are_never_taken_apart() -> None:
    place, other = "mark\nx\nend", "mark\ny\nend"
    assert merged(["a", place], ["a", "x"], ["a", other]) == [
        ["a"], Both((place,), ("x",), (other,)),
    ]  # fmt: skip
    words = "mark\na b c d e f\nend"
    one, two = words.replace("a b", "A b"), words.replace("e f", "e F")
    assert merged([words], [one], [two]) == [Both((words,), (one,), (two,))]
    assert merged(["a", place], ["b", place], ["a", other]) == [["b", other]]
