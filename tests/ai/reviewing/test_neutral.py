"""What a model has written does nothing, wherever it is shown or posted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from git_naturecode.ai.reviewing import neutral as module
from git_naturecode.ai.reviewing.neutral import line, neutral

MENTION = re.compile(r"(?<![\w/])@\w")
COMMAND = re.compile(r"^\s*(?:[-*+>]\s+)*/\w", re.M)
REFERENCE = re.compile(r"(?:\b\w[\w.-]*/\w[\w.-]*)?#\d|\bGH-\d")
ADDRESS = re.compile(r"https?:|www\.|javascript:", re.I)
WORKFLOW = re.compile(r"^\s*::|##\[|##vso", re.M)


def live(text: str) -> list[str]:
    """All that does something in `text`, read as the hosts read Markdown."""
    found = list(WORKFLOW.findall(text))
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for block in reader.parse(text):
        for token in (block, *(block.children or ())):
            if token.type in ("link_open", "image", "html_block", "html_inline"):
                found.append(token.type)
            if token.type == "text":
                for what in (MENTION, REFERENCE, ADDRESS):
                    found += what.findall(token.content)
        if block.type == "inline":
            # What a host reads at the beginning of a line, with code taken out.
            plain = "".join(
                "\n" if one.type in ("softbreak", "hardbreak") else
                "x" if one.type == "code_inline" else one.content
                for one in block.children or ()
            )  # fmt: skip
            found += COMMAND.findall(plain)
    return found


BAD = [
    "[click](https://evil.example/x)",
    "![p](https://evil.example/p.png?q=1)",
    "<https://evil.example>",
    "https://evil.example/a_b",
    "www.evil.example",
    "[a]: https://evil.example\n\n[a]",
    "[a][b]\n\n[b]: /x",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<!-- hidden -->",
    "<b\nonclick=x>",
    "<details><summary>x",
    "&#64;admin",
    "@admin",
    "@org/team please",
    "mail a@b.example",
    "\\@admin",
    "`x`@admin",
    "a ` @admin `` b",
    "\\`@admin\\`",
    "/approve",
    "  /merge\n/label ~bug",
    "- /close",
    "> /assign @bob",
    "1. /lgtm",
    "fixes #12",
    "org/repo#3",
    "GH-7",
    "!5 ~bug %3",
    "::set-output name=a::b",
    "  ::error file=a::x",
    "##[command]x",
    "##vso[task.setvariable]x",
    "- ::warning::x",
    "```\n::add-mask::x\n```",
    "```\n@admin\n````\n/merge",
    "~~~\n/merge",
    "``` @all ```",
    "`````\n```\n@x",
    "[a\nb](https://evil.example)",
    "![a][b]\n\n[b]: https://evil.example",
    "\u202e@admin\u200b",
    "javascript:alert(1)",
    "[x](javascript:a)",
    "a | b\n--|--\n@x | y",
    "# /merge",
    "***@x***",
    "@\u200badmin",
    "`` `@x` `` @y",
    "[@x](y)",
    "/approve@x [a](b)",
    "![[a](b)](c)",
    "\r/merge\r\n::x::y",
    "x\u2028/merge",
]


@pytest.mark.parametrize("text", BAD)
def test_nothing_is_live(text: str) -> None:
    for whole in (text, f"It is wrong. {text}", f"- {text}\n- again", f"{text}\n\n{text}"):
        made = neutral(whole)
        assert not live(made), made
        assert not live(line(whole)), line(whole)


def test_the_detector_sees_what_it_is_for() -> None:
    blind = {
        "&#64;admin",
        "!5 ~bug %3",
        "@\u200badmin",
        "\r/merge\r\n::x::y",
        "x\u2028/merge",
        "\\@admin",
        "mail a@b.example",
        "- ::warning::x",
        "~~~\n/merge",
        "`````\n```\n@x",
        "a | b\n--|--\n@x | y",
    }
    """What some hosts read so, or nobody does as long as it stands alone."""
    assert [text for text in BAD if text not in blind and not live(text)] == ["``` @all ```"]


def test_what_is_live_after_all_is_shown_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_prose", lambda text, *, is_first: text)
    assert neutral("<b>x</b> `y`\n[a](b)") == "```\n<b>x</b> 'y'\n[a](b)\n```"
    assert not live(neutral("![a](b)\n```\n<b>"))


@pytest.mark.parametrize(
    "text", ["#" * 60 + "x", "[" * 3_900, "> * - " * 600, "1." * 1_900, "_" * 3_900]
)
def test_no_text_takes_long(text: str) -> None:
    neutral(text)


def test_what_is_said_stays_readable() -> None:
    text = (
        "`x` is **not** bound: use a parameter.\n\n```\nrun(x)\n```\n\n- one, a < b, x[0], d['k']"
    )
    assert neutral(text) == text
    assert neutral("see [the page](http://x/y) of @bob") == "see the page of `@bob`"
    assert neutral("") == ""
    assert neutral("x" * 5_000).endswith("x [cut]")


pieces = st.sampled_from(
    [
        "`",
        "``",
        "```",
        "```\n",
        "\n```\n",
        "~~~\n",
        "@admin",
        "/merge",
        "\n",
        "\n\n",
        " ",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "!",
        "\\",
        "http://e.vil/",
        "#1",
        "::",
        "::x::",
        "##[",
        "a",
        "b c",
        "- ",
        "> ",
        "1. ",
        "    ",
        "\t",
        "<b>",
        "<!--",
        "-->",
        "&lt;",
        "[a](b)",
        "![a](b)",
        "[a]:",
        "|",
        "*",
        "_",
        "\u200b",
        "\r",
        "\n[a]:\nb\n",
        "[a][]",
        "<x@y.z>",
        "<?",
    ]
)


@given(st.lists(pieces, max_size=14).map("".join))
def test_nothing_is_live_however_it_is_put_together(text: str) -> None:
    made = neutral(text)
    assert not live(made), made
    assert not live(f"{made}\n\n- and more") or made.endswith("```")
