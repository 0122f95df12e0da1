"""Bandit by itself, as the peer of the builtin reviewer."""

import importlib.metadata
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.sven import Mark

try:
    VERSION = importlib.metadata.version("bandit")
except importlib.metadata.PackageNotFoundError:
    VERSION = ""


def review(texts: Sequence[str]) -> "list[list[Mark]]":
    """What bandit says of each text, with all of its checks; methods are put at the margin."""
    from benchmarks.sven import Mark

    with tempfile.TemporaryDirectory() as folder:
        for index, text in enumerate(texts):
            Path(folder, f"f{index}.py").write_text(dedent(text), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "bandit", "-q", "-r", "-f", "json", folder],
            capture_output=True, check=False,
        )  # fmt: skip
    marks: list[list[Mark]] = [[] for _ in texts]
    for found in json.loads(done.stdout)["results"]:
        lines = found["line_range"] or [found["line_number"]]
        index = int(Path(found["filename"]).stem[1:])
        cwe = f"CWE-{found['issue_cwe'].get('id', 0)}"
        marks[index].append(Mark(cwe, lines[0], lines[-1], found["test_id"]))
    return marks
