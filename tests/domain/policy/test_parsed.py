"""Operations are read strictly: what is not as it has to be is none, whoever says it."""

from typing import Any

import pytest

from git_naturecode.domain.policy import ops, parsed

from .world import add, key_of, record

Json = Any
HEX = "ab" * 32
DEVICE = "0123456789abcdef"
RSA = "ssh-rsa " + "A" * 700
SEALED = {**ops.device(HEX, "laptop", key_of("con"), "2026-11-26T00:00:00Z", "armored")}
GENESIS = ops.genesis("team-one", "One", record("ada", "admin"), {DEVICE: HEX}, "00", {"a": 1})


def within(said: Json, **more: Json) -> Json:
    return {**said, **more}


def cert(**more: Json) -> Json:
    return within(SEALED, cert={**SEALED["cert"], **more})


def member(**more: Json) -> Json:
    return ops.member({**record("con"), **more})


def team(**more: Json) -> Json:
    return within(GENESIS, team={**GENESIS["team"], **more})


def revoke(after: Json) -> Json:
    return within(ops.revoke(DEVICE), after=after)


@pytest.mark.parametrize(
    "said",
    [
        SEALED, GENESIS, add("con"), member(email="", name=""), member(keys=[RSA]),
        member(name="n" * 320), member(keys=[f"{key_of('con')}{'A' * 20}"] * 1000),
        cert(expires=""), cert(key=RSA), cert(sig="s" * 4096), within(SEALED, cert=None),
        ops.device("", ""), ops.revoke(DEVICE), ops.revoke(DEVICE, (0, "")),
        ops.revoke(DEVICE, (3, HEX)), ops.role("member-con", "MEMBER", ["manageTeam", "kb:edit"]),
        ops.add_device(DEVICE, HEX), ops.add_device(DEVICE, HEX, HEX, "x", "", "member-con"),
        ops.set("team-one", "autoJoin", {"any": ["value"]}), ops.keys([key_of("con")]),
        team(settings={str(number): 1 for number in range(1000)}), {"op": "novel", "x": [1]},
        ops.team_member("team-one", "member-con~0123abcd", False), ops.policy("open"),
    ],
)  # fmt: skip
def test_what_this_program_says_is_read(said: Json) -> None:
    assert ops.problem(said) == ""


def test_what_is_read_is_what_was_said() -> None:
    after = parsed.parse(ops.revoke(DEVICE, (3, HEX)))
    assert after == parsed.Revoke(DEVICE, (3, HEX))
    assert parsed.parse(ops.role("member-con", "Member")) == parsed.Role(
        "member-con", "contributor", (), (), ()
    )
    assert parsed.parse(cert(expires="")) == parsed.Device(
        HEX, "laptop", parsed.Certificate(key_of("con"), "", "armored")
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([], "is no operation"), ("role", "is no operation"), ({"op": 7}, "is no operation"),
        (within(add("con"), member="member-con"), "is not an object"),
        (within(SEALED, cert="good"), "is not an object"),
        (within(GENESIS, team=["team-one"]), "is not an object"),
        # texts
        (member(name=7), "name is no short text"), (member(id=7), "id is no short text"),
        (member(name="n" * 321), "name is no short text"),
        (cert(key="ssh-rsa " + "A" * 4096), "key is no short text"),
        (member(id="CON"), "id is not what it should be"),
        (member(id="member-con~0"), "id is not what it should be"),
        (ops.add_device(DEVICE, "AB" * 32), "key is not what it should be"),
        (ops.add_device(DEVICE, HEX, expires="tomorrow"), "expires is not what it should be"),
        (ops.join("member-con", "", "", [], "ab"), "proof is not what it should be"),
        # lists
        (member(keys=key_of("con")), "keys is no list, or too long"),
        (member(keys=[key_of("con")] * 1001), "keys is no list, or too long"),
        (member(keys=[7]), "keys holds what it should not"),
        (member(keys=["ssh-dss AAAA"]), "keys holds what it should not"),
        (member(keys=["ssh-rsa " + "A" * 4096]), "keys holds what it should not"),
        (member(devices=["laptop"]), "devices holds what it should not"),
        (ops.role("member-con", "viewer", over=[HEX]), "over holds what it should not"),
        # roles, permissions, modes
        (ops.role("member-con", "king"), "there is no such role"),
        (within(ops.role("member-con", "x"), role=7), "there is no such role"),
        (ops.role("member-con", "viewer", ["team:rule"]), "allow names a permission that there"),
        (ops.role("member-con", "viewer", deny=["fly"]), "deny names a permission that there is"),
        (ops.policy("lax"), "there is no such mode"),
        # certificates
        (cert(sig=7), "its certificate has no signature"),
        (cert(sig="s" * 4097), "its certificate has no signature"),
        # the beginning of a team
        (team(settings=[1]), "settings are none"),
        (team(settings={str(number): 1 for number in range(1001)}), "settings are none"),
        (within(GENESIS, heads=[HEX]), "heads are none"),
        (within(GENESIS, heads={"laptop": HEX}), "heads are none"),
        (within(GENESIS, heads={DEVICE: 7}), "heads are none"),
        (within(GENESIS, heads={DEVICE: "x"}), "heads are none"),
        # from which line on a device is none
        (revoke(3), "after is not a number and a digest"),
        (revoke([3]), "after is not a number and a digest"),
        (revoke([3, HEX, HEX]), "after is not a number and a digest"),
        (revoke(["3", HEX]), "after is not a number and a digest"),
        (revoke([True, HEX]), "after is not a number and a digest"),
        (revoke([-1, HEX]), "after is not a number and a digest"),
        (revoke([3, 7]), "after is not a number and a digest"),
        (revoke([3, "x"]), "after is not a number and a digest"),
        (revoke([3, ""]), "after is not a number and a digest"),
        (within(ops.team_member("team-one", "member-con", True), **{"in": 1}), "in is neither"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_has_to_be_is_no_operation(said: Json, why: str) -> None:
    assert why in ops.problem(said)
