"""Taking in the transcripts of agents at work: private, redacted, only what is new."""

import os
import stat
from collections.abc import Iterable, Sequence

from git_naturecode import ids
from git_naturecode.agents import asked, ground, notes
from git_naturecode.agents.hook import LOCK
from git_naturecode.capture import Found, conversations, discover
from git_naturecode.capture.roots import Roots
from git_naturecode.clock import DAY_MS
from git_naturecode.errors import NaturecodeError
from git_naturecode.importing import Options, import_files
from git_naturecode.redact import Redactor, of_work_tree
from git_naturecode.store.lock import hold
from git_naturecode.store.store import Store

_KIND = "session"


def work(store: Store) -> int:
    """Take in what hooks have asked for, until nothing more is asked; how many sessions.

    Returns at once where another process is at it. What cannot be done stays asked for; raises
    the first NaturecodeError or OSError of these when all has been tried.
    """
    count = 0
    while asked.waits(store.repo.common_dir):
        with hold(os.path.join(store.state_dir, LOCK), 0) as held:
            if not held:
                return count
            count += _once(store)
    return count


def _once(store: Store) -> int:
    common, failure = store.repo.common_dir, None
    taken = asked.take(common)
    for name, one in taken:
        try:
            take_in(store, _parts(store, one))
        except (NaturecodeError, OSError) as error:
            failure = failure or error
        else:
            asked.done(common, name)
    if failure:
        raise failure
    return len(taken)


def take_in(store: Store, parts: Sequence[Found]) -> list[str]:
    """Import `parts`, private where they are not shared yet; the ids of their sessions.

    What was noted of them in any work tree is from then on noted under these ids.
    """
    if not parts:
        return []
    options = Options("private", name=store.config.get("user.name"))
    import_files(store, list(parts), redactor(store), options, lambda _: None)
    sessions = list(dict.fromkeys(id_of(store, part) for part in parts))
    for git_dir in ground.git_dirs(store.repo.common_dir):
        for session in sessions:
            notes.rename(git_dir, session)
    return sessions


def id_of(store: Store, found: Found) -> str:
    """The id of the session that `found` is imported into."""
    tail = ids.imported_tail(found.tool, found.session)
    there = min((one.entity for one in store.read(tail, _KIND)), default="")
    return there or ids.imported_entity(_KIND, found.tool, found.session, found.first_ms)


def redactor(store: Store) -> Redactor:
    """That of `store`, or one that knows this user's own secrets."""
    return store.redactor or of_work_tree(store.environ, store.repo.work_tree)


def with_subagents(parts: Iterable[Found]) -> list[Found]:
    """`parts` and what subagents of them wrote into files of their own."""
    found: dict[tuple[str, str], Found] = {}
    for part in parts:
        found[(part.path, part.session)] = part
        below = os.path.join(part.path.removesuffix(".jsonl"), "subagents")
        for path in _plain(below) if part.tool == "claude-code" else ():
            for one in conversations(path):
                if one.session == part.session:
                    found[(path, one.session)] = one
    return list(found.values())


def _parts(store: Store, one: asked.Asked) -> list[Found]:
    """The files of what was asked for, where they belong to this clone.

    What a hook was told is data: another project's transcript stays out.
    """
    trees = store.repo.work_trees()
    if one.path:
        if not _is_plain(one.path):
            return []
        there = [found for found in conversations(one.path) if found.tool == one.tool]
        roots = Roots(trees)
        if there and all(found.project for found in there):
            return with_subagents(found for found in there if roots.hold(found.project))
    home = store.environ.get("HOME", "")
    wanted = os.path.realpath(one.path) if one.path else ""
    since = store.now_ms() - DAY_MS  # it has just been at work
    known = discover(home, store.environ, trees, one.tool, since)
    return with_subagents(
        found
        for found in known
        if (os.path.realpath(found.path) == wanted if wanted else found.session == one.session)
    )


def _plain(folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    paths = [os.path.join(folder, name) for name in names if name.endswith(".jsonl")]
    return [path for path in paths if _is_plain(path)]


def _is_plain(path: str) -> bool:
    try:
        return os.path.isabs(path) and stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
