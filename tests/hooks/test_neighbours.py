"""Hooks that people wrote run as before ours came, and lie there to the byte when ours go."""

import os
from pathlib import Path

import pytest

from box import Box
from hooking import HOOKS, Yard, picture, script, yard

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
    assert f"commit-msg{'' if text in (SH, STRICT) else '.before-naturecode'} 1 " in told
    assert ".git/COMMIT_EDITMSG\n" in told
    assert " 1 amend\n" in told
    assert f"{old} {here.head()}\n" in told  # its input
    assert f" 2 {box.path / 'to.git'} {box.path / 'to.git'}\n" in told
    assert f"refs/heads/main {here.head()} refs/heads/main {'0' * 40}\n" in told
    assert ["rewrite", "amend", old, here.head()] in here.queue()
    here.clone.nc("hooks", "uninstall")
    assert picture(here.common / "hooks") == before


@pytest.mark.parametrize("text", [SH, BASH, PYTHON, STRICT], ids=["sh", "bash", "python", "sh -e"])
def test_their_exit_code_decides(box: Box, text: str) -> None:
    here, _, _ = hand_written(box, text)
    here.commit("-m", "Fine")
    before, lines = here.head(), len(here.queue())
    here.commit("-m", "Refused", code=1, FAIL="commit-msg")
    assert here.head() == before
    assert len(here.queue()) == lines
    here.git("init", "-q", "--bare", str(box.path / "to.git"))
    here.git("push", "-q", str(box.path / "to.git"), "main", code=1, FAIL="pre-push")
    here.git("checkout", "-q", "-b", "side", code=1, FAIL="post-checkout")
    here.git("commit", "-q", "--amend", "-m", "Kept", FAIL="post-rewrite")
    assert [line[0] for line in here.queue()].count("rewrite") == 1  # ours runs all the same


def test_what_is_not_executable_stays_so_and_is_not_run(box: Box) -> None:
    clone = box.repo()
    hook = script(clone.path / ".git/hooks/commit-msg", "#!/bin/sh\nexit 1\n", 0o644)
    link = clone.path / ".git/hooks/post-checkout"
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
    here.git("checkout", "-q", "-b", "side")
    assert (box.path / "log").read_text() == ".git/hooks/post-checkout\n"
    for _ in range(2):
        clone.nc("hooks", "uninstall")
        assert picture(hook.parent) == before
    assert not clone.git("status", "--porcelain", "--", ".git").strip()


def test_lines_that_somebody_adds_stay(box: Box) -> None:
    here = yard(box)
    hook = here.common / "hooks" / "commit-msg"
    hook.write_text(hook.read_text() + 'echo mine >>"$LOG"\n')
    here.clone.env["LOG"] = str(box.path / "log")
    here.commit("-m", "One")
    assert (box.path / "log").read_text() == "mine\n"
    assert here.named() == [here.session]
    assert "with lines that somebody added around ours" in here.clone.nc("hooks", "status").out
    here.clone.nc("hooks", "install")
    assert hook.read_text().endswith('echo mine >>"$LOG"\n')
    said = here.clone.nc("hooks", "uninstall").out
    assert "lines that somebody added: they stay" in said
    assert hook.read_text() == '#!/bin/sh\necho mine >>"$LOG"\n'
    assert os.access(hook, os.X_OK)


def test_a_hook_that_runs_itself_in_the_end_comes_to_an_end(box: Box) -> None:
    here, log, _ = hand_written(box, SH)
    hook = here.common / "hooks" / "commit-msg"
    saved = hook.with_name("commit-msg.before-naturecode")
    text = '#!/bin/sh\n# $0\necho again >>"$LOG"\n. "${0%/*}/commit-msg"\n'
    saved.write_text(text)
    log.write_text("")
    here.clone.nc("hooks", "install")
    here.commit("-m", "One")
    assert 0 < log.read_text().count("again") < 20


def test_lines_around_a_chained_hook_stay_with_its_call(box: Box) -> None:
    here, log, _ = hand_written(box, SH)
    hook = here.common / "hooks" / "commit-msg"
    hook.write_text(hook.read_text() + 'echo mine >>"$LOG"\n')
    here.clone.nc("hooks", "uninstall")
    log.write_text("")
    here.commit("-m", "One")
    assert "commit-msg 1" in log.read_text()
    assert log.read_text().endswith("mine\n")
    assert here.named() == []


def test_our_lines_changed_by_somebody_are_kept_as_a_copy(box: Box) -> None:
    here = yard(box)
    hook = here.common / "hooks" / "commit-msg"
    changed = hook.read_text().replace("naturecode_find || return", "return", 1)
    hook.write_text(changed)
    said = here.clone.nc("hooks", "status").out
    assert "commit-msg     installed, with our own lines changed by somebody" in said
    items = here.clone.nc("hooks", "status", "--json").json["items"]
    assert {one["name"]: one["state"] for one in items}["commit-msg"] == "changed"
    here.clone.nc("hooks", "install")
    assert (hook.parent / "commit-msg.edited-naturecode").read_text() == changed
    here.commit("-m", "One")
    assert here.named() == [here.session]


def test_a_hook_written_over_ours_is_told_and_chained(box: Box) -> None:
    here = yard(box)
    script(here.common / "hooks" / "commit-msg", "#!/bin/sh\necho theirs\n")
    said = here.clone.nc("hooks", "status", code=1)
    assert "another hook took its place" in said.out
    found = here.clone.nc("doctor", "--json", code=1).json["items"]
    assert [one["check"] for one in found if one["level"] != "ok"] == ["hooks"]
    here.clone.nc("doctor", "--fix", "--json")
    here.clone.nc("hooks", "status")
    here.commit("-m", "One")
    assert here.named() == [here.session]
    here.clone.nc("hooks", "uninstall")
    assert (here.common / "hooks" / "commit-msg").read_text() == "#!/bin/sh\necho theirs\n"
