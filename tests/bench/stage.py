"""Where benchmarks run: a temporary folder, a compiled copy of the program, a home of its own."""

import compileall
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import git_naturecode
from git_naturecode.clock import system_ms
from git_naturecode.git import repo as repos
from git_naturecode.redact import Redactor
from git_naturecode.store.store import Store

from . import made, year

# As pip writes it for an entry point.
_SCRIPT = """\
#!{python}
# -*- coding: utf-8 -*-
import re
import sys
from {module} import main
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit(main())
"""
_EMPTY = '"""Does nothing."""\n\n\ndef main() -> None:\n    """Nothing."""\n'
DATA = Path(__file__).parent.parent.parent.parent / "shared" / "data"


class Stage:
    """A folder to measure in; `quick` makes everything smaller."""

    def __init__(self, folder: Path, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self.entities = 1_000 if quick else 10_000
        self._filled: dict[tuple[int, int], Path] = {}
        self._numbers = iter(range(1_000_000))
        site = folder / "site"
        package = Path(git_naturecode.__file__).parent
        shutil.copytree(
            package, site / "git_naturecode", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copytree(package.parent / "hooks", site / "git_naturecode" / "hooks" / "shims")
        (site / "empty_script.py").write_text(_EMPTY)
        compileall.compile_dir(str(site), quiet=1)
        self.python = sys.executable
        self.program = self._script("git-naturecode", "git_naturecode.__main__")
        self.empty = self._script("empty", "empty_script")
        self.env = self._environment(site)
        os.environ.clear()
        os.environ.update(self.env)

    def rounds(self, full: int) -> int:
        """How often to measure: `full` times, or a few when quick."""
        return max(3, full // 3) if self.quick else full

    def path(self, name: str) -> Path:
        """A new place in the folder."""
        return self.folder / f"{name}-{next(self._numbers)}"

    def run(self, *args: str, cwd: Path, data: bytes | None = None) -> bytes:
        """Run a program to its end; its output. Raises CalledProcessError."""
        return subprocess.run(args, cwd=cwd, input=data, capture_output=True, check=True).stdout

    def repo(self, name: str) -> Path:
        """A repository with one commit, set up for sessions."""
        path = self.path(name)
        self.run("git", "init", "-q", "-b", "main", str(path), cwd=self.folder)
        self.run("git", "commit", "-q", "--allow-empty", "-m", "first", cwd=path)
        self.run(self.program, "init", cwd=path)
        return path

    def filled(self, entities: int, entries: int) -> Path:
        """A repository of so many sessions, the first with so many entries; made once in a run.

        What is measured in it adds a few entries, which nothing else here depends on.
        """
        if (entities, entries) not in self._filled:
            path = self._filled[entities, entries] = self.repo("filled")
            with self.store(path) as store:
                made.fill(store, range(1, entities), 2)
                made.fill(store, [0], entries)
            self.run("git", "repack", "-adq", cwd=path)
        return self._filled[entities, entries]

    def year(self, count: int) -> Path:
        """A repository with `count` sessions of a made-up year of a team; made once in a run."""
        if (count, -1) not in self._filled:
            path = self._filled[count, -1] = self.repo("year")
            with self.store(path) as store:
                year.fill(store, count)
            self.run("git", "repack", "-adq", cwd=path)
        return self._filled[count, -1]

    def articles(self, fill: Callable[[Store], None]) -> Path:
        """A repository that `fill` puts articles into; made once in a run."""
        if (self.entities, -2) not in self._filled:
            path = self._filled[self.entities, -2] = self.repo("articles")
            with self.store(path) as store:
                fill(store)
            self.run("git", "repack", "-adq", cwd=path)
        return self._filled[self.entities, -2]

    def hub(self) -> Path:
        """A bare remote with one commit on main."""
        path = self.path("hub")
        self.run("git", "clone", "-q", "--bare", str(self.repo("seed")), str(path), cwd=self.folder)
        self.run("git", "update-ref", "-d", "refs/heads/naturecode", cwd=path)
        return path

    def clone(self, hub: Path) -> Path:
        """A clone of `hub`, set up."""
        path = self.path("clone")
        self.run("git", "clone", "-q", f"file://{hub}", str(path), cwd=self.folder)
        self.run(self.program, "init", cwd=path)
        return path

    @contextmanager
    def store(self, path: Path, *, many: bool = True) -> Iterator[Store]:
        """The store of the clone at `path`, in this process."""
        with opened(path, many=many) as store:
            yield store

    def _script(self, name: str, module: str) -> str:
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_text(_SCRIPT.format(python=self.python, module=module))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def _environment(self, site: Path) -> dict[str, str]:
        """Nothing of the user's settings, and compiled modules as after an installation."""
        home = self.folder / "home"
        home.mkdir()
        (home / ".gitconfig").write_text(
            "[user]\n\tname = Ada\n\temail = ada@example.com\n[gc]\n\tauto = 0\n"
            "[protocol]\n\tfile = always\n"
        )
        return {
            "HOME": str(home), "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1",
            "NATURECODE_BACKGROUND": "0",
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(site), "TMPDIR": str(self.folder),
        }  # fmt: skip


@contextmanager
def opened(path: Path, *, many: bool = True) -> Iterator[Store]:
    """The store of the clone at `path`, with redaction."""
    repo = repos.find(str(path), os.environ)
    config = repos.read_config(repo)
    store = Store(repo, config, os.environ, system_ms, os.urandom, Redactor(), many)
    try:
        yield store
    finally:
        store.close()
