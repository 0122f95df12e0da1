"""Everybody who may have a say in a review, and whom a name in a rules file means."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from git_naturecode.domain.people import key
from git_naturecode.domain.policy import roles
from git_naturecode.domain.teams import slug

# What GitLab calls the roles that it lets own files.
_ROLES = {"developer": roles.CONTRIBUTOR, "maintainer": roles.MAINTAINER, "owner": roles.ADMIN}


class Person(NamedTuple):
    """Somebody: his usual address, his name, all his addresses (casefolded), the names of his
    teams (as slugs), and his role ("" where there is no team)."""

    id: str
    name: str = ""
    emails: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    role: str = ""


class Circle:
    """The people around a review. `is_team` says that they are members and nobody else counts."""

    def __init__(
        self, people: Iterable[Person], teams: Mapping[str, str] | None = None,
        *, is_team: bool = False,
    ) -> None:  # fmt: skip
        self.people = tuple(people)
        self.teams = dict(teams or {})
        self.is_team = is_team
        self._by_email = {key(mail): one for one in self.people for mail in (one.id, *one.emails)}

    def who(self, address: str) -> str:
        """The one address that stands for who has `address`."""
        found = self._by_email.get(key(address))
        return key(found.id) if found else key(address)

    def name(self, who: str) -> str:
        """What to call `who`, one of the addresses that `who()` gives."""
        found = self._by_email.get(who)
        return (found.name or found.id) if found else who

    def may_judge(self, address: str) -> bool:
        """True when the verdict of who has `address` may count: a contributor or above, no bot."""
        if not self.is_team:
            return True
        found = self._by_email.get(key(address))
        return found is not None and _may_judge(found)

    def meant(self, word: str) -> frozenset[str]:
        """Those whom `word` means who may judge: an e-mail address, a team, a person, a role.

        `@org/team` and `@team` are the members of the team of that name, `@name` is one person of
        that name, or whose address begins so; where several are called so it is nobody. `@@role`
        as on GitLab. Nobody where it means none.
        """
        if word.startswith("@@"):
            role = _ROLES.get(word[2:].casefold().removesuffix("s"), "")
            return self._all(one for one in self.people if role and one.role == role)
        name = word.removeprefix("@")
        if "@" in name:
            return frozenset({self.who(name)} if self.may_judge(name) else ())
        team = slug(name.rpartition("/")[2])
        if team and team in self.teams:
            return self._all(one for one in self.people if team in one.teams)
        return frozenset() if "/" in name else self._person(name)

    def _person(self, name: str) -> frozenset[str]:
        ways = (
            lambda one: one.name.casefold() == name.casefold(),
            lambda one: slug(one.name) == slug(name) != "",
            lambda one: name.casefold() in {mail.partition("@")[0] for mail in one.emails},
        )
        for way in ways:
            found = {key(one.id): one for one in self.people if way(one)}
            if found:
                return self._all(found.values() if len(found) == 1 else ())
        return frozenset()

    def _all(self, people: Iterable[Person]) -> frozenset[str]:
        return frozenset(key(one.id) for one in people if not self.is_team or _may_judge(one))


def _may_judge(person: Person) -> bool:
    usual = roles.RANK.get(person.role, 0) >= roles.RANK[roles.CONTRIBUTOR]
    return usual and person.role != roles.BOT
