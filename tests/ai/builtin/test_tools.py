"""Linters of others: the real ones where they are installed, and programs that misbehave."""

import json
import os
import stat
from pathlib import Path

import pytest

from benchmarks.changing import EVERY_ASPECT, change, changed
from git_naturecode.ai.builtin import reading
from git_naturecode.ai.builtin.found import SECURITY
from git_naturecode.ai.builtin.reviewer import Builtin
from git_naturecode.ai.builtin.tools import shelf as shelves
from git_naturecode.ai.builtin.tools import tool
from git_naturecode.ai.builtin.tools.bandit import BANDIT
from git_naturecode.ai.builtin.tools.detect_secrets import DETECT_SECRETS
from git_naturecode.ai.builtin.tools.ruff import RUFF
from git_naturecode.domain.findings.hit import Seen

TEXT = (
    "import hashlib\n\n\ndef f(x):\n    for a in [1]:\n        g = lambda: a\n"
    '    password = "hu7fds8a9"\n    return hashlib.md5(x), g\n'
)
TOKEN = "ghp_16C7e42F292c6912E771" + "0c838347Ae178B4a"


# As a user has it, not as the tests are sealed.
ENVIRON = {name: value for name, value in os.environ.items() if name != "NATURECODE_LINTERS"}


def seen(before: str | None = None, *, aspects: tuple[str, ...] = EVERY_ASPECT) -> Seen:
    """What the reviewer sees of the text with the linters that are installed."""
    old = {} if before is None else {"src/a.py": before}
    return Builtin(ENVIRON).look(change(old, {"src/a.py": TEXT}, aspects=aspects))


def test_real_linters_tell_of_new_lines_under_their_names() -> None:
    told = seen()
    by_rule = {hit.rule: hit for hit in told.hits}
    assert (by_rule["bandit/B324"].line, by_rule["bandit/B324"].cwe) == (8, "CWE-327")
    assert (by_rule["ruff/B023"].line, by_rule["ruff/B023"].path) == (6, "src/a.py")
    assert [one.split(" ")[0] for one in told.sources] == [
        "builtin", "bandit", "ruff", "detect-secrets",
    ]  # fmt: skip
    assert all(" " in one for one in told.sources[1:])
    assert not told.notes
    assert by_rule["bandit/B324"].source == told.sources[1]


def test_they_tell_nothing_of_old_lines() -> None:
    before = TEXT.replace("import hashlib\n", "")
    assert {hit.rule.partition("/")[0] for hit in seen(before).hits} <= {"nc", "ruff"}
    assert not any(hit.line > 3 for hit in seen(before).hits)


def test_only_those_are_asked_that_have_to_do_with_the_aspect() -> None:
    told = seen(aspects=("performance",))
    assert [one.split(" ")[0] for one in told.sources] == ["builtin", "ruff"]


def test_one_for_which_the_change_brings_nothing_has_found_nothing() -> None:
    shorter = TEXT.rsplit("    return", 1)[0]
    told = Builtin(ENVIRON).look(change({"src/a.py": TEXT}, {"src/a.py": shorter}))
    names = [one.split(" ")[0] for one in told.sources]
    assert {"builtin", "bandit", "ruff"} <= set(names)


def test_those_that_saw_a_part_have_not_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "_MOST", len(TEXT) + 10)
    two = {"src/a.py": TEXT, "src/b.py": TEXT}
    told = Builtin(ENVIRON).look(change({}, two, aspects=EVERY_ASPECT))
    assert told.sources == ("builtin",)
    assert "a part of it" in told.notes[-1]


def test_none_of_them_repeats_a_secret() -> None:
    text = f'TOKEN = "{TOKEN}"\npassword = "hu7fds8a9"\n'
    told = Builtin(ENVIRON).look(change({}, {"a.py": text}))
    assert told.hits
    assert not any(TOKEN in hit.message or "hu7" in hit.message for hit in told.hits)


def test_detect_secrets_sees_files_of_any_language() -> None:
    found = DETECT_SECRETS.read(
        json.dumps(
            {"results": {"x/f0.txt": [{"line_number": 3, "type": "AWS Access Key"}]}}
        ).encode()
    )
    assert found["f0.txt"][0].rule == "detect-secrets/aws-access-key"


def test_comments_of_the_reviewed_code_silence_nothing() -> None:
    text = "import hashlib\nh = hashlib.md5(b'')  # nosec # noqa\n"
    told = Builtin(ENVIRON).look(change({}, {"a.py": text}))
    assert "bandit/B324" in {hit.rule for hit in told.hits}


def test_they_can_be_switched_off() -> None:
    told = Builtin({**ENVIRON, "NATURECODE_LINTERS": "0"}).look(change({}, {"a.py": TEXT}))
    assert told.sources == ("builtin",)
    assert not told.notes


def test_one_that_is_not_there_is_named_in_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tool.Tool("no-such-linter", True, lambda wanted: [], lambda data: {})
    monkeypatch.setattr(shelves.Shelf.__init__, "__defaults__", ((gone,),))
    told = seen()
    assert told.sources == ("builtin",)
    assert told.inconclusive is None
    (note,) = told.notes
    assert note.startswith("no-such-linter: not installed; `pip install")


def program(folder: Path, script: str) -> dict[str, str]:
    """An environment in which there is a linter `made`, which is `script`."""
    path = folder / "made"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}:/usr/bin:/bin", "SECRET_KEY": "k", "HOME": "/root"}


def outcome(environ: dict[str, str]) -> shelves.Outcome:
    """What comes of the linter `made`."""
    made = tool.Tool("made", False, lambda wanted: ["scan"], DETECT_SECRETS.read)
    with shelves.Shelf(environ, lambda aspect: aspect == SECURITY, (made,)) as shelf:
        file = changed("a.txt", None, "one\ntwo\n")
        shelf.put(reading.sheet(file, change({}, {}), ()))
        (told,) = shelf.outcomes()
    return told


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "ended with status 3"),
        ("echo not json", "cannot be read"),
        ("echo '[]'", "cannot be read"),
        ('echo \'{"results": {"a": [{}]}}\'', "cannot be read"),
        ("yes", "printed more than"),
        ("kill -9 $$", "ended with status -9"),
    ],
)
def test_one_that_fails_says_so_and_costs_nothing_else(
    tmp_path: Path, script: str, why: str
) -> None:
    assert why in outcome(program(tmp_path, script)).failed


def test_one_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "SECONDS", 0.5)
    assert "stopped after" in outcome(program(tmp_path, "sleep 600")).failed


def test_it_sees_nothing_of_the_user_but_the_new_lines(tmp_path: Path) -> None:
    script = (
        "case $1 in --version) echo 1.2;; scan) "
        'test -z "$SECRET_KEY" || exit 7; test "$HOME" = "$PWD" || exit 8; '
        'test -z "$(ls -A)" || exit 9; test "$(cat $2/f0.txt)" = "one\ntwo" || exit 10; '
        'echo "{\\"results\\": {\\"$2/f0.txt\\": '
        '[{\\"line_number\\": 2, \\"type\\": \\"Key\\"}]}}";; esac'
    )
    told = outcome(program(tmp_path, script))
    assert not told.failed
    assert told.source == "made 1.2"
    assert [found.line for _, found in told.found] == [2]


def test_a_program_in_a_relative_folder_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "echo 1.0")
    monkeypatch.chdir(tmp_path)
    made = tool.Tool("made", False, lambda wanted: ["scan"], DETECT_SECRETS.read)
    assert tool.find(made, {"PATH": f".:{os.defpath}"}) is None
    assert tool.find(made, {"PATH": str(tmp_path)}) is not None


def test_what_it_says_is_plain() -> None:
    said = tool.message("Use of `eval` by @ada in <b>[a](https://x.example)</b>\n::error::x")
    assert said == "Use of eval by ada in ba(https: x.example)/b :error:x."


def test_what_each_of_them_says_is_read() -> None:
    bandit = {"results": [{
        "test_id": "B105", "issue_severity": "LOW", "issue_confidence": "MEDIUM",
        "issue_text": "Possible hardcoded password: 'hu7'", "line_number": 4, "line_range": [4, 5],
        "issue_cwe": {"id": 259}, "filename": "/x/f1.py",
    }]}  # fmt: skip
    (found,) = BANDIT.read(json.dumps(bandit).encode())["f1.py"]
    assert (found.rule, found.severity, found.line, found.end) == ("bandit/B105", "low", 4, 5)
    assert "hu7" not in found.message
    ruff = [{"code": "S608", "message": "x", "location": {"row": 3}, "filename": "/x/f2.py"}]
    (found,) = RUFF.read(json.dumps(ruff).encode())["f2.py"]
    assert (found.rule, found.cwe, found.severity, found.aspect) == (
        "ruff/S608", "CWE-89", "high", "security",
    )  # fmt: skip
