"""Logs that no commit leads to any more, found among all objects by what they say of themselves."""

from collections.abc import Iterator, Sequence

from git_naturecode.errors import NaturecodeError
from git_naturecode.git.objects import Content, Missing
from git_naturecode.git.run import GitFailed
from git_naturecode.store import format, paths, trust
from git_naturecode.store.hygiene import MAX_SEGMENT
from git_naturecode.store.log import Log


def read(log: Log, oid: str) -> bytes | None:
    """The content of an object; None when it is missing or damaged."""
    try:
        return log.objects.read(oid)[1]
    except (Missing, GitFailed):
        return None


def states(log: Log, known: Sequence[str]) -> list[dict[str, Content]]:
    """Every log that none of the `known` commits holds, under the path that it names itself.

    Of one log there may be several states; each stands in a dictionary (path to blob) of its own.
    The logs of records come too, since a text that one of them names must not come back. What the
    user has in branches of his own, at another path, is no log of this repository.
    """
    found: list[dict[str, Content]] = []
    for oid in _unknown(log, known):
        data = read(log, oid)
        path = _named(data) if data else None
        if path is None:
            continue
        place = next((one for one in found if path not in one), None)
        if place is None:
            found.append(place := {})
        place[path] = oid
    return found


def _unknown(log: Log, known: Sequence[str]) -> Iterator[str]:
    """The blobs small enough for a log that stand in no state of ours and nowhere else either."""
    passed = {oid for oid, _ in _below(log, known)}
    theirs = [oid for ref, oid in log.objects.refs("refs/").items() if not log.makes(ref)]
    passed.update(oid for oid, path in _below(log, theirs) if path and not paths.allowed(path))
    out = log.repo.program.run(
        "cat-file",
        "--batch-all-objects",
        "--batch-check=%(objectname) %(objecttype) %(objectsize)",
    )[1]
    for line in out.decode().split("\n"):
        oid, _, rest = line.partition(" ")
        kind, _, size = rest.partition(" ")
        if kind == "blob" and oid not in passed and int(size) <= MAX_SEGMENT:
            yield oid


def _below(log: Log, commits: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Id and path of each object in the histories of `commits`, as far as they can be walked."""
    if not commits:
        return
    promised = ("--exclude-promisor-objects",) if log.repo.is_partial else ()
    names = "".join(f"{commit}\n" for commit in commits).encode()  # too many for a command line
    out = log.repo.program.run(
        "rev-list", "--objects", "--ignore-missing", *promised, "--stdin", data=names, check=False
    )[1]
    for line in out.decode("utf-8", "surrogateescape").split("\n"):
        oid, _, path = line.partition(" ")
        yield oid, path


def _named(data: bytes) -> str | None:
    """The path that a log names in its own lines; None for what is no log of this version."""
    if format.version(data) != 1:
        return _named_by_records(data)
    try:
        found = format.parse(data)
        return paths.segment_path(found.entity, found.device, found.number)
    except (NaturecodeError, ValueError):
        return None


def _named_by_records(data: bytes) -> str | None:
    said = next(filter(None, map(trust.read, data.split(b"\n"))), None)
    device = said.get("dev") if said else None
    try:
        return paths.trust_path(device) if isinstance(device, str) else None
    except ValueError:
        return None
