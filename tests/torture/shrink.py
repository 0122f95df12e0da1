"""Fewer steps that fail in the same way: halves, quarters, ... are left out as long as it fails."""

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from .driver import Options, run


def alike(one: str, other: str) -> bool:
    """True when two failures are of one kind: same words, whatever the numbers and names."""
    return _kind(one) == _kind(other)


def _kind(failure: str) -> str:
    line = failure.split("\n")[0].split(": ", 1)
    return re.sub(r"\b(c[0-4]|hub[01]\.git|[a-z]*[0-9][0-9a-z]*)\b", "#", line[-1] if line else "")[
        :60
    ]


def shrink(
    options: Options, steps: Iterable[int], failure: str, fresh: Callable[[], Path]
) -> list[int]:
    """Print and give the smallest list of steps found; processes race, so each is tried twice."""
    kept = list(steps)
    size = max(1, len(kept) // 2)
    while size:
        at = 0
        while at < len(kept):
            tried = kept[:at] + kept[at + size :]
            if tried and _fails(options, tried, failure, fresh):
                kept = tried
                print(f"  {len(kept)} steps: {','.join(map(str, kept))}", flush=True)
            else:
                at += size
        size //= 2
    return kept


def _fails(options: Options, steps: list[int], failure: str, fresh: Callable[[], Path]) -> bool:
    chosen = replace(options, only=frozenset(steps), steps=max(steps), seconds=1e9, keep=False)
    for _ in range(2):
        report = run(chosen, fresh())
        shutil.rmtree(report.folder, ignore_errors=True)  # the first failure's is kept
        if any(alike(one, failure) for one in report.failures):
            return True
    return False
