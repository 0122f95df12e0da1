"""The program at a terminal, with an editor that is a shell command."""

import os
import pty
import subprocess
import sys

from box import Clone


def at_terminal(clone: Clone, *args: str, editor: str, typed: str = "") -> tuple[int, str]:
    """The command at a terminal, with an editor that is a shell command; exit code and output.

    `typed` are the lines that a person types.
    """
    ours, theirs = pty.openpty()
    env = {**os.environ, **clone.env, "GIT_EDITOR": editor, "TERM": "xterm", "GIT_PAGER": "cat"}
    with subprocess.Popen(
        [sys.executable, "-m", "git_naturecode", *args], cwd=clone.path, env=env,
        stdin=theirs, stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        os.write(ours, typed.encode())
        data = b""
        try:
            while chunk := os.read(ours, 65536):
                data += chunk
        except OSError:  # Linux's way to say that the other side has gone
            pass
        code = process.wait()
    os.close(ours)
    return code, data.decode().replace("\r\n", "\n")


def writing(clone: Clone, text: str) -> str:
    """An editor that leaves `text` above what stands below the line."""
    path = clone.path.parent / "typed"
    path.write_text(text)
    script = clone.path.parent / "editor.py"
    script.write_text(
        "import sys\n"
        "before = open(sys.argv[1]).read()\n"
        "line = [one for one in before.split('\\n') if '>8' in one][-1]\n"
        f"typed = open({str(path)!r}).read()\n"
        "open(sys.argv[1], 'w').write(typed + line + before.split(line)[-1])\n"
    )
    return f"{sys.executable} {script}"
