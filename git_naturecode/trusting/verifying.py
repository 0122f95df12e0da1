"""Verifying everything anew: nothing that was found before is believed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_naturecode import ids
from git_naturecode.store import pins
from git_naturecode.store.judged import QUARANTINED
from git_naturecode.store.store import Store
from git_naturecode.store.trust_db import TrustDb
from git_naturecode.store.trust_file import MEMORY
from git_naturecode.trusting import telling
from git_naturecode.trusting.keeping import Keeper
from git_naturecode.trusting.watching import Held

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing

Tell = Callable[[str], None]
_MANY = 500


@dataclass
class Verified:
    """What there is: lines with good signatures, forged ones, those that do not count.

    `states` counts all shared entries by what is thought of them; `alarms` need a person, who
    looks at `where` first.
    """

    mode: str
    team: str
    lines: int = 0
    forged: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    quarantined: list[Held] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    where: str = "trust show"


def verify(store: Store, tell: Tell) -> Verified:
    """Look at all trust logs and all shared entries of `store` as if it had just been cloned."""
    keeper = Keeper(store, TrustDb(MEMORY))
    try:
        return _verified(store, keeper, tell)
    finally:
        keeper.close()


def _verified(store: Store, keeper: Keeper, tell: Tell) -> Verified:
    keeper.refresh()
    standing, known = keeper.standing, pins.load(store.state_dir)
    found = Verified(standing.mode, standing.team)
    found.lines, found.forged = keeper.db.counts()
    found.refused = {digest: why.text for digest, why in standing.refused.items()}
    is_dropped = keeper.dropping()
    for number, (entity, placed) in enumerate(telling.everything(store), 1):
        if number % _MANY == 0:
            tell(f"{number} logs")
        marks = keeper.marks(entity.split("-")[0], ids.tail(entity), placed)
        for key, one in {one.entry.key: one for one in placed}.items():
            mark = marks.get(key)
            found.states[mark.state if mark else "verified" if keeper.mode else "unsigned"] += 1
            if mark is not None and mark.state == QUARANTINED:
                dropped = is_dropped(one.entity, key)
                found.quarantined.append(
                    Held(one.entity, *key, one.entry.kind, mark.reason, mark.signer, dropped)
                )
    _alarm(found, standing, known)
    return found


def _alarm(found: Verified, standing: "Standing", known: pins.Pins) -> None:
    fresh = [one for one in found.quarantined if not one.dropped and one.needs_person]
    if fresh:
        found.where = "quarantine list"
        count = f"{len(fresh)} entr{'y is' if len(fresh) == 1 else 'ies are'}"
        found.alarms.append(f"{count} in quarantine")
    if known.team and known.team not in standing.geneses:
        found.alarms.append("the team that this clone trusts is not in the record")
    if not standing.team and len(standing.geneses) > 1:
        found.alarms.append(f"{len(standing.geneses)} teams were begun here, and none is trusted")
    found.alarms += [
        f"device {one.device} has said two things under the number {one.seq}"
        for one in standing.equivocations
    ]
