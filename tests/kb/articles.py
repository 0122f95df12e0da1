"""Articles to test with: written below the commands, shown on the branch."""

from collections.abc import Iterator
from contextlib import contextmanager

from box import Clone
from git_naturecode import ids
from git_naturecode.domain.kb import makers
from git_naturecode.domain.kb.build import build
from git_naturecode.domain.kb.model import Article
from git_naturecode.kb.beside import ViewsBeside
from git_naturecode.store.entry import Draft
from git_naturecode.store.store import TEAM, Store


@contextmanager
def opened(clone: Clone) -> Iterator[Store]:
    """The store of `clone` as a command opens it."""
    with clone.store(many=False) as store:
        store.derived = ViewsBeside(store)
        yield store


def add(store: Store, title: str, text: str, type: str = "article", slug: str = "") -> str:
    """A new article; its id."""
    name = ids.new_entity("kb", store.now_ms(), store.random)
    slug = slug or title.lower().replace(" ", "-")
    say(store, name, makers.opening(title, type, slug), makers.revision(text, []))
    return name


def say(store: Store, name: str, *drafts: Draft) -> list[str]:
    """Say `drafts` about the article `name`; their ids."""
    made = store.write(TEAM, name, drafts)
    store.settle(5.0)
    return [one.id for one in made]


def read(store: Store, name: str) -> Article:
    """The article `name`."""
    return build(store.read(ids.tail(name), "kb"))


def shown(clone: Clone) -> dict[str, str]:
    """What the branch shows: path below `kb/` and what stands there."""
    listed = clone.git("ls-tree", "-r", "-z", "--name-only", "naturecode", "kb")
    return {
        path.removeprefix("kb/"): clone.git("show", f"naturecode:{path}")
        for path in listed.split("\0")
        if path
    }


def text(page: str) -> str:
    """The text in the file of an article."""
    return page.split("\n---\n\n", 1)[1]


def commit(clone: Clone, files: dict[str, str | None], message: str = "edit", *args: str) -> str:
    """A commit on the data branch by plain git, as a host's page makes it; its id.

    `files` are paths of the branch with what they get (None: they go)."""
    tree = clone.path.parent / f"{clone.path.name}-page"
    if not tree.exists():
        clone.git("worktree", "add", "-q", "--detach", str(tree), "naturecode")
    there = Clone(tree, env=clone.env)
    there.git("checkout", "-q", "--detach", "naturecode")
    for path, data in files.items():
        if data is None:
            there.git("rm", "-q", path)
        else:
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(data.encode())
            there.git("add", path)
    there.git("commit", "-q", "-m", message, *args)
    made = there.git("rev-parse", "HEAD").strip()
    clone.git("update-ref", "refs/heads/naturecode", made)
    return made
