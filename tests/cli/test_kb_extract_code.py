"""kb extract --code: pages about the code, kept when a person says so, edited when it changes."""

from pathlib import Path

import pytest

from ai.knowledge.from_code.projects import SHOP, write
from ai.knowledge.from_code.test_asking import NOTHING
from answering import model
from box import Clone


@pytest.fixture
def shop(clone: Clone) -> Clone:
    """A clone with the code of a small shop."""
    write(clone, SHOP)
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "all")
    return clone


def titles(clone: Clone) -> list[str]:
    return sorted(item["title"] for item in clone.nc("kb", "list", "--json").json["items"])


def test_pages_are_shown_and_nothing_is_kept_unless_said(shop: Clone) -> None:
    said = shop.nc("kb", "extract", "--code", ".")
    assert "Architecture of shop" in said.out
    assert "nothing was kept" in said.err
    assert not titles(shop)
    shop.nc("kb", "extract", "--code", "src", "pyproject.toml", "--pick", "1")
    assert titles(shop) == ["Architecture of shop pyproject.toml, src"]


def test_what_is_kept_has_links_of_which_none_is_broken(shop: Clone) -> None:
    shop.nc("kb", "extract", "--code", ".", "--save")
    assert len(titles(shop)) == 5
    assert "nothing is broken" in (said := shop.nc("kb", "check")).out + said.err


def test_again_only_what_changed_is_offered_and_as_an_edit(shop: Clone) -> None:
    shop.nc("kb", "extract", "--code", ".", "--save")
    before = titles(shop)
    assert "nothing new" in (said := shop.nc("kb", "extract", "--code", ".")).out + said.err
    write(shop, {"src/shop/more.py": 'import os\n\nos.getenv("SHOP_MORE")\n'})
    said = shop.nc("kb", "extract", "--code", ".", "--save")
    assert titles(shop) == before
    shown = shop.nc("kb", "show", "configuration-of-shop").out
    assert "SHOP_MORE" in shown
    assert "SHOP_LIMIT" in shown


def test_what_is_not_read_is_told(shop: Clone) -> None:
    write(shop, {"src/shop/a.py": b"\0\0", "vendor/b.py": "x = 1\n"})
    said = shop.nc("kb", "extract", "--code", ".")
    assert "not read: 1 file (binary): src/shop/a.py" in said.err
    assert "not read: 1 file (generated or vendored): vendor/b.py" in said.err


@pytest.mark.parametrize(("path", "code"), [("gone", 1), ("..", 5), (".git", 1), ("/", 5)])
def test_paths_that_cannot_be_read_are_refused(shop: Clone, path: str, code: int) -> None:
    said = shop.nc("kb", "extract", "--code", path, code=code)
    assert said.err.startswith("error: ")
    assert "hint: " in said.err or code == 1


def test_a_folder_without_code_is_an_answer(shop: Clone) -> None:
    write(shop, {"pictures/a.png": b"\x89PNG\0", "pictures/notes.xyz": "x\n"})
    assert shop.nc("kb", "extract", "--code", "pictures", code=1).err.startswith("error: ")


def test_a_model_is_asked_once_for_what_is_seen_and_then_picked(
    shop: Clone, tmp_path: Path
) -> None:
    place = {"file": "src/shop/orders.py", "line": 1}
    said = {**NOTHING, "architecture": [{"statement": "Orders know prices.", "places": [place]}]}
    folder = model(shop, tmp_path, said, "another answer, which is none")
    cost = shop.nc("kb", "extract", "--code", ".", "--dry-run")
    assert "1 question" in cost.out
    assert not list(folder.glob("*.question"))
    shown = shop.nc("kb", "extract", "--code", ".").out
    assert "Orders know prices. ([src/shop/orders.py:1]" in shown
    shop.nc("kb", "extract", "--code", ".", "--pick", "1")
    assert "Orders know prices." in shop.nc("kb", "show", "architecture-of-shop").out
    assert len(list(folder.glob("*.question"))) == 1


def test_a_model_that_fails_keeps_nothing(shop: Clone, tmp_path: Path) -> None:
    model(shop, tmp_path, "no JSON", "no JSON either")
    assert shop.nc("kb", "extract", "--code", ".", "--save", code=6).err
    assert not titles(shop)
