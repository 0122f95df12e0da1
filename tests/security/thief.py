"""A team of two and somebody who may push, and the tools of an attacker who knows the format.

Lines are signed by the code of tests/policy_oracle, with keys taken from somebody's home.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from box import Box, Clone
from git_naturecode import clock
from git_naturecode.store import format, paths
from policy_oracle import wire
from security.hostile import Cost, measured

BRANCH = "naturecode"


@dataclass
class Team:
    """Ada, who founded the team, Ben, who joined it, Eve, who may push and is nobody."""

    box: Box
    hub: Path
    ada: Clone
    ben: Clone
    eve: Clone
    session: str
    before: dict[str, Any] = field(default_factory=dict)

    def fence(self) -> None:
        """From now on nothing but the record may change in the clones of Ada and Ben."""
        self.before = {one.path.name: self._ground(one) for one in (self.ada, self.ben)}

    def _ground(self, clone: Clone) -> tuple[str, str, dict[str, str]]:
        """Refs of the user, his index and files, and all files of the folder."""
        refs = clone.git("for-each-ref", "--format=%(refname) %(objectname)")
        own = [r for r in refs.splitlines() if BRANCH not in r and "refs/naturecode" not in r]
        folder = {
            str(path.relative_to(clone.path)): path.read_text()
            for path in sorted((clone.path / ".naturecode").rglob("*"))
            if path.is_file()
        }
        status = clone.git("status", "--porcelain=v2", "--branch", "--ignored")
        return ("\n".join(own), status, folder)

    def refused(self, clone: Clone, evil: str, *reasons: str) -> Cost:
        """Sync `clone`: the attack ends there, in bounded time, is told, and leaves no trace.

        `evil` is a text that stands in what was pushed; it may be in no view. One of `reasons`
        stands in what is told.
        """
        cost = measured(clone, "sync")
        assert cost.code == 3, (cost.out, cost.err)
        assert cost.is_bounded(), cost
        listed = clone.nc("quarantine", "list", "--json").json["items"]
        told = [*(one["reason"] for one in listed), cost.err, cost.out]
        assert not reasons or any(word in one for one in told for word in reasons), told
        self.unharmed(clone, evil)
        return cost

    def unharmed(self, clone: Clone, evil: str) -> None:
        """Nothing of `evil` is in sight, and nothing of the user's was touched."""
        refs, status, folder = self._ground(clone)
        had = self.before[clone.path.name]
        assert (refs, status) == had[:2]
        assert not [path for path, text in folder.items() if evil in text]
        assert {path for path in folder if not path.startswith(".naturecode/sessions")} <= set(
            had[2]
        )
        views = [
            ("session", "list"), ("session", "show", self.session), ("session", "list", "--json"),
            ("session", "export", self.session, "-o", "-"),
        ]  # fmt: skip
        for view in views:
            assert evil not in clone.nc(*view).out, view
        clone.nc("session", "search", evil, code=1)
        assert self.texts(clone)[:2] == ["from ada", "from ben"]

    def texts(self, clone: Clone) -> list[str]:
        """What the session says to who sits before `clone`."""
        return clone.texts(self.session)

    def members(self, clone: Clone) -> dict[str, str]:
        """E-mail -> role of who is a member for `clone`."""
        shown = clone.nc("team", "show", "--json").json
        return {
            one["email"].partition("@")[0]: one["role"]
            for one in shown["members"]
            if one["state"] == "active"
        }


def team(box: Box, role: str = "contributor") -> Team:
    """The three, in step, with a session in which Ada and Ben have spoken."""
    return box.scene(f"team {role}", lambda: _team(box, role))


def _team(box: Box, role: str) -> Team:
    hub = box.remote()
    ada, ben, eve = (box.person(hub, name) for name in ("ada", "ben", "eve"))
    ada.nc("team", "create", "Core")
    session = ada.start("Plans")
    ada.nc("session", "say", session, "from ada")
    admit(ada, ben, role)
    ben.nc("session", "say", session, "from ben")
    for clone in (ben, ada, eve):
        clone.nc("sync")
    made = Team(box, hub, ada, ben, eve, session)
    made.fence()
    return made


def admit(admin: Clone, other: Clone, role: str) -> None:
    """`admin` invites the person of `other`, who joins."""
    said = admin.nc("team", "add", other.env["GIT_AUTHOR_EMAIL"], "--role", role).out
    code = re.search(r"nc-invite1:\S+", said)
    assert code, said
    admin.nc("sync")
    other.nc("sync")
    other.nc("team", "join", code[0])
    other.nc("sync")
    admin.nc("sync")


class Thief:
    """Whoever pushes what he likes by plain git from `clone`, with the keys of `homes`."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.files: dict[str, str] = {}
        self.late = f"{clock.iso(clock.system_ms() + 3_600_000)}/0000"
        clone.git("fetch", "-q", "origin", BRANCH)

    def text(self, path: str) -> str:
        """What stands in a file of the remote's data branch, and what is to stand there."""
        if path not in self.files:
            self.files[path] = self.clone.git("show", f"FETCH_HEAD:{path}", check=False)
        return self.files[path]

    def log(self, device: str) -> list[dict[str, Any]]:
        """The lines of a device, and what they are called."""
        found = [one for one in self.text(paths.trust_path(device)).split("\n") if one]
        return [{**json.loads(one), "digest": wire.sha256(one.encode())} for one in found]

    def logs(self) -> dict[str, list[dict[str, Any]]]:
        """The lines of all devices."""
        listed = self.clone.git("ls-tree", "-r", "--name-only", "FETCH_HEAD", "log/trust")
        devices = {Path(path).name.split(".")[0] for path in listed.split()}
        return {device: self.log(device) for device in sorted(devices)}

    def entry(
        self, session: str, device: str, by: str, text: str, kind: str = "message", **more: Any
    ) -> tuple[str, str]:
        """Put an entry into the log of `device`; its id and hash."""
        at = more.pop("at", self.late)
        header = {
            "id": f"zzzzzzzzzz{len(self.files):03d}-{device}", "at": at, "by": by, "kind": kind,
            "salt": "x" * 22, **({"role": "user"} if kind == "message" else {}), **more,
        }  # fmt: skip
        entry = format.make(header, text or None)
        path = paths.segment_path(session, device, 1)
        before = self.text(path) or format.preamble(session, device, 1)
        self.files[path] = before + format.block(entry)
        return entry.key

    def line(
        self, key: wire.Device, *ops: wire.Op, deps: Sequence[str] = (), place: int = 0,
        team: str | None = None, at: str = "2026-11-26T00:00:00.000Z/0000",
    ) -> wire.Line:  # fmt: skip
        """Have the key sign its next line (or, with `place`, another one in that place)."""
        log = self.log(key.id)[: place - 1 if place else None]
        last: dict[str, Any] = log[-1] if log else {"digest": "", "seq": 0}
        line = wire.signed(
            key, last["seq"] + 1, last["digest"], log[0]["digest"] if log else "",
            self.team() if team is None else team, deps, at, ops,
        )  # fmt: skip
        path = paths.trust_path(key.id)
        self.files[path] = self.text(path) + line.raw.decode() + "\n"
        return line

    def team(self) -> str:
        """The digest of the line that began the team."""
        return next(
            str(line["digest"])
            for lines in self.logs().values()
            for line in lines
            if any(op["op"] == "genesis" for op in line["ops"])
        )

    def seen(self, *without: str) -> list[str]:
        """The last lines of all devices but these."""
        return sorted(
            lines[-1]["digest"]
            for device, lines in self.logs().items()
            if lines and device not in without
        )

    def push(self, *, force: bool = False) -> None:
        """Put all files on the remote's data branch, by a commit of plain git."""
        index = {**os.environ, **self.clone.env, "GIT_INDEX_FILE": str(self.clone.path / ".evil")}

        def git(*args: str, data: str | None = None) -> str:
            done = subprocess.run(
                ["git", *args], cwd=self.clone.path, input=data, text=True, capture_output=True,
                env=index, check=True,
            )  # fmt: skip
            return done.stdout.strip()

        git("read-tree", "FETCH_HEAD")
        for path, text in self.files.items():
            if text:
                blob = git("hash-object", "-w", "--stdin", data=text)
                git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        commit = git("commit-tree", git("write-tree"), "-p", "FETCH_HEAD", "-m", "by hand")
        git(
            "push", "-q", *(["--force"] if force else []), "origin", f"{commit}:refs/heads/{BRANCH}"
        )
        (self.clone.path / ".evil").unlink()


def device_of(clone: Clone) -> str:
    """The id of the device that a clone is."""
    known: Mapping[str, str] = json.loads((clone.path / ".git/naturecode/device").read_text())
    return known["device"]


def stolen(clone: Clone) -> wire.Device:
    """The key of the device that a clone is, taken from its owner's home."""
    name = device_of(clone)
    home = Path(clone.env["XDG_CONFIG_HOME"]) / "naturecode/keys"
    key = load_pem_private_key((home / f"{name}.key").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return wire.Device(name, key, wire.public(key).hex(), name, "")
