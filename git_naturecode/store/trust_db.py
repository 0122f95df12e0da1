"""What was verified of the trust logs: a disposable SQLite file beside the index.

A line is verified once, when it comes; what it covers, and which lines it builds on, is kept by
column, so that a reader need not touch a signature. Deleting the file costs one look at all logs.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from git_naturecode.git import tree
from git_naturecode.git.objects import Missing, Objects
from git_naturecode.store import paths, trust
from git_naturecode.store.entry import Json
from git_naturecode.store.trust_file import Key, TrustFile

MOST_LINES = 50_000  # that are verified at once; what is beyond waits for the next time
_FOLDER = "log/trust"
_TABLES = {"cover": "sign", "adopted": "adopt", "dropped": "drop"}
"""What has a table, by the operation that names it."""


class Tip(NamedTuple):
    """The last line of a chain: its number (0: there is none), its digest, that of the first."""

    seq: int
    digest: str
    root: str


NO_TIP = Tip(0, "", "")


class Known(NamedTuple):
    """A line whose signature is good: its digest, its device, and all that it says but `sig`."""

    digest: str
    device: str
    said: Mapping[str, Json]


class TrustDb(TrustFile):
    """The lines in the file: which there are, what they cover, where each chain ends."""

    def has_taken_in(self, objects: Objects, root: str | None) -> bool:
        """True when nothing has changed in the trust logs of the tree `root`."""
        return self.get("tree") == _folder_of(objects, root)

    def take_in(self, objects: Objects, root: str | None) -> list[Known]:
        """Verify what is new in the trust logs of the tree `root`; the lines whose signature holds.

        Loads cryptography where there is something new. At most MOST_LINES at once.
        """
        there = _folder_of(objects, root)
        if self.get("tree") == there:
            return []
        with self.transaction():
            return self._take_in(objects, there)

    def add(self, known: Known) -> bool:
        """Keep a line that is known to be genuine, and what it covers; False when it was kept."""
        said, device = known.said, known.device
        values = (known.digest, device, said["seq"], said["prev"], json.dumps(_without_names(said)))
        done = self.db.execute(
            "insert or ignore into line (digest, device, seq, prev, said) values (?, ?, ?, ?, ?)",
            values,
        )
        if not done.rowcount:
            return False
        number = done.lastrowid
        deps = [(device, one) for one in said.get("deps", ()) if isinstance(one, str)]
        self.db.executemany("insert or ignore into dep values (?, ?)", deps)
        for table, op in _TABLES.items():
            rows = ((entity, *key, number) for entity, keys in covered(said, op) for key in keys)
            self.db.executemany(f"insert or ignore into {table} values (?, ?, ?, ?)", rows)
        self._advance(known)
        return True

    def lines(self, after: int = 0) -> Iterator[tuple[int, Known]]:
        """Every genuine line with its number, in the order in which they came; without names."""
        query = "select number, digest, device, said from line where number > ? order by number"
        for number, digest, device, said in self.db.execute(query, (after,)):
            yield number, Known(digest, device, json.loads(said))

    def tip(self, device: str) -> Tip:
        """The last line of the unbroken chain of `device`."""
        query = "select seq, digest, root from tip where device = ?"
        row = self.db.execute(query, (device,)).fetchone()
        return Tip(*row) if row else NO_TIP

    def tips(self) -> dict[str, Tip]:
        """The last line of each unbroken chain.

        Where a chain has two lines of one number it ends before them.
        """
        rows = self.db.execute("select device, seq, digest, root from tip")
        return {device: Tip(*rest) for device, *rest in rows}

    def named_by(self, device: str) -> set[str]:
        """The digests of all lines that `device` has named as seen."""
        rows = self.db.execute("select digest from dep where device = ?", (device,))
        return {digest for (digest,) in rows}

    def covers(self, entity: str, table: str = "cover") -> dict[Key, list[str]]:
        """(id, hash) -> digests of the lines that cover it as a part of `entity`.

        Of those that adopt or drop it where `table` is `adopted` or `dropped`.
        """
        query = (
            f"select id, hash, digest from {table} join line on number = line where entity = ?"
            " order by line"
        )
        found: dict[Key, list[str]] = {}
        for name, hashed, digest in self.db.execute(query, (entity,)):
            found.setdefault((name, hashed), []).append(digest)
        return found

    def elsewhere(self, key: Key) -> list[tuple[str, str]]:
        """(entity, digest) of every line that covers `key`, wherever."""
        query = (
            "select entity, digest from cover join line on number = line"
            " where id = ? and hash = ? order by line"
        )
        return self.db.execute(query, key).fetchall()

    def dropped(self) -> list[tuple[str, Key, str]]:
        """(entity, (id, hash), digest) of every line that drops an entry for everybody."""
        query = "select entity, id, hash, digest from dropped join line on number = line"
        rows = self.db.execute(query)
        return [(entity, (name, hashed), digest) for entity, name, hashed, digest in rows]

    def sound(self, entity: str) -> set[Key]:
        """(id, hash) of what a line of an unbroken chain covers as a part of `entity`."""
        query = (
            "select id, hash from cover join line on number = line join tip using (device)"
            " where entity = ? and line.seq <= tip.seq"
        )
        return set(self.db.execute(query, (entity,)))

    def counts(self) -> tuple[int, int]:
        """How many lines are genuine, and how many say so and are not."""
        query = "select (select count(*) from line), (select count(*) from forged)"
        good, bad = self.db.execute(query).fetchone()
        return int(good), int(bad)

    def signers(self, entities: Iterable[str]) -> dict[Key, list[str]]:
        """(id, hash) -> the devices that have signed it as a part of one of `entities`."""
        query = "select id, hash, device from cover join line on number = line where entity = ?"
        found: dict[Key, list[str]] = {}
        for entity in entities:
            for name, hashed, device in self.db.execute(query, (entity,)):
                found.setdefault((name, hashed), []).append(device)
        return found

    def entities_of(self, keys: Iterable[Key]) -> set[str]:
        """Every entity of which a line covers one of `keys`."""
        query = "select distinct entity from cover where id = ? and hash = ?"
        return {entity for key in keys for (entity,) in self.db.execute(query, key)}

    def is_covered(self, entity: str, key: Key, device: str) -> bool:
        """True when `device` itself has signed `key` as a part of `entity`."""
        query = (
            "select 1 from cover join line on number = line"
            " where entity = ? and id = ? and hash = ? and device = ?"
        )
        return self.db.execute(query, (entity, *key, device)).fetchone() is not None

    def _take_in(self, objects: Objects, there: str) -> list[Known]:
        try:
            changes = list(tree.differences(objects, self.get("tree") or None, there or None))
        except Missing:  # the old state is gone, as a purge leaves it
            changes = list(tree.differences(objects, None, there or None))
        fresh: list[Known] = []
        for path, _, blob in changes:
            found = paths.TRUST.fullmatch(f"{_FOLDER}/{path}")
            if blob is None or found is None:
                continue
            lines = objects.read(blob)[1].split(b"\n")
            for known in self._verified(lines, found["device"]):
                if self.add(known):
                    fresh.append(known)
                if len(fresh) >= MOST_LINES:
                    return fresh
        self.put("tree", there)
        return fresh

    def _advance(self, known: Known) -> None:
        """Let the chain of a new line end where it ends now."""
        device, said, tip = known.device, known.said, self.tip(known.device)
        query = "select seq, digest, prev from line where device = ? and seq between ? and ?"
        near = self.db.execute(query, (device, said["seq"], said["seq"] + 1)).fetchall()
        if len(near) == 1 and (said["seq"], said["prev"]) == (tip.seq + 1, tip.digest):
            tip = Tip(tip.seq + 1, known.digest, tip.root or known.digest)
        elif len(near) == 1 and said["seq"] > tip.seq + 1:
            return  # it waits for those before it
        else:
            query = "select seq, digest, prev from line where device = ? order by seq"
            tip = _end(self.db.execute(query, (device,)))
        self.db.execute("insert or replace into tip values (?, ?, ?, ?)", (device, *tip))

    @property
    def is_empty(self) -> bool:
        """True when there is no line."""
        return self.db.execute("select 1 from line limit 1").fetchone() is None

    def names_team_before(self, known: Known) -> bool:
        """True when the line before `known` in its chain names the same team."""
        query = "select said from line where digest = ?"
        row = self.db.execute(query, (known.said["prev"],)).fetchone()
        before = json.loads(row[0]) if row else {}
        return bool(row) and before.get("team", "") == known.said.get("team", "")

    def seq_of(self, digest: str, device: str) -> int:
        """The number of the line `digest` of `device`; 0 when it is not known."""
        query = "select seq from line where digest = ? and device = ?"
        row = self.db.execute(query, (digest, device)).fetchone()
        return int(row[0]) if row else 0

    def _verified(self, lines: Sequence[bytes], device: str) -> Iterator[Known]:
        for line in lines:
            if not line:
                continue
            digest = trust.digest(line)
            if self._is_known(digest, device):
                continue
            said = trust.read(line)
            if said is None or said.get("dev") != device or not _is_formed(said):
                continue
            if trust.is_signed(line, said, device):
                yield Known(digest, device, {k: v for k, v in said.items() if k != "sig"})
            else:
                self.db.execute("insert or ignore into forged values (?)", (f"{device} {digest}",))

    def _is_known(self, digest: str, device: str) -> bool:
        query = "select 1 from line where digest = ? union all select 1 from forged where name = ?"
        return self.db.execute(query, (digest, f"{device} {digest}")).fetchone() is not None


def covered(said: Mapping[str, Json], name: str = "sign") -> Iterator[tuple[str, list[Key]]]:
    """(entity, what it names of it) of each operation `name` of a line."""
    for op in said.get("ops", ()):
        if isinstance(op, dict) and op.get("op") == name and isinstance(op.get("entity"), str):
            yield op["entity"], names(op.get("names"))


def names(found: Json) -> list[Key]:
    """The (id, hash) pairs of an operation; what is none is left out."""
    pairs = found if isinstance(found, list) else []
    return [
        (one[0], one[1])
        for one in pairs
        if isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)
    ]


def _without_names(said: Mapping[str, Json]) -> dict[str, Json]:
    """A line for the table: what it covers stands in a table of its own."""
    ops = [
        {**op, "names": [], "count": len(names(op.get("names")))}
        if isinstance(op, dict) and op.get("op") in _TABLES.values()
        else op
        for op in said["ops"]
    ]
    return {**said, "ops": ops}


def _is_formed(said: Mapping[str, Json]) -> bool:
    seq = said.get("seq")
    return (
        isinstance(seq, int) and not isinstance(seq, bool) and 0 < seq < 1 << 53
        and all(isinstance(said.get(key), str) for key in ("key", "prev", "root"))
        and isinstance(said.get("team", ""), str) and isinstance(said.get("deps"), list)
    )  # fmt: skip


def _end(chain: Iterable[tuple[int, str, str]]) -> Tip:
    """Where an unbroken chain ends, of lines (seq, digest, prev) in their order."""
    by: dict[int, list[tuple[str, str]]] = {}
    for seq, digest, prev in chain:
        by.setdefault(seq, []).append((digest, prev))
    end = NO_TIP
    while (found := by.get(end.seq + 1)) and len(found) == 1 and found[0][1] == end.digest:
        end = Tip(end.seq + 1, found[0][0], end.root or found[0][0])
    return end


def _folder_of(objects: Objects, root: str | None) -> str:
    found = tree.find(objects, root, _FOLDER)
    return found.oid if found is not None and found.is_tree else ""
