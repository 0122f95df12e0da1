"""Reading a project: of each file a few facts are kept, of the pages beside the code the text."""

import os
import posixpath
from collections.abc import Callable, Sequence

from git_naturecode.ai.builtin import kinds
from git_naturecode.ai.knowledge.from_code import (
    compiled_facts,
    naming,
    python_facts,
    script_facts,
)
from git_naturecode.ai.knowledge.from_code.facts import Document, File, Project, Skipped
from git_naturecode.ai.knowledge.from_code.gathering import Found, Listing
from git_naturecode.ai.knowledge.from_code.structure import is_besides

Hear = Callable[[int, str], None]


def read(listing: Listing, hear: Hear = lambda number, path: None) -> Project:
    """All that is kept of the files of `listing`. Nothing of them is imported or run."""
    roots = naming.roots(listing.paths)
    files: dict[str, File] = {}
    documents: dict[str, Document] = {}
    for found in listing.reading(hear):
        if not found.language:
            documents[found.path] = Document(found.path, found.text)
            continue
        if found.path.endswith("setup.py") or posixpath.basename(found.path) == "noxfile.py":
            documents[found.path] = Document(found.path, found.text)
        try:
            files[found.path] = _file(found, roots)
        except (RecursionError, MemoryError):  # nested so deeply that nobody wrote it
            listing.skipped.append(Skipped(found.path, "nested too deeply"))
    for path, one in files.items():
        if not one.is_whole:
            listing.skipped.append(Skipped(path, "parts of it cannot be read"))
    documents = _chosen(documents, listing.named)
    name = naming.project(documents) or os.path.basename(os.path.realpath(listing.top))
    return Project(name, files, documents, listing.skipped)


def _chosen(documents: dict[str, Document], named: Sequence[str]) -> dict[str, Document]:
    """Those that are about the project itself, not about its examples; all where there are no
    others, and all below folders that were `named`."""
    own = {
        path: one
        for path, one in documents.items()
        if path.endswith((".md", ".rst")) or posixpath.basename(path).startswith(".")
        or path.startswith((".github/", ".ci/"))
        or any(path == folder or path.startswith(folder + "/") for folder in named)
        or not (is_besides(path) or kinds.of(path, (), ()).is_test)
    }  # fmt: skip
    return own if any(not path.endswith((".md", ".rst")) for path in own) else documents


def _file(found: Found, roots: Sequence[str]) -> File:
    is_test = kinds.of(found.path, (), ()).is_test
    if found.language == "Python":
        module = naming.module(found.path, roots)
        return python_facts.read(found.path, found.text, module, is_test=is_test)
    if found.language in ("JavaScript", "TypeScript"):
        return script_facts.read(found.path, found.text, found.language, is_test=is_test)
    return compiled_facts.read(found.path, found.text, found.language, is_test=is_test)
