"""`python -m tests.bench [NAMES]`: measures the budgets of DESIGN 15 and prints one table."""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import (
    anchoring,
    appending,
    articles,
    committing,
    finding,
    importing,
    policing,
    reading,
    rebasing,
    sealing,
    starting,
    syncing,
    tracing,
)
from .measure import Line
from .stage import Stage

Budget = Callable[[Stage], Iterator[Line]]
BUDGETS: dict[str, Budget] = {
    "version": starting.version,
    "agent": starting.agent,
    "reads": starting.reads,
    "say": starting.say,
    "append": appending.append,
    "many": appending.many,
    "list": reading.lists,
    "index": reading.index,
    "search": reading.search,
    "flat": reading.flat,
    "quality": finding.quality,
    "finding": finding.finding,
    "answer": finding.answer,
    "built": finding.built,
    "fresh": reading.fresh,
    "why": tracing.why,
    "rebase": rebasing.rebase,
    "noop": syncing.noop,
    "diverged": syncing.diverged,
    "writers": syncing.writers,
    "commit": committing.commit,
    "policy": policing.policy,
    "import": importing.transcripts,
    "packed": importing.packed,
    "memory": importing.memory,
    "sealed": sealing.seal,
    "anchors": anchoring.anchors,
    "ranges": anchoring.ranges,
    "articles": articles.articles,
}
SLOW = frozenset({"memory", "anchors"})
_HEAD = Line("budget", "ours", "peer", "ratio", "limit", "verdict")


def main() -> None:
    """Measure what the command line names (everything but the slow ones), print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BUDGETS))
    parser.add_argument("--quick", action="store_true", help="smaller, in under a minute")
    parser.add_argument("--big", action="store_true", help="also the 1 GB transcript")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BUDGETS]
    if unknown:
        parser.error(f"no budget is called {unknown[0]}; there are {', '.join(BUDGETS)}")
    names = given.names or [name for name in BUDGETS if given.big or name not in SLOW]
    with tempfile.TemporaryDirectory(prefix="naturecode-bench-") as folder:
        _table(Stage(Path(folder).resolve(), given.quick), names)


def _table(stage: Stage, names: list[str]) -> None:
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print("Times and ratios are median / minimum, and both ratios must hold. CPU is the ratio of")
    print(f"processor time, which a busy machine ({load} now) disturbs least.\n")
    print(_row(_HEAD), _row(Line(*["---"] * 6)), sep="\n", flush=True)
    took = []
    for name in names:
        began = time.monotonic()
        for line in BUDGETS[name](stage):
            print(_row(line), flush=True)
        took.append(f"{name} {time.monotonic() - began:.0f}")
    size = "quick: smaller stores, fewer rounds; " if stage.quick else ""
    print(f"\n{size}seconds spent: {', '.join(took)}")


def _row(line: Line) -> str:
    cells = (line.budget, line.ours, line.peer, line.ratio, line.limit, line.verdict)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
