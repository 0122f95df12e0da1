"""What the user has chosen about hooks and capture, as settings and as marks for the hooks."""

import os
from contextlib import suppress

from git_naturecode.config import Config
from git_naturecode.git.repo import Repo
from git_naturecode.hooks import CAPTURE, WANTED
from git_naturecode.store import active, followed


def want(repo: Repo, config: Config, yes: bool) -> None:
    """Remember whether this clone is to have hooks; a `true` that nobody has denied is not said."""
    if config.flag(WANTED, True) != yes:
        if yes:  # what was committed meanwhile was not to be linked
            followed.pass_over(repo, config)
        repo.program.run("config", "--local", WANTED, "true" if yes else "false")


def capture(repo: Repo, config: Config, yes: bool | None) -> bool:
    """Switch capture on or off, or (None) leave it as the setting says; whether it is on.

    The file `capture` says the same to the hooks.
    """
    if yes is not None and yes != config.flag(CAPTURE, False):
        repo.program.run("config", "--local", CAPTURE, "true" if yes else "false")
    on = config.flag(CAPTURE, False) if yes is None else yes
    mark = os.path.join(repo.state_dir, "capture")
    if on == os.path.exists(mark):
        return on
    with followed.changing(repo, config, active.git_dirs(repo)):
        if on:
            with open(mark, "wb"):
                pass
        else:
            with suppress(FileNotFoundError):
                os.unlink(mark)
    return on
