"""Somebody kills the git that unpacks what a fetch brings: no remote is to blame for that."""

import subprocess
from pathlib import Path

import pytest

from box import Box, Clone


def _deadly(clone: Clone, folder: Path, times: int) -> Path:
    """Has the first `times` of git's own index-pack killed, each after it was held up for longer
    than its work takes; `folder` holds a mark for each."""
    real = Path(clone.git("--exec-path").strip())
    folder.mkdir()
    for one in real.iterdir():
        if one.name != "git":
            (folder / one.name).symlink_to(one)
    shim = folder / "git"
    shim.write_text(
        f"""#!/bin/sh
case $* in *index-pack*)
  if [ $(ls "{folder}" | grep -c ^killed) -lt {times} ]; then
    : >"{folder}/killed.$$"
    sleep 1.1
    : >"{clone.path}/.git/objects/pack/tmp_pack_$$"
    kill -9 $$
  fi;;
esac
exec {real / "git"} "$@"
"""
    )
    shim.chmod(0o755)
    clone.env["GIT_EXEC_PATH"] = str(folder)
    return folder


def _two(box: Box) -> tuple[Clone, str]:
    remote = box.remote()
    ada, ben = box.clone(remote, "ada"), box.clone(remote, "ben")
    session = ada.start("Together")
    ada.nc("sync")
    return ben, session


def test_one_that_was_killed_is_tried_again(box: Box, tmp_path: Path) -> None:
    ben, session = _two(box)
    folder = _deadly(ben, tmp_path / "exec", 1)
    ben.nc("sync")
    assert len(list(folder.glob("killed.*"))) == 1
    assert session in ben.nc("session", "list").out
    assert list((ben.path / ".git/objects/pack").glob("tmp_*")) == []


def test_the_shim_is_what_git_runs(box: Box, tmp_path: Path) -> None:
    ben, _ = _two(box)
    _deadly(ben, tmp_path / "exec", 9)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(
            ["git", "-c", "fetch.fsckObjects=true", "-c", "fetch.unpackLimit=1", "fetch"],
            cwd=ben.path, env=ben.env, check=True, capture_output=True,
        )  # fmt: skip
