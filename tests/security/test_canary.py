"""A whole run with canaries for secrets: none sings in a command line, a trace, or at rest.

`git` is a shim that writes down how it was called and, where it is the program that calls (tests
call it too), what is in its environment; then it calls git.
"""

import base64
import json
import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ai.providers import server as acts
from ai.providers.server import serving
from box import Box, Clone
from crews import joined, synced
from git_naturecode import ids
from git_naturecode.store.store import Store
from sealed.people import everything
from test_secrets import leaks

TOKEN = "ghp_" + "Zq7LmN2vXc9RtY4wPs8KdF3hJb6GnA1eUi5o"
MODEL_KEY = "sk-" + "Vb8KqT3nWz6LmXr1YpDc5Hf9Gj"
SAID = "the quetzal lands at four, and nobody knows"
PASSPHRASE = "quokka-under-the-ninth-bridge"
_SHIM = """#!/bin/sh
{ printf '%s\\n' "$@"; [ -z "$NATURECODE_GIT" ] || env; } >> "$CANARY_LOG"
exec REAL "$@"
"""


@pytest.fixture
def shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Puts the recording git first in PATH; the file where it writes."""
    real = shutil.which("git")
    assert real
    folder = tmp_path / "shim"
    folder.mkdir()
    (folder / "git").write_text(_SHIM.replace("REAL", real))
    (folder / "git").chmod(0o755)
    log = tmp_path / "shim.log"
    log.touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CANARY_LOG", str(log))
    for name in ("GIT_TRACE", "GIT_TRACE2_EVENT", "GIT_TRACE_PACKET"):
        monkeypatch.setenv(name, str(tmp_path / f"{name.lower()}.log"))
    monkeypatch.setenv("GIT_NATURECODE_TRACE", str(tmp_path / "trace.log"))
    return log


def logs(folder: Path) -> bytes:
    """All that was written down about the run."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.glob("*.log")))


def hub_objects(clone: Clone, hub: Path) -> bytes:
    """All objects of the remote, and the names of its refs."""
    git = f"--git-dir={hub}"
    names = clone.git(git, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    found = [clone.git(git, "cat-file", "-p", one) for one in names.split()]
    return "".join([*found, clone.git(git, "for-each-ref")]).encode("utf-8", "surrogateescape")


def config_files(box: Box) -> bytes:
    """Keys, certificates, reports: all that lies outside of the clones."""
    files = [path for path in box.path.glob("config-*/**/*") if path.is_file()]
    assert files
    return b"\n".join(path.read_bytes() for path in files)


def sings(canaries: list[str], data: bytes) -> list[str]:
    """The canaries that are in `data`, as they are or coded."""
    return leaks(canaries, data)


def test_nothing_sings(box: Box, shim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("NATURECODE_PASSPHRASE", PASSPHRASE)
    hub = box.remote()
    ada = box.person(hub, "ada")
    ada.nc("key", "protect", "--passphrase")
    ada.nc("team", "create", "Crew")
    ada.nc("sync")
    ben = joined(box, hub, ada, "ben")
    ada.nc("device", "rename", "desk")
    plain = ada.start("Plain")
    ada.nc("session", "say", plain, f"the token is {TOKEN}")
    made = ada.start("Plan")
    ada.nc("session", "invite", made, "ben@example.com")
    ada.nc("session", "encrypt", made)
    ada.nc("session", "say", made, SAID)
    ada.nc("session", "comment", made, SAID, "--on", "#1")
    code = ada.nc("key", "backup").out.strip()
    synced(ada, ben)
    assert SAID in ben.texts(made)
    ben.nc("session", "join", made)
    ben.nc("session", "say", made, f"yes: {SAID}")
    synced(ben, ada)
    for args in (
        ("session", "list"), ("session", "search", "token"), ("verify",), ("audit", "export"),
        ("doctor",), ("status",), ("folder",), ("trust", "show", "--log"),
        ("session", "fork", plain, "--name", "Forked"),
    ):  # fmt: skip
        ada.nc(*args)
        if "fork" not in args:
            ben.nc(*args)
    told = ada.nc("session", "share", made, "--public", "--yes", "--json").json
    link = ada.nc("session", "share", plain, "--public", "--json").json
    synced(ada, ben)

    words = [part for part in code.split("-") if len(part) > 5] or [code]
    canaries = [TOKEN[4:], PASSPHRASE, SAID, told["key"], link["key"], code]
    git = logs(shim.parent)
    assert b"cat-file" in git
    assert b"GITHUB_TOKEN=" in git  # the environment was written down
    assert b"fetch" in git or b"push" in git
    # What git's environment had is the user's own, but for what is meant for us alone.
    told_git = b"\n".join(
        line for line in git.splitlines() if not line.startswith(b"GITHUB_TOKEN=")
    )
    assert sings(canaries, told_git) == []
    at_rest = [everything(ada), everything(ben), hub_objects(ada, hub), config_files(box)]
    for data in at_rest:
        assert sings(canaries, data) == []
        assert not [one for one in words if one.encode() in data]
    for path in (told["file"], link["file"]):
        assert sings(canaries, (ada.path / path).read_bytes()) == []


def test_the_index_of_an_encrypted_session(box: Box, shim: Path) -> None:
    hub = box.remote()
    ada = box.person(hub, "ada")
    ada.nc("team", "create", "Crew")
    made = ada.start("Plan")
    ada.nc("session", "encrypt", made)
    for number in range(3):
        ada.nc("session", "say", made, f"{SAID} {number}")
    ada.nc("session", "search", "anything", code=1)
    (path,) = (ada.path / ".git/naturecode").glob("index*.db")
    with sqlite3.connect(path) as index:
        dump = "\n".join(index.iterdump())
    assert ids.tail(made) in dump
    assert "quetzal" not in dump
    assert "quetzal" not in path.read_bytes().decode("latin-1")
    index.close()


def test_a_key_of_a_job_is_only_in_its_environment(
    box: Box, shim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Ed25519PrivateKey.generate()
    seed = key.private_bytes_raw()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    coded = [base64.b64encode(bytes(n) + seed)[4 * bool(n) + 4 : 40] for n in range(3)]
    assert any(one in text.replace("\n", "").encode() for one in coded)
    monkeypatch.setenv("NATURECODE_MEMBER_KEY", text)
    hub = box.remote()
    bot = box.person(hub, "bot")
    made = bot.start("Job")
    bot.nc("session", "say", made, "done")
    bot.nc("sync")
    for data in (logs(shim.parent), everything(bot), hub_objects(bot, hub), config_files(box)):
        plain = data.replace(b"\n", b"")
        assert not [one for one in (seed, seed.hex().encode(), *coded) if one in plain]


def test_the_report_of_a_fault(clone: Clone, shim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = clone.start()

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError(f"cannot write {SAID} {args} {more}")

    monkeypatch.setattr(Store, "write", broken)
    monkeypatch.delenv("GIT_NATURECODE_TRACE")
    said = clone.nc("session", "say", made, SAID, code=128)
    assert "quetzal" not in said.err + said.out
    (report,) = Path(os.environ["HOME"]).rglob("fault-*.txt")
    assert "RuntimeError" in report.read_text()
    assert "quetzal" not in report.read_text()
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "quetzal" not in logs(shim.parent).decode()


@pytest.mark.parametrize("form", ["openai", "anthropic"])
def test_the_key_of_a_model_is_only_on_its_way_to_the_host(
    box: Box, shim: Path, form: str, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("OPENAI_LOG", "ANTHROPIC_LOG"):
        monkeypatch.setenv(name, "debug")
    hub = box.remote()
    ada = box.person(hub, "ada")
    made = ada.start("Plan")
    answers = (
        acts.status(401, f"who is {MODEL_KEY}?"), acts.status(429, MODEL_KEY, retry_after="0"),
        acts.says("You are ", MODEL_KEY[:5], MODEL_KEY[5:] + "."),
        acts.cut("Are you ", MODEL_KEY[:9], MODEL_KEY[9:]),
    )  # fmt: skip
    with serving(*answers) as server:
        path = "/v1" if form == "openai" else ""
        for key, value in {
            "provider": form, "model": "m", "endpoint": server.url + path, "timeout": "250",
        }.items():  # fmt: skip
            ada.git("config", f"naturecode.ai.{key}", value)
        ada.env["NATURECODE_AI_KEY"] = MODEL_KEY
        told = [ada.nc("session", "chat", made, "Who am I?", code=6)]
        told += [ada.nc("session", "chat", made, "Who am I?", "--json")]
        told += [ada.nc("session", "chat", made, "Who am I?", code=6)]
        ada.nc("sync")
        keys = [
            one.headers.get("authorization", one.headers.get("x-api-key")) for one in server.asked
        ]
        assert all(key and MODEL_KEY in key for key in keys)
        bodies = json.dumps([one.body for one in server.asked])
    seen = capfd.readouterr()
    said = "".join(one.out + one.err for one in told) + seen.out + seen.err
    for data in (
        logs(shim.parent), said.encode(), bodies.encode(), everything(ada), hub_objects(ada, hub),
        config_files(box),
    ):  # fmt: skip
        assert sings([MODEL_KEY[3:]], data) == []


def test_the_shim_hears_what_git_is_told(box: Box, shim: Path) -> None:
    clone = box.repo()
    clone.git("log", "-1", f"--grep={SAID}")
    assert sings([SAID], logs(shim.parent)) == [SAID]
