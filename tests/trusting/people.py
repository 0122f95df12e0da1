"""People with homes, keys and clones of their own around one remote; teams begun among them."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from box import Box, Clone
from git_naturecode import clock, identity, ids, trusting
from git_naturecode.domain.policy import Standing, ops
from git_naturecode.store import attachments, format, paths
from git_naturecode.store.entry import Draft

ENFORCED = "enforced"
HOUR = 3_600_000


def person(box: Box, hub: Path, name: str) -> Clone:
    """A clone of `hub`, set up by somebody with a home of his own."""
    where = f"{name}-{len(list(box.path.iterdir()))}"
    return box.scene(f"{where} at {hub.name}", lambda: _person(box, hub, name, where))


def _person(box: Box, hub: Path, name: str, where: str) -> Clone:
    home = box.path / f"home-{name}"
    home.mkdir(exist_ok=True)
    if not (home / ".gitconfig").exists():
        shutil.copy(Path(os.environ["HOME"]) / ".gitconfig", home)
    path = box.path / where
    subprocess.run(["git", "clone", "-q", f"file://{hub}", str(path)], check=True)
    env = {"HOME": str(home), "GIT_AUTHOR_EMAIL": f"{name}@example.com"}
    clone = Clone(path, env=env)
    clone.nc("init")
    return clone


def found(clone: Clone, mode: str = ENFORCED, *, pin: bool = True) -> str:
    """Have `clone` begin a team; the digest of its genesis."""
    with clone.store() as store:
        trusting.sign(store)
        uncovered = sorted(trusting.uncovered(store))
        data = "".join(f"{one}\n" for one in uncovered).encode()
        name = hashlib.sha256(data).hexdigest()
        attachments.put(store, "team", {name: data} if uncovered else {})
        heads = {d: digest for d, (_, digest) in trusting.standing(store).heads.items()}
        me = ops.record(
            "member-20261126-00000001", "", store.person, "admin", [identity.member_key(store)],
            ["team-20261126-00000001"],
        )  # fmt: skip
        op = ops.genesis(
            "team-20261126-00000001", "Core", me, heads, os.urandom(8).hex(), mode=mode,
            inherited=[name] if uncovered else [],
        )  # fmt: skip
        genesis = trusting.append(store, [op])[-1]
        if pin:
            trusting.pin(store, genesis)
    return genesis


def add(admin: Clone, other: Clone, role: str = "contributor") -> str:
    """Have `admin` add whoever `other` belongs to; the id of the member."""
    with other.store() as store:
        key, email = identity.member_key(store), store.person
    member = f"member-20261126-{ids.digest32((email,), 8)}"
    with admin.store() as store:
        record = ops.record(member, "", email, role, [key], ["team-20261126-00000001"])
        trusting.append(store, [ops.member(record)])
    return member


def say(clone: Clone, *said: Mapping[str, Any]) -> str:
    """Sign operations; the digest of the line."""
    with clone.store() as store:
        return trusting.append(store, list(said))[-1]


def insist(clone: Clone, session: str, text: str) -> None:
    """Say something without asking whether one may, as another program would."""
    with clone.store() as store:
        store.write("team", session, [Draft("message", {"role": "user"}, text)])


def standing(clone: Clone) -> Standing:
    with clone.store() as store:
        return trusting.standing(store)


def device(clone: Clone) -> str:
    with clone.store() as store:
        return store.device


def lines(clone: Clone, branch: str = "naturecode") -> Iterator[tuple[str, bytes]]:
    """Path and line of every trust log, as plain git shows them."""
    listed = clone.git("ls-tree", "-r", "--name-only", branch, "log/trust", check=False)
    for path in listed.split():
        for line in clone.git("show", f"{branch}:{path}").encode().split(b"\n"):
            if line:
                yield path, line


def said(clone: Clone) -> list[Any]:
    """All lines that a clone has, as JSON."""
    return [json.loads(line) for _, line in lines(clone)]


def forge(clone: Clone, session: str, writer: str, text: str, by: str, number: int = 0) -> str:
    """Push, by plain git, an entry into the log of `writer`, the latest there; its id."""
    name = f"zzzzzzzzzz{number:03d}-{writer}"
    at = clock.iso(clock.system_ms() + HOUR + number)
    header = {"id": name, "at": f"{at}/0000", "by": by,
              "kind": "message", "role": "user", "salt": "x" * 22}  # fmt: skip
    path = paths.segment_path(session, writer, 1)
    before = clone.git("show", f"naturecode:{path}", check=False)
    before = before or format.preamble(session, writer, 1)
    plain_push(clone, {path: before + format.block(format.make(header, text))})
    return name


def plain_push(clone: Clone, files: Mapping[str, str], *, force: bool = False) -> None:
    """Put `files` on the remote's data branch by a commit of plain git."""
    work = clone.path.parent / f"plain-{clone.path.name}"
    clone.git("fetch", "-q", "origin", "naturecode")
    if not work.exists():
        clone.git("worktree", "add", "-q", "--detach", str(work), "FETCH_HEAD")
    head = clone.git("rev-parse", "FETCH_HEAD").strip()
    steps = [["checkout", "-q", "--detach", head]]
    steps += [["add", "-A"], ["commit", "-qm", "by hand"]]
    steps += [["push", "-q", *(["--force"] if force else []), "origin", "HEAD:naturecode"]]
    for step in steps:
        if step[0] == "add":
            for path, text in files.items():
                (work / path).parent.mkdir(parents=True, exist_ok=True)
                (work / path).write_text(text)
        env = {**os.environ, **clone.env}
        subprocess.run(["git", *step], cwd=work, check=True, capture_output=True, env=env)
