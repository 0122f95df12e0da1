"""Where the lines of a comment are in a later text: what people do to code, case by case."""

from collections.abc import Sequence

import pytest

from git_naturecode.domain.review.anchor import Anchor, at
from git_naturecode.domain.review.carried import Carried
from git_naturecode.domain.review.following import (
    DIFF,
    EDITED,
    GONE,
    MOVED,
    SAME,
    SIMILAR,
    TEXT,
    Place,
    find,
    fits,
    follow,
)

WHOLE = """\
import time


class Retry:
    limit = 3

    def wait(self, tries):
        if tries > self.limit:
            raise TooOften(tries)
        time.sleep(self.delay)

    def reset(self):
        self.tries = 0
        return None


def connect(host):
    if not host:
        return None
    return open(host)
"""
CODE = WHOLE.split("\n")[:-1]


def number(text: str, lines: Sequence[str] = CODE) -> int:
    """The number of the only line that holds `text`."""
    (found,) = [n for n, line in enumerate(lines, 1) if text in line]
    return found


def anchored(text: str, end: str = "", lines: Sequence[str] = CODE) -> Anchor:
    first = number(text, lines)
    return at(lines, Anchor("a.py"), first, number(end, lines) if end else first)


def after(anchor: Anchor, new: Sequence[str], path: str = "a.py") -> Place:
    place = follow(anchor, path, Carried(CODE, new))
    assert place.confidence <= 1
    return place


def changed(*pairs: tuple[str, str]) -> list[str]:
    text = "\n".join(CODE)
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text.split("\n")


def where(place: Place) -> tuple[str, int, int]:
    return place.state, place.line, place.end


def test_nothing_changed() -> None:
    anchor = anchored("time.sleep")
    assert after(anchor, CODE) == Place(SAME, "a.py", 10, 10, DIFF, 1.0)
    assert after(anchor, CODE, "b.py") == Place(MOVED, "b.py", 10, 10, DIFF, 1.0)


def test_lines_above() -> None:
    new = changed(("import time\n", "import os\nimport time\n"))
    assert after(anchored("time.sleep"), new) == Place(MOVED, "a.py", 11, 11, DIFF, 1.0)
    assert where(after(anchored("import time"), new)) == (MOVED, 2, 2)


def test_the_line_itself_is_edited() -> None:
    place = after(anchored("time.sleep"), changed(("self.delay", "self.delay * tries")))
    assert (where(place), place.how) == ((EDITED, 10, 10), SIMILAR)
    assert 0.6 < place.confidence < 0.95


def test_the_line_is_gone() -> None:
    assert after(
        anchored("time.sleep"), changed(("        time.sleep(self.delay)\n", ""))
    ) == Place(GONE)


def test_the_line_became_something_else() -> None:
    new = changed(("time.sleep(self.delay)", "asyncio.run(pause())"))
    assert after(anchored("time.sleep"), new).state == GONE


def test_the_same_text_elsewhere_is_another_line() -> None:
    new = changed(("        self.tries = 0\n        return None\n", "        self.tries = 0\n"))
    gone = at(CODE, Anchor("a.py"), 14)
    assert gone.text == ("        return None",)
    assert after(gone, new) == Place(GONE)
    kept = at(CODE, Anchor("a.py"), 19)
    assert where(after(kept, new)) == (MOVED, 18, 18)


def test_a_function_is_moved() -> None:
    new = [*CODE[:2], *CODE[16:], "", "", *CODE[3:14]]
    for text in ("def connect", "return open(host)", "if not host", "time.sleep", "self.tries = 0"):
        place = after(anchored(text), new)
        assert where(place) == (MOVED, number(text, new), number(text, new)), text
        assert place.how in (DIFF, TEXT)


def test_a_function_is_indented() -> None:
    new = [*CODE[:16], "if True:", *(f"    {line}" for line in CODE[16:])]
    place = after(anchored("return open(host)"), new)
    assert (where(place), place.how) == ((EDITED, 21, 21), DIFF)
    assert place.confidence > 0.9
    assert where(after(anchored("def connect", "return open"), new)) == (EDITED, 18, 21)


def test_a_range_of_which_a_line_changes() -> None:
    anchor = anchored("def wait", "time.sleep")
    assert where(after(anchor, changed(("TooOften(", "Often(")))) == (EDITED, 7, 10)
    longer = changed(("        if tries", "        log(tries)\n        if tries"))
    assert where(after(anchor, longer)) == (EDITED, 7, 11)
    shorter = changed(("        time.sleep(self.delay)\n", ""))
    assert where(after(anchor, shorter)) == (EDITED, 7, 9)
    moved = changed(("import time", "import os\nimport time"))
    assert where(after(anchor, moved)) == (MOVED, 8, 11)


def test_a_range_is_not_stretched_over_the_file() -> None:
    anchor = anchored("limit = 3", "def wait")
    new = (
        changed(("    def wait(self, tries):\n", "")) + ["x"] * 50 + ["    def wait(self, tries):"]
    )
    assert where(after(anchor, new)) == (EDITED, 5, 6)


def test_a_range_that_was_torn_apart_is_where_most_of_it_is() -> None:
    anchor = anchored("limit = 3", "def wait")
    new = changed(("    limit = 3\n", "    limit = 3\n" + "    more = 1\n" * 60))
    place = after(anchor, new)
    assert place.state == EDITED
    assert place.end - place.line < 3


def test_brackets_and_blank_lines_are_no_place_of_their_own() -> None:
    old = ["a {", "    first", "}", "", "b {", "    second", "}"]
    new = ["b {", "    second", "}"]
    for line in (3, 4):
        place = follow(at(old, Anchor("a"), line), "a", Carried(old, new))
        assert place.state == GONE
    assert where(follow(at(old, Anchor("a"), 7), "a", Carried(old, new))) == (MOVED, 3, 3)


def test_one_of_two_equal_blocks() -> None:
    """Which of them was left nobody can tell; the one that is beside a line of its own is sure."""
    block = ["if err != nil {", "    return err", "}"]
    old = ["one()", *block, "two()", *block, "three()"]
    new = ["one()", *block, "three()"]
    for line in (2, 3, 4, 6, 7, 8):
        assert follow(at(old, Anchor("a"), line), "a", Carried(old, new)).state == GONE
    assert where(follow(at(old, Anchor("a"), 1), "a", Carried(old, new))) == (SAME, 1, 1)
    # Told by the lines of its own, a range is.
    assert where(follow(at(old, Anchor("a"), 1, 4), "a", Carried(old, new))) == (SAME, 1, 4)


def test_steps_tell_equal_blocks_apart() -> None:
    block = ["if err != nil {", "    return err", "}"]
    old = ["one()", *block, "two()", *block, "three()"]
    new = ["one()", *block, "three()"]
    carried = Carried(old, new, steps=[(0, 0, 1), (5, 1, 4)])
    assert where(follow(at(old, Anchor("a"), 7), "a", carried)) == (MOVED, 3, 3)
    assert follow(at(old, Anchor("a"), 3), "a", carried).state == GONE


def test_what_was_taken_back_and_done_again() -> None:
    """The steps lost it, the two ends have it."""
    carried = Carried(CODE, CODE, [], steps=[(0, 0, 6), (11, 11, len(CODE) - 11)])
    assert where(follow(anchored("time.sleep"), "a.py", carried)) == (SAME, 10, 10)


def test_ends_of_lines_count_for_nothing() -> None:
    """A difference shows all lines as changed; the texts are equal."""
    count = len(CODE)
    carried = Carried(CODE, ["new", *CODE], [(0, count, 0, count + 1)])
    assert where(follow(anchored("time.sleep"), "a.py", carried)) == (MOVED, 11, 11)
    assert where(follow(anchored("class", "def reset"), "a.py", carried)) == (MOVED, 5, 13)


def test_an_empty_file() -> None:
    assert after(anchored("time.sleep"), []) == Place(GONE)
    assert not fits(anchored("time.sleep"), [])


def test_a_line_moved_alone_has_to_be_rare() -> None:
    new = [line for line in CODE if "time.sleep" not in line] + ["        time.sleep(self.delay)"]
    place = after(anchored("time.sleep"), new)
    assert (where(place), place.how) == ((MOVED, len(CODE), len(CODE)), TEXT)
    twice = [*new, "", "        time.sleep(self.delay)"]
    assert after(anchored("time.sleep"), twice).state == GONE
    common = [line for n, line in enumerate(CODE) if n != 13] + ["x = 1", "        return None"]
    assert after(at(CODE, Anchor("a.py"), 14), common).state == GONE


def test_two_that_were_lost_are_not_told_apart() -> None:
    old = ["a", "    value = compute(1)", "b", "    value = compute(1)", "c"]
    new = ["a", "b", "c", "", "    value = compute(1)"]
    assert follow(at(old, Anchor("a"), 2), "a", Carried(old, new)).state == GONE
    assert follow(at(old, Anchor("a"), 4), "a", Carried(old, new)).state == GONE


def test_what_is_in_doubt_is_not_looked_for_elsewhere() -> None:
    block = ["    call(err_of_it)", "    done(err_of_it)"]
    old = ["one()", *block, "two()", *block, "three()"]
    new = ["one()", *block, "three()", "four()", "    call(err_of_it)", "five()"]
    for line in (2, 5):
        assert follow(at(old, Anchor("a"), line), "a", Carried(old, new)).state == GONE


def test_of_two_alike_none_is_taken() -> None:
    old = ["a", "    call(first, 1)", "b"]
    new = ["a", "    call(first, 2)", "    call(first, 3)", "b"]
    assert follow(at(old, Anchor("a"), 2), "a", Carried(old, new)).state == GONE
    assert where(follow(at(old, Anchor("a"), 2), "a", Carried(old, [*new[:2], "b"]))) == (
        EDITED, 2, 2,
    )  # fmt: skip


def test_what_another_line_became_is_not_taken() -> None:
    old = ["a", "    open(name_of_file)", "    open(name_of_files)", "b"]
    new = ["a", "    open(name_of_files, 1)", "b"]
    assert follow(at(old, Anchor("a"), 2), "a", Carried(old, new)).state == GONE


def test_edited_in_the_same_definition() -> None:
    """The difference puts it elsewhere, but it is still in the function."""
    new = changed(
        ("        time.sleep(self.delay)\n", ""),
        ("        if tries", "        time.sleep(self.delay * 2)\n        if tries"),
    )
    assert where(after(anchored("time.sleep"), new)) == (EDITED, 8, 8)
    other = changed(
        ("        time.sleep(self.delay)\n", ""),
        ("    if not", "    time.sleep(self.delay)\n    if not"),
    )
    assert after(anchored("time.sleep"), other).state == EDITED  # as text, other blanks: one only


def test_by_text_alone() -> None:
    anchor = anchored("time.sleep")
    new = ["#", *CODE]
    assert find(anchor, "a.py", new) == Place(MOVED, "a.py", 11, 11, TEXT, 0.85, True)
    assert find(anchor, "a.py", CODE).state == SAME
    edited = changed(("self.delay", "self.delays"))
    assert where(find(anchor, "a.py", edited)) == (EDITED, 10, 10)
    assert find(anchor, "a.py", changed(("        time.sleep(self.delay)\n", ""))).state == GONE
    assert find(anchor, "a.py", []).state == GONE


def test_by_text_alone_the_context_has_to_agree() -> None:
    twice = at(CODE, Anchor("a.py"), 14)
    assert where(find(twice, "a.py", CODE)) == (SAME, 14, 14)
    assert where(find(twice._replace(line=90, end=90), "a.py", CODE)) == (MOVED, 14, 14)
    assert find(twice, "a.py", [*CODE, *CODE]).state == GONE
    assert find(twice, "a.py", ["x", *twice.text, "y"]).state == GONE
    bare = twice._replace(before=(), after=())
    assert find(bare, "a.py", CODE).state == GONE
    assert find(at(CODE, Anchor("a.py"), 2), "a.py", CODE).state == GONE  # a blank line


@pytest.mark.parametrize("lines", [21, 60])
def test_by_text_alone_a_long_range(lines: int) -> None:
    text = [f"line {n}" for n in range(100)]
    anchor = at(text, Anchor("a"), 10, 9 + lines)
    assert len(anchor.text) == 20
    assert where(find(anchor, "a", ["new", *text])) == (MOVED, 11, 10 + lines)
    other = [*text[:40], "inserted", *text[40:]] if lines == 60 else [*text[:29], "x", *text[29:]]
    assert where(find(anchor, "a", other)) == (EDITED, 10, 29)


def test_an_anchor_that_lies_about_its_file_does_not_fit() -> None:
    anchor = anchored("time.sleep")
    assert fits(anchor, CODE)
    for wrong in (
        anchor._replace(line=9, end=9), anchor._replace(end=2**31 - 1), anchor._replace(line=0),
        anchor._replace(line=11), anchor._replace(text=("x",)),
    ):  # fmt: skip
        assert not fits(wrong, CODE)


def test_very_long_lines_are_compared_by_their_beginning() -> None:
    long = ["x" * 5_000 + str(n) for n in range(3)]
    anchor = at(long, Anchor("a"), 2)
    assert fits(anchor, long)
    assert where(follow(anchor, "a", Carried(long, ["new", *long]))) == (MOVED, 3, 3)
