"""What it costs to know who may do what: trust logs verified cold, and a line more."""

import hashlib
import os
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

from git_naturecode.clock import iso
from git_naturecode.crypto import keys
from git_naturecode.domain.policy import ops
from git_naturecode.git.objects import Change, Content
from git_naturecode.store import paths, trust
from git_naturecode.store.entry import Json
from git_naturecode.store.store import Store
from git_naturecode.trusting.keeping import Keeper

from .measure import Line, against, figure, interleave
from .stage import Stage

_DEVICES = 10
_NAMES = 3  # entries in a batch
_SEGMENT = 64 * 1024
_BEGAN = 1_790_000_000_000


class Team:
    """A founder and nine contributors, who write signed batches in turn."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.devices = [keys.make_device(self.folder, bytes([n]) * 32) for n in range(_DEVICES)]
        self.publics = [keys.public_key(self.folder, device) for device in self.devices]
        self.logs: dict[str, list[bytes]] = {device: [] for device in self.devices}
        self.team = ""
        self._count = 0
        self._last = ""
        members = [
            ops.record(f"member-{n}", f"m{n}", f"m{n}@x.example", "contributor", devices=[device])
            for n, device in enumerate(self.devices)
        ]
        self.team = self.write(0, [ops.genesis("team-one", "One", members[0], {}, "00")])
        self.write(0, [ops.member(one) for one in members[1:]])

    def write(self, number: int, said: list[Json]) -> str:
        """A line of device `number`, which has seen the one before; its digest."""
        device, log = self.devices[number], self.logs[self.devices[number]]
        self._count += 1
        line: dict[str, Json] = {
            "v": 1, "dev": device, "key": self.publics[number].hex(), "seq": len(log) + 1,
            "prev": trust.digest(log[-1]) if log else "",
            "root": trust.digest(log[0]) if log else "",
            "at": f"{iso(_BEGAN + self._count)}/0000", "ops": said,
            "deps": [self._last] if self._last and self._last not in map(trust.digest, log[-1:])
            else [],
        }  # fmt: skip
        if self.team:
            line["team"] = self.team
        made = trust.signed(line, partial(keys.sign, self.folder, device))
        log.append(made)
        self._last = trust.digest(made)
        return self._last

    def batches(self, count: int) -> None:
        """So many signed batches of three entries."""
        for number in range(count):
            names = [
                (f"e{number}-{n}", hashlib.sha256(b"%d-%d" % (number, n)).hexdigest())
                for n in range(_NAMES)
            ]
            self.write(number % _DEVICES, [ops.sign(_entity(number), names)])

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The segments of all trust logs."""
        for device, log in self.logs.items():
            sizes, number = 0, 1
            part: list[bytes] = []
            for line in log:
                part.append(line + b"\n")
                sizes += len(line)
                if sizes >= _SEGMENT:
                    yield paths.trust_path(device, number), b"".join(part)
                    part, sizes, number = [], 0, number + 1
            if part:
                yield paths.trust_path(device, number), b"".join(part)


def policy(stage: Stage) -> Iterator[Line]:
    """10,000 signed batches: all of them verified and judged, and one that comes after them."""
    count = 1_000 if stage.quick else 10_000
    team = Team(stage.path("keys"))
    team.batches(count)
    path = stage.repo("policy")
    with stage.store(path) as store:
        _commit(store, team)
        cold, floor = interleave(
            stage.rounds(3), partial(_look, store, cold=True), partial(_floor, team), warm=0
        )
        yield figure(
            f"cold: {count:,} signed batches verified and judged", cold.median / 1000, "s",
            5 * count / 10_000,
        )  # fmt: skip
        yield figure("its processor time", cold.work / 1000, "s", 5 * count / 10_000)
        yield against("cold", cold, floor, "the bare signatures", 4)
        keeper = Keeper(store)
        keeper.refresh()
        _ = keeper.standing
        team.batches(10)
        _commit(store, team)
        few, idle = interleave(1, partial(_again, keeper), partial(_again, keeper), warm=0)
        yield against("ten more, in an open process", few, cold, "all of them cold", 0.03)
        yield figure("nothing more", idle.median, "ms", 20)
        keeper.close()


def _entity(number: int) -> str:
    return f"session-20261122-{number % 500:08d}"


def _commit(store: Store, team: Team) -> None:
    log = store.team
    files: dict[str, Content | None] = dict(team.files())
    head, root = log.head(), log.tree()
    parents = (head,) if head else ()
    log.move(log.objects.commit(Change(root, files, parents, 1_790_000_000, "signed")), head, 10.0)


def _look(store: Store, cold: bool) -> None:
    if cold:
        for name in os.listdir(store.state_dir):
            if name.startswith("trust.db"):
                os.remove(os.path.join(store.state_dir, name))
    keeper = Keeper(store)
    keeper.refresh()
    assert not keeper.standing.refused
    keeper.close()


def _again(keeper: Keeper) -> None:
    keeper.refresh()
    assert not keeper.standing.refused


def _floor(team: Team) -> None:
    """Every signature, and nothing else."""
    for device, log in team.logs.items():
        public = team.publics[team.devices.index(device)]
        signature = bytes(64)
        for one, _ in pairwise([*log, b""]):
            keys.is_signed(public, signature, one)
