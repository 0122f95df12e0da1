"""What a check of the doctor gets, and what it finds."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from git_naturecode import errors, ids
from git_naturecode.clock import NowMs
from git_naturecode.config import Config
from git_naturecode.git.repo import Repo, read_config
from git_naturecode.store.log import Log
from git_naturecode.store.store import TEAM, Store

ERROR, WARNING, OK = "error", "warning", "ok"
HOUR = 3600.0
DAY = 24 * HOUR

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    `text` says what it is and what it means; `fix` what `mend` would do, `advice` what a person
    has to do where nothing can be mended. A `mend` raises NaturecodeError or OSError when it fails.
    """

    level: str
    text: str
    advice: str = ""
    fix: str = ""
    mend: Callable[[], object] | None = field(default=None, compare=False, repr=False)


Check = Callable[["Case"], Iterator[Finding]]


@dataclass
class Case:
    """One clone, looked at from outside: nothing here makes what is missing.

    `ask` allows to ask the remote; `tell` gets lines of progress; commits of the last `days` are
    looked at.
    """

    repo: Repo
    config: Config
    environ: Mapping[str, str]
    now_ms: NowMs
    random: ids.RandomBytes
    tell: Tell = lambda _: None
    ask: bool = False
    days: float = 90

    def __post_init__(self) -> None:
        self.store = Store(self.repo, self.config, self.environ, self.now_ms, self.random)

    @property
    def state_dir(self) -> str:
        """Where this clone keeps what is not shared."""
        return self.repo.state_dir

    @property
    def set_up(self) -> bool:
        """True when `init` was run here."""
        return os.path.lexists(self.path("device"))

    def path(self, *names: str) -> str:
        """A path inside the state folder."""
        return os.path.join(self.state_dir, *names)

    @property
    def private_dir(self) -> str:
        """Where the private repository is, once there is one."""
        return self.path("private.git")

    def logs(self) -> list[Log]:
        """The logs of both sides, as far as they exist and can be named."""
        if not self.set_up:
            return []
        found = []
        with suppress(errors.Usage):  # no branch can be called so; another check says that
            found.append(self.store.team)
        if os.path.exists(os.path.join(self.private_dir, "HEAD")):
            found.append(self.store.private)
        return found

    def repositories(self) -> list[Repo]:
        """The user's repository and the private one."""
        private = [log.repo for log in self.logs() if log.name != TEAM]
        return [self.repo, *private]

    def reload(self) -> None:
        """Read the configuration again, after it was changed."""
        self.store.close()
        self.config = read_config(self.repo)
        self.__post_init__()

    def close(self) -> None:
        """End the processes that read objects."""
        self.store.close()


def age(path: str) -> float:
    """Seconds since (or until) `path` was written by its own date; 0 for what is gone."""
    try:
        return abs(time.time() - os.lstat(path).st_mtime)
    except OSError:
        return 0.0


def inside(folder: str) -> list[str]:
    """The full paths of what is in `folder`, sorted; nothing where that cannot be read."""
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    except OSError:
        return []


def count(number: int, noun: str) -> str:
    """`1 text`, `2 texts`, `2 entries`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
