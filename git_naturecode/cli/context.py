"""What every command gets: the repository, its store, where to write, what time it is."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING

from git_naturecode import clock, ids, sealed, trusting
from git_naturecode.config import Config
from git_naturecode.git import repo as repos
from git_naturecode.kb.beside import ViewsBeside
from git_naturecode.render.show import in_json
from git_naturecode.store import device
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Store

if TYPE_CHECKING:
    from git_naturecode.redact import Redactor

SCHEMA = 1


class Context:
    """One run of the program. Everything outside of it comes in here, once."""

    def __init__(
        self, cwd: str, environ: Mapping[str, str], out: IO[str], err: IO[str],
        quiet: bool = False,
    ) -> None:  # fmt: skip
        self.cwd = cwd
        self.environ = environ
        self.out = out
        self.err = err
        self.now_ms: clock.NowMs = clock.system_ms
        self.random: ids.RandomBytes = os.urandom
        self.quiet = quiet
        self.took_in = False  # what was edited in the folder
        self.follows = True  # False for a command that is about the hooks themselves

    @cached_property
    def _here(self) -> tuple[repos.Repo, Config]:
        return repos.find_with_config(self.cwd, self.environ)

    @property
    def repo(self) -> repos.Repo:
        """The repository we are in."""
        return self._here[0]

    @property
    def config(self) -> Config:
        """Git's configuration."""
        return self._here[1]

    @cached_property
    def redactor(self) -> "Redactor":
        """Knows the secrets of this user and this work tree besides the general rules."""
        from git_naturecode.redact import of_work_tree

        return of_work_tree(self.environ, self.repo.work_tree)

    @contextmanager
    def store(self, *, many: bool = False, writing: bool = False) -> Iterator[Store]:
        """This clone's store; raises NaturecodeError before `init`.

        `writing` loads the redaction, `many` announces bulk work.
        """
        redactor = self.redactor if writing else None
        store = Store(
            self.repo, self.config, self.environ, self.now_ms, self.random, redactor, many
        )
        store.judge = trusting.judge_of(store)
        store.vault = sealed.LazyVault(store)
        store.derived = ViewsBeside(store)
        try:
            device.require(store.state_dir, self.environ, self.random)
            yield store
            self.follow_session(store)
            self.start_background(store)
        finally:
            store.close()

    def follow_session(self, store: Store) -> None:
        """Have the hooks by which commits know their session, as long as one is active."""
        from git_naturecode import hooks

        if self.follows and hooks.are_wrong(store.repo, store.config):
            from git_naturecode.hooks import install

            here = install.ground(store.repo, store.config, store.environ, store.branch)
            for line in install.follow(here):
                self.tell(line)

    def start_background(self, store: Store) -> None:
        """Have done in the background what is behind now; costs nothing where nothing is."""
        if self.environ.get("NATURECODE_BACKGROUND") != "0":
            from git_naturecode import background

            background.start(store)
            if self.config.get("naturecode.autoSync"):
                from git_naturecode import autosync

                autosync.start(store)

    def say(self, text: str = "") -> None:
        """A line of output."""
        self.out.write(text + "\n")

    def tell(self, text: str) -> None:
        """A line of progress or advice, on stderr; silent with -q."""
        if not self.quiet:
            self.err.write(text + "\n")

    def progress(self, text: str) -> None:
        """Progress that overwrites itself on a terminal and is silent elsewhere."""
        if not self.quiet and self.err.isatty():
            self.err.write(f"\r\x1b[K{text}")
            self.err.flush()

    def progress_done(self) -> None:
        """Clear the progress line."""
        if not self.quiet and self.err.isatty():
            self.err.write("\r\x1b[K")

    def json(self, value: Mapping[str, Json]) -> None:
        """`value` as one JSON object with the version of its schema."""
        self.say(json_text(value))


def json_text(value: Mapping[str, Json]) -> str:
    """`value` as JSON with the version of its schema, in UTF-8 whatever it holds.

    Nothing in it commands a terminal.
    """
    text = json.dumps({"schema": SCHEMA, **value}, ensure_ascii=False, indent=2)
    return in_json(text.encode("utf-8", "replace").decode())


def current(quiet: bool = False) -> Context:
    """The context of this process."""
    return Context(os.getcwd(), os.environ, sys.stdout, sys.stderr, quiet=quiet)
