"""What a reader of entries asks about their standing, and leaving out those that do not count."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from git_naturecode.store.store import Placed

Key = tuple[str, str]
QUARANTINED = "quarantined"
UNSIGNED = "unsigned"
"""Of what this clone itself wrote and its next sync will sign."""


class Mark(NamedTuple):
    """What is to be thought of an entry that is not plainly verified.

    `state` is `copied`, `vouched`, `inherited`, `adopted`, `unverified`, `unsigned` or
    `quarantined`; `reason` one phrase for people; `signer` the member behind it, "" for nobody.
    """

    state: str
    reason: str = ""
    signer: str = ""

    @property
    def counts(self) -> bool:
        """False for what nobody shall see but who looks into the quarantine."""
        return self.state != QUARANTINED


class Judge(Protocol):
    """Whoever knows what entries are to be thought of; nobody does where nothing was signed."""

    @property
    def enforces(self) -> bool:
        """True when there is a team and what nobody may say is to be left out."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever a verdict may have changed."""
        ...

    def refresh(self) -> None:
        """Take in the signatures that have come since."""
        ...

    def changed(self, version: str) -> set[tuple[str, str]] | None:
        """Kind and last part of each entity whose verdicts may have changed since `version`.

        None when it may be all of them.
        """
        ...

    def marks(self, kind: str, tail: str, placed: "Sequence[Placed]") -> Mapping[Key, Mark]:
        """What is not plainly verified among `placed`, all entries about one entity."""
        ...


def counting(placed: "Sequence[Placed]", marks: Mapping[Key, Mark]) -> "list[Placed]":
    """Those of `placed` that count, each with its mark; what is private always counts."""
    if not marks:
        return list(placed)
    found = []
    left_out = []
    for one in placed:
        mark = marks.get(one.entry.key) if one.side == "team" else None
        if mark is None:
            found.append(one)
        elif mark.counts:
            found.append(one._replace(mark=mark))
        elif isinstance(parents := one.entry.header.get("parents"), list):
            names = tuple(name for name in parents if isinstance(name, str))
            left_out.append((one.entry.id, names))
    if not left_out:
        return found
    return [one._replace(left_out=tuple(left_out)) for one in found]
