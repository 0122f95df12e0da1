"""Bringing our data branch and one from elsewhere together (DESIGN 5)."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from git_naturecode.errors import Unsafe
from git_naturecode.git import tree
from git_naturecode.git.objects import Change, Objects
from git_naturecode.store import obedience, paths, purge, seal, trust
from git_naturecode.store.hygiene import Bounds, Gate, is_folder
from git_naturecode.store.laying import Laying
from git_naturecode.store.sound import Judged

_MAX_STEPS = 2_000
_MAX_SIDES = 100
_NEAR = 30


@dataclass(frozen=True)
class Reconciled:
    """The commit that holds both sides, what was kept out of it and why, the newest stamp.

    `received` and `sent` count the logs that changed here, and those that differ from theirs.
    `force` says that theirs is older than a purge that is known here: the commit does not stand on
    it and has to take its place. `grew` says that every log of ours is in it whole. `laid` has
    what changed against the commit `over` by path, where that is known and not much.
    """

    commit: str
    problems: tuple[str, ...] = ()
    refused: int = 0
    newest: str = ""
    received: int = 0
    sent: int = 0
    force: bool = False
    grew: bool = False
    over: str | None = None
    laid: Mapping[str, bytes | str] | None = field(default=None, compare=False, repr=False)


def reconcile(
    objects: Objects,
    ours: str | None,
    theirs: str | None,
    others: Sequence[str],
    now_ms: int,
    bounds: Bounds | None = None,
    verify: trust.Verify = trust.is_genuine,
    judged: Callable[[str], Judged | None] = lambda _: None,
) -> Reconciled:
    """The commit to stand on after `theirs` (a branch) and `others` (outboxes) came in.

    Where theirs holds everything, that is theirs itself; where ours already builds on theirs and
    nothing is missing, ours; else a new commit whose only parent is theirs. Where theirs is older
    than a purge, the commit has no parent, or is ours if that obeys it. No ref moves.
    Raises Unsafe when theirs breaks a limit; an outbox that does is noted and left.
    """
    gate = Gate(objects, now_ms, bounds or Bounds(), judged=judged)
    base = tree.tree_of(objects, ours)
    root = gate.commit(theirs).tree if theirs is not None else None
    builds = ours is not None and theirs is not None and holds(objects, ours, theirs)
    sides = [] if theirs is None or builds else _merged(objects, theirs, ours)
    gathering = purge.Gathering(gate, verify)
    for one in filter(None, (base, root)):
        gathering.add(one)
    states = [found for other in (*sides, *others) if (found := _opened(gate, gathering, other))]
    book = gathering.book
    obeys = _Obedience(objects, book.need, verify)
    laying = Laying(gate, base, book.purged)
    if book.is_full or not obeys(ours):
        laying.purge_base()
    views = root is not None and not builds and obeys(theirs)  # which hold nothing purged
    if not views and not obeys(ours):
        laying.drop_views()
    if builds:
        laying.sent = count_logs(Gate(objects, now_ms), root, laying.base)
    elif root is None:
        laying.sent = count_logs(Gate(objects, now_ms), None, laying.base)
    elif laying.lay(root, views=views) and not sides:
        laying.rebase(root)
    received, sent = laying.received, laying.sent
    for state in states:
        _lay_other(gate, laying, state)
    sent += laying.received - received
    commit = _chosen(objects, laying, obeys, ours, theirs, builds, now_ms // 1000)
    force = theirs is not None and not obeys(theirs)
    grew = not book.records and not gate.refused
    return Reconciled(
        commit, tuple(gate.problems), gate.refused, gate.newest, laying.received, sent, force, grew,
        ours, laying.laid,
    )  # fmt: skip


class _Obedience:
    """Whether the whole history of a commit obeys all the records that are known."""

    def __init__(self, objects: Objects, need: seal.Records, verify: trust.Verify) -> None:
        self._objects = objects
        self._verify = verify
        self._known: dict[str | None, seal.Records] = {}
        self.need = need

    def __call__(self, commit: str | None) -> bool:
        return not self.need or self.need <= self.records(commit)

    def records(self, commit: str | None) -> seal.Records:
        """All that the history of `commit` obeys."""
        if commit not in self._known:
            self._known[commit] = obedience.obeyed(self._objects, commit, self._verify)
        return self._known[commit]


def _chosen(
    objects: Objects, laying: Laying, obeys: _Obedience, ours: str | None, theirs: str | None,
    builds: bool, seconds: int,
) -> str:  # fmt: skip
    """An old commit that says what was laid, where one will do; else a new one.

    No commit ever has a parent that does not obey all records (prototypes of this rule that let
    one through each left the text reachable within a minute of random tests).
    """
    good = [one for one in (theirs, ours) if one is not None and obeys(one)]
    if ours in good and not builds and ours != theirs and _is_cut(objects, ours):
        good.remove(ours)  # no remote takes a history that ends in nothing
    parent = ours if builds or theirs is None else theirs
    if parent not in good:
        parent = theirs if theirs in good else None
    for known in [parent] if parent is not None else good:
        if laying.gives(tree.tree_of(objects, known)):
            return known
    records = obeys.records(parent) if parent is not None else obeys.need
    text = seal.message("Bring both sides together", records)
    parents = (parent,) if parent is not None else ()
    return objects.commit(Change(laying.base, laying.files, parents, seconds, text))


def _is_cut(objects: Objects, commit: str | None) -> bool:
    """True when the history of `commit` ends at the border of a shallow clone."""
    gate, waiting, seen = Gate(objects, 0), [commit] if objects.shallow else [], set[str]()
    while waiting and len(seen) < _MAX_STEPS:
        one = waiting.pop()
        if one in objects.shallow:
            return True
        if one is not None and one not in seen:
            seen.add(one)
            waiting += _parents(gate, one)[0]
    return False


def holds(objects: Objects, new: str, old: str) -> bool:
    """True when `old` is `new` or in its history; the nearest commits are read without a process.

    False where `old` is not in this clone at all.
    """
    gate, one = Gate(objects, 0), new
    for _ in range(_NEAR):
        if one == old:
            return True
        parents, is_ours = _parents(gate, one)
        if not parents and is_ours:  # its history was read to its beginning
            return False
        if len(parents) != 1:
            break
        one = parents[0]
    return objects.is_ancestor(old, new)


def _opened(gate: Gate, gathering: purge.Gathering, other: str) -> str | None:
    """The tree of the commit `other`, if it can be opened; its records are taken in."""
    try:
        root = gate.commit(other).tree
        gathering.add(root)
        return root
    except Unsafe as unsafe:
        gate.refuse(f"the state {other[:12]}", unsafe.message)
        return None


def _lay_other(gate: Gate, laying: Laying, root: str) -> None:
    """Add the tree `root` of a state beside the branch, unless it breaks a limit."""
    try:
        laying.lay(root)
    except Unsafe as unsafe:
        gate.refuse(f"the state with the tree {root[:12]}", unsafe.message)


def _merged(objects: Objects, theirs: str, ours: str | None) -> list[str]:
    """The parents of the commits of others that theirs has and ours has not.

    Somebody made those by plain git. A textual merge may have mixed the lines of two logs, and a
    commit from an old index lacks what came since; the join of their parents has all of it. Both
    histories are walked in step, so that it costs as much as they differ, and never more than
    _MAX_STEPS.
    """
    gate = Gate(objects, 0)
    known: set[str] = set()
    seen: set[str] = set()
    mine, waiting = deque([ours] if ours else []), deque([theirs])
    sides: list[str] = []
    while waiting and len(seen) < _MAX_STEPS and len(sides) < _MAX_SIDES:
        if mine:
            known.add(one := mine.popleft())
            mine.extend(_parents(gate, one)[0])
            if one in seen and len(waiting) == 1:
                break  # what is before that is in both
        one = waiting.popleft()
        if one in known or one in seen:
            continue
        seen.add(one)
        parents, is_ours = _parents(gate, one)
        waiting.extend(parents)
        if len(parents) > 1 or not is_ours:
            sides += parents
    # A side that turned out to be ours only after it was passed adds nothing, and costs little.
    return list(dict.fromkeys(side for side in sides if side not in known))


def _parents(gate: Gate, commit: str) -> tuple[tuple[str, ...], bool]:
    """The parents of `commit` that may be here, and whether this program made it."""
    if commit in gate.objects.shallow:
        return (), False
    try:
        info = gate.history(commit)
        return info.parents, info.is_ours
    except Unsafe:  # malformed, or missing
        return (), False


def count_logs(gate: Gate, old: str | None, new: str | None, prefix: str = "") -> int:
    """How many logs differ between two trees of which none needs to be trusted.

    Gives what was counted until a limit, since it is only told to people.
    """
    if old == new:
        return 0
    try:
        before = {e.name: e for e in gate.lines(old, prefix)[0]} if old else {}
        after = {e.name: e for e in gate.lines(new, prefix)[0]} if new else {}
    except Unsafe:
        return 0
    count = 0
    for name in before.keys() | after.keys():
        a, b = before.get(name), after.get(name)
        path = prefix + name.decode("utf-8", "surrogateescape")
        if a == b or not path.startswith("log"):
            continue
        if not any(e and e.is_tree for e in (a, b)):
            count += paths.is_told(path)
        elif is_folder(path):
            one, other = (e.oid if e and e.is_tree else None for e in (a, b))
            count += count_logs(gate, one, other, path + "/")
    return count
