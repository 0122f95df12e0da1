"""What somebody changed in the file of an article: its bytes read back, or why they cannot be.

The file is made by `render/kb_view.py`. Its line `nc:` names the article, the heads that the file
shows, and `sha`, the SHA-256 of all other lines: a file is edited where that is another one.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from git_naturecode import ids
from git_naturecode.domain.fold import MOST_NAMED
from git_naturecode.domain.kb import texts
from git_naturecode.domain.kb.model import MOST_TEXT, TYPES
from git_naturecode.store import entry as entries
from git_naturecode.store import yaml_scan

RENDERER = 1
"""What the files look like; a file by a later renderer stays as it is."""
MOST_BYTES = MOST_TEXT + 2 * yaml_scan.MAX_BYTES
"""Bytes of a file that is read at all."""
MOST_TAG = 60
"""Characters of a tag that somebody may write into a file."""
_MOST_SHOWN, _MOST_TAGS = 1_000, 200
_COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FENCE = re.compile(r"---[ \t]*")
_CLOSED = re.compile(r"(?:---|\.\.\.)[ \t]*")
_NC = re.compile(r"^nc:[^\n]*\n", re.M)
_VERSION = re.compile(rb"^nc: \{v: ([0-9]{1,9}),|^<!-- nc: \{[^\n]*\"v\":([0-9]{1,9})[,}]", re.M)
_LEADS = re.compile(r"<!-- nc: (\{[^\n]{1,2000}\}) -->")
_HEX = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_SHORT = 12
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OURS = ("author", "created", "type")  # `updated` is older in a file that is behind


class Block(NamedTuple):
    """The line `nc:`: the renderer, the article, the heads that the file shows, what it says.

    `title` and `tags` are short hashes of these, which tell what of the two was changed.
    """

    version: int
    id: str
    heads: tuple[str, ...]
    sha: str
    title: str
    tags: str


class Untouched(NamedTuple):
    """A file as it was made."""

    block: Block


class Edited(NamedTuple):
    """What a file says that is not as it was made; None: the same.

    `others` are the lines, by name, that no edit of the file changes.
    """

    block: Block
    text: str
    title: str | None
    tags: tuple[str, ...] | None
    others: dict[str, str]


class Fresh(NamedTuple):
    """A text that names no article: a new one. `title` and `type` are "" where it says none."""

    title: str
    type: str
    tags: tuple[str, ...]
    text: str


class Leading(NamedTuple):
    """A page that leads from a former name of an article to its file `to`; nothing to edit."""

    id: str
    to: str
    is_sound: bool


class Wrong(NamedTuple):
    """Why a file cannot be read: the line (from 1; 0: the whole file) and one sentence."""

    line: int
    why: str


Read = Untouched | Edited | Fresh | Leading | Wrong


def read(data: bytes) -> Read:
    """What the file `data` says, whatever editor has written it; nothing in it is run or built."""
    if len(data) > MOST_BYTES:
        return too_long(len(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Wrong(data.count(b"\n", 0, error.start) + 1, "it is not UTF-8 text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _CONTROL.search(text):
        what = f"a character that belongs into no text (0x{ord(found[0]):02x})"
        return Wrong(text.count("\n", 0, found.start()) + 1, what)
    if leads := _leads(text):
        return leads
    first, _, rest = text.partition("\n")
    if not _FENCE.fullmatch(first):
        return _fresh({}, text)
    lines = rest.split("\n")
    end = next((n for n, one in enumerate(lines) if _CLOSED.fullmatch(one)), None)
    if end is None:
        return Wrong(1, "its front matter has no end, which is a line with `---` alone")
    body = "\n".join(lines[end + 1 :])
    return _parts(text, "".join(f"{one}\n" for one in lines[:end]), body.removeprefix("\n"))


def text_of(data: bytes) -> str:
    """The text in the file `data`, which `read` has read."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return ended(_split(text)[1])


def tags_of(data: bytes) -> tuple[str, ...]:
    """The tags in the front matter of the file `data`; none where that cannot be read."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    values = _values(_split(text)[0])
    found = _tags(values.get("tags")) if isinstance(values, dict) else None
    return () if found is None or isinstance(found, Wrong) else found


def _split(text: str) -> tuple[str, str]:
    """Front matter and text."""
    _, _, rest = text.partition("\n")
    lines = rest.split("\n")
    end = next((n for n, one in enumerate(lines) if _CLOSED.fullmatch(one)), len(lines))
    body = "\n".join(lines[end + 1 :])
    return "".join(f"{one}\n" for one in lines[:end]), body.removeprefix("\n")


def ended(text: str) -> str:
    """`text` with a line break at its end, unless it is empty."""
    return text if not text or text.endswith("\n") else f"{text}\n"


def visible(text: str) -> str:
    """`text` as its file shows it: what would command a terminal, or put words into another order
    than they are in, is written out; all else stays, so that no edit changes it."""
    return _COMMANDING.sub(_written, text)


def one_line(text: str) -> str:
    """`text` on one line, as the front matter of a file shows it."""
    return visible(" ".join(text.split()))[:_MOST_SHOWN]


def shown_tags(tags: Iterable[str]) -> list[str]:
    """`tags` as a file shows them."""
    return [one_line(one) for one in tags][:_MOST_TAGS]


def digest(text: str) -> str:
    """The SHA-256 of a file without its line `nc:`, whether or not its last line is ended."""
    return hashlib.sha256(ended(text).encode("utf-8", "replace")).hexdigest()


def short(text: str) -> str:
    """A short hash of one line of a file."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_SHORT]


def short_of(texts: Iterable[str]) -> str:
    """A short hash of several words, in any order."""
    return short(json.dumps(sorted(set(texts))))


def version(data: bytes) -> int:
    """The renderer that made the file `data`; 0 where it is not said."""
    found = _VERSION.search(data)
    return int(found[1] or found[2]) if found else 0


def too_long(size: int) -> Wrong:
    """What is wrong with a file of `size` bytes."""
    found = f"{size / (1 << 20):.1f} MiB" if size >= 1 << 20 else f"{size:,} bytes"
    return Wrong(0, f"it has {found}, and the text of an article has at most 1 MiB")


def leading(article: str, to: str, first: str) -> str:
    """The second line of a page that leads to the file `to` of `article`; `first` is the first."""
    said = {"id": article, "sha": digest(first), "to": to, "v": RENDERER}
    text = entries.header_line(said)
    return f"<!-- nc: {text} -->"


def _leads(text: str) -> Leading | None:
    """`text` as a page that leads elsewhere; None where it is none."""
    first, _, second = text.partition("\n")
    found = _LEADS.match(second)
    if not found:
        return None
    try:
        said = json.loads(found[1])
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not all(isinstance(said.get(k), str) for k in ("id", "to")):
        return None
    sound = said.get("sha") == digest(first) and second.rstrip("\n") == found[0]
    return Leading(said["id"], said["to"], sound)


def _parts(text: str, front: str, body: str) -> Read:
    values = _values(front)
    if isinstance(values, Wrong):
        return values
    if "nc" not in values:
        return _fresh(values, body)
    block = _block(values["nc"])
    if block is None:
        return Wrong(
            _line_of(front, "nc"),
            "its line `nc:` is damaged: undo that, or take the line out to begin a new article",
        )
    if block.version > RENDERER:
        return Wrong(_line_of(front, "nc"), "a newer git-naturecode made it: install that one")
    if digest(_NC.sub("", text, count=1)) == block.sha:
        return Untouched(block)
    title, tags = _title(values.get("title"), block.title), _tags(values.get("tags"), block.tags)
    if isinstance(title, Wrong):
        return Wrong(_line_of(front, "title"), title.why)
    if isinstance(tags, Wrong):
        return Wrong(_line_of(front, "tags"), tags.why)
    if (size := len(body.encode())) > MOST_TEXT:
        return too_long(size)
    others = {name: values[name] for name in _OURS if isinstance(values.get(name), str)}
    return Edited(block, ended(body), title, tags, others)


def _fresh(values: dict[str, Any], body: str) -> Fresh | Wrong:
    if (size := len(body.encode())) > MOST_TEXT:
        return too_long(size)
    title, tags = _title(values.get("title")), _tags(values.get("tags"))
    if isinstance(title, Wrong):
        return title
    if isinstance(tags, Wrong):
        return tags
    said = values.get("type")
    return Fresh(
        title or one_line(texts.title_of(body))[:texts.MOST_TITLE],
        said if said in TYPES else "", tags or (), ended(body),
    )  # fmt: skip


def _values(front: str) -> dict[str, Any] | Wrong:
    """The YAML of the front matter as texts, and lists and mappings of texts."""
    import yaml  # 60 ms, paid only where a file was edited

    data = front.encode()
    if fault := yaml_scan.fault(data):
        return Wrong(fault[0] + 1, fault[1])  # its first line is the second of the file
    try:
        found = yaml.load(data, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return Wrong(mark.line + 2 if mark else 2, "its front matter cannot be read")
    if found is None or found == "":
        return {}
    if not isinstance(found, dict):
        return Wrong(2, "its front matter is no list of `name: value`")
    return {key: value for key, value in found.items() if isinstance(key, str)}


def _block(said: Any) -> Block | None:
    if not isinstance(said, dict):
        return None
    heads = said.get("heads")
    texts = [said.get(name, "") for name in ("v", "id", "sha", "title", "tags")]
    if not all(isinstance(one, str) for one in texts) or not isinstance(heads, list):
        return None
    number, name, sha, title, tags = texts
    known = len(heads) <= MOST_NAMED and all(
        isinstance(one, str) and entries.ID.fullmatch(one) for one in heads
    )
    is_article = ids.ENTITY.fullmatch(name) and name.startswith("kb-")
    if not (known and is_article and _HEX.fullmatch(sha) and _NUMBER.fullmatch(number)):
        return None
    return Block(int(number), name, tuple(heads), sha, title, tags)


def _title(said: Any, was: str = "") -> str | Wrong | None:
    """The title that a file says, None where it has none or the one with the short hash `was`."""
    if said is None or said == "":
        return None
    if not isinstance(said, str):
        return Wrong(2, "its title is no text: put it into quotes")
    found = " ".join(said.split())
    if short(found) == was:
        return None
    if len(found) > texts.MOST_TITLE:
        return Wrong(2, f"a title has {texts.MOST_TITLE} characters at most, and not {len(found)}")
    return found


def _tags(said: Any, was: str = "") -> tuple[str, ...] | Wrong | None:
    """The tags that a file says, None where it says none or those with the short hash `was`."""
    if said is None:
        return None
    some = said.split(",") if isinstance(said, str) else said
    if not isinstance(some, list) or not all(isinstance(one, str) for one in some):
        return Wrong(2, "its tags are no list of words, as in `tags: [one, two]`")
    found = tuple(dict.fromkeys(one for one in (" ".join(one.split()) for one in some) if one))
    if short_of(found) == was:
        return None
    if any("," in one for one in found):  # `["a, b"]`: no command could name a tag with a comma
        return _tags([part for one in found for part in one.split(",")], was)
    if len(found) > _MOST_TAGS or any(len(one) > MOST_TAG for one in found):
        return Wrong(
            2, f"it has more than {_MOST_TAGS} tags, or one of more than {MOST_TAG} letters"
        )
    return found


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


def _line_of(front: str, name: str) -> int:
    """The line of the file in which `name` is said."""
    lines = front.split("\n")
    return next((n for n, one in enumerate(lines, 2) if one.startswith(f"{name}:")), 2)
