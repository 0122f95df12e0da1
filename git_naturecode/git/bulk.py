"""Writing one commit with very many files through one stream, in little memory."""

from collections.abc import Iterable

from git_naturecode.git.objects import AUTHOR, FILE_MODE
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

# Loose objects pack three times better later than what fast-import packs itself, since git does
# not try again to find deltas inside one pack; each is on the disk before the ref moves.
_OPTIONS = (
    "-c", "fastimport.unpackLimit=100000000", "-c", "core.fsync=committed,loose-object",
    "-c", "core.fsyncMethod=batch",
)  # fmt: skip


class BulkCommit:
    """A commit being streamed to git fast-import; nothing is visible before `finish`."""

    def __init__(
        self, repo: Repo, ref: str, parent: str | None, seconds: int, message: str
    ) -> None:
        self._process = repo.program.open(
            *_OPTIONS, "fast-import", "--quiet", "--done", "--date-format=raw-permissive",
            "--cat-blob-fd=1",
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
        """End the commit; its id. Raises GitFailed when the ref was moved by somebody else."""
        self._send(b"get-mark :1\ndone\n")
        out, _ = self._process.communicate()
        if self._process.returncode:
            raise GitFailed(("fast-import",), self._process.returncode, "")
        return out.decode().strip()

    def abandon(self) -> None:
        """Stop; nothing was written that anybody can see."""
        self._process.kill()
        self._process.communicate()

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except BrokenPipeError:
            self._process.wait()
            raise GitFailed(
                ("fast-import",), self._process.returncode or 1, "it stopped; is the disk full?"
            ) from None
