"""Attacks with names: each is made with real signatures and ends refused, with its reason."""

from typing import Any

import pytest

from policy_oracle import wire
from policy_oracle.histories import ROLES, add_op, role_op, team
from policy_oracle.product import Judged, is_genuine, look
from policy_oracle.wire import Line
from policy_oracle.world import Clone, Person, Said, World, session, sign, stamp

ONE, TWO = session("one"), session("two")


@pytest.fixture
def world() -> World:
    """A founder, ann and bob (admins), mae, con, dan and vic; all have seen all."""
    return team(World(1))


def _says(world: World, name: str, kind: str = "message", entity: str = ONE, **more: Any) -> Said:
    """An entry by the clone called `name`, signed by it."""
    clone = world.clones[name]
    said = world.say(clone, entity, kind, **more)
    world.write(clone, *sign(said))
    return said


def _opens(world: World, name: str, entity: str = ONE) -> Said:
    said = _says(world, name, "open", entity, body=None)
    world.sync()
    return said


def _role(world: World, by: str, whom: str, role: str) -> Line:
    clone = world.clones[by]
    return world.write(clone, role_op(world, clone, Person(whom).id, role))


def _remove(world: World, by: str, whom: str) -> Line:
    return world.write(world.clones[by], {"op": "remove", "member": Person(whom).id})


def _newcomer(world: World, by: str, name: str, role: str = "admin") -> Clone:
    """Somebody new whom the clone `by` adds; his clone has seen what `by` has."""
    clone = world.clones[by]
    world.write(clone, add_op(Person(name), role))
    made = world.clone(name)
    made.have |= clone.have
    return made


def _refused(line: Line, judged: Judged, *words: str) -> None:
    """The line is refused, and the reason is a sentence that a person can use."""
    assert judged.is_refused(line)
    _tells(judged.reason(line), *words)


def _quarantined(judged: Judged, said: Said, *words: str) -> None:
    state, reason = judged.entry(said)
    assert state == "quarantined"
    _tells(reason, *words)


def _tells(reason: str, *words: str) -> None:
    assert len(reason) > 5
    assert not words or any(word in reason.casefold() for word in words), reason


def _state(judged: Judged, said: Said) -> str:
    return judged.entry(said)[0]


# Rights.


@pytest.mark.parametrize(
    ("who", "kind"),
    [("vic", "message"), ("vic", "set"), ("vic", "open"), ("con", "novel"), ("con", "delete"),
     ("con", "invite"), ("mae", "delete"), ("vic", "invite"), ("vic", "novel")],
)  # fmt: skip
def test_who_lacks_the_right_says_it_in_vain(world: World, who: str, kind: str) -> None:
    _opens(world, "dan")
    said = _says(world, who, kind, **({"who": "x@example.com"} if kind == "invite" else {}))
    _quarantined(look(world), said)


@pytest.mark.parametrize(
    ("who", "kind"),
    [("con", "message"), ("con", "comment"), ("vic", "react"), ("dan", "delete"),
     ("dan", "invite"), ("mae", "invite"), ("bob", "delete"), ("mae", "novel"), ("con", "link")],
)  # fmt: skip
def test_who_has_the_right_is_heard(world: World, who: str, kind: str) -> None:
    _opens(world, "dan")
    said = _says(world, who, kind, **({"who": "x@example.com"} if kind == "invite" else {}))
    assert _state(look(world), said) == "verified"


@pytest.mark.parametrize("kind", ["edit", "redact"])
def test_editing_what_another_said(world: World, kind: str) -> None:
    _opens(world, "dan")
    target = _says(world, "dan").header["id"]
    world.sync()
    evil = _says(world, "con", kind, target=target)
    own = _says(world, "dan", kind, target=target)
    upper = _says(world, "mae", kind, target=target)
    judged = look(world)
    _quarantined(judged, evil)
    assert _state(judged, own) == _state(judged, upper) == "verified"


def test_a_bot_comments_and_nothing_else(world: World) -> None:
    _opens(world, "dan")
    _newcomer(world, "root", "robot", "bot")
    said = {kind: _says(world, "robot", kind) for kind in ("comment", "set", "link", "novel")}
    judged = look(world)
    assert _state(judged, said.pop("comment")) == "verified"
    for one in said.values():
        _quarantined(judged, one)


def _permits(world: World, by: str, whom: str, *can: str) -> Said:
    """`by` says what `whom` may do in the session, having seen all."""
    world.sync()
    field = f"can:{whom}@example.com"
    return _says(world, by, "set", body=None, field=field, value=list(can), over=[])


def test_who_may_only_read_here_says_nothing(world: World) -> None:
    _opens(world, "dan")
    _permits(world, "dan", "con", "read")
    world.sync()
    said = {kind: _says(world, "con", kind) for kind in ("message", "comment", "link")}
    judged = look(world)
    for one in said.values():
        _quarantined(judged, one)


def test_permitting_oneself_more(world: World) -> None:
    _opens(world, "dan")
    evil = _permits(world, "con", "con", "read", "write", "invite", "manage")
    world.sync()
    invited = _says(world, "con", "invite", body=None, who="x@example.com", can=["read"])
    judged = look(world)
    _quarantined(judged, evil)
    _quarantined(judged, invited)


def test_who_may_invite_gives_no_more_than_he_has(world: World) -> None:
    _opens(world, "dan")
    granted = _permits(world, "dan", "con", "read", "write", "invite")
    world.sync()
    fair = _says(world, "con", "invite", body=None, who="x@example.com", can=["read", "write"])
    evil = _says(world, "con", "invite", body=None, who="y@example.com", can=["read", "manage"])
    own = _permits(world, "con", "con", "read", "write", "invite", "manage")
    other = _permits(world, "con", "mae", "read")
    judged = look(world)
    assert _state(judged, granted) == _state(judged, fair) == "verified"
    for one in (evil, own, other):
        _quarantined(judged, one)


def test_bringing_somebody_else_in(world: World) -> None:
    """By saying that he joins: that is an invitation."""
    _opens(world, "dan")
    evil = _says(world, "con", "join", body=None, who="x@example.com")
    own = _says(world, "con", "join", body=None)
    judged = look(world)
    _quarantined(judged, evil)
    assert _state(judged, own) == "verified"


@pytest.mark.parametrize("field", ["visibility", "team"])
def test_sharing_without_the_permission_to(world: World, field: str) -> None:
    _opens(world, "dan")
    ann = world.clones["ann"]
    con = Person("con").id
    world.write(ann, role_op(world, ann, con, "contributor", deny=["shareSessions"]))
    world.sync()
    evil = _says(world, "con", "set", body=None, field=field, value="public", over=[])
    other = _says(world, "con", "set", body=None, field="title", value="x", over=[])
    judged = look(world)
    _quarantined(judged, evil)
    assert _state(judged, other) == "verified"


def test_taking_a_session_over_by_opening_it_again(world: World) -> None:
    _opens(world, "dan")
    evil = world.clones["con"]
    again = world.say(evil, ONE, "open", body=None)
    again = world.add(Said(ONE, {**again.header, "at": stamp(0, "2019-01-01")}, None))
    world.write(evil, *sign(again), at=stamp(0, "2019-01-01"))
    end = _says(world, "con", "delete")
    owner = _says(world, "dan", "delete")
    judged = look(world)
    _quarantined(judged, end)
    assert _state(judged, owner) == "verified"


# Names and copies.


def test_taking_a_session_over_by_signing_its_opening(world: World) -> None:
    """He opens it again, and then signs the first opening, until that line sorts first."""
    first = _opens(world, "dan")
    again = _says(world, "con", "open", body=None)
    clone = world.clones["con"]
    while world.write(clone, *sign(first)).digest > world.clones["dan"].log[-1].digest:
        pass
    gone = _says(world, "con", "delete", body=None)
    world.sync()
    kept = _says(world, "dan", "delete", body=None)
    judged = look(world)
    _quarantined(judged, again, "opened")
    _quarantined(judged, gone)
    assert _state(judged, first) == _state(judged, kept) == "verified"


def test_saying_it_was_somebody_else(world: World) -> None:
    _opens(world, "dan")
    said = _says(world, "con", by="dan@example.com")
    _quarantined(look(world), said, "dan@example.com")


def test_what_an_importer_brings_in_is_vouched_for(world: World) -> None:
    _opens(world, "dan")
    said = _says(world, "con", by="stranger@elsewhere.example")
    assert _state(look(world), said) == "vouched"


def test_pasting_a_signed_message_into_another_session(world: World) -> None:
    _opens(world, "dan")
    _opens(world, "dan", TWO)
    said = _says(world, "con")
    pasted = world.add(Said(TWO, said.header, said.body))
    judged = look(world)
    assert _state(judged, said) == "verified"
    _quarantined(judged, pasted)


def test_a_fork_keeps_what_its_authors_said(world: World) -> None:
    _opens(world, "dan")
    said = _says(world, "dan")
    world.sync()
    copied = world.add(Said(TWO, said.header, said.body))
    clone = world.clones["con"]
    world.write(clone, *sign(world.say(clone, TWO, "open", body=None)))
    world.write(clone, *sign(copied))
    assert _state(look(world), copied) == "copied"


def test_a_message_that_no_line_covers(world: World) -> None:
    _opens(world, "dan")
    said = world.say(world.clones["con"], ONE)
    _quarantined(look(world), said)


def test_another_text_under_a_signed_name(world: World) -> None:
    _opens(world, "dan")
    said = _says(world, "con", body="the truth")
    false = world.add(Said(ONE, said.header, "a lie"))
    judged = look(world)
    assert _state(judged, said) == "verified"
    _quarantined(judged, false)


def test_only_a_maintainer_adopts(world: World) -> None:
    _opens(world, "dan")
    said = [world.say(world.clones["con"], ONE) for _ in range(2)]
    for name, one in zip(("con", "mae"), said, strict=True):
        op = {"op": "adopt", "entity": ONE, "names": [list(one.key)], "reason": "seen"}
        world.write(world.clones[name], op)
    judged = look(world)
    _quarantined(judged, said[0])
    assert _state(judged, said[1]) == "adopted"


def test_an_adoption_is_for_one_session_only(world: World) -> None:
    _opens(world, "dan")
    said = world.say(world.clones["con"], ONE)
    op = {"op": "adopt", "entity": TWO, "names": [list(said.key)], "reason": "seen"}
    world.write(world.clones["mae"], op)
    _quarantined(look(world), said)


# Strangers, and lines that are not what they say.


def test_a_stranger(world: World) -> None:
    stranger = world.clone("mallory")
    stranger.have |= world.clones["root"].have
    said = _says(world, "mallory")
    line = _role(world, "mallory", "mallory", "admin")
    judged = look(world)
    assert judged.authority(line) is None
    _quarantined(judged, said)
    _refused(line, judged)


def test_a_line_that_was_changed(world: World) -> None:
    line = world.clones["con"].log[-1]
    assert is_genuine(line.raw, line.device)
    for old, new in ((b'"seq":1', b'"seq":2'), (b"con", b"dan"), (b'"v":1', b'"v":1 ')):
        assert old in line.raw
        assert not is_genuine(line.raw.replace(old, new, 1), line.device)


def test_a_line_of_another_repository(world: World) -> None:
    clone = world.clones["con"]
    line = world.write(clone, *sign(world.say(clone, ONE)), team="e" * 64)
    said = next(reversed(world.said.values()))
    judged = look(world)
    _refused(line, judged, "team", "repository")
    _quarantined(judged, said)


def test_a_member_who_forgets_the_team(world: World) -> None:
    """A line without `team` is from before it, where nobody could say anything about it."""
    _opens(world, "dan")
    clone = world.clones["bob"]
    line = world.write(clone, role_op(world, clone, Person("con").id, "admin"), team="")
    judged = look(world)
    assert judged.members[Person("con").id] == "contributor"
    assert judged.authority(line) is None


def test_the_same_place_twice(world: World) -> None:
    _opens(world, "dan")
    clone = world.clones["con"]
    earlier = _says(world, "con")
    first, second = world.say(clone, ONE), world.say(clone, ONE)
    one = world.write(clone, *sign(first))
    other = world.fork(clone, *sign(second))
    later = _says(world, "con")
    judged = look(world)
    for line in (one, other):
        _refused(line, judged, "two things")
    for said in (first, second, later):
        _quarantined(judged, said)
    assert _state(judged, earlier) == "verified"


def test_who_equivocates_silences_nobody_else(world: World) -> None:
    """Dan had synced with con before con's second line came to light."""
    _opens(world, "dan")
    clone = world.clones["con"]
    world.write(clone, *sign(world.say(clone, ONE)))
    world.sync()
    said = _says(world, "dan")
    role = _role(world, "ann", "vic", "contributor")
    world.fork(clone, *sign(world.say(clone, ONE)))
    judged = look(world)
    assert _state(judged, said) == "verified"
    assert not judged.is_refused(role)
    assert judged.members[Person("vic").id] == "contributor"


def test_a_line_that_was_held_back(world: World) -> None:
    """What stands on a line that is not here waits; when it comes, all is as if it had been."""
    _opens(world, "dan")
    said = [_says(world, "con") for _ in range(3)]
    held = world.clones["con"].log[-2]
    lines = [line for line in world.lines.values() if line is not held]
    judged = look(world, lines)
    _quarantined(judged, said[2])
    assert _state(judged, said[0]) == "verified"
    judged.extend([held])
    assert [_state(judged, one) for one in said] == ["verified"] * 3


def test_a_broken_chain(world: World) -> None:
    _opens(world, "dan")
    clone = world.clones["con"]
    said = world.say(clone, ONE)
    line = wire.signed(
        clone.device, len(clone.log) + 1, clone.log[0].digest, clone.log[0].digest, world.team,
        [world.clones["dan"].log[-1].digest], world.clock(clone), sign(said),
    )  # fmt: skip
    assert clone.log[-1].digest != clone.log[0].digest or len(clone.log) == 1
    if len(clone.log) == 1:
        line = wire.signed(
            clone.device, 2, "a" * 64, clone.log[0].digest, world.team, [], world.clock(clone),
            sign(said),
        )  # fmt: skip
    world.publish(clone, line)
    _quarantined(look(world), said)


# Roles.


@pytest.mark.parametrize("name", [n for n, role in ROLES.items() if role != "admin"])
def test_promoting_oneself(world: World, name: str) -> None:
    line = _role(world, name, name, "admin")
    judged = look(world)
    _refused(line, judged)
    assert judged.members[Person(name).id] == ROLES[name]


def test_promoting_a_friend(world: World) -> None:
    _refused(_role(world, "mae", "con", "maintainer"), look(world))
    _refused(_role(world, "con", "vic", "contributor"), look(world))


def test_a_junior_changes_no_senior(world: World) -> None:
    lines = [_role(world, "bob", "ann", "viewer"), _remove(world, "bob", "ann")]
    lines += [_remove(world, "ann", "root"), _role(world, "bob", "root", "viewer")]
    judged = look(world)
    for line in lines:
        _refused(line, judged)
    assert judged.members[Person("ann").id] == judged.members[Person("root").id] == "admin"


def test_a_junior_does_not_revoke_the_device_of_a_senior(world: World) -> None:
    for whom in ("ann", "root"):
        op = {"op": "revoke", "device": world.clones[whom].device.id, "after": None}
        line = world.write(world.clones["bob"], op)
        said = _says(world, whom)
        judged = look(world)
        _refused(line, judged)
        assert _state(judged, said) == "verified"


def test_a_maintainer_invites_below_himself_only(world: World) -> None:
    for role, ok in (("viewer", True), ("contributor", True), ("maintainer", False),
                     ("admin", False), ("bot", None)):  # fmt: skip
        line = world.write(world.clones["mae"], add_op(Person(f"new-{role}"), role))
        if ok is not None:
            assert look(world).is_refused(line) is not ok


def test_a_take_over_by_adding_whom_everybody_knows(world: World) -> None:
    """A `member` operation with ann's id and the keys of mallory."""
    record = {**Person("ann").record("admin"), "keys": [wire.member_key("mallory")]}
    op = {"op": "member", "member": record, "invite": ""}
    for name in ("bob", "mae", "con"):
        world.write(world.clones[name], op)
    evil = world.clone("mallory")
    evil.have |= set().union(*(clone.have for clone in world.clones.values()))
    line = _role(world, "mallory", "bob", "viewer")
    judged = look(world)
    assert judged.authority(line) is None
    assert judged.members[Person("bob").id] == "admin"


def test_a_demotion_by_adding_again(world: World) -> None:
    for by, whom in (("bob", "ann"), ("mae", "bob"), ("mae", "dan"), ("con", "dan")):
        world.write(world.clones[by], add_op(Person(whom), "viewer"))
    judged = look(world)
    assert judged.members[Person("ann").id] == judged.members[Person("bob").id] == "admin"
    assert judged.members[Person("dan").id] == "contributor"


def test_adding_oneself_a_second_time_with_more(world: World) -> None:
    world.write(world.clones["mae"], add_op(Person("mae"), "admin"))
    world.write(world.clones["con"], add_op(Person("con"), "admin"))
    judged = look(world)
    assert judged.members[Person("mae").id] == "maintainer"
    assert judged.members[Person("con").id] == "contributor"


@pytest.mark.parametrize("right", ["team:edit", "team:delete", "manageTeam", "team:invite"])
def test_a_single_permission_makes_no_admin(world: World, right: str) -> None:
    """Con is allowed to, beyond his role; roles, devices of others and the mode stay an admin's."""
    ann, con = world.clones["ann"], world.clones["con"]
    world.write(ann, role_op(world, ann, Person("con").id, "contributor", allow=[right]))
    world.sync()
    lines = [_role(world, "con", "dan", "admin"), _role(world, "con", "con", "admin")]
    lines += [_remove(world, "con", "dan")]
    lines += [
        world.write(con, op)
        for op in (
            {"op": "policy", "mode": "open"},
            {"op": "revoke", "device": world.clones["dan"].device.id, "after": None},
            add_op(Person("eve"), "maintainer"),
            add_op(Person("con"), "maintainer"),
        )
    ]
    judged = look(world)
    for line in lines:
        _refused(line, judged)
    assert judged.members[Person("con").id] == "contributor"
    assert judged.members[Person("dan").id] == "contributor"
    assert judged.mode == "enforced"


def test_an_admin_who_may_not_edit_the_team(world: World) -> None:
    ann = world.clones["ann"]
    world.write(ann, role_op(world, ann, Person("bob").id, "admin", deny=["team:edit"]))
    world.sync()
    lines = [_role(world, "bob", "con", "maintainer"), _remove(world, "bob", "con")]
    judged = look(world)
    for line in lines:
        _refused(line, judged)
    assert judged.members[Person("con").id] == "contributor"


def test_more_rights_for_oneself_by_being_added_again(world: World) -> None:
    """With the role that one has, and with permissions beyond it."""
    for name in ("con", "mae", "bob"):
        record = Person(name).record(ROLES[name], allow=["team:delete", "session:delete"])
        world.write(world.clones[name], {"op": "member", "member": record, "invite": ""})
    judged = look(world)
    for name in ("con", "mae"):
        assert not judged.permissions(Person(name).id) & {"team:delete", "session:delete"}


def test_a_contributor_does_not_open_the_team(world: World) -> None:
    for name in ("con", "mae"):
        line = world.write(world.clones[name], {"op": "policy", "mode": "open"})
        judged = look(world)
        _refused(line, judged)
        assert judged.mode == "enforced"
    world.write(world.clones["bob"], {"op": "policy", "mode": "open"})
    assert look(world).mode == "open"


def test_two_at_once_give_the_lower_role(world: World) -> None:
    _role(world, "ann", "con", "maintainer")
    _role(world, "bob", "con", "viewer")
    assert look(world).members[Person("con").id] == "viewer"
    world.sync()
    _role(world, "bob", "con", "maintainer")
    assert look(world).members[Person("con").id] == "maintainer"


# Removals and revocations.


def test_two_admins_remove_each_other(world: World) -> None:
    _remove(world, "ann", "bob")
    _remove(world, "bob", "ann")
    judged = look(world)
    assert judged.members[Person("ann").id] == "admin"
    assert not judged.members[Person("bob").id]


def test_the_accomplice(world: World) -> None:
    """Bob, who is being removed, adds mallory as an admin, who removes ann, who removed bob."""
    _remove(world, "ann", "bob")
    _newcomer(world, "bob", "mallory")
    line = _remove(world, "mallory", "ann")
    said = _says(world, "mallory")
    judged = look(world)
    assert not judged.members.get(Person("mallory").id)
    assert judged.members[Person("ann").id] == "admin"
    _refused(line, judged)
    _quarantined(judged, said)


def test_what_a_removed_admin_did_unseen_falls(world: World) -> None:
    """Devices, invitations and those who took them, roles, modes."""
    bob = world.clones["bob"]
    _remove(world, "root", "bob")
    promoted = _role(world, "bob", "con", "admin")
    con = world.clones["con"]
    con.have |= bob.have
    by_con = _role(world, "con", "dan", "viewer")
    world.write(bob, {"op": "policy", "mode": "open"})
    world.write(bob, add_op(Person("eve"), "contributor", invite="code"))
    eve = world.clone("eve")
    eve.have |= bob.have
    keys = [wire.member_key("eve")]
    proof = wire.join_proof("code", world.team, Person("eve").id, keys, eve.device.id)
    world.write(eve, {"op": "join", "member": Person("eve").id, "name": "eve", "keys": keys,
                      "email": "eve@example.com", "proof": proof})  # fmt: skip
    said = _says(world, "eve")
    judged = look(world)
    _refused(promoted, judged)
    _refused(by_con, judged)
    assert judged.mode == "enforced"
    assert judged.members[Person("con").id] == judged.members[Person("dan").id] == "contributor"
    assert not judged.members.get(Person("eve").id)
    _quarantined(judged, said)


def test_what_he_did_seen_stays(world: World) -> None:
    promoted = _role(world, "bob", "con", "maintainer")
    said = _says(world, "bob")
    world.sync()
    _remove(world, "root", "bob")
    judged = look(world)
    assert not judged.is_refused(promoted)
    assert judged.members[Person("con").id] == "maintainer"
    assert _state(judged, said) == "verified"


def test_a_removal_that_comes_later_withdraws_what_was_accepted(world: World) -> None:
    _opens(world, "dan")
    said = _says(world, "con")
    judged = look(world)
    assert _state(judged, said) == "verified"
    judged.extend([_remove(world, "ann", "con")])
    _quarantined(judged, said, "withdrawn")


def test_a_stolen_key_writes_into_the_past(world: World) -> None:
    """Con's laptop is revoked; the thief writes as if he had not heard, with an old date."""
    _opens(world, "dan")
    clone = world.clones["con"]
    kept = _says(world, "con")
    world.sync()
    old = set(clone.have)
    op = {"op": "revoke", "device": clone.device.id, "after": None}
    world.write(world.clones["ann"], op)
    world.sync()
    said = world.say(clone, ONE)
    world.write(clone, *sign(said), seen=old, at=stamp(1, "2020-01-01"))
    heard = _says(world, "con")
    judged = look(world)
    assert _state(judged, kept) == "verified"
    for one in (said, heard):
        _quarantined(judged, one, "revoked", "withdrawn")


def test_a_device_revoked_from_a_line_of_its_own_on(world: World) -> None:
    _opens(world, "dan")
    said = [_says(world, "con") for _ in range(2)]
    line = world.clones["con"].log[-2]
    world.sync()
    op = {"op": "revoke", "device": line.device, "after": [line.seq, line.digest]}
    world.write(world.clones["ann"], op)
    judged = look(world)
    assert _state(judged, said[0]) == "verified"
    _quarantined(judged, said[1], "revoked", "withdrawn")


def test_revoking_once_more_takes_nothing_more(world: World) -> None:
    """What the first revocation had left to the device, though ann has not seen it, stays."""
    _opens(world, "dan")
    said = _says(world, "con")
    line = world.clones["con"].log[-1]
    ann = world.clones["ann"]
    op = {"op": "revoke", "device": line.device, "after": [line.seq, line.digest]}
    world.write(ann, op)
    world.write(ann, {**op, "after": None})
    late = _says(world, "con")
    judged = look(world)
    assert _state(judged, said) == "verified"
    _quarantined(judged, late, "revoked", "withdrawn")


def test_the_other_devices_of_who_lost_one_go_on(world: World) -> None:
    _opens(world, "dan")
    second = world.clone("con-desk", "con")
    second.have |= world.clones["con"].have
    op = {"op": "revoke", "device": world.clones["con"].device.id, "after": None}
    line = world.write(second, op)
    said = _says(world, "con-desk")
    lost = _says(world, "con")
    judged = look(world)
    assert not judged.is_refused(line)
    assert _state(judged, said) == "verified"
    _quarantined(judged, lost)


@pytest.mark.parametrize("whom", ["ann", "root"])
def test_a_junior_who_says_that_he_does_not_know_whose_a_device_is(world: World, whom: str) -> None:
    """What he leaves out of `deps` lets him revoke no device of a senior."""
    bob = world.clone("bob-2", "bob", device=False)
    # His line knows that he and ann are admins, and nothing of the device of ann.
    adding = world.clones["root"].log[2].digest
    op = {"op": "revoke", "device": world.clones[whom].device.id, "after": None}
    line = world.write(bob, world.device_op(bob), op, deps=[adding], team=world.team)
    said = _says(world, whom)
    assert _state(look(world), said) == "verified", line


@pytest.mark.parametrize("whom", ["ann", "root"])
def test_a_second_device_of_a_senior_is_as_safe(world: World, whom: str) -> None:
    """Nobody has seen it yet when it is revoked by somebody below."""
    second = world.clone(f"{whom}-2", whom)
    op = {"op": "revoke", "device": second.device.id, "after": None}
    world.write(world.clones["bob"], op)
    second.have |= world.clones[whom].have
    said = _says(world, f"{whom}-2")
    assert _state(look(world), said) == "verified"


def test_a_device_is_not_revoked_before_it_is_there(world: World) -> None:
    """By a maintainer, who may revoke none."""
    op = {"op": "revoke", "device": wire.device("con-2").id, "after": None}
    line = world.write(world.clones["mae"], op)
    second = world.clone("con-2", "con")
    second.have |= world.clones["con"].have
    said = _says(world, "con-2")
    judged = look(world)
    assert _state(judged, said) == "verified"
    assert judged.is_refused(line)


def test_the_keys_of_another(world: World) -> None:
    """Con replaces the member keys of ann by his own, or his own for ann's."""
    op = {"op": "keys", "member": Person("ann").id, "keys": [wire.member_key("mallory")]}
    line = world.write(world.clones["con"], op)
    lower = world.write(world.clones["bob"], op)
    evil = world.clone("mallory")
    evil.have |= world.clones["con"].have | world.clones["bob"].have
    said = _says(world, "mallory")
    judged = look(world)
    _refused(line, judged)
    _refused(lower, judged)
    _quarantined(judged, said)


def test_one_member_does_not_revoke_the_device_of_another(world: World) -> None:
    op = {"op": "revoke", "device": world.clones["dan"].device.id, "after": None}
    for name in ("con", "mae"):
        _refused(world.write(world.clones[name], op), look(world))


def test_a_demotion_takes_from_what_it_had_not_seen(world: World) -> None:
    _opens(world, "dan")
    _role(world, "ann", "mae", "viewer")
    said = _says(world, "mae")
    _quarantined(look(world), said)


def test_a_clock_that_lies_changes_nothing(world: World) -> None:
    _opens(world, "dan")
    _remove(world, "ann", "con")
    for day in ("2019-01-01", "2099-01-01"):
        clone = world.clones["con"]
        said = world.say(clone, ONE)
        world.write(clone, *sign(said), at=stamp(5, day))
        _quarantined(look(world), said)


# Certificates and invitations.


def _with_certificate(world: World, **said: object) -> Said:
    """What somebody says whose device carries such a certificate."""
    made = world.clone("mallory", device=False)
    op = dict(world.device_op(made, certified=False))
    op["cert"] = said
    world.write(made, op)
    made.have |= world.clones["root"].have
    return _says(world, "mallory")


def test_the_certificate_of_another_device(world: World) -> None:
    _quarantined(look(world), _with_certificate(world, **wire.certificate("con", "con")))


def test_a_certificate_for_another_purpose(world: World) -> None:
    told = wire.device("mallory")
    text = wire.canonical({"device": told.id, "key": told.key, "seal": told.seal, "expires": ""})
    sig = wire.ssh_signature("con", text, b"git")
    said = _with_certificate(world, key=wire.member_key("con"), expires="", sig=sig)
    _quarantined(look(world), said)


def test_a_certificate_by_another_key_than_it_names(world: World) -> None:
    made = wire.certificate("mallory", "mallory")
    said = _with_certificate(world, **{**made, "key": wire.member_key("con")})
    _quarantined(look(world), said)


def test_a_certificate_whose_end_was_moved(world: World) -> None:
    made = wire.certificate("con", "mallory", "2026-11-26T00:01:00.000Z")
    said = _with_certificate(world, **{**made, "expires": "2099-01-01T00:00:00.000Z"})
    _quarantined(look(world), said)


@pytest.mark.parametrize("text", ["", "-----BEGIN SSH SIGNATURE-----", "AAAA", "\x00", "x" * 9999])
def test_a_certificate_that_is_none(world: World, text: str) -> None:
    said = _with_certificate(world, key=wire.member_key("con"), expires="", sig=text)
    _quarantined(look(world), said)


def test_a_genuine_certificate_is_one(world: World) -> None:
    said = _with_certificate(world, **wire.certificate("con", "mallory"))
    assert look(world).authority(world.clones["mallory"].log[-1]) == (
        Person("con").id, "contributor",
    )  # fmt: skip
    assert look(world).entry(said)[0] != "verified"  # it says that mallory said it


def test_a_certificate_that_has_run_out(world: World) -> None:
    _opens(world, "dan")
    end = "2026-11-26T10:00:00.000Z"
    made = world.clone("con-job", "con", expires=end)
    made.have |= world.clones["con"].have
    before, late = world.say(made, ONE), world.say(made, ONE)
    world.write(made, *sign(before), at=stamp(9 * 60))
    world.write(made, *sign(late), at=stamp(11 * 60))
    judged = look(world)
    assert _state(judged, before) == "verified"
    _quarantined(judged, late, "expire", "ran out", "run out", "ended")


def test_a_certificate_that_had_run_out_in_what_the_line_has_seen(world: World) -> None:
    """A clock put back does not help who has seen that it is later."""
    _opens(world, "dan")
    made = world.clone("con-job", "con", expires="2026-11-26T10:00:00.000Z")
    clone = world.clones["dan"]
    world.write(clone, *sign(world.say(clone, ONE)), at=stamp(12 * 60))
    made.have |= clone.have
    said = world.say(made, ONE)
    world.write(made, *sign(said), at=stamp(9 * 60))
    _quarantined(look(world), said)


def test_a_device_added_under_a_key_that_is_not_its_own(world: World) -> None:
    made = world.clone("mallory", certified=False)
    op = {
        "op": "add-device", "device": made.device.id, "key": wire.device("other").key,
        "seal": made.device.seal, "label": "x", "expires": "",
    }  # fmt: skip
    world.write(world.clones["con"], op)
    made.have |= world.clones["con"].have
    assert look(world).authority(world.write(made, *sign(world.say(made, ONE)))) is None


def test_a_device_of_another_is_not_taken(world: World) -> None:
    """Con says that ann's device is his, and that his new friend's record holds it."""
    ann = world.clones["ann"].device
    op = {
        "op": "add-device", "device": ann.id, "key": ann.key, "seal": ann.seal, "label": "x",
        "expires": "",
    }  # fmt: skip
    world.write(world.clones["con"], op)
    record = Person("new").record("viewer", devices=[ann.id])
    world.write(world.clones["mae"], {"op": "member", "member": record, "invite": ""})
    world.sync()
    line = _role(world, "ann", "dan", "viewer")
    judged = look(world)
    assert judged.authority(line) == (Person("ann").id, "admin")


def _join(world: World, name: str, code: str, *, as_: str = "", **false: Any) -> Line:
    """`name` takes the invitation of `as_` with `code`; `false`: what he signs wrongly."""
    made = world.clones.get(name) or world.clone(name)
    made.have |= world.clones["root"].have
    keys = [wire.member_key(name)]
    member = Person(as_ or name).id
    signed = {
        "team": world.team,
        "member": member,
        "keys": keys,
        "joining": made.device.id,
        **false,
    }
    proof = wire.join_proof(code, **signed)
    return world.write(made, {"op": "join", "member": member, "name": name, "keys": keys,
                              "email": f"{name}@example.com", "proof": proof})  # fmt: skip


def _is_in(world: World, name: str) -> bool:
    line = world.write(world.clones[name], *sign(world.say(world.clones[name], ONE)))
    return look(world).authority(line) is not None


def test_a_code_lets_in_whom_it_was_given(world: World) -> None:
    world.write(world.clones["root"], add_op(Person("eve"), "contributor", invite="code"))
    assert not look(world).is_refused(_join(world, "eve", "code"))
    assert _is_in(world, "eve")


def test_a_guessed_code_lets_nobody_in(world: World) -> None:
    world.write(world.clones["root"], add_op(Person("eve"), "contributor", invite="code"))
    _refused(_join(world, "mallory", "guess", as_="eve"), look(world))
    assert not _is_in(world, "mallory")


def test_a_code_works_once(world: World) -> None:
    world.write(world.clones["root"], add_op(Person("eve"), "contributor", invite="code"))
    _join(world, "eve", "code")
    world.sync()
    _refused(_join(world, "mallory", "code", as_="eve"), look(world), "used")
    assert not _is_in(world, "mallory")


def test_of_two_who_use_a_code_at_once_none_is_in(world: World) -> None:
    """Else the seat would be his who tries digests for longer."""
    world.write(world.clones["root"], add_op(Person("eve"), "contributor", invite="code"))
    _join(world, "eve", "code")
    _join(world, "mallory", "code", as_="eve")
    assert not _is_in(world, "eve")
    assert not _is_in(world, "mallory")


def _leaked(world: World) -> None:
    """Eve has joined with the code of root; mallory has it too, and has not seen her."""
    world.write(world.clones["root"], add_op(Person("eve"), "contributor", invite="code"))
    for clone in world.clones.values():
        clone.have |= world.clones["root"].have
    mallory = world.clone("mallory")
    mallory.have |= world.clones["root"].have
    _join(world, "eve", "code")


def _sees(world: World, name: str, other: str) -> None:
    world.clones[name].have |= world.clones[other].have
    world.write(world.clones[name], *sign(world.say(world.clones[name], ONE)))


@pytest.mark.parametrize("who", ["root", "ann", "mae"])
def test_a_used_code_that_leaks_later(world: World, who: str) -> None:
    """Whom somebody has seen who may invite, nobody throws out with his old code."""
    _leaked(world)
    _sees(world, who, "eve")
    _refused(_join(world, "mallory", "code", as_="eve"), look(world), "used")
    assert _is_in(world, "eve")
    assert not _is_in(world, "mallory")


@pytest.mark.parametrize("friend", ["bob", "mae", "con", "eve"])
def test_an_accomplice_who_has_seen_only_the_thief(world: World, friend: str) -> None:
    """A junior admin, a maintainer, anybody: ann's word is before theirs."""
    _leaked(world)
    _sees(world, "ann", "eve")
    _join(world, "mallory", "code", as_="eve")
    _sees(world, friend, "mallory")
    assert _is_in(world, "eve")
    assert not _is_in(world, "mallory")


def test_a_removed_accomplice_of_a_thief(world: World) -> None:
    _leaked(world)
    _sees(world, "mae", "eve")
    _remove(world, "root", "ann")
    _join(world, "mallory", "code", as_="eve")
    _sees(world, "ann", "mallory")
    assert _is_in(world, "eve")
    assert not _is_in(world, "mallory")


def test_a_third_who_has_seen_two_use_a_code(world: World) -> None:
    """That neither of the two is in leaves no seat for who waits."""
    _leaked(world)
    _join(world, "mallory", "code", as_="eve")
    world.sync()
    _refused(_join(world, "third", "code", as_="eve"), look(world), "used")
    assert not any(_is_in(world, name) for name in ("eve", "mallory", "third"))


def test_a_code_for_the_same_seat_by_another_name(world: World) -> None:
    """Who was added has a second name, his id with a mark: it is no second seat."""
    _leaked(world)
    _sees(world, "root", "eve")
    added = next(d for d, line in world.lines.items() if line.ops[0].get("invite"))
    mallory, keys = world.clones["mallory"], [wire.member_key("mallory")]
    member = f"{Person('eve').id}~{added[:8]}"
    proof = wire.join_proof("code", world.team, member, keys, mallory.device.id)
    line = world.write(mallory, {"op": "join", "member": member, "name": "", "keys": keys,
                                 "email": "", "proof": proof})  # fmt: skip
    _refused(line, look(world), "used")
    assert not _is_in(world, "mallory")


def test_a_thief_who_names_the_keys_of_who_joined(world: World) -> None:
    """They are no secret: he has no certificate by them, so that he is no clone of hers."""
    _leaked(world)
    _sees(world, "root", "eve")
    mallory, keys = world.clones["mallory"], [wire.member_key("eve")]
    proof = wire.join_proof("code", world.team, Person("eve").id, keys, mallory.device.id)
    line = world.write(mallory, {"op": "join", "member": Person("eve").id, "name": "",
                                 "keys": keys, "email": "", "proof": proof})  # fmt: skip
    _refused(line, look(world), "used")
    assert _is_in(world, "eve")
    assert not _is_in(world, "mallory")


def test_a_code_that_was_replaced(world: World) -> None:
    """He who has the first one says that he has not heard of the second."""
    _leaked(world)
    world.write(world.clones["root"], add_op(Person("dora"), "contributor", invite="first"))
    thief = world.clone("thief")
    thief.have |= world.clones["root"].have
    world.write(world.clones["root"], add_op(Person("dora"), "contributor", invite="second"))
    _join(world, "dora", "second")
    keys = [wire.member_key("thief")]
    proof = wire.join_proof("first", world.team, Person("dora").id, keys, thief.device.id)
    line = world.write(thief, {"op": "join", "member": Person("dora").id, "name": "",
                               "keys": keys, "email": "", "proof": proof})  # fmt: skip
    _refused(line, look(world), "another")
    assert _is_in(world, "dora")
    assert not _is_in(world, "thief")


def test_an_inviter_who_takes_back_what_was_seen(world: World) -> None:
    """A maintainer removes nobody, also not by a new code of which he says that he was late."""
    mae = world.clones["mae"]
    world.write(mae, add_op(Person("dora"), "contributor", invite="first"))
    world.clones["root"].have |= mae.have
    _join(world, "dora", "first")
    _sees(world, "ann", "dora")
    world.write(mae, add_op(Person("dora"), "contributor", invite="second"))
    assert _is_in(world, "dora")


@pytest.mark.parametrize("false", ["team", "member", "keys", "joining"])
def test_a_proof_for_something_else(world: World, false: str) -> None:
    """A proof that was seen somewhere is worth nothing for another device, team, member or key."""
    world.write(world.clones["root"], add_op(Person("eve"), "contributor", invite="code"))
    others: dict[str, Any] = {
        "team": "d" * 64, "member": Person("con").id, "keys": [], "joining": "0" * 16,
    }  # fmt: skip
    _refused(_join(world, "eve", "code", **{false: others[false]}), look(world))
    assert not _is_in(world, "eve")


def test_an_invitation_that_was_taken_back(world: World) -> None:
    world.write(world.clones["root"], add_op(Person("eve"), "contributor", invite="code"))
    _remove(world, "root", "eve")
    _refused(_join(world, "eve", "code"), look(world))
    assert not _is_in(world, "eve")


def test_nobody_joins_as_who_is_a_member(world: World) -> None:
    """Without an invitation for him there is no code, whatever the proof is signed with."""
    _refused(_join(world, "mallory", "code", as_="ann"), look(world))
    assert not _is_in(world, "mallory")


# The team itself.


def test_a_second_team_waits_for_a_person(world: World) -> None:
    mine = world.team
    usurper = world.clone("usurper")
    usurper.have |= world.clones["root"].have
    theirs = world.found(usurper).digest
    judged = look(world, pinned="")
    assert judged.mode == "open"
    assert set(judged.geneses) == {mine, theirs}
    for pinned, founder in ((mine, "root"), (theirs, "usurper")):
        judged = look(world, pinned=pinned)
        assert judged.mode == "enforced"
        assert set(judged.geneses) == {mine, theirs}
        assert judged.members[Person(founder).id] == "admin"
        assert (Person("root").id in judged.members) is (founder == "root")


def test_a_pinned_team_that_is_not_served(world: World) -> None:
    """A host that hides the genesis does not open the repository."""
    _opens(world, "dan")
    said = _says(world, "mae")
    hidden = world.lines[world.team]
    lines = [line for line in world.lines.values() if line is not hidden]
    judged = look(world, lines, pinned=world.team)
    assert not any(any(judged.authority(line) or ()) for line in lines)
    assert _state(judged, said) != "verified"


def test_what_was_said_before_the_team(world: World) -> None:
    """What the founder took in stays; what the host adds afterwards, with old dates, does not."""
    world = World(2)
    root, con = world.clone("root"), world.clone("con")
    early = world.say(con, ONE, "open", body=None)
    world.write(con, *sign(early))
    world.sync()
    loose, added = world.say(con, ONE), world.say(con, ONE)
    world.found(root, inherited=[loose.key[1]])
    judged = look(world)
    assert judged.counts(early)
    assert _state(judged, loose) == "inherited"
    _quarantined(judged, added)


def test_lines_from_before_the_team_name_no_admin() -> None:
    world = World(3)
    root, con = world.clone("root"), world.clone("con")
    world.write(con, role_op(world, con, Person("con").id, "admin"), add_op(Person("con"), "admin"))
    world.write(con, {"op": "policy", "mode": "open"})
    world.sync()
    world.found(root)
    judged = look(world)
    assert judged.mode == "enforced"
    assert set(judged.members) == {Person("root").id}


def test_without_a_team_nothing_is_in_quarantine() -> None:
    world = World(4)
    con = world.clone("con")
    signed, loose = world.say(con, ONE, "novel"), world.say(con, ONE, "delete")
    world.write(con, *sign(signed))
    judged = look(world, pinned="")
    assert judged.mode == "open"
    assert judged.counts(signed)
    assert judged.counts(loose)
