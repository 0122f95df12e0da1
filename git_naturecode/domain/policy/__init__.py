"""The policy: a pure function of all trust lines, and what it says of each line and each entry.

Nothing here reads a clock, a file or a configuration; docs/design/policy.md has the rules.
"""

from git_naturecode.domain.policy.facts import (
    Authority,
    DeviceInfo,
    Line,
    Member,
    Reason,
    TeamInfo,
    Verdict,
    line_of,
)
from git_naturecode.domain.policy.judging import Own, judge
from git_naturecode.domain.policy.standing import Standing, evaluate

__all__ = [
    "Authority", "DeviceInfo", "Line", "Member", "Own", "Reason", "Standing", "TeamInfo",
    "Verdict", "evaluate", "judge", "line_of",
]  # fmt: skip
