"""Detect-secrets: what it finds among the new lines of any file."""

import json
import os

from git_naturecode.ai.builtin.found import SECURITY, Found
from git_naturecode.ai.builtin.tools.tool import Told, Tool, Wanted, message

# These guess by how even a text is, and take many an id for a secret.
_GUESSES = ("Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector")


def _args(wanted: Wanted) -> list[str] | None:
    if not wanted(SECURITY):
        return None
    # Without verification, for which it would send what it finds to the services that they are of.
    plain = ["scan", "--all-files", "--no-verify", "--slim"]
    return plain + [part for name in _GUESSES for part in ("--disable-plugin", name)]


def read(data: bytes) -> Told:
    """The findings in its JSON, by the last name of the file; secrets are never in it as such."""
    told: Told = {}
    for path, secrets in json.loads(data)["results"].items():
        for one in secrets:
            line = int(one["line_number"])
            kind = message(str(one["type"])).rstrip(".")
            found = Found(
                f"detect-secrets/{kind.lower().replace(' ', '-')}", "high", 0.5,
                f"This looks like a secret ({kind}). Take it out, and replace it where it is used.",
                line, line, "CWE-798",
            )  # fmt: skip
            told.setdefault(os.path.basename(path), []).append(found)
    return told


DETECT_SECRETS = Tool("detect-secrets", False, _args, read)
