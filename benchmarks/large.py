"""`python -m benchmarks.large`: time and memory of the builtin reviewer on 100,000 changed lines.

The change is this project's own Python as one commit from nothing, a third of the files given as
JavaScript, read from a real repository by the same code as a review. Prints the seconds, the peak
of memory and what was skipped.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.changing import EVERY_ASPECT
from git_naturecode.ai.builtin.reviewer import Builtin
from git_naturecode.domain.findings.hit import Change
from git_naturecode.git import changes, repo
from git_naturecode.git.changes import FileChange

ROOT = Path(__file__).resolve().parents[1]
_SCRIPT = """\
export async function {name}(req, res) {{
  const id = req.query.id;
  const rows = await db.query(`select * from t where a = '${{id}}'`);
  for (const row of rows) {{
    box.innerHTML += `<li>${{row.name}}</li>`;
  }}
  return res.json(rows.map((row) => ({{ ...row, total: row.a + row.b }})));
}}
"""


class _Files:
    """The files of the change, read from git anew each time."""

    def __init__(self, of: repo.Repo, head: str) -> None:
        self._of, self._head = of, head

    def __iter__(self) -> Iterator[FileChange]:
        return changes.changes(self._of, "", self._head)


def _laid_out(folder: Path, wanted: int) -> int:
    """Write at least `wanted` lines into `folder`; how many those were."""
    total = turn = 0
    while total < wanted:
        for path in sorted(ROOT.glob("git_naturecode/**/*.py")):
            place = folder / f"copy{turn}" / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            if len(text) % 3 == 0:
                place = place.with_suffix(".ts")
                text = "".join(_SCRIPT.format(name=f"f{n}") for n in range(text.count("\n") // 8))
            place.write_text(text, encoding="utf-8")
            total += text.count("\n")
            if total >= wanted:
                break
        turn += 1
    return total


def _git(folder: Path, *args: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *who, *args], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--linters", action="store_true", help="with those that are installed")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _git(folder, "init", "-q")
        lines = _laid_out(folder, given.lines)
        _git(folder, "add", "-A")
        _git(folder, "commit", "-q", "-m", "all")
        head = _git(folder, "rev-parse", "HEAD")
        of = repo.find(str(folder), os.environ)

        def new(path: str) -> bytes | None:
            place = folder / path
            return place.read_bytes() if place.is_file() else None

        change = Change(
            _Files(of, head), lambda path: None, new, "", head, "", "", "", EVERY_ASPECT
        )
        began, used = time.perf_counter(), time.process_time()
        seen = Builtin(os.environ if given.linters else None).look(change)
        took, used = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{lines} lines: {took:.1f} s ({used:.1f} s of one processor), {peak:.0f} MB at most")
    print(f"{len(seen.hits)} findings, {len(seen.covered)} hunks covered, sources {seen.sources}")
    _listed("skipped", seen.skipped.values())
    _listed("rules", (hit.rule for hit in seen.hits))


def _listed(title: str, values: Iterable[str]) -> None:
    found = ", ".join(f"{one} {n}" for one, n in Counter(values).most_common())
    print(f"{title}: {found or 'none'}")


if __name__ == "__main__":
    main()
