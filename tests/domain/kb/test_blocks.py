"""What is open after some lines of Markdown, judged by markdown-it-py where it is plain."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from git_naturecode.domain.kb import blocks
from seeds import TORTURE

LINES = st.lists(
    st.sampled_from([
        "text", "", "```", "````", "```py", "``` a`b", "~~~", "~~~~ x", "   ```", "```` ", "<!-- a",
        "b -->", "<!-- c -->", "<pre>", "x</pre>", "<script>x</script>", "# Head", "- item",
        "- ```", "  ```", "  text", "> said", "> ```", "* ~~~", "---", "  <!-- d", "    ```",
    ]), max_size=10,
)  # fmt: skip


_DOUBTFUL = (" ", "-", "*", ">")


@settings(max_examples=5_000 if TORTURE else 300)
@given(LINES)
def test_what_a_reader_takes_for_code_is_known_to_be_open(lines: list[str]) -> None:
    """Unless nothing is open a line that follows would not be read as a paragraph."""
    tokens = MarkdownIt().parse("\n".join([*lines, "", "END"]))
    is_read = any(one.type == "inline" and one.content == "END" for one in tokens)
    if not blocks.after(lines).is_code:
        assert is_read
    elif not any(line.startswith(_DOUBTFUL) for line in lines):  # the worst is taken of them
        assert not is_read


@pytest.mark.parametrize(
    ("lines", "is_open"),
    [
        ("```\n````", False), ("````\n```", True), ("````\n```\n````", False), ("```\n~~~", True),
        ("```\n``` py", True), ("```\n   ```", False), ("```\n    ```", True), ("```a`b", False),
        ("~~~a`b", True), ("- ```", True), ("- ```\n  ```", False), ("- ```\nat the edge", False),
        ("- ```\n- ```", True), ("> ```\n> x", True), ("> ```\nx", False), ("1. x\n   ~~~", True),
        ("<!-- x", True), ("<!-- x\n\ny -->", False), ("<!-- x -->", False), ("text <!-- x", False),
        ("<PRE>\nx", True), ("<pre>\nx</PRE>", False), ("<prefix>", False), ("<?php", True),
        ("<?php ?>", False), ("<!DOCTYPE", True), ("<![CDATA[ x", True), ("<div>", False),
    ],
)  # fmt: skip
def test_fences_comments_and_html(lines: str, is_open: bool) -> None:
    assert blocks.after(lines.split("\n")).is_code is is_open


def test_where_a_block_begins() -> None:
    begin = ["- x", "  * y", "1. z", "3) z", "# H", "#", "```", "---", "***", "==="]
    go_on = ["text", "-x", "#tag", "1.5 times", "| a |", "> q", "  more"]
    assert [blocks.begins(line) for line in begin] == [True] * len(begin)
    assert [blocks.begins(line) for line in go_on] == [False] * len(go_on)
