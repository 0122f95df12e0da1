"""demo: the guided run goes to its end by itself, and leaves nothing behind."""

import os
import sys
from pathlib import Path

from box import Box, Clone


def test_the_demo_shows_what_it_promises(box: Box, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    programs = Path(sys.executable).parent
    search = f"{programs}{os.pathsep}{os.environ['PATH']}"
    place = Clone(box.path, env={"TMPDIR": str(temporary), "PATH": search})
    done = place.process("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Both clones show the same 6 messages, each once." in done.stdout
    assert "The key that Ada had typed is nowhere in the repository." in done.stdout
    assert done.stdout.count("the commit was made in this session") == 2
    assert "nc/python/command-injection (CWE-78) · new" in done.stdout
    assert "nc/python/command-injection · fixed" in done.stdout
    assert "it can be merged: git naturecode review merge" in done.stdout
    assert "into main by squash" in done.stdout
    assert list(temporary.iterdir()) == []
