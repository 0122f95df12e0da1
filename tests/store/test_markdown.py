"""The scanner lets ordinary answers through as Markdown, and nothing that would hide the next one.

markdown-it-py is the oracle: after the text, an empty line and an end line, a further paragraph
has to come out at top level, and nothing of the text as raw HTML.
"""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from git_naturecode.store import markdown
from seeds import SEED, TORTURE

REAL = Path(__file__).parents[3] / "shared" / "data" / "claude-code"
END = "<!-- nc:end x sha256:0123456789abcdef -->"
RENDERERS = [
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]),
]
OFTEN = settings(
    max_examples=100_000 if TORTURE else 1_000,
    derandomize=not TORTURE,
    deadline=None,
    database=None,
)


def has_html(tokens: list[Token]) -> bool:
    """True when HTML of the text itself would reach the page."""
    return any(
        token.type in ("html_block", "html_inline") or has_html(token.children or [])
        for token in tokens
    )


def hides_what_follows(body: str) -> bool:
    """True when some renderer does not show the next message as one of its own."""
    for renderer in RENDERERS:
        tokens = renderer.parse(f"{body}\n\n{END}\n\nsentinel9x\n")
        tail = [(token.type, token.level) for token in tokens[-4:]]
        if tail != [
            ("html_block", 0),
            ("paragraph_open", 0),
            ("inline", 1),
            ("paragraph_close", 0),
        ]:
            return True
        if tokens[-4].content.strip("\n") != END or tokens[-2].content != "sentinel9x":
            return True
        if has_html(tokens[:-4]):
            return True
    return False


ORDINARY = [
    "",
    "One line.",
    '# Heading\n\ntext with *stars*, `code` and a [link](https://example.org "title").',
    "Use `<div>` and ``a ` <b>`` here.",
    "See <https://example.org/a?b=c> for `Map<String, List<T>>`.",
    "- a\n- b\n  - c\n\n1. x\n2. y",
    "> quoted\n> more\n\nanswer",
    "| a | b |\n|---|---|\n| 1 | `x` |",
    "```python\nif a < b and x <y:\n    print('<b>')\n```",
    "~~~\n```\n<!-- open\n~~~\ntext",
    "Steps:\n\n1. Build:\n   ```sh\n   make <x>\n   ```\n2. Run:\n   ```sh\n   ./run\n   ```",
    "- item\n  - deeper:\n    ```c\n    #include <stdio.h>\n    ```\n- next",
    "10. ten\n    ```\n    <x>\n    ```",
    "- ```py\n  <b>\n  ```\n- y",
    "````markdown\n```\ninner\n```\n````",
    "a < b, a <= b, a -> b, x<5 and 3>2",
    "windows\r\nline\r\n```\r\ncode\r\n```\r\n",
    "\tindented\n    code",
    "Doctest:\n\n>>> 1 + 1\n2",
    "line\u2028separator, nel\u0085, é, 日本",
    "``` not a fence `` but code ```",
    "ends with a setext\n---",
]


@pytest.mark.parametrize("body", ORDINARY)
def test_an_ordinary_answer_stays_markdown(body: str) -> None:
    assert markdown.safe(body)
    assert not hides_what_follows(body)


DANGEROUS = [
    "```\nopen",
    "~~~\nopen",
    "```\nclosed too short\n``",
    "````\nclosed by fewer\n```",
    "```\nclosed by the other\n~~~",
    "text\n```",
    "- a\n  ```\nnot in the item\n  ```",
    "1. a\n   ```bash\ncmd\n   ```",
    "> ```\n> quoted fence\n> ```",
    "<details>",
    "<details>\n<summary>x</summary>\n\ntext",
    "<!-- open comment",
    "<script>",
    "<pre>",
    "<?php",
    "<![CDATA[",
    "<!DOCTYPE html",
    "</div>",
    "a <b>bold</b> word",
    "an unclosed ` tick\nand `<b>` then",
    "a `b\n`<i>` c`",
    "| `a | <b>` |\n|---|---|",
    "\\`<b>`",
    "[a](b`c) <i> `x`",
    "[a](\n`b) `<i>`",
    "``` a`b\n`<b>`",
    "`` <a> ` ``      ````` <a> ` ``<https://example.org>```",
    "<https://a`b>`<i>`",
    "lone\rreturn",
    "```\nx\n```\rrest",
    "nul\0",
    "escape \x1b[2J",
    ">>>\nlong quotation",
    "x\n      ```\n<b>\n      ```",
    "<div\n\n```\ntext\n```",
]


@pytest.mark.parametrize("body", DANGEROUS)
def test_what_might_hide_the_next_message_is_fenced(body: str) -> None:
    assert not markdown.safe(body)


FRAGMENTS = """
``` ``` ``` ~~~ ```` ```py `<b>` ` `` <b> <!-- --> <div> </div> <details> <https://a.b> > >>> <?
- 1. 2. 10) + * - - | |-|-| --- === # \\` \\ ]( ) [a](`b) x word ``` x`y &lt; |a|`b|<i>`|
"""
PHRASES = ["- a", "1. b", "2. c", "> q", "- - d", "-     e", "x `a", "a` <b> `", "* * *", "[x]: y"]
MARKS = ["<!-- nc:entry {} -->", "<!-- nc:end x sha256:0 -->", "-\t```", "\t", "\r", "\x0b"]
LINES = st.sampled_from(["", "", "", *FRAGMENTS.split(), *PHRASES, *MARKS])
INDENT = st.sampled_from(
    ["", "", "", " ", "  ", "   ", "    ", "     ", "      ", "\t", "- ", "1. "]
)
INDENTED = st.lists(st.tuples(INDENT, LINES).map("".join), max_size=12).map("\n".join)
RUN_ON = st.lists(st.one_of(LINES, INDENT, st.just("\n"), st.text(max_size=2)), max_size=16).map(
    "".join
)


@OFTEN
@seed(SEED)
@given(st.one_of(INDENTED, RUN_ON))
def test_nothing_that_passes_hides_what_follows(body: str) -> None:
    assert not markdown.safe(body) or not hides_what_follows(body)


def real_texts() -> list[tuple[str, str]]:
    """(role, text) of every message in the real transcripts, each text once."""
    found: dict[tuple[str, str], None] = {}
    for file in sorted(REAL.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record.get("type") not in ("user", "assistant"):
                continue
            content = record["message"]["content"]
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
            texts = [part["text"] for part in parts if part.get("type") == "text"]
            found.update({(record["type"], text): None for text in texts})
    return list(found)


@pytest.mark.skipif(not REAL.is_dir(), reason="no real transcripts beside the project")
def test_real_messages_are_readable_and_none_hides_the_next() -> None:
    texts = real_texts()
    passed = [(role, text) for role, text in texts if markdown.safe(text)]
    assert len(passed) / len(texts) > 0.95
    assert not [text for _, text in passed if hides_what_follows(text)]
    assert all(markdown.safe(text) for role, text in texts if role == "assistant")


PIECES = ["`", "` ", "`` ` ", "```\n", "~~~\nx\n", "- ", "- ```\n", "    ```\n", "](", "<", "> "]
MORE_PIECES = [
    "1. ",
    "`a` ",
    "\n```\nx\n```",
    "<https://a",
    "   ```\n\t",
    "|`",
    "- a\n  ```\n  x\n",
]


@pytest.mark.parametrize("piece", [*PIECES, *MORE_PIECES])
def test_a_long_hostile_text_is_scanned_in_one_go(piece: str) -> None:
    body = piece * (400_000 // len(piece))
    start = time.process_time()
    markdown.safe(body + "<b>")
    markdown.safe("`<b>`\n" + body)
    assert time.process_time() - start < 4
