"""Which message wrote which line: cases by name, and histories whose true authors are known."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_naturecode.domain.attribution import Edit, File, Hunk, Piece

START = "one\ntwo\nthree\n"


def edit(message: str, *pieces: Piece, **more: object) -> Edit:
    return Edit(message, "2026-11-22T10:00:00.000Z", "a.py", pieces, **more)  # type: ignore[arg-type]


def written(file: File, committed: str) -> list[str]:
    return [author or "-" for author in file.written(committed)]


def test_a_replaced_part_is_of_its_message() -> None:
    file = File(START)
    file.take(edit("m1", Piece("two", "zwei\ndrei")))
    assert written(file, "one\nzwei\ndrei\nthree\n") == ["-", "m1", "m1", "-"]


def test_a_line_changed_by_hand_loses_its_message() -> None:
    file = File(START)
    file.take(edit("m1", Piece("two", "zwei\ndrei")))
    assert written(file, "one\nzwei!\ndrei\nthree\nown\n") == ["-", "-", "m1", "-", "-"]


def test_a_formatter_may_change_blanks() -> None:
    file = File(START)
    file.take(edit("m1", Piece("two", "if x:\n  y=1\n  z=2")))
    assert written(file, "one\nif x:\n\ty = 1\n\tz = 2\nthree\n") == ["-", "m1", "m1", "m1", "-"]


def test_an_edit_that_was_undone_leaves_nothing() -> None:
    file = File(START)
    file.take(edit("m1", Piece("two", "zwei")))
    file.take(edit("m2", Piece("zwei", "two")))
    assert written(file, START) == ["-", "m2", "-"]
    assert written(File(START), START) == ["-"] * 3


def test_what_others_did_meanwhile_is_of_nobody() -> None:
    file = File(START)
    file.take(edit("m1", Piece("two", "zwei")))
    file.take(edit("m2", Piece("three", "drei"), before="nil\none\nzwei\nown\nthree\n"))
    said = written(file, "nil\none\nzwei\nown\ndrei\n")
    assert said == ["-", "-", "m1", "-", "m2"]


def test_a_whole_file_written_again_keeps_what_stays() -> None:
    file = File(START)
    file.take(edit("m1", after="one\nx\nthree\n"))
    file.take(edit("m2", after="one\nx\ny\nthree\n"))
    assert written(file, "one\nx\ny\nthree\n") == ["-", "m1", "m2", "-"]


def test_line_ends_and_a_missing_last_one_make_no_difference() -> None:
    file = File(START.replace("\n", "\r\n"))
    file.take(edit("m1", Piece("two\n", "zwei\n")))
    assert written(file, "one\r\nzwei\r\nthree") == ["-", "m1", "-"]


def test_a_bracket_alone_is_never_given_to_a_message() -> None:
    file = File("")
    file.take(edit("m1", after="def f() {\n  go()\n}\n\n"))
    assert written(file, "other {\n  away()\n}\n\n") == ["-"] * 4
    assert written(file, "def f() {\n  go()\n}\n\n") == ["m1"] * 4


def test_an_edit_that_cannot_be_replayed_is_looked_for_as_a_whole() -> None:
    file = File("something else\n")
    file.take(edit("m1", Piece("two\n", "two\nnew line\nanother line\n")))
    assert written(file, "x\nnew line\nanother line\n") == ["-", "m1", "m1"]
    assert written(file, "x\nnew line\n") == ["-", "-"]
    assert written(file, "new line\nanother line\n" * 2) == ["-"] * 4


def test_a_piece_that_stands_twice_is_replaced_only_if_told() -> None:
    file = File("a b\na c\n")
    file.take(edit("m1", Piece("a", "z")))
    assert file.text == "a b\na c\n"
    file.take(edit("m2", Piece("a", "z", every=True)))
    assert written(file, "z b\nz c\n") == ["m2", "m2"]


def test_hunks_are_found_below_the_line_that_they_name() -> None:
    text = "class A:\n    x = 1\nclass B:\n    x = 1\n"
    file = File(text)
    hunk = Hunk(("    x = 1",), ("    x = 2",), under="class B:")
    file.take(edit("m1", hunks=(hunk,)))
    assert file.text == "class A:\n    x = 1\nclass B:\n    x = 2\n"
    assert written(file, file.text) == ["-", "-", "-", "m1"]


def test_hunks_follow_one_another_and_may_add_at_the_end() -> None:
    file = File("a\nb\na\n")
    file.take(edit("m1", hunks=(Hunk(("b",), ("c",)), Hunk(("a",), ("d",)), Hunk((), ("e",)))))
    assert file.text == "a\nc\nd\ne\n"


def test_a_hunk_that_fits_but_for_blanks_changes_only_what_it_changes() -> None:
    file = File("if a:\n\tb\n\tc\n")
    file.take(edit("m1", hunks=(Hunk(("  b", "  c"), ("  b", "  d")),)))
    assert written(file, "if a:\n\tb\n\td\n") == ["-", "-", "m1"]


def test_what_a_person_changed_before_it_was_written_is_not_of_the_message() -> None:
    file = File(START)
    file.take(edit("m1", Piece("two", "mine\nhis"), proposed="mine\ntheirs"))
    assert written(file, "one\nmine\nhis\nthree\n") == ["-", "m1", "-", "-"]


def test_a_deleted_file_begins_anew() -> None:
    file = File(START)
    file.take(edit("m1", Piece("two", "zwei")))
    file.take(edit("m2", deletes=True))
    assert written(file, "one\nzwei\n") == ["-", "-"]


@pytest.mark.parametrize("size", [60_000, 200_000])
def test_a_huge_file_has_no_authors_and_takes_no_time(size: int) -> None:
    file = File("")
    file.take(edit("m1", after="a line\n" * size))
    assert file.text == ""
    assert not any(file.written("a line\n" * size))


# A history of edits in which every line carries a tag of its own, so that who wrote it is known
# without any comparison of texts.


@dataclass
class History:
    """The true author of each line, kept beside the lines and never compared."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    number: int = 0
    start: str = ""

    @property
    def text(self) -> str:
        return "".join(line + "\n" for line, _ in self.lines)

    def new(self, author: str, count: int, common: list[str]) -> list[tuple[str, str]]:
        made = []
        for word in common[:count]:
            self.number += 1
            made.append((word or f"line {self.number} of text", author))
        return made


COMMON = st.lists(st.sampled_from(["", "", "", "}", "return x", "  "]), min_size=4, max_size=4)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A file, edits of messages told in every way, edits by hand between them."""
    made = History()
    made.lines = made.new("-", 4, ["", "", "", ""]) + made.new("-", 4, draw(COMMON))
    made.start = made.text
    in_step = True
    for step in range(draw(st.integers(1, 7))):
        hand = draw(st.booleans())
        author = "-" if hand else f"m{step}"
        start = draw(st.integers(0, len(made.lines)))
        end = draw(st.integers(start, min(len(made.lines), start + 4)))
        before = made.text
        fresh = made.new(author, draw(st.integers(0 if end > start else 1, 4)), draw(COMMON))
        old, made.lines[start:end] = made.lines[start:end], fresh
        if hand:
            in_step = False
            continue
        after = made.text
        # A file written as a whole, without a word about what it was, is taken for the message's
        # own as far as it is new; so it is only told of files that nobody touched in between.
        told = draw(st.sampled_from(["before", "whole", "hunk"] if in_step else ["before", "hunk"]))
        if told == "before":
            in_step = True
            made.edits.append(edit(author, before=before, after=after))
        elif told == "whole":
            made.edits.append(edit(author, after=after))
        else:
            in_step = False  # it may fit at more than one place
            around = before.split("\n")[max(0, start - 2) : start]
            lines = [line for line, _ in old]
            hunk = Hunk((*around, *lines), (*around, *(line for line, _ in fresh)))
            made.edits.append(edit(author, hunks=(hunk,)))
    return made


@settings(max_examples=400)
@given(histories())
def test_no_line_is_given_to_a_message_that_never_wrote_it(history: History) -> None:
    file = File(history.start)
    for one in history.edits:
        file.take(one)
    wrote: dict[str, set[str]] = {}
    for one in history.edits:
        texts = [one.after or ""] + [line for hunk in one.hunks for line in hunk.new]
        for text in texts:
            for line in text.split("\n"):
                wrote.setdefault("".join(line.split()), set()).add(one.message)
    for (line, true), found in zip(history.lines, file.written(history.text), strict=True):
        if found is None or found == true:
            continue
        # Only a line whose very text that message wrote as well may be taken for its own.
        assert not line.startswith("line "), (line, true, found)
        assert found in wrote["".join(line.split())]


@settings(max_examples=200)
@given(histories())
def test_where_each_edit_tells_the_file_before_and_after_every_line_is_found(
    history: History,
) -> None:
    whole = [one for one in history.edits if one.before is not None]
    file = File(history.start)
    for one in whole:
        file.take(one)
    if len(whole) < len(history.edits):
        return
    for (line, true), found in zip(history.lines, file.written(history.text), strict=True):
        if line.startswith("line "):  # a text that stands nowhere else
            assert (found or "-") == true
