"""What tests of encrypted sessions say, and all that a clone keeps of it."""

import subprocess

from box import Clone

ADA, BEN, CY = "ada@example.com", "ben@example.com", "cy@example.com"
# So long that no base64 of keys and ciphertexts holds such a word by chance.
SECRET = "the rhinoceros plan"


def begun(ada: Clone, *who: str) -> str:
    """An encrypted session of Ada's, to which `who` are invited."""
    entity = ada.nc("session", "start", "Rhinoceros", "--encrypt").out.strip()
    for one in who:
        ada.nc("session", "invite", entity, one)
    ada.nc("session", "say", entity, SECRET)
    return entity


def everything(clone: Clone) -> bytes:
    """All bytes that a clone keeps of what was said: both repositories, index, spool, folder."""
    found = []
    for repo in (clone.path / ".git", clone.path / ".git/naturecode/private.git"):
        if repo.exists():
            done = subprocess.run(
                ["git", f"--git-dir={repo}", "cat-file", "--batch-all-objects", "--batch"],
                capture_output=True, check=True,
            )  # fmt: skip
            found.append(done.stdout)
    data = b"".join(found)
    places = [clone.path / ".git/naturecode", clone.path / ".naturecode"]
    for place in places:
        for file in place.rglob("*"):
            if file.is_file() and "private.git" not in file.parts:
                data += file.read_bytes()
    return data
