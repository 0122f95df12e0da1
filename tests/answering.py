"""A program that answers as a model would, and keeps what it was asked."""

import json
import sys
from pathlib import Path
from typing import Any

from box import Clone


def model(clone: Clone, tmp_path: Path, *answers: Any, name: str = "model") -> Path:
    """Set up a program that gives these answers one after the other; where it writes questions."""
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    for number, answer in enumerate(answers):
        text = answer if isinstance(answer, str) else json.dumps(answer)
        (folder / f"{number}.answer").write_text(text)
    script = folder / "model.py"
    script.write_text(
        "import sys, pathlib\n"
        f"folder = pathlib.Path({str(folder)!r})\n"
        "number = len(list(folder.glob('*.question')))\n"
        "(folder / f'{number}.question').write_text(sys.stdin.read())\n"
        "sys.stdout.write((folder / f'{number}.answer').read_text())\n"
    )
    clone.git("config", "naturecode.ai.provider", "command")
    clone.git("config", "naturecode.ai.command", f"{sys.executable} {script}")
    return folder
