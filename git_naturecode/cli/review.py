"""The review commands: which file defines each; only what the command line names is loaded."""

import typer

from git_naturecode.cli import groups

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
    about = "Code reviews, kept in the repository."
    groups.hang_wanted(tree, name, about, VERBS, wanted)
