"""Hooks in git's configuration, which git has from 2.54 on: no file of anybody is touched."""

import os
import re
import shlex

from git_naturecode.config import Config
from git_naturecode.git.repo import Repo
from git_naturecode.hooks import NAMES, RETIRED

SINCE = (2, 54)


def are_known(repo: Repo) -> bool:
    """True when the git program here has hooks in its configuration."""
    found = re.search(r"(\d+)\.(\d+)", repo.program.text("version"))
    return found is not None and (int(found[1]), int(found[2])) >= SINCE


def command(repo: Repo, name: str) -> str:
    """The shell command of the hook `name`: our script where it is, else nothing.

    Git adds the arguments of the hook. A repository that was moved still finds its own script.
    """
    inside = f"naturecode/hooks/{name}"
    whole = shlex.quote(os.path.join(repo.common_dir, inside))
    return (
        f"naturecode() {{ f=.git/{inside}; [ -x \"$f\" ] || f={whole}; "
        '[ ! -x "$f" ] || "$f" "$@"; }; naturecode'
    )  # fmt: skip


def listed(config: Config) -> list[str]:
    """The hooks that the configuration of this repository names as ours."""
    return [
        name for name in (*NAMES, *RETIRED) if f"hook.naturecode-{name}.command" in config.values
    ]


def write(repo: Repo, config: Config, name: str) -> bool:
    """Name the hook `name` in the configuration of this repository; True when that was new."""
    key = f"hook.naturecode-{name}"
    wanted = {f"{key}.command": command(repo, name), f"{key}.event": name}
    missing = {k: v for k, v in wanted.items() if config.all(k) != [v]}
    for setting, value in missing.items():
        repo.program.run("config", "--local", "--replace-all", setting, value)
    return bool(missing)


def erase(repo: Repo, name: str) -> None:
    """Take the hook `name` out of the configuration of this repository."""
    repo.program.run("config", "--local", "--remove-section", f"hook.naturecode-{name}")
