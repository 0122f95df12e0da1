"""What a change tells by itself: lines, characters, secrets, tests, files, locks."""

import pytest

from benchmarks.changing import change, changed
from git_naturecode.ai.builtin.reviewer import Builtin

from .looking import Files, hits, rules, seen

KEY = "AKIA" + "Q4R7X2M9ZKD3WLT8"


def found(before: Files, after: Files) -> dict[str, tuple[str, str, int]]:
    """Rule by rule, where it finds something: path, side, line."""
    return {
        hit.rule.removeprefix("nc/"): (hit.path, hit.side, hit.line)
        for hit in seen(before, after).hits
    }


@pytest.mark.parametrize(
    ("path", "line", "rule"),
    [
        ("a.py", "<<<<<<< HEAD", "merge-marker"),
        ("a.c", ">>>>>>> theirs", "merge-marker"),
        ("a.py", "    import pdb; pdb.set_trace()", "debugger"),
        ("a.py", "    breakpoint()", "debugger"),
        ("a.ts", "  debugger;", "debugger"),
        ("a.rb", "  binding.pry", "debugger"),
        ("a.py", "    print(total)", "debug-output"),
        ("a.js", '  console.log("here", x);', "debug-output"),
        ("a.go", "\t// TODO: count them", "to-do"),
        ("a.py", "x = 1  # FIXME later", "to-do"),
        ("a.py", "x = '\u202eevil\u202c'", "bidirectional"),
        ("a.py", "x\u200by = 1", "invisible"),
        ("a.py", "p\u0430yload = 1", "look-alike"),
        ("a.py", "x = '\x1b[2J'", "control-character"),
        ("a.cfg", f"key = {KEY}", "secret"),
    ],
)
def test_a_new_line_that_does_not_belong_there(path: str, line: str, rule: str) -> None:
    (hit,) = (one for one in hits(f"\n{line}\n", path) if one.rule == f"nc/{rule}")
    assert (hit.path, hit.side, hit.line, hit.source) == (path, "new", 2, "builtin")
    assert not hits(f"\n{line}\n", path, f"\n{line}\n")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("notes.md", "======="),
        ("scripts/count.py", "print(total)"),
        ("shop/cli.py", "print(total)"),
        ("test_a.py", "print(total)"),
        ("a.py", "print(total, file=out)"),
        ("a.py", "print_all()"),
        ("a.py", "todos = 1"),
        ("a.py", "greeting = 'Gr\u00fc\u00dfe, \u4f60\u597d'"),
        ("a.py", "text = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'"),
        ("a.txt", "\ufeffbegins with a mark"),
        ("a.cfg", "key = value"),
    ],
)
def test_a_new_line_that_may_stand_there(path: str, line: str) -> None:
    assert not rules(f"{line}\n", path)


def test_a_secret_is_named_and_never_quoted() -> None:
    text = f'a = 1\nb = 2\naws = "{KEY}"\nc = 3\nalso = "{KEY}"\n'
    told = [hit for hit in hits(text, "a.py") if hit.rule == "nc/secret"]
    assert [(hit.line, hit.end, hit.cwe) for hit in told] == [(3, 3, "CWE-798"), (5, 5, "CWE-798")]
    assert not any(KEY in hit.message for hit in told)


def test_a_key_over_several_lines_is_one() -> None:
    lines = ["-----BEGIN RSA PRIVATE KEY-----", *["MIIEowIBAAKCAQEA7bq9" * 3] * 4]
    text = "\n".join(["first", *lines, "-----END RSA PRIVATE KEY-----", "last"])
    (hit,) = hits(text, "key.txt")
    assert (hit.rule, hit.severity, hit.line, hit.end) == ("nc/secret", "critical", 2, 7)


def test_a_test_that_goes_is_told_on_the_old_side() -> None:
    before = "def test_one():\n    assert one\n\n\ndef test_two():\n    assert two\n"
    assert found({"test_a.py": before}, {"test_a.py": "def test_one():\n    assert one\n"}) == {
        "test-removed": ("test_a.py", "old", 5)
    }
    gone = found({"test_a.py": before}, {})
    assert gone["test-removed"][0] == "test_a.py"


def test_a_test_that_moves_is_not_gone() -> None:
    text = "def test_one():\n    assert one\n"
    assert not found({"test_a.py": text, "test_b.py": ""}, {"test_a.py": "", "test_b.py": text})


@pytest.mark.parametrize(
    ("path", "line", "rule"),
    [
        ("test_a.py", "@pytest.mark.skip", "test-skipped"),
        ("test_a.py", "    self.skipTest('later')", "test-skipped"),
        ("a.test.js", "it.skip('adds', () => {", "test-skipped"),
        ("a_test.go", "\tt.Skip()", "test-skipped"),
        ("a.spec.ts", "describe.only('adds', () => {", "test-only"),
    ],
)
def test_a_test_that_is_not_run(path: str, line: str, rule: str) -> None:
    assert rule in {hit.rule.removeprefix("nc/") for hit in hits(f"x\n{line}\n", path)}


def test_a_skip_with_a_condition_is_none() -> None:
    text = "@pytest.mark.skipif(sys.platform == 'win32', reason='fork')\ndef test_a():\n    f()\n"
    assert not rules(text, "test_a.py")


def test_fewer_assertions_are_told() -> None:
    before = "def test_a():\n    assert a\n    assert b\n    assert c\n"
    told = found({"test_a.py": before}, {"test_a.py": "def test_a():\n    assert a\n"})
    assert told == {"fewer-assertions": ("test_a.py", "old", 3)}


MANIFEST = '{"dependencies": {\n  "left": "^1.0.0"\n}}\n'


def test_a_manifest_without_its_lock() -> None:
    new = MANIFEST.replace("^1.0.0", "^2.0.0")
    before = {"web/package.json": MANIFEST, "web/yarn.lock": "left@1\n"}
    assert found(before, {**before, "web/package.json": new}) == {
        "lock-behind": ("web/package.json", "new", 2)
    }
    assert not found(before, {"web/package.json": new, "web/yarn.lock": "left@2\n"})
    assert not found({"web/package.json": MANIFEST}, {"web/package.json": new})
    named = MANIFEST.replace("{", '{"description": "shop", ', 1)
    assert not found(before, {**before, "web/package.json": named})


def test_a_lock_without_its_manifest() -> None:
    before = {"Cargo.toml": "[package]\n", "Cargo.lock": "a = 1\n"}
    assert found(before, {**before, "Cargo.lock": "a = 2\n"}) == {
        "lock-alone": ("Cargo.lock", "new", 1)
    }


def _of_file(**changes: int | bool | str) -> list[str]:
    file = changed("logo.json", None, "{}\n")._replace(**changes)  # type: ignore[arg-type]
    return [hit.rule for hit in Builtin().look(change({}, {}, files=[file])).hits]


def test_a_file_that_is_made_executable() -> None:
    assert _of_file(new_mode=0o100755) == ["nc/made-executable"]
    assert not _of_file()
    assert not _of_file(new_mode=0o100755, path="run")
    was: dict[str, int | str] = {"status": "M", "new_mode": 0o100755, "path": "run"}
    assert _of_file(**was, old_mode=0o100644) == ["nc/made-executable"]
    assert not _of_file(**was, old_mode=0o100755)


def test_what_is_said_of_a_file_without_lines_is_a_note() -> None:
    for data, told in ((b"\0abc", "A binary file,"), (b"\0" * (3 << 20), "The file has 3.0 MiB")):
        file = changed("logo.dat", None, "")._replace(binary=True)
        seen = Builtin().look(change({}, {"logo.dat": data}, files=[file]))
        assert seen.skipped == {"logo.dat": "binary"}
        assert not seen.hits
        (note,) = seen.notes
        assert note.startswith(f"logo.dat: {told}")


def test_a_file_that_belongs_to_one_machine() -> None:
    assert rules("a\n", "src/.DS_Store") == {"unwanted-file"}
    assert rules("A=1\n", ".env") == {"unwanted-file"}
