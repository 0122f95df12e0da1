"""Judging what was fetched in two processes: which of many segments are sound (store/sound.py)."""

from collections.abc import Callable, Sequence

from git_naturecode.git import beside
from git_naturecode.git.objects import Objects
from git_naturecode.git.repo import Repo
from git_naturecode.store import sound
from git_naturecode.store.entry import Json
from git_naturecode.store.hygiene import MAX_SEGMENT
from git_naturecode.store.sound import Judged


class Judging:
    """What a second process found out about files; `horizon` see `hygiene`, `total` bytes at most.

    It says nothing of a file that is not surely sound: who reads it then judges it for good.
    """

    def __init__(self, repo: Repo, horizon: str, total: int) -> None:
        self._repo = repo
        self._work = _work(horizon, total)
        self._sharing: beside.Sharing | None = None
        self._found: dict[str, Judged] = {}

    def begin(self, lots: Sequence[Sequence[str]]) -> None:
        """Judge most of `lots`, each of them ids of files, in the order in which they come."""
        if self._sharing is None:
            self._sharing = beside.Sharing(self._repo, lots, self._work)

    def come_to(self, number: int) -> dict[str, Judged]:
        """What is known of the files of lot `number`, waited for; lots are asked for in order."""
        found = self._sharing.come_to(number) if self._sharing else None
        self._found = {oid: Judged(*one) for oid, one in (found or {}).items()}
        return self._found

    def get(self, oid: str) -> Judged | None:
        """What is known of a file of the present lot."""
        return self._found.get(oid)

    def close(self) -> None:
        """End the second process."""
        if self._sharing is not None:
            self._sharing.close()


def _work(horizon: str, total: int) -> Callable[[Objects, Sequence[str]], Json]:
    """The judging of one lot; after `total` bytes nothing more is read."""
    left = total

    def judge(objects: Objects, lot: Sequence[str]) -> Json:
        nonlocal left
        wanted = []
        for oid, (kind, size) in objects.headers(dict.fromkeys(lot)).items():
            if kind == "blob" and size <= min(MAX_SEGMENT, left):
                left -= size
                wanted.append(oid)
        found = ((oid, sound.judged(data, horizon)) for oid, data in objects.read_many(wanted))
        return {oid: judged for oid, judged in found if judged is not None}

    return judge
