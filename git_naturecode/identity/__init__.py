"""Who a person is here: the member key that certifies his devices, and what a device says first."""

from git_naturecode.identity.introducing import Linked, certify, first_ops, linked

__all__ = ["Linked", "certify", "first_ops", "linked"]
