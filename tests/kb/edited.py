"""An article whose file in the folder is edited: begun, changed, and what came of it."""

from pathlib import Path

from box import Clone, Said
from kb.articles import add, opened, read

TEXT = "# Why\n\nfirst\n\nsecond\n\nthird\n"


def begun(clone: Clone, title: str = "Retry", text: str = TEXT) -> Path:
    """A new article of `clone`; its file in the folder."""
    with opened(clone) as store:
        add(store, title, text)
    clone.nc("folder")
    return clone.path / f".naturecode/kb/articles/{title.lower()}.md"


def change(path: Path, old: str, new: str) -> None:
    """Save the file `path` with `new` in place of `old`."""
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new))


def took(clone: Clone) -> Said:
    """What a command of the knowledge base says of it."""
    return clone.nc("kb", "list")


def history(clone: Clone, name: str = "retry") -> list[str]:
    """The texts of the revisions of an article, in their order."""
    shown = clone.nc("kb", "show", name, "--json").json
    with opened(clone) as store:
        return [one.text or "" for one in read(store, shown["id"]).revisions]


def text_of(clone: Clone, name: str = "retry") -> str:
    """The text of an article."""
    shown = clone.nc("kb", "show", name, "--json").json
    return str(shown["content"])
