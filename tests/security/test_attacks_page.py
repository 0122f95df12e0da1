"""docs/design/attacks.md says which attack is made by which test, and they are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/design/attacks.md").read_text()


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 40
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(), (path, name)


def test_every_attack_on_trust_has_its_row() -> None:
    made = re.findall(
        r"^def (test_\w+)", (Path(__file__).parent / "test_trust.py").read_text(), re.M
    )
    assert [name for name in made if f"::{name}`" not in PAGE] == []
