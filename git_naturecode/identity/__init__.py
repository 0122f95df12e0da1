"""Who a person is here: the member key that certifies his devices, and what a device says first."""

from git_naturecode.identity.choosing import member_key
from git_naturecode.identity.introducing import (
    Linked,
    certificate,
    certify,
    first_ops,
    is_introduced,
    linked,
    renamed,
)

__all__ = [
    "Linked", "certificate", "certify", "first_ops", "is_introduced", "linked", "member_key",
    "renamed",
]  # fmt: skip
