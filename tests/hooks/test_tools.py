"""pre-commit, lefthook and husky themselves beside our hooks, in every order of installation."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from box import Box, Clone
from hooking import Yard, picture, script
from npm import fetched

NO_HUSKY = "no husky to be had by npm on this machine"
BIN = Path(sys.executable).parent


def tool(here: Clone, name: str, *args: str, code: int = 0) -> str:
    """Run pre-commit or lefthook as a user does."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(BIN / name), *args], cwd=here.path, capture_output=True, text=True, check=False,
        env={**os.environ, **here.env, "PATH": path},
    )  # fmt: skip
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout


PRE_COMMIT = """\
repos:
- repo: local
  hooks:
  - {id: check, name: check, language: system, always_run: true, verbose: true,
     entry: sh -c 'echo "$@" >>"$LOG"; test -z "$FAIL"' log, stages: [commit-msg, post-commit, pre-push],
     pass_filenames: true}
"""  # noqa: E501
LEFTHOOK = """\
commit-msg:
  jobs:
  - run: echo {1} >>"$LOG"; test -z "$FAIL"
post-commit:
  jobs:
  - run: echo post >>"$LOG"
pre-push:
  jobs:
  - run: cat >>"$LOG"
    use_stdin: true
"""


def pre_commit(clone: Clone) -> None:
    """Install pre-commit, with a hook that logs."""
    (clone.path / ".pre-commit-config.yaml").write_text(PRE_COMMIT)
    clone.git("add", ".pre-commit-config.yaml")
    kinds = [word for one in ("commit-msg", "post-commit", "pre-push") for word in ("-t", one)]
    tool(clone, "pre-commit", "install", *kinds)


def lefthook(clone: Clone) -> None:
    """Install lefthook, with a hook that logs."""
    (clone.path / "lefthook.yml").write_text(LEFTHOOK)
    tool(clone, "lefthook", "install")


def husky(clone: Clone) -> None:
    """Install husky 9, with hooks that log."""
    program = fetched("husky@9", "bin.js")
    if program is None:
        pytest.skip(NO_HUSKY)
    script(clone.path / ".husky" / "commit-msg", 'echo "$1" >>"$LOG"; test -z "$FAIL"\n')
    script(clone.path / ".husky" / "post-commit", 'echo post >>"$LOG"\n')
    script(clone.path / ".husky" / "pre-push", 'cat >>"$LOG"\n')
    subprocess.run(["node", str(program)], cwd=clone.path, check=True, capture_output=True)


TOOLS: dict[str, Callable[[Clone], None]] = {
    "pre-commit": pre_commit, "lefthook": lefthook, "husky": husky,
}  # fmt: skip


def of_hooks(clone: Clone) -> dict[str, tuple[int, bytes]]:
    """All files of hooks, in both places where they may be."""
    found = picture(clone.path / ".git" / "hooks")
    husky = clone.path / ".husky"
    return {**found, **{f".husky/{k}": v for k, v in picture(husky).items()}}


@pytest.fixture(params=TOOLS)
def beside(request: pytest.FixtureRequest, box: Box) -> tuple[Yard, Callable[[], None]]:
    """A repository in which a tool has hooks; a session is active; and the tool's installation."""
    clone = box.repo()
    clone.env.update(LOG=str(box.path / "log"), FAIL="")
    clone.env["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    install = TOOLS[request.param]
    install(clone)
    clone.git("config", "naturecode.hooks", "true")
    clone.nc("init")
    return Yard(clone, ""), lambda: install(clone)


def test_a_tool_and_ours_both_run(beside: tuple[Yard, Callable[[], None]], box: Box) -> None:
    here, _ = beside
    here.clone.nc("hooks", "uninstall")
    before = of_hooks(here.clone)
    here.clone.nc("hooks", "install")
    here.session = here.clone.start()
    log = box.path / "log"
    here.commit("-m", "One")
    assert here.named() == [here.session]
    assert here.linked() == [here.session]
    assert "COMMIT_EDITMSG" in log.read_text()
    assert len(log.read_text().splitlines()) == 2
    head = here.head()
    here.commit("-m", "Refused", code=1, FAIL="1")
    assert here.head() == head
    here.git("init", "-q", "--bare", str(box.path / "to.git"))
    here.git("push", "-q", str(box.path / "to.git"), "main")
    if (here.path / ".pre-commit-config.yaml").exists():
        assert len(log.read_text().splitlines()) > 2
    else:
        assert f"refs/heads/main {head} " in log.read_text()
    here.git("reset", "-q", "--hard")
    here.clone.nc("hooks", "install")
    here.clone.nc("hooks", "uninstall")
    assert of_hooks(here.clone) == before


def test_a_tool_installed_again_over_ours(
    beside: tuple[Yard, Callable[[], None]], box: Box
) -> None:
    here, again = beside
    here.clone.nc("hooks", "uninstall")
    again()
    before = of_hooks(here.clone)
    here.clone.nc("hooks", "install")
    here.session = here.clone.start()
    again()
    here.clone.nc("doctor", "--fix", "--json")
    here.clone.nc("hooks", "status")
    here.commit("-m", "One")
    assert here.named() == [here.session]
    log = box.path / "log"
    assert len(log.read_text().splitlines()) == 2  # each of theirs once
    assert here.linked() == [here.session]
    here.commit("-m", "Refused", code=1, FAIL="1")
    again()
    here.clone.nc("hooks", "uninstall")
    assert of_hooks(here.clone) == before


def test_a_tool_that_comes_after_us(box: Box) -> None:
    for name, install in TOOLS.items():
        clone = box.repo(name)
        clone.env.update(LOG=str(box.path / f"{name}.log"), FAIL="")
        clone.env["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        plain = box.repo(f"plain-{name}")
        plain.env.update(clone.env)
        mine = '#!/bin/sh\necho hand >>"$LOG"\n'
        for one in (clone, plain):
            script(one.path / ".git/hooks/commit-msg", mine)
        clone.git("config", "naturecode.hooks", "true")
        clone.nc("init", "--capture")
        here = Yard(clone, clone.start())
        for one in (clone, plain):
            install(one)
        here.clone.nc("doctor", "--fix", "--json")
        here.commit("-m", "One")
        assert here.named() == [here.session], name
        assert here.linked() == [here.session], name
        clone.nc("hooks", "uninstall")
        assert of_hooks(clone).keys() == of_hooks(plain).keys(), name
        kinds = {k: stat.S_IMODE(v[0]) for k, v in of_hooks(plain).items()}
        assert {k: stat.S_IMODE(v[0]) for k, v in of_hooks(clone).items()} == kinds, name
        same = [k for k, v in of_hooks(plain).items() if of_hooks(clone)[k][1] == v[1]]
        assert set(same) == set(kinds), name


OURS = """\
repos:
- repo: {repo}
  rev: {rev}
  hooks: [{{id: naturecode-attach}}]
"""


def test_as_hooks_of_pre_commit(box: Box) -> None:
    """By the framework alone, from a clone of this repository that it makes."""
    source = box.repo("source")
    root = Path(__file__).parent.parent.parent
    shutil.copytree(root / "hooks", source.path / "hooks")
    shutil.copy(root / ".pre-commit-hooks.yaml", source.path)
    source.git("add", "-A")
    source.git("commit", "-q", "-m", "Hooks")
    clone = box.repo()
    clone.env["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    clone.env["GIT_ALLOW_PROTOCOL"] = "file"
    clone.nc("init")
    here = Yard(clone, clone.start())
    rev = source.git("rev-parse", "HEAD").strip()
    text = OURS.format(repo=f"file://{source.path}", rev=rev)
    (here.path / ".pre-commit-config.yaml").write_text(text)
    kinds = ("commit-msg", "post-rewrite")
    tool(clone, "pre-commit", "install", *(word for one in kinds for word in ("-t", one)))
    here.git("add", ".pre-commit-config.yaml")
    here.commit("-m", "One")
    assert here.named() == [here.session]
    old = here.head()
    here.git("commit", "-q", "--amend", "-m", "Two")
    assert ["rewrite", "amend", old, here.head()] in here.queue()
    here.commit(GIT_EDITOR="true", code=1)
    here.git("reset", "-q", "--hard")
    here.git("checkout", "-q", "-b", "side", "HEAD~1")
    here.git("checkout", "-q", "main", "--", ".pre-commit-config.yaml")
    here.change("b.txt")
    here.git("commit", "-q", "-m", "Side")
    old = here.head()
    here.git("rebase", "-q", "main")
    assert ["rewrite", "rebase", old, here.head()] in here.queue()
