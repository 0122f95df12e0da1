"""Verdicts about entries: who may say what, in whose name, and where."""

import hashlib
from typing import Any

import pytest

from git_naturecode.domain.people import NOBODY
from git_naturecode.domain.policy import Authority, Line, Own, Standing, Verdict, judge, ops
from git_naturecode.domain.policy.rights import Facts, objection
from git_naturecode.store.entry import Entry, header_line
from git_naturecode.store.store import PRIVATE, TEAM, Placed

from .test_standing import team
from .world import Device, World, add

ENTITY = "session-20261101-aaaaaaaa"
OTHER = "session-20261102-bbbbbbbb"


class Desk:
    """A session that devices write entries to, each signed by its writer unless told otherwise."""

    def __init__(self, world: World, entity: str = ENTITY) -> None:
        self.world = world
        self.entity = entity
        self.placed: list[Placed] = []
        self.covers: dict[tuple[str, str], list[str]] = {}
        self.adopted: dict[tuple[str, str], list[str]] = {}
        self.others: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.number = 0

    def entry(self, kind: str, by: str = "", name: str = "", **fields: Any) -> Entry:
        self.number += 1
        at = fields.pop("at", f"2026-11-01T12:{self.number:02d}:00.000Z/0000")
        said = {"id": name or f"e{self.number}", "at": at, "kind": kind, "salt": str(self.number)}
        entry = Entry(header_line({**said, **({"by": by} if by else {}), **fields}))
        return self.put(entry)

    def put(self, entry: Entry, side: str = TEAM) -> Entry:
        self.placed.append(Placed(entry, self.entity, "0" * 16, side))
        return entry

    def say(self, device: Device, kind: str, by: str = "", **fields: Any) -> Entry:
        """`device` writes an entry, and signs it at once."""
        entry = self.entry(kind, by, **fields)
        self.sign(device, entry)
        return entry

    def sign(self, device: Device, *entries: Entry, deps: list[str] | None = None) -> Line:
        line = device.say(ops.sign(self.entity, [entry.key for entry in entries]), deps=deps)
        for entry in entries:
            self.covers.setdefault(entry.key, []).append(line.digest)
        return line

    def verdicts(self, standing: Standing | None = None, **more: Any) -> dict[str, Verdict]:
        standing = standing or self.world.standing()
        found = judge(
            standing, self.entity, self.placed, self.covers, self.adopted,
            lambda key: self.others.get(key, ()), **more,
        )  # fmt: skip
        return {name: verdict for (name, _), verdict in found.items()}

    def state(self, entry: Entry, **more: Any) -> str:
        return self.verdicts(**more)[entry.id].state

    def why(self, entry: Entry, **more: Any) -> str:
        return self.verdicts(**more)[entry.id].reason


def mail(name: str) -> str:
    return f"{name}@x.example"


@pytest.fixture
def desk() -> tuple[Desk, dict[str, Device]]:
    world, devices = team("ann:admin", "max:maintainer", "con", "dan", "vic:viewer", "bot:bot")
    desk = Desk(world)
    desk.say(devices["con"], "open", mail("con"), name="open")
    for device in devices.values():
        device.see(devices["con"])
    return desk, devices


Table = tuple[Desk, dict[str, Device]]
ALLOWED = [
    ("con", "message", {}), ("dan", "message", {}), ("dan", "comment", {}), ("dan", "file", {}),
    ("dan", "link", {}), ("dan", "unlink", {}), ("dan", "view", {}), ("vic", "react", {}),
    ("dan", "set", {"field": "title"}), ("dan", "add", {}), ("dan", "remove", {}),
    ("dan", "join", {}), ("dan", "join", {"who": ""}), ("dan", "leave", {}),
    ("con", "delete", {}), ("ann", "delete", {}),
    ("con", "invite", {"who": "x@y.z"}), ("max", "invite", {"who": "x@y.z"}),
    ("con", "set", {"field": "can:x@y.z", "value": ["read"]}), ("bot", "message", {}),
    ("bot", "comment", {}), ("max", "novel", {}), ("dan", "epoch", {}),
    ("dan", "set", {"field": "visibility"}), ("max", "edit", {"target": "open"}),
    ("con", "edit", {"target": "open"}), ("max", "redact", {"target": "open"}),
]  # fmt: skip
REFUSED = [
    ("vic", "message", {}), ("vic", "comment", {}), ("vic", "edit", {"target": "open"}),
    ("dan", "edit", {"target": "open"}), ("dan", "redact", {"target": "open"}),
    ("dan", "delete", {}), ("max", "delete", {}), ("dan", "invite", {"who": "x@y.z"}),
    ("dan", "set", {"field": "can:con@x.example", "value": ["read"]}), ("bot", "edit", {}),
    ("bot", "set", {"field": "title"}), ("bot", "open", {}), ("dan", "novel", {}),
    ("bot", "react", {}), ("dan", "edit", {}), ("dan", "redact", {"target": "nothing"}),
    ("dan", "join", {"who": "vic@x.example"}), ("dan", "leave", {"who": "con@x.example"}),
    ("vic", "epoch", {}), ("vic", "join", {}), ("vic", "set", {"field": "visibility"}),
]  # fmt: skip


@pytest.mark.parametrize(("who", "kind", "fields"), ALLOWED)
def test_what_may_be_said(desk: Table, who: str, kind: str, fields: Any) -> None:
    table, devices = desk
    assert table.state(table.say(devices[who], kind, mail(who), **fields)) == "verified"


@pytest.mark.parametrize(("who", "kind", "fields"), REFUSED)
def test_what_may_not_be_said(desk: Table, who: str, kind: str, fields: Any) -> None:
    table, devices = desk
    verdict = table.verdicts()["open"]
    entry = table.say(devices[who], kind, mail(who), **fields)
    verdict = table.verdicts()[entry.id]
    assert (verdict.state, verdict.counts) == ("quarantined", False)
    assert verdict.reason
    assert verdict.signer == f"member-{who}"


def test_only_who_signed_it_stands_behind_it(desk: Table) -> None:
    table, devices = desk
    posed = table.say(devices["dan"], "message", mail("con"))
    verdict = table.verdicts()[posed.id]
    assert verdict.state == "quarantined"
    assert verdict.reason == "it says it is by con@x.example, and dan@x.example signed it"
    stranger = table.say(devices["dan"], "message", "who@else.example")
    assert table.verdicts()[stranger.id] == Verdict(
        "vouched", "signed by dan@x.example", "member-dan"
    )
    loud = table.say(devices["dan"], "message", "DAN@X.example")
    assert table.state(loud) == "verified"


def test_a_copy_counts_for_who_said_it(desk: Table) -> None:
    table, devices = desk
    elsewhere = Desk(table.world, OTHER)
    said = elsewhere.say(devices["con"], "message", mail("con"), name="m1")
    copied = table.put(said)
    line = elsewhere.covers[said.key][0]
    assert table.state(copied) == "quarantined"  # of another session, and nobody here signed it
    table.sign(devices["dan"], copied)
    assert table.state(copied) == "quarantined"
    table.others[said.key] = [(OTHER, line)]
    assert table.state(copied) == "copied"
    redacted = elsewhere.say(devices["con"], "redact", mail("con"), target="m1", name="r1")
    table.put(redacted)
    table.sign(devices["dan"], redacted)
    assert table.state(redacted) == "quarantined"
    table.others[redacted.key] = [(OTHER, elsewhere.covers[redacted.key][0])]
    assert table.state(redacted) == "copied"
    table.sign(devices["vic"], table.put(elsewhere.say(devices["con"], "message", mail("con"))))
    assert table.state(table.placed[-1].entry) == "quarantined"  # a viewer copies nothing


def test_what_nobody_signed_is_in_quarantine_until_it_is_adopted(desk: Table) -> None:
    table, devices = desk
    entry = table.entry("message", mail("con"))
    assert table.why(entry) == "no member has signed it"
    for who, state in (("con", "quarantined"), ("max", "adopted")):
        line = devices[who].say(ops.adopt(ENTITY, [entry.key], "seen"))
        table.adopted.setdefault(entry.key, []).append(line.digest)
        assert table.state(entry) == state
    assert "adopt" in table.world.standing().refused[table.adopted[entry.key][0]].text
    stranger = table.world.device("odd", "odd")
    stranger.see(devices["ann"])
    alien = table.entry("message", "odd@x.example")
    table.sign(stranger, alien)
    assert table.why(alien) == "its device belongs to no member"


def test_what_was_there_before_the_team_is_inherited() -> None:
    world = World()
    ada, late, out = world.device("ada", "ada"), world.device("late", "late"), world.device("o", "")
    desk = Desk(world)
    old = desk.say(ada, "open", mail("ada"))
    ada.see(late)
    listed, unknown = desk.entry("message", "x@y.z"), desk.entry("message", "x@y.z")
    unseen = desk.say(late, "message", mail("late"))
    outside = desk.say(out, "message", mail("out"))
    world.found(ada)
    ada.say(add("late"))
    again = desk.say(late.see(ada), "message", mail("late"))
    found = desk.verdicts(inherited={listed.hash})
    assert found[old.id].state == found[listed.id].state == "inherited"
    assert found[unknown.id].state == found[outside.id].state == "quarantined"
    assert found[unseen.id].state == "unverified"
    assert found[again.id].state == "verified"


def test_what_this_clone_has_not_signed_yet_counts(desk: Table) -> None:
    table, devices = desk
    mine, other = table.entry("message", mail("dan")), table.entry("message", mail("dan"))
    own = Own(devices["dan"].id, {mine.key})
    assert table.state(mine, own=own) == "unverified"
    assert table.state(other, own=own) == "quarantined"
    assert table.state(mine, own=Own(devices["vic"].id, {mine.key})) == "quarantined"


def test_private_entries_are_nobodys_business(desk: Table) -> None:
    table, _ = desk
    entry = Entry(header_line({"id": "p", "at": "2026-11-01T12:00:00.000Z/0000", "kind": "x"}))
    table.put(entry, PRIVATE)
    assert "p" not in table.verdicts()


def test_permissions_of_participants_count_once_they_are_seen(desk: Table) -> None:
    table, devices = desk
    deaf = table.say(devices["dan"], "message", mail("dan"))
    table.say(devices["con"], "set", mail("con"), field="can:dan@x.example", value=["read"])
    unseen = table.say(devices["dan"], "message", mail("dan"))
    devices["dan"].see(devices["con"])
    seen = table.say(devices["dan"], "message", mail("dan"))
    assert [table.state(e) for e in (deaf, unseen, seen)] == ["verified", "verified", "quarantined"]
    assert table.why(seen) == "its signer may only read there"


def test_a_right_to_invite_is_nothing_without_the_role_and_the_word(desk: Table) -> None:
    table, devices = desk
    table.say(devices["con"], "invite", mail("con"), who=mail("vic"), can=["write", "invite"])
    table.say(devices["con"], "invite", mail("con"), who=mail("dan"), can=["read", "invite"])
    for who, why in (("vic", "a viewer may not invite"), ("dan", "its signer may only read there")):
        device = devices[who].see(devices["con"])
        assert table.why(table.say(device, "invite", mail(who), who="x@y.z", can=["read"])) == why


def test_who_manages_permits_and_who_invites_brings_along(desk: Table) -> None:
    table, devices = desk
    can = ["write", "invite", "manage"]
    table.say(devices["con"], "invite", mail("con"), who=mail("dan"), can=can)
    table.say(devices["con"], "invite", mail("con"), who="x@y.z", can=["write"])
    dan = devices["dan"].see(devices["con"])
    managed: list[tuple[str, dict[str, Any]]] = [
        ("set", {"field": "can:x@y.z", "value": ["read"]}), ("join", {"who": "x@y.z"}),
        ("invite", {"who": "x@y.z", "can": ["read"]}), ("leave", {"who": "x@y.z"}),
    ]  # fmt: skip
    for kind, fields in managed:
        assert table.state(table.say(dan, kind, mail("dan"), **fields)) == "verified", kind
    table.say(devices["con"], "set", mail("con"), field="can:dan@x.example", value=can[:2])
    dan.see(devices["con"])
    invited: list[tuple[str, dict[str, Any], str]] = [
        ("join", {"who": "x@y.z"}, "verified"), ("leave", {"who": "x@y.z"}, "quarantined"),
        ("set", {"field": "can:x@y.z", "value": ["read"]}, "quarantined"),
        ("invite", {"who": "new@y.z", "can": ["write"]}, "verified"),
        ("add", {"field": "can:x@y.z", "value": "read"}, "verified"),  # it means nothing
        ("comment", {"who": "x@y.z"}, "verified"), ("join", {"who": 7}, "verified"),
        ("join", {"who": ""}, "verified"), ("set", {"field": ["can:x@y.z"]}, "verified"),
    ]  # fmt: skip
    for kind, fields, state in invited:
        assert table.state(table.say(dan, kind, mail("dan"), **fields)) == state, (kind, fields)
    eve = devices["max"]
    table.say(devices["con"], "set", mail("con"), field="can:max@x.example", value=["read"])
    eve.see(devices["con"])
    assert table.state(table.say(eve, "invite", mail("max"), who="y@y.z")) == "verified"


def test_what_is_not_a_session_has_its_own_permissions() -> None:
    world, devices = team("con", "vic:viewer")
    devices["ada"].say(ops.role("member-con", "contributor", deny=["createSessions", "kb:edit"]))
    devices["con"].see(devices["ada"])
    devices["ada"].say(ops.role("member-con", "contributor", deny=["createSessions"]))
    for noun, state in (("kb", "quarantined"), ("review", "verified")):
        desk = Desk(world, f"{noun}-20261101-aaaaaaaa")
        assert desk.state(desk.say(devices["con"], "open", mail("con"))) == state
    article = Desk(world, "kb-20261102-aaaaaaaa")
    con = devices["con"].see(devices["ada"])
    assert article.state(article.say(con, "open", mail("con"))) == "verified"
    devices["ada"].say(ops.role("member-con", "maintainer", deny=["createSessions"]))
    project = Desk(world, "project-20261101-aaaaaaaa")
    con = devices["con"].see(devices["ada"])
    assert project.state(project.say(con, "open", mail("con"))) == "verified"


def test_an_owner_writes_in_his_session_whatever_is_permitted(desk: Table) -> None:
    table, devices = desk
    table.say(devices["max"], "set", mail("max"), field="can:con@x.example", value=["read"])
    owner = table.say(devices["con"].see(devices["max"]), "message", mail("con"))
    assert table.state(owner) == "verified"


def test_who_has_no_role_says_nothing() -> None:
    for role in ("", "none"):
        who = Authority("member-x", role, frozenset({"session:edit"}))
        assert objection(who, "message", {}, Facts()) == "its signer has no role"


def test_a_guest_invites_as_far_as_he_may(desk: Table) -> None:
    table, devices = desk
    table.say(devices["con"], "invite", mail("con"), who=mail("dan"), can=["write", "invite"])
    dan = devices["dan"].see(devices["con"])
    assert table.state(table.say(dan, "invite", mail("dan"), who="x@y.z", can=["write"])) == (
        "verified"
    )
    more = table.say(dan, "invite", mail("dan"), who="z@y.z", can=["write", "manage"])
    assert table.why(more) == "its signer gives what he has not himself"
    others = table.say(dan, "invite", mail("dan"), who="x@y.z", can=["read"])
    assert table.why(others) == "its signer may not change what others may do"
    permits = table.say(dan, "set", mail("dan"), field="can:x@y.z", value=["read"])
    assert not table.verdicts()[permits.id].counts


def test_nobody_takes_a_session_over_by_opening_it_again(desk: Table) -> None:
    table, devices = desk
    again = table.say(devices["dan"], "open", mail("dan"), at="2019-01-01T00:00:00.000Z/0000")
    deleted = table.say(devices["dan"], "delete", mail("dan"))
    found = table.verdicts()
    assert found[again.id].state == found[deleted.id].state == "quarantined"
    assert found["open"].state == "verified"
    hidden = table.entry("open", mail("dan"), at="2018-01-01T00:00:00.000Z/0000")
    table.sign(devices["dan"], hidden, deps=[])
    mine = table.say(devices["con"], "delete", mail("con"))
    found = table.verdicts()
    # The line before it in his own chain had seen it, so nothing is hidden.
    assert not found[hidden.id].counts
    assert found[mine.id].counts


def test_of_two_who_opened_it_at_once_nobody_is_the_owner() -> None:
    world, devices = team("con", "dan")
    desk = Desk(world)
    for who in ("con", "dan"):
        desk.say(devices[who], "open", mail(who))
    deleted = [desk.say(devices[who], "delete", mail(who)) for who in ("con", "dan")]
    found = desk.verdicts()
    assert [v.state for v in found.values()][:2] == ["verified", "verified"]
    assert not any(found[entry.id].counts for entry in deleted)


def test_a_withdrawn_word_says_why(desk: Table) -> None:
    table, devices = desk
    devices["ann"].say(ops.remove("member-dan"))
    gone = table.say(devices["dan"], "message", mail("dan"))
    devices["ann"].say(ops.role("member-con", "viewer"))
    less = table.say(devices["con"], "message", mail("con"))
    assert table.why(gone) == "withdrawn after removal of dan"
    assert table.why(less) == "withdrawn after demotion of con"


def test_a_session_for_a_team_is_not_for_others(desk: Table) -> None:
    table, devices = desk
    ann = devices["ann"]
    ann.say(ops.team("team-two", "Two"), ops.team_member("team-two", "member-dan", True))
    devices["con"].see(ann)
    table.say(devices["con"], "set", mail("con"), field="team", value="team-two")
    for who in ("dan", "max"):
        devices[who].see(devices["con"])
    inside, outside = (table.say(devices[w], "message", mail(w)) for w in ("dan", "max"))
    owner = table.say(devices["con"], "message", mail("con"))
    assert [table.state(e) for e in (inside, outside, owner)] == [
        "verified", "quarantined", "verified"
    ]  # fmt: skip


def test_denied_and_allowed_permissions_count() -> None:
    world, devices = team("con", "dan", "vic:viewer")
    ada = devices["ada"]
    ada.say(ops.role("member-con", "contributor", deny=["createSessions"]),
            ops.role("member-dan", "contributor", deny=["joinSessions", "shareSessions"]),
            ops.role("member-vic", "viewer", allow=["session:edit"]))  # fmt: skip
    desk = Desk(world)
    for device in devices.values():
        device.see(ada)
    opened = desk.say(devices["con"], "open", mail("con"))
    assert desk.why(opened) == "needs createSessions, and a contributor has it not"
    disguised = desk.say(devices["con"], "open", mail("con"), field="team")
    assert desk.why(disguised) == "needs createSessions, and a contributor has it not"
    assert desk.state(desk.say(devices["vic"], "message", mail("vic"))) == "verified"
    for kind, fields in (
        ("join", {}),
        ("set", {"field": "visibility"}),
        ("set", {"field": "team"}),
    ):
        entry = desk.say(devices["dan"], kind, mail("dan"), **fields)
        assert not desk.verdicts()[entry.id].counts


def test_in_an_open_team_everything_is_shown(desk: Table) -> None:
    table, devices = desk
    entry = table.say(devices["vic"], "message", mail("vic"))
    bare = table.entry("message", mail("con"))
    assert table.state(entry) == table.state(bare) == "quarantined"
    devices["ann"].say(ops.policy("open"))
    found = table.verdicts()
    assert found[entry.id].state == found[bare.id].state == "unverified"
    assert found["open"].state == "verified"


def test_without_a_team_what_is_signed_is_verified() -> None:
    world = World()
    desk = Desk(world)
    one = desk.say(world.device("ada", ""), "message", mail("ada"))
    two = desk.entry("message", mail("ada"))
    assert (desk.state(one), desk.state(two)) == ("verified", "unverified")


def test_while_the_pinned_team_is_not_here_nothing_counts(desk: Table) -> None:
    table, _ = desk
    standing = table.world.standing(pinned="ab" * 32)
    assert (standing.mode, standing.team) == ("enforced", "ab" * 32)
    assert not any(verdict.counts for verdict in table.verdicts(standing).values())


def test_an_address_of_two_members_proves_nothing() -> None:
    world, devices = team("ann:admin", "bob:admin")
    for who, name in (("ann", "eve"), ("bob", "evi")):
        record = ops.record(f"member-{name}", name, mail("eve"), "contributor",
                            [f"ssh-ed25519 {name.capitalize()}"])  # fmt: skip
        devices[who].say(ops.member(record))
    evi = world.device("evi", "evi").see(*devices.values())
    desk = Desk(world)
    entry = desk.say(evi, "message", mail("eve"))
    assert desk.verdicts()[entry.id] == Verdict(
        "vouched", "two members have this address", "member-evi"
    )
    assert hashlib.sha256(b"").hexdigest() not in world.standing().refused


def test_what_was_inherited_is_so_in_an_open_team_too() -> None:
    world = World()
    ada = world.device("ada", "ada")
    desk = Desk(world)
    old = desk.say(ada, "open", mail("ada"))
    world.found(ada, mode="open")
    assert desk.state(old) == "inherited"


def test_who_is_told_to_stand_behind_it_does_not_depend_on_who_came_first(desk: Table) -> None:
    table, devices = desk
    entry = table.entry("message", "x@y.z")
    for who in ("dan", "con"):
        table.sign(devices[who], entry)
    taken = table.entry("message", mail("con"))
    for who in ("max", "ann"):
        line = devices[who].say(ops.adopt(ENTITY, [taken.key], ""))
        table.adopted.setdefault(taken.key, []).append(line.digest)
    before = table.verdicts()
    for lines in (table.covers[entry.key], table.adopted[taken.key]):
        lines.reverse()
    assert table.verdicts() == before


def test_two_contents_under_one_id_are_nobodys(desk: Table) -> None:
    table, devices = desk
    for who in ("con", "dan"):
        table.say(devices[who], "message", mail(who), name="same")
    edit = table.say(devices["con"], "edit", mail("con"), target="same")
    assert table.why(edit) == "only a maintainer may edit what another said"


def test_of_several_addresses_one_forbids_to_write_and_one_suffices_to_invite() -> None:
    who = Authority("m", "contributor", frozenset(), frozenset({"a@x.y", "b@x.y"}))
    rights = {"a@x.y": ("read",), "b@x.y": ("read", "write", "invite")}
    one = NOBODY._replace(rights=rights)
    facts = Facts(people=one)
    assert not facts.may(who, "write")
    assert facts.may(who, "invite")
    assert not facts.may(who, "manage")
    assert not Facts().is_owner(Authority("", "contributor", frozenset(), frozenset({""})))


def test_who_has_the_address_that_opened_it_is_the_owner_in_any_spelling() -> None:
    who = Authority("m", "contributor", frozenset(), frozenset({"con@x.y"}))
    assert Facts("Con@x.y ").is_owner(who)
    assert Facts("m").is_owner(who)
    assert not Facts("dan@x.y").is_owner(who)


def test_a_pose_counts_nowhere(desk: Table) -> None:
    table, devices = desk
    posed = table.entry("message", mail("con"))
    own = Own(devices["dan"].id, {posed.key})
    assert table.state(posed, own=own) == "quarantined"
    world = World()
    ada, late = world.device("ada", "ada"), world.device("late", "late")
    other = Desk(world)
    early = other.say(late, "message", mail("ada"))
    world.found(ada)
    ada.say(add("late"))
    late.see(ada).say()
    assert other.state(early) == "quarantined"


def test_only_edits_and_redactions_are_carried_by_who_may_write(desk: Table) -> None:
    table, devices = desk
    elsewhere = Desk(table.world, OTHER)
    elsewhere.say(devices["con"], "open", mail("con"))
    deleted = elsewhere.say(devices["con"], "delete", mail("con"), name="gone")
    hidden = elsewhere.say(devices["con"], "redact", mail("con"), target="open", name="r")
    for entry in (deleted, hidden):
        table.put(entry)
        table.others[entry.key] = [(OTHER, elsewhere.covers[entry.key][0])]
    table.sign(devices["dan"], deleted)  # of another session of his: it is not to end this one
    table.sign(devices["vic"], hidden)
    assert table.state(deleted) == table.state(hidden) == "quarantined"
    table.sign(devices["dan"], hidden)
    assert table.state(hidden) == "copied"


def test_who_opened_it_before_the_team_is_its_owner() -> None:
    world = World()
    ada, con, dan = (world.device(n, n) for n in ("ada", "con", "dan"))
    desk = Desk(world)
    first = desk.say(con, "open", mail("con"))
    ada.see(con, dan)
    world.found(ada)
    ada.say(add("con"), add("dan"))
    con.see(ada)
    again = desk.say(dan.see(ada), "open", mail("dan"), at="2019-01-01T00:00:00.000Z/0000")
    mine, his = (desk.say(d, "delete", mail(n)) for d, n in ((con, "con"), (dan, "dan")))
    found = desk.verdicts()
    assert [found[e.id].counts for e in (first, again, mine, his)] == [True, False, True, False]


def test_what_is_signed_needs_no_adoption(desk: Table) -> None:
    table, devices = desk
    line = devices["max"].say(ops.adopt(ENTITY, [table.placed[0].entry.key], ""))
    table.adopted[table.placed[0].entry.key] = [line.digest]
    assert table.verdicts()["open"].state == "verified"
    odd = table.say(devices["dan"], "message")  # names nobody
    assert table.state(odd) == "verified"


def test_joining_by_ones_own_name_needs_no_right_to_invite(desk: Table) -> None:
    table, devices = desk
    assert table.state(table.say(devices["dan"], "join", mail("dan"), who=mail("dan"))) == (
        "verified"
    )


def test_who_manages_gives_no_more_than_he_has(desk: Table) -> None:
    table, devices = desk
    table.say(devices["con"], "invite", mail("con"), who=mail("dan"), can=["write", "manage"])
    dan = devices["dan"].see(devices["con"])
    more = table.say(dan, "set", mail("dan"), field="can:x@y.z", value=["invite"])
    assert table.why(more) == "its signer gives what he has not himself"


def test_what_does_not_count_permits_nothing(desk: Table) -> None:
    table, devices = desk
    table.say(devices["dan"], "set", mail("dan"), field="can:max@x.example", value=["read"])
    said = table.say(devices["max"].see(devices["dan"]), "message", mail("max"))
    assert table.state(said) == "verified"


def test_in_an_open_team_a_session_is_opened_as_often_as_one_likes(desk: Table) -> None:
    table, devices = desk
    again = table.say(devices["dan"], "open", mail("dan"))
    assert table.why(again) == "it was opened before by somebody else"
    devices["ann"].say(ops.policy("open"))
    assert table.state(again) == "verified"


@pytest.mark.parametrize("by", [7, ""])
def test_an_entry_that_names_nobody_is_its_signers(desk: Table, by: Any) -> None:
    table, devices = desk
    said = Entry(header_line({"id": "m", "at": "2026-11-02T00:00:00.000Z/0000", "by": by,
                              "kind": "message", "salt": "s"}))  # fmt: skip
    table.sign(devices["dan"], table.put(said))
    assert table.state(said) == "verified"
    edit = table.say(devices["dan"], "edit", mail("dan"), target="m")
    assert table.state(edit) == "verified"


def test_without_a_team_nobody_says_two_things_at_once() -> None:
    world = World()
    desk, ada = Desk(world), world.device("ada", "")
    said = desk.say(ada, "message", mail("ada"))
    twin = ada.make(ada.lines[:-1], [{"op": "novel"}])
    world.lines[twin.digest] = twin
    assert desk.state(said) == "unverified"


def test_what_was_signed_without_right_is_taken_in_by_a_maintainer(desk: Table) -> None:
    table, devices = desk
    said = table.say(devices["vic"], "message", mail("vic"))
    odd = table.world.device("odd", "odd").see(devices["ann"])
    for device, state in ((odd, "quarantined"), (devices["max"], "adopted")):
        line = device.say(ops.adopt(ENTITY, [said.key], ""))
        table.adopted.setdefault(said.key, []).append(line.digest)
        assert table.state(said) == state
    listed = table.say(devices["vic"], "message", mail("vic"))
    assert table.state(listed, inherited={listed.hash}) == "inherited"


def test_a_word_that_nobody_might_say_elsewhere_is_not_carried(desk: Table) -> None:
    table, devices = desk
    odd = table.world.device("odd", "odd").see(devices["ann"])
    elsewhere = Desk(table.world, OTHER)
    for who in (odd, devices["vic"]):
        hidden = elsewhere.say(who, "redact", mail("vic"), target="open", name=f"r{who.id}")
        table.put(hidden)
        table.others[hidden.key] = [(OTHER, elsewhere.covers[hidden.key][0])]
        table.sign(devices["dan"], hidden)
        assert table.state(hidden) == "quarantined"


def test_an_address_goes_with_who_has_it() -> None:
    """Of somebody who was removed it proves what he said; to somebody else it is free again."""
    world, devices = team("ann:admin")

    def record(name: str) -> Any:
        key = [f"ssh-ed25519 {name.capitalize()}"]
        return ops.record(f"member-{name}", name, mail("eve"), "contributor", key)

    ann = devices["ann"]
    ann.say(ops.member(record("eve")))
    desk = Desk(world)
    eve = world.device("eve", "eve").see(ann)
    early = desk.say(eve, "message", mail("eve"))
    ann.see(eve).say(ops.remove("member-eve"))
    ann.say(ops.member(record("evi")))
    later = desk.say(world.device("evi", "evi").see(ann), "message", mail("eve"))
    found = desk.verdicts()
    assert (found[early.id].state, found[later.id].state) == ("verified", "verified")


def test_whoever_adds_a_member_does_not_speak_for_him(desk: Table) -> None:
    table, devices = desk
    before, beside = (table.entry("message", mail("eve")) for _ in range(2))
    table.sign(devices["ann"], before)
    said = ops.sign(ENTITY, [beside.key])
    line = devices["ann"].say(add("eve"), said)
    table.covers[beside.key] = [line.digest]
    assert table.state(before) == "vouched"  # there was nobody with that address
    assert table.why(beside) == "it says it is by eve@x.example, and ann@x.example signed it"


def test_what_a_viewer_signed_here_another_may_carry(desk: Table) -> None:
    table, devices = desk
    said = table.say(devices["vic"], "message", mail("vic"))
    odd = table.world.device("odd", "odd").see(devices["ann"])
    table.sign(odd, said)
    table.sign(devices["dan"], said)
    assert table.state(said) == "copied"
    posed = table.say(devices["dan"], "message", mail("con"), name="pose")
    edit = table.say(devices["con"], "edit", mail("con"), target=posed.id)
    assert table.why(edit) == "only a maintainer may edit what another said"


def test_what_this_clone_wrote_counts_whoever_else_has_signed_it(desk: Table) -> None:
    table, devices = desk
    mine = table.entry("message", mail("dan"))
    table.sign(devices["vic"], mine)
    assert table.state(mine, own=Own(devices["dan"].id, {mine.key})) == "unverified"
    odd = table.entry("message", mail("odd"))
    assert table.why(odd, own=Own("0" * 16, {odd.key})) == "its device belongs to no member"


def test_who_signed_it_is_called_by_what_is_known_of_him() -> None:
    world, devices = team("ann:admin")
    desk = Desk(world)
    for name, called in (("", "member-eve"), ("Eve", "Eve")):
        record = ops.record("member-eve", name, "", "contributor", ["ssh-ed25519 Eve"])
        devices["ann"].say(ops.member(record))
        eve = world.device(f"eve{name}", "eve").see(devices["ann"])
        assert desk.why(desk.say(eve, "message", mail("x"))) == f"signed by {called}"


def test_what_was_permitted_before_the_team_holds() -> None:
    world = World()
    ada, con, dan = (world.device(n, n) for n in ("ada", "con", "dan"))
    desk = Desk(world)
    opens = [desk.say(con, "open", by) for by in (mail("con"), "x@y.z")]
    opens.append(desk.put(Entry(header_line({**opens[0].header, "id": "odd", "by": 7}))))
    desk.sign(con, opens[-1])
    desk.say(con, "set", mail("con"), field="can:dan@x.example", value=["read"])
    ada.see(con, dan)
    world.found(ada)
    ada.say(add("con"), add("dan"))
    said = desk.say(dan.see(ada), "message", mail("dan"))
    assert desk.why(said) == "its signer may only read there"
    assert all(desk.state(one) == "inherited" for one in opens)


def test_who_opened_it_before_the_team_may_say_so_again() -> None:
    world = World()
    ada, con = world.device("ada", "ada"), world.device("con", "con")
    desk = Desk(world)
    desk.say(con, "open", mail("con"))
    ada.see(con)
    world.found(ada)
    ada.say(add("con"))
    assert desk.state(desk.say(con.see(ada), "open", mail("con"))) == "verified"


def test_of_what_one_line_says_the_earlier_permits_the_later(desk: Table) -> None:
    table, devices = desk
    table.say(devices["con"], "invite", mail("con"), who=mail("dan"), can=["write", "manage"])
    dan = devices["dan"].see(devices["con"])
    permit = {"field": "can:dan@x.example", "value": ["read"]}
    steps: list[tuple[str, dict[str, Any]]] = [("message", {}), ("set", permit), ("message", {})]
    said = [table.entry(kind, mail("dan"), **more) for kind, more in steps]
    table.sign(dan, *said)
    assert [table.state(one) for one in said] == ["verified", "verified", "quarantined"]


def test_an_open_that_is_not_signed_yet_comes_last(desk: Table) -> None:
    table, devices = desk
    again = table.entry("open", mail("dan"), at="2019-01-01T00:00:00.000Z/0000")
    found = table.verdicts(own=Own(devices["dan"].id, {again.key}))
    assert (found["open"].state, found[again.id].state) == ("verified", "quarantined")


def test_a_team_that_is_no_name_is_everybody(desk: Table) -> None:
    table, devices = desk
    table.say(devices["con"], "set", mail("con"), field="team", value=7)
    table.say(devices["con"], "add", mail("con"), field="team", value="team-two")
    said = table.say(devices["dan"].see(devices["con"]), "message", mail("dan"))
    assert table.state(said) == "verified"


def test_who_copied_a_message_is_not_its_author(desk: Table) -> None:
    table, devices = desk
    elsewhere = Desk(table.world, OTHER)
    said = table.put(elsewhere.say(devices["con"], "message", mail("con"), name="m1"))
    table.others[said.key] = [(OTHER, elsewhere.covers[said.key][0])]
    table.sign(devices["dan"], said)
    edit = table.say(devices["dan"], "edit", mail("dan"), target="m1")
    assert table.why(edit) == "only a maintainer may edit what another said"
    own = table.say(devices["con"], "edit", mail("con"), target="m1")
    assert table.state(own) == "verified"


@pytest.mark.parametrize(
    "said", [{"field": "team", "value": "team-two"}, {"field": "can:dan@x.example", "value": []}]
)
@pytest.mark.parametrize("field", ["title", "can:x@y.z", "team"])
def test_an_earlier_stamp_escapes_nothing(desk: Table, said: dict[str, Any], field: str) -> None:
    """Who has seen what he may not do there writes a stamp of before, in words he likes."""
    table, devices = desk
    devices["ann"].say(ops.team("team-two", "Two"))
    table.say(devices["con"].see(devices["ann"]), "set", mail("con"), **said)
    dan = devices["dan"].see(devices["con"])
    early = "2026-11-01T11:00:00.000Z/0000"
    assert table.state(table.say(dan, "message", mail("dan"), field=field, at=early)) == (
        "quarantined"
    )


def test_who_brings_in_what_somebody_else_began_is_its_owner() -> None:
    world, devices = team("con")
    desk = Desk(world)
    opened = desk.say(devices["con"], "open", "odd@else.example")
    deleted = desk.say(devices["con"], "delete", mail("con"))
    assert [desk.state(opened), desk.state(deleted)] == ["vouched", "verified"]


EARLY = "2026-11-01T11:00:00.000Z/0000"


def test_who_may_only_read_gives_himself_nothing_by_an_earlier_stamp(desk: Table) -> None:
    table, devices = desk
    con, dan = devices["con"], devices["dan"]
    first = "2026-11-01T10:00:00.000Z/0000"
    table.say(con, "invite", mail("con"), who=mail("dan"), can=["write", "manage"], at=first)
    less = table.say(con, "set", mail("con"), field="can:dan@x.example", value=["read"])
    more = {"field": "can:dan@x.example", "value": ["write", "manage"], "over": [less.id]}
    took = table.say(dan.see(con), "set", mail("dan"), at=EARLY, **more)
    table.sign(dan, less)  # whoever else signs it, and when
    said = table.say(dan, "message", mail("dan"))
    assert [table.state(took), table.state(said)] == ["quarantined", "quarantined"]


def test_who_is_not_in_the_team_opens_nothing_by_an_earlier_stamp(desk: Table) -> None:
    table, devices = desk
    con, dan = devices["con"], devices["dan"]
    devices["ann"].say(ops.team("team-two", "Two"))
    shut = table.say(con.see(devices["ann"]), "set", mail("con"), field="team", value="team-two")
    more = {"field": "team", "value": "", "over": [shut.id]}
    took = table.say(dan.see(con), "set", mail("dan"), at=EARLY, **more)
    said = table.say(dan, "message", mail("dan"))
    assert [table.state(took), table.state(said)] == ["quarantined", "quarantined"]
