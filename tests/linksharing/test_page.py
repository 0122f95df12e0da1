"""The page of a link, opened by a real browser without a network."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

import browser
from box import Clone
from git_naturecode.render import share_page
from render.test_exports import HOSTILE

SECRET = "the zebra walks at noon"


@pytest.fixture
def talk(clone: Clone) -> str:
    """A shared session."""
    made = clone.start("Zebra & <jitter>")
    clone.nc("session", "say", made, f"Why *full*? {SECRET}")
    clone.nc("session", "say", made, "Because `1 < 2`.", "--role", "assistant")
    return made


def shared(clone: Clone, session: str, *more: str) -> tuple[Path, str]:
    """The file and the key of a new link."""
    told = clone.nc("session", "share", session, "--public", "--json", *more).json
    return clone.path / told["file"], told["key"]


def changed(path: Path, **more: str) -> Path:
    """The same page with something in it changed by hand."""
    text = path.read_text()
    for key, value in more.items():
        text, times = re.subn(rf'"{key}": "[^"]*"', f'"{key}": "{value}"', text)
        assert times == 1
    made = path.with_name("changed.html")
    made.write_text(text)
    return made


def test_a_browser_opens_it_offline_and_shows_what_was_said(clone: Clone, talk: str) -> None:
    path, key = shared(clone, talk, "--expires", "7d")
    raw = path.read_text()
    for text in (SECRET, "Zebra", talk, key, "ada@example.com"):
        assert text not in raw
    found = browser.dom(browser.file(path, key))
    shown = browser.visible(found)
    assert "<title>Zebra &amp; &lt;jitter&gt;</title>" in found
    assert "Why <em>full</em>?" in found
    assert SECRET in shown
    assert "Because 1 < 2." in shown
    assert "encrypted" not in shown


def test_without_its_key_it_says_what_is_missing(clone: Clone, talk: str) -> None:
    path, key = shared(clone, talk)
    wrong = ("A" if key[0] != "A" else "B") + key[1:]
    assert browser.seen(browser.file(path)).startswith("The key is missing: it is the part of")
    for one in (wrong, "%3Cb%3E"):
        shown = browser.seen(browser.file(path, one))
        assert shown.startswith("This page cannot be opened: the key in the link does not fit")
        assert SECRET not in shown


def test_an_edited_date_does_not_open(clone: Clone, talk: str) -> None:
    path, key = shared(clone, talk)
    later = changed(path, expires="2999-01-01T00:00:00.000Z")
    assert browser.seen(browser.file(later, key)).startswith("This page cannot be opened")


def test_after_its_date_it_refuses(clone: Clone, talk: str) -> None:
    path, key = shared(clone, talk, "--expires", "15m")
    address = browser.file(path, key)
    assert SECRET in browser.seen(address)
    # The browser's own time runs ahead: it is open when its time is over.
    over = browser.dom(address, 1_000_000)
    assert browser.visible(over).startswith("This link expired on 20")
    assert SECRET not in over
    past = changed(path, expires="2020-01-01T00:00:00.000Z")
    assert browser.seen(browser.file(past, key)) == (
        "This link expired on 2020-01-01 00:00 UTC. Whoever sent it to you can make a new one."
    )


def test_nothing_in_it_becomes_active(clone: Clone) -> None:
    made = clone.start("x\"><script>document.title='PWNED'</script>")
    for text in HOSTILE:
        if text.strip():
            clone.nc("session", "say", made, "--", text)
    path, key = shared(clone, made)
    raw = path.read_text()
    script = re.findall("<script>(.*?)</script>", raw, re.S)
    style = re.findall("<style>(.*?)</style>", raw, re.S)
    assert len(script) == len(style) == 1
    sums = [
        "sha256-" + base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()
        for one in (script[0], style[0])
    ]
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', raw)
    assert policy
    assert policy[1] == (
        f"default-src 'none'; script-src '{sums[0]}'; style-src '{sums[1]}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert '<meta name="referrer" content="no-referrer">' in raw
    found = browser.dom(browser.file(path, key))
    page = re.search('<main id="page">(.*)</main>', found, re.S)
    assert page, found[-2000:]
    from render.activity import read

    assert read(page[1]).found == []
    assert "PWNED" not in found.split("</title>")[0].replace("document.title='PWNED'", "")


def test_a_notice_and_the_data_of_a_page_stay_text() -> None:
    said = share_page.notice("<b>x</b>")
    assert "&lt;b&gt;x&lt;/b&gt;" in said
    sealed = share_page.Sealed("a", "b", 1, "c", "</pre><script>x</script>")
    text = share_page.text(sealed)
    data = re.search('<pre id="sealed" hidden>(.*?)</pre>', text, re.S)
    assert data
    assert "<" not in data[1]
    assert json.loads(data[1].replace("&lt;", "<").replace("&gt;", ">"))["v"] == 1
