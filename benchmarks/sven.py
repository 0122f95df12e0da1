"""`python -m benchmarks.sven`: the builtin reviewer, and bandit, on real fixes of vulnerabilities.

The set is the Python part of SVEN (He and Vechev, 2023): functions before and after the fix of a
known weakness. It is read from the folder beside the project, and no part of it is kept here. The
rules were made while looking at the half TUNED only; the other half is what counts.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from benchmarks import bandit_alone
from benchmarks.changing import change
from git_naturecode.ai.builtin.reviewer import Builtin
from git_naturecode.domain.findings.hit import Hit

SET = Path(__file__).resolve().parents[2] / "shared" / "data" / "sven" / "python.jsonl"
TUNED, UNSEEN = "tuned", "unseen"
# The first number for which each weakness has 40 to 60 percent of its functions in either half.
_SALT = 3
_CLASSES = {
    "cwe-022": {"CWE-22"}, "cwe-078": {"CWE-78"}, "cwe-089": {"CWE-89"},
    # Pages without escaping go by several numbers: markup, attributes, engines that do not escape.
    "cwe-079": {"CWE-79", "CWE-80", "CWE-94", "CWE-116"},
}  # fmt: skip
_NEAR = 3  # lines


class Fix(NamedTuple):
    """One function before and after the fix of a weakness `cwe`; the lines that it changes."""

    cwe: str
    half: str
    before: str
    after: str
    deleted: frozenset[int]
    added: frozenset[int]


class Mark(NamedTuple):
    """Something that a reviewer says of a text: its class, where, and by which rule."""

    cwe: str
    line: int
    end: int
    rule: str


Review = Callable[[Sequence[str]], list[list[Mark]]]


def fixes(path: Path = SET) -> list[Fix]:
    """The fixes in the set."""
    with path.open(encoding="utf-8") as lines:
        return [_fix(json.loads(line)) for line in lines]


def _fix(row: dict[str, object]) -> Fix:
    changes = row["line_changes"]
    assert isinstance(changes, dict)
    deleted, added = (
        frozenset(int(line["line_no"]) for line in changes[side]) for side in ("deleted", "added")
    )
    return Fix(
        str(row["vul_type"]), half(str(row["commit_link"])), str(row["func_src_before"]),
        str(row["func_src_after"]), deleted, added,
    )  # fmt: skip


def half(commit: str) -> str:
    """The half that all functions of one commit belong to."""
    return UNSEEN if sha256(f"{_SALT} {commit}".encode()).digest()[0] % 2 else TUNED


def builtin(texts: Sequence[str]) -> list[list[Mark]]:
    """What the builtin reviewer says of each text, given as a file that is new."""
    reviewer = Builtin()
    return [
        [
            Mark(hit.cwe, hit.line, hit.end, hit.rule)
            for hit in reviewer.look(change({}, {"function.py": text}, aspects=("security",))).hits
        ]
        for text in texts
    ]


def of_added(fixed: Iterable[Fix]) -> list[list[Hit]]:
    """What the builtin reviewer says of each fix itself."""
    reviewer = Builtin()
    return [
        list(
            reviewer.look(
                change(
                    {"function.py": one.before}, {"function.py": one.after}, aspects=("security",)
                )
            ).hits
        )
        for one in fixed
    ]


class Count(NamedTuple):
    """Of `of` functions, how many were flagged: by the right class, by any, near the change."""

    of: int
    same: int
    any: int
    near: int


def count(fixed: Sequence[Fix], marks: Sequence[list[Mark]], *, before: bool) -> Count:
    """How many of `fixed` are flagged by `marks`."""
    same = any_class = near = 0
    for one, found in zip(fixed, marks, strict=True):
        right = [mark for mark in found if mark.cwe in _CLASSES[one.cwe]]
        lines = one.deleted if before else one.added
        same += bool(right)
        any_class += bool(found)
        near += any(
            mark.line - _NEAR <= line <= mark.end + _NEAR for mark in right for line in lines
        )
    return Count(len(fixed), same, any_class, near)


def table(fixed: Sequence[Fix], review: Review) -> Iterator[str]:
    """The rows for one reviewer: per weakness, per half, and all."""
    told = {
        before: review([one.before if before else one.after for one in fixed])
        for before in (True, False)
    }
    groups: list[tuple[str, Callable[[Fix], bool]]] = []
    for name in (UNSEEN, TUNED):
        groups += [(f"{name} {cwe}", _chosen(name, cwe)) for cwe in sorted(_CLASSES)]
        groups.append((f"**{name}**", _chosen(name, "")))
    groups.append(("**all**", _chosen("", "")))
    for title, chosen in groups:
        kept = [index for index, one in enumerate(fixed) if chosen(one)]
        counts = [
            count([fixed[i] for i in kept], [told[before][i] for i in kept], before=before)
            for before in (True, False)
        ]
        yield _row(title, *counts)


def _chosen(name: str, cwe: str) -> Callable[[Fix], bool]:
    return lambda one: one.half == (name or one.half) and one.cwe == (cwe or one.cwe)


def _row(title: str, before: Count, after: Count) -> str:
    def share(part: int) -> str:
        return f"{part} ({100 * part / before.of:.0f} %)" if before.of else "0"

    cells = [title, str(before.of)]
    cells += [share(n) for n in (before.same, after.same, before.near, before.any, after.any)]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the tables; says so where the set is not there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sven", description=__doc__)
    parser.add_argument("--set", type=Path, default=SET, help="the file python.jsonl")
    path = parser.parse_args().set
    if not path.exists():
        print(f"The set is not there ({path}); nothing was measured.")
        return
    fixed = fixes(path)
    head = (
        "| functions | of | flagged before | after | before, near the change | any before | after |"
    )
    reviewers: list[tuple[str, Review]] = [("builtin", builtin)]
    if bandit_alone.VERSION:
        reviewers.append((f"bandit {bandit_alone.VERSION}", bandit_alone.review))
    else:
        print("bandit is not installed; the builtin reviewer is measured by itself.\n")
    for name, review in reviewers:
        print(f"### {name}\n\n{head}\n|{' --- |' * 7}")
        print(*table(fixed, review), sep="\n", end="\n\n")
    print(*by_rule(fixed), sep="\n", end="\n\n")
    _added(fixed)


def by_rule(fixed: Sequence[Fix]) -> Iterator[str]:
    """How many functions each rule flags: one that does so in the tuned half only is suspect."""
    counts: dict[str, Counter[str]] = {}
    for before in (True, False):
        marks = builtin([one.before if before else one.after for one in fixed])
        for one, found in zip(fixed, marks, strict=True):
            for rule in {mark.rule for mark in found}:
                column = f"{one.half} {'before' if before else 'after'}"
                counts.setdefault(rule, Counter())[column] += 1
    columns = [f"{name} {when}" for name in (UNSEEN, TUNED) for when in ("before", "after")]
    yield f"| rule | {' | '.join(columns)} |"
    yield f"|{' --- |' * 5}"
    for rule in sorted(counts):
        yield f"| {rule} | {' | '.join(str(counts[rule][column]) for column in columns)} |"


def _added(fixed: Sequence[Fix]) -> None:
    """The second figure: what is said of the fixes themselves, whose new lines should be right."""
    for name in (UNSEEN, TUNED):
        some = [one for one in fixed if one.half == name]
        told = of_added(some)
        same = sum(
            any(hit.cwe in _CLASSES[one.cwe] for hit in hits)
            for one, hits in zip(some, told, strict=True)
        )
        print(f"Fixes as changes, {name}: {same} of {len(some)} have a finding of that class.")


if __name__ == "__main__":
    main()
