"""What an article's text refers to, and that nothing in it takes long to find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from git_naturecode.domain.kb.prose import anchor, anchors, first_heading, headings, prose
from git_naturecode.domain.kb.references import MOST, Reference, place, references
from git_naturecode.domain.kb.targets import escaped, led, plain, targets
from git_naturecode.domain.kb.texts import title_of
from growing import grows_evenly

SHA = "ab" + "0" * 62
SESSION, REVIEW, KB = (f"{kind}-20261122-k3v9q2m7" for kind in ("session", "review", "kb"))


def found(text: str, folder: str = "articles") -> list[tuple[str, str, str, tuple[int, int]]]:
    """Kind, target, part and lines of each reference."""
    return [(one.kind, one.target, one.part, one.lines) for one in references(text, folder)]


@pytest.mark.parametrize(("text", "wanted"), [
    ("[[retry-jitter]]", ("article", "retry-jitter", "", (0, 0))),
    ("[[Retry Jitter#How to|that]]", ("article", "retry-jitter", "How to", (0, 0))),
    ("[x](other.md#a-b)", ("article", "other", "a-b", (0, 0))),
    ("[x](./other.md)", ("article", "other", "", (0, 0))),
    ("[x](../faqs/z.md 'title')", ("article", "z", "", (0, 0))),
    ("[x](<a%20b.md>)", ("article", "a b", "", (0, 0))),
    ("[d]: ../snippets/q.md", ("article", "q", "", (0, 0))),
    (f"see {KB}.", ("article", KB, "", (0, 0))),
    (f"[x]({KB})", ("article", KB, "", (0, 0))),
    (f"said in {SESSION}#3,", ("session", SESSION, "3", (0, 0))),
    (f"[x]({SESSION}#3)", ("session", SESSION, "3", (0, 0))),
    (f"({REVIEW}#t1)", ("review", REVIEW, "t1", (0, 0))),
    ("commit:abc1234", ("commit", "abc1234", "", (0, 0))),
    ("[x](commit:abc1234)", ("commit", "abc1234", "", (0, 0))),
    ("since " + "0a" * 20, ("commit", "0a" * 20, "", (0, 0))),
    ("in src/a.py:10.", ("code", "src/a.py", "", (10, 10))),
    ("in src/a.py:10-20", ("code", "src/a.py", "", (10, 20))),
    ("[x](src/a.py#L10-L20)", ("code", "src/a.py", "", (10, 20))),
    ("[x](../../../src/a.py#L20-L10)", ("code", "src/a.py", "", (20, 20))),
    ("[x](/src/a.py)", ("code", "src/a.py", "", (0, 0))),
    ("<a href='src/a.py'>x</a>", ("code", "src/a.py", "", (0, 0))),
    (f"![x](../../files/ab/{SHA})", ("file", SHA, "", (0, 0))),
    ("[up](#the-top)", ("heading", "", "the-top", (0, 0))),
    ("[`code`](a/b.py)", ("code", "a/b.py", "", (0, 0))),
    ("[[1]](other.md)", ("article", "other", "", (0, 0))),
    (f"[{SESSION}#3]({SESSION}#3)", ("session", SESSION, "3", (0, 0))),
    ("[src/a.py:10-20](src/a.py#L10-L20)", ("code", "src/a.py", "", (10, 20))),
    ("- item\n\n    [[listed]]", ("article", "listed", "", (0, 0))),
])  # fmt: skip
def test_each_form_is_found(text: str, wanted: tuple[str, str, str, tuple[int, int]]) -> None:
    assert found(text) == [wanted]


@pytest.mark.parametrize("text", [
    "`[[no]]`", "``a ` [[no]]``", "```\n[[no]]\n```", "~~~ py\nsrc/a.py:3\n~~~", "a\n\n    [[no]]",
    "> ```\n> [[no]]\n> ```", "<!-- [[no]] -->", "<!-- open [[no]]", "12:30", "localhost:8080",
    "https://example.com/a/b.py#L3", "[x](https://example.com/a.md)", "[x](mailto:a@b.md)",
    "[x]()", "[[]]", "[^1]: note.md", "session-20261122-short", "x" * 5000 + "/a.py:3", "[x](..)",
    "[[1]](https://example.com)", "[[1]][ref]", "[[_TOC_]]", "if [[ -f x ]]; then",
])  # fmt: skip
def test_nothing_is_found_in_code_or_in_what_leads_elsewhere(text: str) -> None:
    assert found(text) == []


def test_what_stands_within_a_destination_is_no_link() -> None:
    text = "[a](<b [c](d.md) e.md>) [[x]]"
    assert [one[1] for one in found(text)] == ["b [c](d.md) e", "x"]
    assert led(text, lambda one: "y") == "[a](<y>) y"


def test_an_open_backtick_hides_nothing() -> None:
    assert found("a ` b [[x]]") == found("\\`[[x]]\\`") == [("article", "x", "", (0, 0))]
    assert found("a ` b\n\n[[x]] `") == [("article", "x", "", (0, 0))]


def test_a_reference_knows_its_line_and_what_was_written() -> None:
    first, second = references("one\n\n[[a]]\nand `x` src/a.py:3\n")
    assert first == Reference("article", "a", line=3, text="a")
    assert (second.line, second.text, second.meant) == (4, "src/a.py:3", False)


def test_anchors_are_those_that_forges_make() -> None:
    text = '# Ä b!\n# Ä b!\nSet *x*\n---\n## `c` [d](e) ##\n```\n# no\n```\n<a name="own"></a>\n'
    assert headings(text) == [(1, "Ä b!"), (1, "Ä b!"), (2, "Set *x*"), (2, "`c` [d](e)")]
    assert anchors(text) == {"ä-b", "ä-b-1", "set-x", "c-d", "own"}
    assert anchor("What's new? (2.0)") == "whats-new-20"
    assert first_heading("x\n\nTop\n===\n") == ("Top", 2, 4)
    assert first_heading("## second\n") == ("", 0, 0)


@given(st.lists(st.sampled_from([
    "# A", "text", "", "```", "~~~", "    in", "- x", "> q", "`a`", "``", "1. y", "A\n=",
    "<!-- -->",
]), max_size=12))  # fmt: skip
def test_headings_are_those_of_a_reader_of_markdown_where_it_is_simple(lines: list[str]) -> None:
    text = "\n\n".join(lines)  # each a block of its own
    tokens = MarkdownIt("commonmark").parse(text)
    told = [
        (int(one.tag[1]), tokens[number + 1].content)
        for number, one in enumerate(tokens) if one.type == "heading_open" and one.level == 0
    ]  # fmt: skip
    assert headings(text) == told


@given(st.text(alphabet="`~\n a[]()<!->\\#.:/1", max_size=200))
def test_prose_keeps_lengths_and_lines(text: str) -> None:
    shown = prose(text)
    assert len(shown) == len(text)
    assert [at for at, one in enumerate(shown) if one == "\n"] == [
        at for at, one in enumerate(text) if one == "\n"
    ]
    assert all(now in (" ", was) for now, was in zip(shown, text, strict=True))


@given(st.text(alphabet="[]()!ab.md# |\\<>\n`", max_size=200))
def test_leading_links_nowhere_else_changes_nothing(text: str) -> None:
    assert led(text, lambda _: None) == text
    for one in targets(text):
        assert text[one.start : one.end].partition("|")[0].strip() == one.to or one.form == "link"


def test_links_are_led_elsewhere() -> None:
    text = '[a](x.md#p) ![b](<y z.png> "t") [[Page|shown]] ![[z.png]] `[a](x.md)`'
    told = led(text, lambda one: {
        "x.md": "new.md#p", "y z.png": "../f", "Page": "[shown](page.md)", "z.png": "![](z)",
    }[one.path])  # fmt: skip
    assert told == '[a](new.md#p) ![b](<../f> "t") [shown](page.md) ![](z) `[a](x.md)`'


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=30))
def test_an_escaped_destination_is_read_back(path: str) -> None:
    (one,) = targets(f"[x]({escaped(path)})")
    assert plain(one.to) == path


@pytest.mark.parametrize(("word", "wanted"), [
    ("a.py:10-20", ("a.py", 10, 20)), ("a b:3", ("a b", 3, 3)), ("a.py#L3-L1", ("a.py", 3, 3)),
    ("7:7", ("7", 7, 7)), ("a.py", None), ("a.py:0", None), ("a.py:x", None), (":3", None),
])  # fmt: skip
def test_lines_as_somebody_types_them(word: str, wanted: tuple[str, int, int] | None) -> None:
    assert place(word) == wanted


@pytest.mark.parametrize("text", [
    "[" * 500_000, "[]" * 300_000, "](a(" * 200_000, "[[" * 300_000, "a/" * 300_000 + ":1",
    "a.b:1:" * 100_000, "<a " * 200_000, '<a src="' * 100_000, "\\`" * 300_000, "> " * 300_000,
    "- " * 300_000, "<!--" * 200_000, "# a\n" * 100_000, "a://" * 200_000, "session-" * 100_000,
    " ".join("`" * (number % 900 + 1) for number in range(2_000)), ("a/" * 400 + " ") * 1_000,
])  # fmt: skip
def test_hostile_texts_cost_no_more_than_their_length(text: str) -> None:
    def work(size: int) -> None:
        part = text[-size:]
        assert references(part) == []
        assert len(anchors(part)) <= part.count("\n") + 1

    assert grows_evenly(work, 120_000)


@pytest.mark.parametrize(("line", "words"), [
    ("# a b #", "a b"), ("# a ### \t", "a"), ("# a#", "a#"), ("# a # b", "a # b"), ("#   a", "a"),
    ("# #", ""), ("# a \\#", "a \\#"), ("# ", ""), ("# a" + " " * 500_000 + "x", None),
    ("# a" + " #" * 250_000 + "x", None), ("# " + "#" * 500_000, ""),
])  # fmt: skip
def test_a_heading_is_read_without_what_closes_it(line: str, words: str | None) -> None:
    """However long the line is: each of these took minutes where the time grew with its square."""
    wanted = line[2:].strip() if words is None else words
    assert title_of(f"{line}\n") == wanted
    assert first_heading(f"{line}\n")[0] == wanted


def test_a_hundred_thousand_links_are_bounded() -> None:
    assert len(references("[a](b.md)\n" * 100_000)) == MOST
    assert len(references("[a](b.md) " * 100_000)) == 1
