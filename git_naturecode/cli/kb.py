"""The knowledge base commands: which file defines each; only what is named is loaded."""

import typer

from git_naturecode.cli import groups

# Verb -> the file and the function that define it.
VERBS = {
    "add": ("kb_add", "add"),
    "list": ("kb_read", "list_articles"),
    "show": ("kb_read", "show"),
    "search": ("kb_search", "search"),
    "edit": ("kb_edit", "edit"),
    "history": ("kb_history", "history"),
    "diff": ("kb_history", "diff"),
    "restore": ("kb_change", "restore"),
    "rename": ("kb_change", "rename"),
    "tag": ("kb_change", "tag"),
    "vote": ("kb_change", "vote"),
    "rm": ("kb_change", "remove"),
    "redact": ("kb_change", "redact"),
    "link": ("kb_link", "link"),
    "unlink": ("kb_link", "unlink"),
    "links": ("kb_link", "links"),
    "check": ("kb_link", "check"),
    "extract": ("kb_extract", "extract"),
    "attach": ("kb_attach", "attach"),
    "import": ("kb_import", "import_articles"),
    "suggest": ("kb_suggest", "suggest"),
}


def register(tree: typer.Typer, name: str, wanted: list[str]) -> None:
    """Hang the knowledge base commands into `tree`; only the one `wanted` where it is known."""
    about = "What the team knows: articles, snippets, practices, answers."
    groups.hang_wanted(tree, name, about, VERBS, wanted)
