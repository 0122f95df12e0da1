"""Comments on real lines, moved through the history after them, and compared with the oracle."""

import json
import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from git_naturecode.domain.review.anchor import Anchor, at
from git_naturecode.domain.review.following import GONE, Place
from git_naturecode.git import repo as repos
from git_naturecode.git.door import open_objects
from git_naturecode.reviewing.placing import place

from .reverse import Fate, History

STEPS = (1, 5, 20, 100)


class Spot(NamedTuple):
    """A line that somebody could comment on."""

    commit: str
    path: str
    line: int


class Judged(NamedTuple):
    """One comment after so many commits: where it should be, where it was put, and the verdict.

    right: on the line that it was; wrong: on another; lost: said to be gone, but it is there.
    gone, edited, moved: the line is there no more, and that is what is said; stolen: it was put on
    a line that is another old one.
    """

    spot: Spot
    steps: int
    fate: Fate
    place: Place
    verdict: str


def commented(history: History) -> list[Spot]:
    """Where people have commented: the positions in git-appraise's notes that are still there."""
    spots: set[Spot] = set()
    listed = history.git("notes", "--ref", "refs/notes/devtools/discuss", "list")
    for line in listed.split("\n")[:-1]:
        for text in history.git("cat-file", "blob", line.split(" ")[0]).split("\n"):
            spots.update(_spot(text))
    known = set(history.git("rev-list", history.head).split())
    return sorted(one for one in spots if one.commit in known and _is_there(history, one))


def _spot(text: str) -> Iterator[Spot]:
    try:
        where = json.loads(text).get("location") or {}
    except ValueError:
        return
    line = (where.get("range") or {}).get("startLine")
    if line and where.get("path"):
        yield Spot(where["commit"], where["path"], line)


def _is_there(history: History, spot: Spot) -> bool:
    names = history.git("ls-tree", "-z", "--name-only", spot.commit, "--", spot.path)
    return bool(names) and spot.line <= len(history.lines(spot.commit, spot.path))


def changed(history: History, each: int, every: int = 1, seed: int = 1) -> list[Spot]:
    """At most `each` of the lines that every so manyth commit changes: what reviews are about."""
    rng = random.Random(seed)
    found = []
    for commit in history.chain[1::every]:
        lines = [(path, n) for path, some in history.touched(commit).items() for n in some]
        found += [Spot(commit, *one) for one in rng.sample(lines, min(each, len(lines)))]
    return found


def judged(history: History, spots: Iterable[Spot], steps: Iterable[int]) -> Iterator[Judged]:
    """Each of `spots` after each number of commits, where the history is that long."""
    groups: dict[tuple[str, int], list[Spot]] = {}
    for count in steps:
        for spot in spots:
            groups.setdefault((spot.commit, count), []).append(spot)
    repo = repos.find(str(history.path), dict(os.environ))
    objects = open_objects(repo, many=False)
    for (commit, count), group in groups.items():
        target = history.after(commit, count)
        if target:
            anchors = {str(n): _anchor(history, spot) for n, spot in enumerate(group)}
            places = place(repo, objects, anchors, target, "")
            yield from _compared(history, target, count, group, list(places.values()))
    objects.close()


def _anchor(history: History, spot: Spot) -> Anchor:
    blob = history.git("rev-parse", f"{spot.commit}:{spot.path}").strip()
    anchor = Anchor(spot.path, commit=spot.commit, blob=blob)
    return at(history.lines(spot.commit, spot.path), anchor, spot.line)


def _compared(
    history: History, target: str, count: int, group: list[Spot], places: list[Place]
) -> Iterator[Judged]:
    fates = {path: history.fates(group[0].commit, target, path) for path in {s.path for s in group}}
    for spot, found in zip(group, places, strict=True):
        fate = fates[spot.path][spot.line]
        back = {(f.path, f.line) for f in fates[spot.path].values() if f.commit == target}
        yield Judged(spot, count, fate, found, _verdict(fate, found, target, back))


def _verdict(fate: Fate, found: Place, target: str, back: set[tuple[str, int]]) -> str:
    here = (found.path, found.line)
    if fate.commit == target:
        return "lost" if found.state == GONE else "right" if here == fate[1:] else "wrong"
    return "stolen" if here in back else found.state if found.state == GONE else "edited"


def tally(all_of: Iterable[Judged]) -> dict[int, Counter[str]]:
    """How many of each verdict, by the number of commits."""
    counts: dict[int, Counter[str]] = {}
    for one in all_of:
        counts.setdefault(one.steps, Counter())[one.verdict] += 1
    return counts


def fetched(bundle: Path, into: Path) -> History:
    """git-appraise with its notes, cloned out of the bundle."""
    import subprocess

    for args in (
        ("clone", "-q", "--branch", "master", str(bundle), str(into)),
        ("-C", str(into), "fetch", "-q", "origin", "refs/notes/*:refs/notes/*"),
    ):
        subprocess.run(["git", *args], check=True, capture_output=True)
    return History(into)
