"""Whom a team takes the devices of the record for."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from git_naturecode.store.store import Store


class Person(NamedTuple):
    """The member whose a device is (his id and address), what he may do, what became of it."""

    member: str
    email: str
    permissions: frozenset[str]
    revoked: bool


def people(store: "Store") -> dict[str, Person]:
    """Device -> its member, where there is a team."""
    from git_naturecode import trusting

    standing = trusting.standing(store)
    found = {}
    for device, info in standing.devices.items():
        member = standing.members.get(info.member)
        if member is not None:
            found[device] = Person(member.id, member.email, member.permissions, info.revoked)
    return found
