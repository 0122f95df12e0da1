"""Repositories to test in: a remote, clones, and the program run in them as a user would."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import templates
from git_naturecode.__main__ import run
from git_naturecode.clock import system_ms
from git_naturecode.git import repo as repos
from git_naturecode.store.store import Store

T = TypeVar("T")


@dataclass(frozen=True)
class Way:
    """One way to reach git, over one format of objects."""

    name: str
    objects: str = "sha1"

    def __str__(self) -> str:
        return self.name if self.objects == "sha1" else f"{self.name}-{self.objects}"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


@dataclass
class Clone:
    """A repository and the commands run in it."""

    path: Path
    way: Way = Way("program")
    env: dict[str, str] = field(default_factory=dict)

    def git(self, *args: str, check: bool = True) -> str:
        """Plain git, as a user types it."""
        done = subprocess.run(
            ["git", *args], cwd=self.path, capture_output=True, text=True, check=False,
            errors="surrogateescape", env={**os.environ, **self.env},
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def nc(self, *args: str, code: int = 0) -> Said:
        """`git naturecode ARGS` in this process; asserts its exit code."""
        said = self.tried(*args)
        assert said.code == code, (args, said)
        return said

    def tried(self, *args: str) -> Said:
        """`git naturecode ARGS` in this process, which may end with any exit code."""
        out, err = io.StringIO(), io.StringIO()
        with self.entered(), redirect_stdout(out), redirect_stderr(err):
            found = run(list(args))
        return Said(found, out.getvalue(), err.getvalue())

    def process(self, *args: str, **more: Any) -> "subprocess.CompletedProcess[str]":
        """`git-naturecode ARGS` as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "git_naturecode", *args], cwd=self.path, capture_output=True,
            text=True, env={**os.environ, **self.env, "NATURECODE_GIT": self.way.name}, **more,
        )  # fmt: skip

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This clone as the current directory, with its environment."""
        before, where = dict(os.environ), os.getcwd()
        os.environ.update(self.env, NATURECODE_GIT=self.way.name)
        os.chdir(self.path)
        try:
            yield
        finally:
            os.chdir(where)
            os.environ.clear()
            os.environ.update(before)

    @contextmanager
    def store(self, *, many: bool = True) -> Iterator[Store]:
        """The store of this clone, for tests below the commands."""
        from git_naturecode.redact import Redactor

        with self.entered():
            repo = repos.find(str(self.path), dict(os.environ))
            store = Store(
                repo, repos.read_config(repo), dict(os.environ), system_ms, os.urandom,
                Redactor(), many,
            )  # fmt: skip
            try:
                yield store
            finally:
                store.close()

    def start(self, name: str = "Retry jitter", visibility: str = "team") -> str:
        """Begin a session; its id."""
        return self.nc("session", "start", name, "--visibility", visibility).out.strip()

    def texts(self, session: str) -> list[str]:
        """What was said in a session, in order."""
        shown = self.nc("session", "show", session, "--json").json
        return [message["content"] for message in shown["messages"]]

    def ids(self) -> set[str]:
        """The ids of all sessions."""
        listed = self.nc("session", "list", "--json", "--limit", "100000").json
        return {item["id"] for item in listed["items"]}


@dataclass
class Box:
    """A folder of repositories."""

    path: Path

    def repo(self, name: str = "repo", way: Way = Way("program")) -> Clone:
        """A repository with one commit and no remote."""
        clone = Clone(self.path / name, way)

        def make() -> None:
            self._git("init", "-q", f"--object-format={way.objects}", str(clone.path))
            clone.git("commit", "-q", "--allow-empty", "-m", "first")

        templates.lay(self.path, way.objects, make, name)
        return clone

    def ready(self, name: str = "repo", way: Way = Way("program")) -> Clone:
        """A repository with one commit and no remote, which the program was set up in."""

        def make() -> Clone:
            made = self.repo(name, way)
            made.nc("init")
            return made

        return self.scene(f"ready {name} {way}", make)

    def remote(self, name: str = "hub", way: Way = Way("program"), *, empty: bool = False) -> Path:
        """A bare remote; with one commit on main unless `empty`."""
        path = self.path / f"{name}.git"
        first = None if empty else self.repo(f"{name}-seed", way)

        def make() -> None:
            self._git("init", "-q", "--bare", f"--object-format={way.objects}", str(path))
            if first:
                first.git("push", "-q", str(path), "main")

        kind = f"remote {way.objects} {empty}"
        templates.lay(self.path, kind, make, path.name)
        return path

    def scene(self, kind: str, make: Callable[[], T]) -> T:
        """What `make` makes here, really made only once for the same state of affairs.

        `kind` says all that `make` depends on besides. Ids and times are those of the first one.
        """
        return templates.lay(self.path, kind, make)

    def clone(self, remote: Path, name: str, way: Way = Way("program"), *args: str) -> Clone:
        """A clone of `remote`, set up."""

        def make() -> Clone:
            self._git("clone", "-q", *args, f"file://{remote}", str(self.path / name))
            clone = Clone(self.path / name, way, {"GIT_AUTHOR_EMAIL": f"{name}@example.com"})
            clone.nc("init")
            return clone

        if remote.parent != self.path:
            return make()
        return self.scene(f"clone {remote.name} {name} {way} {args}", make)

    def person(self, remote: Path, name: str, machine: str = "") -> Clone:
        """A clone of `remote`, set up by somebody with keys and a name of his own.

        The same person has the same keys in another clone, called `machine`.
        """

        def make() -> Clone:
            path = self.path / (machine or name)
            self._git("clone", "-q", f"file://{remote}", str(path))
            clone = Clone(path, env={
                "GIT_AUTHOR_EMAIL": f"{name}@example.com",
                "XDG_CONFIG_HOME": str(self.path / f"config-{name}"),
            })  # fmt: skip
            clone.git("config", "user.name", name.capitalize())
            clone.nc("init")
            return clone

        if remote.parent != self.path:
            return make()
        return self.scene(f"person {remote.name} {name} {machine}", make)

    def close(self) -> None:
        """Nothing is left running."""

    def _git(self, *args: str) -> None:
        subprocess.run(["git", *args], check=True, capture_output=True)
