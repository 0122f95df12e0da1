"""The user's pager and editor, as git names them; both are shell commands by git's own rule."""

import os
import subprocess
from collections.abc import Mapping

from git_naturecode.errors import NaturecodeError
from git_naturecode.git.repo import Repo

_COMMENT = "# "


def through_pager(pager: str, text: str, environ: Mapping[str, str]) -> None:
    """Give `text` to the pager and wait for its end."""
    with subprocess.Popen(
        ["/bin/sh", "-c", pager], stdin=subprocess.PIPE, env=dict(environ)
    ) as process:
        assert process.stdin is not None
        try:
            process.stdin.write(text.encode("utf-8", "replace"))
            process.stdin.close()
        except BrokenPipeError:  # the reader has seen enough
            pass
        process.wait()


def through_editor(repo: Repo, advice: str) -> str:
    """What the user writes in his editor; lines that begin with `# ` are advice and go away.

    Raises NaturecodeError when the editor fails.
    """
    editor = repo.program.text("var", "GIT_EDITOR")
    path = os.path.join(repo.git_dir, "NATURECODE_EDITMSG")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n" + "".join(f"{_COMMENT}{line}\n" for line in advice.split("\n")))
    status = subprocess.run(["/bin/sh", "-c", f'{editor} "$@"', editor, path], check=False)
    if status.returncode:
        raise NaturecodeError("the editor failed", "set one with git config core.editor")
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = [one for one in file if not one.startswith(_COMMENT)]
    os.unlink(path)
    return "".join(lines).strip("\n")
