"""Signing: what a clone wrote is signed by its next sync, once, and by nobody else."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from box import Box, Clone
from git_naturecode import trusting
from git_naturecode.crypto import keys
from git_naturecode.store import format, paths, trust
from git_naturecode.store.device import config_folder
from git_naturecode.store.trust_db import TrustDb
from git_naturecode.store.unsigned import Written
from git_naturecode.trusting.writing import signatures


def lines(clone: Clone, branch: str = "naturecode") -> Iterator[tuple[str, bytes]]:
    """Path and line of every trust log, as plain git shows them."""
    listed = clone.git("ls-tree", "-r", "--name-only", branch, "log/trust", check=False)
    for path in listed.split():
        for line in clone.git("show", f"{branch}:{path}").encode().split(b"\n"):
            if line:
                yield path, line


def signed(clone: Clone) -> set[tuple[str, str, str]]:
    """(device, entity, entry) of all that is signed on the branch; every line has to hold."""
    found = set()
    for path, line in lines(clone):
        said = json.loads(line)
        assert trust.is_genuine(line, said["dev"])
        assert said["dev"] in path
        for op in said["ops"]:
            if op["op"] == "sign":
                found |= {(said["dev"], op["entity"], name) for name, _ in op["names"]}
    return found


def device(clone: Clone) -> str:
    with clone.store() as store:
        return store.device


def test_a_sync_signs_what_is_new_and_nothing_twice(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    session = ada.start()
    ada.nc("session", "say", session, "one")
    said = ada.nc("sync", "--json").json
    assert said["signed"] == 2  # the opening and the message
    assert {(d, e) for d, e, _ in signed(ada)} == {(device(ada), session)}
    count = len(list(lines(ada)))
    assert count == 1
    assert ada.nc("sync", "--json").json["signed"] == 0
    assert len(list(lines(ada))) == count
    ada.nc("session", "say", session, "two")
    ada.nc("sync")
    first, second = (json.loads(line) for _, line in lines(ada))
    assert second["prev"] == trust.digest(next(line for _, line in lines(ada)))
    assert (first["seq"], second["seq"], second["root"]) == (1, 2, second["prev"])


def test_what_is_shared_or_imported_in_bulk_is_signed(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    session = ada.start(visibility="private")
    ada.nc("session", "say", session, "one")
    assert ada.nc("sync", "--json").json["signed"] == 0
    ada.nc("session", "share", session)
    assert ada.nc("sync", "--json").json["signed"] >= 3


def test_a_line_names_what_it_has_seen(box: Box) -> None:
    hub = box.remote()
    ada, bob = box.clone(hub, "ada"), box.clone(hub, "bob")
    session = ada.start()
    ada.nc("sync")
    bob.nc("sync")
    bob.nc("session", "say", session, "hello")
    bob.nc("sync")
    bobs = [json.loads(line) for _, line in lines(bob) if json.loads(line)["dev"] == device(bob)]
    adas = [trust.digest(line) for _, line in lines(bob) if json.loads(line)["dev"] == device(ada)]
    assert bobs[0]["deps"] == adas
    bob.nc("session", "say", session, "again")
    bob.nc("sync")
    bobs = [json.loads(line) for _, line in lines(bob) if json.loads(line)["dev"] == device(bob)]
    assert bobs[1]["deps"] == []


def test_an_entry_that_others_put_into_my_log_is_not_signed(box: Box) -> None:
    hub = box.remote()
    ada, bob = box.clone(hub, "ada"), box.clone(hub, "bob")
    session = ada.start()
    ada.nc("sync")
    bob.nc("sync")
    forged = forge(bob, session, device(ada), "I never said this")
    ada.nc("sync")
    assert "I never said this" in ada.texts(session)
    ada.nc("session", "say", session, "but this")
    ada.nc("sync")
    assert forged not in {name for _, _, name in signed(ada)}


def forge(clone: Clone, session: str, writer: str, text: str) -> str:
    """Push, by plain git, an entry into the log of `writer`; its id."""
    path = paths.segment_path(session, writer, 1)
    before = clone.git("show", f"naturecode:{path}", check=False) or format.preamble(
        session, writer, 1
    )
    name = f"zzzzzzzzzzzzz-{writer}"
    header = {"id": name, "at": "2026-11-26T00:00:00.000Z/0000", "by": "ada@example.com",
              "kind": "message", "role": "user", "salt": "x" * 22}  # fmt: skip
    text = before + format.block(format.make(header, text))
    plain_push(clone, {path: text})
    return name


def plain_push(clone: Clone, files: dict[str, str]) -> None:
    """Put `files` on the remote's data branch by a commit of plain git."""
    work = clone.path.parent / f"plain-{clone.path.name}"
    if not work.exists():
        clone.git("worktree", "add", "-q", "--detach", str(work), "naturecode")
    else:
        subprocess.run(["git", "checkout", "-q", "--detach", "naturecode"], cwd=work, check=True)
    for path, text in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
    for args in (
        ["add", "-A"],
        ["commit", "-qm", "by hand"],
        ["push", "-q", "origin", "HEAD:naturecode"],
    ):
        subprocess.run(["git", *args], cwd=work, check=True, capture_output=True)


def test_a_line_that_was_signed_and_not_committed_is_brought_along(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    ada.start()
    ada.nc("sync")
    with ada.store() as store:
        before = store.team.head()
        (digest,) = trusting.append(store, [{"op": "team", "id": "team-1", "name": "Core"}])
    ada.git("update-ref", "refs/heads/naturecode", str(before))  # as if killed before the commit
    (Path(ada.path) / ".git/naturecode/signed").touch()
    with ada.store() as store:
        (after,) = trusting.append(store, [{"op": "team", "id": "team-2", "name": "Docs"}])
    said = {trust.digest(line): json.loads(line) for _, line in lines(ada)}
    assert said[after]["prev"] == digest
    assert said[digest]["seq"] == 2
    assert sorted(one["seq"] for one in said.values()) == [1, 2, 3]


def test_two_clones_of_one_user_never_sign_one_number_twice(box: Box) -> None:
    hub = box.remote()
    ada, other = box.clone(hub, "ada"), box.clone(hub, "other")
    ada.start()
    ada.nc("sync")
    key = device(ada)
    with other.store() as store:
        trusting.append(store, [{"op": "purge", "names": []}], device=key)
    with ada.store() as store:
        trusting.append(store, [{"op": "purge", "names": []}])
    ada.nc("sync")
    other.nc("sync")
    numbers = [json.loads(line)["seq"] for _, line in lines(other) if key.encode() in line[:200]]
    assert sorted(numbers) == [1, 2, 3]


def test_a_log_goes_on_in_a_new_part_when_one_is_full(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    with ada.store() as store:
        store.team.begin()
        for n in range(3):
            names = [[f"{n:04d}{i:09d}-{store.device}", "0" * 64] for i in range(400)]
            op = {"op": "sign", "entity": "session-20261122-k3v9q2m7", "names": names}
            trusting.append(store, [op])
    paths = sorted({path for path, _ in lines(ada)})
    assert [path[-10:] for path in paths] == ["0001.jsonl", "0002.jsonl"]
    seqs = [json.loads(line)["seq"] for _, line in lines(ada)]
    assert seqs == [1, 2, 3]


def test_many_operations_are_put_into_lines_that_every_clone_reads(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    with ada.store() as store:
        session = "session-20261122-k3v9q2m7"
        names = [Written(store.device, session, f"{i:013d}-x", "0" * 64) for i in range(5000)]
        digests = trusting.append(store, list(signatures(names)))
    assert len(digests) > 1
    assert all(len(line) < trust.MAX_LINE for _, line in lines(ada))
    assert len(signed(ada)) == 5000


def test_the_file_of_what_was_verified_can_be_lost(box: Box) -> None:
    hub = box.remote()
    ada, bob = box.clone(hub, "ada"), box.clone(hub, "bob")
    session = ada.start()
    ada.nc("sync")
    bob.nc("sync")
    with bob.store() as store:
        root = store.team.tree()
        with closing(TrustDb(f"{store.state_dir}/trust.db")) as db:
            db.take_in(store.team.objects, root)
            first = (db.tips(), db.covers(session))
        for damage in (b"", b"rubbish"):
            Path(store.state_dir, "trust.db").write_bytes(damage)
            with closing(TrustDb(f"{store.state_dir}/trust.db")) as db:
                db.take_in(store.team.objects, root)
                assert (db.tips(), db.covers(session)) == first
    assert first[1]


def test_a_key_that_is_gone_is_told_and_stops_no_sync(box: Box) -> None:
    ada = box.clone(box.remote(), "ada")
    ada.start()
    with ada.store() as store:
        keys_folder = Path(config_folder(store.environ)) / "keys"
    (keys_folder / f"{device(ada)}.key").rename(keys_folder / "elsewhere")
    said = ada.nc("sync")
    assert "not signed" in said.err
    assert "in step" in said.out
    assert "1 entry of yours was sent without a signature" in ada.nc("status").out
    assert "`git naturecode sync` signs, or says why" in ada.nc("status").out
    assert ada.nc("status", "--json").json["unsigned"] == 1
    (keys_folder / "elsewhere").rename(keys_folder / f"{device(ada)}.key")
    assert ada.nc("sync", "--json").json["signed"] == 1
    assert "signature" not in ada.nc("status").out
    assert ada.nc("status", "--json").json["unsigned"] == 0
    assert keys.device_of(keys.public_key(str(keys_folder), device(ada))) == device(ada)
