"""Names that are options, commands or addresses: of remotes, branches, refs."""

import subprocess
from pathlib import Path

import pytest

from box import Box


def _pwned(box: Box) -> bool:
    return any(path.name == "pwned" for path in box.path.rglob("*"))


@pytest.mark.parametrize(
    "name",
    ["--upload-pack=touch pwned;", "-o", "--output=pwned", "a b", "a..b", "x.lock", "ä", "a/b"],
)  # fmt: skip
def test_a_remote_of_any_name_is_only_a_remote(box: Box, name: str) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start()
    ada.nc("sync")
    ben.git("config", f"remote.{name}.url", f"file://{hub}")
    said = ben.nc("sync", f"--remote={name}", "--yes")
    assert "in step" in said.out
    assert ben.ids() == {session}
    assert not _pwned(box)
    assert not ben.git("for-each-ref", "refs/naturecode/")


@pytest.mark.parametrize(
    "address", ["--upload-pack=touch pwned", "ext::sh -c 'touch pwned'", "ssh://-oProxyCommand=x/y"]
)
def test_an_address_that_runs_something(box: Box, address: str) -> None:
    clone = box.repo()
    clone.git("config", "remote.origin.url", address)
    clone.nc("init")
    session = clone.start()
    clone.nc("sync", code=4)
    assert clone.ids() == {session}
    assert not _pwned(box)


def test_only_a_configured_remote_is_asked(box: Box) -> None:
    hub = box.remote()
    clone = box.clone(hub, "ada")
    for name in (f"file://{hub}", str(hub), "ext::sh -c 'touch pwned'", "--upload-pack=x", "a\nb"):
        said = clone.nc("sync", f"--remote={name}", code=2)
        assert "there is no remote called" in said.err
    assert not _pwned(box)


def test_a_data_branch_that_looks_like_an_option(box: Box) -> None:
    hub = box.remote()
    ada, ben = box.repo("ada"), box.repo("ben")
    for clone in (ada, ben):
        clone.git("remote", "add", "origin", f"file://{hub}")
        clone.git("config", "naturecode.branch", "--output=pwned")
        clone.nc("init")
    session = ada.start()
    ada.nc("sync")
    ben.nc("sync")
    assert ben.ids() == {session}
    assert not _pwned(box)


@pytest.mark.parametrize("name", ["a\nb", "a..b", "a b", "x.lock", "/x", "", "a~1", "@{-1}"])
def test_a_data_branch_that_is_no_name(box: Box, name: str) -> None:
    clone = box.repo()
    clone.git("config", "naturecode.branch", name)
    said = clone.nc("init", code=2)
    assert "naturecode.branch" in said.err


@pytest.mark.parametrize(
    "name", ["--output=pwned", "-x", "refs/heads/naturecode", "naturecode-2", "HEAD"]
)
def test_other_refs_of_the_remote_change_nothing(box: Box, name: str) -> None:
    hub = box.remote()
    ada, ben = box.clone(hub, "ada"), box.clone(hub, "ben")
    session = ada.start()
    ada.nc("sync")
    tip = (hub / "refs/heads/naturecode").read_text()
    evil = Path(hub / "refs/heads" / name)
    evil.parent.mkdir(parents=True, exist_ok=True)
    evil.write_text(tip)
    subprocess.run(["git", "pack-refs", "--all"], cwd=hub, check=True)
    ben.git("fetch", "-q", check=False)
    ben.nc("sync")
    assert ben.ids() == {session}
    assert ben.nc("status").code == 0
    assert not _pwned(box)


def test_a_ref_with_a_line_break_in_its_name(box: Box) -> None:
    """No git makes one, but a server may say anything: two lines are two refs, or nothing."""
    hub = box.remote()
    ada = box.clone(hub, "ada")
    session = ada.start()
    ada.nc("sync")
    oid = ada.git("rev-parse", "naturecode").strip()
    bad = f"refs/naturecode/outbox/0123456789abcdef/{oid}\n{oid}\trefs/heads/main"
    with (hub / "packed-refs").open("a") as file:
        file.write(f"{oid} {bad}\n")
    ada.nc("session", "say", session, "go on")
    ada.nc("sync")
    assert ada.ids() == {session}
    assert ada.git("rev-parse", "main") != ada.git("rev-parse", "naturecode")
