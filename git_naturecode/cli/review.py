"""The review commands: which file defines each; only what the command line names is loaded."""

import importlib

import typer

_ROOM = "git_naturecode.cli."
# Verb -> the file and the function that define it.
VERBS = {
    "start": ("review_start", "start"),
    "list": ("review_read", "list_reviews"),
    "show": ("review_read", "show"),
    "diff": ("review_diff", "diff"),
    "join": ("review_say", "join"),
    "comment": ("review_say", "comment"),
    "reply": ("review_say", "reply"),
    "resolve": ("review_settle", "resolve"),
    "reopen": ("review_settle", "reopen"),
    "react": ("review_settle", "react"),
    "edit": ("review_settle", "edit"),
    "redact": ("review_settle", "redact"),
    "submit": ("review_say", "submit"),
    "approve": ("review_judge", "approve"),
    "request-changes": ("review_judge", "request_changes"),
    "explain": ("review_merge", "explain"),
    "merge": ("review_merge", "merge"),
    "apply": ("review_apply", "apply"),
    "ai": ("review_ai", "ai"),
    "dismiss": ("review_ai", "dismiss"),
    "set": ("review_change", "change"),
    "update": ("review_change", "update"),
    "close": ("review_change", "close"),
    "import": ("review_import", "import_reviews"),
    "export": ("review_import", "export_reviews"),
}


def register(tree: typer.Typer, name: str, wanted: list[str]) -> None:
    """Hang the review commands into `tree`; only the one `wanted` where it is known."""
    group = typer.Typer(
        help="Code reviews, kept in the repository.", no_args_is_help=True, rich_markup_mode=None
    )
    group.callback()(_nothing)  # else a group of one verb would be that verb
    for verb in [one for one in wanted[:1] if one in VERBS] or VERBS:
        module, function = VERBS[verb]
        group.command(verb)(getattr(importlib.import_module(_ROOM + module), function))
    tree.add_typer(group, name=name)


def _nothing() -> None:
    pass
