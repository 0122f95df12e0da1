"""What readers of entries ask; nothing is opened for it where nothing was ever signed."""

import os
from collections.abc import Mapping, Sequence

from git_naturecode import trusting
from git_naturecode.git import tree
from git_naturecode.store.judged import Key, Mark
from git_naturecode.store.store import Placed, Store
from git_naturecode.store.trust_file import FILE


class Asked:
    """The judge of `store` (see store/judged.Judge)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def enforces(self) -> bool:
        """True when there is a team and what nobody may say is to be left out."""
        return self._is_any and trusting.is_enforced(self._store)

    @property
    def version(self) -> str:
        """Changes whenever a verdict may have changed by which something is left out."""
        return trusting.keeper(self._store).db.version if self.enforces else ""

    def refresh(self) -> None:
        """Take in the signatures that have come since."""
        if self._is_any or self._has_logs():
            trusting.keeper(self._store).refresh()

    def changed(self, version: str) -> set[tuple[str, str]] | None:
        """Kind and last part of each entity whose verdicts may have changed since `version`."""
        if not version or not self.enforces:
            return None
        return trusting.keeper(self._store).db.changed(version)

    def marks(self, kind: str, tail: str, placed: Sequence[Placed]) -> Mapping[Key, Mark]:
        """What is not plainly verified among `placed`, all entries about one entity."""
        return trusting.keeper(self._store).marks(kind, tail, placed) if self._is_any else {}

    @property
    def _is_any(self) -> bool:
        """True when something was signed here, as far as this clone has looked."""
        return os.path.exists(os.path.join(self._store.state_dir, FILE))

    def _has_logs(self) -> bool:
        return tree.find(self._store.team.objects, self._store.team.tree(), "log/trust") is not None
