"""What is known of links: which sessions are linked to which commits, each session read once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from git_naturecode import clock, ids
from git_naturecode.domain import fold, links
from git_naturecode.domain import session as sessions
from git_naturecode.domain.kinds import SESSION, open_index
from git_naturecode.domain.links import DELETED, NOTHING, Link, Settled
from git_naturecode.store import index_rows, scan
from git_naturecode.store.index import Index
from git_naturecode.store.store import PRIVATE, TEAM, Placed, Store

_AT_ONCE = 500
_TELLING = frozenset({links.LINK, links.UNLINK, "delete"})


@dataclass
class About:
    """One session, as far as links are concerned; `told` are its entries that tell of them."""

    store: Store
    entity: str
    shared: bool
    told: list[Placed]

    @property
    def side(self) -> str:
        """Where its links are written."""
        return TEAM if self.shared else PRIVATE

    @cached_property
    def links(self) -> Settled:
        """Its links."""
        return self._settled(self.told)

    @cached_property
    def shared_links(self) -> Settled | None:
        """Its links that are shared, none of a deleted session; None where nothing of it is."""
        if not self.shared:
            return None
        told = [one for one in self.told if one.side == TEAM]
        found = self._settled(told)
        if any(one.entry.kind == "delete" for one in told):
            return Settled({}, found.undone | found.live.keys())
        return found

    def _settled(self, told: list[Placed]) -> Settled:
        return (
            links.settle(self.entity, (one.entry for one in fold.count(told))) if told else NOTHING
        )

    @property
    def deleted(self) -> bool:
        """True when the session was deleted."""
        return any(one.entry.kind == "delete" for one in self.told)

    @cached_property
    def _whole(self) -> sessions.Session:
        return sessions.build(self.store.read(ids.tail(self.entity), SESSION))

    @property
    def tool(self) -> str:
        """The assistant's program that it comes from."""
        tool = self._whole.origin.get("tool")
        return tool if isinstance(tool, str) else ""

    def said_by(self, seconds: int) -> tuple[int, str]:
        """How many messages were said by that time, and the model that answered last."""
        until = clock.iso((seconds + 1) * 1000)
        said = [m for m in self._whole.messages if m.role != "tool" and m.time <= until]
        models = (m.header.get("model") for m in reversed(said) if m.role == "assistant")
        return len(said), next((one for one in models if isinstance(one, str)), "")


class Known:
    """The links of one clone, on both sides; to be closed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._about: dict[str, About | None] = {}

    @cached_property
    def index(self) -> Index:
        """The index, up to date."""
        index = open_index(self.store)
        index.refresh()
        return index

    def about(self, entity: str) -> About | None:
        """The session `entity`; None where it is not here."""
        tail = ids.tail(entity)
        if tail not in self._about:
            self._read([tail])
        return self._about[tail]

    def _read(self, tails: Iterable[str]) -> None:
        """Look at what the logs of these sessions say of links, all of them together."""
        wanted = [tail for tail in dict.fromkeys(tails) if tail not in self._about]
        waiting = {ids.tail(segment.entity) for segment in self.index.spooled}
        blobs = index_rows.read(self.index, [(SESSION, tail) for tail in wanted])
        judged = self.store.judge is not None and self.store.judge.enforces
        for (_, tail), found in blobs:
            quick = None if judged or tail in waiting else index_rows.parts(found)
            if quick is not None:
                told = [
                    Placed(scan.entry(h, b, bodies=True), part.entity, part.device, part.side)
                    for part in quick
                    for h, b in zip(part.headers, part.blocks, strict=True)
                    if h["kind"] in _TELLING
                ]
                entity = min(part.entity for part in quick)
                shared = any(part.side == TEAM for part in quick)
                self._about[tail] = About(self.store, entity, shared, told)
        for tail in wanted:
            if tail not in self._about:
                self._about[tail] = self._slowly(tail)

    def _slowly(self, tail: str) -> About | None:
        placed = self.store.read(tail, SESSION)
        if not placed:
            return None
        entity = min(one.entity for one in placed)
        told = [one for one in placed if one.entry.kind in _TELLING]
        return About(self.store, entity, any(one.side == TEAM for one in placed), told)

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
        found: dict[str, list[Link]] = {value: [] for value in wanted}
        for about in self._with(facet, wanted):
            for link in about.links.live.values():
                value = getattr(link, facet)
                if value in found:
                    state = DELETED if about.deleted else link.state
                    found[value].append(link._replace(state=state))
        return found

    def _with(self, facet: str, values: list[str]) -> Iterator[About]:
        tails: dict[str, None] = {}
        for start in range(0, len(values), _AT_ONCE):
            some = values[start : start + _AT_ONCE]
            rows = self.index.page(SESSION, {facet: some}).rows
            tails |= dict.fromkeys(ids.tail(str(row["id"])) for row in rows)
        self._read(tails)
        for tail in sorted(tails):
            about = self._about[tail]
            if about is not None:
                yield about

    def forget(self) -> None:
        """Look again: something was written meanwhile."""
        self.close()
        self.__dict__.pop("index", None)
        self._about.clear()

    def close(self) -> None:
        """Close the index."""
        if "index" in self.__dict__:
            self.index.close()
