"""Reasons beside the code: which comments are told, and as what."""

import pytest

from git_naturecode.ai.knowledge.from_code.lexing import FILLED, lexed
from git_naturecode.ai.knowledge.from_code.reasons import noted


def told(text: str, language: str = "Python") -> list[tuple[str, str, int, int]]:
    return [(one.kind, one.text, one.line, one.end) for one in noted(lexed(text, language), ())]


def test_comments_on_lines_that_follow_each_other_are_one() -> None:
    found = told("x = 1\n# We keep this list short, because\n# every device reads it.\ny = 2\n")
    words = "We keep this list short, because every device reads it."
    assert found == [("because", words, 2, 3)]


def test_a_comment_behind_code_is_told_with_that_code() -> None:
    (found,) = told("LIMIT = 3  # instead of five, which was too many\n")
    assert found[1] == "`LIMIT = 3`: instead of five, which was too many"


def test_a_sentence_that_begins_with_its_reason_comes_with_the_one_before() -> None:
    (found,) = told("# The pool is closed by hand. Otherwise the tests would hang for a minute.\n")
    assert found[1].startswith("The pool is closed by hand. Otherwise")


@pytest.mark.parametrize(
    "text",
    [
        "x = '# not because this is a comment at all, it is a text'\n",
        '"""\n# because this stands in a text of several lines\n"""\n',
        "# type: ignore because of something very long here\n",
        "# Copyright 2020, distributed as it is because of the licence\n",
        "# because of it\n",
        "# if x: return instead of raising something else;\n",
        "# It counts the lines of the file that it was given.\n",
    ],
)
def test_what_is_no_reason_is_not_told(text: str) -> None:
    assert not told(text)


def test_of_a_docstring_the_first_sentence_is_no_reason() -> None:
    text = "Gives the first instead of the last. Sorted in place, because lists are long here."
    (found,) = noted(lexed("", "Python"), [(3, 4, text)])
    assert found.text == "Sorted in place, because lists are long here."
    assert (found.line, found.end) == (3, 4)


LISTED = """Splits what was typed.

We rely on this rather than the one of the library, because:

* It is strict about ports.
* It keeps an empty query,
  which others lose.

The parser is written by hand.
"""


def test_a_reason_that_a_list_gives_comes_with_the_list() -> None:
    (found,) = noted(lexed("", "Python"), [(1, 9, LISTED)])
    assert found.text == (
        "We rely on this rather than the one of the library, because: It is strict about ports; "
        "It keeps an empty query, which others lose"
    )
    assert not noted(lexed("", "Python"), [(1, 2, "A splitter.\n\nWe copy instead, because:\n")])


def test_what_a_list_says_of_parameters_is_not_told_as_one_sentence() -> None:
    text = (
        "Opens it.\n\n**Parameters:**\n\n* **auth** - who asks. Defaults to `False`.\n"
        "* **proxy** - *(optional)* where all goes, rather than to the host. Defaults to `None`.\n"
        "* **limits** - *(optional)* how many.\n"
    )
    assert not noted(lexed("", "Python"), [(1, 7, text)])
    (one,) = noted(lexed("", "Python"), [(1, 3, "Opens it.\n\n- We wait because hosts are slow.")])
    assert one.text == "We wait because hosts are slow."


def test_comments_of_other_languages_are_read_as_theirs() -> None:
    script = "/* We copy instead of sharing. It costs a little. */\nconst a = '// because not';\n"
    assert [one[1] for one in told(script, "JavaScript")] == ["We copy instead of sharing."]
    assert told("// NOTE: the order of these fields is part of the format\n", "Go")[0][0] == "note"
    rust = 'let x = r#"// because a text"#; // kept as text, because it is small\n'
    assert [one[1] for one in told(rust, "Rust")] == [
        '`let x = r#"// because a text"#;`: kept as text, because it is small'
    ]


@pytest.mark.parametrize("language", ["Python", "JavaScript", "TypeScript", "Go", "Rust", "Java"])
def test_what_is_read_keeps_its_length_and_its_lines(language: str) -> None:
    text = 'a = "x\\"y" /* b\nc */ \'d\' # e\n`f\ng` // h\nr#"i"# """j\nk""" /l"m/ \'unended\n"\n'
    found = lexed(text, language)
    assert len(found.code) == len(text)
    assert [i for i, c in enumerate(found.code) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]
    assert FILLED in found.code
