"""Teams: what they are called, their settings, who belongs to them."""

from git_naturecode.domain.policy import parsed
from git_naturecode.domain.policy.facts import Reason, TeamInfo
from git_naturecode.domain.policy.graph import Graph
from git_naturecode.domain.policy.registers import Ref, Register
from git_naturecode.store.entry import Json


class _Team:
    def __init__(self) -> None:
        self.name: Register[str] = Register()
        self.deleted: Register[bool] = Register()
        self.settings: dict[str, Register[Json]] = {}
        self.members: dict[Ref, Register[bool]] = {}


class Teams:
    """All teams, as far as the lines have been judged."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._teams: dict[str, _Team] = {}

    def found(self, number: int, index: int, op: parsed.Genesis, founder: Ref) -> None:
        """The first team, which its founder belongs to."""
        team = self._team(op.id)
        team.name.add(number, index, op.name)
        team.deleted.add(number, index, False)
        for key, value in op.settings.items():
            team.settings.setdefault(key, Register()).add(number, index, value)
        self.belong(op.id, founder, True, (number, index))

    def apply(self, op: parsed.Op, here: Ref) -> None:
        """`op` about a team counts."""
        number, index = here
        if isinstance(op, parsed.Team):
            team = self._team(op.id)
            team.name.add(number, index, op.name)
            team.deleted.add(number, index, False)
        elif isinstance(op, parsed.TeamDelete):
            self._team(op.id).deleted.add(number, index, True)
        elif isinstance(op, parsed.Set):
            settings = self._team(op.team).settings
            settings.setdefault(op.key, Register()).add(number, index, op.value)

    def belong(self, team: str, person: Ref, belongs: bool, here: Ref) -> None:
        """Somebody belongs to a team, or does no more."""
        members = self._team(team).members
        members.setdefault(person, Register()).add(here[0], here[1], belongs)

    def unknown(self, name: str, seen: int) -> Reason | None:
        """Why nothing can be said about the team `name`; None when something can."""
        team = self._teams.get(name)
        if team is None or not team.name.mask & seen:
            return Reason("not-allowed", f"there is no team {name}")
        return None

    def of(self, person: Ref, seen: int) -> frozenset[str]:
        """The teams that `person` belongs to, for who has seen the lines in `seen`."""
        return frozenset(
            name for name, team in self._teams.items()
            if person in team.members and self._is_there(team, seen)
            and self._holds(team.members[person], seen)
        )  # fmt: skip

    def infos(self, names: dict[Ref, str]) -> dict[str, TeamInfo]:
        """All teams, as they are now; `names` are those of the members."""
        found = {}
        for name, team in sorted(self._teams.items()):
            if not team.name.mask:  # somebody was only said to belong to it
                continue
            settings = {}
            replaced = {}
            for key, register in sorted(team.settings.items()):
                live = register.live(self._graph.past, -1)
                settings[key] = max(live, key=lambda said: self._when(said.number)).value
                replaced[key] = tuple(sorted(self.reference(s.number, s.op) for s in live))
            called = max(
                team.name.live(self._graph.past, -1), key=lambda said: self._when(said.number)
            )
            members = frozenset(
                names[person] for person, register in team.members.items()
                if self._holds(register, -1)
            )  # fmt: skip
            former = frozenset(names[person] for person in team.members) - members
            found[name] = TeamInfo(
                name, called.value, settings, replaced, members, not self._is_there(team, -1),
                former,
            )  # fmt: skip
        return found

    def reference(self, number: int, op: int) -> str:
        """What `over` calls an operation."""
        return f"{self._graph.lines[self._graph.governing[number]].digest}:{op}"

    def _team(self, name: str) -> _Team:
        return self._teams.setdefault(name, _Team())

    def _is_there(self, team: _Team, seen: int) -> bool:
        live = team.deleted.live(self._graph.past, seen)
        return bool(live) and not any(said.value for said in live)

    def _holds(self, register: Register[bool], seen: int) -> bool:
        """Of concurrent words the stricter."""
        live = register.live(self._graph.past, seen)
        return bool(live) and all(said.value for said in live)

    def _when(self, number: int) -> tuple[str, str]:
        line = self._graph.lines[self._graph.governing[number]]
        return line.at, line.digest
