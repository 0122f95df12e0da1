"""The HTML and Markdown exports: readable, complete, and unable to do anything."""

import base64
import hashlib
import re
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from box import Box
from domain.made import BEN, entry, placed
from git_naturecode import ids
from git_naturecode.domain.session import Session, build
from git_naturecode.render import document, html, inert
from render.activity import read

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](&#106;avascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)", "[a](vbscript:x)", "[a](file:///etc/passwd)",
    "![a](https://tracker.example/x.png)", "![a](data:image/png;base64,AA==)", "![a][ref]",
    "[ref]: javascript:alert(1)", "[a][ref]", "<javascript:alert(1)>",
    "<a href='javascript:x'>y</a>", "<base href=//evil.example>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "<iframe srcdoc='<script>x</script>'></iframe>", "<style>*{background:url(//x)}</style>",
    "</style><script>x</script>", "</title><script>x</script>", "--><script>x</script>", "<!-- x",
    "</article></body><script>x</script>", "<details open ontoggle=alert(1)>", '" onclick="x',
    "```\n<script>x</script>\n", "~~~html\n<b>", "<math><mtext><script>x</script>", "<?php x ?>",
    "<![CDATA[<script>]]>", "[x]( https://ok.example 'a\" onmouseover=\"x')", "`<b>`",
    "\x1b[2J\x00",
    "| a |\n|---|\n| <b>x</b> |", "https://plain.example", "<https://auto.example>", "\u202eevil",
    "[relative](../../../etc/passwd)", "[anchor](#x)", "[jump](#m1)", "[](<>)", "[x]()",
    "a\n<form action=//evil>\n<input>",
)  # fmt: skip


def hostile(texts: tuple[str, ...]) -> Session:
    """A session that says `texts` wherever a session can say anything."""
    log = [
        entry(0, "open", title=texts[0], name=texts[-1], origin={"tool": texts[0], "session": "x"})
    ]
    for number, text in enumerate(texts, 1):
        role = ("user", "assistant", "tool", "system", text)[number % 5]
        more = {"model": text, "tool": text, "target": text, "in": text, "t": text}
        log.append(entry(3 * number, "message", text, role=role, **more))
        log.append(entry(3 * number + 1, "comment", text, on=log[-1].id, by=text))
        log.append(entry(3 * number + 2, "react", target=log[-2].id, value=text, by=text))
    last = 3 * len(texts) + 3
    first = f"e{3:02}-device"
    log += [
        entry(last, "redact", target=first, reason=texts[0], by=texts[0]),
        entry(last + 1, "add", field="tags", value=texts[0]),
        entry(last + 2, "set", field="summary", value="\n\n".join(texts[:3])),
        entry(last + 3, "file", path=texts[0], lines=texts[0]),
        entry(last + 4, "edit", texts[0], target=log[-1].header["target"]),
        entry(last + 5, "edit", texts[-1], target=log[-1].header["target"], by=BEN),
        entry(last + 6, "set", field="status", value="closed"),
    ]
    return build(placed(*log))


def as_markdown(text: str) -> str:
    """The Markdown `text` as a reader shows it who lets HTML through."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table"]).render(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_active(text: str) -> None:
    session = hostile((text, "and so on"))
    page = read(html.text(session))
    assert page.found == []
    assert page.tags.count("style") == page.tags.count("title") == 1
    assert page.jumps  # of each message and comment to itself; no text jumps
    assert len(set(page.jumps)) == len(page.jumps)
    assert set(page.jumps) <= set(page.places)
    assert read(as_markdown(document.text(session))).found == []


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_mixture_becomes_active(texts: list[str]) -> None:
    session = hostile((*texts, "".join(texts)))
    assert read(html.text(session)).found == []
    assert read(as_markdown(document.text(session))).found == []


def test_the_reader_of_the_tests_finds_what_is_active() -> None:
    for text in HOSTILE:
        if text.startswith("<") and not text.startswith(("<javascript", "<https")):
            assert read(f"<p>{text}</p>").found, text
    assert read("<!DOCTYPE html><style>x</style><style>y</style>").found == ["<style>"]
    assert read(as_markdown("![a](https://tracker.example/x.png)")).found
    assert read('<a href="data:x">y</a>').found
    assert read('<a href="">y</a>').found
    assert read('<p id="m1"><p id="m1">').found
    assert read('<a href="#m1">y</a>').jumps == ["m1"]


def test_the_policy_allows_the_style_of_the_page_and_nothing_else() -> None:
    text = html.text(hostile(("x",)))
    style = re.search("<style>(.*?)</style>", text, re.S)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert read(text).policy == policy
    assert "prefers-color-scheme: dark" in style[1]
    assert "url(" not in style[1]


def test_a_page_shows_all_that_was_said() -> None:
    log = placed(
        entry(0, "open", title="Retry & jitter", name="Ada"),
        entry(1, "message", "Why *full* jitter?\nSay it.", role="user"),
        entry(2, "message", "Because:\n\n```python\nx < 1\n```", role="assistant", model="a-model"),
        entry(3, "message", "some output", role="tool", tool="Bash", target="ls src", ok=True),
        entry(4, "comment", "See [the paper](https://example.com/paper)", on="e02-device", by=BEN),
        entry(5, "message", "a customer", role="user"),
        entry(6, "redact", target="e05-device", reason="private"),
    )
    session = build(log)
    page = read(html.text(session))
    text = "".join(page.text)
    for wanted in ("Retry & jitter", "Ada", "a-model", "x < 1", "Bash ls src (ok)", "some output",
                   "the paper", BEN, "redacted by Ada on 2026-11-20: private", "#1"):  # fmt: skip
        assert wanted in text
    assert "a customer" not in text
    assert page.links == ["https://example.com/paper"]
    assert {"em", "pre", "details", "aside", "br"} <= set(page.tags)
    plain = document.text(session)
    assert plain.startswith("# Retry \\& jitter\n")
    for wanted in (
        "#### Ada · 2026-11-20 10:00",
        "Why *full* jitter?",
        "```python\nx < 1\n```",
        "- Bash `ls src` (ok)",
        "> See [the paper](https://example.com/paper)",
    ):
        assert wanted in plain
    assert "a customer" not in plain


def test_what_nobody_said_does_not_pass_for_what_was_said() -> None:
    given = '{"file_path": "retry.py"}'
    log = placed(
        entry(0, "open", title="Retry", name="Ada"),
        entry(1, "message", "You are given a skill.", role="user", meta=True),
        entry(2, "message", "Perhaps they want jitter.", role="assistant", model="m", think=True),
        entry(3, "message", "I look at it.", role="assistant", model="m", side=True),
        entry(4, "message", f"{given}\nno such file", role="tool", tool="Read", ok=False,
              target="retry.py", size=12, **{"in": len(given)}),
        entry(5, "message", "", role="tool", tool="Bash", ok=True, size=0),
        entry(6, "set", field="summary", value="Why jitter"),
    )  # fmt: skip
    session = build(log)
    page = read(html.text(session))
    text = "".join(page.text)
    for wanted in ("#1 (added by the tool)", "#2 (reasoning)", "#3 (subagent)", "Why jitter",
                   "Read retry.py (failed, 12 bytes) #4", "Bash (ok, 0 bytes) #5"):  # fmt: skip
        assert wanted in text, wanted
    assert page.places == ["m1", "m2", "m3", "m4", "m5"]
    assert page.jumps == ["m1", "m3"]  # what is folded opens when it is clicked, and no more
    # The reasoning and the call are folded; what the tool was given stands apart from its output.
    assert page.tags.count("details") == 2
    assert f"<pre>{escape(given)}</pre><pre>no such file</pre>" in html.text(session)
    plain = document.text(session)
    assert "2026-11-20 10:00 (added by the tool)" in plain
    assert "2026-11-20 10:00 (reasoning)" in plain


def test_a_call_that_was_edited_is_shown_as_it_is_now() -> None:
    log = placed(
        entry(0, "open", title="Retry"),
        entry(1, "message", "given\ngave", role="tool", tool="Bash", ok=True, **{"in": 5}),
        entry(2, "edit", "edited as a whole", target="e01-device"),
    )
    text = html.text(build(log))
    assert "<pre>edited as a whole</pre>" in text
    assert "(ok) #1 (edited)" in "".join(read(text).text)


def test_who_has_left_keeps_his_name() -> None:
    log = [
        entry(0, "open", title="Retry"),
        entry(1, "join", name="Benjamin", by=BEN),
        entry(2, "message", "Full jitter.", role="user", by=BEN),
        entry(3, "leave", by=BEN, name="Benjamin"),
        entry(4, "leave"),
    ]
    session = build(placed(*log))
    for text in ("".join(read(html.text(session)).text), document.text(session)):
        assert "Benjamin · 2026-11-20 10:00" in text
        assert "Participants" in text
        assert "nobody now" in text


def test_a_derived_summary_ends_after_a_word() -> None:
    log = [entry(0, "open", title="Retry"), entry(1, "message", "Words " * 90, role="user")]
    plain = document.text(build(placed(*log)))
    assert f"*First request and last answer:* {'Words ' * 32}Words…\n" in plain  # of 200 letters


def test_a_text_makes_no_chapter_of_the_page() -> None:
    log = [entry(0, "open", title="Retry"), entry(1, "message", "# A\n\n## B\n\n###### C")]
    page = read(html.text(build(placed(*log))))
    assert page.tags.count("h1") == 1
    assert [tag for tag in page.tags if tag in ("h2", "h3", "h4", "h5", "h6")] == ["h3", "h4", "h6"]


def test_a_summary_that_only_repeats_the_title_is_left_out() -> None:
    for summary, shown in (("Retry  ", 1), ("Retry the right way", 2)):
        log = [entry(0, "open", title="Retry"), entry(1, "set", field="summary", value=summary)]
        text = "".join(read(html.text(build(placed(*log)))).text)
        assert text.replace("<title>", "").count("Retry") == shown + 1  # and in the head


@pytest.mark.parametrize("mark", ["[", "*a_", "> ", "![", "- ", "`", "<", "plain "])
def test_a_text_that_would_take_long_is_shown_as_it_is(mark: str) -> None:
    text = mark * 50_000
    session = build(placed(entry(1, "message", text, role="user")))
    page = read(html.text(session))
    assert page.found == []
    assert "pre" in page.tags
    assert "".join(page.text).count(mark) >= 50_000
    assert f"```\n{text.rstrip()}" in document.text(session) or mark == "`"


def test_inert_knows_what_one_text_does_to_another() -> None:
    assert inert.is_inert("see [1]\n\n[1]: https://example.com")
    assert not inert.is_inert("[1]: javascript:x")
    assert not inert.is_inert("![alone]")
    assert not inert.is_inert("x" * (inert.MOST_CHARACTERS + 1))
    assert inert.is_inert("`![in code](x)` and\n\n```js\n<script>\n```")


def test_the_real_sessions_become_pages_that_do_nothing(box: Box, data: Path) -> None:
    clone = box.ready()
    clone.nc("session", "import", *(str(data / name) for name in ("claude-code", "gemini")))
    with clone.store() as store:
        for session in sorted(clone.ids()):
            found = build(store.read(ids.tail(session), "session"))
            page = read(html.text(found))
            assert page.found == []
            assert len("".join(page.text)) > 500
            assert read(as_markdown(document.text(found))).found == []
