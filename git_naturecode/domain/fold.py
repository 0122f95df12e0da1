"""Folding entries into state: which version of an entry counts, and what replaced what."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from git_naturecode.store.entry import Entry, Json
from git_naturecode.store.store import TEAM, Placed

MOST_NAMED = 500
"""The ids that an entry names in one field, at most: more would not fit into its header."""
IMPORTED_ID = 20  # characters; the ids of entries written here are longer and hold a dash


class Counted(NamedTuple):
    """An entry that counts, and the other contents that stand under the same id, if any."""

    placed: Placed
    rivals: tuple[Placed, ...] = ()

    @property
    def entry(self) -> Entry:
        """The entry itself."""
        return self.placed.entry


def is_imported(entry: Entry) -> bool:
    """True when the id comes from a source that several clones may import."""
    return len(entry.id) == IMPORTED_ID and "-" not in entry.id


def count(placed: Iterable[Placed]) -> list[Counted]:
    """One `Counted` for each id, in the order of (at, id, hash).

    Copies of an imported entry are versions of it, settled silently: more redactions, then the
    longer text, then the lower hash. Anything else with one id and two contents is shown as such.
    """
    by_id: dict[str, dict[str, Placed]] = {}
    for one in placed:
        versions = by_id.setdefault(one.entry.id, {})
        known = versions.get(one.entry.hash)
        if known is None or (known.entry.edited_by_hand, known.side != TEAM) > (
            one.entry.edited_by_hand,
            one.side != TEAM,
        ):
            versions[one.entry.hash] = one
    counted = [_settle(list(versions.values())) for versions in by_id.values()]
    return sorted(counted, key=lambda c: c.entry.order)


def _settle(versions: list[Placed]) -> Counted:
    if len(versions) == 1:
        return Counted(versions[0])
    # What stands in place of a purged text has the same id.
    versions = [v for v in versions if not v.entry.is_stub] or versions
    shared = [v for v in versions if v.side == TEAM] or versions
    intact = [v for v in shared if not v.entry.edited_by_hand] or shared
    if is_imported(intact[0].entry):
        return Counted(min(intact, key=_preference))
    first, *rest = sorted(intact, key=lambda v: v.entry.order)
    return Counted(first, tuple(rest))


def _preference(placed: Placed) -> tuple[bool, int, int, str]:
    entry = placed.entry
    marks = entry.header.get("red")
    redactions = len(marks) if isinstance(marks, list) else 0
    return (entry.is_stub, -redactions, -len(entry.body or ""), entry.hash)


def replaced(entries: Iterable[Entry]) -> set[str]:
    """The ids that some entry names in `over`: out, whatever their stamps say."""
    out: set[str] = set()
    for entry in entries:
        over = entry.header.get("over")
        if isinstance(over, list):
            out.update(name for name in over if isinstance(name, str))
    return out


def replaced_within(entries: Iterable[Entry], about: Callable[[Entry], object]) -> set[str]:
    """The ids that an entry names in `over` which is about the same: what `about` says of both.

    With it nobody takes away what is not his: whoever may write one entry may name any other.
    """
    some = list(entries)
    naming = [one for one in some if "over" in one.header]
    if not naming:
        return set()
    known = {one.id: about(one) for one in some}
    return {
        name
        for one in naming
        for name in replaced([one])
        if name in known and known[name] == known[one.id]
    }


def register(entries: Iterable[Entry], field: str) -> Json | None:
    """The value of scalar `field`: of the `set` entries that nobody replaced, the last."""
    found = last(entries, field)
    return found.header.get("value") if found else None


def registers(entries: Iterable[Entry], prefix: str) -> dict[str, Json]:
    """The value of each scalar whose field begins with `prefix`, each as `register` has it."""
    by_field: dict[str, list[Entry]] = {}
    for entry in entries:
        field = entry.header.get("field") if entry.kind == "set" else None
        if isinstance(field, str) and field.startswith(prefix):
            by_field.setdefault(field, []).append(entry)
    return {field: register(found, field) for field, found in by_field.items()}


def last(entries: Iterable[Entry], field: str) -> Entry | None:
    """The `set` entry that says what scalar `field` is."""
    found = _sets(entries, field)
    out = replaced(found)
    live = [e for e in found if e.id not in out]
    return max(live, key=lambda e: e.order) if live else None


def current(entries: Iterable[Entry], field: str) -> list[str]:
    """The ids of the `set` entries of `field` that a new one has to name in `over`."""
    return to_replace(_sets(entries, field))


def to_replace(entries: Iterable[Entry]) -> list[str]:
    """Of `entries`, all about one thing, the ids that a new one has to name in `over`: of those
    that nobody replaced, should they be very many, the newest."""
    found = list(entries)
    out = replaced(found)
    live = sorted((e for e in found if e.id not in out), key=lambda e: e.order)
    return sorted(e.id for e in live[-MOST_NAMED:])


def _sets(entries: Iterable[Entry], field: str) -> list[Entry]:
    """The entries that set `field`. Of what names an address the case says nothing."""
    name = field.casefold()
    named = ((e, e.header.get("field")) for e in entries if e.kind == "set")
    return [
        e for e, said in named
        if said == field or ("@" in name and isinstance(said, str) and said.casefold() == name)
    ]  # fmt: skip


def members(entries: Iterable[Entry], field: str) -> list[str]:
    """The elements of set `field`: a register (present or not) for each element."""
    last: dict[str, Entry] = {}
    found = [e for e in entries if e.kind in ("add", "remove") and e.header.get("field") == field]
    out = replaced_within(found, lambda e: e.header.get("value"))
    for entry in sorted((e for e in found if e.id not in out), key=lambda e: e.order):
        value = entry.header.get("value")
        if isinstance(value, str):
            last[value] = entry
    return sorted(value for value, entry in last.items() if entry.kind == "add")


def live(entries: Iterable[Entry], kind: str) -> list[Entry]:
    """The entries of `kind`, in their order, that no other of that kind names in `over`."""
    found = [entry for entry in entries if entry.kind == kind]
    out = replaced(found) if found else set()
    return [entry for entry in found if entry.id not in out]
