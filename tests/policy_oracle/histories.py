"""Random histories of a team: honest work, quarrels, thieves and liars, each from its seed."""

from collections.abc import Callable
from typing import Any

from policy_oracle import wire
from policy_oracle.wire import Line, Op
from policy_oracle.world import Clone, Person, World, article, session, sign, stamp

ROLES = {
    "ann": "admin", "bob": "admin", "mae": "maintainer", "con": "contributor",
    "dan": "contributor", "vic": "viewer",
}  # fmt: skip
ENTITIES = {session("one"): "con", session("two"): "ann", article("three"): "dan"}
"""What things are said about, and who opened each."""
KINDS = (
    "message", "message", "message", "comment", "react", "view", "set", "link", "join", "invite",
    "delete", "edit", "redact", "epoch", "novel", "open",
)  # fmt: skip
KINDS_OF_ARTICLES = (
    "revision", "revision", "rename", "vote", "view", "react", "set", "add", "remove", "link",
    "unlink", "file", "comment", "delete", "edit", "redact", "novel", "open", "message",
)  # fmt: skip


def role_op(world: World, clone: Clone, member: str, role: str, **more: Any) -> Op:
    """A `role` operation that replaces all that `clone` has seen about `member`."""
    over = [
        f"{digest}:{index}"
        for digest in sorted(clone.have)
        for index, op in enumerate(world.lines[digest].ops)
        if _about(op) == member
    ]
    return {
        "op": "role", "member": member, "role": role, "allow": [], "deny": [], "over": over, **more
    }  # fmt: skip


def _about(op: Op) -> str:
    kind = op.get("op")
    if kind in ("role", "remove"):
        return str(op["member"])
    if kind == "member":
        return str(op["member"]["id"])
    return str(op["founder"]["id"]) if kind == "genesis" else ""


def add_op(person: Person, role: str, invite: str = "", **more: Any) -> Op:
    """A `member` operation."""
    record = person.record(role, **({"keys": []} if invite else {}), **more)
    return {"op": "member", "member": record, "invite": wire.code_key(invite) if invite else ""}


def team(world: World, *, mode: str = "enforced", roles: dict[str, str] = ROLES) -> World:
    """A founder with two clones, and everybody of `roles` with one; all have seen all."""
    root = world.clone("root")
    world.found(root, mode=mode)
    world.write(root, *(add_op(Person(name), role) for name, role in roles.items()))
    for name in roles:
        world.clone(name)
        world.clones[name].have |= root.have
        world.clones[name].told = {}
    world.sync()
    return world


class History:
    """A team after `steps` random steps; where `codes` is above 1, they are more about codes."""

    def __init__(self, seed: int, steps: int, codes: float = 1.0) -> None:
        self.world = World(seed)
        self.random = self.world.random
        self._made = 0
        self._codes: list[tuple[Person, str]] = []
        team(self.world, mode="open" if self.random.random() < 0.1 else "enforced")
        self._sessions()
        quarrel = self.random.choice((0.5, 1.0, 2.0))
        weights = {
            self.say: 9.0, self.meet: 7.0, self.change_role: 4 * quarrel, self.remove: 3 * quarrel,
            self.add: 2 * quarrel, self.invite: 1.5 * codes, self.join: 2 * codes,
            self.revoke: 1.5 * quarrel,
            self.another_device: 1.5, self.say_from_the_past: 2.0, self.adopt: 1.0,
            self.sign_along: 1.0, self.take_over: 0.5,
            self.promote_oneself: 1.0, self.set_mode: 0.3, self.fork: 0.4, self.foreign: 0.5,
            self.forget_the_team: 0.4, self.found_again: 0.3, self.come_back: 0.6,
            self.two_at_once: 0.6, self.far_clock: 0.5, self.withhold: 0.2,
            self.invite_again: 0.5 * codes, self.find_a_code: codes,
        }  # fmt: skip
        for _ in range(steps):
            action: Callable[[], object] = self.random.choices(
                list(weights), list(weights.values())
            )[0]
            action()

    @property
    def lines(self) -> list[Line]:
        """All lines, in the order in which they were written."""
        return list(self.world.lines.values())

    @property
    def pinned(self) -> str:
        """The digest of the true genesis."""
        return self.world.team

    def _sessions(self) -> None:
        for entity, name in ENTITIES.items():
            clone = self.world.clones[name]
            self.world.write(clone, *sign(self.world.say(clone, entity, "open", body=None)))
        self.world.sync()

    def _anybody(self) -> Clone:
        return self.random.choice(list(self.world.clones.values()))

    def _admin(self) -> Clone:
        """Mostly somebody who began as an admin."""
        if self.random.random() < 0.25:
            return self._anybody()
        return self.world.clones[self.random.choice(("root", "ann", "bob"))]

    def _person(self) -> Person:
        names = sorted({clone.person.name for clone in self.world.clones.values()})
        return Person(self.random.choice(names))

    def meet(self) -> None:
        """Some clones have the same lines afterwards."""
        count = self.random.choice((2, 2, 3, len(self.world.clones)))
        self.world.sync(*self.random.sample(sorted(self.world.clones), count))

    def say(self, seen: set[str] | None = None) -> None:
        """Somebody says something, with or without the right to."""
        clone = self._anybody()
        self.world.write(clone, *sign(self._entry(clone)), seen=seen)

    def _entry(self, clone: Clone) -> Any:
        entity = self.random.choice(list(ENTITIES))
        kinds = KINDS_OF_ARTICLES if entity.startswith("kb-") else KINDS
        kind = self.random.choice(kinds)
        more: dict[str, Any] = {}
        if kind in ("edit", "redact"):
            known = [said for said in self.world.said.values() if said.entity == entity]
            more["target"] = self.random.choice(known).header["id"]
        if kind == "set":
            more = {"field": "title", "value": "x", "over": []}
        if kind == "invite":
            more = {"who": self._person().email, "can": ["read", "write"]}
        by = self._person().email if self.random.random() < 0.1 else ""
        return self.world.say(clone, entity, kind, by=by, **more)

    def say_from_the_past(self) -> None:
        """As if what came since had not been seen: a stolen key, or a liar."""
        clone = self._anybody()
        self.world.write(
            clone, *sign(self._entry(clone)), seen=clone.before | {clone.log[-1].digest}
        )

    def change_role(self) -> None:
        """A role for somebody."""
        clone, person = self._admin(), self._person()
        role = self.random.choice(("viewer", "contributor", "maintainer", "admin"))
        self.world.write(clone, role_op(self.world, clone, person.id, role))

    def promote_oneself(self) -> None:
        """Somebody makes himself an admin."""
        clone = self._anybody()
        self.world.write(clone, role_op(self.world, clone, clone.person.id, "admin"))

    def remove(self) -> None:
        """Somebody is removed."""
        self.world.write(self._admin(), {"op": "remove", "member": self._person().id})

    def come_back(self) -> None:
        """Somebody gets a role again, who may have been removed before."""
        clone, person = self._admin(), self._person()
        self.world.write(clone, add_op(person, "contributor"))

    def add(self) -> None:
        """Somebody new, perhaps an accomplice; he says something at once, or does harm."""
        clone = self._admin()
        self._made += 1
        person = Person(f"new{self._made}")
        role = self.random.choice(("admin", "admin", "contributor", "maintainer"))
        self.world.write(clone, add_op(person, role))
        made = self.world.clone(person.name)
        made.have |= clone.have
        if self.random.random() < 0.5:
            op = self.random.choice(({"op": "remove", "member": self._person().id}, None))
            self.world.write(made, *([op] if op else sign(self._entry(made))))

    def invite(self) -> None:
        """A one-time code for somebody new."""
        clone = self._admin()
        self._made += 1
        person, code = Person(f"new{self._made}"), f"code{self._made}"
        role = self.random.choice(("contributor", "viewer", "maintainer"))
        self.world.write(clone, add_op(person, role, invite=code))
        self._codes.append((person, code))

    def join(self) -> None:
        """Somebody takes an invitation, perhaps one that was taken before, or with a wrong code."""
        if not self._codes:
            return
        person, code = self.random.choice(self._codes)
        self._made += 1
        name = person.name if person.name not in self.world.clones else f"thief{self._made}"
        made = self.world.clone(name)
        made.have |= self.random.choice(list(self.world.clones.values())).have
        if self.random.random() < 0.2:
            code = f"guessed{self._made}"
        self._take(made, person, code)
        self.world.write(made, *sign(self._entry(made)))

    def _take(self, made: Clone, person: Person, code: str) -> None:
        """The clone `made` joins as `person`."""
        name, keys = made.person.name, [wire.member_key(made.person.name)]
        proof = wire.join_proof(code, self.world.team, person.id, keys, made.device.id)
        op = {
            "op": "join", "member": person.id, "name": name, "email": f"{name}@example.com",
            "keys": keys, "proof": proof,
        }  # fmt: skip
        self.world.write(made, op)

    def invite_again(self) -> None:
        """Another code for who has one already."""
        if not self._codes:
            return
        clone, (person, code) = self._admin(), self.random.choice(self._codes)
        if self._given(code).digest in clone.have:
            self._made += 1
            code = f"code{self._made}"
            self.world.write(clone, add_op(person, "contributor", invite=code))
            self._codes.append((person, code))

    def find_a_code(self) -> None:
        """A thief finds a code, and says that he has seen no more than who gave it.

        Perhaps somebody has used it, whom others have seen; perhaps the thief has a friend.
        """
        if not self._codes:
            return
        person, code = self.random.choice(self._codes)
        if person.name not in self.world.clones:
            joined = self.world.clone(person.name)
            joined.have |= self.world.past([self._given(code).digest])
            self._take(joined, person, code)
            if self.random.random() < 0.6:
                self._sees(self._admin(), joined)
        self._made += 1
        thief = self.world.clone(f"thief{self._made}")
        thief.have |= self.world.past([self._given(code).digest])
        self._take(thief, person, code)
        if self.random.random() < 0.4:
            self._sees(self._anybody(), thief)

    def _given(self, code: str) -> Line:
        key = wire.code_key(code)
        lines = self.world.lines.values()
        return next(line for line in lines if any(op.get("invite") == key for op in line.ops))

    def _sees(self, clone: Clone, other: Clone) -> None:
        """A line of `clone`, which has seen nothing else that is new."""
        seen = self.world.past([other.log[-1].digest, clone.log[-1].digest])
        self.world.write(clone, *sign(self._entry(clone)), seen=seen)

    def another_device(self) -> None:
        """A second clone of somebody, certified or named by his first one."""
        clone = self._anybody()
        self._made += 1
        name = f"{clone.person.name}-{self._made}"
        expires = self.random.choice(("", "", "2026-11-26T01:00:00.000Z"))
        if self.random.random() < 0.5:
            made = self.world.clone(name, clone.person.name, expires=expires)
        else:
            made = self.world.clone(name, clone.person.name, certified=False)
            op = {
                "op": "add-device", "device": made.device.id, "key": made.device.key,
                "seal": made.device.seal, "label": name, "expires": "",
            }  # fmt: skip
            self.world.write(clone, op)
        made.have |= clone.have
        self.world.write(made, *sign(self._entry(made)))

    def revoke(self) -> None:
        """A device is revoked, from what was seen or from a line of its own on."""
        clone = self._admin()
        other = self.random.choice(
            [one for one in self.world.clones.values() if one.log[0].digest in clone.have]
        )
        after = None
        if self.random.random() < 0.3:
            line = self.random.choice(other.log)
            after = [line.seq, line.digest]
        self.world.write(clone, {"op": "revoke", "device": other.device.id, "after": after})

    def adopt(self) -> None:
        """Somebody vouches for an entry of others."""
        clone = self._anybody()
        said = self.random.choice(list(self.world.said.values()))
        op = {"op": "adopt", "entity": said.entity, "names": [list(said.key)], "reason": "mine"}
        self.world.write(clone, op)

    def sign_along(self) -> None:
        """Somebody signs what another has said, as if it were his."""
        clone = self._anybody()
        self.world.write(clone, *sign(self.random.choice(list(self.world.said.values()))))

    def take_over(self) -> None:
        """Somebody opens a session again, and signs the first opening as if it came after that."""
        clone, entity = self._anybody(), self.random.choice(list(ENTITIES))
        first = next(said for said in self.world.said.values() if said.entity == entity)
        self.world.write(clone, *sign(self.world.say(clone, entity, "open", body=None)))
        for _ in range(2):
            self.world.write(clone, *sign(first))
        owner = self.world.clones[ENTITIES[entity]]
        for one in (clone, owner):
            self.world.write(one, *sign(self.world.say(one, entity, "delete", body=None)))

    def set_mode(self) -> None:
        """The mode is changed."""
        clone = self._anybody()
        self.world.write(clone, {"op": "policy", "mode": self.random.choice(("open", "enforced"))})

    def fork(self) -> None:
        """Two lines in one place, told to different people."""
        clone = self._anybody()
        if len(clone.log) > 1:
            line = self.world.fork(clone, *sign(self._entry(clone)))
            self._anybody().have |= self.world.past([line.digest])

    def foreign(self) -> None:
        """A line out of another repository."""
        clone = self._anybody()
        self.world.write(clone, *sign(self._entry(clone)), team="f" * 64)

    def forget_the_team(self) -> None:
        """A line that says it was written before the team was there."""
        clone = self._admin()
        op = role_op(self.world, clone, clone.person.id, "admin")
        self.world.write(clone, op, team="", at=stamp(1, "2020-01-01"))

    def found_again(self) -> None:
        """An outsider founds the same team for himself."""
        self._made += 1
        made = self.world.clone(f"usurper{self._made}")
        made.have |= self._anybody().have
        self.world.found(made)

    def two_at_once(self) -> None:
        """Two operations in one line."""
        clone = self._admin()
        ops = [
            role_op(self.world, clone, self._person().id, self.random.choice(("viewer", "admin")))
            for _ in range(2)
        ]
        self.world.write(clone, *ops, *sign(self._entry(clone)))

    def far_clock(self) -> None:
        """A clock that is years ahead, or behind."""
        clone = self._anybody()
        day = self.random.choice(("2019-01-01", "2099-01-01"))
        self.world.write(clone, *sign(self._entry(clone)), at=stamp(0, day))

    def withhold(self) -> None:
        """A line that has seen one that nobody was given."""
        clone = self._anybody()
        line = wire.signed(
            clone.device, len(clone.log) + 1, clone.log[-1].digest, clone.log[0].digest,
            self.world.team, ["0" * 64], self.world.clock(clone), sign(self._entry(clone)),
        )  # fmt: skip
        self.world.publish(clone, line)
