"""Who a person is here: the member key that certifies his devices, and what a device says first."""

from git_naturecode.identity.introducing import first_ops

__all__ = ["first_ops"]
