"""Git's hooks: which there are, and whether the usual clone has what it needs."""

import os

from git_naturecode.config import Config
from git_naturecode.git.repo import Repo

# No plain `git commit` runs these.
QUIET = ("pre-push", "post-rewrite", "post-merge", "post-checkout")
# This costs something at every commit, so it comes with the first session.
COMMIT = ("commit-msg",)
NAMES = (*QUIET, *COMMIT)
# Taken out wherever they are; versions before had them.
RETIRED = ("prepare-commit-msg", "post-commit")

WANTED = "naturecode.hooks"
CAPTURE = "naturecode.capture"
_NO = ("false", "no", "off", "0")
HOOKS_PATH = "core.hooksPath"


def are_wrong(repo: Repo, config: Config) -> bool:
    """True when a session is active here and its hooks may be missing, or none is and they may stay
    for nothing; two or three file tests.
    """
    active = os.path.exists(os.path.join(repo.git_dir, "naturecode", "active"))
    if config.get(WANTED, "true").lower() in _NO:
        return False
    if set_path(config) is not None:
        return active
    folders = (os.path.join(repo.state_dir, "hooks"), os.path.join(repo.common_dir, "hooks"))
    there = [os.path.exists(os.path.join(one, COMMIT[-1])) for one in folders]
    return not all(there) if active else any(there) and not is_capturing(repo)


def is_capturing(repo: Repo) -> bool:
    """True when capture is on, by the mark that the hooks look at."""
    return os.path.exists(os.path.join(repo.state_dir, "capture"))


def set_path(config: Config) -> str | None:
    """What core.hooksPath says; None where it says nothing."""
    # What was given on a command line holds for that command only; our own calls do so.
    values = config.values.get(HOOKS_PATH.lower(), ())
    found = [value for scope, value in values if scope != "command"]
    return found[-1] if found else None
