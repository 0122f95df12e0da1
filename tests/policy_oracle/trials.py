"""The policy's tests against one break after another, each in a fork that stops when one fails.

The tests are collected once. A fork puts the broken code into the functions that are there, and
runs only the tests that come by the break: those first that have noticed most breaks so far.
"""

import importlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

from policy_oracle.breaks import ROOT, TARGET, Break, broken

MODULES = (
    *sorted(TARGET.rglob("*.py")),
    *(TARGET.parent / f"{name}.py" for name in ("admission", "rosters", "teams")),
)
"""What is broken: the policy, who may read what is encrypted, and whom a name means."""
TESTS = (
    "tests/domain/policy", "tests/policy_oracle", "tests/domain/test_admission.py",
    "tests/domain/test_rosters.py", "tests/domain/test_teams.py",
)  # fmt: skip
LONG = ("test_histories.py", "policy_oracle/test_hostile.py")
"""Tests that come by everything, and are asked last."""
BY_CHANCE = ("test_hostile.py", "test_properties.py")
ALL, QUICK, EXAMPLES = "all", "quick", "examples"
"""Which tests are asked: all; of the long ones but SOME histories; nothing that goes by chance."""
SOME = 3
PATIENCE = 4
"""How many times the processor time that a test takes it may take with a break, and 2 seconds."""
_NOWHERE: frozenset[int] = frozenset()


class _Known(NamedTuple):
    """What is known of a test.

    `lines`: those of each of MODULES that it comes by, None where that is all; `took`:
    seconds of processor time.
    """

    lines: Mapping[str, frozenset[int]] | None
    took: float


class Trials:
    """What the tests say of breaks. Made by `run`."""

    def __init__(self, items: Sequence[pytest.Item], room: Path, which: str) -> None:
        self._room = room
        self._items = [item for item in items if which == ALL or not _is_long(item)]
        if which == EXAMPLES:
            self._items = [item for item in self._items if not _is(item, BY_CHANCE)]
        elif which == QUICK:
            self._items += [item for item in items if _is(item, LONG[:1])][:SOME]
        self._noticed: dict[str, Counter[int]] = {}
        self._tests = self._whole()

    def killer(self, one: Break) -> str | None:
        """The test that notices a break; None when none does."""
        _whole_code(one.file)  # the fork need not make it
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            self._try(one, write)
        os.close(write)
        with os.fdopen(read) as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        self._sweep()
        if not status:
            return None
        if said:
            for room in ("", one.place):
                self._noticed.setdefault(room, Counter())[int(said)] += 1
            return self._items[int(said)].nodeid
        return "it ends without an answer, or does not end"

    # -- in the fork ----------------------------------------------------------------------------

    def _try(self, one: Break, write: int) -> None:
        code = 1
        try:
            _alone()
            patched = _patch(one)
            for number in self._order(one) if patched else ():
                _allow(self._tests[number].took)
                if not _passes(self._items[number]):
                    os.write(write, str(number).encode())
                    break
            else:
                if not patched:
                    _allow(sum(test.took for test in self._tests))
                    _anew(one)
                code = 0
        finally:
            os._exit(code)

    def _order(self, one: Break) -> list[int]:
        name, lines = str(one.file), range(one.first, one.last + 1)
        reached = [
            number for number, test in enumerate(self._tests)
            if test.lines is None or not test.lines.get(name, _NOWHERE).isdisjoint(lines)
        ]  # fmt: skip
        near, all_ = (self._noticed.get(room, Counter()) for room in (one.place, ""))

        def when(number: int) -> tuple[bool, float]:
            """Who has noticed much, and most of it in the same function, for little work."""
            hope = 0.1 + all_[number] + 20 * near[number]
            return _is_long(self._items[number]), (0.01 + self._tests[number].took) / hope

        return sorted(reached, key=when)

    # -- without a break ------------------------------------------------------------------------

    def _whole(self) -> list["_Known"]:
        found: list[_Known] = []
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            code = 1
            try:
                _alone()
                with os.fdopen(write, "w") as told:
                    for item in self._items:
                        begun = time.process_time()
                        lines, passes = _traced(item)
                        took = time.process_time() - begun
                        print(json.dumps([lines, took] if passes else item.nodeid), file=told)
                code = 0
            finally:
                os._exit(code)
        os.close(write)
        with os.fdopen(read) as said:
            for row in said:
                told_of = json.loads(row)
                if isinstance(told_of, str):
                    raise SystemExit(f"{told_of} fails without any break")
                lines, took = told_of
                reached = {name: frozenset(of) for name, of in (lines or {}).items()}
                found.append(_Known(reached if lines is not None else None, took))
        if os.waitpid(child, 0)[1]:
            raise SystemExit("the tests end without any break")
        self._sweep()
        return found

    def _sweep(self) -> None:
        for left in self._room.iterdir():
            shutil.rmtree(left, ignore_errors=True)


def run(work: Callable[[Trials], int], which: str) -> int:
    """Collect the tests, and give `work` what can be asked of them; its exit code."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as made:
        room = Path(made)
        within = _Within(work, room, which)
        options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal", "-s"]
        code = pytest.main([*options, f"--basetemp={room / 'tests'}", *TESTS], plugins=[within])
    return int(within.code if within.code is not None else code or 2)


class _Within:
    """A plugin of pytest: what to do with the tests that were found."""

    def __init__(self, work: Callable[[Trials], int], room: Path, which: str) -> None:
        self._work, self._room, self._which = work, room, which
        self.code: int | None = None

    def pytest_collection(self) -> None:
        """A failure need not be made small."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("broken", settings.get_profile("sealed"), phases=phases)
        settings.load_profile("broken")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests."""
        if session.testsfailed:
            raise pytest.UsageError("there are tests that cannot be loaded")
        self.code = self._work(Trials(session.items, self._room, self._which))
        return True


def _is_long(item: pytest.Item) -> bool:
    return _is(item, LONG)


def _is(item: pytest.Item, files: Sequence[str]) -> bool:
    return any(name in item.nodeid for name in files)


def _alone() -> None:
    """A break may fill the memory, or print."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def _allow(took: float) -> None:
    """A break may loop: what takes `took` seconds of processor time without it may take so much."""
    most = int(time.process_time() + 2 + PATIENCE * took) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _passes(item: pytest.Item) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=None)
    return not any(report.failed for report in reports)


def _traced(item: pytest.Item) -> tuple[dict[str, list[int]] | None, bool]:
    """The lines of MODULES that a test comes by, and whether it passes."""
    if _is_long(item):
        return None, _passes(item)
    here = frozenset(map(str, MODULES))
    found: dict[str, set[int]] = {}

    def line(frame: FrameType, _event: str, _argument: Any) -> Any:
        found.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return line

    def call(frame: FrameType, _event: str, _argument: Any) -> Any:
        return line if frame.f_code.co_filename in here else None

    sys.settrace(call)
    try:
        passes = _passes(item)
    finally:
        sys.settrace(None)
    return {name: sorted(lines) for name, lines in found.items()}, passes


# -- putting a break into what runs ----------------------------------------------------------------


def _patch(one: Break) -> bool:
    """Put the break into the functions that are loaded; False when it is not in a function."""
    module = importlib.import_module(_name(one.file))
    before = _whole_code(one.file)
    after = compile(broken(one, one.file), str(one.file), "exec")
    changed = dict(_changed(before, after))
    there = _functions(module)
    if not changed or not set(changed) <= set(there):
        return False
    for function, code in changed.items():
        there[function].__code__ = code
    return True


@cache
def _whole_code(file: Path) -> CodeType:
    return compile(broken(None, file), str(file), "exec")


def _changed(before: CodeType, after: CodeType) -> Iterator[tuple[str, CodeType]]:
    """The functions whose code differs, by their names; "" for what runs when it is loaded."""
    olds, news = (
        [one for one in code.co_consts if isinstance(one, CodeType)] for code in (before, after)
    )
    is_same = before.co_code == after.co_code and len(olds) == len(news)
    plain = [[c for c in x.co_consts if not isinstance(c, CodeType)] for x in (before, after)]
    if not is_same or list(map(repr, plain[0])) != list(map(repr, plain[1])):
        yield "", after
        return
    for old, new in zip(olds, news, strict=True):
        if old == new:
            continue
        if old.co_flags & 2 and "<locals>" not in old.co_qualname:  # CO_NEWLOCALS: a function
            yield old.co_qualname, new
        else:
            yield from _changed(old, new)


def _functions(module: ModuleType) -> dict[str, FunctionType]:
    """The functions and methods of a module, by their names."""
    found: dict[str, FunctionType] = {}
    todo = [value for value in vars(module).values()
            if getattr(value, "__module__", "") == module.__name__]  # fmt: skip
    while todo:
        one = todo.pop()
        if isinstance(one, type):
            todo += vars(one).values()
        elif isinstance(one, staticmethod | classmethod):
            todo.append(one.__func__)
        elif isinstance(one, property | cached_property):
            todo.append(one.fget if isinstance(one, property) else one.func)
        elif isinstance(one, FunctionType):
            found[one.__code__.co_qualname] = one
    return found


# -- what is done while a module is loaded ---------------------------------------------------------


def _anew(one: Break) -> None:
    """Go on as a process that loads the broken module, and runs all tests."""
    environment = {**os.environ, "PYTHONPATH": "tests"}
    name = [str(one.file.relative_to(ROOT)), str(one.node), str(one.number)]
    os.execve(sys.executable, [sys.executable, "-m", "policy_oracle.trials", *name], environment)


class _Loader(MetaPathFinder, Loader):
    """Gives the broken module where the whole one is asked for."""

    def __init__(self, one: Break) -> None:
        self._break = one

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self._break.file
        if name != _name(file):
            return None
        spec = spec_from_loader(name, self, origin=str(file), is_package=_is_package(file))
        if spec and _is_package(file):
            spec.submodule_search_locations = [str(file.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        one = self._break
        exec(compile(broken(one, one.file), str(one.file), "exec"), module.__dict__)


def _name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _is_package(file: Path) -> bool:
    return file.name == "__init__.py"


def main(file: str, node: str, number: str) -> int:
    """The tests with a break that is there from the beginning; 0 when none fails."""
    one = Break(ROOT / file, "", "", 0, 0, int(node), int(number))
    sys.meta_path.insert(0, _Loader(one))
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *TESTS]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
