"""Secrets in what names are made of; in the small letters of a slug no rule finds them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from box import Clone
from git_naturecode.folder import update
from kb.articles import opened

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
SMALL = "a1b2c3d4e5f6g7h8i9j0"


@pytest.fixture(autouse=True)
def nowhere(clone: Clone) -> Iterator[None]:
    """After each test no name or text on the branch holds the secret."""
    yield
    listed = clone.git("ls-tree", "-r", "--name-only", "naturecode")
    said = clone.git("grep", "-h", "", "naturecode", "--", "log", "kb")
    assert SMALL not in f"{listed}{said}".casefold()


def test_a_slug_is_made_of_a_title_without_secrets(clone: Clone) -> None:
    (clone.path / "a.md").write_text(f"# Token {SECRET}\n\nx\n")
    told = clone.nc("kb", "add", "--file", "a.md", "--json").json
    assert told["slug"] == "token-redacted-github-token-1"


def test_a_slug_that_looks_secret_is_refused(clone: Clone) -> None:
    (clone.path / "a.md").write_text("# A\n\nx\n")
    said = clone.nc("kb", "add", "--file", "a.md", "--slug", SECRET, code=2)
    assert "looks secret" in said.err
    assert SECRET not in said.err
    clone.nc("kb", "add", "--file", "a.md")
    assert "looks secret" in clone.nc("kb", "rename", "a", SECRET, code=2).err


def test_an_attachment_whose_name_looks_secret_needs_another(clone: Clone) -> None:
    (clone.path / "a.md").write_text("# A\n\nx\n")
    clone.nc("kb", "add", "--file", "a.md")
    (clone.path / f"{SECRET}.txt").write_text("x\n")
    said = clone.nc("kb", "attach", "a", f"{SECRET}.txt", code=2)
    assert "--name" in said.err
    assert SECRET not in said.err
    clone.nc("kb", "attach", "a", f"{SECRET}.txt", "--name", "log.txt")


def test_files_that_are_imported(clone: Clone, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    (folder / SECRET).mkdir(parents=True)
    (folder / "a.md").write_text(f"# {SECRET}\n\n![x]({SECRET}/{SECRET}.png)\n")
    (folder / SECRET / f"{SECRET}.md").write_text("x\n")
    (folder / SECRET / f"{SECRET}.png").write_bytes(b"\x89PNG\0")
    assert clone.nc("kb", "import", str(folder), "--json").json["new"] == 2
    assert clone.nc("kb", "import", str(folder), "--json").json["new"] == 0


def test_a_new_file_in_the_folder(clone: Clone) -> None:
    (clone.path / "a.md").write_text("# A\n\nx\n")
    clone.nc("kb", "add", "--file", "a.md")
    with opened(clone) as store:
        update.update(store)
    (clone.path / ".naturecode/kb/articles" / f"x {SECRET}.md").write_text("one\n")
    (clone.path / ".naturecode/kb/articles/y.md").write_text(f"---\ntitle: {SECRET}\n---\n\ntwo\n")
    clone.nc("kb", "list")
    assert len(clone.nc("kb", "list", "--json").json["items"]) == 3
