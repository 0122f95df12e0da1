"""Programs of the npm registry that tests hold ours against, fetched once in a run."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path


@cache
def fetched(package: str, file: str) -> Path | None:
    """The `file` in `package` (name, or name@version); None where npm cannot get it here."""
    name = package.rpartition("@")[0] or package
    folder = Path(os.environ["HOME"]).parent / "npm" / name.replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None
    words = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", package]
    done = subprocess.run(words, capture_output=True, check=False, cwd=folder)
    found = folder / "node_modules" / name / file
    return found if done.returncode == 0 and found.is_file() else None
