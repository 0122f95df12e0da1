"""What a rebase of 500 linked commits costs with our hooks, and what survives it."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from git_naturecode import linking
from git_naturecode.hooks import QUIET
from git_naturecode.linking.known import Known

from .measure import Line, Times, against, figure, interleave
from .stage import Stage

_COMMITS = 500
_FIND = 20


def rebase(stage: Stage) -> Iterator[Line]:
    """`git rebase` of linked commits with all hooks installed, and with none."""
    count = 100 if stage.quick else _COMMITS
    path = stage.repo("rebased")
    _commits(stage, path, "topic", count)
    session = stage.run(stage.program, "session", "start", "Retry jitter", cwd=path).decode()
    attached = Times()
    with attached.taking():
        stage.run(stage.program, "session", "attach", session.strip(), "main..topic", cwd=path)
    stage.run("git", "switch", "-q", "main", cwd=path)
    _commits(stage, path, "", 1)
    plain = partial(_rebase, stage, path, "-c", "core.hooksPath=/dev/null")
    always = partial(_rebase, stage, path, "-c", f"core.hooksPath={_usual(stage, path)}")
    ours, usual, without = interleave(
        stage.rounds(3), partial(_rebase, stage, path), always, plain, warm=0
    )
    what = f"git rebase of {count} linked commits"
    yield against(f"{what}, hooks that are always installed", usual, without, "no hooks", 1.5)
    yield against(f"{what}, those of a commit too", ours, without, "no hooks", 1.5)
    (path / ".git/naturecode/queue").unlink(missing_ok=True)
    _rebase(stage, path)
    drained = Times()
    with stage.store(path, many=False) as store, drained.taking():
        linking.drain(store)
    yield figure(
        f"drain of {count} rewritten commits, processor time", drained.work, "ms", 20 * count
    )
    new = stage.run("git", "rev-list", "main..topic", cwd=path).decode().split()
    with stage.store(path, many=False) as store:
        known = Known(store)
        links = known.links(new)
        known.close()
        found = Times()
        for oid in new[:_FIND]:
            with found.taking():
                linking.find(store, oid)
    linked = sum(bool(links[oid]) for oid in new)
    yield figure("of these commits keep their session", linked, "commits", count, least=True)
    yield figure("finding the session of one commit, processor time", found.work, "ms", 100)
    for number in (1, 100):
        yield _drain(stage, path, session.strip(), number)


def _usual(stage: Stage, path: Path) -> Path:
    """A folder with the hooks that no plain commit runs."""
    folder = stage.path("hooks")
    folder.mkdir()
    for name in QUIET:
        shutil.copy(path / ".git/hooks" / name, folder / name)
    return folder


def _drain(stage: Stage, path: Path, session: str, count: int) -> Line:
    """The drain of what hooks write about commits that were just made."""
    name = f"few{count}"
    stage.run("git", "switch", "-q", "-c", name, "main", cwd=path)
    _commits(stage, path, "", count, session)
    oids = stage.run("git", "rev-list", f"main..{name}", cwd=path).decode().split()
    queue = path / ".git/naturecode/queue"
    queue.write_text("".join(f"commit 1 {oid} {'0' * 40} {session} .\n" for oid in oids))
    drained = Times()
    with stage.store(path, many=False) as store, drained.taking():
        linking.drain(store)
    return figure(
        f"drain of {count} new commits, processor time", drained.work, "ms", 1000 + 100 * count
    )


def _commits(stage: Stage, path: Path, branch: str, count: int, session: str = "") -> None:
    """So many commits, each to a file of its own, by one stream."""
    head = stage.run("git", "rev-parse", "HEAD", cwd=path).decode().strip()
    ref = f"refs/heads/{branch}" if branch else stage.run(
        "git", "symbolic-ref", "HEAD", cwd=path
    ).decode().strip()  # fmt: skip
    trailer = f"\n\nNatureCode-Session: {session}" if session else ""
    lines = []
    for number in range(count):
        said = f"Change {branch} {number}{trailer}\n"
        text = f"{branch} {number}\n" * 20
        lines.append(
            f"commit {ref}\ncommitter Ada <ada@example.com> {1_770_000_000 + number} +0000\n"
            f"data {len(said)}\n{said}" + (f"from {head}\n" if number == 0 else "")
            + f"M 100644 inline {branch or 'main'}/{number % 50}/{number}.py\n"
            f"data {len(text)}\n{text}\n"
        )  # fmt: skip
    stage.run("git", "fast-import", "--quiet", "--force", cwd=path, data="".join(lines).encode())
    if not branch:
        stage.run("git", "reset", "-q", "--hard", cwd=path)
    else:
        stage.run("git", "branch", "-f", f"{branch}-before", branch, cwd=path)


def _rebase(stage: Stage, path: Path, *options: str) -> None:
    stage.run("git", "switch", "-q", "-C", "topic", "topic-before", cwd=path)
    stage.run("git", *options, "rebase", "-q", "main", cwd=path)
    stage.run("git", "switch", "-q", "main", cwd=path)
