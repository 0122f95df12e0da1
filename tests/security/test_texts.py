"""Texts that would be more than text: in every form in which a session can be looked at."""

import base64
import json
import re
from html import unescape

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from box import Clone
from git_naturecode.store.entry import Draft
from render.activity import read
from render.test_exports import HOSTILE, as_markdown

# The 18 payloads of the study, beside those of the exports.
STUDY = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "[x](  javascript:alert(1))", "[x](java\nscript:alert(1))", "[x](data:text/html,<script>x)",
    "[x](vbscript:msgbox(1))", "[x](file:///etc/passwd)", "![x](https://evil.example/p.png)",
    "![x](javascript:alert(1))", '[x](https://ok.example "onmouseover=alert(1)")',
    "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]", "```html\n<script>alert(1)</script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "<details open ontoggle=alert(1)>x</details>",
    "<math><mi//xlink:href='data:x,<script>x'>", "[x](&#x6A;avascript:alert(1))",
    "<iframe src=//evil.example>", "<object data=x>", "<link rel=stylesheet href=//evil.example>",
    "</pre></main><script>alert(1)</script>", "{{constructor.constructor('alert(1)')()}}",
)  # fmt: skip


@pytest.fixture
def made(clone: Clone) -> str:
    """A session that says all of them wherever it can say something."""
    session = clone.start("x</title><script>alert(1)</script>")
    with clone.store() as store:
        for text in (*STUDY, *HOSTILE):
            drafts = [Draft("message", {"role": "user", "name": text}, text)]
            drafts.append(Draft("message", {"role": "tool", "tool": text, "target": text}, text))
            drafts.append(Draft("comment", {}, text))
            store.write("team", session, drafts)
        store.write("team", session, [Draft("set", {"field": "summary", "value": STUDY[4]})])
    return session


def decrypted(page: str, key: str) -> str:
    """What a browser would put into the page."""
    data = re.search('<pre id="sealed" hidden>(.*?)</pre>', page, re.S)
    assert data
    sealed = json.loads(unescape(data[1]))
    about = json.dumps(
        {name: sealed[name] for name in ("expires", "id", "v")}, separators=(",", ":")
    ).encode()
    box, nonce = base64.b64decode(sealed["box"]), base64.b64decode(sealed["nonce"])
    return AESGCM(base64.urlsafe_b64decode(key + "=")).decrypt(nonce, box, about).decode()


def test_no_form_of_a_session_is_active(clone: Clone, made: str) -> None:
    page = clone.nc("session", "export", made, "--format", "html").out
    assert read(page).found == []
    markdown = clone.nc("session", "export", made, "--format", "markdown").out
    assert read(as_markdown(markdown)).found == []
    clone.nc("folder")
    (file,) = (clone.path / ".naturecode/sessions").rglob("*.md")
    body = file.read_text().split("\n---\n", 1)[1]
    assert [one for one in read(as_markdown(body)).found if one.startswith("<")] == []
    told = clone.nc("session", "share", made, "--public", "--json").json
    shared = decrypted((clone.path / told["file"]).read_text(), told["key"])
    assert read(shared).found == []
    assert shared.count("alert(1)") > 20  # as text
    assert "<script" not in (clone.path / told["file"]).read_text().partition("<script>")[2]


def test_a_text_that_takes_long_to_read_is_shown_as_it_is(clone: Clone) -> None:
    import time

    session = clone.start()
    with clone.store() as store:
        for text in ("[*" * 25_000, "![[]()" * 20_000, "> " * 30_000, "`" * 60_001, "<a " * 20_000):
            store.write("team", session, [Draft("message", {"role": "user"}, text)])
    before = time.process_time()
    for form in ("html", "markdown"):
        clone.nc("session", "export", session, "--format", form)
    clone.nc("session", "share", session, "--public")
    assert time.process_time() - before < 10
