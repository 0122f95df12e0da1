"""A `redact --rewrite` in a process of its own that is killed before its Nth step (0: never)."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from git_naturecode.__main__ import run
from git_naturecode.git.run import Program
from git_naturecode.store import index_file, lock
from git_naturecode.store.log import Log

count = 0


def step(real: Callable[..., Any]) -> Callable[..., Any]:
    """`real`, before which the process may be killed."""

    def call(*args: Any, **more: Any) -> Any:
        global count
        count += 1
        if count == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **more)

    return call


for name in ("rename", "replace", "unlink", "fsync"):
    setattr(os, name, step(getattr(os, name)))
for place, name in ((Program, "run"), (Log, "move"), (Log, "advance"), (index_file, "remove")):
    setattr(place, name, step(getattr(place, name)))
lock._take = step(lock._take)
code = run(sys.argv[2:])
print("steps", count)
sys.exit(code)
