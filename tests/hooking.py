"""A repository in which commits know their session, and what plain git makes of it."""

import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from box import Box, Clone, Way
from git_naturecode import linking
from git_naturecode.store import followed

SESSION = re.compile(r"^NatureCode-Session: (session-\d{8}-[0-9a-z]{8})$", re.M)
HOOKS = ("pre-push", "post-rewrite", "post-merge", "post-checkout", "commit-msg")


@dataclass
class Yard:
    """A work tree with an active session; git in it is the user's own."""

    clone: Clone
    session: str

    @property
    def path(self) -> Path:
        """The top of the work tree."""
        return self.clone.path

    @property
    def state(self) -> Path:
        """Where this clone keeps what is not shared."""
        return self.common / "naturecode"

    @property
    def common(self) -> Path:
        """The git directory that all work trees share."""
        found = self.clone.git("rev-parse", "--git-common-dir").removesuffix("\n")
        return (self.path / found).resolve()

    def git(self, *args: str, code: int = 0, **env: str) -> str:
        """Plain git; asserts its exit code."""
        done = subprocess.run(
            ["git", *args], cwd=self.path, capture_output=True, text=True, check=False,
            errors="surrogateescape", env={**os.environ, **self.clone.env, **env},
        )  # fmt: skip
        assert done.returncode == code, (args, done.stdout, done.stderr)
        return done.stdout

    def change(self, name: str = "a.txt", text: str = "more\n") -> None:
        """Add a line to a file, and the file to the index."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
        self.git("add", "--", name)

    def commit(self, *args: str, code: int = 0, **env: str) -> str:
        """Change a file and commit with `args`; the message that came of it."""
        self.change()
        self.git("commit", "-q", *args, code=code, **env)
        return self.message()

    def message(self, commit: str = "HEAD") -> str:
        """The message of a commit."""
        return self.git("log", "-1", "--format=%B", commit).removesuffix("\n")

    def named(self, commit: str = "HEAD") -> list[str]:
        """The sessions that the message of a commit names."""
        return SESSION.findall(self.message(commit))

    def head(self, commit: str = "HEAD") -> str:
        """The id of a commit."""
        return self.git("rev-parse", commit).strip()

    def queue(self) -> list[list[str]]:
        """The lines of the queue, without their time; of commits also without what was before."""
        with self.clone.store() as store:
            followed.follow(store.repo, store.config)
        path = self.state / "queue"
        lines = path.read_text().splitlines() if path.exists() else []
        split = {"commit": 5, "on": 4, "skip": 3}
        found = [line.split(" ", split.get(line.split(" ")[0], -1)) for line in lines]
        assert all(line[1].isdigit() for line in found), lines
        return [
            [line[0], line[2], *line[4:]] if line[0] == "commit" else [line[0], *line[2:]]
            for line in found
        ]

    def commits(self) -> list[list[str]]:
        """What the queue says of commits: id, sessions, work tree."""
        return [line[1:] for line in self.queue() if line[0] == "commit"]

    def linked(self, commit: str = "HEAD") -> list[str]:
        """The sessions that a commit is linked to, after a drain."""
        with self.clone.store() as store:
            linking.drain(store)
            found = linking.find(store, self.head(commit))
        return sorted(link.session for link in found if link.entry)


_PLAIN = Way("program")


def yard(box: Box, name: str = "repo", way: Way = _PLAIN) -> Yard:
    """A repository, set up, with an active session and all hooks."""
    return box.scene(f"yard {name} {way}", lambda: settle(box.repo(name, way)))


def settle(clone: Clone) -> Yard:
    """Set `clone` up, with an active session and all hooks."""
    clone.git("config", "naturecode.hooks", "true")
    clone.nc("init")
    return Yard(clone, clone.start())


def script(path: Path, text: str, mode: int = 0o755) -> Path:
    """A file with a mode, as a user or a tool has put it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def picture(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in `folder`: name -> mode and bytes (of a link: where it leads)."""
    found = {}
    for path in sorted(folder.rglob("*")):
        kind = path.lstat()
        if stat.S_ISLNK(kind.st_mode):
            found[str(path.relative_to(folder))] = (kind.st_mode, os.readlink(path).encode())
        elif path.is_file():
            found[str(path.relative_to(folder))] = (kind.st_mode, path.read_bytes())
    return found


def shells() -> dict[str, str]:
    """The shells of this machine that may stand at /bin/sh: name -> path."""
    found = {name: shutil.which(name) for name in ("dash", "bash", "busybox", "mksh", "yash")}
    return {name: path for name, path in found.items() if path}
