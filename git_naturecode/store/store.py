"""The logs of one clone: writing entries down, draining them, reading an entity's entries."""

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from git_naturecode import ids
from git_naturecode.clock import NowMs
from git_naturecode.config import Config
from git_naturecode.errors import NaturecodeError, Unsupported, Usage
from git_naturecode.git.door import open_objects
from git_naturecode.git.objects import Missing, RefLocked, TreeEntry
from git_naturecode.git.repo import Repo, open_private
from git_naturecode.git.run import GitFailed
from git_naturecode.store import active, device
from git_naturecode.store.lock import hold
from git_naturecode.store.log import Log
from git_naturecode.store.spool import Spool
from git_naturecode.store.stamps import Stamps
from git_naturecode.store.undone import undone

if TYPE_CHECKING:
    from git_naturecode.crypto.unlocking import Unlock
    from git_naturecode.redact import Redactor
    from git_naturecode.store.drain import Derived
    from git_naturecode.store.entry import Draft, Entry, Json
    from git_naturecode.store.format import Segment
    from git_naturecode.store.judged import Judge, Mark
    from git_naturecode.store.opened import Vault

TEAM, PRIVATE = "team", "private"
DEFAULT_BRANCH = "naturecode"
# What git check-ref-format allows; a line break in it would be one in what we tell git.
_BRANCH = (
    r"(?!.*(?:\.\.|\.lock(?:/|$)|//|/\.|@\{|[./]$))"
    r"[^\x00-\x20\x7f~^:?*\[\\/.][^\x00-\x20\x7f~^:?*\[\\]*"
)
_PRIVATE_WAIT = 30.0
_HEAD_BYTES = 200  # of a segment, with the name of what it is about
# An entry that begins an epoch of an encrypted session; a text cannot hold such a line.
_EPOCH = re.compile(rb'^<!-- nc:entry \{[^\n]*"kind":"epoch"', re.M)
# Where this person may not write, draining is left to somebody who may.
_MAY_NOT = (errno.EACCES, errno.EPERM, errno.EROFS)


class Placed(NamedTuple):
    """An entry and where it stands: about what, by which device, on which side; `mark` says what
    is to be thought of it where it is not plainly verified, `left_out` what does not count about
    the entity and stands on something: (id, ids of its parents)."""

    entry: "Entry"
    entity: str
    device: str
    side: str
    mark: "Mark | None" = None
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Closing(Protocol):
    """What is closed together with a store."""

    def close(self) -> None:
        """Let go of files and processes."""
        ...


class Store:
    """All that one clone knows. `many` announces bulk or long-lived work (see git/door)."""

    def __init__(
        self, repo: Repo, config: Config, environ: Mapping[str, str], now_ms: NowMs,
        random: ids.RandomBytes, redactor: "Redactor | None" = None, many: bool = False,
    ) -> None:  # fmt: skip
        self.repo = repo
        self.config = config
        self.environ = environ
        self.now_ms = now_ms
        self.random = random
        self.redactor = redactor
        self.many = many
        self.vault: Vault | None = None
        self.without_epoch: frozenset[str] = frozenset()  # segments known to begin none
        self.judge: Judge | None = None
        self.derived: Derived | None = None  # what is made of entries on the shared branch
        self.beside: dict[str, Closing] = {}  # what higher rooms keep open for as long

    def elsewhere(self, repo: Repo, config: Config) -> "Store":
        """The same clone seen from another of its work trees."""
        there = Store(
            repo, config, self.environ, self.now_ms, self.random, self.redactor, self.many
        )
        there.vault = self.vault
        there.judge = self.judge
        there.derived = self.derived
        return there

    @property
    def state_dir(self) -> str:
        """Where this clone keeps what is not shared."""
        return self.repo.state_dir

    @property
    def branch(self) -> str:
        """The name of the data branch; raises Usage when no branch can be called so."""
        name = self.config.get("naturecode.branch", DEFAULT_BRANCH)
        if name != DEFAULT_BRANCH and not re.fullmatch(_BRANCH, name):
            raise Usage(f"naturecode.branch is {name!r}, not the name of a branch")
        return name

    @property
    def lock(self) -> str:
        """The file that whoever writes a branch of ours holds."""
        return os.path.join(self.state_dir, "lock")

    @cached_property
    def team(self) -> Log:
        """What is shared by push and fetch."""
        objects = open_objects(self.repo, many=self.many)
        return Log(TEAM, self.repo, objects, f"refs/heads/{self.branch}", self._spool(TEAM))

    @cached_property
    def private(self) -> Log:
        """What never leaves this clone: a repository of its own, so that no push can take it."""
        repo = self._private_repo()
        objects = open_objects(repo, many=self.many)
        return Log(PRIVATE, repo, objects, f"refs/heads/{DEFAULT_BRANCH}", self._spool(PRIVATE))

    def _private_repo(self) -> Repo:
        """Opened; where it is missing, made elsewhere and put in its place whole."""
        path = os.path.join(self.state_dir, "private.git")
        if not os.path.exists(path):
            with hold(self.lock, _PRIVATE_WAIT):
                if not os.path.exists(path):
                    shutil.rmtree(path + ".new", ignore_errors=True)
                    made = open_private(path + ".new", self.environ, self.repo)
                    # What was there before is the way back when the newest commit gets lost.
                    made.program.run("config", "core.logAllRefUpdates", "true")
                    os.rename(path + ".new", path)
        return open_private(path, self.environ, self.repo)

    @property
    def sides(self) -> tuple[Log, ...]:
        """Both branches, the private one only where it was ever used."""
        used = os.path.exists(os.path.join(self.state_dir, "private.git", "HEAD"))
        waiting = os.path.isdir(os.path.join(self.state_dir, "spool", PRIVATE))
        return (self.team, self.private) if used or waiting else (self.team,)

    def side(self, name: str) -> Log:
        """The branch called `name` (team or private)."""
        return self.private if name == PRIVATE else self.team

    def _spool(self, side: str) -> Spool:
        return Spool(os.path.join(self.state_dir, "spool", side))

    @cached_property
    def device(self) -> str:
        """The id of this clone's device; raises NaturecodeError before `init`."""
        return device.require(self.state_dir, self.environ, self.random)

    @cached_property
    def unlock(self) -> "Unlock":
        """Gets at the private keys of this person where they are locked; asks him once."""
        from git_naturecode.crypto.unlocking import Unlocking

        return Unlocking(self.environ)

    @cached_property
    def stamps(self) -> Stamps:
        """The hybrid clock of this clone."""
        return Stamps(os.path.join(self.state_dir, "clock"), self.now_ms)

    @cached_property
    def person(self) -> str:
        """Who writes here: the e-mail address that git would put into a commit."""
        by = self.environ.get("GIT_AUTHOR_EMAIL") or self.config.get("user.email")
        if not by:
            ident = self.repo.program.run("var", "GIT_AUTHOR_IDENT", check=False)[1].decode()
            by = ident[ident.find("<") + 1 : ident.find(">")] if "<" in ident else ""
        if not by:
            raise NaturecodeError(
                "git does not know who you are", "git config --global user.email you@example.com"
            )
        return by

    def entries_of(self, drafts: "Sequence[Draft]") -> "list[Entry]":
        """Give each draft its stamp, id, salt and author, after redaction; nothing is kept yet."""
        import base64

        from git_naturecode.store import format

        clean = list(map(self._redacted, drafts))  # takes its time, so before the stamps
        made = []
        for stamp, draft in zip(self.stamps.take(len(clean)), clean, strict=True):
            salt = base64.urlsafe_b64encode(self.random(16)).decode().rstrip("=")
            name = draft.id or ids.live_entry(stamp.ms, stamp.counter, self.device)
            header: dict[str, Json] = dict(draft.fields)
            header.update(id=name, at=str(stamp), by=self.person, kind=draft.kind, salt=salt)
            if draft.id:  # else the id itself says which device wrote it
                header["device"] = self.device
            if draft.redacted:
                header["red"] = list(draft.redacted)
            made.append(format.make(header, draft.body))
        return made

    def write(self, side: str, entity: str, drafts: "Sequence[Draft]") -> "list[Entry]":
        """Say `drafts` about `entity`; when this returns they survive a power cut.

        They are in the log once somebody drained the spool: see `settle`.
        """
        return self.keep(side, entity, self.entries_for(side, entity, drafts))

    def entries_for(self, side: str, entity: str, drafts: "Sequence[Draft]") -> "list[Entry]":
        """`entries_of`, as they may stand on `side` about `entity`: see `sealed`."""
        return self.sealed(side, entity, self.entries_of(drafts))

    def sealed(self, side: str, entity: str, entries: "Sequence[Entry]") -> "list[Entry]":
        """`entries` encrypted where `entity` is, after the epoch that they begin if they do.

        Raises NotPermitted when this device has no key for it.
        """
        if side != TEAM or not entries or not self.is_encrypted(entity):
            return list(entries)
        if self.vault is None:
            raise NaturecodeError(f"{entity} is encrypted, and no key is at hand to write there")
        return self.vault.sealed(entity, entries)

    def is_encrypted(self, entity: str) -> bool:
        """True when what is shared about `entity` says that it is encrypted."""
        log, tail = self.team, ids.tail(entity)
        for name in log.spool.waiting():
            with suppress(FileNotFoundError):
                data = log.spool.read(name)
                if tail.encode() in data[:_HEAD_BYTES] and _EPOCH.search(data):
                    return True
        try:
            return self._has_epoch(log, entity)
        except (NaturecodeError, Missing) as gone:
            from git_naturecode.store import pins

            # Without a team nothing can be encrypted, and what is said is kept all the same.
            if pins.load(self.state_dir).team:
                raise log.broken() if isinstance(gone, Missing) else gone from None
            return False

    def _has_epoch(self, log: Log, entity: str) -> bool:
        kind, tail = entity.split("-")[0], ids.tail(entity)
        files = self._files(log, kind, tail, log.tree())
        fresh = [one.oid for one in files if one.oid not in self.without_epoch]
        return any(_EPOCH.search(data) for _, data in log.objects.read_many(fresh))

    def keep(
        self, side: str, entity: str, entries: "Sequence[Entry]", device: str = ""
    ) -> "list[Entry]":
        """Acknowledge entries that are already made (new ones, or copies of shared ones).

        They go to the log of `device`, which is this one unless it is named.
        """
        if entries:
            from git_naturecode.store.together import waiting

            self.side(side).spool.put(*waiting(self, entity, entries, device or self.device))
        return list(entries)

    def settle(self, wait: float = 0.0) -> None:
        """Drain what waits, unless others are at it; a foreign lock only delays it.

        Raises NaturecodeError when it cannot be done; what waits goes on waiting.
        """
        for log in self.sides:
            if not log.spool.waiting() and not log.spool.doubted:
                continue
            from git_naturecode.store.drain import drain

            try:
                drain(log, self.lock, self.now_ms(), wait, self.derived)
            except RefLocked:
                if wait:
                    raise NaturecodeError(
                        f"{log.ref} is locked by another git process",
                        "nothing is lost; run the command again when that one has ended",
                    ) from None
            except (OSError, GitFailed) as error:
                if wait or getattr(error, "errno", None) not in _MAY_NOT:
                    raise undone(log, error) from None

    def read(self, tail: str, kind: str, *, sealed: bool = False) -> list[Placed]:
        """All entries that count about the entity with the last part `tail`, drained or waiting.

        What is encrypted is opened where there is a key here, unless it shall stay `sealed`: for
        whoever writes to a file what he reads.
        """
        found = self.counting(tail, kind, self.read_all(tail, kind))
        return found if sealed else self.opened(found)

    def read_all(self, tail: str, kind: str) -> list[Placed]:
        """The same with what is in quarantine, nothing marked and nothing opened."""
        return [placed for log in self.sides for placed in self._read_side(log, kind, tail)]

    def opened(self, placed: list[Placed]) -> list[Placed]:
        """`placed`, all entries about one entity, opened where there is a key here."""
        if self.vault is None or not any(one.entry.kind == "epoch" for one in placed):
            return placed
        return self.vault.opened(placed)

    def counting(self, tail: str, kind: str, placed: list[Placed]) -> list[Placed]:
        """Those of `placed`, all entries about one entity, that count, each with its mark."""
        if self.judge is None or not placed:
            return placed
        from git_naturecode.store import judged

        return judged.counting(placed, self.judge.marks(kind, tail, placed))

    def has(self, side: str, kind: str, tail: str) -> bool:
        """True when `side` says anything about the entity with the last part `tail`."""
        log = self.side(side)
        if any(ids.tail(one.entity) == tail for one in self.waiting(log)):
            return True
        folders = log.folder(f"log/{kind}/{tail[0]}/{tail[1]}/{tail[2]}", log.tree())
        return any(folder.name.endswith(f"-{tail}".encode()) for folder in folders)

    def _read_side(self, log: Log, kind: str, tail: str) -> Iterator[Placed]:
        # The spool first: what is drained after that is found twice, else it could be missed.
        waiting = [one for one in self.waiting(log) if ids.tail(one.entity) == tail]
        seen = set()
        for segment in (*self._segments(log, kind, tail), *waiting):
            for entry in segment.entries:
                if waiting and (segment.device, *entry.key) in seen:
                    continue
                seen.add((segment.device, *entry.key))
                yield Placed(entry, segment.entity, segment.device, log.name)

    def _segments(self, log: Log, kind: str, tail: str) -> "Iterator[Segment]":
        from git_naturecode.store import format

        for line in self._files(log, kind, tail, log.tree()):
            # A log that a later program wrote must not hide the others.
            with suppress(Unsupported):
                yield format.parse(log.objects.read(line.oid)[1])

    def _files(self, log: Log, kind: str, tail: str, root: str | None) -> "Iterator[TreeEntry]":
        """The segments about one entity in the tree `root`."""
        above = f"log/{kind}/{tail[0]}/{tail[1]}/{tail[2]}"
        for folder in log.folder(above, root):
            if folder.name.decode("utf-8", "replace").endswith(f"-{tail}"):
                yield from log.folder(f"{above}/{folder.name.decode()}", root)

    def waiting(self, log: Log) -> "Iterable[Segment]":
        """What is acknowledged on `log` and not drained yet."""
        for name in log.spool.waiting():
            from git_naturecode.store import format

            try:
                yield format.parse(log.spool.read(name))
            except (FileNotFoundError, Unsupported):  # drained in between, or of another program
                continue

    def _redacted(self, draft: "Draft") -> "Draft":
        if draft.clean:
            return draft
        if self.redactor is None:
            raise NaturecodeError("nothing is written without redaction")
        fields, found = self.redactor.value(dict(draft.fields))
        body, more = (None, ()) if draft.body is None else self.redactor.text(draft.body)
        return draft._replace(fields=fields, body=body, redacted=(*found, *more), clean=True)

    def make_active(self, entity: str) -> None:
        """Remember the session that this work tree works in ("": none); what was committed so far
        belongs to the one of before."""
        from git_naturecode.store import followed

        followed.use(self.repo, self.config, entity, self.random)

    def active(self) -> str:
        """The session that this work tree works in (the environment may say which), or ""."""
        return active.look(self.repo, self.environ).session

    def forget_active(self, entity: str) -> None:
        """Take `entity` away wherever in this clone it is the active session."""
        from git_naturecode.store import followed

        followed.end(self.repo, self.config, entity)

    def close(self) -> None:
        """End the processes that read objects."""
        for name in (TEAM, PRIVATE):
            log = self.__dict__.get(name)
            if isinstance(log, Log):
                log.objects.close()
        for one in self.beside.values():
            one.close()
        self.beside.clear()
