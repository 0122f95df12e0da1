"""How the hooks of a work tree stand: which are installed, and what is in the way of the others."""

import os
from typing import NamedTuple

from git_naturecode.hooks import NAMES, files, listed, places, shims
from git_naturecode.hooks.files import MISSING
from git_naturecode.hooks.install import Ground, wanted

LISTED = "configured"


class Hook(NamedTuple):
    """One hook: its state (see files.state; or configured), and whose other hook git runs there.

    `wanted` when it was installed here, so that any state but a good one is a fault.
    """

    name: str
    state: str
    wanted: bool
    path: str
    neighbour: str

    @property
    def works(self) -> bool:
        """True when git runs it as it has to be."""
        return self.state in (files.FRESH, files.THROUGH, LISTED) or (
            self.state in (files.EDITED, files.CHANGED) and bool(self.path)
        )


class Standing(NamedTuple):
    """The hooks of this work tree, where git looks for them, and whether the user wants them."""

    place: places.Place
    on: bool
    hooks: list[Hook]


def look(here: Ground) -> Standing:
    """How the hooks of the work tree stand."""
    place, record = places.find(here.repo, here.config), here.load()
    named = listed.listed(here.config) if listed.are_known(here.repo) else []
    hooks = [_hook(here, place, name, name in record.names, name in named) for name in NAMES]
    return Standing(place, wanted(here.config), hooks)


def _hook(here: Ground, place: places.Place, name: str, is_wanted: bool, named: bool) -> Hook:
    path = os.path.join(place.folder, name)
    if named:
        command = here.config.get(f"hook.naturecode-{name}.command")
        fresh = command == listed.command(here.repo, name)
        state = LISTED if fresh and _own(here, name) == files.FRESH else files.OUTDATED
        return Hook(name, state, is_wanted, os.path.join(here.own, name), _neighbour(path))
    state = MISSING if place.kind == places.OFF else files.state(place.folder, name, here.program)
    return Hook(name, state, is_wanted, path, _neighbour(path))


def _own(here: Ground, name: str) -> str:
    return files.state(here.own, name, here.program)


def _neighbour(path: str) -> str:
    """Whose hook lies beside or in place of ours, or ""."""
    for one in (path, path + shims.SAVED):
        text = files.content(one) if os.access(one, os.X_OK) and os.path.isfile(one) else None
        if text is not None and shims.read(text) is None:
            return shims.framework(text) or "another"
    return ""
