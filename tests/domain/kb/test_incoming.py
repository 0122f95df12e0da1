"""Markdown files from elsewhere as articles: front matter, titles, decisions, their links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_naturecode import clock
from git_naturecode.domain.kb import front
from git_naturecode.domain.kb.incoming import document
from git_naturecode.domain.kb.reaiming import Aim, Page, Sources, aimed

YAML = """---
title: "Retry: how"
type: practice
tags: [ci, "b c", 7, ci]
categories: net
author: {name: Jane, email: jane@example.com}
date: 2024-02-03T04:05:06+02:00
weight: 3
---

# Heading

text
"""
TOML = """+++
title = "Retry"
tags = ["ci"]
date = 2024-02-03
draft = true
[params]
x = 1
+++
text
"""


def test_front_matter_in_yaml_says_what_an_article_is() -> None:
    made = document("docs/x.md", YAML)
    assert (made.title, made.type, made.author) == ("Retry: how", "practice", "jane@example.com")
    assert made.tags == ("ci", "b c", "7", "net")
    assert made.time_ms == 1706925906000
    assert made.text == "# Heading\n\ntext\n"
    assert (made.dropped, made.problem) == (("weight",), "")


def test_front_matter_in_toml() -> None:
    made = document("x.md", TOML)
    assert (made.title, made.tags, made.text) == ("Retry", ("ci", "draft"), "text\n")
    assert made.time_ms == 1706918400000
    assert made.dropped == ("params",)


@pytest.mark.parametrize(("told", "tags"), [
    ("tags: a, b", ("a", "b")), ("tags: '#a #b/c'", ("a", "b/c")), ("tags:\n- a\n- [x]", ("a",)),
    ("tags:", ()), ("tags: {a: b}", ()), ("tag: solo", ("solo",)), ("keywords: [x]", ("x",)),
    ("tags: ['a,b', '" + "x" * 61 + "', ok]", ("ok",)),
])  # fmt: skip
def test_tags_as_people_write_them(told: str, tags: tuple[str, ...]) -> None:
    assert document("x.md", f"---\n{told}\n---\ntext\n").tags == tags


@pytest.mark.parametrize("block", [
    "a: &a [1]\nb: [*a, *a]", "a: !!python/object/apply:os.system [x]", "[" * 5000, "a: [",
    "- a list", "just words", "a: " + "x" * 70_000, "{" * 200 + "}" * 200, "? [a]\n: {b: [c",
])  # fmt: skip
def test_front_matter_that_is_none_or_built_to_hurt_stays_text(block: str) -> None:
    text = f"---\n{block}\n---\nbody\n"
    found = front.read(text)
    assert found.text == text
    assert found.problem
    assert document("x.md", text).problem == found.problem


@pytest.mark.parametrize("block", ["x = " + "[" * 5000, "x = ", "[a", "x = 1\nx = 2"])
def test_toml_that_is_none_or_built_to_hurt_stays_text(block: str) -> None:
    text = f"+++\n{block}\n+++\nbody\n"
    assert front.read(text).text == text
    assert front.read(text).problem


@given(st.text(alphabet="-+\n abc:[]{}&*!#'\"0", max_size=60))
def test_any_front_matter_is_read_or_left(block: str) -> None:
    for mark in ("---", "+++"):
        text = f"{mark}\n{block}\n{mark}\nbody\n"
        assert front.read(text).text.endswith("body\n")
        document("x.md", text)


@pytest.mark.parametrize(("path", "text", "title"), [
    ("a/my_page-name.md", "text\n", "My page name"), ("guide/README.md", "x\n", "Guide"),
    ("x.md", "intro\n\n# The `title` #\n", "The `title`"), ("x.md", "## second\n", "X"),
    ("x.md", "```\n# no\n```\n", "X"), ("x.md", "Top\n===\n", "Top"),
    ("0001-use-git.md", "x", "0001 use git"),
    ("x.md", "# ![b](https://b.io/x.svg) [Tool](https://t.io) <br> 2\n", "Tool 2"),
])  # fmt: skip
def test_a_title_is_found(path: str, text: str, title: str) -> None:
    assert document(path, text).title == title


def test_a_page_of_a_wiki_is_called_as_its_file() -> None:
    assert document("Page-Name.md", "# Something else\n", wiki=True).title == "Page Name"


@pytest.mark.parametrize(("path", "type"), [
    ("snippets/x.md", "snippet"), ("docs/best-practices/a/x.md", "practice"), ("FAQ.md", "faq"),
    ("docs/faq/x.md", "faq"), ("x.md", "article"),
])  # fmt: skip
def test_folders_say_of_what_type_their_files_are(path: str, type: str) -> None:
    assert document(path, "x\n").type == type


@pytest.mark.parametrize(("path", "text", "tags"), [
    ("docs/adr/0001-x.md", "# 1. X\n\n## Status\n\nAccepted\n\n## Context\n\nx\n",
     ("adr", "accepted")),
    ("d/0002-x.md", "# X\n## Status\n**Superseded** by [3](3.md)\n## Context\n## Decision\n",
     ("adr", "superseded")),
    ("adr/0003-x.md", "---\nstatus: proposed\n---\n# X\n\n## Context and Problem Statement\n",
     ("adr", "proposed")),
    ("a/x.md", "# X\n* Status: rejected\n\n## Context and Problem Statement\n## Decision Outcome\n",
     ("adr", "rejected")),
    ("adr/README.md", "# Decisions\n", ()), ("adr/0001-notes.md", "# Notes\n", ()),
    ("x.md", "# X\n\n## Status\n\nfine\n", ()),
])  # fmt: skip
def test_records_of_decisions_are_known(path: str, text: str, tags: tuple[str, ...]) -> None:
    assert document(path, text).tags == tags


@pytest.mark.parametrize(("said", "day"), [
    ("Date: 2024-02-12", "2024-02-12"), ("* **Date:** 2024-02-12", "2024-02-12"), ("x", ""),
    ("Date: soon", ""), ("`Date: 2024-02-12`", ""), ("Date: 2024-13-40", ""),
])  # fmt: skip
def test_a_record_of_a_decision_says_when_it_was_made(said: str, day: str) -> None:
    text = f"# 1. X\n\n{said}\n\n## Status\n\nAccepted\n\n## Context\n\n## Decision\n"
    made = document("adr/0001-x.md", text).time_ms
    assert (clock.iso(made)[:10] if made else "") == day
    assert document("notes.md", f"# X\n\n{said}\n").time_ms == 0


@pytest.mark.parametrize("long", [
    "Status:" + "*" * 500_000, "Status" + " " * 500_000, "## Status" + " " * 500_000 + "x",
    "## Status\n" + "- " * 250_000, "Date:" + "* " * 250_000, "Date" + " " * 500_000,
])  # fmt: skip
def test_what_is_built_to_be_looked_at_for_long_is_read_at_once(long: str) -> None:
    text = f"# X\n\n{long}\n\n## Context\n\n## Decision\n"
    assert document("adr/0001-x.md", text).tags[:1] == ("adr",)


PAGES = {
    "index.md": Page("article", "home"), "guide/README.md": Page("article", "guide"),
    "guide/Set Up.md": Page("faq", "set-up"), "Page-Name.md": Page("article", "page-name"),
}  # fmt: skip
SOURCES = Sources(
    PAGES, [(path, [path.rpartition("/")[2][:-3]]) for path in PAGES], ["img/a.png", "src/x.py"]
)


def led(text: str, path: str = "guide/README.md", prefix: str | None = None) -> str:
    return aimed(text, Aim(SOURCES, path, "article", lambda one: f"@{one}", prefix))


@pytest.mark.parametrize(("text", "wanted"), [
    ("[x](../index.md#p)", "[x](home.md#p)"), ("[x](Set%20Up.md)", "[x](../faqs/set-up.md)"),
    ("[x](/Page-Name.md)", "[x](page-name.md)"), ("[x](../guide/)", "[x](guide.md)"),
    ("[x](../page-name)", "[x](page-name.md)"), ("[[Page Name]]", "[Page Name](page-name.md)"),
    ("[[shown|Page Name]]", "[shown](page-name.md)"),
    ("[[Page Name|shown]]", "[shown](page-name.md)"),
    ("[[Set Up#In a box]]", "[Set Up](../faqs/set-up.md#in-a-box)"),
    ("![x](../img/a.png)", "![x](@img/a.png)"), ("![[a.png]]", "![a.png](@img/a.png)"),
    ("<img src=\"../img/a.png\">", "<img src=\"@img/a.png\">"),
    ("[x]: ../index.md", "[x]: home.md"),
    ("[x](https://example.com/o/p/wiki/Page-Name#q)", "[x](page-name.md#q)"),
])  # fmt: skip
def test_links_lead_to_what_files_became(text: str, wanted: str) -> None:
    assert led(text) == wanted


@pytest.mark.parametrize("text", [
    "[[Nowhere]]", "[x](../../../../etc/passwd)", "![x](../../../etc/passwd)", "`[[Page Name]]`",
    "[x](https://example.com/index.md)", "[x](#part)", "[x](?q=1)", "[x](missing.md)",
    "![x](/etc/passwd)", "[x](a\0b.md)", "[[|]]", "![[../../.ssh/id]]",
])  # fmt: skip
def test_what_leads_nowhere_or_out_of_the_folder_stays(text: str) -> None:
    assert led(text) == text


def test_code_of_this_repository_is_named_from_its_top() -> None:
    assert led("[x](../src/x.py#L3)", prefix="") == "[x](src/x.py#L3)"
    assert led("[x](../src/x.py)", prefix=None) == "[x](@src/x.py)"
    assert led("[x](../../../../x.py)", prefix="") == "[x](../../../../x.py)"
