"""The user's pager and editor, as git names them; both are shell commands by git's own rule."""

import os
import subprocess
from collections.abc import Mapping

from git_naturecode.errors import NaturecodeError
from git_naturecode.git.repo import Repo

_COMMENT = "# "
_LINE = "# ------------------------ >8 ------------------------"


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


def through_editor(repo: Repo, advice: str, text: str = "") -> str:
    """What the user makes of `text` in his editor; `advice` stands below a line and goes away.

    All above that line is his, also what looks like a heading or a comment. Raises
    NaturecodeError when the editor fails.
    """
    path = os.path.join(repo.git_dir, "NATURECODE_EDITMSG")
    below = [_LINE, *(f"{_COMMENT}{line}" for line in advice.split("\n"))]
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text + "\n" + "".join(line + "\n" for line in below))
    in_editor(repo, path)
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        written = file.read().split("\n")
    os.unlink(path)
    if _LINE in written:
        del written[written.index(_LINE) :]
    return "\n".join(line for line in written if line not in below).strip("\n")


def in_editor(repo: Repo, path: str) -> None:
    """Have the user change the file `path` in his editor; raises NaturecodeError when that
    fails, whatever became of the file."""
    editor = repo.program.text("var", "GIT_EDITOR")
    status = subprocess.run(["/bin/sh", "-c", f'{editor} "$@"', editor, path], check=False)
    if status.returncode:
        raise NaturecodeError("the editor failed", "set one with git config core.editor")
