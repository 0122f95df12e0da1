"""Articles that are written by commands, from files: added, edited, and what they say."""

from box import Clone

TEXT = "# Retry with jitter\n\nWait a little longer each time.\n"


def add(clone: Clone, text: str = TEXT, *options: str, name: str = "a.md") -> str:
    """Add an article with `text`; its id."""
    (clone.path / name).write_text(text)
    return clone.nc("kb", "add", "--file", name, *options).out.strip()


def edit(clone: Clone, article: str, text: str, *options: str, code: int = 0) -> str:
    """Give an article another text; what was told."""
    (clone.path / "edited.md").write_text(text)
    return clone.nc("kb", "edit", article, "--file", "edited.md", *options, code=code).err


def text_of(clone: Clone, article: str) -> str:
    return str(clone.nc("kb", "show", article, "--json").json["content"])
