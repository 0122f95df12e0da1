"""The X25519 keys of this user: of this clone's device, of his others here, and restored ones."""

import os
from functools import cached_property

from git_naturecode.crypto import keys
from git_naturecode.store.device import config_folder
from git_naturecode.store.store import Store


class Ring:
    """All keys by which this user can open what is sealed for him, each read when it is needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = os.path.join(config_folder(store.environ), "keys")
        self._read: dict[str, bytes] = {}

    @cached_property
    def devices(self) -> list[str]:
        """The devices whose keys are here, that of this clone first."""
        mine = self._store.device
        return sorted(keys.sealed_for(self._folder), key=lambda one: (one != mine, one))

    def private(self, device: str) -> bytes:
        """The secret key (32 bytes) of `device`; raises NaturecodeError when it cannot be read."""
        if device not in self._read:
            self._read[device] = keys.seal_secret(self._folder, device, self._store.unlock)
        return self._read[device]

    def sign(self, data: bytes) -> bytes:
        """The signature of `data` by the device of this clone."""
        return keys.sign(self._folder, self._store.device, data, self._store.unlock)

    @property
    def public(self) -> bytes:
        """The public key by which that is verified."""
        return keys.public_key(self._folder, self._store.device, self._store.unlock)
