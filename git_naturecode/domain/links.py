"""Links: which session a commit came out of, and which message wrote which of its lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from git_naturecode.domain.fold import is_imported
from git_naturecode.domain.said import text_of
from git_naturecode.store.entry import ID, Draft, Entry, Json
from git_naturecode.store.note_lines import SESSION, WROTE, encoded

LINK, UNLINK = "link", "unlink"
LINKED, UNVERIFIED, ELSEWHERE, DELETED = "linked", "unverified", "elsewhere", "deleted"
VIA = (
    "hook", "capture", "attach", "rewrite", "pick", "squash", "repair", "forge", "entire",
)  # fmt: skip
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
TARGET = re.compile(rb'"to":"([0-9a-f]{40}(?:[0-9a-f]{24})?)"')
"""Finds in a log, read quickly, the commits that links in it are about."""
TRAILER = "NatureCode-Session"
_TRAILER = rf"(?m)^[ \t>*-]*{TRAILER}:[ \t]*(session-\d{{8}}-[0-9a-hjkmnp-tv-z]{{8}})(?![\w-])"
_REVERTS = r"(?m)^[ \t>*-]*This reverts commit ([0-9a-f]{40}(?:[0-9a-f]{24})?)\b"
_RANGES = r"\d{1,9}(?:-\d{1,9})?(?:,\d{1,9}(?:-\d{1,9})?)*"
_MOST_BODY = 1 << 19  # bytes of facts that one link keeps; an entry may hold twice as much
_MOST_PATH = 4096
_MOST_ORIGINS = 1000
MOST_NAMED = 200
"""Of how many sessions that a commit's message or note names anything is looked up."""

Range = tuple[int, int]
"""The first and the last of some lines, counted from 1."""


class Wrote(NamedTuple):
    """Lines of a file, as it is in the linked commit, that one message wrote."""

    message: str
    path: str
    ranges: tuple[Range, ...]

    @property
    def line(self) -> str:
        """The fact as a line of an entry's body."""
        return f"{self.message} {ranges_text(self.ranges)} {self.path}"


class Link(NamedTuple):
    """One commit that belongs to one session.

    `tree` and `patch` (git patch-id --stable) find the commit again when it was made anew;
    `origins` are the commits that it was made from. `messages` counts what was said by then.
    `state` tells what the link rests on: LINKED, an entry; UNVERIFIED, a note alone; ELSEWHERE, a
    line in the commit's message that names a session which is not here (a private one of somebody
    else, perhaps); DELETED, the session was deleted.
    """

    session: str
    commit: str
    tree: str = ""
    patch: str = ""
    via: str = "attach"
    origins: tuple[str, ...] = ()
    tool: str = ""
    model: str = ""
    messages: int = 0
    by: str = ""
    at: str = ""
    entry: str = ""
    wrote: tuple[Wrote, ...] = ()
    state: str = LINKED


def parse(session: str, entry: Entry) -> Link | None:
    """The link to a commit that `entry` of the log of `session` says; None when it says none."""
    header = entry.header
    commit = text_of(entry, "to")
    if entry.kind != LINK or not COMMIT.fullmatch(commit):
        return None
    origins = header.get("from")
    found = [one for one in origins if _is_commit(one)] if isinstance(origins, list) else []
    messages = header.get("messages")
    via = text_of(entry, "via")
    return Link(
        session, commit, _commit(header.get("tree")), _commit(header.get("patch")),
        via if via in VIA else "entire" if is_imported(entry) else "attach",
        tuple(found[:_MOST_ORIGINS]), text_of(entry, "tool"), text_of(entry, "model"),
        messages if isinstance(messages, int) and 0 <= messages < 10**9 else 0,
        text_of(entry, "by"), entry.at, entry.id, tuple(_wrote(entry.body or "")),
    )  # fmt: skip


def fields(link: Link) -> dict[str, Json]:
    """The header of the entry that says `link`; what is empty is left out."""
    found: dict[str, Json] = {"to": link.commit, "via": link.via}
    more: dict[str, Json] = {
        "tree": link.tree, "patch": link.patch, "from": list(link.origins), "tool": link.tool,
        "model": link.model, "messages": link.messages,
    }  # fmt: skip
    return found | {key: value for key, value in more.items() if value}


def draft(link: Link) -> Draft:
    """The entry that says `link`, with as many of the facts as it may hold."""
    lines, size = [], 0
    for one in sorted(link.wrote, key=lambda one: (one.path, one.ranges, one.message)):
        size += len(one.line.encode("utf-8", "surrogatepass")) + 1
        if size > _MOST_BODY:
            break
        if "\n" not in one.path:
            lines.append(one.line)
    return Draft(LINK, fields(link), "\n".join(lines) or None, clean=True)


def undoing(commit: str) -> Draft:
    """The entry that takes a link back."""
    return Draft(UNLINK, {"to": commit}, clean=True)


class Settled(NamedTuple):
    """All links of one session: those that hold, by commit, and those that were taken back."""

    live: dict[str, Link]
    undone: frozenset[str] = frozenset()


NOTHING = Settled({})


def settle(session: str, entries: Iterable[Entry]) -> Settled:
    """What the `link` and `unlink` entries of a session, in their order, add up to.

    The later entry about one commit wins; what it leaves out an earlier one may say, and the facts
    of both count, unless the link was taken back in between.
    """
    live: dict[str, Link] = {}
    undone: set[str] = set()
    for entry in entries:
        commit = text_of(entry, "to") if entry.kind in (LINK, UNLINK) else ""
        if not COMMIT.fullmatch(commit):
            continue
        if entry.kind == UNLINK:
            live.pop(commit, None)
            undone.add(commit)
            continue
        link = parse(session, entry)
        assert link is not None
        undone.discard(commit)
        live[commit] = united(live[commit], link) if commit in live else link
    return Settled(live, frozenset(undone))


def united(earlier: Link, later: Link) -> Link:
    """Both links of one session to one commit as one."""
    return later._replace(
        tree=later.tree or earlier.tree,
        patch=later.patch or earlier.patch,
        origins=tuple(dict.fromkeys((*earlier.origins, *later.origins))),
        tool=later.tool or earlier.tool,
        model=later.model or earlier.model,
        messages=later.messages or earlier.messages,
        wrote=tuple(dict.fromkeys((*earlier.wrote, *later.wrote))),
    )


def current(links: Iterable[Link]) -> list[Link]:
    """Those of `links` of one session whose commit was not rewritten into another of them."""
    found = list(links)
    gone = {old for link in found if link.via == "rewrite" for old in link.origins}
    return [link for link in found if link.commit not in gone]


def note_lines(link: Link) -> list[str]:
    """What a note on the commit says of `link`; nothing in it that could ever need a purge."""
    told = {
        "via": link.via, "tool": link.tool, "model": link.model,
        "messages": str(link.messages or ""),
    }  # fmt: skip
    words = [f"{key}={encoded(value)}" for key, value in told.items() if value]
    wrote = (
        f"{WROTE} {link.session} {one.message} {ranges_text(one.ranges)} "
        + encoded(one.path, blanks=True)
        for one in link.wrote
    )
    return [" ".join([SESSION, link.session, *words]), *wrote]


def sessions_named(message: str) -> list[str]:
    """The sessions that a commit's message names, wherever in it a squash has put the lines.

    The first MOST_NAMED of them: anybody may write thousands.
    """
    return list(islice(dict.fromkeys(re.findall(_TRAILER, message)), MOST_NAMED))


def reverted(message: str) -> list[str]:
    """The commits that a commit's message says it takes back."""
    return list(dict.fromkeys(re.findall(_REVERTS, message)))


def ranges_of(lines: Iterable[int]) -> tuple[Range, ...]:
    """Numbers of lines as ranges, in their order."""
    found: list[Range] = []
    for number in sorted(set(lines)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The same lines, each once, in their order; what somebody claims may be any number of them."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def ranges_text(ranges: Sequence[Range]) -> str:
    """Ranges of lines as they are written: `1-10,15`."""
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def read_ranges(text: str) -> tuple[Range, ...]:
    """What `ranges_text` wrote; nothing where `text` is anything else."""
    if not re.fullmatch(_RANGES, text):
        return ()
    pairs = (one.partition("-") for one in text.split(","))
    found = tuple((int(a), int(b or a)) for a, _, b in pairs)
    return found if all(0 < a <= b for a, b in found) else ()


def _wrote(body: str) -> Iterator[Wrote]:
    for line in body.split("\n") if len(body) <= 2 * _MOST_BODY else ():
        message, _, rest = line.partition(" ")
        ranges, _, path = rest.partition(" ")
        told = read_ranges(ranges)
        if told and path and len(path) <= _MOST_PATH and ID.fullmatch(message):
            yield Wrote(message, path, told)


def _is_commit(value: Json) -> bool:
    return isinstance(value, str) and bool(COMMIT.fullmatch(value))


def _commit(value: Json) -> str:
    return value if _is_commit(value) else ""
