"""A sync that is killed at a call of git while it signs loses nothing and signs nothing twice."""

import os
import signal
import stat
from pathlib import Path

import crash
from box import Box, Clone
from trusting.people import add, device, found, lines, person, said

EVERY = 1
_SHIM = """#!/bin/sh
# Counts the calls of git and kills who calls at the chosen one.
n=$(cat "{folder}/count" 2>/dev/null || echo 0); n=$((n + 1)); echo $n > "{folder}/count"
[ "$n" = "$(cat "{folder}/at")" ] && kill -9 $PPID && exit 137
exec {git} "$@"
"""


def shim(box: Box) -> Path:
    """A folder with a `git` that kills its caller at the call whose number stands in `at`."""
    import shutil

    folder = box.path / "shim"
    folder.mkdir()
    git = folder / "git"
    git.write_text(_SHIM.format(folder=folder, git=shutil.which("git")))
    git.chmod(git.stat().st_mode | stat.S_IXUSR)
    return folder


def test_no_kill_loses_a_signature_or_makes_two_of_one_number(box: Box) -> None:
    hub = box.remote()
    ada, ben = person(box, hub, "ada"), person(box, hub, "ben")
    session = ada.start()
    found(ada)
    add(ada, ben)
    ada.nc("sync")
    folder = shim(box)
    killed = Clone(ada.path, env={**ada.env, "PATH": f"{folder}:{os.environ['PATH']}"})
    texts = []
    kills = at = 0
    while True:
        at += EVERY
        texts.append(f"number {at}")
        ada.nc("session", "say", session, texts[-1])
        (folder / "count").write_text("0")
        (folder / "at").write_text(str(at))
        done = killed.process("sync")
        crash.wait_for_orphans(ada)
        if done.returncode == 0:
            break
        kills += done.returncode == -signal.SIGKILL
        ada.nc("sync")
        seqs = [one["seq"] for one in said(ada) if one["dev"] == device(ada)]
        assert sorted(seqs) == list(range(1, len(seqs) + 1)), at
    ada.nc("sync")
    ben.nc("sync")
    assert kills >= 3
    assert ben.texts(session) == texts == ada.texts(session)
    assert ben.nc("verify", "--json").json["alarms"] == []
    signed = [
        name for one in said(ben) for op in one["ops"] if op["op"] == "sign"
        for name, _ in op["names"]
    ]  # fmt: skip
    assert len(set(signed)) == len(texts) + 1
    assert len(list(lines(ben))) == len({line for _, line in lines(ben)})
