"""Bandit: what it finds in Python files, whole."""

import json
import os

from git_naturecode.ai.builtin.found import SECURITY, Found
from git_naturecode.ai.builtin.tools.tool import Told, Tool, Wanted, message

# What says of almost any program that it starts others, asserts or draws lots, and not of a change.
_NOISE = frozenset(("B101", "B110", "B112", "B311", "B403", "B404", "B405", "B408", "B603", "B606",
                    "B607"))  # fmt: skip
_PASSWORDS = frozenset(("B105", "B106", "B107"))
_SEVERITY = {"LOW": "low", "MEDIUM": "medium", "HIGH": "high"}
_SURE = {"LOW": 0.3, "MEDIUM": 0.5, "HIGH": 0.7}


def _args(wanted: Wanted) -> list[str] | None:
    # Comments in the reviewed code do not silence it: whoever writes the code would review himself.
    silent = ["--quiet", "--exit-zero", "--ignore-nosec", "--format", "json"]
    return [*silent, "--recursive"] if wanted(SECURITY) else None


def read(data: bytes) -> Told:
    """The findings in bandit's JSON, by the last name of the file."""
    told: Told = {}
    for one in json.loads(data)["results"]:
        rule = str(one["test_id"])
        if rule in _NOISE:
            continue
        lines = [int(line) for line in one["line_range"]] or [int(one["line_number"])]
        said = str(one["issue_text"])
        # Its text quotes the password, which is not to be written anywhere else.
        said = "A password seems to stand in the code" if rule in _PASSWORDS else said
        cwe = int(one.get("issue_cwe", {}).get("id", 0))
        found = Found(
            f"bandit/{rule}", _SEVERITY.get(one["issue_severity"], "low"),
            _SURE.get(one["issue_confidence"], 0.3), message(said), int(one["line_number"]),
            max(lines), f"CWE-{cwe}" if cwe else "",
        )  # fmt: skip
        told.setdefault(os.path.basename(str(one["filename"])), []).append(found)
    return told


BANDIT = Tool("bandit", True, _args, read)
