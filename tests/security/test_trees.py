"""Twenty malformed or malicious trees on the remote's data branch (research/security.md E)."""

import pytest

from security.hostile import Scene, measured

_EVIL = b"#!/bin/sh\ntouch ../pwned\n"
_INJECTED = b"x\nM 100644 inline canary\ndata 1\nx\nreset refs/heads/main\nfrom refs/heads/evil\n"


def _lines(scene: Scene, name: str) -> list[tuple[str, bytes, str]]:
    blob = scene.blob(_EVIL)
    link = scene.blob(b"../canary")
    below = scene.tree([("100644", b"config", blob)])
    file = ("100644", b"?", blob)
    return {
        # git itself refuses these
        "dot dot": [("40000", b"..", below)],
        "dot": [("40000", b".", below)],
        "dot git": [("40000", b".git", below)],
        "DOT GIT": [("40000", b".GIT", below)],
        "git tilde 1": [("40000", b"git~1", below)],
        "hfs dot git": [("40000", ".g\u200cit".encode(), below)],
        "slash inside": [("100644", b"a/b", blob)],
        "absolute": [("100644", b"/tmp/pwned", blob)],
        "twice": [file, file],
        "linked gitmodules": [("120000", b".gitmodules", link)],
        "commands": [("100644", _INJECTED, blob)],
        # and lets these through
        "link": [("120000", b"team", link)],
        "link below": [("40000", b"team", scene.tree([("120000", b"core.yml", link)]))],
        "program": [("40000", b"team", scene.tree([("100755", b"core.yml", blob)]))],
        "submodule": [("160000", b"prompts", scene.tip())],
        "backslash": [("100644", b"..\\pwned", blob)],
        "new line": [("100644", b"x\nM 100644 inline canary\ndata 1\nx\n", blob)],
        "escape": [("100644", b"\x1b]52;c;cHduZWQ=\x07.md", blob)],
        "not utf-8": [("100644", b"\xff\xfe.md", blob)],
        "windows device": [("100644", b"CON", blob)],
        "stream": [("100644", b"f:stream", blob)],
        "case twins": [("100644", b"readme.MD", blob), ("100644", b"Readme.md", blob)],
        "long name": [("100644", b"x" * 300, blob)],
    }[name]


REFUSED_BY_GIT = ("dot dot", "dot", "dot git", "DOT GIT", "git tilde 1", "hfs dot git",
                  "slash inside", "absolute", "twice", "linked gitmodules", "commands")  # fmt: skip
LET_THROUGH = ("link", "link below", "program", "submodule", "backslash", "new line", "escape",
               "not utf-8",
               "windows device", "stream", "case twins", "long name")  # fmt: skip


def _plant(scene: Scene, name: str) -> None:
    scene.plant(scene.tree([*scene.top(), *_lines(scene, name)]))


@pytest.mark.parametrize("name", LET_THROUGH)
def test_what_git_lets_through_is_kept_out_and_healed(stage: Scene, name: str) -> None:
    good = stage.paths()
    main = stage.git("rev-parse", "refs/heads/main")
    _plant(stage, name)
    cost = measured(stage.ben, "sync")
    assert cost.code == 0, cost.err
    assert cost.is_bounded(), cost
    assert cost.err.count("warning: kept out") == (2 if name == "case twins" else 1)
    assert "\x1b" not in cost.err
    assert stage.ben.texts(stage.session) == ["from ada", "more from ada", "from ben"]
    assert good < stage.paths()
    assert all(path.startswith("log/") for path in stage.paths() - good)
    assert stage.git("rev-parse", "refs/heads/main") == main
    assert stage.canary_is_untouched()
    assert stage.git("rev-list", "--min-parents=2", "--count", "refs/heads/naturecode") == "0"
    again = stage.ada.nc("sync")
    assert "kept out" not in again.err
    assert stage.ada.texts(stage.session)[-1] == "from ben"


@pytest.mark.parametrize("name", REFUSED_BY_GIT)
def test_what_git_refuses_stops_that_branch_and_nothing_else(stage: Scene, name: str) -> None:
    _plant(stage, name)
    poisoned = stage.tip()
    cost = measured(stage.ben, "sync")
    assert cost.code == 3, cost
    assert cost.is_bounded(), cost
    assert "refs/heads/naturecode of origin: git refuses what origin sends" in cost.err
    assert "you can go on working here" in cost.err
    assert "git push --force origin naturecode" in cost.err
    assert stage.ben.texts(stage.session) == ["from ada", "from ben"]
    assert stage.tip() == poisoned
    assert stage.canary_is_untouched()
    assert not stage.ben.git("for-each-ref", "refs/naturecode/")


def test_good_entries_pass_a_poisoned_branch_by_the_outbox(stage: Scene) -> None:
    good = stage.tip()
    _plant(stage, "dot dot")
    stage.ben.nc("sync", code=3)
    stage.ada.nc("sync", code=3)
    assert stage.ada.texts(stage.session)[-1] == "from ben"
    boxes = stage.git("for-each-ref", "--format=%(refname)", "refs/naturecode/outbox/")
    assert boxes.count("refs/") == 1
    stage.ben.nc("sync", code=3)
    assert stage.ben.texts(stage.session) == ["from ada", "more from ada", "from ben"]
    for clone in (stage.ada, stage.ben, stage.ada):  # and then it stays as it is
        clone.nc("sync", code=3)
    again = stage.git("for-each-ref", "--format=%(refname)", "refs/naturecode/outbox/")
    assert again.count("refs/") == 1
    stage.git("update-ref", "refs/heads/naturecode", good)
    stage.ada.nc("sync")
    assert not stage.git("for-each-ref", "refs/naturecode/outbox/")
    assert stage.ada.ids() == {stage.session}


@pytest.mark.parametrize("name", [*REFUSED_BY_GIT, *LET_THROUGH])
def test_after_a_plain_fetch_the_next_command_keeps_it_out(stage: Scene, name: str) -> None:
    _plant(stage, name)
    stage.ben.git("-c", "fetch.fsckObjects=false", "fetch", "-q", "origin")
    assert stage.ben.git("rev-parse", "origin/naturecode").strip() == stage.tip()
    said = stage.ben.nc("session", "list")
    assert "warning: kept out" in said.err
    assert "\x1b" not in said.err
    assert stage.ben.texts(stage.session) == ["from ada", "more from ada", "from ben"]
    ours = stage.ben.git("ls-tree", "-r", "--name-only", "naturecode").split("\n")
    assert all(
        path.startswith("log/") for path in ours if path not in ("", "README.md", ".gitattributes")
    )
    assert stage.ben.git("fsck", "--strict", "--no-dangling", "naturecode", check=False) is not None
    assert stage.canary_is_untouched()


def test_by_every_way_to_reach_git(stage_in: Scene) -> None:
    blob = stage_in.blob(_EVIL)
    log = stage_in.git("rev-parse", "refs/heads/naturecode:log")
    inside = stage_in.tree([("40000", b"session", stage_in.git("rev-parse", f"{log}:session")),
                            ("100644", b"new\nline", blob), ("100644", b"\xff", blob)])  # fmt: skip
    lines = [line for line in stage_in.top() if line[1] != b"log"]
    stage_in.plant(stage_in.tree([*lines, ("40000", b"log", inside), ("120000", b"kb", blob)]))
    said = stage_in.ben.nc("sync")
    assert said.err.count("kept out") == 3
    assert stage_in.ben.texts(stage_in.session) == ["from ada", "more from ada", "from ben"]
    assert "kb" not in stage_in.git("ls-tree", "--name-only", "refs/heads/naturecode")
    assert stage_in.canary_is_untouched()
