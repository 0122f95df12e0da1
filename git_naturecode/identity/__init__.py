"""Who a person is here: the member key that certifies his devices, and what a device says first."""

from git_naturecode.identity.choosing import member_key
from git_naturecode.identity.introducing import (
    Linked,
    as_label,
    certificate,
    certify,
    first_ops,
    is_introduced,
    label,
    linked,
    renamed,
)

__all__ = [
    "Linked", "as_label", "certificate", "certify", "first_ops", "is_introduced", "label", "linked",
    "member_key", "renamed",
]  # fmt: skip
