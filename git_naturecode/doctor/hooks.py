"""The hooks: there, up to date, and run by git; another tool may have written over them."""

from collections.abc import Iterator

from git_naturecode.doctor.case import OK, WARNING, Case, Finding
from git_naturecode.hooks import install, places, standing
from git_naturecode.store import device

_WORDS = {
    "missing": "not where git looks for hooks ({folder})",
    "outdated": "of another version of git naturecode, or of one that was elsewhere",
    "shadowed": "not run any more, since {neighbour} took their place in {folder}",
}


def hooks(case: Case) -> Iterator[Finding]:
    """Those that were installed here: does git still run them?"""
    if device.read(case.state_dir) is None:
        return
    here = install.ground(case.repo, case.config, case.environ, case.store.branch)
    found = standing.look(here)
    names = [hook.name for hook in found.hooks if hook.wanted]
    if not names or not found.on:
        why = "" if found.on else ", as naturecode.hooks says"
        yield Finding(OK, f"none are installed{why}")
        return
    broken = [hook for hook in found.hooks if hook.wanted and not hook.works]
    if not broken:
        yield Finding(OK, f"{len(names)} installed")
    elif found.place.kind == places.OFF:
        refusal = places.refuse(found.place)
        yield Finding(WARNING, f"{refusal.message}, so commits know no session", refusal.hint)
    for state in dict.fromkeys(hook.state for hook in broken):
        if found.place.kind == places.OFF:
            return
        some = [hook for hook in broken if hook.state == state]
        whose = ", ".join(dict.fromkeys(hook.neighbour or "another tool" for hook in some))
        words = _WORDS.get(state, "changed by somebody")
        said = words.format(folder=found.place.folder, neighbour=whose)
        yield Finding(
            WARNING,
            f"{', '.join(hook.name for hook in some)}: {said}",
            fix="installs them again in front of what is there",
            mend=lambda: _install(case, here, names),
        )


def _install(case: Case, here: install.Ground, names: list[str]) -> None:
    install.install(here, names)
    case.reload()  # they may be in the configuration
