"""The files of articles beside the entries about them: in the same commit, or made right later.

What makes them is `views`, which is loaded only where there is something to make.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from git_naturecode import trace
from git_naturecode.git import tree
from git_naturecode.git.objects import Content
from git_naturecode.store.lock import hold

if TYPE_CHECKING:
    from git_naturecode.kb.views import Making
    from git_naturecode.store.store import Store

RULES = 2
"""By which rules files are made of entries. Raised with each change of what is made of the same
entries: then each clone compares all files anew, and writes those that look otherwise now.

`index_file.VERSION` is raised with it, and from the first release on `edited.RENDERER`
(docs/design/kb-files.md)."""
_NOTED = "kb-shown"
_LOGS, _FILES, _TRUST = "log/kb/", "kb/", "log/trust/"
_WAIT = 15.0
_MOST = 100  # bytes of the name of a commit and a number
Files = Mapping[str, Content | None]


class ViewsBeside:
    """The files of articles that belong into a commit beside entries about them.

    What a store asks while it writes; nothing is loaded where no article is written about.
    `thorough` looks at all that may have changed since the last time.
    """

    def __init__(self, store: "Store", *, thorough: bool = False) -> None:
        self._store = store
        self._thorough = thorough
        self._making: Making | None = None
        self.written = 0

    def beside(self, base: str | None, files: Files) -> dict[str, Content | None]:
        """What has to stand beside `files` when they are laid over the tree `base`."""
        self._making = None
        if not self._thorough and not any(path.startswith(_LOGS) for path in files):
            return {}
        from git_naturecode.kb import views

        try:
            self._making = views.making(self._store, base, files, thorough=self._thorough)
        except Exception as error:
            if self._thorough:
                raise
            # What was said gets into its log, whatever becomes of its view.
            trace.note("kb", f"{type(error).__name__}: {error}")
        found = self._making.files if self._making else {}
        self.written = len(found)
        return found

    def made(self, old: str | None, new: str, files: Files) -> None:
        """The commit `new` laid `files` over that of `old`; for one who holds the lock."""
        if self._making is not None:
            self._making.keep(new)
        elif (
            old is not None
            and noted(self._store.state_dir) == old
            and not any(path.startswith((_LOGS, _FILES, _TRUST)) for path in files)
        ):
            note(self._store.state_dir, new)


def refresh(store: "Store") -> int:
    """Make the files right that are not as the entries want them; how many those were.

    What waits in the spool goes into the same commit. Looks at nothing while the branch is where
    it was the last time.
    """
    if not is_behind(store):
        return 0
    views = ViewsBeside(store, thorough=True)
    with hold(store.lock, _WAIT) as held:
        if held and not pass_over(store):
            from git_naturecode.store.drain import drain_held

            drain_held(store.team, store.now_ms(), _WAIT, lambda *_: {}, views)
    return views.written


def is_behind(store: "Store") -> bool:
    """True when the branch is elsewhere than when the files were last right for it."""
    head = store.team.head()
    return head is not None and noted(store.state_dir) != head


def pass_over(store: "Store") -> bool:
    """True where nothing was ever said about any article, and nobody put a file there: then the
    files are right. For one who holds the lock of the clone, or has just made the branch."""
    log = store.team
    root = log.tree()
    if root is not None and any(tree.find(log.objects, root, path) for path in ("kb", "log/kb")):
        return False
    if any(one.entity.startswith("kb-") for one in store.waiting(log)):
        return False
    note(store.state_dir, log.head() or "")
    return True


def noted(state_dir: str) -> str:
    """The commit for which the files of articles were right by the present rules, "" for none."""
    with suppress(OSError), open(os.path.join(state_dir, _NOTED), "rb") as file:
        commit, _, rules = file.read(_MOST).decode("ascii", "replace").partition(" ")
        return commit if rules == str(RULES) else ""
    return ""


def forget(state_dir: str) -> None:
    """Have all files compared again."""
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(state_dir, _NOTED))


def note(state_dir: str, commit: str) -> None:
    """Remember that the files of articles are right for `commit`; where that cannot be written
    down they are compared again. For one who holds the lock of the clone."""
    path = os.path.join(state_dir, _NOTED)
    with suppress(OSError):
        with open(f"{path}.new", "w", encoding="ascii") as file:
            file.write(f"{commit} {RULES}")
        os.replace(file.name, path)
