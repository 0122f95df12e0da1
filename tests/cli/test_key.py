"""key: the member key, how private keys are kept, and how they come back."""

import os
import shutil
from pathlib import Path

import pytest

from box import Box, Clone
from crypto import openssh
from git_naturecode.crypto import member
from git_naturecode.store.entry import Json

PASSPHRASE = "correct horse"


def files(sealed: Path) -> list[Path]:
    """All private keys of this person."""
    folder = sealed / ".config/naturecode"
    return sorted([*folder.glob("keys/*.key"), *folder.glob("keys/*.seal"), folder / "member.key"])


def shown(clone: Clone) -> Json:
    return clone.nc("key", "show", "--json").json


def fingerprint(clone: Clone) -> str:
    """The key that certifies the device of `clone`, by what it says of itself."""
    from git_naturecode import identity
    from git_naturecode.crypto import ssh_keys

    with clone.store() as store:
        cert = identity.certificate(store)
    return ssh_keys.fingerprint(ssh_keys.blob_of(cert["key"]))


def test_the_member_key_is_shown(clone: Clone, sealed: Path) -> None:
    path = sealed / ".config/naturecode/member.key"
    line = member.read(path.read_bytes()).line
    said = shown(clone)
    assert (said["key"], said["file"]) == (line, str(path))
    assert said["fingerprint"] == fingerprint(clone)
    assert set(said["kept"].values()) == {"open"}
    out = clone.nc("key", "show").out
    assert line in out
    assert "readable by you alone" in out


def test_a_key_that_others_can_read_is_said(clone: Clone, sealed: Path) -> None:
    path = sealed / ".config/naturecode/member.key"
    path.chmod(0o644)
    said = clone.nc("key", "show")
    assert f"{path}: READABLE BY OTHERS" in said.out
    assert f"chmod 600 {path}" in said.err
    assert shown(clone)["kept"][str(path)] == "exposed"


@pytest.mark.parametrize("args", [(), ("--off", "--keyring"), ("--off", "--passphrase")])
def test_one_way_to_keep_keys_has_to_be_chosen(clone: Clone, args: tuple[str, ...]) -> None:
    clone.nc("key", "protect", *args, code=2)
    clone.nc("init", "--passphrase", "--keyring", code=2)


def test_a_passphrase_locks_every_key_and_lets_none_be_used_without(box: Box, sealed: Path) -> None:
    clone = box.clone(box.remote(), "ada")
    before = [path.read_bytes() for path in files(sealed)]
    assert "at least 8" in with_passphrase(clone, "short", "key", "protect", "--passphrase", code=2)
    assert [path.read_bytes() for path in files(sealed)] == before
    with_passphrase(clone, PASSPHRASE, "key", "protect", "--passphrase")
    assert set(shown(clone)["kept"].values()) == {"passphrase"}
    for path in files(sealed):
        assert b"PRIVATE KEY" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    clone.start()
    said = clone.process("sync", start_new_session=True)
    assert "not signed" in said.stderr
    assert with_passphrase(clone, PASSPHRASE, "sync") == ""
    assert clone.nc("device", "list", "--json").json["items"][0]["lines"] == 1
    with_passphrase(clone, "the wrong one", "key", "protect", "--off", code=5)
    with_passphrase(clone, PASSPHRASE, "key", "protect", "--off")
    assert [path.read_bytes() for path in files(sealed)] == before


def with_passphrase(clone: Clone, passphrase: str, *args: str, code: int = 0) -> str:
    """What a command says on stderr when it gets a passphrase."""
    clone.env["NATURECODE_PASSPHRASE"] = passphrase
    try:
        return clone.nc(*args, code=code).err
    finally:
        del clone.env["NATURECODE_PASSPHRASE"]


def test_init_can_lock_at_once_and_a_second_clone_asks(box: Box, sealed: Path) -> None:
    one, two = box.repo("one"), box.repo("two")
    one.env["NATURECODE_PASSPHRASE"] = PASSPHRASE
    assert "locked with your passphrase" in one.nc("init", "--passphrase").out
    said = two.process("init", start_new_session=True)
    assert "linked to no key of yours" in said.stdout
    assert "is locked" in said.stdout
    two.env["NATURECODE_PASSPHRASE"] = PASSPHRASE
    assert "the device is linked to SHA256:" in two.nc("init").out
    assert fingerprint(one) == fingerprint(two)


def test_nobody_to_ask_for_a_passphrase_is_said(clone: Clone) -> None:
    said = clone.process("key", "protect", "--passphrase", start_new_session=True)
    assert said.returncode == 1
    assert "nobody to ask" in said.stderr
    assert set(shown(clone)["kept"].values()) == {"open"}


BACKEND = """
import json, os
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

class Kept(KeyringBackend):
    priority = 1
    path = os.environ["KEPT"]

    def _read(self):
        return json.load(open(self.path)) if os.path.exists(self.path) else {}

    def _write(self, kept):
        with open(self.path, "w") as file:
            json.dump(kept, file)

    def get_password(self, service, name):
        with open(self.path) if os.path.exists(self.path) else open(os.devnull) as file:
            return json.loads(file.read() or "{}").get(f"{service}/{name}")

    def set_password(self, service, name, value):
        with open(self.path) if os.path.exists(self.path) else open(os.devnull) as file:
            kept = json.loads(file.read() or "{}")
        self._write({**kept, f"{service}/{name}": value})

    def delete_password(self, service, name):
        with open(self.path) as file:
            kept = json.load(file)
        if f"{service}/{name}" not in kept:
            raise PasswordDeleteError("not there")
        del kept[f"{service}/{name}"]
        self._write(kept)
"""


def test_a_keyring_keeps_the_keys(clone: Clone, sealed: Path, tmp_path: Path) -> None:
    (tmp_path / "kept_by_test.py").write_text(BACKEND)
    kept = tmp_path / "kept.json"
    clone.env.update(
        PYTHONPATH=str(tmp_path), PYTHON_KEYRING_BACKEND="kept_by_test.Kept", KEPT=str(kept)
    )
    before = [path.read_bytes() for path in files(sealed)]

    def run(*args: str) -> str:
        done = clone.process(*args)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "in the keyring" in run("key", "protect", "--keyring")
    for path in files(sealed):
        assert b"PRIVATE" not in path.read_bytes()
        assert path.name in kept.read_text()
    clone.start()
    assert "is called kept" in run("device", "rename", "kept")  # it could be signed
    run("key", "protect", "--off")
    assert [path.read_bytes() for path in files(sealed)] == before
    assert kept.read_text() == "{}"


def test_a_system_without_a_keyring_is_said(clone: Clone, sealed: Path) -> None:
    clone.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    before = [path.read_bytes() for path in files(sealed)]
    done = clone.process("key", "protect", "--keyring")
    assert done.returncode == 1
    assert "keyring of this system cannot be used" in done.stderr
    assert "--passphrase" in done.stderr
    assert [path.read_bytes() for path in files(sealed)] == before


def restore(clone: Clone, code: str, *args: str) -> "tuple[int, str, str]":
    done = clone.process("key", "restore", *args, input=code)
    return done.returncode, done.stdout, done.stderr


def test_a_printed_code_brings_all_keys_back(box: Box, sealed: Path) -> None:
    one = box.clone(box.remote(), "one")
    mine, key = fingerprint(one), files(sealed)
    seals = {path.name: path.read_bytes() for path in key if path.suffix == ".seal"}
    said = one.nc("key", "backup")
    code = said.out.strip()
    assert mine in said.err
    assert "1 device" in said.err
    assert "git naturecode sync" in said.err
    one.nc("sync")
    shutil.rmtree(sealed / ".config/naturecode")  # the machine is gone
    shutil.rmtree(one.path)
    two = box.clone(box.path / "hub.git", "two")
    assert fingerprint(two) != mine
    status, out, err = restore(two, code.lower().replace("-", " "))
    assert (status, err.count("member.key.before-1")) == (0, 1), err
    assert mine in out
    assert fingerprint(two) == mine
    found = {path.name: path.read_bytes() for path in files(sealed) if path.suffix == ".seal"}
    assert found.items() >= seals.items()
    assert shown(two)["fingerprint"] == mine
    two.nc("sync")
    last = two.nc("device", "list", "--json").json["items"]
    assert [item["linkedTo"] for item in last] == [mine, mine]
    # Again it changes nothing.
    status, out, err = restore(two, code)
    assert (status, "before-" in err) == (0, False)


def test_a_wrong_code_brings_nothing(box: Box, sealed: Path) -> None:
    clone = box.clone(box.remote(), "one")
    code = clone.nc("key", "backup", "--json").json["code"]
    before = [path.read_bytes() for path in files(sealed)]
    from git_naturecode.crypto import recovery

    other = recovery.new_code(os.urandom)
    same = str(recovery.Code(recovery.read_code(code).name, other.secret))
    for typed, status, why in (
        ("", 2, "no recovery code"), (code[:-1], 2, "no recovery code"),
        (str(other), 1, "no backup of that code"), (same, 1, "does not open"),
    ):  # fmt: skip
        found = restore(clone, typed)
        assert found[0] == status, found
        assert why in found[2]
    assert [path.read_bytes() for path in files(sealed)] == before
    assert not list((sealed / ".config/naturecode").glob("*.before-*"))


def test_a_box_can_lie_in_a_file(clone: Clone, sealed: Path) -> None:
    code = clone.nc("key", "backup", "-o", "box").out
    assert clone.nc("device", "list", "--json").json["items"][0]["lines"] == 0
    assert (clone.path / "box").stat().st_mode & 0o777 == 0o600
    assert "there already" in clone.nc("key", "backup", "-o", "box", code=1).err
    mine = fingerprint(clone)
    (sealed / ".config/naturecode/member.key").unlink()
    assert restore(clone, code, "--from", "box")[0] == 0
    assert fingerprint(clone) == mine
    for wrong in ("nothing", "."):
        assert "cannot be read" in restore(clone, code, "--from", wrong)[2]
    (clone.path / "rubbish").write_text("rubbish")
    assert "does not open" in restore(clone, code, "--from", "rubbish")[2]


def test_of_an_ssh_key_only_the_seal_keys_are_in_the_box(box: Box, sealed: Path) -> None:
    openssh.require()
    (sealed / ".ssh").mkdir(mode=0o700)
    openssh.make_key(sealed / ".ssh/id_ed25519", "ed25519")
    clone = box.ready()
    said = clone.nc("key", "backup")
    assert "back that up yourself" in said.err
    status, out, _ = restore(clone, said.out)
    assert status == 0
    assert "member key" not in out


def test_another_member_key_takes_over(box: Box, sealed: Path) -> None:
    clone = box.clone(box.remote(), "one")
    before = fingerprint(clone)
    said = clone.nc("key", "rotate")
    after = fingerprint(clone)
    assert before != after
    assert after in said.out
    assert f"{before} certifies no new device" in said.err
    assert shown(clone)["fingerprint"] == after
    (sealed / ".config/naturecode/member.key.before-1").rename(sealed / "old")
    assert openssh_fingerprint(sealed / "old") in (before, "")
    other = box.clone(box.path / "hub.git", "two")
    assert fingerprint(other) == after


def openssh_fingerprint(path: Path) -> str:
    if not shutil.which("ssh-keygen"):
        return ""
    return openssh.run("ssh-keygen", "-l", "-f", str(path)).decode().split()[1]


def test_a_rotation_takes_the_ssh_key_that_is_set_now(box: Box, sealed: Path) -> None:
    openssh.require()
    clone = box.ready()
    (sealed / ".ssh").mkdir(mode=0o700)
    line = openssh.make_key(sealed / ".ssh/id_ed25519", "ed25519")
    clone.nc("init")  # changes nothing by itself
    clone.nc("key", "rotate")
    assert shown(clone)["key"] == line
    assert "is the one of before" in clone.nc("key", "rotate", code=1).err
    clone.nc("key", "rotate", "--own")
    assert shown(clone)["key"] != line
    assert fingerprint(clone) == shown(clone)["fingerprint"]


def test_a_rotation_is_said_in_the_record(clone: Clone) -> None:
    from git_naturecode.identity import devices

    before = shown(clone)["key"]
    clone.nc("key", "rotate")
    with clone.store() as store:
        (line,) = devices.known(store)[store.device].lines
    first, said, device = line.ops
    assert first["cert"]["key"] == before  # who changes the key says first who he is
    assert said == {"op": "keys", "member": "", "keys": [device["cert"]["key"]]}
