"""device: a person's clones, each with keys of its own."""

import base64
import json
from pathlib import Path

import pytest

from box import Box, Clone
from git_naturecode.store.entry import Json


def introduce(box: Box, name: str, **env: str) -> Clone:
    """A clone of the hub that has said something, so that the others know its device."""
    clone = box.clone(box.path / "hub.git", name)
    clone.env.update(env)
    clone.nc("init")
    clone.start(f"by {name}")
    clone.nc("sync")
    return clone


def device_of(clone: Clone) -> str:
    with clone.store() as store:
        return store.device


def listed(clone: Clone, *args: str) -> dict[str, Json]:
    """What `device list` says, by id."""
    return {item["id"]: item for item in clone.nc("device", "list", "--json", *args).json["items"]}


def home(path: Path) -> dict[str, str]:
    """Another machine, as far as keys are concerned."""
    return {"XDG_CONFIG_HOME": str(path / "config")}


@pytest.fixture
def pair(box: Box) -> tuple[Clone, Clone]:
    """Two clones of one person on one machine."""

    def make() -> tuple[Clone, Clone]:
        box.remote()
        one, two = introduce(box, "one"), introduce(box, "two")
        one.nc("sync")
        return one, two

    return box.scene("two devices", make)


def stranger(box: Box, name: str = "eve") -> Clone:
    """A clone of somebody else, on a machine of his own."""

    def make() -> Clone:
        made = Clone(box.path / name, env=home(box.path / f"{name}-home"))
        made.path.mkdir()
        made.git("clone", "-q", f"file://{box.path}/hub.git", ".")
        made.nc("init")
        made.start(f"by {name}")
        made.nc("sync")
        return made

    return box.scene(f"stranger {name}", make)


def test_before_anything_was_said_there_is_this_clone(clone: Clone) -> None:
    (item,) = listed(clone).values()
    assert item["thisClone"]
    assert item["mine"]
    assert item["linkedTo"].startswith("SHA256:")
    assert item["lastSeen"] is None
    said = clone.nc("device", "list")
    assert "this clone, has signed nothing yet" in said.out
    assert "device add" in said.err


def test_a_person_sees_his_own_devices_and_with_all_everybodys(
    box: Box, pair: tuple[Clone, Clone]
) -> None:
    one, two = pair
    eve = stranger(box)
    one.nc("sync")
    ids = [device_of(clone) for clone in (one, two, eve)]
    assert list(listed(one)) == ids[:2]
    everybody = listed(one, "--all")
    assert set(everybody) == set(ids)
    assert [everybody[i]["mine"] for i in ids] == [True, True, False]
    assert [everybody[i]["thisClone"] for i in ids] == [True, False, False]
    assert everybody[ids[0]]["linkedTo"] == everybody[ids[1]]["linkedTo"]
    assert everybody[ids[0]]["linkedTo"] != everybody[ids[2]]["linkedTo"]
    assert all(item["lastSeen"] for item in everybody.values())
    assert "not yours" in one.nc("device", "list", "--all").out
    assert list(listed(eve)) == ids[2:]


def test_a_name_can_be_changed_and_reaches_the_others(pair: tuple[Clone, Clone]) -> None:
    one, two = pair
    assert "is called blue laptop" in one.nc("device", "rename", " blue\n laptop ").out
    assert listed(one)[device_of(one)]["label"] == "blue laptop"
    one.nc("sync")
    two.nc("sync")
    found = listed(two)[device_of(one)]
    assert found["label"] == "blue laptop"
    assert found["linkedTo"]
    one.nc("init")
    assert listed(one)[device_of(one)]["label"] == "blue laptop"


def test_a_name_given_before_anything_was_said(box: Box) -> None:
    box.remote()
    one = box.clone(box.path / "hub.git", "one")
    one.nc("device", "rename", "first")
    (item,) = listed(one).values()
    assert (item["label"], item["lines"]) == ("first", 1)


@pytest.mark.parametrize("name", ["", " ", "\n", "x" * 101])
def test_a_name_that_is_none_is_refused(clone: Clone, name: str) -> None:
    assert "1 to 100 characters" in clone.nc("device", "rename", name, code=2).err


def test_a_name_from_elsewhere_cannot_write_on_the_terminal(
    box: Box, pair: tuple[Clone, Clone]
) -> None:
    one, two = pair
    two.nc("device", "rename", "evil\x1b[2J\u202e")
    two.nc("sync")
    one.nc("sync")
    out = one.nc("device", "list").out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_clone_of_another_machine_becomes_mine_by_add(
    box: Box, pair: tuple[Clone, Clone]
) -> None:
    one, two = pair
    desk = stranger(box, "desk")
    mine = device_of(desk)
    answer = one.nc("device", "add", mine[:6], code=1)
    assert "no device of this record is called" in answer.err
    assert "synced" in answer.err
    one.nc("sync")
    said = one.nc("device", "add", mine[:6], "--label", "desk")
    assert f"{mine} (desk) is yours" in said.out
    assert "git naturecode sync" in said.err
    assert listed(one)[mine]["addedBy"] == device_of(one)
    assert listed(one)[mine]["label"] == "desk"
    one.nc("sync")
    two.nc("sync")
    assert listed(two)[mine]["mine"]
    assert "is yours already" in two.nc("device", "add", mine, code=1).err


def test_what_is_no_end_is_refused(box: Box, pair: tuple[Clone, Clone]) -> None:
    one, _ = pair
    desk = stranger(box, "desk")
    one.nc("sync")
    for wrong in ("soon", "2001-01-01", "0d"):
        one.nc("device", "add", device_of(desk), "--expires", wrong, code=2)
    one.nc("device", "add", device_of(desk), "--expires", "7d")
    assert listed(one)[device_of(desk)]["mine"]


def test_a_lost_device_is_revoked(pair: tuple[Clone, Clone]) -> None:
    one, two = pair
    lost = device_of(two)
    answer = one.nc("device", "revoke", lost, code=3)
    assert f"revoking {lost} (" in answer.err
    assert "hint: add --yes" in answer.err
    assert not listed(one)[lost]["revoked"]
    said = one.nc("device", "revoke", lost, "--yes")
    assert f"{lost} (" in said.out
    assert "git naturecode sync" in said.err
    assert "git naturecode key rotate" in said.err
    assert listed(one)[lost]["revokedBy"] == device_of(one)
    assert "revoked" in one.nc("device", "list").out
    assert "revoked already" in one.nc("device", "revoke", lost, "--yes", code=1).err
    one.nc("sync")
    two.nc("sync")
    assert listed(two)[lost]["revoked"]


def last_op(clone: Clone) -> Json:
    """What this clone's device said last."""
    from git_naturecode.identity import devices

    with clone.store() as store:
        return devices.known(store)[store.device].lines[-1].ops[-1]


def test_from_where_it_does_not_count_any_more_can_be_said(pair: tuple[Clone, Clone]) -> None:
    from git_naturecode.identity import devices

    one, two = pair
    two.start("more")
    two.nc("sync")
    one.nc("sync")
    lost = device_of(two)
    with one.store() as store:
        lines = devices.known(store)[lost].lines
    assert [line.seq for line in lines] == [1, 2]
    assert "has no line 7" in one.nc("device", "revoke", lost, "--after", "7", "--yes", code=1).err
    one.nc("device", "revoke", lost, "--after", "soon", "--yes", code=2)
    one.nc("device", "revoke", lost, "--after", "1", "--yes")
    assert last_op(one) == {"op": "revoke", "device": lost, "after": [1, lines[0].digest]}


@pytest.mark.parametrize(("after", "wanted"), [("0", [0, ""]), ("1d", [0, ""]), ("2100-01-01", 1)])
def test_a_time_says_it_too(
    pair: tuple[Clone, Clone], after: str, wanted: list[object] | int
) -> None:
    one, two = pair
    one.nc("device", "revoke", device_of(two), "--after", after, "--yes")
    said = last_op(one)["after"]
    assert said == wanted or said[0] == wanted


def test_the_device_of_somebody_else_is_his_to_revoke(box: Box, pair: tuple[Clone, Clone]) -> None:
    one, _ = pair
    eve = stranger(box)
    one.nc("sync")
    answer = one.nc("device", "revoke", device_of(eve), "--yes", code=5)
    assert "not a device of yours" in answer.err
    assert not listed(one, "--all")[device_of(eve)]["revoked"]


def test_this_very_clone_can_be_revoked(clone: Clone) -> None:
    said = clone.nc("device", "revoke", device_of(clone), "--yes")
    assert "a fresh clone makes a new device" in said.err


@pytest.mark.parametrize("wanted", ["", "zzzz", "--", "\x1b[2J", "0" * 16])
def test_an_unknown_device_is_said(pair: tuple[Clone, Clone], wanted: str) -> None:
    answer = pair[0].nc("device", "revoke", "--yes", "--", wanted, code=1)
    assert "device list --all" in answer.err
    assert "\x1b" not in answer.err


def test_a_name_that_two_have_is_said(pair: tuple[Clone, Clone]) -> None:
    assert (
        "2 devices"
        in pair[0].nc("device", "add", listed(pair[0]).popitem()[1]["label"], code=1).err
    )


def test_without_a_verb_the_verbs_are_listed(clone: Clone) -> None:
    for group in ("device", "key"):
        assert "Usage" in clone.nc(group, code=2).err


def test_before_init_the_way_is_shown(box: Box) -> None:
    for command in (("device", "list"), ("key", "show"), ("key", "backup")):
        assert "git naturecode init" in box.repo().nc(*command, code=1).err


def test_what_strangers_say_of_my_devices_changes_nothing(
    box: Box, pair: tuple[Clone, Clone]
) -> None:
    from git_naturecode import trusting
    from git_naturecode.identity import devices

    one, two = pair
    eve = stranger(box)
    eve.nc("sync")
    with eve.store() as store:
        found = devices.known(store)[device_of(two)]
        trusting.append(store, [
            {"op": "revoke", "device": found.id, "after": None},
            devices.addition(found, "hers", ""),
        ])  # fmt: skip
    eve.nc("sync")
    one.nc("sync")
    item = listed(one)[device_of(two)]
    assert item["mine"]
    assert not item["revoked"]
    assert item["label"] != "hers"
    assert device_of(eve) not in listed(one)


def test_the_certificate_of_another_makes_nobody_me(box: Box, pair: tuple[Clone, Clone]) -> None:
    from git_naturecode import identity, trusting

    one, _ = pair
    with one.store() as store:
        (mine,) = identity.first_ops(store)
    eve = stranger(box)
    eve.nc("sync")
    with eve.store() as store:
        (hers,) = identity.first_ops(store)
        trusting.append(store, [{**hers, "cert": mine["cert"]}])
    eve.nc("sync")
    one.nc("sync")
    assert device_of(eve) not in listed(one)
    assert listed(one, "--all")[device_of(eve)]["linkedTo"] is None


def test_in_a_team_an_admin_ends_devices_and_a_member_changes_his_key(box: Box) -> None:
    box.remote()
    ada = introduce(box, "ada")
    ada.nc("team", "create", "Core")
    code = ada.nc("team", "add", "eve@example.com", "--json").json["code"]
    ada.nc("sync")
    eve = Clone(box.path / "eve", env={**home(box.path / "eve-home")})
    eve.env["GIT_AUTHOR_EMAIL"] = "eve@example.com"
    eve.path.mkdir()
    eve.git("clone", "-q", f"file://{box.path}/hub.git", ".")
    eve.nc("init")
    eve.nc("team", "join", code)
    eve.nc("sync")
    ada.nc("sync")
    mine, hers = device_of(ada), device_of(eve)
    assert listed(ada, "--all")[hers]["member"] == "eve@example.com"
    assert not listed(ada, "--all")[hers]["mine"]
    answer = eve.nc("device", "revoke", mine, "--yes", code=5)
    assert "or an admin" in answer.err
    # A new member key: a clone that only it certifies is hers.
    eve.nc("key", "rotate")
    eve.nc("sync")
    desk = Clone(box.path / "desk", env=dict(eve.env))
    desk.path.mkdir()
    desk.git("clone", "-q", f"file://{box.path}/hub.git", ".")
    desk.nc("init")
    desk.nc("sync")
    desk.start("from the desk")
    desk.nc("sync")
    ada.nc("sync")
    found = listed(ada, "--all")
    assert found[device_of(desk)]["member"] == "eve@example.com"
    assert found[device_of(desk)]["linkedTo"] == found[hers]["linkedTo"]
    assert listed(desk)[hers]["mine"]
    ada.nc("device", "revoke", hers, "--yes")
    ada.nc("sync")
    desk.nc("sync")
    assert listed(desk)[hers]["revoked"]
    assert not listed(desk)[device_of(desk)]["revoked"]


def job(box: Box, name: str) -> Clone:
    """A fresh clone on a machine of its own, with a key for the job."""
    made = Clone(box.path / name, env=home(box.path / f"{name}-home"))
    made.env["NATURECODE_MEMBER_KEY"] = base64.b64encode(b"b" * 32).decode()
    made.path.mkdir()
    made.git("clone", "-q", f"file://{box.path}/hub.git", ".")
    made.nc("init")
    made.start(f"by {name}")
    made.nc("sync")
    return made


def test_each_job_is_a_device_of_the_same_person_that_ends(box: Box) -> None:
    box.remote()
    one, two = job(box, "job1"), job(box, "job2")
    one.nc("sync")
    found = listed(one)
    assert set(found) == {device_of(one), device_of(two)}
    assert all(item["expires"] for item in found.values())
    assert len({item["linkedTo"] for item in found.values()}) == 1
    assert "until 20" in one.nc("device", "list").out


def test_a_clone_that_gets_another_key_says_so(box: Box) -> None:
    """A runner that keeps its clone: each job brings the key, and the certificate ends."""
    box.remote()
    clone = job(box, "job")
    before = listed(clone)[device_of(clone)]
    assert "(as before)" in clone.nc("init").out.split("linked to")[1]
    clone.env["NATURECODE_MEMBER_KEY"] = base64.b64encode(b"c" * 32).decode()
    assert "(NATURECODE_MEMBER_KEY)" in clone.nc("init").out
    after = listed(clone)[device_of(clone)]
    assert before["linkedTo"] != after["linkedTo"]
    introduced = clone.path / ".git/naturecode/introduced"
    known = json.loads(introduced.read_text())
    known["operation"]["cert"]["expires"] = "2026-01-01T00:00:00.000Z"
    introduced.write_text(json.dumps(known))
    clone.nc("init")
    newest = listed(clone)[device_of(clone)]
    assert newest["linkedTo"] == after["linkedTo"]
    assert newest["lines"] == after["lines"] + 1
