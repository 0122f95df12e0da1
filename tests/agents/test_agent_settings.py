"""Our hook in the settings of AI tools: put in, taken out, and everything else stays."""

import json
import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from git_naturecode.agents import settings
from git_naturecode.agents.tools import TOOLS
from git_naturecode.errors import NaturecodeError, NotPermitted, Usage

PROGRAM = "/opt/it's here/git-naturecode"
OTHERS: dict[str, list[bytes]] = {
    "claude-code": [
        b"{}", b"{}\n", b"", b"\n", b'{"permissions":{"allow":["Bash(ls)"]}}',
        b'{\n    "model": "x",\n    "hooks": {\n        "Stop": [\n            {"hooks": []}\n'
        b'        ],\n        "Notification": []\n    },\n    "z": 1\n}\n',
        b'{\r\n\t"hooks": {}\r\n}\r\n', b'{ "hooks": { "Stop": [ ], "PostToolUse": [] } }',
        '{"hooks": {"Stop": [{"matcher": "ü", "hooks": [{"type": "command"}]}]}}'.encode(),
    ],
    "codex": [b'{\n  "hooks": {\n    "Stop": [{"hooks": [{"type": "prompt"}]}]\n  }\n}'],
    "gemini": [b'// mine\n{\n  "hooksConfig": {"enabled": true}, /* x */\n  "theme": "//"\n}\n'],
    "cursor": [
        b'{\n  "version": 1,\n  "hooks": {\n    "stop": [\n      {"command": "x"}\n    ]\n  }\n}\n',
        b'{"hooks": {}}',
    ],
}  # fmt: skip
CASES = [(tool, data) for tool, files in OTHERS.items() for data in files]


@pytest.fixture
def environ(sealed: Path) -> dict[str, str]:
    return {"HOME": str(sealed)}


def commands(path: Path, comments: bool = False) -> list[str]:
    from git_naturecode.agents import json_text

    told = json_text.scan(path.read_text(), comments).value
    items = [item for array in told["hooks"].values() for item in array]
    hooks = [hook for item in items for hook in item.get("hooks", [item])]
    return [hook["command"] for hook in hooks if "git-naturecode" in hook.get("command", "")]


@pytest.mark.parametrize(("tool", "data"), CASES)
@pytest.mark.parametrize("user", [False, True])
def test_what_was_there_comes_back_to_the_byte(
    tmp_path: Path, environ: dict[str, str], tool: str, data: bytes, user: bool
) -> None:
    where = settings.place(tool, str(tmp_path), environ, user)
    path = Path(where.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o640)
    assert settings.install(where, PROGRAM, str(tmp_path), environ).changed
    known = TOOLS[tool]
    assert len(commands(path, known.comments)) == len(known.events)
    assert settings.is_installed(where)
    told = path.read_bytes()
    assert not settings.install(where, PROGRAM, str(tmp_path), environ).changed
    assert path.read_bytes() == told
    settings.install(where, "/another/git-naturecode", str(tmp_path), environ)
    assert len(commands(path, known.comments)) == len(known.events)
    settings.install(where, PROGRAM, str(tmp_path), environ)
    assert settings.uninstall(where, str(tmp_path), environ).changed
    assert path.read_bytes() == data
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert not settings.is_installed(where)
    assert not settings.uninstall(where, str(tmp_path), environ).changed


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_that_was_made_for_it_goes_away(
    tmp_path: Path, environ: dict[str, str], tool: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    where = settings.place(tool, str(tmp_path), environ, False)
    settings.install(where, PROGRAM, str(tmp_path), environ)
    settings.install(where, "", str(tmp_path), environ)
    assert settings.uninstall(where, str(tmp_path), environ).gone
    assert sorted(tmp_path.rglob("*")) == before


def test_what_was_added_since_stays(tmp_path: Path, environ: dict[str, str]) -> None:
    where = settings.place("claude-code", str(tmp_path), environ, False)
    settings.install(where, PROGRAM, str(tmp_path), environ)
    told = json.loads(Path(where.path).read_text())
    told["model"] = "x"
    told["hooks"]["Stop"][0]["hooks"].append({"type": "command", "command": "make test"})
    told["hooks"]["Stop"].append({"hooks": [{"type": "command", "command": "say done"}]})
    Path(where.path).write_text(json.dumps(told, indent=4))
    assert not settings.uninstall(where, str(tmp_path), environ).gone
    left = json.loads(Path(where.path).read_text())
    assert left["model"] == "x"
    found = [hook["command"] for item in left["hooks"]["Stop"] for hook in item["hooks"]]
    assert found == ["make test", "say done"]
    assert list(left["hooks"]) == ["Stop"]


BROKEN = [
    b"{", b"[]", b'{"hooks": []}', b'{"hooks": {"Stop": {}}}', b"\xff", b"// x\n{}", b"nonsense",
    b'{"a": 1,}', b"[" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_changed_is_left_alone(
    tmp_path: Path, environ: dict[str, str], data: bytes
) -> None:
    where = settings.place("claude-code", str(tmp_path), environ, False)
    path = Path(where.path)
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(NaturecodeError, match="cannot be changed"):
        settings.install(where, PROGRAM, str(tmp_path), environ)
    assert path.read_bytes() == data
    assert not settings.is_installed(where)
    assert not settings.uninstall(where, str(tmp_path), environ).changed
    assert os.listdir(path.parent) == [path.name]


def test_links_of_the_user_stay_and_those_of_a_repository_are_refused(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    home = Path(environ["HOME"])
    mine = home / "dotfiles.json"
    mine.write_text("{}")
    (home / ".claude").mkdir()
    (home / ".claude/settings.json").symlink_to(mine)
    where = settings.place("claude-code", str(tmp_path), environ, True)
    settings.install(where, PROGRAM, None, environ)
    assert (home / ".claude/settings.json").is_symlink()
    assert commands(mine)
    for link in (".claude/settings.local.json", ".claude"):
        tree = tmp_path / f"tree{len(link)}"
        (tree / link).parent.mkdir(parents=True)
        (tree / link).symlink_to(mine if link.endswith("json") else home)
        local = settings.place("claude-code", str(tree), environ, False)
        with pytest.raises(NotPermitted):
            settings.install(local, PROGRAM, str(tree), environ)
    assert not (home / "settings.local.json").exists()
    odd = settings.place("codex", str(tmp_path), environ, False)
    Path(odd.path).parent.mkdir()
    os.mkfifo(odd.path)
    with pytest.raises(NaturecodeError, match="not a file"):
        settings.install(odd, PROGRAM, str(tmp_path), environ)


def test_the_user_may_keep_it_elsewhere(tmp_path: Path, environ: dict[str, str]) -> None:
    for tool, name in (
        ("claude-code", "CLAUDE_CONFIG_DIR"), ("codex", "CODEX_HOME"),
        ("gemini", "GEMINI_CLI_HOME"), ("cursor", "CURSOR_CONFIG_DIR"),
    ):  # fmt: skip
        there = settings.place(tool, None, {**environ, name: str(tmp_path)}, True)
        assert there.path.startswith(str(tmp_path))
    with pytest.raises(Usage):
        settings.place("vim", str(tmp_path), environ, False)
    with pytest.raises(Usage):
        settings.place("codex", None, environ, False)


def test_the_command_runs_the_program_where_it_is_and_else_nothing(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    program = tmp_path / "it's a $HOME; place" / "git-naturecode"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$0|$@"\n')
    where = settings.place("claude-code", str(tmp_path), environ, False)
    settings.install(where, str(program), str(tmp_path), environ)
    command = commands(Path(where.path))[0]

    def run(path: str) -> tuple[int, str, str]:
        done = subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, text=True, check=False,
            env={"PATH": path},
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    usual = "/usr/bin:/bin"
    assert run(usual) == (0, "", "")
    program.chmod(0o755)
    assert run(usual) == (0, f"{program}|hook agent claude-code\n", "")
    moved = tmp_path / "bin"
    program.parent.rename(moved)
    assert run(usual) == (0, "", "")
    assert run(f"{usual}:{moved}") == (
        0,
        f"{moved / 'git-naturecode'}|hook agent claude-code\n",
        "",
    )
    assert shlex.split(command)


def test_a_file_of_the_team_names_no_path_of_this_machine(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    for tool in TOOLS:
        where = settings.place(tool, str(tmp_path), environ, False)
        settings.install(where, PROGRAM, str(tmp_path), environ)
        text = Path(where.path).read_text()
        assert ("/opt/" in text) == (where.scope == settings.LOCAL)
        assert (where.scope == settings.LOCAL) == (tool == "claude-code")
        assert "$" not in text
