"""A command that is killed at chosen moments, each time from the same state."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import crash
from box import Clone


@dataclass
class Sweep:
    """`git naturecode ARGS` in a clone; `folder` is a place beside it that is ours alone."""

    clone: Clone
    args: Sequence[str]
    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self._kept = self.folder / "kept"
        shutil.copytree(self.clone.path, self._kept, symlinks=True)

    def points(self) -> list[crash.Point]:
        """The moments before which the program itself changes something, or tells somebody; what
        the index of lists writes is left out, for that can be made again."""
        trace = self.folder / "trace"
        calls = ",".join((*crash.CALLS, "execve"))
        self._strace("-f", "-y", "-e", f"trace={calls}", "-o", str(trace), check=True)
        self._restore()
        found = crash.points(trace.read_text(errors="replace").splitlines())
        return [one for one in found if one.role == "writer" and one.call != "pwrite64"]

    def run(self, points: Sequence[crash.Point], ends: Callable[[str], None]) -> int:
        """Kill it at each of `points`; after each `ends` gets what it had said, brings all to an
        end by the same command, and looks. How often it was killed."""
        killed = 0
        for point in points:
            self._restore()
            what = f"{point.call}:{crash.KILL}:when={point.number}"
            done = self._strace(
                "-o", "/dev/null", "-e", f"trace={point.call}", "-e", f"inject={what}"
            )
            killed += done.returncode != 0
            assert "Traceback" not in done.stderr, (point, done.stderr)
            crash.wait_for_orphans(self.clone)
            try:
                ends(done.stdout.strip())
            except AssertionError as error:
                raise AssertionError(f"after {point}: {error}") from error
        return killed

    def _strace(self, *options: str, check: bool = False) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["strace", "-qq", *options, sys.executable, "-m", "git_naturecode", *self.args],
            capture_output=True, text=True, cwd=self.clone.path, check=check,
            env=crash.environment() | self.clone.env, timeout=crash.PATIENCE,
        )  # fmt: skip

    def _restore(self) -> None:
        shutil.rmtree(self.clone.path)
        shutil.copytree(self._kept, self.clone.path, symlinks=True)
