"""What this clone trusts: its pins, its own chain, keys in two hands."""

import os
from collections.abc import Iterator

from git_naturecode import trusting
from git_naturecode.doctor.case import ERROR, WARNING, Case, Finding
from git_naturecode.errors import NaturecodeError
from git_naturecode.store import device as devices
from git_naturecode.store import pins
from git_naturecode.store.device import config_folder
from git_naturecode.trusting import chain


def trust(case: Case) -> Iterator[Finding]:
    """The pins can be read, the pinned team is there, and this key is used in one place only."""
    if not case.set_up:
        return
    try:
        known = pins.load(case.state_dir)
    except NaturecodeError as error:
        yield Finding(
            ERROR, error.message, error.hint,
            fix="sets it aside: the next sync says which team it meets, as at first",
            mend=lambda: os.replace(case.path("trust.json"), case.path("trust.json.damaged")),
        )  # fmt: skip
        return
    standing = trusting.standing(case.store)
    if known.team and known.team not in standing.geneses:
        yield Finding(
            ERROR,
            "the team that this clone trusts is not in the record",
            "git naturecode sync; if it stays: git naturecode trust show",
        )
    if not standing.team and len(standing.geneses) > 1:
        yield Finding(
            WARNING,
            f"{len(standing.geneses)} teams were begun here, and none is trusted",
            "git naturecode trust show, then git naturecode trust pin WORDS",
        )
    mine = devices.read(case.state_dir)
    for one in standing.equivocations:
        if one.device == mine:
            yield Finding(
                ERROR,
                "the key of this clone was used in two places: nothing that it says from there on "
                "counts for anybody",
                "move its `device` file aside, run git naturecode init for a new key, and have the "
                f"old one revoked: git naturecode device revoke {one.device}",
            )
    if mine is None or not os.path.isfile(_key(case, mine)):
        return
    kept = chain.read(os.path.join(config_folder(case.environ), "keys"), mine)
    tip = trusting.keeper(case.store).db.tip(mine)
    if tip.seq > chain.end(kept, tip._replace(seq=0)).seq and kept:
        yield Finding(
            WARNING,
            "the key of this clone has signed what is not noted beside it: it was used elsewhere, "
            "or the folder of keys came from a backup",
            "git naturecode sync before you write anything",
        )


def _key(case: Case, device: str) -> str:
    return os.path.join(config_folder(case.environ), "keys", f"{device}.key")
