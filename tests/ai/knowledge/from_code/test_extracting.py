"""A whole project read: what a person who is new is told, and that each link leads to it."""

import pytest

from ai.knowledge.from_code.projects import SHOP, lay, proposals, read, write
from box import Box, Clone
from git_naturecode.ai.knowledge.from_code.gathering import inside
from git_naturecode.errors import Negative, NotPermitted
from git_naturecode.git import repo as repos


@pytest.fixture
def shop(box: Box) -> Clone:
    """A small project in Python."""
    return lay(box, SHOP)


def test_there_is_one_page_for_each_thing_that_the_specification_names(shop: Clone) -> None:
    found = proposals(shop)
    assert list(found) == [
        "architecture", "decisions", "dependencies", "configuration", "testing",
    ]  # fmt: skip
    assert found["architecture"].title == "Architecture of shop"
    assert found["architecture"].origin == {"code": ".", "topic": "architecture"}
    assert {one.type for one in found.values()} == {"article"}


def test_each_link_leads_to_lines_that_there_are(shop: Clone) -> None:
    for one in proposals(shop).values():
        assert one.sources
        for source in one.sources:
            lines = (shop.path / source.path).read_text().split("\n")
            if source.lines:
                first, _, last = source.lines.partition("-")
                assert 1 <= int(first) <= int(last or first) <= len(lines), source
            assert f"]({source.target})" in one.body


def test_the_architecture_tells_parts_their_order_entry_points_and_patterns(shop: Clone) -> None:
    text = proposals(shop)["architecture"].body
    assert "Sells things over the wire" in text
    assert "The command `shop` calls `shop.cli:main`." in text
    assert "**`orders`** (about 35 lines): Orders: what somebody wants. Imports `money`." in text
    assert text.index("**`cli`**") < text.index("**`orders`**") < text.index("**`money`**")
    assert "No two parts import each other" in text
    assert "`Order` (class): One order. ([src/shop/orders.py:18-21]" in text
    assert "`Currency` is a protocol: What amounts are counted in. Implemented by `Euro`." in text
    assert "`WAYS` in `src/shop/orders.py` is a registry" in text
    assert "tests/" not in text.split("## Its parts")[1]


def test_two_parts_that_import_each_other_are_told_with_both_places(shop: Clone) -> None:
    write(shop, {"src/shop/money.py": "from shop import orders\n"})
    text = proposals(shop)["architecture"].body
    assert "`money` and `orders` import each other. ([src/shop/money.py:1]" in text
    assert "No two parts" not in text
    write(shop, {"src/shop/money.py": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop import orders\n"
    )})  # fmt: skip
    assert "No two parts" in proposals(shop)["architecture"].body


def test_decisions_are_those_that_somebody_wrote_down(shop: Clone) -> None:
    text = proposals(shop)["decisions"].body
    assert "**1. Keep orders in SQLite** (Accepted): We keep orders in SQLite." in text
    assert "Every price must be an integer of cents. ([CONTRIBUTING.md:3]" in text
    assert "Totals are integers, because floats lose cents. ([src/shop/orders.py:1-4]" in text
    assert "Rounded down instead of to the nearest" in text
    assert "Hello" not in text


def test_a_dependency_has_its_purpose_from_the_comment_and_from_its_use(shop: Clone) -> None:
    text = proposals(shop)["dependencies"].body
    assert "**`httpx`** `>=0.27`: talks to the payment host. Imported in 1 file, for `get`." in text
    assert "**`pyyaml`**" in text
    assert "for `safe_load`" in text
    assert "**`left-pad`**. No file that was read imports it." in text
    assert "**`orjson`** (`fast`)" in text
    assert text.index("Needed to run") < text.index("orjson") < text.index("pytest")
    assert "`os`" not in text


def test_configuration_has_defaults_and_no_secrets(shop: Clone) -> None:
    text = proposals(shop)["configuration"].body
    assert "`SHOP_LIMIT`, else `'100'`. ([src/shop/orders.py:14]" in text
    assert "`SHOP_PASSWORD`" in text
    assert "hunter2" not in text
    assert "`--verbose`: Say more." in text
    assert "`--times` (else `3`)" in text


def test_testing_tells_how_to_run_what_there_is_and_what_ci_does(shop: Clone) -> None:
    text = proposals(shop)["testing"].body
    assert "`pytest` runs them: `testpaths` `tests`, `addopts` `-q`." in text
    assert "2 tests in 1 file" in text
    assert "Fixture `till`: An open till." in text
    assert "Tried with several values (`parametrize`): 1 test." in text
    assert "Below 90 % coverage it fails. ([pyproject.toml:24]" in text
    assert "checks runs `pip install -e .`, `pytest -q`. ([.github/workflows/ci.yml:7-11]" in text


def test_the_same_files_give_the_same_pages(shop: Clone) -> None:
    before = proposals(shop)
    assert proposals(shop) == before
    write(shop, {"tests/test_more.py": "def test_more(): pass\n"})
    shop.git("add", "-A")
    after = proposals(shop)
    assert [name for name in before if before[name].body != after[name].body] == [
        "architecture", "testing",
    ]  # fmt: skip


def test_a_folder_is_read_by_itself_with_the_manifests_above_it(shop: Clone) -> None:
    found = proposals(shop, "src")
    assert found["architecture"].title == "Architecture of shop src"
    assert found["architecture"].origin == {"code": "src", "topic": "architecture"}
    inner = proposals(shop, "src/shop")  # is called as the project is
    assert inner["architecture"].title == "Architecture of shop"
    assert "httpx" in found["dependencies"].body
    assert "testing" not in found


def test_what_is_not_there_or_elsewhere_is_refused(shop: Clone) -> None:
    repo = repos.find(str(shop.path), {})
    with pytest.raises(Negative, match="no file or folder"):
        inside(repo, str(shop.path), ["gone"])
    with pytest.raises(NotPermitted):
        inside(repo, str(shop.path), [".."])
    assert inside(repo, str(shop.path / "src"), ["shop", "../tests"]) == ["src/shop", "tests"]
    assert inside(repo, str(shop.path / "src"), ["shop", ".."]) == [""]


def test_what_git_ignores_and_what_others_made_is_not_read(shop: Clone) -> None:
    write(shop, {
        ".gitignore": "secret/\n", "secret/a.py": "A = 1\n", "vendor/b.py": "B = 1\n",
        "src/shop/c_pb2.py": "C = 1\n", "src/shop/new.py": '"""New."""\n',
        "src/shop/made.py": "# Code generated by x. DO NOT EDIT.\n", "src/shop/bin.py": b"\0\0",
        ".gitattributes": "src/shop/cli.py linguist-generated\n",
    })  # fmt: skip
    project, listing = read(shop)
    assert "src/shop/new.py" in project.files
    assert not {"secret/a.py", "vendor/b.py", "src/shop/c_pb2.py"} & project.files.keys()
    told = {one.path: one.why for one in listing.skipped}
    assert told == {
        "vendor/b.py": "generated or vendored", "src/shop/c_pb2.py": "generated or vendored",
        "src/shop/made.py": "generated or vendored", "src/shop/bin.py": "binary",
        "src/shop/cli.py": "generated or vendored",
    }  # fmt: skip
