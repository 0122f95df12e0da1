"""Checkpoints of Entire: transcripts of other tools, kept in a repository beside the code.

Layout as its documents tell it: `<first 2>/<rest of the id>/` in branch `entire/checkpoints/v1`, or
the whole tree of `refs/entire/checkpoints/<last 2>/<id>`; in it `metadata.json`, and for each
session `<n>/metadata.json` and `<n>/full.jsonl`, whose later pieces are `full.jsonl.001` and so on;
`tasks/<id>/agent-<id>.jsonl` are subagents. Each checkpoint holds a session from its beginning. The
files are those of the tool, so that an import of them gives the ids that its own files give.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..git import tree
from ..git.objects import Missing, Objects, TreeEntry
from .fields import Record, record, records, text
from .format import Found
from .found import conversations
from .lines import parse
from .times import ms_of, when

Json = Any
SOURCE = "entire"
_BRANCH = "entire/checkpoints/"
_FILES = (0o100644, 0o100755)
_ID = re.compile(r"[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}")
_CHUNK = re.compile(rb"full\.jsonl(?:\.([0-9]{1,4}))?")
_AGENT = re.compile(rb"agent-[\w.-]{1,200}\.jsonl")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TRAILER = re.compile(r"^[ \t>*-]*Entire-Checkpoint:[ \t]*(\w{12,26})[ \t]*$", re.M)
# What is larger or more than Entire ever writes is left out.
_TREE = 16 << 20
_METADATA = 4 << 20
_PIECE = 128 << 20
_FOLDERS = 1_000
TRAILER = "Entire-Checkpoint:"


@dataclass(frozen=True)
class Kept:
    """One transcript in one checkpoint: the blobs of its pieces and how large it is."""

    checkpoint: str
    session: str
    agent: str
    created_ms: int
    pieces: tuple[str, ...]
    size: int
    commits: tuple[str, ...] = ()


@dataclass
class Laid:
    """A transcript that was laid out as a file, and the checkpoints that have it."""

    path: str
    last_ms: int
    checkpoints: set[str] = field(default_factory=set)
    commits: set[str] = field(default_factory=set)

    def conversations(self) -> Iterator[Found]:
        """The conversations in it, as copies of what the tool itself has kept."""
        for found in conversations(self.path):
            yield replace(found, last_ms=self.last_ms, copy=True)


def named_in(message: str) -> list[str]:
    """The checkpoints that a commit's message names, wherever in it a squash has put them."""
    return _TRAILER.findall(message)


def checkpoints(objects: Objects, wanted: str = "") -> Iterator[Kept]:
    """Every transcript below the refs of Entire, or below ref `wanted` (a prefix of several).

    What cannot be read is passed over.
    """
    met: set[str] = set()
    for ref, commit in sorted(_refs(objects, wanted).items()):
        root = _root(objects, commit)
        for name, oid in _checkpoints(objects, ref, root) if root else ():
            if oid not in met:  # the same one in a branch, at a remote and as a ref of its own
                met.add(oid)
                yield from _transcripts(objects, name, oid)


def _refs(objects: Objects, wanted: str) -> dict[str, str]:
    if wanted:
        for prefix in ("", "refs/", "refs/heads/", "refs/remotes/"):
            name = f"{prefix}{wanted.rstrip('/')}"
            if name.startswith("refs/"):
                found = objects.refs(name)
                exact = {ref: oid for ref, oid in found.items() if ref == name}
                if chosen := exact or {r: o for r, o in found.items() if r.startswith(f"{name}/")}:
                    return chosen
        return {}
    remote = objects.refs("refs/remotes/")
    return {
        **objects.refs(f"refs/heads/{_BRANCH}"),
        **objects.refs(f"refs/{_BRANCH}"),
        **{ref: oid for ref, oid in remote.items() if f"/{_BRANCH}" in ref},
    }


def _root(objects: Objects, commit: str) -> str | None:
    try:
        return tree.tree_of(objects, commit) if objects.header(commit)[0] == "commit" else None
    except (Missing, ValueError):
        return None


def _checkpoints(objects: Objects, ref: str, root: str) -> Iterator[tuple[str, str]]:
    """Id and tree of each checkpoint in a branch, or of the one that is a ref of its own."""
    entries = _entries(objects, root)
    name = ref.rpartition("/")[2]
    if any(one.name == b"metadata.json" for one in entries):
        if _ID.fullmatch(name):
            yield name, root
        return
    for shard in entries:
        if shard.is_tree and len(shard.name) == 2:
            for one in _entries(objects, shard.oid):
                name = (shard.name + one.name).decode("ascii", "replace")
                if one.is_tree and _ID.fullmatch(name):
                    yield name, one.oid


def _transcripts(objects: Objects, name: str, oid: str) -> Iterator[Kept]:
    entries = _entries(objects, oid)
    about = _json(objects, entries, b"metadata.json")
    folders = [one for one in entries if one.is_tree and one.name.isdigit()][:_FOLDERS]
    for inside in (entries, *(_entries(objects, one.oid) for one in folders)):
        own = {**about, **_json(objects, inside, b"metadata.json")}
        created = ms_of(when(own.get("created_at"))) or ms_of(when(about.get("created_at")))
        commits = tuple(dict.fromkeys((*_commits(about), *_commits(own))))
        kept = Kept(name, text(own, "session_id"), text(own, "agent"), created, (), 0, commits)
        found = [(_CHUNK.fullmatch(one.name), one) for one in inside if one.mode in _FILES]
        pieces = sorted((int(m[1] or 0), one.oid) for m, one in found if m)
        yield from _sized(objects, kept, [piece for _, piece in pieces])
        for tasks in (one for one in inside if one.is_tree and one.name == b"tasks"):
            for task in _entries(objects, tasks.oid)[:_FOLDERS]:
                for one in _entries(objects, task.oid) if task.is_tree else ():
                    if one.mode in _FILES and _AGENT.fullmatch(one.name):
                        named = f"{kept.session}/{one.name.decode()}"
                        yield from _sized(objects, replace(kept, session=named), [one.oid])


def _sized(objects: Objects, kept: Kept, pieces: list[str]) -> Iterator[Kept]:
    try:
        sizes = [objects.header(piece)[1] for piece in pieces]
    except Missing:
        return
    if sizes and max(sizes) <= _PIECE:
        yield replace(kept, pieces=tuple(pieces), size=sum(sizes))


def _entries(objects: Objects, oid: str) -> list[TreeEntry]:
    try:
        kind, size = objects.header(oid)
        return tree.entries(objects, oid) if kind == "tree" and size <= _TREE else []
    except (Missing, ValueError):
        return []


def _json(objects: Objects, entries: Iterable[TreeEntry], name: bytes) -> Record:
    for one in entries:
        if one.name == name and one.mode in _FILES:
            try:
                fits = objects.header(one.oid)[1] <= _METADATA
                return (parse(objects.read(one.oid)[1]) if fits else None) or {}
            except Missing:
                return {}
    return {}


def _commits(about: Record) -> list[str]:
    """The commits that a checkpoint says it belongs to."""
    listed = about.get("linked_commits")
    texts = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    for one in records(about, "linked_commits"):
        texts += [text(one, key) for key in ("sha", "commit_sha", "commit")]
    return [one for one in (text(about, "commit_sha"), *texts) if _COMMIT.fullmatch(one)]


def lay_out(objects: Objects, kept: Iterable[Kept], folder: str) -> Iterator[Laid]:
    """Lay each transcript out as a file in `folder`, once, and without those that another one of
    the same session goes on from."""
    sessions: dict[str, list[Kept]] = {}
    for one in kept:
        sessions.setdefault(one.session or one.pieces[0], []).append(one)
    for number, versions in enumerate(sessions.values()):
        laid: list[Laid] = []
        last = max(one.created_ms for one in versions) or -1
        read: set[tuple[str, ...]] = set()
        for one in sorted(versions, key=lambda one: one.size, reverse=True):
            if one.pieces not in read:
                read.add(one.pieces)
                _lay_one(
                    objects, one, os.path.join(folder, f"{number}-{len(laid)}.jsonl"), laid, last
                )
        for each in laid:
            each.checkpoints.update(one.checkpoint for one in versions)
            each.commits.update(commit for one in versions for commit in one.commits)
        yield from laid


def _lay_one(objects: Objects, one: Kept, path: str, laid: list[Laid], last_ms: int) -> None:
    try:
        content = _content(objects, one)
    except Missing:
        return
    if any(_begins(each.path, content) for each in laid):
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
    laid.append(Laid(path, last_ms))


def _begins(path: str, content: bytes) -> bool:
    """True when the file at `path` begins with `content`."""
    with open(path, "rb") as file:
        return file.read(len(content)) == content


def _content(objects: Objects, one: Kept) -> bytes:
    """The transcript as its tool had written it: pieces are of whole lines, or, where the file is
    one object, objects with some of its messages."""
    pieces = [objects.read(piece)[1] for piece in one.pieces]
    if len(pieces) == 1:
        return pieces[0]
    parts = [parse(piece) for piece in pieces]
    whole = [part for part in parts if part is not None and isinstance(part.get("messages"), list)]
    if len(whole) < len(parts):
        return b"".join(piece if piece.endswith(b"\n") else piece + b"\n" for piece in pieces)
    merged: Record = {"sessionId": one.session, "projectHash": "", **record(whole[0])}
    merged.setdefault("startTime", when(one.created_ms))
    merged["messages"] = [message for part in whole for message in part["messages"]]
    return json.dumps(merged).encode("utf-8", "surrogatepass")
