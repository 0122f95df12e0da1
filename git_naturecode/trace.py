"""GIT_NATURECODE_TRACE and the report file of a fault, with secrets struck out."""

import os
import re
import sys
import traceback
from collections.abc import Mapping

_VARIABLE = "GIT_NATURECODE_TRACE"
_USERINFO = r"(://)[^/@\s]+@"


def note(topic: str, text: str, environ: Mapping[str, str] = os.environ) -> None:
    """Write one line of trace where GIT_NATURECODE_TRACE says (1: stderr, a path: that file)."""
    where = environ.get(_VARIABLE, "")
    if where in ("", "0", "false"):
        return
    line = f"naturecode: {topic}: {strike(text)}\n"
    if where in ("1", "true", "2"):
        sys.stderr.write(line)
        return
    with open(where, "a", encoding="utf-8", errors="replace") as file:
        file.write(line)


def strike(text: str) -> str:
    """`text` without the user name and password of any address in it."""
    return re.sub(_USERINFO, r"\1***@", text)


def report(error: BaseException, folder: str, version: str) -> str:
    """Write what is needed to mend a fault into a file in `folder`; give its path.

    Only the places in the code and the kind of the error: its text and the values of variables
    may hold what the user said.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, f"fault-{os.getpid()}.txt")
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in frames]
    head = f"git naturecode {version}\npython {sys.version.split()[0]} on {sys.platform}\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(head + f"{type(error).__name__}\n" + "\n".join(lines) + "\n")
    return path
