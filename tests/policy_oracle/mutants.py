"""Breaks the policy in one place after another, to see that a test notices each break.

`python -m tests.policy_oracle.mutants [FILE ...]` takes each condition for true and for false,
turns each comparison and connection, leaves out each part of one (`--help` says how to choose), and
prints what survives with its line. The tests: the policy's own, the named attacks, histories.
"""

import argparse
import ast
import copy
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent.parent
TARGET = ROOT / "git_naturecode/domain/policy"
_RANDOM = "tests/policy_oracle/test_histories.py"
_SOME = [f"{_RANDOM}::test_the_policy_keeps_to_the_rules[{block}]" for block in range(3)]
STAGES = (
    ("tests/policy_oracle/test_attacks.py", "tests/domain/policy"),
    _SOME,
    ("tests/policy_oracle/test_hostile.py", _RANDOM),
)
ALWAYS = "(always)"
PATIENCE = 180
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


Break = tuple[str, str, Callable[[], None]]


class Mutant(NamedTuple):
    """One break: where, what was there, what is there now; the node and which break of it."""

    file: Path
    line: int
    column: int
    was: str
    now: str
    node: int
    number: int

    def __str__(self) -> str:
        where = f"{self.file.name}:{self.line}:{self.column}"
        return f"{where} `{_short(self.was)}` -> `{_short(self.now)}`"


def mutants(file: Path) -> Iterator[Mutant]:
    """Every break of a file."""
    for index, node in enumerate(ast.walk(ast.parse(file.read_text()))):
        for number, (was, now, _) in enumerate(_breaks(node)):
            yield Mutant(file, *_place(node), was, now, index, number)


def broken(mutant: Mutant) -> ast.Module:
    """The module with the break in it; without any for a break number below 0."""
    tree = ast.parse(mutant.file.read_text())
    if mutant.number >= 0:
        node = next(one for index, one in enumerate(ast.walk(tree)) if index == mutant.node)
        list(_breaks(node))[mutant.number][2]()
    return ast.fix_missing_locations(tree)


def _place(node: ast.AST) -> tuple[int, int]:
    located = node.target if isinstance(node, ast.comprehension) else node
    return getattr(located, "lineno", 0), getattr(located, "col_offset", 0)


def _breaks(node: ast.AST) -> Iterator[Break]:
    """Each way to break a node: what was, what is now, and what makes it so."""
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.comprehension):
        yield from _conditions(node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        turned = copy.deepcopy(node)
        turned.ops[0] = _TURNED[type(node.ops[0])]()
        yield ast.unparse(node), ast.unparse(turned), _setter(node, "ops", turned.ops)
    if isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            left = [*node.values[:index], *node.values[index + 1 :]]
            fewer = ast.BoolOp(node.op, left) if len(left) > 1 else left[0]
            both = left if len(left) > 1 else left * 2  # `a and a` is `a`
            yield ast.unparse(node), ast.unparse(fewer), _setter(node, "values", both)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        other = _CALLS[node.func.id]
        yield node.func.id, other, _setter(node.func, "id", other)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield str(node.value), str(not node.value), _setter(node, "value", not node.value)


_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _conditions(
    node: ast.If | ast.IfExp | ast.While | ast.comprehension,
) -> Iterator[Break]:
    if isinstance(node, ast.comprehension):
        for index, one in enumerate(node.ifs):
            left = [*node.ifs[:index], *node.ifs[index + 1 :]]
            yield f"if {ast.unparse(one)}", ALWAYS, _setter(node, "ifs", left)
        return
    values = (False,) if isinstance(node, ast.While) else (True, False)
    for value in values:
        yield ast.unparse(node.test), str(value), _setter(node, "test", ast.Constant(value))


def _setter(node: ast.AST, field: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) < 90 else f"{text[:87]}..."


class _Broken(MetaPathFinder, Loader):
    """Gives the broken module where the whole one is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        relative = mutant.file.relative_to(ROOT).with_suffix("")
        self.name = ".".join(relative.parts).removesuffix(".__init__")

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.name:
            return None
        is_package = self.mutant.file.name == "__init__.py"
        spec = spec_from_loader(name, self, origin=str(self.mutant.file), is_package=is_package)
        if spec and is_package:
            spec.submodule_search_locations = [str(self.mutant.file.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(broken(self.mutant), str(self.mutant.file), "exec"), module.__dict__)


def survives(mutant: Mutant, stages: int) -> bool:
    """True when no test of these stages fails for a break. Each is a process of its own."""
    child = os.fork()
    if not child:
        _run_plainly(mutant)
    if _outcome(child):
        return False
    for paths in STAGES[:stages]:
        child = os.fork()
        if not child:
            _run(mutant, paths)
        if _outcome(child):
            return False
    return True


def _run_plainly(mutant: Mutant) -> None:
    """The attacks and some histories without pytest: most breaks need no more, and it is quick."""
    os.setsid()
    code = 1
    try:
        sys.meta_path.insert(0, _Broken(mutant))
        sys.path.insert(0, str(ROOT / "tests"))
        from policy_oracle import test_attacks
        from policy_oracle.histories import History, team
        from policy_oracle.judging import Count, look_at
        from policy_oracle.world import World

        for name, test in vars(test_attacks).items():
            if name.startswith("test_"):
                for values in _parameters(test):
                    taken = test.__code__.co_varnames[: test.__code__.co_argcount]
                    test(**values, **({"world": team(World(1))} if "world" in taken else {}))
        for seed in range(1_000_000, 1_000_060):
            assert not look_at(History(seed, 12), Count())
        code = 0
    finally:
        os._exit(code)


def _parameters(test: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{}]
    for mark in getattr(test, "pytestmark", ()):
        names, values = mark.args
        names = [names] if isinstance(names, str) else list(names)
        rows = [[one] if len(names) == 1 else list(one) for one in values]
        found = [{**old, **dict(zip(names, row, strict=True))} for old in found for row in rows]
    return found


def _run(mutant: Mutant, paths: Sequence[str]) -> None:
    import pytest

    os.setsid()
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    code = 99
    try:
        sys.meta_path.insert(0, _Broken(mutant))
        code = pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", *paths])
    finally:
        os._exit(int(code))


def _outcome(child: int) -> int:
    """The exit code of a child; that of a killed one where it takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def main(arguments: Sequence[str]) -> int:
    """Make every break; 1 when one survives."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--list", action="store_true", help="only say which there are")
    parser.add_argument("--log", type=Path, help="remember outcomes, and go on from there")
    parser.add_argument("--quick", action="store_true", help="without the longest tests")
    parser.add_argument(
        "--conditions", action="store_true", help="only conditions, not their parts"
    )
    parser.add_argument("--part", default="0/1", help="N/M: each Mth, from the Nth on")
    chosen = parser.parse_args(arguments)
    files = [file.resolve() for file in chosen.files] or sorted(TARGET.rglob("*.py"))
    first, step = (int(one) for one in chosen.part.split("/"))
    everything = [one for file in files for one in mutants(file)]
    if chosen.conditions:
        everything = [one for one in everything if one.now in ("True", "False", ALWAYS)]
    everything = everything[first::step]
    known = _known(chosen.log)
    alive = []
    os.chdir(ROOT)
    import pytest  # noqa: F401  # what each child would load again
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: F401

    stages = 2 if chosen.quick else 3
    if everything and not chosen.list and not survives(everything[0]._replace(number=-1), stages):
        parser.error("the tests fail without any break")
    for mutant in everything:
        name = str(mutant)
        if chosen.list:
            print(name)
            continue
        if name not in known:
            known[name] = survives(mutant, stages)
            if chosen.log:
                with chosen.log.open("a") as file:
                    file.write(json.dumps([name, known[name]]) + "\n")
        if known[name]:
            alive.append(name)
            print(f"survives: {name}", flush=True)
    print(f"{len(everything)} breaks, {len(alive)} survive")
    return bool(alive)


def _known(log: Path | None) -> dict[str, bool]:
    if not log or not log.exists():
        return {}
    return dict(json.loads(line) for line in log.read_text().splitlines())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
