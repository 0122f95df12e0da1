"""What is known of links: which sessions are linked to which commits, each session read once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from git_naturecode import clock, ids
from git_naturecode.domain import session as sessions
from git_naturecode.domain.kinds import SESSION, open_index
from git_naturecode.domain.links import DELETED, Link, Settled
from git_naturecode.store.index import Index
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store

_AT_ONCE = 500


@dataclass
class About:
    """One session, as far as links are concerned."""

    session: sessions.Session
    placed: list[Placed]

    @property
    def side(self) -> str:
        """Where its links are written."""
        return TEAM if self.session.shared else PRIVATE

    @property
    def links(self) -> Settled:
        """Its links."""
        return self.session.linked

    @property
    def tool(self) -> str:
        """The assistant's program that it comes from."""
        tool = self.session.origin.get("tool")
        return tool if isinstance(tool, str) else ""

    def said_by(self, seconds: int) -> tuple[int, str]:
        """How many messages were said by that time, and the model that answered last."""
        until = clock.iso((seconds + 1) * 1000)
        said = [m for m in self.session.messages if m.role != "tool" and m.time <= until]
        models = (m.header.get("model") for m in reversed(said) if m.role == "assistant")
        return len(said), next((one for one in models if isinstance(one, str)), "")


class Known:
    """The links of one clone, on both sides; to be closed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._about: dict[str, About | None] = {}

    @cached_property
    def _index(self) -> Index:
        index = open_index(self.store)
        index.refresh()
        return index

    def about(self, entity: str) -> About | None:
        """The session `entity`; None where it is not here."""
        tail = ids.tail(entity)
        if tail not in self._about:
            placed = self.store.read(tail, SESSION)
            built = sessions.build(placed) if placed else None
            self._about[tail] = About(built, placed) if built else None
        return self._about[tail]

    def links(self, commits: Iterable[str]) -> dict[str, list[Link]]:
        """The links to each of `commits`; those of deleted sessions say so."""
        return self._found("commit", commits)

    def with_tree(self, trees: Iterable[str]) -> dict[str, list[Link]]:
        """The links to commits with each of `trees`."""
        return self._found("tree", trees)

    def with_patch(self, patches: Iterable[str]) -> dict[str, list[Link]]:
        """The links to commits with each of the patch ids."""
        return self._found("patch", patches)

    def _found(self, facet: str, values: Iterable[str]) -> dict[str, list[Link]]:
        wanted = sorted(set(values) - {""})
        entities: dict[str, None] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            for row in self._index.page(SESSION, {facet: some}).rows:
                entities[str(row["id"])] = None
        found: dict[str, list[Link]] = {value: [] for value in wanted}
        for entity in sorted(entities):
            about = self.about(entity)
            for link in about.links.live.values() if about else ():
                value = getattr(link, facet)
                if value in found:
                    state = DELETED if about and about.session.deleted else link.state
                    found[value].append(replace(link, state=state))
        return found

    def close(self) -> None:
        """Close the index."""
        if "_index" in self.__dict__:
            self._index.close()
