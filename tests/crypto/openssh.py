"""The real OpenSSH, as the judge of what we sign and the author of what we check."""

import shutil
import subprocess
from pathlib import Path

import pytest

KINDS = ("ed25519", "rsa")


def require() -> None:
    """A named skip where there is no OpenSSH."""
    if not (shutil.which("ssh-keygen") and shutil.which("ssh-agent")):
        pytest.skip("no OpenSSH on this machine")


def make_key(path: Path, kind: str, *more: str) -> str:
    """A key pair at `path`; its public line without the comment."""
    bits = ("-b", "2048") if kind == "rsa" else ()
    run("ssh-keygen", "-q", "-t", kind, *bits, "-N", "", "-C", "ada@laptop", "-f", str(path), *more)
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


def git_settings(key: Path, allowed: Path, who: str) -> dict[str, str]:
    """What is set where git shall sign each commit with `key`, and know it as that of `who`."""
    allowed.write_text(f"{who} {key.with_suffix('.pub').read_text()}")
    return {
        "gpg.format": "ssh", "user.signingkey": f"{key}.pub", "commit.gpgsign": "true",
        "gpg.ssh.allowedSignersFile": str(allowed),
    }  # fmt: skip


def run(*command: str, data: bytes = b"", env: dict[str, str] | None = None) -> bytes:
    """What `command` says; it must succeed."""
    done = subprocess.run(command, input=data, capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def verifies(folder: Path, key: str, namespace: str, message: bytes, armoured: str) -> bool:
    """True when `ssh-keygen -Y verify` finds a signature good."""
    allowed, signature = folder / "allowed", folder / "signature"
    allowed.write_text(f"ada@example.com {key}\n")
    signature.write_text(armoured)
    done = subprocess.run(
        ["ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", "ada@example.com", "-n", namespace,
         "-s", str(signature)],
        input=message, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0
