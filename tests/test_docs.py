"""The documents tell the truth: generated ones are fresh, named files and commands exist."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_is_what_the_command_tree_says() -> None:
    made = runpy.run_path(str(ROOT / "docs/generate.py"))["reference"]()
    assert (ROOT / "docs/reference.md").read_text() == made, "run `python docs/generate.py`"


def test_the_man_page_is_what_the_command_tree_says() -> None:
    made = runpy.run_path(str(ROOT / "docs/generate.py"))["man_page"]()
    assert (ROOT / "docs/git-naturecode.1").read_text() == made, "run `python docs/generate.py`"
    assert ".SS git naturecode session say SESSION [TEXT]" in made


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$|`[^`\n]+`", "", page.read_text(), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#]+)", prose):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_pages_exist(page: Path) -> None:
    reference = (ROOT / "docs/reference.md").read_text()
    for command in re.findall(r"git naturecode ((?:session )?[a-z]+)", page.read_text()):
        name = command.removeprefix("session ")
        assert name == "session" or f"{name}" in reference, command


def test_named_tests_exist() -> None:
    for path, name in re.findall(
        r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/specification.md").read_text()
    ):
        assert f"def {name}(" in (ROOT / path).read_text(), (path, name)


def test_no_machine_or_host_is_named() -> None:
    pattern = re.compile(r"pypi\.org|/work/|/root/|/home/\w+/|registry\.npm", re.I)
    files = [
        *PAGES,
        *ROOT.glob("git_naturecode/**/*.py"),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
    ]
    assert [f.name for f in files if pattern.search(f.read_text())] == []
