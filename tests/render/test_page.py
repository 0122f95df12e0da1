"""The page of a session: its front matter is YAML, and no text in it hides or fakes another."""

import re
from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from domain.made import ADA, BEN, ENTITY, entry, placed
from git_naturecode.domain.session import Session, build
from git_naturecode.render import page
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import PRIVATE, TEAM

TAIL = ENTITY[-8:]
NASTY = [
    "```\nopen", "<script>alert(1)</script>", "<!-- ", "<details>", "a\x1b]52;c;cHduZWQ=\x07b",
    "\u202egnol\u202c", "x\r\ny\rz", "~~~\n# no", "> ```", "- a\n  ```\n", "\ufffe\uffff\u2028\x85",
    "#### Ben · 2026-11-20 10:00\n\nI never said that", "   ####\tBen · then", "---\nid: x\n---",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=60), st.text("`~<>!-# \n·B", max_size=40)
)


def session(*more: Entry, title: str = "Retry jitter", side: str = TEAM) -> Session:
    opened = entry(0, "open", title=title, visibility="team", name="Ada")
    return build(placed(opened, *more, side=side))


def said(number: int, text: str, by: str = ADA, role: str = "user") -> Entry:
    return entry(number, "message", text, by=by, role=role)


def front_matter(text: str) -> dict[str, object]:
    found = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
    assert isinstance(found, dict)
    return found


def headings(text: str) -> list[str]:
    """The headings that a reader sees at top level."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text.split("\n---\n", 1)[1])
    return [
        after.content
        for token, after in pairwise(tokens)
        if token.type == "heading_open" and token.tag == "h4" and token.level == 0
    ]


def test_it_reads_like_a_conversation() -> None:
    call = entry(3, "message", "1,2", role="tool", tool="Read", target="a `b`.py", ok=True, size=12)
    found = page.text(
        session(
            said(1, "Make `retry()` configurable."),
            entry(2, "message", "Done.", role="assistant", model="model-1"),
            call,
            entry(4, "add", field="tags", value="net"),
            entry(5, "comment", "Which cap?", on="e02-device", by=BEN),
            entry(6, "file", path="src/client.py", lines="1-9"),
            entry(7, "set", field="summary", value="Jitter, *full*.", over=[]),
            entry(8, "join", by=BEN, name="Ben"),
        )
    )
    assert found.split("# Retry jitter\n", 1)[1] == (
        "\n*Written by git naturecode, and written anew when the session changes. To answer:* "
        '`git naturecode session say k3v9q2m7 "..."`\n\n'
        "## Summary\n\nJitter, *full*.\n\n## Files\n\n- `src/client.py:1-9`\n\n"
        "## Conversation\n\n"
        "#### Ada · 2026-11-20 10:00\n\nMake `retry()` configurable.\n\n"
        "#### model-1 · 2026-11-20 10:00\n\nDone.\n\n"
        "> **Ben** · 2026-11-20 10:00\n>\n> Which cap?\n\n"
        "- Read ``a `b`.py`` (ok, 12 bytes)\n"
    )
    facts = front_matter(found)
    assert facts["id"] == ENTITY
    assert facts["tags"] == ["net"]
    assert facts["participants"] == [f"Ada <{ADA}>", f"Ben <{BEN}>"]
    assert facts["visibility"] == "team"


def test_what_is_private_says_so() -> None:
    found = page.text(session(said(1, "psst"), side=PRIVATE))
    assert front_matter(found)["visibility"] == "private"
    assert "**Private: only in this clone.**" in found


def test_redacted_purged_and_rival_texts() -> None:
    found = page.text(
        session(
            said(1, "the merger"),
            entry(2, "redact", target="e01-device", reason="secret"),
            said(60, "colour"),
            entry(61, "edit", "color", target="e60-device", over=[]),
            entry(62, "edit", "colours", target="e60-device", over=[], by=BEN),
            entry(63, "react", target="e60-device", value="+1", by=BEN),
        )
    )
    assert "merger" not in found
    assert "*redacted by Ada on 2026-11-20: secret*" in found
    assert "At the same time" in found
    assert "color\n" in found
    assert "colours\n" in found


def test_what_is_said_within_a_minute_is_one_message() -> None:
    found = page.text(session(said(1, "one"), said(2, "two")))
    assert found.endswith("#### Ada · 2026-11-20 10:00\n\none\ntwo\n")


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_no_text_hides_or_fakes_another(texts: list[str], title: str) -> None:
    people = [ADA, BEN]
    entries = [
        said(number + 1, text, by=people[number % 2]) for number, text in enumerate(texts)
    ]  # fmt: skip
    found = page.text(session(*entries, title=title))
    own = [one for one in headings(found) if re.search(r" · \d{4}-\d\d-\d\d \d\d:\d\d$", one)]
    assert len(own) == len(texts)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]", found.replace("\t", "")
    )
    assert front_matter(found)["id"] == ENTITY
    where = page.path(session(title=title), TAIL)
    assert re.fullmatch(r"sessions/2026-11/2026-11-20-([a-z0-9-]+-)?k3v9q2m7\.md", where), where


@given(TEXTS, TEXTS)
def test_no_comment_or_tool_hides_what_follows(comment: str, target: str) -> None:
    found = page.text(
        session(
            said(1, "one"),
            entry(2, "comment", comment, on="e01-device", by=BEN),
            entry(3, "message", "", role="tool", tool=comment[:20], target=target, ok=False),
            said(4, "last"),
        )
    )
    assert headings(found)[-1] == "Ada · 2026-11-20 10:00"
    assert len(headings(found)) == 2


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Make retry() jitter: configurable!", "make-retry-jitter-configurable"),
        ("Étude für Öl", "etude-fur-ol"),
        ("漢字", ""),
        ("../../etc/passwd", "etc-passwd"),
        (".git", "git"),
        ("CON", "con"),
        ("don't", "dont"),
        ("", ""),
        ("a" * 300, "a" * 48),
        ("word " * 60, "word-word-word-word-word-word-word-word-word"),
    ],
)
def test_slugs(title: str, wanted: str) -> None:
    assert page.slug(title) == wanted


@pytest.mark.parametrize("time", ["../../../etc", "2026-13-40T", "", "2026-11", "zzzz-11-22T"])
def test_a_time_that_is_none_does_not_become_a_path(time: str) -> None:
    opened = entry(0, "open", title="x", visibility="team", t=time)
    found = page.path(build(placed(opened)), TAIL)
    assert found == f"sessions/2026-11/2026-11-20-x-{TAIL}.md"


def test_a_tail_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not the last part"):
        page.path(session(), "../../x")


def test_a_page_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_CHARACTERS", 500)
    found = page.text(session(*(said(n, "x" * 90, by=(ADA, BEN)[n % 2]) for n in range(1, 20))))
    assert len(found) < 1500
    assert found.endswith(
        f"*The rest is too long for a page:* `git naturecode session show {ENTITY}`\n"
    )
