"""Starting a program that outlives us, and the environment for work on another repository.

Apart from the rest of this room since a hook that has 10 ms loads it.
"""

import os
from collections.abc import Mapping, Sequence

# Which repository a command works on; inside hooks git sets these for the user's repository.
LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_COMMAND_CONFIG = ("GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT")


def foreign_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` for work on another repository: nothing of the user's one leaks into it."""
    dropped = (*LOCAL_VARIABLES, *_COMMAND_CONFIG)
    return {name: value for name, value in environ.items() if name not in dropped}


def detach(argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Start the program at the path `argv[0]` so that it outlives us; it has no terminal."""
    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    os.posix_spawn(argv[0], list(argv), dict(environ), file_actions=nothing, setsid=True)
