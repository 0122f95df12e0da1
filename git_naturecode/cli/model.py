"""Which model a command asks, with which key, within which budget."""

import os
from typing import TYPE_CHECKING, NamedTuple

from git_naturecode.ai import keys, settings
from git_naturecode.ai.budget import Budgeted
from git_naturecode.ai.ledger import Ledger
from git_naturecode.ai.settings import Settings
from git_naturecode.cli.context import Context
from git_naturecode.errors import Usage

if TYPE_CHECKING:
    from git_naturecode.ai.keys import Key
    from git_naturecode.store.store import Store

_OURS = "naturecode.ai."
_OF_REPOSITORY = ("local", "worktree")


class Asked(NamedTuple):
    """A model that can be asked, and what it is known to have taken."""

    model: Budgeted
    settings: Settings
    ledger: Ledger
    key: "Key"

    def settle(self, context: Context, *, is_good: bool) -> None:
        """Tell git's credential helpers whether the key was accepted."""
        keys.settle(self.settings, self.key, context.repo.program, is_good=is_good)


def chosen(context: Context, store: "Store", provider: str | None, model: str | None) -> Settings:
    """What is set, over which stands what the command line names; raises Usage."""
    _require_own(context)
    suggested = None if model or context.config.get(_OURS + "model") else _of_team(store)
    return settings.read(context.config, provider=provider, model=model, suggested=suggested)


def opened(context: Context, store: "Store", wanted: Settings, entity: str) -> Asked:
    """The model of `wanted`, for questions about `entity`; raises as `keys.find` does."""
    from git_naturecode.ai import providers

    may_ask = keys.at_terminal(context.environ)
    key = keys.NOTHING
    if wanted.endpoint:
        key = keys.find(
            wanted, context.environ, context.repo.program, may_ask=may_ask, on_ask=context.tell
        )

    def wait(seconds: float, why: str) -> None:
        from git_naturecode.render.show import line

        pause = f"in {seconds:.0f} s" if seconds >= 1 else "at once"
        context.tell(f"{line(why)}; asking again {pause}")

    cwd = context.repo.work_tree or context.repo.common_dir
    made = providers.opened(wanted, key.value, context.environ, cwd, on_wait=wait)
    ledger = Ledger(store.state_dir, entity, context.now_ms, context.random)
    return Asked(Budgeted(made, wanted, ledger), wanted, ledger, key)


def _of_team(store: "Store") -> str | None:
    """The model that a verified team has set, as a name."""
    from git_naturecode.domain import teams
    from git_naturecode.teaming import beginning, looking

    standing = looking.look(store)
    team = beginning.mine(store, standing) if standing else None
    if team is None or "defaultModel" not in team.settings:
        return None
    return str(teams.settings(team)["defaultModel"])


def _require_own(context: Context) -> None:
    """Raise Usage where a setting of the repository comes from a file that a push can change."""
    values = context.config.values
    if not any(
        key.startswith(_OURS) and scope in _OF_REPOSITORY
        for key, found in values.items()
        for scope, _ in found
    ):
        return
    top = context.repo.work_tree
    own = [os.path.realpath(one) for one in (context.repo.git_dir, context.repo.common_dir)]
    for path in _origins(context):
        real = os.path.realpath(os.path.join(context.repo.program.cwd, path))
        is_gits = any(real.startswith(one + os.sep) for one in own)
        if top and not is_gits and real.startswith(os.path.realpath(top) + os.sep):
            raise Usage(
                f"settings for models stand in {path}, which is a file of the work tree",
                "others can change it: set them with git config --global, or in .git/config",
            )


def _origins(context: Context) -> set[str]:
    """The files from which settings of the repository's own scope for models come."""
    listing = context.repo.program.run("config", "--list", "-z", "--show-scope", "--show-origin")[1]
    parts = listing.decode("utf-8", "surrogateescape").split("\0")
    found = set()
    for scope, origin, pair in zip(parts[0::3], parts[1::3], parts[2::3], strict=False):
        if scope in _OF_REPOSITORY and pair.startswith(_OURS) and origin.startswith("file:"):
            found.add(origin.removeprefix("file:"))
    return found
