"""Which agents wrote files of a commit: told by transcripts, where no hook has noted it."""

import os
from collections.abc import Iterable, Mapping, Sequence

from git_naturecode import clock
from git_naturecode.agents import ground, notes, taking
from git_naturecode.agents.ground import Ground
from git_naturecode.capture import Found, discover
from git_naturecode.capture.discover import of_session
from git_naturecode.capture.edits import edits
from git_naturecode.git import lately
from git_naturecode.git.repo import Repo
from git_naturecode.store.store import Store

# Whose transcripts belong to one work tree, and tell what they wrote.
TOOLS = ("claude-code", "codex", "gemini", "copilot", "cursor", "aider")
SLACK = 2  # seconds by which the clocks of a file system and of git may differ
_BACK = 20  # commits
_HALF_DAY = 43_200


def touching(store: Store, repo: Repo, commit: str) -> list[str]:
    """The sessions whose agents wrote files of `commit`, made in the work tree of `repo`.

    They are imported first (private), and nothing else is. What counts is an edit of a file that
    the commit changes, since the last commit that changed it; of files that were not committed
    lately, since the commit before, or in half a day. Only transcripts of this work tree that
    were changed since then are opened. Merges have none. Raises NaturecodeError when nothing can
    be written.
    """
    place = place_of(store.repo, repo.git_dir)
    steps = lately.steps(store.repo, commit, _BACK + 1)
    if place is None or not steps or steps[0].is_merge or not steps[0].paths:
        return []
    since = _since(steps)
    parts = _parts(store, place, since, steps[0].seconds)
    return taking.take_in(store, parts)


def committed(store: Store, git_dir: str, commits: Sequence[str]) -> None:
    """Take what `commits`, made in the work tree of `git_dir`, hold off what is noted there.

    What was written since and is not committed yet stays noted.
    """
    place = place_of(store.repo, git_dir)
    for commit in commits if place else ():
        at_work = notes.all_of(git_dir, store.now_ms() / 1000, notes.DAY)
        names = next(iter(lately.steps(store.repo, commit, 1)), None)
        done = {path for one in at_work for path in one.paths} & (names.paths if names else set())
        if not done or place is None:
            continue
        done -= lately.changed_since(_at(store.repo, place), place.top, commit, sorted(done))
        for one in at_work:
            if done.intersection(one.paths):
                notes.take_away(git_dir, one.session, done)
    notes.tidy(git_dir, store.now_ms() / 1000)


def place_of(repo: Repo, git_dir: str) -> Ground | None:
    """The work tree whose git folder is `git_dir`, one of the clone `repo`; None if it is gone."""
    here = os.path.realpath(git_dir)
    if here == os.path.realpath(repo.git_dir):
        top = repo.work_tree or ""
    elif link := ground.small(os.path.join(here, "gitdir")):
        top = os.path.dirname(os.path.join(here, link))
    else:
        top = os.path.dirname(here) if os.path.basename(here) == ".git" else ""
    if not top or not os.path.isdir(top):
        return None
    return Ground(here, repo.common_dir, os.path.realpath(top))


def _at(repo: Repo, place: Ground) -> Repo:
    program = repo.program._replace(git_dir=place.git_dir)
    return repo._replace(program=program, git_dir=place.git_dir, work_tree=place.top)


def _since(steps: Sequence[lately.Step]) -> dict[str, int]:
    """The paths of the first of `steps`, each with when (seconds) it was committed before."""
    made, before = steps[0], steps[1:]
    usual = min(before[0].seconds, made.seconds - _HALF_DAY) if before else 0
    found = dict.fromkeys(made.paths, usual)
    for step in reversed(before):
        found.update(dict.fromkeys(made.paths & step.paths, step.seconds))
    return found


def _parts(store: Store, place: Ground, since: Mapping[str, int], until: int) -> list[Found]:
    """The files of the conversations that wrote one of the paths of `since` in its time."""
    home = store.environ.get("HOME", "")
    earliest = max(min(since.values()) - SLACK, 0)
    # 1: a time of 0 would have files looked at that cannot tell when they were changed.
    recent = discover(home, store.environ, [place.top], since_ms=max(earliest * 1000, 1))
    wrote: dict[tuple[str, str], list[Found]] = {}
    for found in recent:
        if found.tool in TOOLS and _wrote(found, place, since, until):
            wrote.setdefault((found.tool, found.session), []).append(found)
    parts: list[Found] = []
    for (tool, session), some in wrote.items():
        parts += of_session(home, store.environ, [place.top], tool, session) or some
    return parts


def _wrote(found: Found, place: Ground, since: Mapping[str, int], until: int) -> bool:
    last = clock.iso((until + SLACK) * 1000)
    names = {os.path.basename(path) for path in since}
    try:
        for edit in edits(found, names):
            inside = _inside(place, found, (edit.path, edit.moved_from))
            for path in since.keys() & inside:
                if not edit.t or clock.iso(since[path] * 1000 + 999) < edit.t <= last:
                    return True
    except OSError:
        return False
    return False


def _inside(place: Ground, found: Found, paths: Iterable[str]) -> list[str]:
    folder = found.project or place.top
    inside = (
        ground.inside(place, os.path.normpath(os.path.join(folder, path))) for path in paths if path
    )
    return [path for path in inside if path is not None]
