"""Files that want to be slow, large, alive, or somewhere else: read to their end, or told."""

import os
from functools import partial
from pathlib import Path

import pytest

from ai.knowledge.from_code.projects import SHOP, lay, proposals, read, write
from box import Box
from git_naturecode.ai.knowledge.from_code import compiled_facts, python_facts, script_facts
from git_naturecode.ai.knowledge.from_code.lexing import lexed
from git_naturecode.ai.reviewing.neutral import is_still
from growing import grows_evenly

_SIZE = 20_000
LANGUAGES = ("Python", "JavaScript", "Go", "Rust", "Java")
PIECES = (
    "/*", "*/", "=/[", "=/a", "'", '"', "`", '"""', "\\", "\\\\", "#", "//", "import ", "import {",
    "use a", "require(", "<A<", "export class A<", "public class A ", "impl<T> A for ", "type A ",
    'r#"', "package ", "@Test\n", "func Test", "export const ", "module.exports = ", "A. ", "``",
    "x = 1 # because ", "// because\n", "(", "[", "{", "a.", "-", "lambda: ", "not ", "@a\n", "\n",
    "\t", "// because of it. ", "# NOTE: ",
    "*\\", "import a from ", "export { a,", "env::var(", "process.env[", "f'{",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_repeated_piece_takes_more_than_linear_time(language: str) -> None:
    for piece in PIECES:
        # Broken Python is read anew after each repair, of which there are a few.
        size = _SIZE // (4 if language == "Python" else 1)
        assert grows_evenly(partial(_lex, language, piece), size), piece


def _lex(language: str, piece: str, size: int) -> None:
    text = piece * (size // len(piece))
    found = lexed(text, language)
    assert len(found.code) == len(text), piece
    _read(language, "\n".join(text[at : at + 19_000] for at in range(0, len(text), 19_000)))


def _read(language: str, text: str) -> None:
    try:
        if language == "Python":
            python_facts.read("a.py", text, "a", is_test=False)
        elif language in ("JavaScript", "TypeScript"):
            script_facts.read("a.js", text, language, is_test=False)
        else:
            compiled_facts.read("a.x", text, language, is_test=False)
    except (RecursionError, MemoryError):
        return  # told as such by whoever reads files


def test_statements_within_statements_are_read_to_a_depth_that_nobody_writes() -> None:
    for depth, wanted in ((60, ["json"]), (90, [])):
        within = "".join(" " * n + "if x:\n" for n in range(depth)) + " " * depth + "import json\n"
        found = python_facts.read("a.py", within, "a", is_test=False)
        assert [one.module for one in found.imports] == wanted


def test_of_a_chain_without_end_it_is_told_if_it_was_not_read() -> None:
    for chain in (".".join("a" * 20_000), "+".join("1" * 20_000)):
        text = f"import json\n\nx = {chain}\n"
        found = python_facts.read("a.py", text, "a", is_test=False)
        assert not found.is_whole or [one.module for one in found.imports] == ["json"]


def test_what_cannot_be_read_is_told_and_the_rest_is_read(box: Box) -> None:
    clone = lay(box, {
        **SHOP, "src/shop/deep.py": "x = " + "(" * 50_000,
        "src/shop/null.py": "x = 1" + " " * 9_000 + "\0\n",
        "src/shop/huge.py": "x = 1\n" * 300_000, "src/shop/line.js": "x" * 30_000,
        "src/shop/ten.js": "x" * (10 << 20), "src/shop/broken.py": "def a(:\n",
        "src/shop/<b>.py": "x = 1\n", "src/shop/a`b.py": "x = 1\n", "src/shop/\udce9.py": "x = 1\n",
        "src/shop/latin.py": "# caf\xe9\nx = 1\n".encode("latin-1"),
        ".github/workflows/bomb.yml": "a: &a [x]\n" + "b: [*a, *a]\n" * 5_000,
    })  # fmt: skip
    project, listing = read(clone)
    told = {one.path: one.why for one in listing.skipped}
    assert told["src/shop/huge.py"] == told["src/shop/ten.js"] == "larger than 1024 KiB"
    assert told["src/shop/line.js"] == "a line that nobody wrote by hand"
    assert told["src/shop/broken.py"] == "parts of it cannot be read"
    odd = "a name that no link can hold"
    assert told["src/shop/<b>.py"] == told["src/shop/a`b.py"] == told["src/shop/\udce9.py"] == odd
    assert "src/shop/orders.py" in project.files
    assert "Sells things" in proposals(clone)["architecture"].body


def test_links_pipes_and_submodules_are_not_read(box: Box, tmp_path: Path) -> None:
    clone = lay(box, SHOP)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text('"""Outside."""\n')
    (clone.path / "src/shop/link.py").symlink_to(outside / "secret.py")
    (clone.path / "src/shop/folder").symlink_to(outside)
    os.mkfifo(clone.path / "src/shop/pipe.py")
    write(clone, {"src/moved/a.py": "A = 1\n"})
    clone.git("add", "-A", "--", ":!src/shop/pipe.py")
    (clone.path / "src/moved/a.py").unlink()
    (clone.path / "src/moved").rmdir()
    (clone.path / "src/moved").symlink_to(outside)
    (outside / "a.py").write_text('"""Outside, where a tracked file was."""\n')
    project, listing = read(clone)
    assert not any("Outside" in one.doc for one in project.files.values())
    told = {one.path: one.why for one in listing.skipped}
    assert told["src/shop/link.py"] == "a link"
    assert told["src/moved/a.py"] in ("behind a link", "a link")


def test_texts_of_others_are_not_alive_on_the_page(box: Box) -> None:
    evil = (
        "[x](javascript:alert(1)) <img src=x onerror=alert(1)> ![p](http://evil.example/p.png) "
        "@ada #12 </li><script>alert(1)</script> \u202egnp.exe [r]: http://evil.example because of"
        " ` this"
    )
    clone = lay(box, {
        **SHOP, "README.md": f"# A\n\n{evil}\n", "CONTRIBUTING.md": f"You must always {evil}\n",
        "src/shop/evil.py": f'"""{evil}."""\n# {evil}\nimport os\n'
        'x = os.environ.get("A", "[y](z) `q`")\n'
        f'class A:\n    """{evil}"""\n',
        "docs/adr/0002.md": f"# {evil}\n\n## Decision\n\n{evil}\n",
        "requirements.txt": f"six==1  # {evil}\n",
        "package.json": '{"name": "[a](b)", "scripts": {"start": "[y](z) <b> `x`", "test": "<i>"}}',
    })  # fmt: skip
    for one in proposals(clone).values():
        ours = {f"]({source.target})" for source in one.sources}
        text = one.body
        for link in ours:
            text = text.replace(link, "]")
        assert is_still(text), text
        assert "\u202e" not in text
        assert "@ada" not in text.replace("`@ada`", "")


def test_secrets_in_code_are_not_on_the_page(box: Box) -> None:
    key = "AKIA" + "Q3EGRIKXB4WPJTZV"
    clone = lay(
        box, {**SHOP, "src/shop/a.py": f'"""Uses {key}."""\nimport os\nos.getenv("A", "{key}")\n'}
    )
    for one in proposals(clone).values():
        assert key not in one.body


def test_nothing_that_is_read_is_run(box: Box, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    evil = f"import pathlib\npathlib.Path({str(mark)!r}).write_text('x')\n"
    names = (
        "setup.py",
        "conftest.py",
        "src/shop/__init__.py",
        "noxfile.py",
        "sitecustomize.py",
        "yaml.py",
    )
    proposals(lay(box, {**SHOP, **dict.fromkeys(names, evil)}))
    assert not mark.exists()
