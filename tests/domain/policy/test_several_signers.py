"""Whoever signs what somebody else has said, or says it under its name, gains nothing by it."""

from typing import Any

import pytest

from git_naturecode.domain import drafts
from git_naturecode.domain.policy import Line, Own, ops
from git_naturecode.store.entry import Entry

from .test_judging import ENTITY, Desk, mail
from .test_standing import team
from .world import Device, World, add

FOREIGN = "odd@else.example"


@pytest.fixture
def devices() -> dict[str, Device]:
    return team("ann:admin", "max:maintainer", "con", "dan", "eve", "vic:viewer")[1]


@pytest.fixture
def desk(devices: dict[str, Device]) -> Desk:
    """A session that con has opened, as all have seen."""
    desk = Desk(devices["con"].world)
    desk.say(devices["con"], "open", mail("con"), name="open")
    for device in devices.values():
        device.see(devices["con"])
    return desk


def sign_below(desk: Desk, device: Device, entry: Entry, than: Line) -> None:
    """Sign as often as it takes to have a line that sorts before another."""
    while desk.sign(device, entry).digest > than.digest:
        pass


def permit(desk: Desk, device: Device, by: str, whom: str, *can: str, **more: Any) -> Entry:
    field = f"can:{mail(whom)}"
    return desk.say(device, "set", mail(by), field=field, value=list(can), **more)


# Whose it is.


def test_who_signs_an_opening_that_he_saw_takes_nothing_over(devices: dict[str, Device]) -> None:
    """He opens it as well, then signs the first opening: as if that had come after his own."""
    desk = Desk(devices["con"].world)
    opened = desk.entry("open", mail("con"))
    first = desk.sign(devices["con"], opened)
    dan = devices["dan"].see(devices["con"])
    again = desk.say(dan, "open", mail("dan"))
    sign_below(desk, dan, opened, first)
    deleted = desk.say(dan, "delete", mail("dan"))
    assert [desk.state(one) for one in (opened, again, deleted)] == [
        "verified", "quarantined", "quarantined"
    ]  # fmt: skip
    own = desk.say(devices["con"].see(dan), "delete", mail("con"))
    assert desk.state(own) == "verified"


def test_what_somebody_brought_in_is_not_who_says_he_had_seen_nothing(
    devices: dict[str, Device],
) -> None:
    """A line that names nothing in `deps` is early in the graph, and no earlier for that."""
    desk = Desk(devices["con"].world)
    devices["con"].say()
    opened = desk.say(devices["con"], "open", FOREIGN)
    clone = desk.world.device("dan2", "dan")
    clone.say(deps=[devices["ada"].lines[-1].digest])
    desk.sign(clone, opened, deps=[])
    deleted = desk.say(clone, "delete", mail("dan"))
    assert [desk.state(opened), desk.state(deleted)] == ["vouched", "quarantined"]


def test_who_brought_it_in_first_owns_it_whoever_signs_it_later(
    devices: dict[str, Device],
) -> None:
    desk = Desk(devices["con"].world)
    opened = desk.entry("open", FOREIGN)
    first = desk.sign(devices["con"], opened)
    sign_below(desk, devices["dan"].see(devices["con"]), opened, first)
    his, mine = (desk.say(devices[who], "delete", mail(who)) for who in ("dan", "con"))
    assert [desk.state(one) for one in (opened, his, mine)] == [
        "vouched", "quarantined", "verified"
    ]  # fmt: skip


def test_what_a_maintainer_takes_in_was_not_opened_before_that(devices: dict[str, Device]) -> None:
    """A viewer's opening, which all have seen, begins nothing until then."""
    desk = Desk(devices["con"].world)
    planted = desk.say(devices["vic"], "open", mail("vic"))
    opened = desk.say(devices["con"].see(devices["vic"]), "open", mail("con"))
    line = devices["max"].see(devices["con"]).say(ops.adopt(ENTITY, [planted.key], ""))
    desk.adopted[planted.key] = [line.digest]
    deleted = desk.say(devices["con"], "delete", mail("con"))
    assert [desk.state(one) for one in (planted, opened, deleted)] == [
        "quarantined", "verified", "verified"
    ]  # fmt: skip


# Who said it.


def test_who_signs_what_another_brought_in_may_not_edit_it(
    desk: Desk, devices: dict[str, Device]
) -> None:
    said = desk.entry("message", FOREIGN, name="said")
    first = desk.sign(devices["con"], said)
    dan = devices["dan"].see(devices["con"])
    sign_below(desk, dan, said, first)
    his = desk.say(dan, "edit", mail("dan"), target="said")
    mine = desk.say(devices["con"], "edit", mail("con"), target="said")
    assert [desk.state(his), desk.state(mine)] == ["quarantined", "verified"]


def test_what_two_brought_in_at_once_only_a_maintainer_edits(
    desk: Desk, devices: dict[str, Device]
) -> None:
    said = desk.entry("message", FOREIGN, name="said")
    for who in ("con", "dan"):
        desk.sign(devices[who], said)
    edits = [desk.say(devices[w], "edit", mail(w), target="said") for w in ("con", "dan", "max")]
    assert [desk.state(one) for one in edits] == ["quarantined", "quarantined", "verified"]


def test_what_was_said_before_the_team_is_not_who_signs_it_afterwards() -> None:
    world = World()
    ada, dan = world.device("ada", "ada"), world.device("dan", "dan")
    desk = Desk(world)
    said = desk.say(ada, "message", FOREIGN, name="said")
    ada.see(dan)
    world.found(ada)
    ada.say(add("dan"))
    desk.sign(dan.see(ada), said)
    edit = desk.say(dan, "edit", mail("dan"), target="said")
    assert [desk.state(said), desk.state(edit)] == ["vouched", "quarantined"]


def test_who_is_added_later_has_not_said_what_was_brought_in_under_his_address(
    desk: Desk, devices: dict[str, Device]
) -> None:
    said = desk.say(devices["con"], "message", mail("ivy"))
    devices["ann"].see(devices["con"]).say(add("ivy"))
    ivy = desk.world.device("ivy", "ivy").see(devices["ann"])
    his = desk.say(ivy, "edit", mail("ivy"), target=said.id)
    mine = desk.say(devices["con"].see(devices["ann"]), "edit", mail("con"), target=said.id)
    assert [desk.state(one) for one in (said, his, mine)] == ["vouched", "quarantined", "verified"]


def test_what_a_stranger_has_signed_is_not_who_says_it_was_another(
    desk: Desk, devices: dict[str, Device]
) -> None:
    """Nobody of the team wrote it but dan, who poses as con; what strangers sign says nothing."""
    for number in range(3):
        posed = desk.entry("message", mail("con"))
        for name in ("ivy", "odd"):
            desk.sign(desk.world.device(f"{name}{number}", name), posed)
        desk.sign(devices["dan"], posed)
        assert desk.why(posed) == "it says it is by con@x.example, and dan@x.example signed it"


def test_an_edit_of_an_edit_that_was_there_or_taken_in_is_judged(
    desk: Desk, devices: dict[str, Device]
) -> None:
    inherited, taken, alone = (desk.entry("edit", FOREIGN, target="x") for _ in range(3))
    line = devices["max"].say(ops.adopt(ENTITY, [taken.key], ""))
    desk.adopted[taken.key] = [line.digest]
    edits = [
        desk.say(devices[who], "edit", mail(who), target=one.id)
        for one in (inherited, taken, alone) for who in ("con", "max")
    ]  # fmt: skip
    found = desk.verdicts(inherited={inherited.hash})
    assert [found[one.id].counts for one in edits] == [False, True] * 3


@pytest.mark.parametrize("who", ["vic", "odd", ""])
def test_who_may_not_write_there_takes_no_word_from_its_author(
    desk: Desk, devices: dict[str, Device], who: str
) -> None:
    """Another text under the same id is nothing, where nobody may say it."""
    desk.say(devices["con"], "message", mail("con"), name="said")
    junk = desk.entry("message", mail(who or "con"), name="said")
    if who:
        device = devices.get(who) or desk.world.device(who, who)
        desk.sign(device, junk)
    edit = desk.say(devices["con"], "edit", mail("con"), target="said")
    assert desk.state(edit) == "verified"


@pytest.mark.parametrize("kind", ["comment", "edit", "finding"])
@pytest.mark.parametrize("noun", ["review", "session"])
def test_a_word_about_itself_is_judged(devices: dict[str, Device], noun: str, kind: str) -> None:
    desk = Desk(devices["con"].world, f"{noun}-20261101-aaaaaaaa")
    desk.say(devices["con"], kind, FOREIGN, name="odd", target="odd")
    edit = desk.say(devices["con"], "edit", mail("con"), target="odd")
    assert desk.verdicts()[edit.id].signer == "member-con"


# Who may do what there.


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("invite", {"who": "x@y.z"}),
        ("set", {"field": f"can:{mail('dan')}", "value": ["read"]}),
        ("set", {"field": "team", "value": ""}),
        ("join", {"who": "x@y.z"}),
    ],
)
def test_who_is_outside_the_team_lets_in_and_shuts_out_nobody(
    desk: Desk, devices: dict[str, Device], kind: str, fields: dict[str, Any]
) -> None:
    """Max may invite by his role, where the session is for everybody."""
    devices["ann"].say(ops.team("team-two", "Two"))
    con = devices["con"].see(devices["ann"])
    desk.say(con, "set", mail("con"), field="team", value="team-two")
    said = desk.say(devices["max"].see(con), kind, mail("max"), **fields)
    assert desk.why(said) == "it is for a team that its signer does not belong to"


def test_what_this_clone_permits_takes_nothing_from_what_was_said_before(
    desk: Desk, devices: dict[str, Device]
) -> None:
    """What is not signed yet was seen by nobody else."""
    early = desk.say(devices["dan"], "message", mail("dan"))
    names = [desk.entry("message", mail("con"), name="one")]
    names.append(
        desk.entry("set", mail("con"), field=f"can:{mail('dan')}", value=["read"], name="two")
    )
    own = Own(devices["con"].id, {one.key for one in names})
    found = desk.verdicts(own=own)
    assert [found[name].state for name in (early.id, "one", "two")] == [
        "verified", "unverified", "unverified"
    ]  # fmt: skip


def test_what_was_said_before_the_team_was_known_to_all_in_it() -> None:
    """Dan signs what restricts him as if it came with that, to give himself more before it."""
    world = World()
    ada, con, dan = (world.device(name, name) for name in ("ada", "con", "dan"))
    desk = Desk(world)
    desk.say(con, "open", mail("con"))
    permit(desk, con, "con", "dan", "write", "manage")
    less = permit(desk, con, "con", "dan", "read")
    ada.see(con, dan)
    world.found(ada)
    ada.say(add("con"), add("dan"))
    more = permit(desk, dan.see(ada), "dan", "dan", "write", "manage", over=[less.id])
    desk.sign(dan, less)
    said = desk.say(dan, "message", mail("dan"))
    assert [desk.state(more), desk.state(said)] == ["quarantined", "quarantined"]


def test_what_was_permitted_before_the_team_lets_invite_in_it() -> None:
    world = World()
    ada, con, dan = (world.device(name, name) for name in ("ada", "con", "dan"))
    desk = Desk(world)
    desk.say(con, "open", mail("con"))
    desk.say(con, "invite", mail("con"), who=mail("dan"), can=["write", "invite"])
    ada.see(con, dan)
    world.found(ada)
    ada.say(add("con"), add("dan"))
    said = desk.say(dan.see(ada), "invite", mail("dan"), who="x@y.z", can=["write"])
    assert desk.state(said) == "verified"


def test_what_a_maintainer_takes_in_holds_for_who_has_seen_that(
    desk: Desk, devices: dict[str, Device]
) -> None:
    """Not for what was said before; and whoever else signs it afterwards changes nothing."""
    less = desk.entry("set", mail("con"), field=f"can:{mail('dan')}", value=["read"])
    dan = devices["dan"]
    desk.sign(devices["vic"], less)
    before = desk.say(dan.see(devices["vic"]), "message", mail("dan"))
    line = devices["max"].see(dan).say(ops.adopt(ENTITY, [less.key], ""))
    desk.adopted[less.key] = [line.digest]
    after = desk.say(dan.see(devices["max"]), "message", mail("dan"))
    desk.sign(dan, less)
    assert [desk.state(before), desk.state(after)] == ["verified", "quarantined"]


def test_two_restrictions_under_one_id_are_two(desk: Desk, devices: dict[str, Device]) -> None:
    """Each of those whom they are about has seen the one that is about him."""
    permit(desk, devices["con"], "con", "dan", "read", name="same")
    permit(desk, devices["max"], "max", "eve", "read", name="same")
    eve = desk.say(devices["eve"].see(devices["max"]), "message", mail("eve"))
    dan = desk.say(devices["dan"].see(devices["con"]), "message", mail("dan"))
    assert [desk.state(eve), desk.state(dan)] == ["quarantined", "quarantined"]


def test_a_guests_invitation_takes_the_place_of_no_other(
    desk: Desk, devices: dict[str, Device]
) -> None:
    """Dan may only read; eve, who may invite, replaces that by an invitation to somebody else."""
    con = devices["con"]
    less = desk.say(con, "invite", mail("con"), who=mail("dan"), can=["read"])
    desk.say(con, "invite", mail("con"), who=mail("eve"), can=["write", "invite"])
    eve = devices["eve"].see(con)
    desk.say(eve, "invite", mail("eve"), who="x@y.z", can=["read"], over=[less.id])
    said = desk.say(devices["dan"].see(eve), "message", mail("dan"))
    assert desk.why(said) == "its signer may only read there"
    again = desk.say(con.see(eve), "invite", mail("con"), who=mail("dan"), over=[less.id])
    said = desk.say(devices["dan"].see(con), "message", mail("dan"))
    assert [desk.state(again), desk.state(said)] == ["verified", "verified"]


def test_another_spelling_of_an_address_keeps_no_right(
    desk: Desk, devices: dict[str, Device]
) -> None:
    """Dan manages, says so under a name of his own, and is taken that right later."""
    con, dan = devices["con"], devices["dan"]
    permit(desk, con, "con", "dan", "write", "manage")
    desk.say(dan.see(con), "set", mail("dan"), field="can:DAN@x.example", value=["manage"])
    one = [entry.entry for entry in desk.placed]
    draft = drafts.permission(one, mail("dan"), ["read"])
    desk.say(con.see(dan), draft.kind, mail("con"), **draft.fields)
    said = desk.say(dan.see(con), "message", mail("dan"))
    assert desk.why(said) == "its signer may only read there"


def test_what_names_nobody_is_not_of_who_has_no_address() -> None:
    """Opened before the team, in no name: the one member without an address is not its owner."""
    world = World()
    ada, odd = world.device("ada", "ada"), world.device("odd", "odd")
    desk = Desk(world)
    desk.say(ada, "open")
    ada.see(odd)
    world.found(ada)
    ada.say(ops.member(ops.record("member-odd", "", "", "contributor", ["ssh-ed25519 Odd"])))
    assert desk.state(desk.say(odd.see(ada), "delete", FOREIGN)) == "quarantined"
    assert world.standing().holder("") == ""
