"""Attacks on who may say what (research/security.md C): made for real, refused, and told.

Each ends with the reason, in bounded time, with the user's refs and files as they were and not a
word of it in any view. docs/design/attacks.md says which row is which test.
"""

import re
import shutil
import subprocess

import pytest

from box import Box, Clone
from policy_oracle import wire
from security.thief import BRANCH, Team, Thief, admit, device_of, stolen, team

EVIL = "zanzibar"


@pytest.fixture
def core(box: Box) -> Team:
    """Ada (admin), Ben (contributor) and Eve (may push)."""
    return team(box)


def _sign(session: str, *keys: tuple[str, str]) -> wire.Op:
    return {"op": "sign", "entity": session, "names": sorted(map(list, keys))}


def _member(core: Team, name: str) -> str:
    shown = core.ada.nc("team", "show", "--json").json["members"]
    found = [one["id"] for one in shown if one["email"] == f"{name}@example.com"]
    return str(found[0])


def test_a_forged_entry(core: Team) -> None:
    """Eve writes into the log of Ada's device, in Ada's name; Ada never signs it either."""
    thief = Thief(core.eve)
    thief.entry(core.session, device_of(core.ada), "ada@example.com", EVIL)
    thief.push()
    for clone in (core.ben, core.ada):
        core.refused(clone, EVIL, "no member has signed it", "nobody", "unsigned")
    core.ada.nc("session", "say", core.session, "and on")
    core.ada.nc("sync")
    core.ben.nc("sync")
    assert core.texts(core.ben)[2:] == ["and on"]


def test_an_entry_that_a_stranger_signs(core: Team) -> None:
    """With the real program, which warns her, and with a device that nobody certified."""
    thief = Thief(core.eve)
    mine = wire.device("eve's own")
    key = thief.entry(core.session, mine.id, "eve@example.com", EVIL)
    device = {"op": "device", "seal": mine.seal, "label": "eve"}
    thief.line(mine, device, _sign(core.session, key), deps=thief.seen())
    thief.push()
    for clone in (core.ada, core.ben):
        core.refused(clone, EVIL, "belongs to no member")


def test_saying_it_was_ada(core: Team) -> None:
    """Ben, with his own key, under Ada's name."""
    thief = Thief(core.eve)
    key = stolen(core.ben)
    said = thief.entry(core.session, key.id, "ada@example.com", EVIL)
    thief.line(key, _sign(core.session, said), deps=thief.seen(key.id))
    thief.push()
    core.refused(core.ada, EVIL, "ada@example.com")


def test_promoting_oneself(core: Team) -> None:
    """The program refuses it before anything is written; a line made by hand is refused later."""
    said = core.ben.nc("team", "role", "ben@example.com", "admin", code=5)
    assert said.err.startswith("error:")
    assert "hint:" in said.err
    thief = Thief(core.eve)
    key = stolen(core.ben)
    role = {"op": "role", "member": _member(core, "ben"), "role": "admin", "allow": [],
            "deny": [], "over": []}  # fmt: skip
    thief.line(key, role, deps=thief.seen(key.id))
    said_by_him = thief.entry(core.session, key.id, "ben@example.com", EVIL, "delete")
    thief.line(key, _sign(core.session, said_by_him))
    thief.push()
    core.refused(core.ada, EVIL, "delete")
    assert core.members(core.ada) == {"ada": "admin", "ben": "contributor"}
    log = core.ada.nc("trust", "show", "--log").out
    assert "refused" in log


def test_a_revoked_key_that_writes_into_the_past(core: Team) -> None:
    """The thief of Ben's laptop says that he has not heard of the revocation, and is early."""
    thief = Thief(core.eve)
    key = stolen(core.ben)
    old = thief.seen(key.id)
    core.ada.nc("device", "revoke", key.id, "--yes")
    core.ada.nc("sync")
    thief = Thief(core.eve)
    early = "2026-11-20T00:00:00.000Z/0000"
    said = thief.entry(core.session, key.id, "ben@example.com", EVIL, at=early)
    thief.line(key, _sign(core.session, said), deps=old, at=early)
    thief.push()
    core.refused(core.ada, EVIL, "revo")
    assert core.texts(core.ada) == ["from ada", "from ben"], "what he had said before stays"


def test_the_accomplice_of_a_removed_admin(box: Box) -> None:
    """Ben, who does not know yet that he is removed, makes Eve an admin, who removes Ada."""
    core = team(box, "admin")
    core.ada.nc("team", "remove", "ben@example.com")
    said = core.ben.nc("team", "add", "eve@example.com", "--role", "admin").out
    code = re.search(r"nc-invite1:\S+", said)
    assert code
    core.ben.nc("sync")
    core.eve.nc("sync")
    core.eve.nc("team", "join", code[0])
    assert core.members(core.eve)["eve"] == "admin", "as far as she knows"
    core.eve.tried("team", "remove", "ada@example.com")
    core.eve.tried("session", "say", core.session, EVIL)
    core.eve.tried("sync")
    core.ada.tried("sync")
    core.unharmed(core.ada, EVIL)
    assert core.members(core.ada) == {"ada": "admin"}
    held = core.ada.nc("quarantine", "list", "--json").json["items"]
    assert all(one["reason"] for one in held)
    assert "refused" in core.ada.nc("trust", "show", "--log").out


def test_lines_of_another_repository(box: Box, core: Team) -> None:
    """Where Ben is an admin of his own team, with the same member key; brought here by Eve."""
    other = box.remote("elsewhere")
    ben = box.person(other, "ben", "ben-elsewhere")
    ben.nc("team", "create", "Core")
    session = ben.start(EVIL)
    ben.nc("team", "add", "eve@example.com", "--role", "admin")
    ben.nc("sync")
    source, thief = Thief(ben), Thief(core.eve)
    listed = ben.git("ls-tree", "-r", "--name-only", "FETCH_HEAD", "log").split()
    for path in listed:
        thief.files[path] = source.text(path)
    thief.push()
    core.refused(core.ada, EVIL)
    assert core.members(core.ada) == {"ada": "admin", "ben": "contributor"}
    core.ada.nc("session", "show", session, code=1)


def test_a_host_that_serves_an_older_state(core: Team) -> None:
    """What was there is missing: an alarm, and it is put back from what this clone has."""
    core.ada.nc("session", "say", core.session, "newer")
    tip = _tip(core)
    core.ada.nc("sync")
    core.ben.nc("sync")
    subprocess.run(["git", "update-ref", f"refs/heads/{BRANCH}", tip], cwd=core.hub, check=True)
    core.fence()
    cost = core.refused(core.ben, EVIL, "set back")
    assert "set back" in cost.err
    assert core.texts(core.ben) == ["from ada", "from ben", "newer"]
    assert _tip(core) != tip, "healed"
    core.ada.tried("sync")
    assert core.texts(core.ada) == ["from ada", "from ben", "newer"]


def _tip(core: Team) -> str:
    done = subprocess.run(
        ["git", "rev-parse", BRANCH], cwd=core.hub, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_one_key_that_says_two_things(core: Team) -> None:
    """In one place of its chain: the device is frozen from there, both lines are shown."""
    thief = Thief(core.eve)
    key = stolen(core.ben)
    count = len(thief.log(key.id))
    said = thief.entry(core.session, key.id, "ben@example.com", EVIL)
    thief.line(key, _sign(core.session, said), deps=thief.seen(key.id), place=count)
    thief.push()
    cost = measured_sync(core.ada)
    assert "two things" in cost
    shown = core.ada.nc("trust", "show", "--json").json["equivocations"]
    assert [one["device"] for one in shown] == [key.id]
    assert EVIL not in core.ada.nc("session", "show", core.session).out


def measured_sync(clone: Clone) -> str:
    """What a sync says that needs a person."""
    return clone.nc("sync", code=3).err


def test_a_second_team_over_the_first(core: Team) -> None:
    """Eve begins a team of her own; who has pinned one keeps it, and is told of the other."""
    core.eve.tried("team", "create", EVIL)
    thief = Thief(core.eve)
    mine = wire.device("eve's own")
    genesis = {
        "op": "genesis", "mode": "open", "nonce": "1", "heads": {}, "inherited": [],
        "team": {"id": "team-20261126-00000009", "name": EVIL, "settings": {}},
        "founder": {"id": "member-20261126-00000009", "name": "eve", "email": "eve@example.com",
                    "role": "admin", "keys": [wire.member_key("eve")], "teams": [], "allow": [],
                    "deny": [], "devices": [mine.id]},
    }  # fmt: skip
    thief.line(mine, genesis, team="")
    thief.push()
    core.refused(core.ada, EVIL)
    shown = core.ada.nc("trust", "show", "--json").json
    assert len(shown["others"]) == 1
    assert core.members(core.ada) == {"ada": "admin", "ben": "contributor"}


def test_taking_a_session_over(core: Team) -> None:
    """Ben opens Ada's session again, before she did, so as to be its owner and delete it."""
    thief = Thief(core.eve)
    key = stolen(core.ben)
    early = "2026-01-01T00:00:00.000Z/0000"
    again = thief.entry(core.session, key.id, "ben@example.com", "", "open", at=early, title=EVIL)
    gone = thief.entry(core.session, key.id, "ben@example.com", "", "delete", body_is=EVIL)
    thief.line(key, _sign(core.session, again, gone), deps=thief.seen(key.id))
    thief.push()
    core.refused(core.ada, EVIL)
    core.refused(core.ben, EVIL)


def test_a_removed_member(core: Team) -> None:
    """Ben goes on as if he had not heard of it, with the program and without."""
    core.ada.nc("team", "remove", "ben@example.com")
    core.ada.nc("sync")
    thief = Thief(core.eve)
    key = stolen(core.ben)
    said = thief.entry(core.session, key.id, "ben@example.com", EVIL)
    thief.line(key, _sign(core.session, said), deps=[])
    thief.push()
    core.refused(core.ada, EVIL, "remov")
    core.ben.tried("sync")
    assert core.ben.tried("session", "say", core.session, "still me").code == 5


def test_a_message_pasted_into_another_session(core: Team) -> None:
    """A yes to something else, which its author has signed."""
    other = core.ada.start("Other")
    core.ada.nc("session", "say", other, f"yes, {EVIL}")
    core.ada.nc("sync")
    thief = Thief(core.eve)
    device = device_of(core.ada)
    listed = core.eve.git("ls-tree", "-r", "--name-only", "FETCH_HEAD", "log/session").split()
    source, target = (
        next(path for path in listed if session in path and device in path)
        for session in (other, core.session)
    )
    block = "<!-- nc:entry " + thief.text(source).split("<!-- nc:entry ")[-1]
    thief.files[target] = thief.text(target) + block
    thief.push()
    core.ben.tried("sync")
    (held,) = core.ben.nc("quarantine", "list", "--json").json["items"]
    assert held["entity"] == core.session
    assert EVIL not in core.ben.nc("session", "show", core.session).out
    assert core.ben.texts(other) == [f"yes, {EVIL}"]


def test_an_invitation_that_was_seen_twice(box: Box, core: Team) -> None:
    """Carl has joined with his code, which lay in a chat; Eve takes it as well."""
    carl = box.person(core.hub, "carl")
    said = core.ada.nc("team", "add", "carl@example.com").out
    code = re.search(r"nc-invite1:\S+", said)
    assert code
    core.ada.nc("sync")
    carl.nc("sync")
    carl.nc("team", "join", code[0])
    carl.nc("sync")
    core.eve.nc("sync")
    core.eve.env["GIT_AUTHOR_EMAIL"] = "carl@example.com"
    assert core.eve.tried("team", "join", code[0]).code == 1
    core.ada.nc("sync")
    assert core.members(core.ada) == {"ada": "admin", "ben": "contributor", "carl": "contributor"}


def test_a_used_invitation_that_leaks_later(box: Box, core: Team) -> None:
    """Carl is a member for long when Eve finds his code; her clone has seen nothing of it since.

    With the real program, which believes her as far as she knows.
    """
    carl = box.person(core.hub, "carl")
    said = core.ada.nc("team", "add", "carl@example.com").out
    code = re.search(r"nc-invite1:\S+", said)
    assert code
    for clone in (core.ada, carl, core.eve):
        clone.nc("sync")
    carl.nc("team", "join", code[0])
    carl.nc("session", "say", core.session, "from carl")
    carl.nc("sync")
    core.ada.nc("sync")
    core.ada.nc("session", "say", core.session, "welcome")
    core.ada.nc("sync")
    core.eve.env["GIT_AUTHOR_EMAIL"] = "carl@example.com"
    core.eve.nc("team", "join", code[0])
    core.eve.nc("session", "say", core.session, EVIL)
    core.eve.tried("sync")
    for clone in (core.ada, core.ben, carl):
        clone.tried("sync")
    carl.nc("session", "say", core.session, "still here")
    carl.nc("sync")
    everybody = {"ada": "admin", "ben": "contributor", "carl": "contributor"}
    for clone in (core.ada, core.ben, carl):
        clone.tried("sync")
        assert core.members(clone) == everybody
        assert core.texts(clone)[2:] == ["from carl", "welcome", "still here"]
        log = clone.nc("trust", "show", "--log").out
        assert "the invitation was used already" in log
    assert device_of(core.eve) not in _devices_of(core, "carl")


def _devices_of(core: Team, name: str) -> list[str]:
    shown = core.ada.nc("team", "show", "--json").json["members"]
    return [str(one["id"]) for m in shown if m["email"] == f"{name}@example.com"
            for one in m["devices"]]  # fmt: skip


def test_a_copied_home_is_a_second_hand(box: Box, core: Team) -> None:
    """Who copies a whole clone with its keys gets a device of his own, and no seat for it."""
    copy = box.path / "copied"
    shutil.copytree(core.ben.path, copy, symlinks=True)
    clone = Clone(copy, env={**core.ben.env})
    clone.tried("session", "say", core.session, "from a copy")
    clone.tried("sync")
    core.ada.tried("sync")
    assert device_of(clone) != device_of(core.ben)
    shown = core.ada.nc("trust", "show", "--json").json
    assert not shown["equivocations"]


def test_nobody_admits_above_himself(box: Box) -> None:
    """A maintainer invites contributors; an admin's seat he gives to nobody."""
    core = team(box, "maintainer")
    said = core.ben.nc("team", "add", "eve@example.com", "--role", "admin", code=5)
    assert "hint:" in said.err
    admit(core.ben, core.eve, "contributor")
    core.ada.nc("sync")
    assert core.members(core.ada)["eve"] == "contributor"
