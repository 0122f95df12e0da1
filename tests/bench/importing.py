"""Importing transcripts: time against json.loads of the same lines, size on disk, memory."""

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import DEVNULL, Popen

from git_naturecode import importing
from git_naturecode.redact import Redactor
from git_naturecode.store.store import PRIVATE

from . import made
from .measure import Line, Times, against, figure
from .stage import DATA, Stage

_BIG = 200_000_000
_HUGE = 1_000_000_000
_MESSAGE = 2_000  # characters in a message of a made-up transcript
_LOOK_SECONDS = 0.05


def transcripts(stage: Stage) -> Iterator[Line]:
    """Import, and import --full, of about 200 MB against json.loads of every line of it."""
    real, told = _real(stage)
    files = real if stage.quick else _copies(stage, real, _BIG)
    size = sum(path.stat().st_size for path in files) / 1e6
    for full, limit in ((False, 5.0), (True, 8.0)):
        ours = Times()
        before = Times()
        for _ in range(3 if stage.quick else 1):
            _parse(files, before)
            with ours.taking():
                _import(stage, files, full)
            _parse(files, before)
        budget = f"import{' --full' if full else ''} of {size:,.0f} MB, {told}"
        yield against(budget, ours, before, "json.loads, before and after,", limit)


def packed(stage: Stage) -> Iterator[Line]:
    """What imported transcripts weigh in a repository after an ordinary repack."""
    real, told = _real(stage)
    for full, limit in ((False, 0.42), (True, 0.9)):
        size = _weight(stage, _import(stage, real, full)) / 1e6
        budget = f"packed size of {len(real)} transcripts{', --full' if full else ''}, {told}"
        yield figure(budget, size, "MB", limit)
    if not stage.quick:
        files = _copies(stage, real, _BIG)
        total = sum(path.stat().st_size for path in files)
        share = _weight(stage, _import(stage, files, False)) * 100 / total
        yield figure(f"packed size of {total / 1e6:,.0f} MB of transcripts", share, "%", 1)


def memory(stage: Stage) -> Iterator[Line]:
    """The most memory that importing one huge transcript takes, with all child processes."""
    path = stage.folder / "huge.jsonl"
    _made(path, 50_000_000 if stage.quick else _HUGE)
    size = path.stat().st_size / 1e6
    for full in ((), ("--full",)):
        clone = stage.repo("huge")
        command = [stage.program, "session", "import", str(path), *full]
        process = Popen(command, cwd=clone, stdout=DEVNULL, stderr=DEVNULL)
        most = 0
        while process.poll() is None:
            most = max(most, _resident(process.pid))
            time.sleep(_LOOK_SECONDS)
        assert process.returncode == 0
        budget = f"memory to import{' --full' if full else ''} one transcript of {size:,.0f} MB"
        yield figure(budget, most / 1e6, "MB", 120)


def _import(stage: Stage, files: Sequence[Path], full: bool) -> Path:
    clone = stage.repo("import")
    with stage.store(clone) as store:
        options = importing.Options("private", full, "Ada")
        names = [str(path) for path in files]
        done = importing.import_files(store, names, Redactor(), options, lambda step: None)
    assert done.entries
    return clone


def _parse(files: Sequence[Path], times: Times) -> None:
    with times.taking():
        for path in files:
            with path.open("rb") as file:
                for line in file:
                    if not line.isspace():
                        json.loads(line)


def _weight(stage: Stage, clone: Path) -> int:
    """The bytes of the pack that holds everything that can be reached."""
    repo = clone / ".git" / "naturecode" / f"{PRIVATE}.git"
    stage.run("git", "repack", "-adq", cwd=repo)
    return sum(path.stat().st_size for path in repo.glob("objects/pack/*.pack"))


def _real(stage: Stage) -> tuple[list[Path], str]:
    """Real transcripts where they lie beside the project, else made-up ones; which they are."""
    found = sorted((DATA / "claude-code").glob("*.jsonl"))
    if found:
        return found, "real"
    folder = stage.folder / "made"
    if not folder.is_dir():
        folder.mkdir()
        for number in range(26):
            _made(folder / f"{number}.jsonl", 400_000)
    return sorted(folder.iterdir()), "MADE UP (no ../shared/data)"


def _copies(stage: Stage, files: Sequence[Path], size: int) -> list[Path]:
    """`files` over and over under new session ids, until they weigh `size`; made once."""
    folder = stage.folder / "copies"
    if folder.is_dir():
        return sorted(folder.iterdir())
    folder.mkdir()
    whole = sum(path.stat().st_size for path in files)
    for turn in range(max(1, round(size / whole))):
        for path in files:
            name, _, rest = path.name.partition(".")
            new = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {turn}"))
            text = path.read_bytes().replace(name.encode(), new.encode())
            (folder / f"{new}.{rest}").write_bytes(text)
    return sorted(folder.iterdir())


def _made(path: Path, size: int) -> None:
    """A transcript of one conversation that weighs about `size` bytes."""
    session = str(uuid.uuid5(uuid.NAMESPACE_OID, path.name))
    texts = [" ".join(made.text(n) for n in range(k, k + 6))[:_MESSAGE] for k in range(50)]
    written, number, parent = 0, 0, None
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{session} {number}"))
            role = "assistant" if number % 2 else "user"
            content = f"{number} {texts[number % len(texts)]}"
            line = json.dumps({
                "type": role, "uuid": name, "parentUuid": parent, "sessionId": session,
                "timestamp": f"2026-01-{1 + number // 86_400 % 28:02d}T{number // 3600 % 24:02d}:"
                f"{number // 60 % 60:02d}:{number % 60:02d}.000Z", "version": "2.1.19",
                "cwd": "/src", "message": {"role": role, "content": content},
            })  # fmt: skip
            written += file.write(line + "\n")
            number, parent = number + 1, name


def _resident(root: int) -> int:
    """The resident bytes of process `root` and all below it; 0 where there is no /proc."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents[int(folder.name)], pages[int(folder.name)] = int(fields[1]), int(fields[21])
    found, wave = 0, {root}
    while wave:
        found += sum(pages.get(one, 0) for one in wave)
        wave = {child for child, parent in parents.items() if parent in wave}
    return found * 4096
