"""What killed processes leave behind, and what the background process could not do."""

import os
import re
import shutil
from collections.abc import Iterator

from git_naturecode import background as behind
from git_naturecode.doctor.case import DAY, HOUR, WARNING, Case, Finding, age, count, inside
from git_naturecode.git import bulk
from git_naturecode.git.run import alive
from git_naturecode.sync import incoming

_TEMPORARY = re.compile(r"tmp_obj(ect_git2)?_\w+")
_HALF_PACKS = re.compile(r"(tmp_(pack|idx|rev)_\w+|\.tmp-.*)")
# Half-written files of ours: the name, and eight random characters or "new".
_OURS = re.compile(r".+\.(new|[0-9a-hjkmnp-tv-z]{8})")


def leftovers(case: Case) -> Iterator[Finding]:
    """Files and refs that nobody will ever finish."""
    files = [path for repo in case.repositories() for path in _of_git(repo.common_dir)]
    files += _of_ours(case)
    if files:
        size = sum(map(_size, files)) // 1024
        yield Finding(
            WARNING,
            f"{count(len(files), 'file')} ({size} KiB) left half-written by killed "
            f"processes, such as {files[0]}",
            fix="removes them",
            mend=lambda: _remove(files),
        )
    refs = _refs(case)
    if refs:
        yield Finding(
            WARNING,
            f"{count(len(refs), 'ref')} of dead processes, such as {refs[0]}: they keep "
            "objects that nobody needs",
            fix="removes them",
            mend=lambda: _forget(case),
        )


def _of_git(git_dir: str) -> Iterator[str]:
    objects = os.path.join(git_dir, "objects")
    for folder in inside(objects):
        if len(os.path.basename(folder)) == 2:
            yield from _matching(folder, _TEMPORARY, HOUR)
    yield from _matching(os.path.join(objects, "pack"), _HALF_PACKS, DAY)
    yield from _matching(git_dir, re.compile(r"fast_import_crash_\d+"), HOUR)


def _of_ours(case: Case) -> Iterator[str]:
    yield from _matching(case.state_dir, _OURS, HOUR)
    for path in inside(case.path("stale-locks")):
        yield from (one for one in (path,) if age(path) > DAY)


def _matching(folder: str, pattern: re.Pattern[str], older: float) -> Iterator[str]:
    for path in inside(folder):
        if pattern.fullmatch(os.path.basename(path)) and age(path) > older:
            yield path


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _remove(paths: list[str]) -> None:
    for path in paths:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)


def _refs(case: Case) -> list[str]:
    """Temporary refs and incoming ones whose process has ended."""
    if not case.set_up:
        return []
    found = [*_dead(case, incoming.INCOMING, 1), *_dead(case, bulk.TEMPORARY, 0)]
    return sorted(found)


def _dead(case: Case, prefix: str, part: int) -> Iterator[str]:
    listed = case.repo.program.text("for-each-ref", "--format=%(refname)", "--", prefix)
    for ref in listed.split():
        parts = ref.removeprefix(prefix).split("/")
        owner = parts[part].split("-")[0] if len(parts) > part else ""
        if not (owner.isdigit() and alive(int(owner))):
            yield ref


def _forget(case: Case) -> None:
    incoming.forget_dead(case.store)
    for repo in case.repositories():
        bulk.sweep(repo)


def background(case: Case) -> Iterator[Finding]:
    """What was tried behind the scenes and did not work."""
    if case.set_up:
        for name, why in sorted(behind.failures(case.store).items()):
            yield Finding(
                WARNING,
                f"{name} failed when it was last tried: {why}",
                "it is tried again by the next commands",
            )
