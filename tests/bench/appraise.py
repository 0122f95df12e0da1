"""The peer git-appraise: stores of its own format, made through git, and its commands."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from . import made
from .stage import Stage

PEER = "git-appraise"
_WHO = b"committer Bench <bench@example.com> 1700000000 +0000\n"


def comment_peer(stage: Stage, reviews: int, comments: int) -> Callable[[], object]:
    """Commenting on one of `reviews`, which has so many `comments` already."""
    path, oids = _store(stage, reviews, comments)
    return partial(stage.run, PEER, "comment", "-m", "one more", oids[0], cwd=path)


def list_peer(stage: Stage, reviews: int) -> Callable[[], object]:
    """Listing all of `reviews`."""
    return partial(stage.run, PEER, "list", cwd=_store(stage, reviews, 0)[0])


def _store(stage: Stage, reviews: int, comments: int) -> tuple[Path, list[str]]:
    path = stage.path("appraise")
    stage.run("git", "init", "-q", "-b", "master", str(path), cwd=stage.folder)
    _import(stage, path, _commits(reviews))
    listed = stage.run("git", "rev-list", "--reverse", "master", cwd=path)
    oids = listed.decode().split()
    stage.run("git", "branch", "review", oids[-1], cwd=path)
    stage.run("git", "update-ref", "refs/heads/target", oids[0], cwd=path)
    requests = ((oid, _request(number)) for number, oid in enumerate(oids))
    _import(stage, path, _notes("refs/notes/devtools/reviews", requests))
    if comments:
        said = "\n".join(_comment(number, oids[0]) for number in range(comments))
        _import(stage, path, _notes("refs/notes/devtools/discuss", [(oids[0], said)]))
    return path, oids


def _import(stage: Stage, path: Path, stream: Iterator[bytes]) -> None:
    stage.run("git", "fast-import", "--quiet", "--force", cwd=path, data=b"".join(stream))


def _commits(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield b"commit refs/heads/master\nmark :%d\n%s" % (number + 1, _WHO) + _data("c")
        yield b"from :%d\n" % number if number else b""
        yield b"M 100644 inline f%d\n" % (number % 50) + _data(f"{number}\n")


def _notes(ref: str, notes: "Iterator[tuple[str, str]] | list[tuple[str, str]]") -> Iterator[bytes]:
    yield b"commit %s\n%s" % (ref.encode(), _WHO) + _data("notes")
    for oid, text in notes:
        yield b"N inline %s\n" % oid.encode() + _data(text)


def _data(text: str) -> bytes:
    return b"data %d\n%s\n" % (len(text.encode()), text.encode())


def _request(number: int) -> str:
    return json.dumps({
        "timestamp": str(1700000000 + number), "reviewRef": "refs/heads/review",
        "targetRef": "refs/heads/target", "requester": "bench@example.com",
        "reviewers": ["b@example.com"], "description": made.text(number)[:80], "v": 0,
    })  # fmt: skip


def _comment(number: int, oid: str) -> str:
    return json.dumps({
        "timestamp": str(1700000000 + number), "author": "b@example.com",
        "location": {"commit": oid}, "description": made.text(number), "v": 0,
    })  # fmt: skip
