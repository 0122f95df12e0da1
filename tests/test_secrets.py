"""Planted secrets are nowhere at rest: not in the objects of either store, spool, index, traces."""

import base64
import json
import random
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from box import Box, Clone

PIECE = 12


class Plant:
    """Makes random secrets in the forms of well-known services, and remembers them."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self.secrets: list[str] = []

    def of(
        self, prefix: str, length: int, letters: str = string.ascii_letters + string.digits
    ) -> str:
        """A secret: `prefix` and `length` random characters."""
        rest = "".join(self._random.choice(letters) for _ in range(length))
        self.secrets.append(rest)
        return prefix + rest

    def pem(self) -> str:
        """A private key block of several lines."""
        lines = [self.of("", 64) for _ in range(4)]
        kind = "PRIVATE KEY"
        return f"-----BEGIN {kind}-----\n" + "\n".join(lines) + f"\n-----END {kind}-----"


def transcript(plant: Plant) -> list[dict[str, Any]]:
    """A made-up conversation with a secret at every place where one may hide."""
    hexes = string.hexdigits.lower()[:16]
    tool = [
        ("Bash", {"command": f"curl -H 'Authorization: Bearer {plant.of('', 40)}' x.test"}, "ok"),
        ("Write", {"file_path": f"/p/{plant.of('ghp_', 36)}.txt", "content": plant.pem()}, "done"),
        ("Write", {"file_path": "/p/.env", "content": f"DB_PASSWORD={plant.of('', 24)}\n"}, "done"),
        ("Read", {"file_path": "/p/config.json"},
         json.dumps({"config": json.dumps({"client_secret": plant.of("", 32)})})),
        ("Bash", {"command": "env | base64"},
         base64.b64encode(f"HOME=/h\nAPI_TOKEN={plant.of('', 30)}\nX=1\n".encode()).decode()),
        ("Bash", {"command": "cat big.log"},
         "x " * 745 + "key=" + plant.of("sk-ant-api03-", 60) + " y" * 3000),
        ("Bash", {"command": "cat edge.log"},
         "a" * 700 + " " + plant.of("AKIA", 16, string.ascii_uppercase)
         + "\n" + "b " * 4000),
        ("Grep", {"pattern": plant.of("glpat-", 20)}, "none"),
        ("WebFetch", {"url": f"https://bob:{plant.of('', 22)}@host.test/x"}, "200"),
        ("Bash", {"command": "psql"}, f"postgres://app:{plant.of('', 18)}@db.test/app refused"),
        ("Bash", {"command": "aws"}, f"aws_secret_access_key = {plant.of('', 40)}"),
        ("Bash", {"command": "x"}, f"token: {plant.of('', 20)}\\\n{plant.of('', 20)}"),
    ]  # fmt: skip
    said = [
        f"My key is {plant.of('sk-proj-', 48)}, use it.",
        f"npm: {plant.of('npm_', 36)} and slack {plant.of('xoxb-2841937502-', 24)}",
        "google " + plant.of("AIza", 35) + ", stripe " + plant.of("sk_live_", 24),
        f'{{"api_key": "{plant.of("", 32, hexes)}"}}',
        "hf " + plant.of("hf_", 34) + "; pypi " + plant.of("pypi-AgEIcHlwaS5vcmc", 60),
        "SendGrid SG." + plant.of("", 22) + "." + plant.of("", 43),
        plant.pem().replace("\n", "\\n"),
        "age " + plant.of("AGE-SECRET-KEY-1", 58, "023456789ACDEFGHJKLMNPQRSTUVWXYZ"),
        f"export GITHUB_TOKEN={plant.of('gho_', 36)}",
        f"wrapped {base64.b64encode(plant.of('ghs_', 36).encode()).decode()}",
        "password: " + plant.of("", 16) + "!",
        "github_pat " + plant.of("github_pat_11", 70),
    ]
    lines: list[dict[str, Any]] = [
        {"type": "summary", "summary": f"Set up {plant.of('ghp_', 36)}", "leafUuid": "u1"}
    ]
    for number, text in enumerate(said):
        role = "user" if number % 2 == 0 else "assistant"
        lines.append(_line(number, role, [{"type": "text", "text": text}]))
        if role == "assistant":
            lines.append(_line(900 + number, role, [{"type": "thinking", "thinking": text}]))
    for number, (name, given, output) in enumerate(tool, 100):
        use = {"type": "tool_use", "id": f"t{number}", "name": name, "input": given}
        lines.append(_line(number, "assistant", [use]))
        result = {"type": "tool_result", "tool_use_id": f"t{number}", "content": output}
        lines.append({**_line(number + 50, "user", [result]), "toolUseResult": {"stdout": output}})
    return lines


def _line(number: int, role: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": role, "uuid": f"u{number}", "sessionId": "planted", "cwd": "/p",
        "timestamp": f"2026-11-20T10:{number % 60:02}:00.000Z",
        "message": {"role": role, "model": "m", "content": content},
    }  # fmt: skip


def at_rest(clone: Clone, *more: Path) -> bytes:
    """Every byte that the program keeps in and around a clone."""
    kept = [p.read_bytes() for p in (clone.path / ".git/naturecode").rglob("*") if p.is_file()]
    kept += [p.read_bytes() for p in more if p.exists()]
    kept += [name.name.encode() for name in (clone.path / ".git/naturecode").rglob("*")]
    for where in (clone.path / ".git", clone.path / ".git/naturecode/private.git"):
        if where.exists():
            out = clone.git("--git-dir", str(where), "cat-file", "--batch-all-objects", "--batch")
            kept.append(out.encode("utf-8", "surrogateescape"))
    return b"\n".join(kept)


def forms(secret: str) -> list[str]:
    """How a secret might be written down: itself, in JSON, in an address, in base64."""
    coded = base64.b64encode(secret.encode()).decode()
    aligned = [base64.b64encode(b"\0" * n + secret.encode()).decode()[4:-4] for n in (1, 2)]
    pieces = [secret[i : i + PIECE] for i in range(0, len(secret) - PIECE + 1, PIECE // 2)]
    return [
        secret,
        json.dumps(secret)[1:-1],
        quote(secret),
        coded.rstrip("=")[:-2],
        *aligned,
        *pieces,
    ]


def leaks(secrets: list[str], kept: bytes) -> list[str]:
    return [secret for secret in secrets if any(form.encode() in kept for form in forms(secret))]


@pytest.mark.parametrize("full", [False, True], ids=["default", "full"])
@pytest.mark.parametrize("visibility", ["private", "team"])
def test_no_planted_secret_is_found_at_rest(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool, visibility: str
) -> None:
    plant = Plant()
    own = plant.of("", 18)
    monkeypatch.setenv("DEPLOY_PASSWORD", own)
    lines = transcript(plant)
    odd = [
        f"I once typed {own} here",
        f"and coded {base64.b64encode(f'user:{own}'.encode()).decode()}",
        f"link https://x.test/?p={quote(own)}",
    ]
    lines += [
        _line(300 + n, "user", [{"type": "text", "text": text}]) for n, text in enumerate(odd)
    ]
    assert len(plant.secrets) >= 30
    source = tmp_path / f"{plant.of('glpat-', 20)}.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    trace = tmp_path / "trace"
    clone = box.repo()
    clone.env["GIT_NATURECODE_TRACE"] = str(trace)
    clone.nc("init")
    args = ["--full"] if full else []
    clone.nc("session", "import", str(source), "--visibility", visibility, *args)
    session = clone.start(f"Rotate {plant.of('ghp_', 36)}", visibility)
    clone.nc("session", "say", session, f"the new one is {plant.of('sk_live_', 24)}")
    clone.nc("session", "search", "rotate")
    if visibility == "private":
        clone.nc("session", "share", "--all")
    assert not leaks(plant.secrets, at_rest(clone, trace))
    shown = clone.nc("session", "show", "planted", "--json").out
    assert not leaks(plant.secrets, shown.encode())
    assert shown.count("[REDACTED:") >= 24


def test_the_scanner_sees_a_secret_that_was_kept(box: Box, tmp_path: Path) -> None:
    plant = Plant()
    secret = plant.of("", 30)
    clone = box.ready()
    (clone.path / ".git/naturecode/planted").write_text(
        base64.b64encode(f"x{secret}".encode()).decode()
    )
    assert leaks([secret], at_rest(clone)) == [secret]


def test_sharing_looks_again(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "Tr0ub4dor-and-a-horse"
    clone = box.ready()
    session = clone.start("Private talk", "private")
    clone.nc("session", "say", session, f"we use {secret} for staging")
    monkeypatch.setenv("STAGING_PASSWORD", secret)
    said = clone.nc("session", "share", session)
    assert "found only now" in said.out
    log = clone.git("log", "-p", "naturecode")
    assert secret not in log
    assert secret not in "".join(clone.texts(session))
