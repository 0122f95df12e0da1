"""An article as a file to read on a forge and to edit in any editor, made of its entries alone.

`domain/kb/edited.py` reads it back and holds the rules of the line `nc:`.
"""

import json
import re

from git_naturecode.domain.fold import MOST_NAMED
from git_naturecode.domain.kb import edited
from git_naturecode.domain.kb.model import FOLDERS, Article
from git_naturecode.render.show import line, show

_MOST_TITLE = 1_000
_MOST_TAGS = 200
_MOST_TAG = 200  # characters
# What YAML reads as this very text, whatever it thinks of numbers, dates and truth.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_NO_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_IN_LINKS = re.compile(r"[!#$&*<>\[\]\\_`{|}~]")


def path(article: Article, name: str) -> str:
    """Where the file of `article`, shown by `name`, stands on the data branch."""
    return f"kb/{FOLDERS[article.type]}/{name}.md"


def text(article: Article) -> bytes:
    """The file of `article`. The same entries give the same bytes in every clone.

    Characters that would command a terminal, or put words into another order than they are in,
    are shown as `show` shows them; all others stay, so that an edit changes none of them.
    """
    body = edited.ended(_COMMANDING.sub(lambda found: show(found[0]), article.text))
    title = f"title: {_scalar(_title(article))}"
    tags = f"tags: [{', '.join(map(_scalar, _tags(article)))}]"
    front = [title, f"type: {article.type}", tags, f"author: {_scalar(line(article.author))}"]
    front += [f"created: {_time(article.created)}", f"updated: {_time(article.updated)}"]
    whole = "\n".join(["---", *front, "---", "", body])
    block = edited.Block(
        edited.RENDERER, article.id, tuple(article.heads[-MOST_NAMED:]), edited.digest(whole),
        edited.short(_title(article)), edited.short_of(_tags(article)),
    )  # fmt: skip
    return "\n".join(["---", *front, _block(block), "---", "", body]).encode("utf-8", "replace")


def moved(article: Article, to: str) -> bytes:
    """What stands where `article` stood when it had another name: two lines that lead to `to`.

    `to` is a path of the data branch.
    """
    title = _IN_LINKS.sub(r"\\\g<0>", line(_title(article))) or to
    first = f"This article has another name now: [{title}](../{to.removeprefix('kb/')})\n"
    return f"{first}{edited.leading(article.id, to, first)}\n".encode("utf-8", "replace")


def _title(article: Article) -> str:
    return line(article.title)[:_MOST_TITLE]


def _tags(article: Article) -> list[str]:
    return [line(one)[:_MOST_TAG] for one in article.tags[:_MOST_TAGS]]


def _block(block: edited.Block) -> str:
    said = {
        "v": str(block.version), "id": block.id,
        "heads": f"[{', '.join(map(_scalar, block.heads))}]", "sha": block.sha,
        "title": block.title, "tags": block.tags,
    }  # fmt: skip
    return f"nc: {{{', '.join(f'{key}: {value}' for key, value in said.items())}}}"


def _scalar(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _NO_TEXT:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ufffe\uffff\x85\xa0]", lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _time(value: str) -> str:
    found = _TIME.match(value)
    return f"{found[0]}Z" if found else '""'
