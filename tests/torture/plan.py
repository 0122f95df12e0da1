"""The plan: which step is the n-th of a seed. The same for everybody, whatever happened before."""

from dataclasses import asdict, dataclass
from random import Random

CLONES, REMOTES = 5, 2
# Steps that change the world under everybody: nothing else runs meanwhile.
ALONE = frozenset(
    {
        "copy",
        "reclone",
        "shallow",
        "reset",
        "backup",
        "restore",
        "replace",
        "abandon",
        "merge",
        "pull",
        "look",
    }
)
WEIGHTS = {
    "start": 7, "say": 30, "comment": 7, "edit": 7, "redact": 3, "join": 3, "leave": 1, "close": 1,
    "reopen": 1, "fork": 1, "share": 3, "import": 2, "export": 2, "delete": 0.3, "invite": 1,
    "search": 3, "list": 3, "show": 3, "status": 2, "sync": 22, "doctor": 1, "purge": 0.6,
    "git-fetch": 2, "git-push": 1, "git-gc": 1, "git-prune": 0.25, "web": 0.7, "web-file": 0.3,
    "merge": 0.7, "pull": 0.3, "reset": 0.3, "copy": 0.3, "reclone": 0.15, "shallow": 0.15,
    "backup": 0.4, "restore": 0.25, "replace": 0.12, "abandon": 0.5, "look": 0.5,
    "full": 1, "refusing": 0.7, "busy": 1, "gone": 0.7, "drop": 2, "slow": 0.5, "no-index": 1,
    "torn-index": 0.7, "stale-lock": 0.7, "fresh-lock": 0.7,
}  # fmt: skip
# In place of some of the steps that say and read something; all others stay what they were.
ARTICLES = {"kb-add": 3, "kb-edit": 6, "kb-page": 4, "kb-change": 3}
_GIVING_WAY = frozenset({"say", "comment", "edit", "list", "search", "show"})
KILLABLE = frozenset(
    {"start", "say", "comment", "edit", "redact", "share", "import", "sync", "fork", "join", "list",
     "search", "show", "doctor", "purge", "git-gc", "git-fetch"}
)  # fmt: skip
_NAMES, _NUMBERS = list(WEIGHTS), list(WEIGHTS.values())


@dataclass(frozen=True)
class Step:
    """One step: what is done in which clone; `pick`s choose among what is there by then.

    `kill` says who is killed ("": nobody; all, program, git), `delay` when, in seconds.
    """

    number: int
    name: str
    clone: int
    remote: int
    other: int
    pick: int
    more: int
    kill: str
    delay: float
    fresh: bool

    @property
    def token(self) -> str:
        """The word by which the text of this step is found again, wherever it is."""
        return f"tk{self.number:06d}"

    def __str__(self) -> str:
        kill = f" kill={self.kill}@{self.delay:.3f}" if self.kill else ""
        names = {k: v for k, v in asdict(self).items() if k in ("clone", "remote", "other", "pick")}
        return f"{self.number} {self.name} {names}{' fresh' if self.fresh else ''}{kill}"


def step(seed: int, number: int) -> Step:
    """The step `number` (from 1) of the plan of `seed`."""
    chance = Random(f"{seed}/{number}")
    name = chance.choices(_NAMES, _NUMBERS)[0]
    clone = chance.randrange(CLONES)
    if chance.random() < 0.4:  # several in one clone at once
        clone = Random(f"{seed}/near/{number // 4}").randrange(CLONES)
    kill = ""
    if name in KILLABLE and chance.random() < 0.12:
        kill = chance.choice(["all", "all", "program", "git"])
    other = Random(f"{seed}/kb/{number}")
    if name in _GIVING_WAY and other.random() < 0.25:
        name = other.choices(list(ARTICLES), list(ARTICLES.values()))[0]
    return Step(
        number, name, clone, chance.choices(range(REMOTES), [2, 1])[0],
        (clone + chance.randrange(1, CLONES)) % CLONES, chance.randrange(1 << 30),
        chance.randrange(1 << 30), kill, chance.random() ** 2 * 0.4, chance.random() < 0.05,
    )  # fmt: skip
