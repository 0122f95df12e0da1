"""Notes of git-appraise as a test writes and reads them, by code that shares nothing with ours."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from box import Clone
from git_naturecode import appraise, ids
from git_naturecode.domain.review.build import build
from git_naturecode.domain.review.model import Review
from git_naturecode.store.entry import Entry
from git_naturecode.store.store import Store

NAMES = ("reviews", "discuss", "ci", "analyses")
Content = dict[tuple[str, str], list[bytes]]


def git(where: Path, *args: str, data: bytes | None = None) -> bytes:
    done = subprocess.run(["git", *args], cwd=where, capture_output=True, check=True, input=data)
    return done.stdout


def content(where: Path) -> Content:
    """(name of the notes, object) -> the lines there."""
    found: Content = {}
    for name in NAMES:
        listed = git(where, "notes", f"--ref=devtools/{name}", "list").decode().splitlines()
        for blob, about in (line.split() for line in listed):
            lines = git(where, "cat-file", "blob", blob).split(b"\n")
            found[name, about] = [line for line in lines if line.strip()]
    return found


def sets(notes: Content) -> dict[tuple[str, str], set[bytes]]:
    """The same without order, and each line once."""
    return {place: set(lines) for place, lines in notes.items()}


def append(where: Path, name: str, about: str, *lines: Mapping[str, Any] | bytes) -> list[str]:
    """Lines after what stands in a note, as git-appraise adds them; their SHA-1."""
    raw = [line if isinstance(line, bytes) else told(line) for line in lines]
    notes = ("notes", f"--ref=devtools/{name}")
    listed = subprocess.run(["git", *notes, "list", about], cwd=where, capture_output=True)
    before = (
        git(where, "cat-file", "blob", listed.stdout.decode().strip()) if listed.stdout else b""
    )
    text = before + b"".join(b"\n" * bool(before or n) + line + b"\n" for n, line in enumerate(raw))
    blob = git(where, "hash-object", "-w", "--stdin", data=text).decode().strip()
    git(where, *notes, "add", "-f", "-C", blob, about)
    return [hashlib.sha1(line).hexdigest() for line in raw]


def told(line: Mapping[str, Any]) -> bytes:
    """A line as Go writes it, for texts without letters that it escapes."""
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()


def request(**more: Any) -> dict[str, Any]:
    base = {
        "timestamp": "1600000000", "reviewRef": "refs/heads/change",
        "targetRef": "refs/heads/main", "requester": "ada@example.com",
        "reviewers": ["bob@example.com"], "description": "Add jitter\n\nAs agreed.",
    }  # fmt: skip
    return base | more


def comment(seconds: int = 10, author: str = "bob@example.com", **more: Any) -> dict[str, Any]:
    return {"timestamp": str(1600000000 + seconds), "author": author, **more}


def changed(clone: Clone) -> tuple[str, str]:
    """A branch `change` with one commit on main; that commit and its parent."""
    lines = [f"line {number}" for number in range(1, 21)]
    (clone.path / "a.txt").write_text("\n".join(lines) + "\n")
    clone.git("add", "a.txt")
    clone.git("commit", "-q", "-m", "base")
    clone.git("checkout", "-q", "-b", "change")
    lines[9] = "another line 10"
    (clone.path / "a.txt").write_text("\n".join(lines) + "\n")
    clone.git("commit", "-q", "-am", "change")
    clone.git("checkout", "-q", "main")
    head, base = clone.git("rev-parse", "change", "change^").split()
    return head, base


def take(clone: Clone, where: str = "") -> appraise.Taken:
    with clone.store() as store:
        return appraise.take(store, where)


def give(clone: Clone) -> appraise.Given:
    with clone.store() as store:
        return appraise.give(store)


def entries(store: Store, review: str) -> list[Entry]:
    return [one.entry for one in store.read(ids.tail(review), "review")]


def reviews(clone: Clone) -> Iterator[Review]:
    """Every review in the log, found in its tree."""
    listed = clone.git("ls-tree", "-r", "--name-only", "naturecode", "log/review").splitlines()
    with clone.store() as store:
        for tail in sorted({path.split("/")[5].rsplit("-", 1)[1] for path in listed}):
            review = build(store.read(tail, "review"))
            if review.opened:
                yield review


def one(clone: Clone) -> Review:
    (found,) = reviews(clone)
    return found
