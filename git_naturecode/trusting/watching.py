"""Watching over a sync: which team is met for the first time, what a remote lacks or brings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from git_naturecode import clock, trusting
from git_naturecode.domain.kinds import open_index
from git_naturecode.domain.policy import words
from git_naturecode.store import pins
from git_naturecode.store.judged import QUARANTINED
from git_naturecode.store.store import Store
from git_naturecode.trusting.keeping import Keeper

_FEW = 3
_OPINIONS = frozenset({("kb", "view"), ("kb", "vote")})
_NO_CHANGES = frozenset({"sign", "purge", "backup", "device"})


class Held(NamedTuple):
    """An entry in quarantine: of what, its name, what it is, why, and who signed it ("": nobody).

    `dropped` says that this person, or a maintainer for everybody, wants to hear no more of it.
    """

    entity: str
    id: str
    hash: str
    kind: str
    reason: str
    signer: str
    dropped: bool

    @property
    def needs_person(self) -> bool:
        """False for votes and views behind which no member stands: nobody has to look at them.

        They are written in passing, before somebody has a seat or knew that there is a team, they
        hold no text, and who wrote them will count by himself once he has a seat.
        """
        return bool(self.signer) or (self.entity.split("-")[0], self.kind) not in _OPINIONS


@dataclass
class Seen:
    """What a sync has to say about trust: `news` and `notices` for people, `alarms` that need one.

    `quarantined` counts what is newly kept out and needs a person, `received` and `sent` signed
    lines that are about the team, new since the last time.
    """

    news: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    quarantined: int = 0
    received: int = 0
    sent: int = 0


def watch(store: Store, remote: str, theirs: str | None, in_step: bool) -> Seen:
    """Look at what came from `remote`, whose branch stood at `theirs` (a commit, None: nowhere).

    Takes in what was signed, pins the first team that is met, tells what is newly kept out, and
    whether the remote has lost signed lines that it had. `in_step`: it has all of ours by now.
    """
    seen = Seen()
    keeper = trusting.keeper(store)
    keeper.refresh()
    known = pins.load(store.state_dir)
    if not keeper.mode:
        return seen
    team = keeper.db.get("team")
    if team or known.team or keeper.db.get("geneses"):
        _meet(store, seen)
    _count(store, seen)
    _compare(store, remote, theirs, seen)
    if in_step:
        _pin_heads(store, remote)
    if trusting.is_enforced(store):
        fresh = [one for one in quarantine(store) if not one.dropped and is_news(store, one)]
        grave = [one for one in fresh if one.needs_person]
        seen.quarantined = len(grave)
        if grave:
            seen.alarms.append(_kept_out(grave))
        if len(fresh) > len(grave):
            seen.news.append(_passed_over([one for one in fresh if not one.needs_person]))
        if fresh:
            remember(store, fresh)
    return seen


def quarantine(store: Store) -> list[Held]:
    """All that is kept out, in the order of what it is about; everything is judged for it."""
    if not trusting.is_enforced(store):
        return []
    index = open_index(store)
    try:
        index.refresh()
    finally:
        index.close()
    keeper = trusting.keeper(store)
    is_dropped = keeper.dropping()
    return [
        Held(entity, name, hashed, kind, reason, signer, is_dropped(entity, (name, hashed)))
        for entity, name, hashed, reason, signer, kind in keeper.db.marked(QUARANTINED)
    ]


def drop(store: Store, held: Iterator[Held] | list[Held]) -> None:
    """Want to hear no more of `held`; they stay where they are, and nobody else is told."""
    names = frozenset(f"{one.id} {one.hash}" for one in held)
    pins.change(store.state_dir, lambda known: known._replace(dropped=known.dropped | names))


def is_news(store: Store, held: Held) -> bool:
    """True when nobody was told of `held` here."""
    return not trusting.keeper(store).db.get(f"told {held.id} {held.hash}")


def remember(store: Store, told: list[Held]) -> None:
    """Note that this person was told of these."""
    db = trusting.keeper(store).db
    with db.transaction():
        for one in told:
            db.put(f"told {one.id} {one.hash}", "yes")


def _kept_out(fresh: list[Held]) -> str:
    count = f"{len(fresh)} entr{'y' if len(fresh) == 1 else 'ies'}"
    return f"{count} kept in quarantine: {_reasons(fresh)}"


def _passed_over(fresh: list[Held]) -> str:
    one = len(fresh) == 1
    count = f"{len(fresh)} vote{'' if one else 's'} or view{'' if one else 's'}"
    return f"{count} of articles {'does' if one else 'do'} not count: {_reasons(fresh)}"


def _reasons(fresh: list[Held]) -> str:
    reasons = list(dict.fromkeys(one.reason for one in fresh))
    more = f" and {len(reasons) - _FEW} other reasons" if len(reasons) > _FEW else ""
    return "; ".join(reasons[:_FEW]) + more


def _count(store: Store, seen: Seen) -> None:
    """Tell how many lines came, and went, that say more than who wrote what."""
    db = trusting.keeper(store).db
    last = int(db.get("counted") or 0)
    for number, known in db.lines(last):
        last = number
        said = (op.get("op") for op in known.said["ops"] if isinstance(op, dict))
        if any(one not in _NO_CHANGES for one in said):
            seen.sent += known.device == store.device
            seen.received += known.device != store.device
    db.put("counted", str(last))


def _meet(store: Store, seen: Seen) -> None:
    """Pin the first team that is met; tell of others, which are never merged with it."""
    standing = trusting.standing(store)
    known = pins.load(store.state_dir)
    if known.team and known.team not in standing.geneses:
        seen.alarms.append("the team that this clone trusts is not in the record any more")
    if not known.team and standing.team:
        since = clock.iso(store.now_ms())
        pins.change(
            store.state_dir,
            lambda now: now if now.team else now._replace(team=standing.team, since=since),
        )
        names = ", ".join(sorted(team.name for team in standing.teams.values()))
        seen.news.append(
            f"first contact with the team {names}: compare these six words with somebody in it: "
            f"{words.fingerprint(standing.team)}"
        )
    db = trusting.keeper(store).db
    geneses = " ".join(standing.geneses)
    if geneses != db.get("geneses"):
        db.put("geneses", geneses)
        others = [one for one in standing.geneses if one != (known.team or standing.team)]
        if others and len(standing.geneses) > 1:
            seen.alarms.append(
                f"{len(others)} other team{'s were' if len(others) > 1 else ' was'} begun here and "
                "is not trusted" if known.team or standing.team else
                f"{len(others)} teams were begun here, and none is trusted yet"
            )  # fmt: skip
    devices = " ".join(f"{one.device}:{one.seq}" for one in standing.equivocations)
    if devices != db.get("twins"):
        db.put("twins", devices)
        seen.alarms += [
            f"device {one.device} has said two things under the number {one.seq}: its key is in "
            "two hands, or an old copy of its clone was used; nothing from there on counts"
            for one in standing.equivocations
        ]


def _compare(store: Store, remote: str, theirs: str | None, seen: Seen) -> None:
    """Tell when a remote lacks signed lines that it had: it was set back, or serves old states."""
    had = pins.load(store.state_dir).heads.get(remote, {})
    if not had:
        return
    keeper = trusting.keeper(store)
    now = keeper.lines_at(theirs) if theirs else {}
    told = seen.alarms if trusting.has_team(store) else seen.notices
    lost = [device for device, digest in had.items() if not _reaches(keeper, device, digest, now)]
    if lost:
        told.append(
            f"{remote} was set back: it lacks what {len(lost)} device{'s' * (len(lost) > 1)} had "
            "signed and it had before; nothing was lost here, and it was pushed again"
        )


def _reaches(keeper: Keeper, device: str, digest: str, now: Mapping[str, str]) -> bool:
    """True when the chain of `device` in `now` has come at least as far as `digest`."""
    db = keeper.db
    return db.seq_of(now.get(device, ""), device) >= db.seq_of(digest, device)


def _pin_heads(store: Store, remote: str) -> None:
    ends = {device: tip.digest for device, tip in trusting.keeper(store).db.tips().items()}
    pins.change(
        store.state_dir,
        lambda known: known._replace(heads={**known.heads, remote: ends}),
    )
