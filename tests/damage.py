"""Damage of every kind that a clone can suffer, each done by plain means."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from box import Clone
from git_naturecode.store.device import config_folder

REF = "refs/heads/naturecode"
OLD = 7200  # seconds, older than whatever may still be finished


@dataclass(frozen=True)
class Damage:
    """What is done to a clone, and the check of the doctor that has to name it."""

    do: Callable[[Clone], object]
    check: str
    level: str = "error"
    left: bool = False  # only a person can mend it
    says: str = ""  # what tells it from others of that check
    alone: bool = False  # what others do cannot be seen beside it
    takes: str = ""  # which of the two copies of what was said last: that in the log, the journal

    @property
    def is_deep(self) -> bool:
        """True when the record itself is hit."""
        return self.check in ("branch", "record", "journal")


def git_dir(clone: Clone) -> Path:
    """The repository itself."""
    return clone.path / ".git"


def state(clone: Clone, *names: str) -> Path:
    """A path in our state folder."""
    return git_dir(clone).joinpath("naturecode", *names)


def loose(clone: Clone, name: str, folder: str = ".git") -> Path:
    """The file of the object that `name` means."""
    oid = clone.git("--git-dir", folder, "rev-parse", name).strip()
    return clone.path / folder / "objects" / oid[:2] / oid[2:]


def lose(clone: Clone, name: str) -> None:
    """An object goes away."""
    loose(clone, name).unlink()


def write(path: Path, text: str | bytes = "") -> Path:
    """A file with this content, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def old(path: Path) -> Path:
    """A file that nobody has touched for two hours."""
    os.utime(path, (time.time() - OLD, time.time() - OLD))
    return path


def segment(clone: Clone) -> str:
    """The path of the largest log of a session on the data branch."""
    found = clone.git("ls-tree", "-r", "--format=%(objectsize) %(path)", REF, "log/session/")
    return max(found.splitlines(), key=lambda line: int(line.split()[0])).split(" ")[1]


def edit(clone: Clone, change: Callable[[bytes], bytes]) -> None:
    """Somebody commits another content of a log by plain git."""
    path = segment(clone)
    before = subprocess.run(
        ["git", "show", f"{REF}:{path}"], cwd=clone.path, capture_output=True, check=True
    ).stdout
    after = change(before)
    assert after != before
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=clone.path, check=True,
        input=f"commit {REF}\ncommitter x <x> 1 +0000\ndata 1\nx\nfrom {REF}^0\n"
              f"M 100644 inline {path}\ndata {len(after)}\n".encode() + after + b"\n",
    )  # fmt: skip


def conflicted(data: bytes) -> bytes:
    """As a merge by hand leaves it: marks, and one side without the last entry."""
    last = data.rfind(b"<!-- nc:entry ")
    return data[:last] + b"<<<<<<< ours\n" + data[last:] + b"=======\n>>>>>>> theirs\n"


def folder_instead(path: Path) -> None:
    """A folder stands where a file should."""
    path.unlink()
    path.mkdir()


def mangle(path: Path) -> None:
    """The file holds other bytes from now on."""
    path.chmod(0o644)
    path.write_bytes(b"\x78\x01" + os.urandom(30))


def no_way_back(clone: Clone) -> Path:
    """The reflog goes away; the file of the ref."""
    (git_dir(clone) / "logs" / REF).unlink(missing_ok=True)
    return git_dir(clone) / REF


def gone_long_ago(clone: Clone) -> None:
    """Somebody deleted the branch, more than a day ago."""
    clone.git("update-ref", "-d", REF)
    clear_journal(clone)


def lost_long_ago(clone: Clone) -> None:
    """The newest commit goes away, and what was said last stands in no journal any more."""
    lose(clone, REF)
    clear_journal(clone)


def lost_and_gone(clone: Clone) -> None:
    """The newest commit is damaged, and then somebody deletes the branch with its reflog."""
    mangle(loose(clone, REF))
    gone_long_ago(clone)


def only_blobs_stay(clone: Clone) -> None:
    """Every commit and tree of the data branch goes away, here and where the remote stood."""
    listed = clone.git("rev-list", "--objects", "--no-object-names", REF).split()
    kinds = subprocess.run(
        ["git", "cat-file", "--batch-check=%(objectname) %(objecttype)"], cwd=clone.path,
        input="\n".join(listed), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for line in kinds.splitlines():
        oid, kind = line.split()
        if kind != "blob":
            (git_dir(clone) / "objects" / oid[:2] / oid[2:]).unlink()
    clear_journal(clone)


def clear_journal(clone: Clone) -> None:
    """More than a day has passed."""
    shutil.rmtree(state(clone, "spool", "team-journal"), ignore_errors=True)


def alternates(clone: Clone) -> None:
    """The private repository becomes an alternate of the user's."""
    write(git_dir(clone) / "objects/info/alternates", f"{state(clone, 'private.git/objects')}\n")


def set_config(*words: str) -> Callable[[Clone], object]:
    """`git config WORDS`."""
    return lambda clone: clone.git("config", *words)


def pack_and_lose(clone: Clone) -> None:
    """The ref is packed, and its commit goes away."""
    lost = loose(clone, REF)
    clone.git("pack-refs", "--all")
    lost.unlink()


def key(clone: Clone) -> Path:
    """The key file of this device."""
    name = json.loads(state(clone, "device").read_text())["device"]
    return Path(config_folder(os.environ), "keys", f"{name}.key")


def seal(clone: Clone) -> Path:
    """The key of its device that opens what is sealed."""
    return key(clone).with_suffix(".seal")


def copied(clone: Clone) -> None:
    """`cp -r` of the state folder, as of the whole clone."""
    shutil.copytree(state(clone), str(state(clone)) + "2", symlinks=True)
    shutil.rmtree(state(clone))
    Path(str(state(clone)) + "2").rename(state(clone))


def clock_ahead(clone: Clone) -> None:
    """The machine's clock was ten years ahead for a while."""
    path = state(clone, "clock")
    year = int(path.read_text()[:4])
    path.write_text(path.read_text().replace(str(year), str(year + 10), 1))


def not_excluded(clone: Clone) -> None:
    """Somebody took our line out of the exclude."""
    write(clone.path / ".naturecode" / "README.md", "x")
    write(git_dir(clone) / "info/exclude", "*.log")


def undrained(clone: Clone) -> None:
    """Nobody drained what was said last."""
    clone.env["GIT_AUTHOR_EMAIL"] = "ada@example.com"
    with clone.store(many=False) as store:
        from git_naturecode.store.entry import Draft

        entity = store.active()
        store.write("team", entity, [Draft("message", {"role": "user"}, "waits", clean=True)])


def doubted(clone: Clone) -> None:
    """A command has seen that something is lost."""
    write(state(clone, "spool", "team-doubted"))


def forced_back(clone: Clone) -> None:
    """`git fetch origin +naturecode:naturecode` of an old state."""
    clone.git("update-ref", REF, f"{REF}~1")


def checked_out(clone: Clone) -> None:
    """The data branch in a work tree."""
    clone.git("worktree", "add", "-q", str(clone.path.parent / "tree"), "naturecode")
