"""What is kept of a file of Python."""

import pytest

from git_naturecode.ai.knowledge.from_code.facts import File
from git_naturecode.ai.knowledge.from_code.python_facts import read


def kept(text: str, path: str = "a/b/c.py", module: str = "b.c", *, is_test: bool = False) -> File:
    return read(path, text, module, is_test=is_test)


def test_imports_know_how_they_are_meant() -> None:
    found = kept(
        "from typing import TYPE_CHECKING\nimport x.y as z\n"
        "if TYPE_CHECKING:\n    import only_types\n"
        "try:\n    import fast\nexcept ImportError:\n    fast = None\n"
        "def f():\n    from . import beside\n    from ..up import one, two\n"
        "    return z.do(z.this)\n"
    )
    told = {(one.module, one.names, one.way) for one in found.imports}
    assert ("only_types", (), "typing") in told
    assert ("fast", (), "optional") in told
    assert ("b", ("beside",), "lazy") in told
    assert ("x.y", (), "") in told
    assert next(one.uses for one in found.imports if one.module == "x.y") == ("do", "this")


def test_a_relative_import_that_leads_out_of_the_package_is_none() -> None:
    assert not kept("from ....up import one\n").imports
    assert kept("from ..b import one\n").imports[0].module == "b"
    whole = kept("from .c import one\n", "a/b/__init__.py", "b")
    assert whole.imports[0].module == "b.c"


@pytest.mark.parametrize(
    ("text", "name", "default"),
    [
        ("import os\nos.environ['A_B']\n", "A_B", ""),
        ("import os\nos.environ.get('A_B', 'x')\n", "A_B", "'x'"),
        ("import os\nos.getenv('A_B', default)\n", "A_B", "default"),
        ("from os import environ\n'A_B' in environ\n", "A_B", ""),
        ("NAME = 'A_B'\ndef f(environ):\n    return environ.get(NAME)\n", "A_B", ""),
        ("import os\nos.environ.get('API_TOKEN', 'abc')\n", "API_TOKEN", "…"),
    ],
)
def test_a_variable_of_the_environment_is_found(text: str, name: str, default: str) -> None:
    (found,) = kept(text).settings
    assert (found.kind, found.name, found.default) == ("variable", name, default)


def test_what_only_looks_like_a_setting_is_none() -> None:
    assert not kept("x = {}\nx['A_B']\nx.get('A_B')\nenviron = 1\n'A_B' in x\n").settings


def test_keys_options_and_fields_of_settings_are_found() -> None:
    found = kept(
        "import click\nfrom typing import NamedTuple\n"
        "class Limits(NamedTuple):\n    most: int = 3\n    name: str\n"
        "@click.option('--deep', default=2, help='How deep. Or not.')\n"
        "def f(app):\n    return app.config['KEY'], config.get('a.b', True)\n"
    ).settings
    assert [(one.kind, one.name, one.default) for one in found] == [
        ("field", "most", "3"), ("field", "name", ""), ("option", "--deep", "2"),
        ("key", "KEY", ""), ("key", "a.b", "True"),
    ]  # fmt: skip
    assert found[2].about == "How deep."


def test_a_registry_is_one_of_functions_classes_or_modules_and_no_table_of_constants() -> None:
    def kinds(text: str) -> list[str]:
        return [one.kind for one in kept(text).marks]

    assert kinds("def a(): ...\nX = {'a': a, 'b': a, 'c': a}\n") == ["registry"]
    assert kinds("X = {'a': 'p.a', 'b': 'p.b', 'c': 'p.c:d'}\n") == ["registry"]
    assert kinds("from p import ONE\nX = {'a': ONE, 'b': ONE, 'c': ONE}\n") == []
    assert kinds("X = {'a': 1, 'b': 2, 'c': 3}\n") == []
    assert kinds("X = {'a': 'a sentence. Two.', 'b': 'b', 'c': 'c'}\n") == []


def test_definitions_are_those_at_the_top() -> None:
    found = kept(
        "class A:\n    def b(self): ...\ndef c():\n    def d(): ...\nif 1:\n    def e(): ...\n"
    )
    assert [one.name for one in found.definitions] == ["A", "c", "e"]
    assert found.definitions[0].methods == ("b",)


def test_tests_fixtures_and_marks_are_counted() -> None:
    found = kept(
        "import pytest\n@pytest.fixture(scope='x')\ndef a(): ...\n"
        "@pytest.mark.slow\ndef test_a(): ...\nclass TestB:\n    def test_c(self):\n"
        "        def test_inner(): ...\n",
        is_test=True,
    ).tested
    assert (found.tests, found.first, found.marks) == (2, 5, (("slow", 1),))
    assert [one.name for one in found.fixtures] == ["a"]


def test_of_a_broken_file_the_rest_is_kept() -> None:
    found = kept('"""A."""\n\ndef a(): ...\n\ndef b(:\n    x = = 1\n\ndef c(): ...\n')
    assert {"a", "c"} <= {one.name for one in found.definitions}
    assert not found.is_whole
