"""The session commands: which file defines each; only what the command line names is loaded."""

import typer

from git_naturecode.cli import groups

# Verb -> the file and the function that define it.
VERBS = {
    "start": ("session_say", "start"),
    "say": ("session_say", "say"),
    "chat": ("session_chat", "chat"),
    "show": ("session_read", "show"),
    "list": ("session_read", "list_sessions"),
    "search": ("session_read", "search"),
    "join": ("session_people", "join"),
    "leave": ("session_people", "leave"),
    "invite": ("session_people", "invite"),
    "permit": ("session_people", "permit"),
    "comment": ("session_change", "comment"),
    "edit": ("session_change", "edit"),
    "redact": ("session_change", "redact"),
    "close": ("session_end", "close"),
    "reopen": ("session_end", "reopen"),
    "delete": ("session_end", "delete"),
    "fork": ("session_fork", "fork"),
    "use": ("session_use", "use"),
    "attach": ("session_link", "attach"),
    "detach": ("session_link", "detach"),
    "file": ("session_fork", "file"),
    "share": ("session_share", "share"),
    "export": ("session_export", "export"),
    "import": ("session_import", "import_sessions"),
    "resume": ("session_resume", "resume"),
    "encrypt": ("session_encrypt", "encrypt"),
    "remove": ("session_encrypt", "remove"),
    "publish": ("session_publish", "publish"),
}
# Groups below this one -> their verbs.
BELOW = {"shared": {"list": ("session_read", "list_shared")}}


def register(tree: typer.Typer, name: str, wanted: list[str]) -> None:
    """Hang the session commands into `tree`; only the one `wanted` where it is known."""
    group = groups.make("Conversations of people and AI assistants.")
    names = [one for one in wanted[:1] if one in VERBS or one in BELOW] or [*VERBS, *BELOW]
    for one in names:
        if one in VERBS:
            group.command(one)(groups.defined(VERBS[one]))
            continue
        below = groups.make("Sessions that are shared and active.")
        for verb, place in BELOW[one].items():
            below.command(verb)(groups.defined(place))
        group.add_typer(below, name=one)
    tree.add_typer(group, name=name)
