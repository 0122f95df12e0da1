"""Whoever takes in an edit of the folder is killed at any step: nothing is lost, nothing twice."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

from box import Box, Clone
from git_naturecode.kb import taking_in
from git_naturecode.redact import Redactor
from git_naturecode.store.manifest import Manifest
from kb.articles import add, opened, read
from seeds import TORTURE

CALLS = ("open", "link", "unlink", "rename", "replace", "mkdir", "fsync", "scandir")
TEXT = "first\n\nsecond\n"
EDITED = "first\n\n2nd\n"


def _prepared(box: Box) -> tuple[Clone, str]:
    """A clone in whose folder an article was edited and a new file lies."""
    clone = box.ready()
    with opened(clone) as store:
        name = add(store, "Retry", TEXT)
    clone.nc("folder")
    article = clone.path / ".naturecode/kb/articles/retry.md"
    article.write_text(article.read_text().replace("second", "2nd").replace("[]", "[a]"))
    (article.parent / "New One.md").write_text("# New\n\nwords\n")
    return clone, name


def _killed_after(clone: Clone, steps: int) -> bool:
    """Take in, in a process that is killed before step `steps`; False when it came to its end."""
    child = os.fork()
    if not child:
        code = 1
        try:
            with opened(clone) as store:
                store.redactor = Redactor()
                _count(steps)
                taking_in.take_in(store, lambda _: None)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def _count(steps: int) -> None:
    left = [steps]

    def counted(call: Any) -> Any:
        def step(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return step

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    setattr(Manifest, "_all", counted(Manifest._all))  # noqa: B010


def test_killed_at_every_step(box: Box, tmp_path: Path) -> None:
    base, name = _prepared(box)
    stride = 1 if TORTURE else 7
    seed = int(os.environ.get("NATURECODE_SEED", "0"))
    points = 0
    for steps in range(seed % stride, 2000, stride):
        clone = Clone(tmp_path / "killed")
        shutil.rmtree(clone.path, ignore_errors=True)
        shutil.copytree(base.path, clone.path, symlinks=True)
        if not _killed_after(clone, steps):
            break
        points += 1
        article = clone.path / ".naturecode/kb/articles/retry.md"
        with opened(clone) as store:
            store.redactor = Redactor()
            texts = [one.text for one in read(store, name).revisions]
            assert EDITED in [*texts, article.read_text().split("\n---\n\n", 1)[1]], steps
            _, left = taking_in.take_in(store, lambda _: None)
            assert not left, steps
            store.settle(5.0)
            found = read(store, name)
            assert [one.text for one in found.revisions] == [TEXT, EDITED], steps
            assert found.tags == ["a"], steps
        listed = clone.nc("kb", "list", "--json").json["items"]
        assert sorted(item["title"] for item in listed) == ["New", "Retry"], steps
        clone.nc("folder")
        assert sorted(os.listdir(article.parent)) == ["new.md", "retry.md"], steps
        assert article.read_text().endswith(f"\n---\n\n{EDITED}"), steps
        assert clone.nc("status", "--json").json["edits"] == [], steps
    assert points > 60 / stride
