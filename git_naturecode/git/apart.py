"""The git program apart from configuration and attributes: the same difference in every clone."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from git_naturecode.git.repo import Repo
from git_naturecode.git.run import Program


@contextmanager
def apart(repo: Repo) -> Iterator[Program]:
    """The git program on the objects of `repo`, without its configuration and its attributes.

    An attribute may declare any file binary, and differs from clone to clone. What a partial clone
    left at its remote can be had only with its configuration.
    """
    environ = dict(repo.program.environ)
    environ.pop("GIT_DIFF_OPTS", None)  # it would outdo -U3
    if repo.is_partial:
        yield repo.program._replace(environ=environ)
        return
    with tempfile.TemporaryDirectory(prefix="naturecode-") as folder:
        for name in ("objects", "refs"):
            os.mkdir(os.path.join(folder, name))
        with open(os.path.join(folder, "HEAD"), "w", encoding="ascii") as file:
            file.write("ref: refs/heads/none\n")
        with open(os.path.join(folder, "config"), "w", encoding="ascii") as file:
            file.write("[core]\n\tbare = true\n\trepositoryFormatVersion = 1\n")
            file.write(f"[extensions]\n\tobjectFormat = {repo.object_format}\n")
        if not repo.program.receiving:
            environ["GIT_OBJECT_DIRECTORY"] = os.path.join(repo.common_dir, "objects")
            environ.pop("GIT_ALTERNATE_OBJECT_DIRECTORIES", None)
        environ["GIT_ATTR_NOSYSTEM"] = "1"
        yield repo.program._replace(
            cwd=folder, git_dir=folder, environ=environ, as_the_user=False, receiving=True
        )
