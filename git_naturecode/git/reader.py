"""One `git cat-file --batch-command` at work: requests go in, answers come out in their order."""

import subprocess
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from git_naturecode.git.objects import Missing
from git_naturecode.git.repo import Repo
from git_naturecode.git.run import GitFailed

_BATCH = 200  # requests of which two lots surely fit into a pipe before an answer is read


class Reader:
    """The reading process; `is_whole` is False once answers are missing, or nobody reads them."""

    def __init__(self, repo: Repo) -> None:
        # Not with --buffer: where an answer cannot be written, git then goes on without it, and
        # whoever waits for it waits for ever.
        self._process: subprocess.Popen[bytes] = repo.program.open("cat-file", "--batch-command")
        self.is_whole = True

    def contents(self, oid: str) -> tuple[str, bytes]:
        """Type and content of an object; raises Missing."""
        self._ask(f"contents {oid}\n")
        return self._answer(oid)

    def info(self, name: str) -> tuple[str, str, int]:
        """Id, type and size of an object or of what a ref points to; raises Missing."""
        self._ask(f"info {name}\n")
        return self._head(name)

    def infos(self, oids: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Type and size of each of `oids` that is here."""
        found = {}
        rest = iter(oids)
        while batch := list(islice(rest, _BATCH)):
            self._ask("".join(f"info {oid}\n" for oid in batch))
            for oid in batch:
                with suppress(Missing):
                    found[oid] = self._head(oid)[1:]
        return found

    def many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of each of `oids`, in order; raises Missing.

        The next batch is asked for before the last one is read, so that git works meanwhile.
        """
        rest = iter(oids)
        asked: deque[str] = deque()
        try:
            self._request(asked, islice(rest, _BATCH))
            while asked:
                self._request(asked, islice(rest, _BATCH))
                for _ in range(min(_BATCH, len(asked))):
                    yield asked[0], self._answer(asked[0])[1]
                    asked.popleft()
        finally:
            self.is_whole &= not asked  # nobody will read the answers that are on their way

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _request(self, asked: deque[str], batch: Iterable[str]) -> None:
        oids = list(batch)
        if oids:
            self._ask("".join(f"contents {oid}\n" for oid in oids))
            asked.extend(oids)

    def _ask(self, request: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(request.encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _ended(self) -> GitFailed:
        self.is_whole = False
        return GitFailed(("cat-file",), -1, "it ended too early")

    def _head(self, name: str) -> tuple[str, str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode("utf-8", "replace").rstrip("\n")
        if not line:
            raise self._ended()
        parts = line.rsplit(" ", 2)
        if len(parts) != 3 or not parts[2].isdigit():
            raise Missing(name)
        return parts[0], parts[1], int(parts[2])

    def _answer(self, name: str) -> tuple[str, bytes]:
        _, kind, size = self._head(name)
        assert self._process.stdout is not None
        data = self._process.stdout.read(size + 1)
        if len(data) != size + 1:
            raise self._ended()
        return kind, data[:-1]
