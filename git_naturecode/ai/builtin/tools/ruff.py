"""Ruff: what it finds in Python files, whole, with the rules that fit the aspects."""

import json
import os

from git_naturecode.ai.builtin.found import MAINTAINABILITY, PERFORMANCE, SECURITY, Found
from git_naturecode.ai.builtin.tools.tool import Told, Tool, Wanted, message

_RULES = {SECURITY: "S", PERFORMANCE: "PERF,C4", MAINTAINABILITY: "B,F,PLE"}
# What says little of a change (as with bandit), or depends on more than these files, or what rules
# of ours find as well.
_NOISE = "S101,S110,S112,S311,S404,S603,S606,S607,F403,F405,F821,B006,F841,F632,F631,E722"
_CWE = {
    "S102": 78, "S103": 732, "S105": 259, "S106": 259, "S107": 259, "S108": 377, "S113": 400,
    "S201": 94, "S202": 22, "S301": 502, "S302": 502, "S306": 377, "S307": 78, "S308": 79,
    "S313": 20, "S314": 20, "S315": 20, "S316": 20, "S317": 20, "S318": 20, "S319": 20,
    "S323": 295, "S324": 327, "S501": 295, "S502": 327, "S503": 327, "S504": 327, "S505": 326,
    "S506": 502, "S507": 295, "S602": 78, "S604": 78, "S605": 78, "S608": 89, "S609": 78,
    "S701": 79, "S702": 79, "S704": 79,
}  # fmt: skip
_HIGH = frozenset(("S102", "S501", "S506", "S602", "S605", "S608", "S701"))
_PASSWORD = "A password seems to stand in the code"  # its own text may quote it
_PASSWORDS = frozenset(("S105", "S106", "S107"))


def _args(wanted: Wanted) -> list[str] | None:
    rules = ",".join(rules for aspect, rules in _RULES.items() if wanted(aspect))
    if not rules:
        return None
    return [
        "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--ignore-noqa",
        "--output-format", "json", "--select", rules, "--ignore", _NOISE,
    ]  # fmt: skip


def read(data: bytes) -> Told:
    """The findings in ruff's JSON, by the last name of the file."""
    told: Told = {}
    for one in json.loads(data):
        code = str(one["code"] or "")
        if not code or code == "invalid-syntax":  # a text that it cannot read
            continue
        said = _PASSWORD if code in _PASSWORDS else str(one["message"])
        line = int(one["location"]["row"])
        cwe = _CWE.get(code, 0)
        found = Found(
            f"ruff/{code}", "high" if code in _HIGH else "medium" if cwe else "low",
            0.6, message(said), line, line, f"CWE-{cwe}" if cwe else "", _aspect(code),
        )  # fmt: skip
        told.setdefault(os.path.basename(str(one["filename"])), []).append(found)
    return told


def _aspect(code: str) -> str:
    if code.startswith(("PERF", "C4")):
        return PERFORMANCE
    return SECURITY if code.startswith("S") else MAINTAINABILITY


RUFF = Tool("ruff", True, _args, read)
