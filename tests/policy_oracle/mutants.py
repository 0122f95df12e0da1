"""Breaks the policy in one place after another, to see that a test notices each break.

`python -m tests.policy_oracle.mutants [FILE ...]` takes each condition for true and for false,
turns each comparison and connection, leaves out each part of one (`--help` says how to choose).
1 when a break survives that `survivors.txt` does not hold, or holds though there is none.
"""

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from policy_oracle.breaks import Break, breaks, text
from policy_oracle.trials import ALL, EXAMPLES, MODULES, QUICK, Trials, run

ACCEPTED = Path(__file__).parent / "survivors.txt"
CHECKS = ("condition", "part")
"""The kinds of break that leave out a check."""
AUTHORITY = ("admission", "governance", "kb_rights", "review_rights", "rights", "roles", "rosters")
"""The modules that say who may do what; the others find out whose a line is, and keep."""


def main(arguments: Sequence[str]) -> int:
    """Make every break; 1 when the tests do not say of each what is written down."""
    chosen = _parser().parse_args(arguments)
    files = [file.resolve() for file in chosen.files] or list(MODULES)
    if chosen.authority:
        files = [file for file in files if file.stem in AUTHORITY]
    everything = [one for file in files for one in breaks(file)]
    if chosen.conditions:
        everything = [one for one in everything if one.kind in CHECKS]
    first, step = (int(one) for one in chosen.part.split("/"))
    everything = everything[first::step]
    if chosen.sample:
        count = min(chosen.sample, len(everything))
        everything = random.Random(chosen.seed).sample(everything, count)
    if chosen.list:
        print(*(one.name for one in everything), sep="\n")
        return 0
    gone = sorted(set(accepted()) - {one.name for file in MODULES for one in breaks(file)})
    for name in gone:
        print(f"there is no such break any more: {name}")
    log = _Log(chosen.log)
    return run(lambda trials: _report(everything, trials, log) or bool(gone), chosen.which)


def accepted() -> dict[str, str]:
    """The breaks that may survive, each with the reason."""
    found: dict[str, str] = {}
    name = ""
    for row in ACCEPTED.read_text().splitlines():
        if row.startswith("    "):
            found[name] = f"{found[name]} {row.strip()}".strip()
        elif row and not row.startswith("#"):
            name = row
            found[name] = ""
    return found


def _report(everything: Iterable[Break], trials: Trials, log: "_Log") -> int:
    known, counts = accepted(), {"noticed": 0, "accepted": 0, "survive": 0, "noticed now": 0}
    for one in everything:
        killer = log.killer(one) or trials.killer(one)
        log.note(one, killer)
        if (killer is None) is (one.name in known):
            counts["accepted" if killer is None else "noticed"] += 1
            continue
        counts["noticed now" if killer else "survive"] += 1
        word = f"is noticed now (by {killer})" if killer else "survives"
        print(f"{word}: {one.file.name}:{one.first}: {one.name}", flush=True)
    told = ", ".join(f"{number} {word}" for word, number in counts.items())
    print(f"{sum(counts.values())} breaks: {told}")
    return bool(counts["survive"])


class _Log:
    """Which breaks were noticed in earlier runs over the same file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, str] = {}
        if path and path.exists():
            self._known = dict(json.loads(row) for row in path.read_text().splitlines())

    def killer(self, one: Break) -> str | None:
        """The test that noticed a break."""
        return self._known.get(self._key(one))

    def note(self, one: Break, killer: str | None) -> None:
        """Remember who noticed a break; who is not noticed is asked again."""
        if self._path and killer and self._key(one) not in self._known:
            with self._path.open("a") as file:
                file.write(json.dumps([self._key(one), killer]) + "\n")

    def _key(self, one: Break) -> str:
        return f"{hashlib.sha256(text(one.file).encode()).hexdigest()[:16]} {one.name}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--list", action="store_true", help="only say which there are")
    parser.add_argument("--log", type=Path, help="remember what was noticed, and go on from there")
    add = parser.add_argument
    add("--quick", dest="which", action="store_const", const=QUICK, default=ALL,
        help="without most of the longest tests")  # fmt: skip
    add("--examples", dest="which", action="store_const", const=EXAMPLES,
        help="without any test that goes by chance: what survives may be noticed yet")  # fmt: skip
    parser.add_argument(
        "--conditions", action="store_true", help="only checks: conditions and their parts"
    )
    parser.add_argument(
        "--authority", action="store_true", help="only the modules that say who may do what"
    )
    parser.add_argument("--part", default="0/1", help="N/M: each Mth, from the Nth on")
    parser.add_argument("--sample", type=int, default=0, help="only so many, by chance")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
