"""A bulk writer in a process of its own: 30 sessions, each at a word; says when it is written."""

import os
import sys

from git_naturecode import ids
from git_naturecode.clock import system_ms
from git_naturecode.git import repo as repos
from git_naturecode.store.bulk import bulk
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import Store

COUNT, SESSIONS = 100, 30


def main() -> None:
    """Write `SESSIONS` sessions of `COUNT` entries of one KiB."""
    environ = {**os.environ, "GIT_AUTHOR_EMAIL": "bulk@example.com"}
    repo = repos.find(sys.argv[1], environ)
    store = Store(repo, repos.read_config(repo), environ, system_ms, os.urandom, None, True)
    text = Draft("message", {"role": "user", "bulk": True}, "x" * 1024, clean=True)
    with bulk(store, "team") as writer:
        for _ in range(SESSIONS):
            writer.write(ids.new_entity("session", system_ms(), os.urandom), [text] * COUNT)
            print(COUNT, flush=True)
            sys.stdin.readline()
    print("all", flush=True)
    store.close()


if __name__ == "__main__":
    main()
