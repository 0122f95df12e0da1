"""The path grammar of the data branch: where a log stands, and what may stand there at all."""

import re

SEGMENT = re.compile(
    r"log/(?P<kind>[a-z]{2,16})/(?P<r0>.)/(?P<r1>.)/(?P<r2>.)/"
    r"(?P<entity>(?P=kind)-[0-9]{8}-(?P=r0)(?P=r1)(?P=r2)[0-9a-hjkmnp-tv-z]{5})/"
    r"(?P<device>[0-9a-hjkmnp-tv-z]{16})\.(?P<number>[0-9]{4}|[1-9][0-9]{4,5})\.md"
)
TRUST = re.compile(
    r"log/trust/(?P<two>[0-9a-hjkmnp-tv-z]{2})/(?P<device>(?P=two)[0-9a-hjkmnp-tv-z]{14})"
    r"\.(?P<number>(?!0000)[0-9]{4}|[1-9][0-9]{4,5})\.jsonl"
)
FILE = re.compile(r"files/(?P<two>[0-9a-f]{2})/(?P<sha256>(?P=two)[0-9a-f]{62})")
VIEW = re.compile(
    r"kb/(?:articles|snippets|practices|faqs)/(?P<article>[^/]+)\.md"
    r"|prompts/(?P<slug>[^/]+)\.md|(?:team|projects)/(?P<slug2>[^/]+)\.yml"
)
ROOT_FILES = frozenset({"README.md", ".gitattributes"})

_ENTITY = re.compile(r"([a-z]{2,16})-[0-9]{8}-([0-9a-hjkmnp-tv-z]{8})")
_DEVICE = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_MOST_BYTES = 200  # of the name of an article's file, in any script
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")  # letters that nobody sees
# Windows reserves these whatever the extension, so that `con.md` could not be checked out there.
_WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(?:\.|$)")


def entity_folder(entity: str) -> str:
    """The folder of all segments about `entity`; ValueError when that is not an entity id."""
    kind, random = _entity_parts(entity)
    return f"log/{kind}/{random[0]}/{random[1]}/{random[2]}/{entity}"


def segment_path(entity: str, device: str, number: int) -> str:
    """The path of segment `number` (from 1) that `device` writes about `entity`."""
    if not _DEVICE.fullmatch(device):
        raise ValueError(f"not a device id: {device!r}")
    if not 1 <= number <= 999_999:
        raise ValueError(f"not a segment number: {number}")
    return f"{entity_folder(entity)}/{device}.{number:04d}.md"


def trust_path(device: str, number: int = 1) -> str:
    """The path of part `number` (from 1) of the trust log of `device`."""
    if not _DEVICE.fullmatch(device):
        raise ValueError(f"not a device id: {device!r}")
    if not 1 <= number <= 999_999:
        raise ValueError(f"not a segment number: {number}")
    return f"log/trust/{device[:2]}/{device}.{number:04d}.jsonl"


def parse_segment_path(path: str) -> tuple[str, str, int] | None:
    """(entity, device, number) of a segment's path, or None when `path` is not one."""
    found = SEGMENT.fullmatch(path)
    if not found or found["kind"] == "trust":
        return None
    number = int(found["number"])
    return (found["entity"], found["device"], number) if number else None


def is_told(path: str) -> bool:
    """True for the logs that people are told the number of: those of what was said."""
    return path.startswith("log/") and not path.startswith("log/trust")


def is_slug(name: str) -> bool:
    """True when `name` may be the name of a view on every file system."""
    return bool(
        _SLUG.fullmatch(name) and not name.endswith(".") and not _WINDOWS_DEVICES.match(name)
    )


def is_article_name(name: str) -> bool:
    """True when the file of an article may be called `name`: a slug, or one in another script.

    Letters and digits in one spelling only (NFC, small letters), so that no two of them are one
    file on a system that does not tell spellings apart, and nothing in it is invisible.
    """
    if name.isascii():
        return is_slug(name)
    import unicodedata

    if len(name.encode("utf-8", "surrogatepass")) > _MOST_BYTES or not name[0].isalnum():
        return False
    if unicodedata.normalize("NFC", name) != name or name.casefold() != name:
        return False
    plain = name.replace("-", "").replace(".", "").replace("_", "")
    return not name.endswith(".") and all(
        (one.isalnum() or unicodedata.category(one)[0] == "M") and one not in _UNSEEN
        for one in plain
    )


def allowed(path: str) -> bool:
    """True when `path` may stand on the data branch; everything else stays out."""
    if path in ROOT_FILES or parse_segment_path(path) or TRUST.fullmatch(path):
        return True
    view = VIEW.fullmatch(path)
    if view:
        article = view["article"]
        return is_article_name(article) if article else is_slug(view["slug"] or view["slug2"])
    return bool(FILE.fullmatch(path))


def _entity_parts(entity: str) -> tuple[str, str]:
    found = _ENTITY.fullmatch(entity)
    if not found or found[1] == "trust":
        raise ValueError(f"not an entity id: {entity!r}")
    return found[1], found[2]
