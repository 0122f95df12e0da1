"""Comments moved through real history, and what the difference of a very large range costs."""

import resource
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import git_naturecode
from git_naturecode.domain.review.anchor import Anchor, at
from git_naturecode.git import changes as diff
from git_naturecode.git import repo as repos
from git_naturecode.git.door import open_objects
from git_naturecode.reviewing.placing import place

from .measure import NO_PEER, Line, against, figure, interleave
from .moved import STEPS, Spot, changed, commented, fetched, judged, tally
from .reverse import History
from .stage import DATA, Stage

_ROOT = Path(git_naturecode.__file__).parent.parent


def anchors(stage: Stage) -> Iterator[Line]:
    """Lines of two real histories after 1, 5, 20 and 100 commits, against `git blame --reverse`."""
    bundle = DATA / "git-appraise.bundle"
    if not bundle.is_file():
        yield Line("anchors", "", "no ../shared/data", "-", "0 wrong, >= 98 %", NO_PEER)
    else:
        history = fetched(bundle, stage.path("appraise"))
        yield from _judged("git-appraise, where people commented", history, commented(history))
        spots = changed(history, 2 if stage.quick else 8)
        yield from _judged("git-appraise, lines of each commit", history, spots)
    own = History(_ROOT) if (_ROOT / ".git").exists() else None
    if own is None or len(own.chain) <= max(STEPS):
        yield Line("anchors, this project", "", "no history here", "-", "0 wrong", NO_PEER)
    else:
        spots = changed(own, 2 if stage.quick else 8, every=10 if stage.quick else 4)
        yield from _judged("this project, lines of every 4th commit", own, spots)


def _judged(what: str, history: History, spots: list[Spot]) -> Iterator[Line]:
    for steps, count in sorted(tally(judged(history, spots, STEPS)).items()):
        alive = count["right"] + count["lost"] + count["wrong"]
        told = ", ".join(f"{name} {count[name]}" for name in sorted(count))
        name = f"{what}, {steps} on ({told})"
        yield figure(f"{name}: on another line", count["wrong"] + count["stolen"], "", 0)
        if alive:
            yield figure(f"{name}: kept", 100 * count["right"] / alive, "%", 98, least=True)


def ranges(stage: Stage) -> Iterator[Line]:
    """The difference of 2,000 files and 200,000 changed lines, and 500 comments in it moved on."""
    files = 200 if stage.quick else 2_000
    path, (base, head, later) = _large(stage, files)
    repo = repos.find(str(path), stage.env)
    stat = partial(_git, path, "diff", "--stat", base, head)
    peer, counted, whole = interleave(
        stage.rounds(5), stat, lambda: diff.summary(repo, base, head),
        lambda: sum(len(one.hunks) for one in diff.changes(repo, base, head)),
    )  # fmt: skip
    yield against(f"file list of {files} files", counted, peer, "git diff --stat", 2)
    yield against(f"every hunk of {files} files", whole, peer, "git diff --stat", 8)
    objects = open_objects(repo, many=False)
    found = [_anchor(path, head, number * files // 500) for number in range(min(500, files))]
    wanted = {str(n): anchor for n, anchor in enumerate(found)}
    stat = partial(_git, path, "diff", "--stat", head, later)
    peer, moved = interleave(
        stage.rounds(5), stat, lambda: place(repo, objects, wanted, later, "")
    )  # fmt: skip
    objects.close()
    yield against(f"{len(wanted)} comments moved on", moved, peer, "git diff --stat", 12)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield figure("memory of this process at most", most, "MB", 500)


def _git(path: Path, *args: str) -> bytes:
    return subprocess.run(["git", *args], cwd=path, capture_output=True, check=True).stdout


def _large(stage: Stage, files: int) -> tuple[Path, list[str]]:
    """A repository of so many files in three commits, each of which changes all of them."""
    path = stage.path("large")
    stage.run("git", "init", "-q", str(path), cwd=stage.folder)
    parts = []
    for number in range(3):
        parts.append(b"commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 1\nx\n" % number)
        for file in range(files):
            text = _text(file, number).encode()
            parts.append(b"M 100644 inline f%05d.py\ndata %d\n%s\n" % (file, len(text), text))
    stage.run("git", "fast-import", "--quiet", cwd=path, data=b"".join(parts))
    out = stage.run("git", "rev-list", "--reverse", "main", cwd=path)
    return path, out.decode().split()


def _text(file: int, number: int) -> str:
    lines = [f"value_{n} = compute({file}, {n})" for n in range(150)]
    changes = {n: f"value_{n} = change({file}, {n}, {number})" for n in range(number, 150, 3)}
    return "".join(f"{changes.get(n, line)}\n" for n, line in enumerate(lines))


def _anchor(path: Path, commit: str, file: int) -> Anchor:
    lines = _text(file, 1).split("\n")[:-1]
    blob = _git(path, "rev-parse", f"{commit}:f{file:05}.py").decode().strip()
    return at(lines, Anchor(f"f{file:05}.py", commit=commit, blob=blob), 3 + file % 100)
