"""A team of three from the first command to the audit: what each says leads to the next."""

import base64
import re
import shlex
from pathlib import Path

from box import Box, Clone, Said
from git_naturecode.crypto import member
from trusting.people import device, forge

ADA, BEN, CI = "ada@example.com", "ben@example.com", "ci@example.com"


def after(said: Said, *begins: str) -> list[str]:
    """The command that `said` names as a next one, which `begins` so; the user types it."""
    text = " ".join((said.out + said.err).split())
    found = [
        shlex.split(one) for one in re.findall(r"git naturecode ([^`;,\n]+)", text)
        if one.startswith(" ".join(begins))
    ]  # fmt: skip
    assert found, (begins, said)
    return found[0][: len(begins) + 1]


def sync(*clones: Clone) -> None:
    for clone in clones:
        clone.nc("sync")


def test_each_step_names_the_next(box: Box, tmp_path: Path) -> None:
    hub = box.remote()
    ada, ben = box.person(hub, "ada"), box.person(hub, "ben")

    # Before there is a team; then a team.
    begun = ada.nc(*after(ada.nc("team", "show", code=1), "team", "create")[:2], "Core")
    ada.nc(*after(begun, "sync")[:1])
    assert after(begun, "team", "add")

    # Ben comes by a code. Whoever has none is told what to do.
    sync(ben)
    told = ben.nc("session", "start", "not yet a member", code=5)
    assert after(told, "team", "join")
    invited = ada.nc("team", "add", BEN)
    ada.nc(*after(invited, "sync")[:1])
    ben.nc("sync")
    joined = ben.nc(*after(invited, "team", "join"))
    ben.nc(*after(joined, "sync")[:1])
    sync(ada)

    # Roles.
    ada.nc(*after(ada.nc("team", "role", BEN, "maintainer"), "sync")[:1])

    # A session of theirs alone, that only some can read.
    started = ada.nc("session", "start", "Plan", "--encrypt")
    session = started.out.split()[0]
    asked = ada.nc(*after(started, "session", "invite"), BEN)
    assert after(asked, "session", "join")
    ada.nc("session", "say", session, "the zebra plan")
    sync(ada, ben)
    ben.nc(*after(asked, "session", "join"))
    ben.nc("session", "say", session, "and the lion")
    sync(ben, ada)
    ada.nc("session", "remove", session, BEN)
    ada.nc("session", "say", session, "without ben")
    sync(ada, ben)
    assert ben.texts(session) == ["the zebra plan", "and the lion", ""]

    # A laptop comes, and is lost.
    laptop = box.person(hub, "ben", "ben-laptop")
    assert "device rename" in laptop.nc("init").out
    laptop.nc("device", "rename", "blue laptop")
    open_session = laptop.start("In the open")
    sync(laptop, ben)
    assert "blue laptop" in ben.nc("device", "list").out
    tried = ben.nc("device", "revoke", "blue laptop", code=3)
    assert "add --yes" in tried.err
    revoked = ben.nc("device", "revoke", "blue laptop", "--yes")
    ben.nc(*after(revoked, "sync")[:1])
    told = laptop.nc("session", "say", open_session, "the finder is here")
    assert laptop.nc("sync", code=3), told
    assert "was revoked" in laptop.nc("session", "say", open_session, "again", code=5).err
    said = ada.nc("sync", code=3)

    # What nobody may say: seen, looked at, and decided.
    listed = ada.nc(*after(said, "quarantine", "list")[:2])
    shown = ada.nc(*after(listed, "quarantine", "show"))
    assert "the finder is here" in shown.out
    forged = forge(ada, open_session, device(ada), "shipped without review", ADA)
    assert "1 entry kept in quarantine" in ada.nc("sync", code=3).err
    assert "2 entries kept in quarantine" in ada.nc("status").out
    ada.nc("quarantine", "drop", forged)
    adopted = ada.nc(*after(shown, "quarantine", "adopt"))
    ada.nc(*after(adopted, "sync")[:1])
    assert "quarantine" not in ada.nc("status").out
    assert ada.texts(open_session) == ["the finder is here"]

    # All devices gone: the code on paper brings the keys back.
    backed = ben.nc("key", "backup")
    ben.nc(*after(backed, "sync")[:1], code=3)  # he hears of what was forged
    code = backed.out.split()[0]
    fresh = box.person(hub, "ben", "ben-fresh")
    fresh.env["XDG_CONFIG_HOME"] = str(box.path / "config-fresh")
    (fresh.path / ".git/naturecode/device").unlink()
    fresh.nc("init")
    ended = fresh.process("key", "restore", input="NONSENSE\n")
    assert (ended.returncode, "seven groups" in ended.stderr) == (2, True)
    ended = fresh.process("key", "restore", input=f"{code}\n")
    assert ended.returncode == 0, ended.stderr
    assert "git naturecode device list" in ended.stderr
    fresh.nc("sync", code=3)
    assert fresh.texts(session)[:2] == ["the zebra plan", "and the lion"]
    fresh.nc("session", "say", open_session, "Ben is back")
    sync(fresh, ada)
    assert ada.texts(open_session)[-1] == "Ben is back"

    # A job that has a key of its own verifies, and says so in its own name only.
    secret = bytes(range(32))
    public = member.new(secret).line
    added = ada.nc("team", "add", CI, "--role", "bot", "--key", public)
    assert "NATURECODE_MEMBER_KEY" in added.err
    ada.nc(*after(added, "sync")[:1])
    job = Clone(tmp_path / "job", env={
        "NATURECODE_MEMBER_KEY": base64.b64encode(secret).decode(),
        "XDG_CONFIG_HOME": str(tmp_path / "config-job"), "GIT_AUTHOR_EMAIL": ADA,
    })  # fmt: skip
    ada.git("clone", "-q", f"file://{hub}", str(job.path))
    told = job.nc("init")
    assert f"git config user.email {CI}" in told.err
    refused = job.nc("session", "say", open_session, "green", code=5)
    assert f"git config user.email {CI}" in refused.err
    job.env["GIT_AUTHOR_EMAIL"] = CI
    job.nc("session", "say", open_session, "green")
    job.nc("sync", code=3)
    told = job.nc("verify", code=3)  # what was forged is there, and here nobody has dropped it
    assert after(told, "quarantine", "list")
    assert ada.nc("sync").code == ada.nc("verify").code == 0
    assert ada.texts(open_session)[-1] == "green"

    # The audit.
    table = tmp_path / "audit.csv"
    ada.nc("audit", "export", "-o", str(table))
    rows = table.read_text().splitlines()
    assert rows[0].startswith("time,memberId,")
    for what in ("genesis", "member", "join", "role", "revoke", "adopt", "backup"):
        assert any(f",{what}," in row for row in rows), what
    assert "zebra" not in table.read_text()
    assert "[refused: " in ada.nc("trust", "show", "--log").out
