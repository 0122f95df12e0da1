"""The oracle's own reader of the record: segments (docs/design/format.md) through plain git.

It shares no code with the program that it judges.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BRANCH = "refs/heads/naturecode"
TOKEN = re.compile(r"tk[0-9]{6}")
_START = re.compile(r"<!-- nc:entry (\{.*\}) -->")
_END = re.compile(r"<!-- nc:end (\S+) sha256:([0-9a-f]{16}) -->")
Key = tuple[str, str]
_MOST_KEPT, _RECENT = 20_000, 20


@dataclass(frozen=True)
class Block:
    """One entry as it stands: the header, what the end line says, our words in it."""

    header: dict[str, Any]
    stated: str
    tokens: frozenset[str]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.header["id"])


@dataclass
class State:
    """What one branch (or spool) says: path -> blocks."""

    files: dict[str, tuple[Block, ...]] = field(default_factory=dict)
    tree: str = ""

    def blocks(self) -> Iterator[tuple[str, str, Block]]:
        """(path, entity, block) of all."""
        for path, blocks in self.files.items():
            entity = path.split("/")[-2] if path.startswith("log/") else ""
            for block in blocks:
                yield path, entity, block

    def keys(self) -> set[Key]:
        """(entity, id) of all."""
        return {(entity, block.id) for _, entity, block in self.blocks()}

    def tokens(self) -> set[str]:
        """All words of our plan, and `redact:ID`, `purge:ID`, `delete:ENTITY` for what was done."""
        found = set[str]()
        for _, entity, block in self.blocks():
            found |= block.tokens
            if block.header["kind"] == "redact":
                found.add(f"redact:{block.header.get('target')}")
            elif block.header["kind"] == "delete":
                found.add(f"delete:{entity}")
            if "hash" in block.header:
                found.add(f"purge:{block.id}")
        return found


class Reader:
    """Reads branches; blobs that it has seen are not parsed again."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self._seen: dict[str, tuple[Block, ...]] = {}
        self._used: dict[str, int] = {}
        self._reads = 0
        self._words: dict[str, frozenset[str]] = {}

    def git(self, git_dir: Path, *args: str) -> str:
        """The output of git there; raises AssertionError when it fails."""
        done = subprocess.run(
            ["git", f"--git-dir={git_dir}", *args], check=False, capture_output=True, env=self.env
        )
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout.decode("utf-8", "surrogateescape")

    def refs(self, git_dir: Path) -> dict[str, str]:
        """Full name -> id."""
        lines = self.git(git_dir, "for-each-ref", "--format=%(refname) %(objectname)").split("\n")
        return {line.split(" ")[0]: line.split(" ")[1] for line in lines if line}

    def branch(self, git_dir: Path, ref: str = BRANCH) -> State:
        """The state of the data branch; an empty one where there is none."""
        if ref not in self.refs(git_dir):
            return State()
        listed = self.git(git_dir, "ls-tree", "-r", "-z", "--full-tree", ref).split("\0")
        ids = {line.split("\t", 1)[1]: line.split(" ")[2].split("\t")[0] for line in listed if line}
        self._read(git_dir, set(ids.values()))
        tree = self.git(git_dir, "rev-parse", f"{ref}^{{tree}}").strip()
        return State({path: self._seen[oid] for path, oid in ids.items()}, tree)

    def _read(self, git_dir: Path, oids: set[str]) -> None:
        self._reads += 1
        self._used.update(dict.fromkeys(oids, self._reads))
        if len(self._seen) > _MOST_KEPT:  # old states, which nobody asks for any more
            self._used = {o: at for o, at in self._used.items() if at > self._reads - _RECENT}
            self._seen = {o: found for o, found in self._seen.items() if o in self._used}
        wanted = sorted(oids - self._seen.keys())
        for oid, data in contents(git_dir, wanted, self.env):
            self._seen[oid] = tuple(parse(data.decode("utf-8", "surrogateescape")))

    def words(self, git_dir: Path, oids: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
        """(id, words of our plan in it) of objects; what was seen is not read again."""
        wanted = list(oids)
        new = [oid for oid in wanted if oid not in self._words]
        for start in range(0, len(new), 500):
            for oid, data in contents(git_dir, new[start : start + 500], self.env):
                self._words[oid] = words(data)
        for oid in wanted:
            yield oid, self._words[oid]

    def spool(self, state_dir: Path, side: str) -> State:
        """What waits in the spool of a clone."""
        found = State()
        folder = state_dir / "spool" / side
        with suppress(FileNotFoundError):
            for path in folder.iterdir():
                if not path.name.startswith("."):
                    text = path.read_bytes().decode("utf-8", "surrogateescape")
                    entity = re.search(r"^entity: (\S+)$", text, re.M)
                    name = f"log/spool/{entity[1] if entity else '?'}/{path.name}"
                    found.files[name] = tuple(parse(text))
        return found


_TOKEN = re.compile(TOKEN.pattern.encode())
_NO_WORDS = frozenset[str]()


def words(data: bytes) -> frozenset[str]:
    """The words of our plan in some bytes."""
    found = _TOKEN.findall(data)
    return frozenset(one.decode() for one in found) if found else _NO_WORDS


def contents(
    git_dir: Path, wanted: Iterable[str], env: dict[str, str]
) -> Iterator[tuple[str, bytes]]:
    """(id, bytes) of objects, by one `git cat-file --batch`."""
    names = "".join(f"{one}\n" for one in wanted)
    if not names:
        return
    done = subprocess.run(
        ["git", f"--git-dir={git_dir}", "cat-file", "--batch"], input=names.encode(), env=env,
        capture_output=True, check=True,
    )  # fmt: skip
    data, at = done.stdout, 0
    while at < len(data):
        end = data.index(b"\n", at)
        head = data[at:end].decode().split(" ")
        assert len(head) == 3, head
        size = int(head[2])
        yield head[0], data[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def parse(text: str) -> Iterator[Block]:
    """The blocks of a segment; the first six lines are not looked at."""
    header, start_line, lines = None, "", list[str]()
    for line in text.split("\n"):
        start, end = _START.fullmatch(line), _END.fullmatch(line)
        if start:
            header, start_line, lines = json.loads(start[1]), line, []
        elif end and header is not None:
            if header.get("id") == end[1]:
                yield Block(
                    header,
                    end[2],
                    words("\n".join((start_line, *lines)).encode("utf-8", "surrogateescape")),
                )
            header = None
        elif header is not None:
            lines.append(line)


def everything(git_dir: Path, env: dict[str, str]) -> list[str]:
    """The ids of all objects of a repository, reachable or not."""
    return _lines(
        git_dir, env, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"
    )  # fmt: skip


def reachable(git_dir: Path, env: dict[str, str]) -> list[str]:
    """The ids of all objects that some ref reaches, also through its reflog."""
    return _lines(
        git_dir, env, "rev-list", "--objects", "--no-object-names", "--all", "--reflog",
        "--indexed-objects",
    )  # fmt: skip


def _lines(git_dir: Path, env: dict[str, str], *args: str) -> list[str]:
    done = subprocess.run(
        ["git", f"--git-dir={git_dir}", *args], env=env, capture_output=True, check=True, text=True
    )
    return done.stdout.split()


def state_files(top: Path) -> Iterator[tuple[Path, bytes]]:
    """All files below `top` but for objects."""
    for folder, names, files in os.walk(top):
        if "objects" in names:
            names.remove("objects")
        for name in files:
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                yield path, path.read_bytes()
