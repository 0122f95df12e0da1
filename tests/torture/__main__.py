"""python -m tests.torture --seed N [--seconds S | --steps M] [--shrink] [--mutant NAME]"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from . import plan, shrink
from .driver import Options, run


def main() -> int:
    """Run, tell, and exit with 1 when the program broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--only", default="", help="numbers of the steps to do: 3,5,9")
    parser.add_argument("--plan", action="store_true", help="only print the steps")
    parser.add_argument(
        "--shrink", action="store_true", help="look for fewer steps that fail alike"
    )
    parser.add_argument("--mutant", default="", help="break the program first: see mutants.py")
    parser.add_argument("--folder", default=tempfile.gettempdir())
    parser.add_argument("--json", default="", help="also write the report there")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    only = frozenset(int(one) for one in asked.only.split(",") if one)
    steps = asked.steps or max(only, default=0)
    if asked.plan:
        for number in sorted(only) or range(1, (steps or 100) + 1):
            print(plan.step(asked.seed, number))
        return 0
    seconds = asked.seconds or (1e9 if steps else 600.0)
    options = Options(
        asked.seed, seconds, steps, only, asked.mutant, asked.keep, asked.verbose
    )  # fmt: skip
    print(f"torture: seed {asked.seed}", flush=True)
    report = run(options, _fresh(asked.folder, asked.seed))
    print(report.text())
    if asked.json:
        Path(asked.json).write_text(report.json() + "\n")
    if report.failures and asked.shrink:
        steps = range(1, report.steps + 1) if not only else sorted(only)
        shrink.shrink(options, steps, report.failures[0], lambda: _fresh(asked.folder, asked.seed))
    return 1 if report.failures else 0


def _fresh(folder: str, seed: int) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"torture-{seed}-", dir=folder))


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
