"""Who takes part in a session, who was invited, who may do what."""

from domain.made import ADA, BEN, CY, entry, placed
from git_naturecode.domain.people import RIGHTS, USUAL
from git_naturecode.domain.session import build, row
from git_naturecode.render import session_json

OPEN = entry(0, "open", title="Plan", name="Ada")


def test_the_owner_may_do_everything_and_others_what_is_usual() -> None:
    session = build(placed(OPEN, entry(1, "join", by=BEN)))
    assert [(p.id, p.can) for p in session.participants] == [(ADA, RIGHTS), (BEN, USUAL)]
    told = session_json.json(session)["participants"][1]["permissions"]
    assert told == {"read": True, "write": True, "invite": False, "manage": False}
    assert session.people.can(CY, "write")
    assert not session.people.can(CY, "invite")


def test_the_invited_are_pending_until_they_join() -> None:
    ask = entry(1, "invite", who=BEN, can=["read"])
    session = build(placed(OPEN, ask))
    assert [(i.id, i.by, i.can) for i in session.invited] == [(BEN, ADA, ("read",))]
    assert row(session)["invited"] == [BEN]
    joined = build(placed(OPEN, ask, entry(2, "join", by="Ben@Example.com")))
    assert joined.invited == ()
    assert joined.participants[1].can == ("read",)
    late = entry(3, "invite", who=BEN, can=["read"])
    assert build(placed(OPEN, entry(2, "join", by=BEN), late)).invited == ()
    left = [ask, entry(2, "join", by=BEN), entry(3, "leave", by=BEN)]
    assert build(placed(OPEN, *left)).invited == ()
    again = build(placed(OPEN, *left, entry(4, "invite", who=BEN, can=["write"])))
    assert [(i.id, i.can) for i in again.invited] == [(BEN, ("read", "write"))]


def test_a_permission_is_a_register_of_its_own() -> None:
    first = entry(1, "set", field=f"can:{BEN}", value=["read"])
    second = entry(2, "set", field=f"can:{BEN}", value=["manage"], over=[first.id])
    people = build(placed(OPEN, entry(3, "join", by=BEN), second, first)).people
    assert people.can(BEN, "manage")
    assert not people.can(BEN, "write")
    assert people.can(ADA, "manage")


def test_the_owner_keeps_everything_whatever_is_set() -> None:
    session = build(placed(OPEN, entry(1, "set", field=f"can:{ADA}", value=[], by=BEN)))
    assert session.people.can(ADA, "manage")


def test_a_second_opening_does_not_change_the_owner() -> None:
    session = build(placed(OPEN, entry(5, "open", title="Mine now", by=BEN)))
    assert (session.owner, session.name) == (ADA, "Plan")


def test_nonsense_about_people_is_nothing() -> None:
    odd = [
        entry(1, "invite", who=7, can="all"), entry(2, "invite", who=BEN, can={"a": 1}),
        entry(3, "set", field="can:", value=3), entry(4, "join", by=["x"]),
    ]  # fmt: skip
    assert [i.can for i in build(placed(OPEN, *odd)).invited if i.id == BEN] == [USUAL]
