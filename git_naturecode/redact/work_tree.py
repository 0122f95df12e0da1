"""The redaction for one work tree: it knows this user's secrets and those of its .env files."""

import os
from collections.abc import Iterator, Mapping

from .own import own_secrets
from .redactor import Redactor


def of_work_tree(environ: Mapping[str, str], work_tree: str | None) -> Redactor:
    """What knows the secrets of `environ` and `work_tree` besides the general rules."""
    return Redactor(own_secrets(environ, _dotenv(work_tree)))


def _dotenv(work_tree: str | None) -> Iterator[str]:
    """The texts of the .env files at the top of the work tree."""
    if work_tree is None:
        return
    for entry in os.scandir(work_tree):
        if entry.name.startswith(".env") and entry.is_file(follow_symlinks=False):
            with open(entry.path, encoding="utf-8", errors="replace") as file:
                yield file.read(1 << 20)
