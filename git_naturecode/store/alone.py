"""Work that one process of a clone does at a time, detached, and that others may ask for."""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

from git_naturecode.git import run as git
from git_naturecode.store.lock import hold
from git_naturecode.store.store import Store


class Alone:
    """The hidden command `name` of the clone of `store`, which runs there once at a time.

    Whoever wants it first says so in a file, then looks whether it runs; the one that runs looks
    at that file after it has let go of its lock. So nobody's wish is missed, and nobody waits.
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._asked = os.path.join(store.state_dir, f"{name}.asked")
        self._lock = os.path.join(store.state_dir, f"{name}.lock")

    def ask(self) -> None:
        """Say that there is something to do. Raises OSError."""
        os.makedirs(self._store.state_dir, mode=0o700, exist_ok=True)
        with open(self._asked, "wb"):
            pass

    def launch(self, environ: Mapping[str, str]) -> bool:
        """Start the command, with `environ` besides ours, unless it runs; True when it did.

        Raises OSError, and NaturecodeError where no process can be started.
        """
        self.ask()
        with hold(self._lock, 0) as free:
            if not free:
                return False
        folder = self._store.repo.work_tree or self._store.repo.common_dir
        # -P: else Python would look for modules in the work tree, which is anybody's.
        argv = [sys.executable, "-P", "-m", "git_naturecode", "-C", folder, self._name]
        git.detach(argv, {**git.foreign_environment(self._store.environ), **environ})
        return True

    def work(self, do: Callable[[], int], behind: Callable[[], bool]) -> int:
        """`do` it, and again while somebody has asked meanwhile and something is `behind`.

        Gives what all of them gave together; returns at once where another process is at it.
        """
        done = 0
        while True:
            with hold(self._lock, 0) as held:
                if not held:
                    return done
                with suppress(FileNotFoundError):
                    os.unlink(self._asked)
                done += do()
            if not os.path.exists(self._asked) or not behind():
                return done
