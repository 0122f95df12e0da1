"""Many processes append to one clone at once: nothing is lost or doubled, and how fast it goes."""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from git_naturecode import ids
from git_naturecode.clock import system_ms
from git_naturecode.git import repo as repos
from git_naturecode.git import tree
from git_naturecode.store import device
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Store

_END = re.compile(rb"^<!-- nc:end (\S+) sha256:", re.M)


@dataclass(frozen=True)
class Figures:
    """What came out: counts, and acknowledged entries per second from the first to the last."""

    processes: int
    count: int
    lost: int
    doubled: int
    commits: int
    seconds: float
    per_second: float


def append_many(folder: Path, processes: int, count: int) -> Figures:
    """`processes` writers each append `count` acknowledged entries in a new clone in `folder`.

    All of them about one session, which is the hardest. The clock runs from the moment when all
    are ready to the moment when everything is in the log.
    """
    store = _new_clone(folder)
    entity = ids.new_entity("session", system_ms(), os.urandom)
    writers = [_start(folder, entity, count) for _ in range(processes)]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    begin = time.perf_counter()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [one for writer in writers for one in _said(writer)]
    store.settle(30.0)
    seconds = time.perf_counter() - begin
    found = _in_log(store)
    commits = int(store.repo.program.text("rev-list", "--count", store.team.ref))
    store.close()
    lost = sum(found[one] == 0 for one in said) + processes * count - len(set(said))
    doubled = sum(found[one] > 1 for one in said)
    return Figures(processes, count, lost, doubled, commits, seconds, len(said) / seconds)


def open_store(folder: Path) -> Store:
    """The store of a clone, for a process that lives long."""
    environ = {**os.environ, "GIT_AUTHOR_EMAIL": "ada@example.com"}
    repo = repos.find(str(folder), environ)
    return Store(repo, repos.read_config(repo), environ, system_ms, os.urandom, None, True)


def _new_clone(folder: Path) -> Store:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    store = open_store(folder)
    device.ensure(store.state_dir, store.environ, os.urandom)
    store.team.begin()
    return store


def _start(folder: Path, entity: str, count: int) -> "subprocess.Popen[str]":
    root = str(Path(__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((root, os.environ.get("PYTHONPATH", "")))}
    return subprocess.Popen(
        [sys.executable, __file__, str(folder), entity, str(count)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, env=env,
    )  # fmt: skip


def _said(writer: "subprocess.Popen[str]") -> Sequence[str]:
    out, _ = writer.communicate()
    assert writer.returncode == 0
    return out.split()


def _in_log(store: Store) -> Counter[str]:
    found: Counter[str] = Counter()
    files = tree.files(store.team.objects, store.team.tree())
    for path, blob in files.items():
        if path.startswith("log/"):
            found.update(one.decode() for one in _END.findall(store.team.objects.read(blob)[1]))
    return found


def _work(folder: str, entity: str, count: int) -> None:
    store = open_store(Path(folder))
    assert store.team.head()  # loads pygit2
    said = []
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        draft = Draft("message", {"role": "user"}, f"text {number}", clean=True)
        said += [entry.id for entry in store.write("team", entity, [draft])]
        store.settle()
    print("\n".join(said))
    store.close()


if __name__ == "__main__":
    if len(sys.argv) == 4:
        _work(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    else:
        figures = append_many(Path(sys.argv[1]), 8, 200)
        print(json.dumps(asdict(figures)))
