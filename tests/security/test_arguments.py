"""Ids, branches, files and settings that are options, commands or paths: only ever names."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from box import Box, Clone
from git_naturecode.store.entry import Draft

PIECES = (
    "--output=pwned", "-o", "--upload-pack=touch pwned;", "-c", "core.pager=touch pwned", "..",
    "@{", "@{-1}", "\n", "$(touch pwned)", "`touch pwned`", ";touch pwned", "|touch pwned",
    "../../pwned",
    "/", "\\", ":", ":/", "^", "~1", "HEAD", "main", "refs/heads/", "--", "-", " ", "*", "%", "ä",
    "\x1b[2J", "--exec=touch pwned", "ext::sh -c 'touch pwned'", "file://", "pwned",
)  # fmt: skip
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
# The place of a name is N; each command ends with a documented code and writes no file.
COMMANDS = (
    ("session", "show", "--", "N"), ("session", "export", "-o", "-", "--", "N"),
    ("session", "say", "--", "N", "x"), ("session", "join", "--", "N"),
    ("session", "share", "--public", "-o", "-", "--", "N"), ("session", "share", "--", "N"),
    ("session", "share", "--public", "--revoke", "N"), ("session", "search", "--", "N"),
    ("session", "list", "--tag", "N"), ("session", "attach", "ID", "--", "N"),
    ("session", "detach", "ID", "--", "N"), ("session", "file", "ID", "--", "N"),
    ("session", "publish", "ID", "--no-push", "--dry-run", "--branch", "N"),
    ("session", "fork", "ID", "--name", "F", "--at", "N"), ("session", "resume", "--print", "N"),
    ("why", "--", "N"), ("why", "--", "N:1"), ("blame", "--", "N"), ("blame", "--", "a.txt", "N"),
    ("sync", "--dry-run", "--remote", "N"), ("quarantine", "show", "--", "N"),
    ("trust", "pin", "--", "N"), ("session", "N"), ("N",),
)  # fmt: skip


@pytest.fixture
def made(box: Box) -> tuple[Clone, str]:
    clone = box.clone(box.remote(), "ada")
    (clone.path / "a.txt").write_text("a\n")
    clone.git("add", "a.txt")
    clone.git("commit", "-q", "-m", "a")
    return clone, clone.start()


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=NAMES)
def test_a_name_is_only_a_name(made: tuple[Clone, str], name: str) -> None:
    clone, session = made
    before = (files(clone), refs(clone))
    for command in COMMANDS:
        args = [one.replace("N", name) if "N" in one else one for one in command]
        args = [session if one == "ID" else one for one in args]
        code = said(clone, args)
        assert code in (0, 1, 2, 3, 4, 5), (args, code)
        assert not pwned(clone), args
    assert (files(clone), refs(clone)) == before


def said(clone: Clone, args: list[str]) -> int:
    """The exit code of a command, whatever it is."""
    import io
    from contextlib import redirect_stderr, redirect_stdout

    from git_naturecode.__main__ import run

    with clone.entered(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return run(args)


def pwned(clone: Clone) -> list[Path]:
    return list(clone.path.parent.rglob("pwned*"))


def files(clone: Clone) -> set[str]:
    """The files of the work tree, and of the folder around it."""
    return {
        str(path)
        for top in (clone.path.parent, clone.path)
        for path in top.iterdir()
        if not path.is_dir()
    }


def refs(clone: Clone) -> str:
    """The refs that are the user's, and the notes."""
    names = clone.git("for-each-ref", "--format=%(refname) %(objectname)")
    return "\n".join(line for line in names.splitlines() if "naturecode" not in line)


KEYS = (
    "core.pager", "core.editor", "core.hooksPath", "core.fsmonitor", "core.sshCommand",
    "credential.helper", "diff.external", "gpg.program", "gpg.ssh.program", "alias.st",
    "remote.origin.url", "remote.origin.uploadpack", "url.x.insteadOf", "include.path",
    "naturecode.remote", "naturecode.branch", "naturecode.autoSync", "naturecode.team",
    "naturecode.hooks", "naturecode.syncOnPush", "protocol.ext.allow", "init.templateDir",
    "filter.x.smudge", "merge.x.driver", "defaultModel", "endpoint", "apiKey", "command",
)  # fmt: skip


def test_no_setting_comes_from_the_record(box: Box) -> None:
    """Ada says every key wherever something is set; Ben's clone does and calls none of it."""
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start()
    evil = f"touch {box.path}/pwned #"
    with ada.store() as store:
        drafts = [Draft("set", {"field": key, "value": evil, "over": []}) for key in KEYS]
        drafts += [
            Draft("set", {"field": "can:" + key, "value": [evil], "over": []}) for key in KEYS
        ]
        drafts += [Draft("add", {"field": key, "value": evil}) for key in KEYS]
        drafts.append(Draft("message", {"role": "user", **dict.fromkeys(KEYS, evil)}, evil))
        store.write("team", session, drafts)
    ada.nc("sync")
    config = ben.git("config", "--list", "--show-origin")
    fake = box.path / "bin"
    fake.mkdir()
    for name in ("ssh", "curl", "gpg", "ssh-keygen"):  # nothing of that kind may be called
        (fake / name).write_text(f"#!/bin/sh\ntouch {box.path}/pwned\n")
        (fake / name).chmod(0o755)
    ben.env["PATH"] = f"{fake}{os.pathsep}{os.environ['PATH']}"
    for args in (
        ("sync",), ("status",), ("doctor",), ("folder",), ("verify",), ("session", "list"),
        ("session", "show", session), ("session", "join", session), ("sync",),
        ("session", "say", session, "x"), ("session", "export", session), ("audit", "export"),
        ("session", "share", session, "--public"), ("team", "list"), ("trust", "show"), ("sync",),
    ):  # fmt: skip
        assert said(ben, list(args)) in (0, 1), args
    assert ben.git("config", "--list", "--show-origin") == config
    assert not list(box.path.rglob("pwned"))
    assert "pwned" in "".join(ben.texts(session)), "it has come, as a text"
