"""Measuring side by side: rounds of A B A B, medians and minima, and one line for the table."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MET, NOT_MET, NO_PEER = "met", "NOT MET", "peer missing"


@dataclass
class Times:
    """What one thing took, in milliseconds, round by round; `cpu` with all its children."""

    values: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Add what the block takes."""
        began, used = time.perf_counter(), _used()
        yield
        self.values.append((time.perf_counter() - began) * 1000)
        self.cpu.append(_used() - used)

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def least(self) -> float:
        """The minimum, which load disturbs least."""
        return min(self.values)

    def __str__(self) -> str:
        return f"{_number(self.median)} / {_number(self.least)} ms"

    @property
    def work(self) -> float:
        """The median of the processor time, never 0."""
        return statistics.median(self.cpu) or 1e-3


@dataclass(frozen=True)
class Line:
    """One line of the table; all are words already."""

    budget: str
    ours: str
    peer: str
    ratio: str
    limit: str
    verdict: str


def interleave(rounds: int, *actions: Callable[[], object], warm: int = 1) -> list[Times]:
    """Do all of `actions` in turn, `rounds` times; the first `warm` rounds do not count."""
    found = [Times() for _ in actions]
    for number in range(warm + rounds):
        for times, action in zip(found, actions, strict=True):
            with times.taking():
                action()
            if number < warm:
                times.values.clear()
                times.cpu.clear()
    return found


def against(
    budget: str, ours: Times, peer: Times, what: str, limit: float, start: Times | None = None
) -> Line:
    """`ours`, less what a mere `start` takes, may take `limit` times `peer`.

    By the median and by the minimum; the ratio of processor times is told, not judged.
    """
    less = (start.median, start.least, start.work) if start else (0.0, 0.0, 0.0)
    median = (ours.median - less[0]) / peer.median
    least = (ours.least - less[1]) / peer.least
    cpu = (ours.work - less[2]) / peer.work
    shown = f"{ours} - {start}" if start else str(ours)
    return Line(
        budget, shown, f"{what} {peer}", f"{median:.3g} / {least:.3g}, CPU {cpu:.3g}",
        f"<= {limit:g}", MET if max(median, least) <= limit else NOT_MET,
    )  # fmt: skip


def figure(budget: str, value: float, unit: str, limit: float, *, least: bool = False) -> Line:
    """A figure that has a limit of its own; `least` when it must not be below it."""
    good = value >= limit if least else value <= limit
    return Line(
        budget, f"{_number(value)} {unit}", "", "", f"{'>=' if least else '<='} {limit:g} {unit}",
        MET if good else NOT_MET,
    )  # fmt: skip


def unmatched(budget: str, ours: Times, peer: str, recorded: str, limit: float) -> Line:
    """Our figure where the peer is not on this machine; `recorded` is what it took elsewhere."""
    return Line(
        budget, str(ours), f"{peer} is not on PATH; {recorded}", "-", f"<= {limit:g}", NO_PEER
    )


def _used() -> float:
    """The milliseconds of CPU that this process and its ended children have used."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both) * 1000


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
