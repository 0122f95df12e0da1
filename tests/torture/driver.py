"""One run: the steps of a plan, several at a time, then quiet, the last syncs and the judge."""

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from . import oracle, plan
from .actions import ACTIONS, NEEDS
from .plan import ALONE, Step
from .report import Report
from .scenery import SCENERY
from .world import World

_AT_ONCE = 3
_FAULTS = frozenset({"full", "refusing", "busy", "gone", "drop", "slow", "fresh-lock"})


@dataclass
class Options:
    """What to run: until `seconds` are over or `steps` are done; `only` these of them."""

    seed: int
    seconds: float = 600.0
    steps: int = 0
    only: frozenset[int] = frozenset()
    mutant: str = ""
    keep: bool = False
    verbose: bool = False


class Driver:
    """Runs steps side by side; those of plan.ALONE by themselves."""

    def __init__(self, world: World, options: Options) -> None:
        self.world, self.options = world, options
        self.skipped = 0
        self._slots = threading.Semaphore(_AT_ONCE)
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._faults = ThreadPoolExecutor(4)
        self._running: set[Future[None]] = set()

    def run(self, numbers: Iterable[int]) -> int:
        """Do the steps; how many were begun."""
        deadline = time.monotonic() + self.options.seconds
        done = 0
        for number in numbers:
            if time.monotonic() > deadline or self.world.failures:
                break
            self._begin(plan.step(self.options.seed, number))
            done += 1
        self._wait()
        self._pool.shutdown()
        self._faults.shutdown()
        return done

    def _begin(self, step: Step) -> None:
        if not self._there(step.name):
            self.skipped += 1
            return
        if self.options.verbose:
            print(step, flush=True)
        if step.name in ALONE:
            self._wait()
            self.world.quiet()
            self._do(step)
        elif step.name in _FAULTS:
            self._running.add(self._faults.submit(self._do, step))
        else:
            self._slots.acquire()
            self._running.add(self._pool.submit(self._in_slot, step))
        self._running = {one for one in self._running if not one.done()}

    def _there(self, name: str) -> bool:
        """True when the program knows what this step needs (some commands are still to come)."""
        known = self.world.commands
        return name in SCENERY or NEEDS.get(name, f"session {name}") in known

    def _in_slot(self, step: Step) -> None:
        try:
            self._do(step)
        finally:
            self._slots.release()

    def _do(self, step: Step) -> None:
        world = self.world
        action = SCENERY.get(step.name) or ACTIONS[step.name]
        world.count(f"step {step.name}")
        world.event(step.number, str(step))
        try:
            action(world, world.clones[step.clone], step)
        except Exception as error:
            import traceback

            world.fail(f"step {step}: {error!r}\n{traceback.format_exc()}")

    def _wait(self) -> None:
        wait(self._running)
        self._running.clear()


def known_commands() -> frozenset[str]:
    """The commands of the program under test: `sync`, `session say`, ..."""
    import typer

    from git_naturecode.cli.app import build

    top = getattr(typer.main.get_command(build([])), "commands", {})
    names = set(top)
    for group, command in top.items():
        names |= {f"{group} {verb}" for verb in getattr(command, "commands", {})}
    return frozenset(names)


def run(options: Options, folder: Path) -> Report:
    """One run in `folder`, which is removed afterwards unless something failed."""
    world = World(folder, options.mutant, commands=known_commands())
    report = Report(options.seed, mutant=options.mutant, folder=str(folder))
    try:
        begun = time.monotonic()
        driver = Driver(world, options)
        numbers = sorted(options.only) or range(1, options.steps + 1) if options.steps else count(1)
        report.steps = driver.run(numbers)
        report.skipped = driver.skipped
        report.seconds = time.monotonic() - begun
        if not world.failures:
            begun = time.monotonic()
            oracle.calm(world)
            report.rounds = oracle.settle(world)
            oracle.judge(world)
            report.settling = time.monotonic() - begun
    except Exception as error:
        import traceback

        world.fail(f"{error!r}\n{traceback.format_exc()}")
    finally:
        report.counts = dict(world.counts)
        report.refusals = dict(world.refusals)
        report.failures = world.failures
        report.sessions = len(world.ledger.sessions)
        with suppress(AssertionError):  # a clone that cannot be read was told already
            report.entries = len(world.reader.branch(world.clones[0].git_dir).keys())
        world.close(keep=bool(world.failures) or options.keep)
    return report
