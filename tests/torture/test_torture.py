"""The torture run in short, and that its judge notices what is broken."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from torture import mutants, plan, record, shrink

ROOT = Path(__file__).parent.parent.parent


def torture(folder: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.torture", "--folder", str(folder), *args], cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_short_run_loses_nothing(tmp_path: Path) -> None:
    done = torture(tmp_path, "--seed", "5", "--steps", "60")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, all equal" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.torture
@pytest.mark.parametrize("name", sorted(mutants.MUTANTS))
def test_a_broken_program_is_noticed(tmp_path: Path, name: str) -> None:
    for seed in range(1, 5):
        done = torture(tmp_path, "--seed", str(seed), "--seconds", "60", "--mutant", name)
        if done.returncode:
            assert "FAILED" in done.stdout, done.stderr
            return
    raise AssertionError(f"nobody noticed {name}")


def test_the_plan_of_a_seed_is_always_the_same() -> None:
    first = [plan.step(7, number) for number in range(1, 500)]
    assert first == [plan.step(7, number) for number in range(1, 500)]
    assert first != [plan.step(8, number) for number in range(1, 500)]
    assert {one.name for one in first} >= {"start", "say", "sync", "drop", "full"}
    assert {one.name for one in first} >= set(plan.ARTICLES)


def test_the_oracle_reads_what_the_format_says() -> None:
    """By the frozen vectors of well-formed segments: the same ids, in the same order."""
    read = 0
    for path in sorted((ROOT / "tests" / "store" / "vectors").glob("*.segment")):
        known = json.loads(path.with_suffix(".json").read_text())
        if known["canonical"]:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            ids = [block.id for block in record.parse(text)]
            assert ids == [entry["id"] for entry in known["entries"]], path
            read += len(ids)
    assert read > 10


def test_two_failures_are_alike_whatever_their_numbers() -> None:
    one = "step 7: sync in c1: exit 1: error: git push failed: abc123"
    assert shrink.alike(one, "step 99: sync in c4: exit 1: error: git push failed: fff999")
    assert not shrink.alike(one, "acknowledged and lost (1): message tk000007 of c1")
