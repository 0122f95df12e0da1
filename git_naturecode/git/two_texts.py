"""What differs between two texts that no commit holds, as git tells it."""

import os
import tempfile

from git_naturecode.git.changes import FileChange, patched
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed


def compared(repo: Repo, old: str, new: str, name: str, around: int) -> FileChange:
    """The hunks that make `old` into `new`, with `around` lines of both around them.

    Raises GitFailed, and OSError where no file can be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, which) for which in ("old", "new")]
        for path, text in zip(paths, (old, new), strict=True):
            with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
                file.write(text)
        args = (
            "-c", "core.quotePath=false", "diff", "--no-index", "--no-color", "--no-ext-diff",
            "--no-textconv", "--text", "--diff-algorithm=myers", "--indent-heuristic",
            "--src-prefix=a/", "--dst-prefix=b/", f"-U{around}", "--", *paths,
        )  # fmt: skip
        status, out, told = repo.program.run(*args, check=False)
    if status not in (0, 1):
        raise GitFailed(("diff",), status, told)
    change = FileChange("M", name, name, 0o100644, 0o100644, "", "")
    lines = iter(out.rstrip(b"\n").split(b"\n")) if out else iter(())
    return next(patched(lines, [change])) if out else change
