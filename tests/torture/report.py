"""The figures of one run, as a table and as JSON."""

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Report:
    """What was done, how it ended."""

    seed: int
    steps: int = 0
    skipped: int = 0
    seconds: float = 0.0
    settling: float = 0.0
    rounds: int = 0
    entries: int = 0
    sessions: int = 0
    mutant: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    folder: str = ""

    def json(self) -> str:
        """All of it in one line."""
        return json.dumps(asdict(self), sort_keys=True)

    def text(self) -> str:
        """A table to read."""
        rows: list[tuple[str, object]] = [
            ("seed", self.seed), ("steps", self.steps), ("not there yet", self.skipped),
            ("seconds", round(self.seconds, 1)), ("seconds to settle", round(self.settling, 1)),
            ("rounds to settle", self.rounds), ("sessions", self.sessions),
            ("entries on the branch", self.entries),
        ]  # fmt: skip
        rows += sorted(self.counts.items())
        width = max(len(name) for name, _ in rows)
        lines = [f"{name:<{width}}  {value}" for name, value in rows]
        if self.refusals:
            lines += ["", "answers other than 0, each expected:"]
            lines += [f"{number:>6}  {what}" for what, number in sorted(self.refusals.items())]
        lines += ["", "nothing lost, all equal" if not self.failures else "FAILED:"]
        lines += self.failures
        if self.failures:
            lines += [f"everything is kept in {self.folder}"]
        return "\n".join(lines)
