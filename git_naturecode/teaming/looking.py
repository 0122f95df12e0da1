"""Whether there is a team at all; where there is none, nothing of the policy is loaded."""

from typing import TYPE_CHECKING

from git_naturecode import trusting

if TYPE_CHECKING:
    from git_naturecode.domain.policy import Standing
    from git_naturecode.store.store import Store

_WITH_TEAM = ("team", "enforced")  # modes of trusting


def look(store: "Store") -> "Standing | None":
    """What holds here; None where there is no team, or none that is trusted."""
    known = trusting.keeper(store)
    known.refresh()
    return known.standing if known.mode in _WITH_TEAM else None
