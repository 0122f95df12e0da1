"""Following what git commits: the reflogs of the work trees, read on where they were read up to.

`naturecode/followed` in the git folder of a work tree is the mark: `OFFSET SIZE REBASING` on one
line, on the next the last line of the reflog that was read (where git keeps no reflog: `HEAD OID`).
What is new goes into the queue as `commit` lines, with the session that is active there, before the
mark is moved; and both are done before another session becomes the active one. So whatever is
killed in between, the same lines come once more, and say the same.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from git_naturecode import ids
from git_naturecode.config import Config
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import reflog
from git_naturecode.git.reflog import Made, Mark
from git_naturecode.git.refs import resolve
from git_naturecode.git.repo import Repo
from git_naturecode.store import active
from git_naturecode.store.lock import hold

WANTED = "naturecode.hooks"
QUEUE, ODD = "queue", "queue.odd"  # the second is where it goes if it is no plain file
_PATIENCE = 10.0  # seconds; nobody holds the lock for longer than it takes to read some lines
_MOST = 1_000  # commits that are looked for without a reflog
_NUMBERS = re.compile(rb"([0-9]{1,18}) ([0-9]{1,18}) ([01])")
_UNBORN = "0" * 40
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def is_behind(repo: Repo, config: Config) -> bool:
    """True when git may have committed something since it was looked at; some file tests."""
    return _is_wanted(config) and any(map(_Tree.is_behind, _trees(repo)))


def count(repo: Repo, config: Config) -> int:
    """How many commits were made that were not looked at yet."""
    wanted = _is_wanted(config)
    return sum(len(one.look()[0]) for one in _trees(repo) if wanted and one.is_behind())


def follow(repo: Repo, config: Config) -> bool:
    """Queue the commits that were made since the last time; False while another process does it.

    Raises OSError when they cannot be written; then they are looked at again.
    """
    with hold(_lock(repo), _PATIENCE) as free:
        if free:
            _take(repo, config)
        return free


def use(repo: Repo, config: Config, session: str, random: ids.RandomBytes) -> None:
    """Make `session` the active one of this work tree ("": none); see `changing`."""
    with changing(repo, config, [repo.git_dir]):
        active.keep(repo, session, random)


def end(repo: Repo, config: Config, session: str) -> None:
    """Make none the active session wherever in this clone it is `session`; see `changing`."""
    places = active.places(repo, session)
    if places:
        with changing(repo, config, places):
            for git_dir in places:
                active.forget(git_dir)


@contextmanager
def changing(repo: Repo, config: Config, git_dirs: Iterable[str]) -> Iterator[None]:
    """While the active sessions of the work trees of `git_dirs` change: what was committed there
    so far is queued for those of before. Raises NaturecodeError when another process is at it for
    long."""
    with hold(_lock(repo), _PATIENCE) as free:
        if not free:
            raise NaturecodeError(
                "another process is looking at what was committed here", "try it again"
            )
        places = list(git_dirs)
        _take(repo, config, places)
        yield
        for git_dir in places:
            tree = _Tree(repo, git_dir)
            if not tree.is_followed:  # nobody is at work there now
                with suppress(OSError):
                    os.unlink(tree.path)


def pass_over(repo: Repo, config: Config) -> None:
    """Move all marks to the end, without linking anything: hooks were not wanted until now."""
    with hold(_lock(repo), _PATIENCE) as free:
        for tree in _trees(repo) if free and not _is_wanted(config) else ():
            tree.keep(tree.look()[1])


def head(git_dir: str) -> str:
    """The commit on which the work tree stood when it was last looked at, "" if that is unknown."""
    mark = _read(git_dir)
    words = (mark.line if mark else b"").split(b" ", 2)
    return words[1].decode("ascii", "replace") if len(words) > 1 else ""


class _Tree:
    """One work tree, by its git folder."""

    def __init__(self, repo: Repo, git_dir: str) -> None:
        self.repo, self.git_dir = repo, git_dir
        self.path = _path(git_dir)
        self.session = active.read(git_dir)
        self.is_captured = os.path.exists(os.path.join(repo.state_dir, "capture"))

    @property
    def is_followed(self) -> bool:
        """True when commits here may belong to a session."""
        return bool(self.session) or self.is_captured

    @property
    def where(self) -> str:
        """The git folder as it stands in the queue."""
        return os.path.relpath(
            os.path.realpath(self.git_dir), os.path.realpath(self.repo.common_dir)
        )

    def is_behind(self) -> bool:
        mark = _read(self.git_dir)
        size = reflog.size(self.git_dir)
        if size is not None:
            return mark is None or mark.size != size
        return mark is None or mark.line != self._head_line()

    def look(self) -> tuple[list[Made], Mark]:
        """What was committed since the mark, and the new mark."""
        mark = _read(self.git_dir)
        found = reflog.read(self.git_dir, mark, self._since() if mark is None else 0)
        return found or self._without_log(mark)

    def _since(self) -> int:
        """Since when it is followed, where no mark says it."""
        state = os.path.join(self.repo.state_dir, "capture")
        for path in (self.path, active.path(self.git_dir), state):
            with suppress(OSError):
                return int(os.stat(path).st_mtime)
        return 0

    def _without_log(self, mark: Mark | None) -> tuple[list[Made], Mark]:
        """By what HEAD has now; whose commits those are, only they themselves can tell."""
        from git_naturecode.git import commits

        now = self._head_line()
        before, after = head(self.git_dir), now.partition(b" ")[2].decode()
        if mark is None or not before or before == after or not after.strip("0"):
            return [], Mark(line=now)
        new = commits.new(self.repo, [after], [before], _MOST)
        return [Made(_UNBORN, oid, 0) for oid in reversed(new)], Mark(line=now)

    def _head_line(self) -> bytes:
        program = self.repo.program._replace(git_dir=self.git_dir)
        here = self.repo._replace(program=program, git_dir=self.git_dir)
        return b"HEAD " + (_head(here) or _UNBORN).encode()

    def keep(self, mark: Mark) -> None:
        """Remember that all up to `mark` is queued."""
        if mark == _read(self.git_dir):
            return
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        with open(self.path + ".new", "wb") as file:
            numbers = f"{mark.offset} {mark.size} {int(mark.rebasing)}\n"
            file.write(numbers.encode() + mark.line + b"\n")
        with suppress(OSError):
            if stat.S_ISDIR(os.lstat(self.path).st_mode):  # it would stop every command
                os.rename(self.path, self.path + ".odd")
        os.replace(self.path + ".new", self.path)


def _take(repo: Repo, config: Config, also: Iterable[str] = ()) -> None:
    """Queue what is new in each work tree that is followed; for one who holds the lock.

    Those of `also` get a mark in any case. Where no hooks are wanted the marks are moved all the
    same, so that nothing is linked when they are wanted again.
    """
    wanted, others = _is_wanted(config), {os.path.realpath(one) for one in also}
    for tree in (_Tree(repo, git_dir) for git_dir in active.git_dirs(repo)):
        is_new = not (tree.is_followed or os.path.lexists(tree.path))
        if is_new and os.path.realpath(tree.git_dir) not in others:
            continue
        made, mark = tree.look()
        if made and wanted and not is_new:
            append(repo, (_line(one, tree.session, tree.where) for one in made))
        tree.keep(mark)


def _line(made: Made, session: str, where: str) -> bytes:
    told = session if session and made.seconds else "-"
    said = f"commit {made.seconds} {made.new} {made.old} {told} {where}\n"
    return said.encode("utf-8", "surrogateescape")


def append(repo: Repo, lines: Iterable[bytes]) -> None:
    """Put `lines` at the end of the queue, on the disk when this returns."""
    path = os.path.join(repo.state_dir, QUEUE)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            os.rename(path, os.path.join(repo.state_dir, ODD))
    except FileNotFoundError:
        pass
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    with open(descriptor, "r+b", buffering=0) as file:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        data = b"\n" * torn + b"".join(lines)
        while data:
            data = data[file.write(data) :]
        os.fsync(descriptor)


def _trees(repo: Repo) -> Iterator[_Tree]:
    """The work trees whose reflog is followed."""
    for tree in (_Tree(repo, git_dir) for git_dir in active.git_dirs(repo)):
        if tree.is_followed or os.path.lexists(tree.path):
            yield tree


def _read(git_dir: str) -> Mark | None:
    """The mark of a work tree; None where there is none, or none that can be read."""
    try:
        descriptor = os.open(_path(git_dir), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with suppress(OSError), open(descriptor, "rb") as file:
        first, _, line = file.read().partition(b"\n")
        found = _NUMBERS.fullmatch(first)
        if found and line.endswith(b"\n"):
            return Mark(int(found[1]), int(found[2]), found[3] == b"1", line[:-1])
    return None


def _head(repo: Repo) -> str:
    """The commit that HEAD names, from the files where git keeps it in files; "" for none."""
    found: str | None = None
    if repo.ref_format == "files":
        with suppress(OSError), open(os.path.join(repo.git_dir, "HEAD"), "rb") as file:
            said = file.read(1000).decode("utf-8", "surrogateescape").strip()
            if said.startswith("ref: "):
                found = resolve(repo, said[5:], 64 if repo.object_format == "sha256" else 40)
            elif _OID.fullmatch(said):
                found = said
    if found is None:
        out = repo.program.run("rev-parse", "-q", "--verify", "HEAD", check=False)[1]
        found = out.decode("ascii", "replace").strip()
    return found


def _is_wanted(config: Config) -> bool:
    return config.flag(WANTED, True)


def _path(git_dir: str) -> str:
    return os.path.join(git_dir, "naturecode", "followed")


def _lock(repo: Repo) -> str:
    return os.path.join(repo.state_dir, "followed.lock")
