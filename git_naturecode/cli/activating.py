"""Making a session the active one of this work tree, and what belongs to that."""

from git_naturecode.store.store import Store


def activate(store: Store, entity: str) -> None:
    """Make `entity` the session that commits of this work tree belong to from now on."""
    store.make_active(entity)
