"""Commands at a real terminal, all in one process, and what they write on it."""

import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping, Sequence

from box import Clone

_RUN = """
import json, os, sys
from git_naturecode.__main__ import run
codes = []
for number, args in enumerate(json.load(open(sys.argv[1]))):
    print(f"<<<{number}>>>", flush=True)
    codes.append(run(args))
    sys.stdout.flush()
    sys.stderr.flush()
print("<<<end>>>", flush=True)
json.dump(codes, open(sys.argv[2], "w"))
"""
# What the program itself may say to a terminal: return, and clear to the end of the line.
_OURS = re.compile(r"\r\n|\r\x1b\[K")


def shown(clone: Clone, commands: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """For each command its exit code and what a terminal got of it, on both streams."""
    asked, answered = clone.path.parent / "asked.json", clone.path.parent / "answered.json"
    asked.write_text(json.dumps(list(map(list, commands))))
    ours, theirs = pty.openpty()
    env: Mapping[str, str] = {**os.environ, **clone.env, "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, str(asked), str(answered)], cwd=clone.path, env=env,
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        data = b""
        while chunk := _read(ours):
            data += chunk
        process.wait()
    os.close(ours)
    text = data.decode("utf-8", "surrogateescape")
    parts = re.split(r"<<<(?:\d+|end)>>>\r\n", text)[1:-1]
    codes = json.loads(answered.read_text())
    assert len(parts) == len(codes) == len(commands), text[-2000:]
    return list(zip(codes, parts, strict=True))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that the other side has gone
        return b""


def commanding(text: str) -> list[str]:
    """The characters in `text` that could command a terminal, or hide or reorder words."""
    return sorted(
        {
            f"U+{ord(one):04X}"
            for one in _OURS.sub("\n", text)
            if one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        }
    )
