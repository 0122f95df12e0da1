"""Hooks of others run as before ours came, and lie there to the byte when ours are gone."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from box import Box, Clone
from hooking import HOOKS, Yard, picture, script, yard

NO_HUSKY = "no husky to be had by npm on this machine"
BIN = Path(sys.executable).parent
_husky: list[Path | None] = []

# Each tells its name, its arguments and its input, and obeys FAIL.
SH = """#!/bin/sh
# {name}
{{ echo "$0 $#" "$@"; [ -t 0 ] || cat; }} >>"$LOG"
case "$(basename "$0")" in "$FAIL") exit 7 ;; esac
"""
BASH = """#!/usr/bin/env bash
main() {{ echo "$0 $#" "$@"; cat; }}
if [[ "${{BASH_SOURCE[0]}}" != "" ]]; then main "$@" >>"$LOG"; fi
[[ "$FAIL" != "{name}" ]] || exit 7
"""
PYTHON = """#!/usr/bin/env python3
import os, sys
with open(os.environ["LOG"], "a") as log:
    print(sys.argv[0], len(sys.argv) - 1, *sys.argv[1:], file=log)
    log.write(sys.stdin.read())
sys.exit(7 if os.environ.get("FAIL") == "{name}" else 0)
"""
STRICT = """#!/bin/sh -e
# {name} in $0
echo "$0 $#" "$@" >>"$LOG"
cat >>"$LOG"
[ "$FAIL" != "{name}" ] || {{ false; true; }}
"""


def hand_written(box: Box, text: str) -> tuple[Yard, Path, dict[str, tuple[int, bytes]]]:
    """A repository whose every hook is `text`, then ours in front; the folder as it was."""
    clone = box.repo()
    folder = clone.path / ".git" / "hooks"
    for name in HOOKS:
        script(folder / name, text.format(name=name), 0o750)
    log = box.path / "log"
    clone.env.update(LOG=str(log), FAIL="")
    before = picture(folder)
    made = Yard(clone, "")
    clone.git("config", "naturecode.hooks", "true")
    clone.nc("init")
    clone.nc("hooks", "install")
    made.session = clone.start()
    return made, log, before


@pytest.mark.parametrize("text", [SH, BASH, PYTHON, STRICT], ids=["sh", "bash", "python", "sh -e"])
def test_both_run_with_all_that_git_gives(box: Box, text: str) -> None:
    here, log, before = hand_written(box, text)
    here.git("init", "-q", "--bare", str(box.path / "to.git"))
    log.write_text("")
    here.commit("-m", "One")
    assert here.named() == [here.session]
    old = here.head()
    here.git("commit", "-q", "--amend", "-m", "Two")
    here.git("push", "-q", str(box.path / "to.git"), "main")
    told = log.read_text()
    assert f"prepare-commit-msg{'' if text in (SH, STRICT) else '.before-naturecode'} 2 " in told
    assert ".git/COMMIT_EDITMSG message\n" in told
    assert " 1 amend\n" in told
    assert f"{old} {here.head()}\n" in told  # its input
    assert f" 2 {box.path / 'to.git'} {box.path / 'to.git'}\n" in told
    assert f"refs/heads/main {here.head()} refs/heads/main {'0' * 40}\n" in told
    assert here.queue()[-1] == ["rewrite", "amend", old, here.head()]
    here.clone.nc("hooks", "uninstall")
    assert picture(here.common / "hooks") == before


@pytest.mark.parametrize("text", [SH, BASH, PYTHON, STRICT], ids=["sh", "bash", "python", "sh -e"])
def test_their_exit_code_decides(box: Box, text: str) -> None:
    here, _, _ = hand_written(box, text)
    here.commit("-m", "Fine")
    before, lines = here.head(), len(here.queue())
    for name in ("prepare-commit-msg", "commit-msg"):
        here.commit("-m", "Refused", code=1, FAIL=name)
    assert here.head() == before
    assert len(here.queue()) == lines
    here.git("init", "-q", "--bare", str(box.path / "to.git"))
    here.git("push", "-q", str(box.path / "to.git"), "main", code=1, FAIL="pre-push")
    here.git("checkout", "-q", "-b", "side", code=1, FAIL="post-checkout")
    here.git("commit", "-q", "--amend", "-m", "Kept", FAIL="post-rewrite")
    assert here.queue()[-1][0] == "rewrite"  # ours runs all the same


def test_what_is_not_executable_stays_so_and_is_not_run(box: Box) -> None:
    clone = box.repo()
    hook = script(clone.path / ".git/hooks/commit-msg", "#!/bin/sh\nexit 1\n", 0o644)
    link = clone.path / ".git/hooks/post-commit"
    script(clone.path / "tools" / "hook", '#!/bin/sh\necho "$0" >>"$LOG"\n')
    link.symlink_to("../../tools/hook")
    nowhere = clone.path / ".git/hooks/post-merge"
    nowhere.symlink_to("nowhere")
    before = picture(hook.parent)
    clone.git("config", "naturecode.hooks", "true")
    clone.env["LOG"] = str(box.path / "log")
    clone.nc("init", "--capture")
    here = Yard(clone, clone.start())
    here.commit("-m", "One")
    assert here.named() == [here.session]
    assert (box.path / "log").read_text() == ".git/hooks/post-commit\n"
    for _ in range(2):
        clone.nc("hooks", "uninstall")
        assert picture(hook.parent) == before
    assert not clone.git("status", "--porcelain", "--", ".git").strip()


def test_lines_that_somebody_adds_stay(box: Box) -> None:
    here = yard(box)
    hook = here.common / "hooks" / "post-commit"
    hook.write_text(hook.read_text() + 'echo mine >>"$LOG"\n')
    here.clone.env["LOG"] = str(box.path / "log")
    here.commit("-m", "One")
    assert (box.path / "log").read_text() == "mine\n"
    assert here.queue()[-1][0] == "commit"
    here.clone.nc("hooks", "install")
    assert hook.read_text().endswith('echo mine >>"$LOG"\n')
    said = here.clone.nc("hooks", "uninstall").out
    assert "lines that somebody added: they stay" in said
    assert hook.read_text() == '#!/bin/sh\necho mine >>"$LOG"\n'
    assert os.access(hook, os.X_OK)


def test_a_hook_that_runs_itself_in_the_end_comes_to_an_end(box: Box) -> None:
    here, log, _ = hand_written(box, SH)
    hook = here.common / "hooks" / "post-commit"
    saved = hook.with_name("post-commit.before-naturecode")
    text = '#!/bin/sh\n# $0\necho again >>"$LOG"\n. "${0%/*}/post-commit"\n'
    saved.write_text(text)
    log.write_text("")
    here.clone.nc("hooks", "install")
    here.commit("-m", "One")
    assert 0 < log.read_text().count("again") < 20


def test_lines_around_a_chained_hook_stay_with_its_call(box: Box) -> None:
    here, log, _ = hand_written(box, SH)
    hook = here.common / "hooks" / "post-commit"
    hook.write_text(hook.read_text() + 'echo mine >>"$LOG"\n')
    here.clone.nc("hooks", "uninstall")
    log.write_text("")
    here.commit("-m", "One")
    assert "post-commit 0" in log.read_text()
    assert log.read_text().endswith("mine\n")
    assert here.queue() == []


def test_our_lines_changed_by_somebody_are_kept_as_a_copy(box: Box) -> None:
    here = yard(box)
    hook = here.common / "hooks" / "post-commit"
    changed = hook.read_text().replace("naturecode_find || return", "return", 1)
    hook.write_text(changed)
    assert "edited" in here.clone.nc("hooks", "status", "--json").out
    here.clone.nc("hooks", "install")
    assert (hook.parent / "post-commit.edited-naturecode").read_text() == changed
    here.commit("-m", "One")
    assert here.queue()[-1][0] == "commit"


def test_a_hook_written_over_ours_is_told_and_chained(box: Box) -> None:
    here = yard(box)
    script(here.common / "hooks" / "post-commit", "#!/bin/sh\necho theirs\n")
    said = here.clone.nc("hooks", "status", code=1)
    assert "another hook took its place" in said.out
    found = here.clone.nc("doctor", "--json", code=1).json["items"]
    assert [one["check"] for one in found if one["level"] != "ok"] == ["hooks"]
    here.clone.nc("doctor", "--fix", "--json")
    here.clone.nc("hooks", "status")
    here.commit("-m", "One")
    assert here.queue()[-1][0] == "commit"
    here.clone.nc("hooks", "uninstall")
    assert (here.common / "hooks" / "post-commit").read_text() == "#!/bin/sh\necho theirs\n"


# --- the tools themselves ---


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
    if not _husky:
        _husky.append(_fetch_husky())
    if _husky[0] is None:
        pytest.skip(NO_HUSKY)
    script(clone.path / ".husky" / "commit-msg", 'echo "$1" >>"$LOG"; test -z "$FAIL"\n')
    script(clone.path / ".husky" / "post-commit", 'echo post >>"$LOG"\n')
    script(clone.path / ".husky" / "pre-push", 'cat >>"$LOG"\n')
    subprocess.run(["node", str(_husky[0])], cwd=clone.path, check=True, capture_output=True)


def _fetch_husky() -> Path | None:
    folder = Path(os.environ["HOME"]).parent / "husky"
    folder.mkdir(exist_ok=True)
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None
    words = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "husky@9"]
    done = subprocess.run(words, capture_output=True, check=False, cwd=folder)
    found = folder / "node_modules" / "husky" / "bin.js"
    return found if done.returncode == 0 and found.is_file() else None


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
    assert here.queue()[-1] == ["commit", here.head(), here.session, "."]
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
    assert here.queue()[-1] == ["commit", here.head(), here.session, "."]
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
            script(one.path / ".git/hooks/post-commit", mine)
        clone.git("config", "naturecode.hooks", "true")
        clone.nc("init", "--capture")
        here = Yard(clone, clone.start())
        for one in (clone, plain):
            install(one)
        here.clone.nc("doctor", "--fix", "--json")
        here.commit("-m", "One")
        assert here.named() == [here.session], name
        assert here.queue()[-1][0] == "commit", name
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
  hooks: [{{id: naturecode-attach}}, {{id: naturecode-clean}}]
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
    kinds = ("prepare-commit-msg", "commit-msg", "post-commit", "post-rewrite")
    tool(clone, "pre-commit", "install", *(word for one in kinds for word in ("-t", one)))
    here.git("add", ".pre-commit-config.yaml")
    here.commit("-m", "One")
    assert here.named() == [here.session]
    assert here.queue() == [["commit", here.head(), here.session, "."]]
    old = here.head()
    here.git("commit", "-q", "--amend", "-m", "Two")
    assert here.queue()[-1] == ["rewrite", "amend", old, here.head()]
    here.commit(GIT_EDITOR="true", code=1)
    here.git("reset", "-q", "--hard")
    here.git("checkout", "-q", "-b", "side", "HEAD~1")
    here.git("checkout", "-q", "main", "--", ".pre-commit-config.yaml")
    here.change("b.txt")
    here.git("commit", "-q", "-m", "Side")
    old = here.head()
    here.git("rebase", "-q", "main")
    assert here.queue()[-1] == ["rewrite", "rebase", old, here.head()]
