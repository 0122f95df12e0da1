"""What stands in the folder of a work tree, for tests."""

import os
from pathlib import Path

from box import Clone


def files(clone: Clone, below: str = ".naturecode") -> dict[str, str]:
    """Path below `below` -> text of every file; of a link, what it says."""
    top = clone.path / below
    found = [path for path in top.rglob("*") if path.is_symlink() or not path.is_dir()]
    return {
        str(path.relative_to(top)): os.readlink(path) if path.is_symlink() else path.read_text()
        for path in found
    }


def page(clone: Clone, session: str) -> Path:
    """The one file of a session."""
    tail = session.rsplit("-", 1)[-1]
    (found,) = (clone.path / ".naturecode").glob(f"sessions/*/*-{tail}.md")
    return found


def pages(clone: Clone) -> set[str]:
    """The ids of all sessions that have a file, read from the files."""
    found = [text for path, text in files(clone).items() if path.startswith("sessions/")]
    return {text.split('id: "')[1].split('"')[0] for text in found}


def edit(path: Path, text: str) -> None:
    """Write to a file that is read-only, as an editor does when it was told to."""
    path.chmod(0o644)
    path.write_text(text)
