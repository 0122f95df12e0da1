"""The page of a share link: a sealed session that a browser opens with the key in its address.

One file that fetches nothing. The key stands behind the `#`, a part of an address that browsers
never send. The page refuses after its date; the date is authenticated with the text.
"""

import base64
import hashlib
import json
from html import escape
from typing import NamedTuple

from git_naturecode.render.html import STYLE

_STYLE = STYLE + "#state { font-size: 1.1rem; margin: 3rem 0; } [hidden] { display: none; }\n"
_SCRIPT = r"""
"use strict";
const sealed = JSON.parse(document.getElementById("sealed").textContent);
const state = document.getElementById("state");
const page = document.getElementById("page");
const until = sealed.expires.slice(0, 16).replace("T", " ") + " UTC";

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const tell = (text) => {
  page.replaceChildren();
  page.hidden = true;
  state.textContent = text;
  state.hidden = false;
  document.title = "A shared session";
};
const isOver = () => !(Date.now() < Date.parse(sealed.expires));
const tellOver = () => tell("This link expired on " + until +
  ". Whoever sent it to you can make a new one.");

const keyOf = (fragment) => {
  const key = bytes(fragment);
  if (key.length !== 32) throw new Error("not a key");
  return sealed.half ? key.map((one, place) => one ^ bytes(sealed.half)[place]) : key;
};
const open = async () => {
  if (isOver()) return tellOver();
  const fragment = location.hash.slice(1);
  if (!fragment) return tell("The key is missing: it is the part of the link behind the #. " +
    "Open the whole link, as it was sent to you.");
  if (!globalThis.crypto || !crypto.subtle) return tell("This browser decrypts nothing here. " +
    "Use a current one, and open the page as a file or by an https address.");
  try {
    const raw = keyOf(fragment);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const about = JSON.stringify({ expires: sealed.expires, id: sealed.id, v: sealed.v });
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(sealed.nonce),
      additionalData: new TextEncoder().encode(about) }, key, bytes(sealed.box));
    page.innerHTML = new TextDecoder().decode(plain);
  } catch {
    return tell("This page cannot be opened: the key in the link does not fit, or the file was " +
      "changed or is not whole.");
  }
  document.title = page.querySelector("h1").textContent;
  state.hidden = true;
  page.hidden = false;
};
// A jump inside the page would put its own name in the place of the key.
page.addEventListener("click", (event) => {
  const jump = event.target.closest('a[href^="#"]');
  if (!jump) return;
  event.preventDefault();
  const place = document.getElementById(jump.getAttribute("href").slice(1));
  if (place) place.scrollIntoView();
});
addEventListener("hashchange", open);
setInterval(() => { if (!page.hidden && isOver()) tellOver(); }, 10000);
open();
"""


def _sum(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


POLICY = (
    f"default-src 'none'; script-src '{_sum(_SCRIPT)}'; style-src '{_sum(_STYLE)}'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)


class Sealed(NamedTuple):
    """A bundle (crypto/bundle) and what is said about it in the clear.

    `half` is "" or the half of the key that is not in the link; all data are base64.
    """

    id: str
    expires: str
    v: int
    nonce: str
    box: str
    half: str = ""


def text(sealed: Sealed) -> str:
    """The page that opens `sealed`; nothing of the session is in it, its name neither."""
    data = json.dumps({key: value for key, value in sealed._asdict().items() if value != ""})
    return _page(
        f'<p id="state">This session is encrypted.</p>\n<main id="page" hidden></main>\n'
        "<noscript><p>It takes JavaScript to decrypt it here, in this browser.</p></noscript>\n"
        f'<pre id="sealed" hidden>{escape(data, quote=False)}</pre>\n<script>{_SCRIPT}</script>\n'
    )


def notice(said: str) -> str:
    """A page that has only something to say."""
    return _page(f'<p id="state">{escape(said)}</p>\n')


def _page(body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>A shared session</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{body}</body>\n</html>\n"
    )
