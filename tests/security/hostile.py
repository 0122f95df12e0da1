"""Builds remotes that mean harm, object by object, and measures what a sync with them costs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from box import Box, Clone, Way

BRANCH = "refs/heads/naturecode"
PROGRAM = Way("program")
CANARY = "outside, and untouched\n"
_RUN = """
import json, os, resource, sys
from git_naturecode.__main__ import run
code = run(sys.argv[2:])
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
with open(sys.argv[1], "w") as file:
    json.dump({
        "code": code, "cpu": sum(u.ru_utime + u.ru_stime for u in used),
        "kilobytes": sum(u.ru_maxrss for u in used),
    }, file)
"""


@dataclass(frozen=True)
class Cost:
    """What a command answered, and what it took: seconds of work, MB of it and a child."""

    code: int
    err: str
    out: str
    cpu: float
    megabytes: float

    def is_bounded(self) -> bool:
        """Under 10 s of work and 300 MB; how long it takes is up to the machine."""
        return self.cpu < 10 and self.megabytes < 300


def measured(clone: Clone, *args: str) -> Cost:
    """`git naturecode ARGS` in a process of its own, with what it cost."""
    report = clone.path.parent / "cost.json"
    # By way of a small shell: a process inherits the peak of the one that it was forked from.
    # One that knows no bounds ends at these, and does not take the machine with it.
    small = ["/bin/sh", "-c", 'ulimit -v 4000000; ulimit -t 120; "$@"; exit $?', "sh"]
    with subprocess.Popen(
        [*small, sys.executable, "-c", _RUN, str(report), *args], cwd=clone.path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env={**os.environ, **clone.env, "NATURECODE_GIT": clone.way.name},
    ) as running:  # fmt: skip
        try:
            out, err = running.communicate(timeout=240)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    assert report.exists(), err
    found = json.loads(report.read_text())
    return Cost(
        found["code"], err, out, found["cpu"], found["kilobytes"] / 1000
    )  # fmt: skip


@dataclass
class Scene:
    """A remote with one session of Ada's, her clone and Ben's; Ben has said what is not pushed."""

    box: Box
    hub: Path
    ada: Clone
    ben: Clone
    session: str

    def git(self, *args: str, data: bytes | None = None) -> str:
        """Plain git in the remote itself."""
        done = subprocess.run(["git", *args], cwd=self.hub, input=data, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode("utf-8", "replace").strip()

    def tip(self) -> str:
        """Where the data branch of the remote stands."""
        return self.git("rev-parse", BRANCH)

    def paths(self) -> set[str]:
        """What the remote's data branch holds."""
        return set(self.git("ls-tree", "-r", "--name-only", BRANCH).split("\n"))

    def blob(self, data: bytes) -> str:
        """Write a blob into the remote."""
        return self.git("hash-object", "-w", "--stdin", data=data)

    def tree(self, lines: list[tuple[str, bytes, str]], *, sort: bool = True) -> str:
        """Write a tree of any lines (mode, name, id) into the remote."""
        if sort:
            lines = sorted(lines, key=lambda one: one[1] + b"/" * (one[0] == "40000"))
        raw = b"".join(b"%s %s\0%s" % (m.encode(), n, bytes.fromhex(o)) for m, n, o in lines)
        return self.git("hash-object", "--literally", "-w", "-t", "tree", "--stdin", data=raw)

    def top(self) -> list[tuple[str, bytes, str]]:
        """The lines of the branch's top folder."""
        out = self.git("ls-tree", "-z", BRANCH)
        parts = (line.split("\t", 1) for line in out.split("\0") if line)
        return [
            (meta.split()[0].lstrip("0"), name.encode(), meta.split()[2]) for meta, name in parts
        ]

    def with_file(self, path: str, blob: str, mode: str = "100644") -> str:
        """The branch's tree with one more file (git's own index builds it)."""
        index = {**os.environ, "GIT_INDEX_FILE": str(self.box.path / "index")}
        entry = f"{mode},{blob},{path}"
        for args in (("read-tree", BRANCH), ("update-index", "--add", "--cacheinfo", entry)):
            subprocess.run(["git", *args], cwd=self.hub, env=index, check=True)
        done = subprocess.run(
            ["git", "write-tree"], cwd=self.hub, env=index, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def commit(self, tree: str, *parents: str, message: str = "more") -> str:
        """A commit of `tree` in the remote."""
        mail = "-c", "user.name=Eve", "-c", "user.email=eve@example.com"
        more = [part for parent in parents for part in ("-p", parent)]
        return self.git(*mail, "commit-tree", tree, *more, "-m", message)

    def plant(self, tree: str) -> str:
        """Put `tree` on the remote's data branch, on top of what is there."""
        tip = self.commit(tree, self.tip())
        self.git("update-ref", BRANCH, tip)
        return tip

    def canary_is_untouched(self) -> bool:
        """Nothing beside the repositories was written."""
        return (self.box.path / "canary").read_text() == CANARY and not (
            self.box.path / "pwned"
        ).exists()


def scene(box: Box, way: Way = PROGRAM) -> Scene:
    """A fresh scene in `box`."""
    return box.scene(f"hostile {way}", lambda: _make(box, way))


def _make(box: Box, way: Way) -> Scene:
    hub = box.remote("hub", way)
    ada = box.clone(hub, "ada", way)
    session = ada.start("Retry jitter")
    ada.nc("session", "say", session, "from ada")
    ada.nc("sync")
    ben = box.clone(hub, "ben", way)
    ben.nc("sync")
    ada.nc("session", "say", session, "more from ada")
    ada.nc("sync")  # Ben has not seen this one yet
    (box.path / "canary").write_text(CANARY)
    ben.nc("session", "say", session, "from ben")
    return Scene(box, hub, ada, ben, session)


def device_of(clone: Clone) -> str:
    """The device of a clone."""
    known: Mapping[str, str] = json.loads((clone.path / ".git/naturecode/device").read_text())
    return known["device"]
