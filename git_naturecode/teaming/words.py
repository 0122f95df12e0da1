"""Small words: who is asked, what somebody is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_naturecode.domain.policy.facts import Member

_MOST = 3


def those_who_may(people: "Sequence[Member]") -> str:
    """Whom to ask, as a phrase."""
    return " or ".join(one.email for one in people[:_MOST]) or "an admin"


def article(role: str) -> str:
    """`a viewer`, `an admin`."""
    return f"{'an' if role[:1] in 'aeiou' else 'a'} {role}"
