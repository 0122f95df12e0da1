"""Writing one commit with very many files through one stream, in little memory."""

import os
import subprocess
import tempfile
import time
from contextlib import suppress

from git_naturecode.errors import DiskFull, NaturecodeError
from git_naturecode.git.objects import AUTHOR, FILE_MODE
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed, alive, tells_of_full_disk

# Loose objects pack three times better later than what fast-import packs itself, since git does
# not try again to find deltas inside one pack. The pack on the way there is not worth compressing,
# and one sync at the end is four times cheaper than git's own for each object.
_OPTIONS = (
    "-c", "fastimport.unpackLimit=100000000", "-c", "core.fsync=none", "-c", "pack.compression=0",
)  # fmt: skip
_COMMAND = (
    "fast-import", "--quiet", "--done", "--force", "--date-format=raw-permissive", "--depth=0",
    "--cat-blob-fd=1",
)  # fmt: skip
TEMPORARY = "refs/naturecode/tmp/"
_REPORT = "fast_import_crash_"
_REPORT_SECONDS = 3600


class BulkCommit:
    """A commit being streamed to git fast-import; only a temporary ref of ours knows it."""

    def __init__(self, repo: Repo, parent: str | None, seconds: int, message: str) -> None:
        self._repo = repo
        self._ref = f"{TEMPORARY}{os.getpid()}"
        # A file, since nobody reads a pipe while the stream is written.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            repo.program.argv(*_OPTIONS, *_COMMAND),
            cwd=repo.program.cwd, env=repo.program.env(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._said,
            process_group=0,  # Ctrl-C is for us; we then end what was begun
        )  # fmt: skip
        text = message.encode()
        self._send(f"commit {self._ref}\nmark :1\ncommitter {AUTHOR} {seconds} +0000\n".encode())
        self._send(b"data %d\n%s\n" % (len(text), text))
        if parent:
            self._send(f"from {parent}\n".encode())

    def put(self, path: str, content: bytes) -> None:
        """Lay `content` at `path`."""
        self._send(b"M %o inline %s\ndata %d\n" % (FILE_MODE, path.encode(), len(content)))
        self._send(content)
        self._send(b"\n")

    def finish(self) -> str:
        """End the commit; its id. Its objects are on the disk before any branch moves to it.

        Raises NaturecodeError when it could not be written.
        """
        self._send(b"get-mark :1\ndone\n")
        out, _ = self._process.communicate()
        if self._process.returncode:
            raise self._failure()
        self._said.close()
        os.sync()
        return out.decode().strip()

    def keep(self) -> None:
        """Make sure that the ref which now holds the commit survives a power cut as well."""
        os.sync()

    def forget(self) -> None:
        """Let go of the temporary ref, once another one holds the commit."""
        self._repo.program.run("update-ref", "--no-deref", "-d", self._ref, check=False)

    def abandon(self) -> None:
        """Stop; nothing was written that anybody can see."""
        self._process.kill()
        self._process.communicate()
        self._said.close()
        self.forget()

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
        if tells_of_full_disk(said):
            return DiskFull(
                "the disk is full; nothing of this was written", "make room and run it again"
            )
        lines = [line for line in said.split("\n") if line.startswith(("fatal:", "error:"))]
        reason = lines[0] if lines else "it was stopped"
        return GitFailed(("fast-import",), self._process.returncode or 1, reason)


def sweep(repo: Repo) -> None:
    """Remove what writers that died left in the repository: reports, and temporary refs."""
    listed = repo.program.text("for-each-ref", "--format=%(refname)", "--", TEMPORARY)
    for ref in listed.split():
        owner = ref.removeprefix(TEMPORARY)
        if not (owner.isdigit() and alive(int(owner))):
            repo.program.run("update-ref", "--no-deref", "-d", ref, check=False)
    old = time.time() - _REPORT_SECONDS
    for name in os.listdir(repo.git_dir):
        if name.startswith(_REPORT):
            path = os.path.join(repo.git_dir, name)
            with suppress(OSError):
                if os.stat(path).st_mtime < old:
                    os.unlink(path)
