"""An article as a file to read on a forge and to edit in any editor, made of its entries alone.

`domain/kb/edited.py` reads it back and holds the rules of the line `nc:`.
"""

import json
import re

from git_naturecode.domain.fold import MOST_NAMED
from git_naturecode.domain.kb import edited
from git_naturecode.domain.kb.model import FOLDERS, Article

# What YAML reads as this very text, whatever it thinks of numbers, dates and truth.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*")
_STAMP = re.compile(r"[0-9-]{10}T[0-9:]{8}Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_NO_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_IN_LINKS = re.compile(r"[!#$&*<>\[\]\\_`{|}~]")


def path(article: Article, name: str) -> str:
    """Where the file of `article`, shown by `name`, stands on the data branch."""
    return f"kb/{FOLDERS[article.type]}/{name}.md"


def text(article: Article) -> bytes:
    """The file of `article`. The same entries give the same bytes in every clone."""
    body = edited.ended(edited.visible(article.text))
    title, tags = edited.one_line(article.title), edited.shown_tags(article.tags)
    front = [f"title: {_scalar(title)}", f"type: {article.type}"]
    front += [f"tags: [{', '.join(map(_scalar, tags))}]"]
    front += [f"{name}: {_scalar(value)}" for name, value in kept(article).items()]
    front += [f"updated: {_scalar(_time(article.updated))}"]
    whole = "\n".join(["---", *front, "---", "", body])
    block = edited.Block(
        edited.RENDERER, article.id, tuple(article.heads[-MOST_NAMED:]), edited.digest(whole),
        edited.short(title), edited.short_of(tags),
    )  # fmt: skip
    return "\n".join(["---", *front, _block(block), "---", "", body]).encode("utf-8", "replace")


def kept(article: Article) -> dict[str, str]:
    """What the file says of `article` that no edit of the file changes."""
    return {"author": edited.one_line(article.author), "created": _time(article.created)}


def moved(article: Article, to: str) -> bytes:
    """What stands where `article` stood when it had another name: two lines that lead to `to`.

    `to` is a path of the data branch.
    """
    title = _IN_LINKS.sub(r"\\\g<0>", edited.one_line(article.title)) or to
    first = f"This article has another name now: [{title}](../{to.removeprefix('kb/')})\n"
    return f"{first}{edited.leading(article.id, to, first)}\n".encode("utf-8", "replace")


def _block(block: edited.Block) -> str:
    said = {
        "v": str(block.version), "id": block.id,
        "heads": f"[{', '.join(map(_scalar, block.heads))}]", "sha": block.sha,
        "title": block.title, "tags": block.tags,
    }  # fmt: skip
    return f"nc: {{{', '.join(f'{key}: {value}' for key, value in said.items())}}}"


def _scalar(value: str) -> str:
    is_plain = _PLAIN.fullmatch(value) or _STAMP.fullmatch(value)
    if is_plain and value.lower() not in _NO_TEXT:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ufffe\uffff\x85\xa0]", lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _time(value: str) -> str:
    found = _TIME.match(value)
    return f"{found[0]}Z" if found else ""
