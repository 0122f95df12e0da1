"""Writing one commit with very many files through one stream, in little memory."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress

from git_naturecode.errors import NaturecodeError
from git_naturecode.git.objects import AUTHOR, FILE_MODE
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

# Loose objects pack three times better later than what fast-import packs itself, since git does
# not try again to find deltas inside one pack; each is on the disk before the ref moves.
_OPTIONS = (
    "-c", "fastimport.unpackLimit=100000000", "-c", "core.fsync=committed,loose-object",
    "-c", "core.fsyncMethod=batch",
)  # fmt: skip
_REPORT = "fast_import_crash_"
_REPORT_SECONDS = 3600


class BulkCommit:
    """A commit being streamed to git fast-import; nothing is visible before `finish`."""

    def __init__(
        self, repo: Repo, ref: str, parent: str | None, seconds: int, message: str
    ) -> None:
        # A file, since nobody reads a pipe while the stream is written.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            repo.program.argv(
                *_OPTIONS, "fast-import", "--quiet", "--done", "--date-format=raw-permissive",
                "--cat-blob-fd=1",
            ),
            cwd=repo.program.cwd, env=repo.program.env(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._said,
        )  # fmt: skip
        text = message.encode()
        self._send(f"commit {ref}\nmark :1\ncommitter {AUTHOR} {seconds} +0000\n".encode())
        self._send(b"data %d\n%s\n" % (len(text), text))
        if parent:
            self._send(f"from {parent}\n".encode())

    def put(self, path: str, content: bytes) -> None:
        """Lay `content` at `path`."""
        self._send(b"M %o inline %s\ndata %d\n" % (FILE_MODE, path.encode(), len(content)))
        self._send(content)
        self._send(b"\n")

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Lay all of `files` at their paths."""
        for path, content in files:
            self.put(path, content)

    def finish(self) -> str:
        """End the commit; its id. Raises NaturecodeError when nothing became visible."""
        self._send(b"get-mark :1\ndone\n")
        out, _ = self._process.communicate()
        if self._process.returncode:
            raise self._failure()
        self._said.close()
        return out.decode().strip()

    def abandon(self) -> None:
        """Stop; nothing was written that anybody can see."""
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except BrokenPipeError:
            self._process.wait()
            raise self._failure() from None

    def _failure(self) -> NaturecodeError:
        """Why the stream ended, in words."""
        said = ""
        if not self._said.closed:
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace")
        if "No space left" in said or "quota" in said:
            return NaturecodeError(
                "the disk is full; nothing of this was written", "make room and run it again"
            )
        if "Not updating" in said or ".lock': File exists" in said:
            return NaturecodeError(
                "somebody else wrote to the branch meanwhile; nothing of this was written",
                "run the command again",
            )
        lines = [line for line in said.split("\n") if line.startswith(("fatal:", "error:"))]
        reason = lines[0] if lines else "it was stopped"
        return GitFailed(("fast-import",), self._process.returncode or 1, reason)


def sweep_reports(repo: Repo) -> None:
    """Remove what fast-import leaves in the repository each time its writer dies."""
    old = time.time() - _REPORT_SECONDS
    for name in os.listdir(repo.git_dir):
        if name.startswith(_REPORT):
            path = os.path.join(repo.git_dir, name)
            with suppress(OSError):
                if os.stat(path).st_mtime < old:
                    os.unlink(path)
