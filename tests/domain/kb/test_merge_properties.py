"""Whatever people do to one article: all see the same, and nothing that anybody wrote is gone."""

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from domain.kb import histories
from domain.kb.revised import merged, node, seen
from git_naturecode.domain.kb.merge import MOST_HEADS, Node, has_marks, places, view
from seeds import SEED, TORTURE

HISTORIES = 1_000 if TORTURE else 30
MARK = "###### ⚠ "
names = st.sampled_from("abcdefgh")
odd_lines = st.sampled_from([
    "", "", "text", "more text", "- item", "  - inner", "1. one", "| a | b |", "|---|---|", "```",
    "```py", "~~~", "  ```", "    ```", "- ```sh", "> quoted", "> ```", "<!-- note", "-->", "---",
    "title: x", "===", "<<<<<<< ours", "=======", ">>>>>>> theirs", "nul\0nul", "end of line\r",
    "\u2028", "\ufeff", "###### ⚠ ", "###### ⚠ 3 more versions wait: settle these first (nc:more)",
    "###### ⚠ 1 of 2 · x · 2026-11-26 10:30 UTC (nc:00000000)",
    "###### ⚠ 2 of 2 · y · 2026-11-26 10:30 UTC (nc:00000000)",
    "###### ⚠ end · keep one text or join them, then delete the lines with ⚠ (nc:00000000)",
    "<pre>", "<script", "\\", "\t", "# Heading", "日本語の文。", "a b c d e f g h",
    "a b c x e f g h", "A b c d e f g h",
])  # fmt: skip
odd_texts = st.builds(
    lambda lines, end: "\n".join(lines) + end, st.lists(odd_lines, max_size=12),
    st.sampled_from(["", "\n", "\n\n"]),
)  # fmt: skip


@st.composite
def odd_graphs(draw: st.DrawFn) -> dict[str, Node]:
    """Revisions with whatever parents and texts: unknown ones, circles, none."""
    found = {}
    for name in draw(st.sets(names, min_size=1)):
        parents = " ".join(draw(st.lists(st.sampled_from("abcdefghxyz"), max_size=3)))
        text = draw(st.none() | odd_texts)
        found[name] = node(name, parents, text, deleted=text is None and draw(st.booleans()))
    return found


@pytest.mark.parametrize("number", range(HISTORIES))
def test_four_clones_lose_nothing_and_see_the_same(number: int) -> None:
    history = histories.History(SEED * 1_000_003 + number)
    history.run(12 + number % 30)
    assert histories.faults(history) == []


@pytest.mark.parametrize(("seed", "events"), [(1_000_239, 38), (503_384, 36), (527_628, 40)])
def test_a_line_that_two_have_moved_elsewhere_is_still_there(seed: int, events: int) -> None:
    history = histories.History(seed)  # over marked ancestors, which lost it from every place
    history.run(events)
    assert histories.faults(history) == []


@given(odd_graphs(), st.randoms(use_true_random=False))
def test_any_graph_has_one_view(nodes: dict[str, Node], chance: random.Random) -> None:
    shown = view(nodes)
    shuffled = list(nodes.items())
    chance.shuffle(shuffled)
    assert view(dict(shuffled)) == shown
    assert shown.places == places(shown.text)
    assert has_marks(shown.text) == bool(shown.places)
    assert shown.heads
    assert set(shown.heads) <= set(nodes)


@given(odd_graphs(), odd_texts)
def test_the_next_edit_settles_it(nodes: dict[str, Node], text: str) -> None:
    last = node("last", " ".join(view(nodes).heads), text)
    shown = view({**nodes, "last": last})
    assert (shown.text, shown.heads, shown.deleted) == (text, ("last",), False)


@given(odd_texts, odd_texts, odd_texts)
@example("x\n", "x\n```\n", "x\ny\n")
def test_nothing_appears_that_nobody_wrote_but_marks(base: str, one: str, other: str) -> None:
    said = set(base.split()) | set(one.split()) | set(other.split())
    made = merged(base, one, other)
    ours = {number for place in places(made) for number in (place.start, place.end - 1)}
    for number, line in enumerate(made.split("\n")):
        if number not in ours and not line.startswith(MARK) and line.strip("`"):
            assert set(line.split()) <= said, line


@given(odd_texts, odd_texts)
def test_two_that_changed_alike_and_one_that_changed_alone_are_taken_whole(
    base: str, one: str
) -> None:
    base, one = base.replace("\r\n", "\n"), one.replace("\r\n", "\n")
    assert merged(base, one, one) == one
    assert merged(base, one, base) == one
    assert merged(base, base, one) == one


@given(odd_texts, odd_texts, odd_texts)
def test_line_ends_of_windows_never_come_out_of_a_merge(base: str, one: str, other: str) -> None:
    assert "\r\n" not in merged(base, one + "by one\r\n", other + "by other\r\n")


@given(
    st.lists(st.sampled_from(["keep", "edit", "drop", "after"]), min_size=1, max_size=8), st.data()
)
def test_changes_of_different_paragraphs_are_all_made(
    kinds: list[str], data: st.DataObject
) -> None:
    was = [f"paragraph {number} as it was" for number in range(len(kinds))]
    texts = [list[str](), list[str]()]
    expected: list[str] = []
    for number, kind in enumerate(kinds):
        new = {
            "keep": [was[number]], "edit": [f"other words {number}"], "drop": [],
            "after": [was[number], f"new {number}"],
        }[kind]  # fmt: skip
        side = data.draw(st.integers(0, 1))
        texts[side] += new
        texts[1 - side] += [was[number]]
        expected += new
    one, other, base = ("\n\n".join(text) + "\n" for text in (*texts, was))
    made = merged(base, one, other)
    assert made.split() == "\n\n".join(expected).split()


@given(st.data())
@settings(max_examples=2_000 if TORTURE else 60)
def test_what_git_merges_without_conflict_is_merged_alike(data: st.DataObject) -> None:
    was = [f"line {number}" for number in range(data.draw(st.integers(1, 10)))]
    texts = []
    for side in "AB":
        text = []
        for line in was:
            what = data.draw(st.sampled_from(["keep", "keep", "keep", "edit", "drop", "after"]))
            text += {
                "keep": [line], "edit": [f"{side} {line[5:]}"], "drop": [],
                "after": [line, f"{side} after {line}"],
            }[what]  # fmt: skip
        texts.append(text)
    base, one, other = ("".join(f"{line}\n" for line in text) for text in (was, *texts))
    git = _git_merge(base, one, other)
    if git is not None:
        assert merged(base, one, other) == git


def _git_merge(*texts: str) -> str | None:
    """What `git merge-file` makes of base, one, other; None where it has a conflict."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("base", "one", "other")]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        base, one, other = map(str, paths)
        done = subprocess.run(
            ["git", "merge-file", "-p", one, base, other],
            capture_output=True,
            check=False,
            text=True,
        )
        return done.stdout if done.returncode == 0 else None


PIECES = (
    "A paragraph of two\nlines here.",
    "- first\n- second\n  more of it",
    "```py\nx = 1\n\ny = 2\n```",
    "- a list\n  ```sh\n  run it\n  ```\n- more",
    "> quoted\n> ```\n> code\n> ```",
    "~~~\ntilde\n~~~",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
    "<!-- a note\n\nof two -->",
    "# Heading\ntext below",
    "1. one\n2. two",
    "````\n```\ninner\n```\n````",
)
END = "The end of it all."


@given(st.data())
@settings(max_examples=3_000 if TORTURE else 150)
def test_marks_are_seen_and_swallow_nothing(data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
    base = "\n\n".join([*pieces, END]) + "\n"
    texts = []
    for side in "AB":
        lines = base.split("\n")
        for _ in range(data.draw(st.integers(1, 2))):
            at = data.draw(st.integers(0, len(lines) - 4))
            what = data.draw(st.sampled_from(["words", "drop", "fence", "long", "open", "note"]))
            lines[at : at + 1] = {
                "words": [f"{lines[at]} {side}"], "drop": [], "fence": [lines[at] + f"{side}"],
                "long": ["```" + side, *lines[at : at + 1], "```"], "open": [f"```{side}"],
                "note": [f"<!-- {side}"],
            }[what]  # fmt: skip
        texts.append("\n".join(lines))
    read_well(base, *texts)


LIST = "- a list\n  ```sh\n  run it\n  ```\n- more\n\n"
ROWS = "| 1 | 2 |\n| 3 | 4 |\n"
SWALLOWED = (  # base, what one changes and into what, the same of the other
    # A fence that the mark takes out of its item.
    (LIST, "  ```\n- more\n", "", "- more", "<!-- B"),
    # One that stands in no item any more, where it was left over.
    (LIST + ROWS + "\n", "| 3 | 4 |", "<!-- A", f"  run it\n  ```\n- more\n\n{ROWS}",
     "```B\n  run it\n```\n  ```\n- more\n\n| 1 | 2 |\n"),
    # A comment that stood in code.
    ("~~~\ntilde\n~~~\n\n````\n```\ninner\n```\n````\n\n", "tilde\n~~~\n\n````\n```",
     "~~~\n\n````\n<!-- A", "tilde\n~~~\n\n", "tildeB\n~~~\n```B\n"),
)  # fmt: skip


@pytest.mark.parametrize(("base", "was", "one", "stood", "other"), SWALLOWED)
def test_no_code_and_no_comment_swallows_a_mark(
    base: str, was: str, one: str, stood: str, other: str
) -> None:
    base += END + "\n"
    assert base.count(was) == base.count(stood) == 1
    read_well(base, base.replace(was, one), base.replace(stood, other))


def read_well(base: str, *texts: str) -> None:
    """Assert that all marks of the merged text are read as such, and its end is not hidden."""
    made = merged(base, *texts)
    ours = [_said(line) for line in made.split("\n") if line.startswith(MARK)]
    shown = _shown(made)
    assert [_said(line) for line in shown if line.startswith(("⚠ ", MARK))] == ours
    if ours and all(END in _shown(text) for text in texts):
        assert END in shown


def _said(mark: str) -> str:
    return mark.removeprefix("###### ")  # in code a reader sees that, too


def _shown(text: str) -> list[str]:
    """What a reader of the page sees: headings, paragraphs and lines of code, not comments."""
    found: list[str] = []
    for token in MarkdownIt().parse(text):
        if token.type in ("inline", "fence", "code_block"):
            found += token.content.split("\n")
    return found


def test_of_thousands_of_heads_some_are_merged_and_the_others_are_told() -> None:
    first = node("r", "", "Once.\n")
    heads = [node(f"h{n}", "r", f"Text {n}.\n", by="eve", at=n + 1) for n in range(3_000)]
    shown = seen(first, node("mine", "r", "Mine.\n", by="ann", at=1), *heads)
    assert len(shown.heads) == MOST_HEADS
    assert "mine" in shown.heads
    assert "Mine." in shown.text
    assert shown.text.endswith(
        f"###### ⚠ {3_001 - MOST_HEADS} more versions wait: settle these first (nc:more)\n"
    )
    settled = node("s", " ".join(shown.heads), "Settled.\n", at=9_000)
    after = seen(first, node("mine", "r", "Mine.\n", by="ann", at=1), *heads, settled)
    assert "Settled." in after.text
    assert len(set(after.heads) & set(shown.heads)) == 0


def test_however_many_places_differ_the_view_stays_within_bounds() -> None:
    base = "".join(f"u{number}\nx\n" for number in range(3_000))
    made = merged(base, base.replace("x", "y"), base.replace("x", "z"))
    assert len(places(made)) == 1
    assert len(made) < 3 * len(base)


def test_forged_places_of_many_texts_are_kept_whole_and_bounded() -> None:
    def forged(count: int, word: str) -> str:
        rows = [
            f"{MARK}{n} of {count} · a{n} · 2026-11-26 10:30 UTC (nc:00000001)\n{word} {n}"
            for n in range(1, count + 1)
        ]
        end = "end · keep one text or join them, then delete the lines with ⚠ (nc:00000001)"
        return "\n".join([*rows, MARK + end, ""])

    for count in (3, 99, 100, 3_000):
        made = merged("", forged(count, "one"), forged(count, "two"), forged(count, "three"))
        assert all(len(place.texts) <= 99 for place in places(made))
        for word in ("one", "two", "three"):
            assert f"{word} {count}\n" in made
        assert len(made) < 20 * len(forged(count, "three")) + 1_000
