"""The reflog of HEAD: which lines are commits, and where reading goes on after git rewrote it."""

from pathlib import Path

import pytest

from git_naturecode.git import reflog


def line(number: int, why: str, old: int | None = None) -> str:
    """One line, by the number of its commit; each second another."""
    before = number - 1 if old is None else old
    who = "A <x> Ü <a@example.com>"
    return f"{before:040x} {number:040x} {who} {1_790_000_000 + number} +0200\t{why}\n"


def read(folder: Path, mark: reflog.Mark | None, since: int = 0) -> tuple[list[int], reflog.Mark]:
    """The numbers of the commits that were made since."""
    found = reflog.read(str(folder), mark, since)
    assert found is not None
    return [int(one.new, 16) for one in found[0]], found[1]


def write(folder: Path, *lines: str) -> None:
    (folder / "logs").mkdir(exist_ok=True)
    (folder / "logs/HEAD").write_text("".join(lines))


@pytest.mark.parametrize(
    ("why", "counts"),
    [
        ("commit: x", True), ("commit (initial): x", True), ("commit (amend): x", True),
        ("commit: rebase (start): x", True), ("commit: ", True),
        ("commit (merge): x", False), ("commit (cherry-pick): x", False), ("cherry-pick: x", False),
        ("revert: x", False), ("am: x", False), ("merge side: Fast-forward", False),
        ("pull: Fast-forward", False), ("checkout: moving from a to commit: b", False),
        ("reset: moving to HEAD~1", False), ("rebase (pick): commit: x", False),
        ("rebase (finish): returning to refs/heads/x", False), ("", False),
        ("commitment: x", False),
    ],
)  # fmt: skip
def test_which_lines_are_commits(tmp_path: Path, why: str, counts: bool) -> None:
    write(tmp_path, line(1, why))
    assert read(tmp_path, None)[0] == [1] * counts


@pytest.mark.parametrize("action", ["rebase", "rebase -i", "pull --rebase origin main", "mine"])
@pytest.mark.parametrize("end", ["finish", "abort"])
def test_nothing_counts_within_a_rebase(tmp_path: Path, action: str, end: str) -> None:
    lines = [
        line(1, "commit: x"), line(2, f"{action} (start): checkout x"), line(3, "commit: x"),
        line(4, f"{action} (pick): x"), line(5, "commit (amend): x"),
        line(6, f"{action} ({end}): x"), line(7, "commit: x"),
    ]  # fmt: skip
    write(tmp_path, *lines)
    assert read(tmp_path, None)[0] == [1, 7]
    for cut in range(len(lines)):
        (tmp_path / "rebase-merge").mkdir()
        write(tmp_path, *lines[:cut])
        first, mark = read(tmp_path, None)
        assert 3 not in first
        (tmp_path / "rebase-merge").rmdir()
        write(tmp_path, *lines)
        mark = mark._replace(rebasing=1 < cut < 6)
        assert sorted([*first, *read(tmp_path, mark)[0]]) == [1, 7]


def test_an_amend_that_changes_nothing_and_what_is_no_line(tmp_path: Path) -> None:
    write(tmp_path, line(1, "commit (amend): x", old=1), "nonsense\n", "a b c\tcommit: x\n")
    assert read(tmp_path, None)[0] == []


@pytest.mark.parametrize("longer", [True, False])
def test_a_log_that_was_rewritten(tmp_path: Path, longer: bool) -> None:
    """By `git gc`, which takes lines out, or changes what they say of the commit before."""
    lines = [line(number, "commit: x") for number in range(1, 10)]
    write(tmp_path, *lines[:6])
    seen, mark = read(tmp_path, None)
    assert seen == [1, 2, 3, 4, 5, 6]
    more = [line(number, "commit: x") for number in range(20, 40)] if longer else []
    write(tmp_path, *lines[2:], *more)
    assert read(tmp_path, mark)[0] == [7, 8, 9, *range(20, 40)[: len(more)]]
    write(tmp_path, lines[1], line(6, "commit: x", old=2), *lines[6:])
    assert read(tmp_path, mark)[0] == [7, 8, 9]
    write(tmp_path, lines[1], *lines[6:], *more)  # without the very last line that was read
    found, mark = read(tmp_path, mark)
    assert found == [7, 8, 9, *range(20, 40)[: len(more)]]
    write(tmp_path)
    found, mark = read(tmp_path, mark)
    assert (found, mark.line) == ([], b"")
    write(tmp_path, line(50, "commit: x"))
    assert read(tmp_path, mark)[0] == [50]


def test_without_a_mark_it_begins_at_a_time(tmp_path: Path) -> None:
    write(tmp_path, *(line(number, "commit: x") for number in range(1, 10)))
    assert read(tmp_path, None, 1_790_000_007)[0] == [7, 8, 9]
    assert reflog.read(str(tmp_path / "logs"), None, 0) is None
