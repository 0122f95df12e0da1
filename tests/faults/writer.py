"""A writer in a process of its own: says on stdout what is acknowledged, then drains.

writer.py FOLDER WAY ENTITY [SIDE [COUNT [MUTANT]]]; a COUNT of 0 goes on until it is killed.
"""

import itertools
import os
import sys
from collections.abc import Callable

from git_naturecode import __main__ as program
from git_naturecode.clock import system_ms
from git_naturecode.errors import NaturecodeError
from git_naturecode.git import repo as repos
from git_naturecode.store import spool
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Store


def without_file_fsync() -> None:
    """Name an entry before its bytes are on the disk."""
    real, folders = os.fsync, spool._sync_folder
    spool.os.fsync = lambda descriptor: None  # type: ignore[attr-defined]

    def only_folders(folder: str) -> None:
        spool.os.fsync = real  # type: ignore[attr-defined]
        folders(folder)
        spool.os.fsync = lambda descriptor: None  # type: ignore[attr-defined]

    spool._sync_folder = only_folders


def without_folder_fsync() -> None:
    """Acknowledge an entry before its name is on the disk."""
    spool._sync_folder = lambda folder: None


MUTANTS: dict[str, Callable[[], None]] = {
    "none": lambda: None,
    "file": without_file_fsync,
    "folder": without_folder_fsync,
}


def main() -> int:
    """Do what the command line says; the exit code that the program would give."""
    folder, way, entity, *more = sys.argv[1:]
    side, count, mutant = (*more, *("team", "1", "none")[len(more) :])
    MUTANTS[mutant]()
    try:
        write(folder, way, entity, side, int(count))
    except NaturecodeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        told = program._system(error)
        print(f"error: {told.message}", file=sys.stderr)
        return told.code
    return 0


def write(folder: str, way: str, entity: str, side: str, count: int) -> None:
    """Write, acknowledge, drain, and again."""
    environ = {**os.environ, "NATURECODE_GIT": way, "GIT_AUTHOR_EMAIL": "ada@example.com"}
    repo = repos.find(folder, environ)
    many = way == "library"
    store = Store(repo, repos.read_config(repo), environ, system_ms, os.urandom, None, many)
    try:
        for number in range(count) if count else itertools.count():
            draft = Draft("message", {"role": "user"}, f"text {number}", clean=True)
            for entry in store.write(side, entity, [draft]):
                os.write(1, f"{entry.id}\n".encode())
            store.settle()
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(main())
